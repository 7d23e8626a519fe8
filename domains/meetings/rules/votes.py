"""Who is called when in a vote: first those in favour, then those against, the chair last. Pure.

Abstentions are never called. A rule set says how long a vote of each form lasts, and how
long at least.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domains.meetings.errors.motions import CallNotOver
from domains.meetings.values.motions import VoteCall, VoteForm
from domains.voting.values import Stance

_FIRST = {
    VoteForm.SHOW_OF_HANDS: VoteCall.IN_FAVOUR,
    VoteForm.ROLL_CALL: VoteCall.EVERYBODY,
    VoteForm.SECRET: VoteCall.EVERYBODY,
    VoteForm.UNANIMOUS_CONSENT: VoteCall.OBJECTIONS,
}
_SIDES = {
    VoteCall.IN_FAVOUR: frozenset({Stance.FOR}),
    VoteCall.AGAINST: frozenset({Stance.AGAINST}),
    VoteCall.OBJECTIONS: frozenset({Stance.AGAINST}),
    VoteCall.EVERYBODY: frozenset({Stance.FOR, Stance.AGAINST}),
    VoteCall.CHAIR: frozenset({Stance.FOR, Stance.AGAINST}),
}


@dataclass(frozen=True, slots=True)
class VoteTerms:
    """What a rule set says of votes: seconds that each form lasts at most and at least."""

    window_s: Mapping[VoteForm, int]
    least_s: Mapping[VoteForm, int]
    consent_ballot: str

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "VoteTerms":
        """Read the terms from a rule set's part about votes."""
        return cls(
            window_s={each: int(content["windowS"][each.value]) for each in VoteForm},
            least_s={each: int(content["leastS"][each.value]) for each in VoteForm},
            consent_ballot=str(content["consentBallot"]),
        )


def first_call(form: VoteForm) -> VoteCall:
    """Return whom a vote of this form calls first."""
    return _FIRST[form]


def next_call(call: VoteCall, *, chair_votes: bool) -> VoteCall:
    """Return whom the vote calls next; raises CallNotOver where nobody is left to call."""
    if call is VoteCall.IN_FAVOUR:
        return VoteCall.AGAINST
    if call in {VoteCall.AGAINST, VoteCall.EVERYBODY} and chair_votes:
        return VoteCall.CHAIR
    raise CallNotOver


def is_called(call: VoteCall, stance: Stance, *, is_chair: bool) -> bool:
    """Whether somebody may vote so at this call: the chair last, and nobody is asked to abstain."""
    return is_chair is (call is VoteCall.CHAIR) and stance in _SIDES[call]


def may_end(call: VoteCall) -> bool:
    """Whether a chair may end the vote at this call: both sides have been called."""
    return call is not VoteCall.IN_FAVOUR
