"""What is told of meetings and minutes, to whom, and what is taken back."""

from datetime import timedelta

import pytest

from domains.kernel import clock, database, outbox
from domains.kernel.database import transaction
from domains.meetings import events
from domains.meetings.events import minutes
from domains.meetings.values import MeetingState
from tests import factories as people
from tests.meetings import factories
from tests.notifications.telling import all_told, people_told, said_to
from tests.notifications.test_kinds_disclosure import at

AHEAD, OPEN = MeetingState.AGENDA_PUBLISHED, MeetingState.IN_SESSION
OVER = MeetingState.ADJOURNED


async def happened(*recorded) -> None:
    """These events are recorded, as the command that did it would."""
    async with transaction():
        for each in recorded:
            await outbox.record(each)


async def a_meeting(state=AHEAD, *, present=False):
    """A meeting in three days, with two invited, and somebody who lives there besides."""
    community = await people.a_community()
    body = await factories.a_body(community)
    starts_at = await clock.now() + timedelta(days=3)
    chair = None if state is AHEAD else await people.a_resident(community, name="主持人")
    meeting = await factories.a_meeting(body, state=state, starts_at=starts_at, chair=chair)
    invited = [await people.a_resident(community, name=f"代表{n}") for n in range(2)]
    for each in invited:
        await factories.an_invitation(meeting.id, each, present=present)
    await people.a_resident(community, name="旁人")
    return meeting, sorted([each.person_id for each in invited], key=str)


def planned(event):
    """What makes an event of a meeting, with the instants that it asks for."""

    def of(meeting):
        values = {
            "meeting_id": meeting.id,
            "body_id": meeting.body_id,
            "area_path": meeting.area_path,
            "starts_at": meeting.starts_at,
            "was_to_start_at": meeting.starts_at - timedelta(days=1),
            "within_hours": 24,
            "objections_until": meeting.starts_at,
        }
        return event(**{name: values[name] for name in event.__dataclass_fields__})

    return of


INVITED = (
    ("MEETING_CONVENED", AHEAD, events.MeetingConvened),
    ("MEETING_NEAR", AHEAD, events.MeetingNear),
    ("MEETING_RESCHEDULED", AHEAD, events.MeetingRescheduled),
    ("MEETING_PLACE_CHANGED", AHEAD, events.MeetingPlaceChanged),
    ("MEETING_STARTED", OPEN, events.MeetingStarted),
    ("MINUTES_PUBLISHED", OVER, minutes.MinutesPublished),
)


@pytest.mark.parametrize(("code", "state", "event"), INVITED)
async def test_of_a_meeting_who_is_invited_is_told_and_nobody_else(db, code, state, event):
    meeting, invited = await a_meeting(state)

    await happened(planned(event)(meeting))
    await all_told((code,))

    said = await said_to(code)
    assert sorted(said) == invited
    assert {"广场舞噪音协商会" in each for each in said.values()} == {True}


async def test_the_day_and_the_hour_before_are_told_once_each_for_what_it_is_set_for(db):
    meeting, invited = await a_meeting()
    of = (meeting.id, meeting.area_path, meeting.starts_at)

    await happened(*(events.MeetingNear(*of, hours) for hours in (24, 24, 1)))
    await all_told(("MEETING_NEAR",))

    assert await people_told("MEETING_NEAR") == sorted([*invited, *invited])


async def test_a_reminder_of_an_hour_that_was_moved_is_not_told(db):
    meeting, _ = await a_meeting()
    earlier = meeting.starts_at - timedelta(days=1)

    await happened(events.MeetingNear(meeting.id, meeting.area_path, earlier, 24))
    await all_told(("MEETING_NEAR",))

    assert await people_told("MEETING_NEAR") == []


async def test_that_a_meeting_is_called_off_takes_back_what_called_people_to_it(db):
    meeting, invited = await a_meeting()
    codes = ("MEETING_CONVENED", "MEETING_CANCELLED")
    await happened(planned(events.MeetingConvened)(meeting))
    await all_told(codes)
    called = await people_told(codes[0])

    await database.execute(
        "UPDATE meetings_meeting SET state = 'cancelled', cancel_reason = '台风预警',"
        " cancelled_at = kernel_now() WHERE id = $1",
        meeting.id,
    )
    await happened(events.MeetingCancelled(meeting.id, meeting.area_path))
    await all_told(codes)

    assert called == invited
    assert await people_told(codes[0]) == []
    assert await people_told(codes[1]) == invited


async def test_confirmed_minutes_are_told_to_who_was_there_with_until_when_they_may_object(db):
    meeting, invited = await a_meeting(OVER, present=True)
    until = await clock.now() + timedelta(days=2)

    await happened(minutes.MinutesConfirmed(meeting.id, meeting.area_path, until))
    await all_told(("MINUTES_CONFIRMED",))

    said = await said_to("MINUTES_CONFIRMED")
    assert sorted(said) == invited
    assert {at(until) in each for each in said.values()} == {True}


async def test_who_stands_in_for_somebody_is_told_that_once_and_not_invited_besides(db):
    meeting, invited = await a_meeting()
    principal, substitute = invited
    rows = await database.fetch(
        "SELECT id, person_id FROM meetings_invitation WHERE meeting_id = $1", meeting.id
    )
    of = {row["person_id"]: row["id"] for row in rows}
    await database.execute(
        "UPDATE meetings_invitation SET stands_in_for_id = $2 WHERE id = $1",
        of[substitute],
        of[principal],
    )

    await happened(
        events.PersonInvited(of[substitute], meeting.id, substitute),
        events.SubstituteNamed(of[substitute], meeting.id, substitute),
    )
    await all_told(("MEETING_INVITED", "MEETING_SUBSTITUTE"))

    assert await people_told("MEETING_SUBSTITUTE") == [substitute]
    assert await people_told("MEETING_INVITED") == []
