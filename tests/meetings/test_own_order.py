"""Rules of order that a community chooses for itself."""

import pytest

from domains.kernel.errors import InvalidInput
from domains.meetings.rules.floor import FloorTerms
from domains.meetings.rules.motions import MotionTerms
from domains.meetings.rules.own_order import OwnOrder
from domains.meetings.service import presets_floor
from domains.meetings.values.bodies import MeetingForm
from domains.meetings.values.floor import SpeakingSide
from domains.meetings.values.motions import MotionKind, Withdrawal

GENERAL = presets_floor.content(MeetingForm.DELIBERATION_COUNCIL)


def test_what_is_chosen_takes_the_place_of_the_general_figures() -> None:
    own = OwnOrder(speech_seconds=180, turns=3, seconders=2, withdrawal=Withdrawal.PROPOSER)

    content = own.put_into(GENERAL)

    floor, motions = FloorTerms.of(content["floor"]), MotionTerms.of(content["motions"])
    assert (floor.limits_s[SpeakingSide.FOR], floor.limits_s[SpeakingSide.QUESTION]) == (180, 60)
    assert (floor.turns, motions.kinds[MotionKind.MAIN].seconders) == (3, 2)
    assert motions.withdrawal is Withdrawal.PROPOSER


def test_what_is_left_out_stays_as_it_is() -> None:
    assert OwnOrder().put_into(GENERAL) == GENERAL


@pytest.mark.parametrize(
    "own", [OwnOrder(turns=0), OwnOrder(speech_seconds=3601), OwnOrder(seconders=-1)]
)
def test_figures_lie_within_bounds(own: OwnOrder) -> None:
    with pytest.raises(InvalidInput):
        own.put_into(GENERAL)
