"""What asks for a look at a record, in exact figures; and races for one place at a time."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.kernel import database
from domains.kernel.errors import DomainError
from domains.volunteering.rules import numbers
from domains.volunteering.rules.procedure import SuspicionRules
from domains.volunteering.rules.suspicion import Facts, suspicions
from domains.volunteering.service import attendance
from tests.volunteering.factories import a_draft, a_team, an_activity, code_of, shift_of

RULES = SuspicionRules(3, 90, 600, 15, 40, 1200, time(9), time(17))
SUNDAY = Facts(
    started_at=datetime(2026, 6, 7, 2, tzinfo=UTC),
    ended_at=datetime(2026, 6, 7, 4, tzinfo=UTC),
    day=date(2026, 6, 7),
    confirmed_back=0,
    day_minutes=120,
    burst_minutes=0,
    year_minutes=600,
    is_staff=True,
)


def found(facts):
    return [each.rule.value for each in suspicions(facts, RULES)]


def test_an_ordinary_sunday_asks_for_nothing():
    assert found(SUNDAY) == []


@pytest.mark.parametrize(("minutes", "rules"), [(600, []), (601, ["impossible_day"])])
def test_a_day_holds_so_much_and_no_more(minutes, rules):
    assert found(replace(SUNDAY, day_minutes=minutes)) == rules


@pytest.mark.parametrize(
    ("day", "burst", "year", "rules"),
    [
        (date(2026, 12, 17), 1200, 3000, ["year_end_burst"]),
        (date(2026, 12, 16), 1200, 3000, []),
        (date(2026, 12, 17), 1199, 1199, []),
        (date(2026, 12, 17), 1200, 3001, []),
    ],
)
def test_a_burst_is_much_of_a_year_in_its_last_days(day, burst, year, rules):
    facts = replace(SUNDAY, day=day, burst_minutes=burst, year_minutes=year)

    assert found(facts) == rules


@pytest.mark.parametrize(
    ("from_hour", "to_hour", "rules"),
    [(1, 2, ["staff_on_duty"]), (9, 10, []), (0, 1, []), (8, 10, ["staff_on_duty"])],
)
def test_staff_serve_outside_of_office_hours(from_hour, to_hour, rules):
    """2026-06-08 is a Monday; 9:00 in Shanghai is 1:00 UTC."""
    facts = replace(
        SUNDAY,
        started_at=datetime(2026, 6, 8, from_hour, tzinfo=UTC),
        ended_at=datetime(2026, 6, 8, to_hour, tzinfo=UTC),
        day=date(2026, 6, 8),
    )

    assert found(facts) == rules


@given(st.integers(100_000_000, 999_999_999), st.integers(0, 9), st.integers(1, 9))
def test_any_one_wrong_digit_of_a_volunteer_number_shows(number, place, by):
    shown = numbers.written(number)
    digit = str((int(shown[2 + place]) + by) % 10)
    wrong = shown[: 2 + place] + digit + shown[3 + place :]

    assert numbers.read(shown) == number
    assert numbers.read(wrong) is None


async def test_of_eight_check_ins_at_once_one_stands(db):
    team = await a_team()
    shifts = [
        await shift_of(await an_activity(team, await a_draft(team, ahead_h=0.1)), team.volunteer)
        for _ in range(4)
    ]
    for each in shifts:
        await attendance.sign_up(team.volunteer, each)

    codes = [await code_of(team, each) for each in shifts]
    answers = await asyncio.gather(
        *(
            attendance.check_in(team.volunteer, shift_id, code=code)
            for shift_id, code in zip(shifts * 2, codes * 2, strict=True)
        ),
        return_exceptions=True,
    )

    refused = [each.code for each in answers if isinstance(each, DomainError)]
    assert refused == ["SERVICE_OVERLAPS"] * 7
    assert await database.fetch_value("SELECT count(*) FROM volunteering_attendance") == 1
