"""Regular meetings: the 17th, other rhythms, and what is told before a meeting."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.kernel import calendar, clock, database
from domains.kernel.errors import Forbidden, InvalidInput
from domains.meetings.errors import RecurrenceTaken
from domains.meetings.models import Meeting, Recurrence
from domains.meetings.rules.recurring import Held, Pattern, held_on
from domains.meetings.service import recurring
from domains.meetings.service.recurring import RecurrenceDraft
from domains.meetings.values import MeetingMode, MeetingState, RecurrenceKind
from domains.membership.models import Area
from jobs import meetings as jobs
from tests import factories as town
from tests.meetings import factories

MONTHLY = {"kind": RecurrenceKind.MONTHLY, "is_of_the_month": True}


async def a_recurrence(body, organiser, **more):
    given = {
        "kind": RecurrenceKind.MONTHLY,
        "title": "阳光17议",
        "mode": MeetingMode.HYBRID,
        "place": "党群服务中心",
        "starts_minute": 19 * 60,
        "lasts_minutes": 120,
        "first_day": await clock.today(),
    }
    made, _ = await recurring.create_recurrence(
        organiser, body.id, RecurrenceDraft(**(given | more)), idempotency_key=uuid4()
    )
    return made


async def a_council():
    community = await town.a_community()
    return await factories.a_body(community), await town.a_committee_member(community)


async def on(moved_clock, day: date, hour: int = 9) -> None:
    await moved_clock.set(calendar.start_of(day) + timedelta(hours=hour))


async def near() -> list[int]:
    rows = await database.fetch(
        "SELECT (payload ->> 'within_hours')::int AS hours FROM kernel_outbox"
        " WHERE name = 'meetings.MeetingNear' ORDER BY recorded_at, id"
    )
    return [row["hours"] for row in rows]


async def test_the_meeting_of_the_month_is_made_once_for_the_17th(db, moved_clock):
    body, organiser = await a_council()
    await on(moved_clock, date(2026, 12, 1))
    await a_recurrence(body, organiser, ahead_days=30, **MONTHLY)

    done = await asyncio.gather(*(jobs.make_due_meetings() for _ in range(3)))
    again = await jobs.make_due_meetings()

    (meeting,) = await Meeting.all()
    assert calendar.day_of(meeting.starts_at) == date(2026, 12, 17)
    assert (meeting.month, meeting.shift_reason) == ("2026-12", None)
    assert (meeting.state, sum(done), again) == (MeetingState.PLANNED, 1, 0)


async def test_a_17th_of_rest_moves_to_the_next_working_day_and_says_why(db, moved_clock):
    body, organiser = await a_council()
    # 17 January 2027 is a Sunday.
    await on(moved_clock, date(2027, 1, 5))
    await a_recurrence(body, organiser, **MONTHLY)

    await jobs.make_due_meetings()

    (meeting,) = await Meeting.all()
    assert calendar.day_of(meeting.starts_at) == date(2027, 1, 18)
    assert meeting.month == "2027-01"
    assert meeting.shift_reason == "1月17日为休息日,顺延至1月18日"


async def test_the_worker_leaves_a_month_alone_that_has_its_meeting(db, moved_clock):
    body, organiser = await a_council()
    await on(moved_clock, date(2026, 12, 1))
    await factories.a_meeting(body, state=MeetingState.PLANNED)
    await database.execute("UPDATE meetings_meeting SET month = '2026-12'")
    await a_recurrence(body, organiser, ahead_days=30, **MONTHLY)

    await jobs.make_due_meetings()

    assert await Meeting.all().count() == 1


async def test_month_after_month_each_has_its_meeting(db, moved_clock):
    body, organiser = await a_council()
    await on(moved_clock, date(2026, 12, 1))
    await a_recurrence(body, organiser, **MONTHLY)

    for day in range(95):
        await on(moved_clock, date(2026, 12, 1) + timedelta(days=day))
        await jobs.make_due_meetings()

    months = [each.month for each in await Meeting.all().order_by("starts_at")]
    assert months == ["2026-12", "2027-01", "2027-02", "2027-03"]


async def test_a_clock_that_jumps_makes_no_meeting_twice_and_none_in_the_past(db, moved_clock):
    body, organiser = await a_council()
    await on(moved_clock, date(2026, 12, 1))
    await a_recurrence(body, organiser, ahead_days=20, **MONTHLY)
    await jobs.make_due_meetings()

    await on(moved_clock, date(2026, 11, 25))
    await jobs.make_due_meetings()
    await on(moved_clock, date(2027, 2, 20))
    await jobs.make_due_meetings()

    months = [each.month for each in await Meeting.all().order_by("starts_at")]
    assert months == ["2026-12"]


async def test_other_bodies_meet_in_weeks(db, moved_clock):
    body, organiser = await a_council()
    await on(moved_clock, date(2026, 12, 1))
    await a_recurrence(body, organiser, kind=RecurrenceKind.WEEKLY, every=2, on=6, ahead_days=30)

    await jobs.make_due_meetings()

    days = [calendar.day_of(each.starts_at) for each in await Meeting.all().order_by("starts_at")]
    assert days == [date(2026, 12, 5), date(2026, 12, 19)]


async def test_ended_regular_meetings_make_none(db, moved_clock):
    body, organiser = await a_council()
    made = await a_recurrence(body, organiser, **MONTHLY, ahead_days=60)

    await recurring.end_recurrence(organiser, made, reason="换届")
    await jobs.make_due_meetings()

    assert await Meeting.all().count() == 0


async def test_a_day_that_the_rules_forbid_is_told_and_holds_up_no_other(db, moved_clock):
    body, organiser = await a_council()
    other, secretary = await a_council()
    await on(moved_clock, date(2026, 12, 1))
    await a_recurrence(body, organiser, ahead_days=30, **MONTHLY)
    await a_recurrence(other, secretary, ahead_days=30, **MONTHLY)
    await database.execute(
        "UPDATE meetings_recurrence SET place = NULL WHERE body_id = $1", body.id
    )

    await jobs.make_due_meetings()

    told = await database.fetch(
        "SELECT payload ->> 'day' AS day FROM kernel_outbox"
        " WHERE name = 'meetings.RecurrencePassedOver'"
    )
    assert [row["day"] for row in told] == ["2026-12-17"]
    assert [each.body_id for each in await Meeting.all()] == [other.id]


async def test_a_body_has_one_meeting_of_the_month(db):
    body, organiser = await a_council()
    await a_recurrence(body, organiser, **MONTHLY)

    with pytest.raises(RecurrenceTaken):
        await a_recurrence(body, organiser, **MONTHLY)

    assert await Recurrence.all().count() == 1


@pytest.mark.parametrize(
    "given",
    [
        {"on": 29},
        {"on": 0},
        {"on": None},
        {"on": 1, "every": 0},
        {"on": 1, "ahead_days": 93},
        {"on": 1, "starts_minute": 1440},
        {"kind": RecurrenceKind.WEEKLY, "on": 8},
        {"is_of_the_month": True, "every": 2},
    ],
)
async def test_a_rhythm_that_is_none_is_refused(db, given):
    body, organiser = await a_council()

    with pytest.raises(InvalidInput):
        await a_recurrence(body, organiser, **given)

    assert await Recurrence.all().count() == 0


async def test_a_resident_sets_up_no_regular_meetings(db):
    body, _ = await a_council()
    lin = await town.a_resident(await Area.get(id=body.area_id))

    with pytest.raises(Forbidden):
        await a_recurrence(body, lin, **MONTHLY)

    assert await Recurrence.all().count() == 0


async def a_convened_meeting(in_hours: float, *, convened_hours_ago: float = 0):
    body, _ = await a_council()
    now = await clock.now()
    meeting = await factories.a_meeting(
        body, state=MeetingState.AGENDA_PUBLISHED, starts_at=now + timedelta(hours=in_hours)
    )
    meeting.convened_at = now - timedelta(hours=convened_hours_ago)
    await meeting.save()
    return meeting


async def test_a_meeting_is_told_a_day_and_an_hour_before_once_each(db, moved_clock):
    await a_convened_meeting(30)

    before = await jobs.remind_of_near_meetings()
    await moved_clock.advance(timedelta(hours=7))
    await asyncio.gather(*(jobs.remind_of_near_meetings() for _ in range(3)))
    a_day = await near()
    await moved_clock.advance(timedelta(hours=22, minutes=30))
    await jobs.remind_of_near_meetings()
    await jobs.remind_of_near_meetings()

    assert (before, a_day, await near()) == (0, [24], [24, 1])


async def test_a_worker_that_was_away_tells_the_nearer_hour_alone(db, moved_clock):
    await a_convened_meeting(30)

    await moved_clock.advance(timedelta(hours=29, minutes=30))
    await jobs.remind_of_near_meetings()
    await jobs.remind_of_near_meetings()

    assert await near() == [1]


async def test_who_is_convened_within_the_day_is_not_told_again_at_once(db):
    await a_convened_meeting(20)

    await jobs.remind_of_near_meetings()

    assert await near() == []


async def test_a_moved_meeting_is_told_again(db, moved_clock):
    meeting = await a_convened_meeting(23, convened_hours_ago=10)
    await jobs.remind_of_near_meetings()
    meeting.starts_at += timedelta(days=2)
    meeting.ends_at += timedelta(days=2)
    await meeting.save()

    await moved_clock.advance(timedelta(days=2))
    await jobs.remind_of_near_meetings()

    assert await near() == [24, 24]


async def test_nothing_is_told_of_a_meeting_that_was_called_off(db):
    meeting = await a_convened_meeting(23, convened_hours_ago=10)
    await database.execute(
        "UPDATE meetings_meeting SET state = 'cancelled', cancelled_at = kernel_now(),"
        " cancel_reason = '下雨' WHERE id = $1",
        meeting.id,
    )

    await jobs.remind_of_near_meetings()

    assert await near() == []


@given(
    kind=st.sampled_from(RecurrenceKind),
    every=st.integers(1, 12),
    on=st.integers(1, 7),
    first=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)
def test_days_rise_and_are_all_of_the_pattern(kind, every, on, first):
    pattern = Pattern(kind, every, on, first)
    days = list(pattern.days(after=date.min, until=first + timedelta(days=800)))

    assert days == sorted(set(days))
    assert all(day >= first for day in days)
    weekly = kind is RecurrenceKind.WEEKLY
    assert all((day.isoweekday() if weekly else day.day) == on for day in days)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 400), st.integers(0, 400))
def test_days_are_the_same_in_one_look_or_in_two(first, here, beyond):
    pattern = Pattern(RecurrenceKind.MONTHLY, 1, 17, first)
    middle, end = first + timedelta(days=here), first + timedelta(days=here + beyond)

    parted = [
        *pattern.days(after=date.min, until=middle),
        *pattern.days(after=middle, until=end),
    ]

    assert parted == list(pattern.days(after=date.min, until=end))


def test_a_rhythm_is_written_as_calendars_read_it():
    pattern = Pattern(RecurrenceKind.WEEKLY, 2, 6, date(2026, 12, 1), date(2027, 6, 30))

    assert pattern.rule() == "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA;UNTIL=20270630"


@given(st.dates(date(2020, 1, 1), date(2026, 12, 1)))
def test_a_meeting_is_held_on_a_working_day_that_is_not_before_its_own(day):
    held = held_on(day, shifts=True)

    assert held.day >= day
    assert calendar.is_working_day(held.day)
    assert (held.shift_reason is None) == (held.day == day)
    assert held_on(day, shifts=False) == Held(day)
