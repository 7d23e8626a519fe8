"""How long before its last day a duty is told of once more, and before its deadline an answer."""

from datetime import date

from domains.kernel import clock, rulesets
from domains.kernel.rules import LegalEffect, RuleSet

CODE = "DISCLOSURE_REMINDERS"
OF_ANSWERS = "DISCLOSURE_ANSWER_REMINDERS"


async def in_force() -> RuleSet:
    """Return the rules of reminding for today."""
    return await rulesets.in_force(CODE, on=await clock.today(), community=None)


async def of_answers() -> RuleSet:
    """Return the rules of reminding of answers for today."""
    return await rulesets.in_force(OF_ANSWERS, on=await clock.today(), community=None)


async def sync() -> None:
    """Put the rules of reminding in; a version that stands is left as it is."""
    await rulesets.put(
        code=CODE,
        version=1,
        title_zh="公开义务到期提醒",
        title_en="Reminding of duties",
        legal_basis="平台约定,无法律规定",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=date(2021, 11, 1),
        content={"beforeDays": 3},
    )
    await rulesets.put(
        code=OF_ANSWERS,
        version=1,
        title_zh="答复到期提醒",
        title_en="Reminding of answers",
        legal_basis="平台约定,无法律规定",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=date(2021, 11, 1),
        content={"beforeHours": 24},
    )
