"""Who may supervise, and the days of gatherings.

村民委员会组织法 32 and 山东省村务公开条例 14: three or five people, some of whom know accounts;
committee members, their near relatives and bookkeepers are excluded. Binding for villages,
followed by analogy in communities. The rest is the platform's own.
"""

from datetime import date
from typing import Any
from uuid import UUID

from domains.kernel import clock, rulesets
from domains.kernel.rules import LegalEffect, RuleSet

CODE = "DISCLOSURE_SUPERVISION"

CONTENT: dict[str, Any] = {
    "sizes": [3, 5],
    "financeSkills": 1,
    "longestTermMonths": 60,
    "topicsOfOne": 3,
    "reminderHours": 24,
    "aheadDays": 35,
}


async def in_force(community_id: UUID | None) -> RuleSet:
    """Return the rules of supervision for a community today: its own where they are such rules."""
    today = await clock.today()
    found = await rulesets.in_force(CODE, on=today, community=community_id)
    if CONTENT.keys() <= found.content.keys():
        return found
    return await rulesets.in_force(CODE, on=today, community=None)


async def sync() -> None:
    """Put the rules of supervision in; a version that stands is left as it is."""
    await rulesets.put(
        code=CODE,
        version=1,
        title_zh="监督委员会与群众访谈",
        title_en="Supervisors and gatherings",
        legal_basis="《村民委员会组织法》第三十二条;《山东省村务公开条例》第十四条(参照)",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=date(2021, 11, 1),
        content=CONTENT,
    )
