"""Within how many days something is asked, answered, taken up and decided, and what forces it open.

By 山东省村务公开条例 13, 16 and 17: five days from publication to object, five from receipt to
answer, then the street or town; art. 8: a tenth of the villagers or a fifth of their
representatives force an item open. Binding for villages, followed by analogy in communities; the
street's days and how long questions that are no objections may come are the platform's own.
"""

from datetime import date
from typing import Any
from uuid import UUID

from domains.kernel import clock, rulesets
from domains.kernel.rules import LegalEffect, RuleSet, Threshold

CODE = "DISCLOSURE_QUESTIONS"

CONTENT: dict[str, Any] = {
    "question": {"within": {"naturalDays": 30}, "answer": {"naturalDays": 5}},
    "objection": {"within": {"naturalDays": 5}, "answer": {"naturalDays": 5}},
    "street": {"naturalDays": 20},
    "appeal": {"naturalDays": 10},
    "extension": {"days": 10, "times": 1},
    "demand": {
        "residents": Threshold(1, 10, inclusive=True).as_json(),
        "representatives": Threshold(1, 5, inclusive=True).as_json(),
        "collect": {"naturalDays": 30},
        "due": {"naturalDays": 15},
    },
}


async def in_force(community_id: UUID | None) -> RuleSet:
    """Return the rules of questions for a community today: its own where they are such rules."""
    today = await clock.today()
    found = await rulesets.in_force(CODE, on=today, community=community_id)
    if CONTENT.keys() <= found.content.keys():
        return found
    return await rulesets.in_force(CODE, on=today, community=None)


async def sync() -> None:
    """Put the rules of questions in; a version that stands is left as it is."""
    await rulesets.put(
        code=CODE,
        version=1,
        title_zh="质询、异议与要求公开",
        title_en="Questions, objections and demands",
        legal_basis="《山东省村务公开条例》第八、十三、十六、十七条(参照);街道期限为平台约定",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=date(2021, 11, 1),
        content=CONTENT,
    )
