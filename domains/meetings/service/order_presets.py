"""The rules of order that every installation begins with; a community may adopt its own.

议事规则12条 and 南塘十三条: two minutes and two speeches a motion, first hand first, those yet to
speak first, sides by turns, the chair votes last, abstentions are not called, a tie fails.
Ranks follow common rules of order (罗伯特议事规则). What is not law is ADVISORY.
"""

from datetime import date
from typing import Any

from domains.kernel import rulesets
from domains.kernel.rules import LegalEffect
from domains.meetings.values.motions import Interrupts, MotionKind, VoteForm

RULES_OF_ORDER = "RULES_OF_ORDER"

_ALL_FORMS = [each.value for each in VoteForm]
_BY_HAND = [VoteForm.SHOW_OF_HANDS.value, VoteForm.UNANIMOUS_CONSENT.value]
_SPEECH = [Interrupts.SPEECH.value]
_ANYTHING = [Interrupts.SPEECH.value, Interrupts.VOTE.value]


def _kind(
    rank: int,
    *,
    seconders: int = 1,
    debatable: bool = False,
    interrupts: list[str] | None = None,
    ballot: str = "MEETING_MOTION",
    forms: list[str] | None = None,
) -> dict[str, Any]:
    return {
        "rank": rank,
        "seconders": seconders,
        "debatable": debatable,
        "interrupts": interrupts or [],
        "ballot": ballot,
        "forms": forms or _BY_HAND,
    }


def content() -> dict[str, Any]:
    """Return the preset rules of order."""
    kinds = {
        MotionKind.MAIN: _kind(1, debatable=True, forms=_ALL_FORMS),
        MotionKind.AMENDMENT: _kind(2, debatable=True, forms=_ALL_FORMS),
        MotionKind.REFER: _kind(3, debatable=True),
        MotionKind.POSTPONE: _kind(4, debatable=True),
        MotionKind.CLOSE_DEBATE: _kind(5, ballot="MEETING_MOTION_TWO_THIRDS"),
        MotionKind.RECESS: _kind(6),
        MotionKind.WITHDRAWAL: _kind(7, seconders=0),
        MotionKind.APPEAL: _kind(8, debatable=True, interrupts=_SPEECH),
        MotionKind.POINT_OF_ORDER: _kind(9, seconders=0, interrupts=_ANYTHING),
    }
    return {
        "floor": {
            "limitsS": {"for": 120, "against": 120, "question": 60, "point_of_order": 60},
            "turns": 2,
            "counted": ["for", "against", "question"],
            "yetToSpeakFirst": True,
            "sidesAlternate": True,
            "cutByClock": True,
        },
        "motions": {
            "kinds": {kind.value: said for kind, said in kinds.items()},
            "withdrawal": "meeting",
            "mostCharacters": 5000,
        },
        "votes": {
            "windowS": {
                "show_of_hands": 300,
                "roll_call": 900,
                "secret": 600,
                "unanimous_consent": 120,
            },
            "chairLast": True,
        },
    }


async def sync() -> None:
    """Put the preset rules of order in; a version that stands is left as it is."""
    await rulesets.put(
        code=RULES_OF_ORDER,
        version=1,
        title_zh="议事规则",
        title_en="Rules of order",
        legal_basis="议事规则12条",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=date(2020, 1, 1),
        content=content(),
    )
