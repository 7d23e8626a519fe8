"""The rules of order that every form of meeting begins with, as a part of the form's own rules.

议事规则12条 and 南塘十三条: two minutes and two speeches a motion, first hand first, those yet to
speak first, sides by turns, the chair votes last, abstentions are not called, a tie fails.
Ranks follow common rules of order (罗伯特议事规则). A community may adopt its own.
"""

from typing import Any

from domains.meetings.values.bodies import MeetingForm
from domains.meetings.values.motions import Interrupts, MotionKind, VoteForm

# 村民委员会组织法 26, by analogy: more than half of those present.
_OF_THOSE_PRESENT = frozenset({MeetingForm.RESIDENTS_REPRESENTATIVES})

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


def content(form: MeetingForm) -> dict[str, Any]:
    """Return the rules of order of a form of meeting."""
    ballot = "MEETING_MOTION_PRESENT" if form in _OF_THOSE_PRESENT else "MEETING_MOTION"
    kinds = {
        MotionKind.MAIN: _kind(1, debatable=True, forms=_ALL_FORMS, ballot=ballot),
        MotionKind.AMENDMENT: _kind(2, debatable=True, forms=_ALL_FORMS, ballot=ballot),
        MotionKind.REFER: _kind(3, debatable=True),
        MotionKind.POSTPONE: _kind(4, debatable=True),
        MotionKind.CLOSE_DEBATE: _kind(5, ballot="MEETING_MOTION_TWO_THIRDS"),
        MotionKind.WITHDRAWAL: _kind(6, seconders=0),
        MotionKind.RECESS: _kind(7),
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
            # Nobody is rushed: whoever would object has so long to do it.
            "leastS": {
                "show_of_hands": 0,
                "roll_call": 0,
                "secret": 0,
                "unanimous_consent": 10,
            },
            "consentBallot": "MEETING_CONSENT",
        },
    }
