"""Whether a promise was kept, in exact figures."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.kernel.calendar import NaturalDays, WorkingDays
from domains.pledges.errors import WeightsNotWhole
from domains.pledges.rules.keeping import Score, Weighed, counts_on, keeping, require_whole
from domains.pledges.rules.procedure import period_of
from domains.pledges.values.pledges import WHOLE, Keeping, PledgeState

DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
DEADLINE = date(2026, 12, 31)


@given(st.lists(st.integers(1, WHOLE), min_size=1, max_size=20))
def test_weights_are_taken_exactly_where_they_make_a_whole(weights):
    milestones = [Weighed(each, DEADLINE) for each in weights]

    if sum(weights) == WHOLE:
        require_whole(milestones, deadline=DEADLINE)
        return
    with pytest.raises(WeightsNotWhole):
        require_whole(milestones, deadline=DEADLINE)


@given(DAYS, st.integers(0, 400))
def test_a_claim_counts_for_its_own_day_or_the_day_of_its_report_and_never_earlier(day, later):
    reported_on = day + timedelta(days=later)

    counted = counts_on(day, reported_on=reported_on, within=NaturalDays(10))

    assert counted in {day, reported_on}
    assert counted == day or later > 10


@given(st.sampled_from(PledgeState), DAYS, DAYS)
def test_only_what_was_accepted_is_kept_and_only_by_its_first_deadline_in_time(
    state, first_deadline, delivered_on
):
    found = keeping(state, first_deadline=first_deadline, delivered_on=delivered_on)

    if state is PledgeState.DEFAULTED:
        expected = Keeping.DEFAULTED
    elif state not in {PledgeState.ACCEPTED, PledgeState.CLOSED}:
        expected = Keeping.PENDING
    else:
        expected = Keeping.ON_TIME if delivered_on <= first_deadline else Keeping.LATE
    assert found is expected


def score(on_time=0, late=0, defaulted=0, pending=0, reached=0):
    return Score(
        promised=on_time + late + defaulted + pending,
        on_time=on_time,
        late=late,
        defaulted=defaulted,
        overdue=0,
        moved=0,
        reached=reached,
    )


COUNT = st.integers(0, 10**6)


@given(COUNT, COUNT, COUNT, COUNT)
def test_the_share_kept_on_time_is_exact_and_of_what_is_settled(on_time, late, defaulted, pending):
    found = score(on_time, late, defaulted, pending)

    settled = on_time + late + defaulted
    assert found.pending == pending
    assert found.kept_on_time == (Fraction(on_time, settled) if settled else None)


@given(st.lists(st.integers(0, WHOLE), min_size=1, max_size=50))
def test_progress_is_the_exact_mean_of_what_was_reached(reached):
    found = score(pending=len(reached), reached=sum(reached))

    assert found.progress == sum(Fraction(each, WHOLE) for each in reached) / len(reached)
    assert 0 <= found.progress <= 1


def test_of_nothing_promised_nothing_is_told():
    assert (score().progress, score().kept_on_time) == (None, None)


def test_a_period_is_one_number_of_one_unit():
    assert period_of({"workingDays": 10}) == WorkingDays(10)
    with pytest.raises(ValueError, match="one number"):
        period_of({"workingDays": 10, "naturalDays": 3})
