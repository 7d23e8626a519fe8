"""The rules that every installation begins with; `migrate` puts them in, once a version."""

from datetime import date
from typing import Any

from domains.kernel import rulesets
from domains.kernel.rules import LegalEffect
from domains.matching.service import preset_projects
from domains.matching.values.codes import MATCHING

_CONTENT: dict[str, Any] = {
    # What one account may post, and what of it may stand open at once.
    "needsADay": 10,
    "openNeeds": 20,
    "longestAheadDays": 180,
    "ordersAheadDays": 14,
    # How long an offer waits for its answer, and how many stand behind it.
    "offerHours": 24,
    "urgentOfferMinutes": 60,
    "expiringMinutes": 120,
    "reserves": 2,
    "checkInBeforeMinutes": 30,
    "checkOutAfterMinutes": 60,
    "codeSeconds": 30,
    "startsSoonMinutes": 120,
    "noShowAfterMinutes": 30,
    "confirmDays": 7,
    # The one served, or who helps them, is enough.
    "confirmers": 1,
    "rateDays": 14,
    # Ratings are shown from so many raters on, and by as many.
    "ratingsK": 5,
    "radiusM": 3000,
    "weekCapMinutes": 480,
    # For how many days ahead a run is asked for each day; 0 is none.
    "dailyRunDays": 0,
    # How many needs that stand one organisation may host.
    "hostNeeds": 20,
    # How many running projects and needs one social worker may supervise.
    "supervisorProjects": 5,
    # How long a reserved resource waits to be committed.
    "reservationHours": 72,
    # Milestones are told of so many days before they are due.
    "milestoneDays": 3,
    # Figures are told of so many people on; what stays unmet so often in so many weeks is short.
    "figuresK": 5,
    "unmetTimes": 3,
    "unmetWeeks": 4,
    **preset_projects.CONTENT,
}


async def sync_presets() -> None:
    """Put the preset rules in; a version that stands is left as it is."""
    await rulesets.put(
        code=MATCHING,
        version=1,
        title_zh="五社联动供需对接",
        title_en="Matching needs with volunteers and resources",
        legal_basis="《志愿服务条例》第12、17、24、25条(自愿、告知风险、保险);"
        "《慈善法》第26、27条(不得自行公开募捐);《个人信息保护法》第24、28条;"
        "数量、时限与匿名人数由各地另定",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=date(2021, 2, 1),
        content=_CONTENT,
    )
