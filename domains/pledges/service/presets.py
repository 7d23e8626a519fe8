"""The rules that every installation begins with; `migrate` puts them in, once a version.

The programme of promises, with its half-yearly review, follows a city's plan of work for
urban communities (point 15: promises published with content, body and deadline, under the
residents' eyes). It leaves the days to the place, so the figures here are a beginning.
"""

from datetime import date
from typing import Any

from domains.kernel import rulesets
from domains.kernel.rules import LegalEffect

PLEDGE_PROGRAMME = "PLEDGE_PROGRAMME"

_CONTENT: dict[str, Any] = {
    "notice": {"naturalDays": 7},
    "objectionAnswer": {"naturalDays": 5},
    "changeNotice": {"naturalDays": 7},
    "contestAnswer": {"workingDays": 10},
    # Within these days after it happened a claim counts for the day that it names.
    "report": {"workingDays": 10},
    "milestoneRemindDays": 7,
    "acceptance": {
        "roles": ["resident", "residents_representative"],
        "least": 3,
        "refusals": 3,
    },
}


async def sync_presets() -> None:
    """Put the preset rules in; a version that stands is left as it is."""
    await rulesets.put(
        code=PLEDGE_PROGRAMME,
        version=1,
        title_zh="社区项目承诺",
        title_en="A community's pledges",
        legal_basis="市级城市社区治理体系和治理能力现代化建设三年提升工作要点第15条(项目承诺机制);期限由各地另定",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=date(2021, 1, 1),
        content=_CONTENT,
    )
