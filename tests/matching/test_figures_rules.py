"""Weeks, shares and too few people, by themselves."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domains.matching.rules.watching import Weeks, gini_permille, told

TODAY = date(2026, 11, 22)


def _gini(amounts):
    ranked = sorted(amounts)
    weighted = sum(each * nth for nth, each in enumerate(ranked, start=1))
    return gini_permille(len(ranked), sum(ranked), weighted)


def test_a_period_is_the_whole_weeks_that_hold_its_days():
    weeks = Weeks.between(date(2026, 11, 4), date(2026, 11, 17), today=TODAY)

    assert weeks == Weeks(date(2026, 11, 2), 3)
    assert list(weeks) == [date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16)]
    assert weeks.end == date(2026, 11, 23)


def test_a_period_that_nobody_names_is_the_last_twelve_weeks():
    assert Weeks.between(None, None, today=TODAY) == Weeks(date(2026, 8, 31), 12)


def test_a_period_goes_forward_and_is_a_year_at_most():
    year = Weeks.between(TODAY - timedelta(weeks=52), TODAY, today=TODAY)

    assert year is not None
    assert year.number == 53
    assert Weeks.between(TODAY - timedelta(weeks=53), TODAY, today=TODAY) is None
    assert Weeks.between(TODAY, TODAY - timedelta(days=7), today=TODAY) is None


def test_work_shared_evenly_is_nought_and_work_of_one_is_nearly_a_thousand():
    assert _gini([60] * 8) == 0
    assert _gini([0] * 9 + [600]) == 900
    assert _gini([30, 90]) == 250
    assert gini_permille(0, 0, 0) is None


@given(st.lists(st.integers(1, 6_000), min_size=1, max_size=40))
def test_a_gini_is_the_mean_difference_of_any_two_over_twice_the_mean(amounts):
    number, total = len(amounts), sum(amounts)
    differences = sum(abs(one - other) for one in amounts for other in amounts)

    assert _gini(amounts) == 1000 * differences // (2 * number * total)


def test_a_figure_of_too_few_people_is_not_told():
    assert [told(7, people=people, k=5) for people in (0, 4, 5, 6)] == [None, None, 7, 7]
