"""One's meetings in one's own calendar, under an address that can be revoked."""

import asyncio

import icalendar
import pytest

from domains.kernel import database
from domains.kernel.actor import ANONYMOUS
from domains.kernel.errors import NotFound, SignInRequired
from domains.meetings.errors import CalendarFeedsTooMany
from domains.meetings.models import CalendarFeed
from domains.meetings.service import calendar_feeds as service
from domains.meetings.values import MeetingState
from schema import node
from tests.meetings import factories
from tests.voting.asking import ask, done, refused

CREATE = """
mutation ($input: CreateCalendarFeedInput!) { createCalendarFeed(input: $input) {
  ... on CalendarFeedCreated { path feed { id label lastReadAt } }
  ... on Refused { code } } }
"""
REVOKE = """
mutation ($input: RevokeCalendarFeedInput!) { revokeCalendarFeed(input: $input) {
  ... on CalendarFeedRevoked { feedId }
  ... on Refused { code } } }
"""


def entries_of(body: bytes):
    return list(icalendar.Calendar.from_ical(body).walk("VEVENT"))


async def test_a_calendar_reads_ones_meetings_and_no_others(hall):
    here = await factories.a_room(1, state=MeetingState.AGENDA_PUBLISHED)
    await factories.a_room(1, state=MeetingState.AGENDA_PUBLISHED)
    path = (await done(here.members[0], CREATE, input={"label": "手机"}))["path"]

    answer = await hall.client.get(path)

    (entry,) = entries_of(answer.content)
    assert (answer.status_code, answer.headers["content-type"]) == (
        200,
        "text/calendar; charset=utf-8",
    )
    assert answer.headers["cache-control"] == "private, no-store"
    assert str(entry["summary"]) == "同心社区议事会:广场舞噪音协商会"
    assert str(entry["status"]) == "CONFIRMED"
    assert entry["dtstart"].dt == (await here.meeting()).starts_at.replace(microsecond=0)


async def test_a_cancelled_meeting_is_called_off_in_the_calendar_too(hall):
    here = await factories.a_room(1, state=MeetingState.AGENDA_PUBLISHED)
    path = (await done(here.members[0], CREATE, input={"label": "手机"}))["path"]
    await database.execute(
        "UPDATE meetings_meeting SET state = 'cancelled', cancelled_at = kernel_now(),"
        " cancel_reason = '下雨', version = 2"
    )

    (entry,) = entries_of((await hall.client.get(path)).content)

    assert (str(entry["status"]), int(entry["sequence"])) == ("CANCELLED", 2)


async def test_a_revoked_address_answers_like_one_that_never_was(hall):
    here = await factories.a_room(1)
    made = await done(here.members[0], CREATE, input={"label": "手机"})

    await done(here.members[0], REVOKE, input={"feedId": made["feed"]["id"]})
    revoked = await hall.client.get(made["path"])
    never = await hall.client.get("/calendars/AAAA.ics")
    long = await hall.client.get(f"/calendars/{'A' * 500}.ics")

    assert [each.status_code for each in (revoked, never, long)] == [404, 404, 404]
    assert revoked.content == never.content == b""


async def test_the_secret_is_kept_as_a_hash_alone(db):
    here = await factories.a_room(1)
    path = (await done(here.members[0], CREATE, input={"label": "手机"}))["path"]
    secret = path.removeprefix("/calendars/").removesuffix(".ics")

    row = await database.fetch_one("SELECT f::text AS whole FROM meetings_calendar_feed f")

    assert secret not in row["whole"]
    assert len(secret) >= 43


async def test_nobody_revokes_anothers_address(db):
    here = await factories.a_room(2)
    lin, wang = here.members
    made = await done(lin, CREATE, input={"label": "手机"})

    code = await refused(wang, REVOKE, input={"feedId": made["feed"]["id"]})

    assert code == "NOT_FOUND"
    assert (await CalendarFeed.all())[0].revoked_at is None


async def test_one_has_five_addresses_however_fast_one_asks(db):
    here = await factories.a_room(1)
    lin = here.members[0]

    outcomes = await asyncio.gather(
        *(service.create_feed(lin, label=f"{n}") for n in range(7)), return_exceptions=True
    )

    refusals = [each for each in outcomes if isinstance(each, CalendarFeedsTooMany)]
    assert (len(refusals), await CalendarFeed.all().count()) == (2, 5)


async def test_ones_addresses_are_listed_to_oneself(db):
    here = await factories.a_room(2)
    lin, wang = here.members
    made = await done(lin, CREATE, input={"label": "手机"})
    listed = "{ myCalendarFeeds { nodes { id label } } }"

    mine, theirs = await ask(lin, listed), await ask(wang, listed)
    again = await ask(lin, "query ($id: ID!) { node(id: $id) { id } }", id=made["feed"]["id"])

    assert mine["myCalendarFeeds"]["nodes"] == [{"id": made["feed"]["id"], "label": "手机"}]
    assert theirs["myCalendarFeeds"]["nodes"] == []
    assert again["node"] == {"id": made["feed"]["id"]}


async def test_nobody_nameless_has_a_calendar(db):
    with pytest.raises(SignInRequired):
        await service.create_feed(ANONYMOUS, label="x")
    with pytest.raises(SignInRequired):
        await service.revoke_feed(ANONYMOUS, node.NOBODY)

    assert await CalendarFeed.all().count() == 0


async def test_an_address_that_is_not_there_is_not_found(db):
    here = await factories.a_room(1)

    with pytest.raises(NotFound):
        await service.revoke_feed(here.members[0], node.NOBODY)

    assert await CalendarFeed.all().count() == 0
