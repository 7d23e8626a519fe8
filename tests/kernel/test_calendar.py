from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.kernel import calendar
from domains.kernel.calendar import Deadline, Months, NaturalDays, WorkingDays

days = st.dates(date(2007, 1, 1), date(2040, 1, 1))
lengths = st.integers(1, 60)
periods = st.one_of(
    st.builds(NaturalDays, lengths), st.builds(WorkingDays, lengths), st.builds(Months, lengths)
)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 1, 26), True),  # Sunday, worked for 春节
        (date(2025, 1, 28), False),  # 除夕
        (date(2025, 2, 4), False),  # Tuesday, last of 春节
        (date(2025, 2, 8), True),  # Saturday, worked for 春节
        (date(2025, 9, 28), True),  # Sunday, worked for 国庆
        (date(2025, 10, 8), False),  # Wednesday, last of 国庆 and 中秋
        (date(2025, 10, 11), True),  # Saturday, worked for 国庆
        (date(2026, 2, 14), True),  # Saturday, worked for 春节
        (date(2026, 2, 23), False),  # Monday, last of 春节
        (date(2026, 10, 10), True),  # Saturday, worked for 国庆
        (date(2026, 11, 22), False),  # a plain Sunday
        (date(2026, 11, 23), True),  # a plain Monday
    ],
)
def test_days_of_rest_and_days_made_up(day, works):
    assert calendar.is_working_day(day) is works


def test_two_packages_agree_on_every_published_day():
    first, last = date(2006, 1, 1), date(max(d.year for d in chinese_calendar.holidays), 12, 31)
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]

    differing = [
        day for day in span if calendar.is_working_day(day) != chinese_calendar.is_workday(day)
    ]

    assert differing == []


@pytest.mark.parametrize(
    ("start", "period", "last_day"),
    [
        # 15 natural days from 20 September 2025 end within 国庆, and move past it.
        (date(2025, 9, 20), NaturalDays(15), date(2025, 10, 9)),
        # 5 natural days that end on a Saturday which is worked do not move.
        (date(2026, 2, 9), NaturalDays(5), date(2026, 2, 14)),
        # ... and on a plain Saturday move to Monday.
        (date(2026, 11, 16), NaturalDays(5), date(2026, 11, 23)),
        # 10 working days for a service record, over 国庆 with its make-up days.
        (date(2025, 9, 26), WorkingDays(10), date(2025, 10, 16)),
        # 5 working days over 春节 2026, which works Saturday the 14th and the 28th.
        (date(2026, 2, 12), WorkingDays(5), date(2026, 2, 26)),
        # Three months from the last of November end on the last of February, a worked Saturday.
        (date(2025, 11, 30), Months(3), date(2026, 2, 28)),
        # A year.
        (date(2025, 6, 9), Months(12), date(2026, 6, 9)),
    ],
)
def test_a_period_ends_as_the_civil_code_says(start, period, last_day):
    found = calendar.deadline(start, period)

    assert found == Deadline(
        at=datetime(last_day.year, last_day.month, last_day.day, 16, tzinfo=UTC),
        last_day=last_day,
        certain=True,
    )


@pytest.mark.parametrize(
    ("instant", "last_day"),
    [
        (datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), date(2026, 11, 24)),
    ],
)
def test_days_begin_at_midnight_in_shanghai(instant, last_day):
    assert calendar.deadline(instant, NaturalDays(1)).last_day == last_day


def test_past_the_last_arrangement_an_answer_says_that_it_is_not_certain():
    unpublished = calendar.last_published_year() + 1

    in_march = calendar.deadline(date(unpublished, 3, 1), NaturalDays(3))
    over_new_year = calendar.deadline(date(unpublished - 1, 12, 20), WorkingDays(10))

    assert (in_march.certain, over_new_year.certain) == (False, False)


def test_the_last_week_of_a_year_waits_for_the_next_years_arrangement():
    last = calendar.last_published_year()

    assert calendar.is_certain(date(last, 12, 24)) is True
    assert calendar.is_certain(date(last, 12, 25)) is False
    assert calendar.is_certain(date(1999, 5, 1)) is False


def test_past_the_last_arrangement_the_regulation_still_holds():
    assert calendar.is_working_day(date(2038, 2, 4)) is False  # 春节, a Thursday
    assert calendar.is_working_day(date(2038, 10, 1)) is False  # 国庆, a Friday
    assert calendar.is_working_day(date(2038, 3, 3)) is True


@given(start=days, period=periods)
def test_a_period_ends_on_a_working_day_after_its_start(start, period):
    found = calendar.deadline(start, period)

    assert found.last_day > start
    assert calendar.is_working_day(found.last_day) is True
    assert found.at == calendar.start_of(found.last_day + timedelta(days=1))


@given(start=days, later=st.integers(0, 30), period=periods)
def test_who_starts_later_never_ends_earlier(start, later, period):
    first = calendar.deadline(start, period)
    second = calendar.deadline(start + timedelta(days=later), period)

    assert first.at <= second.at


@given(start=days, length=lengths, kind=st.sampled_from([NaturalDays, WorkingDays, Months]))
def test_a_longer_period_never_ends_earlier(start, length, kind):
    assert (
        calendar.deadline(start, kind(length)).at <= calendar.deadline(start, kind(length + 1)).at
    )


@given(start=days, length=lengths)
def test_working_days_are_never_fewer_than_natural_ones(start, length):
    natural, working = (calendar.add(start, kind(length)) for kind in (NaturalDays, WorkingDays))

    counted = [start + timedelta(days=n) for n in range(1, (working - start).days + 1)]
    assert natural <= working
    assert sum(calendar.is_working_day(day) for day in counted) == length


@pytest.mark.parametrize("kind", [NaturalDays, WorkingDays, Months])
@pytest.mark.parametrize("length", [0, -1, 40_000])
def test_a_period_has_a_sensible_length(kind, length):
    with pytest.raises(ValueError, match="a period has 1 to"):
        kind(length)
