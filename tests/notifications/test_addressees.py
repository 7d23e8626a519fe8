"""Who is told besides the one concerned, who is told nothing, and who decides how."""

from datetime import datetime, timedelta

import pytest

from domains.kernel import clock, database, outbox
from domains.meetings.events import MeetingCancelled, MeetingConvened
from domains.meetings.values import MeetingState
from domains.membership.service import care
from domains.notifications.models import Preference
from domains.volunteering.queries import guardians
from tests import factories
from tests.meetings import factories as meetings
from tests.notifications.telling import a_poll_that_closes_soon, all_told, people_told, unread
from tests.notifications.test_inbox import inbox_of
from tests.voting.asking import ask, done, refused

CHOOSE = """
mutation ($input: ChooseNoticesInput!) { chooseNotices(input: $input) {
  ... on NoticeChoicesPayload { kinds { code channels { channel choice canTurnOff } } }
  ... on UserError { code path } } }
"""
PROFILE = """
mutation ($input: SetNoticeProfileInput!) { setNoticeProfile(input: $input) {
  ... on NoticeChoicesPayload { profile { locale quietFromMinute quietUntilMinute } }
  ... on UserError { code path } } }
"""
CHOICES = "query { noticeChoices { profile { locale quietFromMinute quietUntilMinute } } }"
MIDNIGHT = datetime.fromisoformat("2031-03-05T00:00:00+08:00")


async def counts(kind):
    """What the telling of a kind's one occasion came to."""
    row = await database.fetch_one(
        "SELECT notice_count, second_count, gone_count, muted_count FROM notifications_occasion"
        " WHERE kind = $1",
        kind,
    )
    return tuple(row.values())


async def leaves(person_id):
    """When messages to somebody leave, by channel."""
    rows = await database.fetch(
        "SELECT channel, next_attempt_at FROM notifications_delivery WHERE person_id = $1",
        person_id,
    )
    return {row["channel"]: row["next_attempt_at"] for row in rows}


async def a_convened_meeting(*invited, lasts_until=timedelta(days=3)):
    """A meeting in three days to which these people are called."""
    body = await meetings.a_body()
    starts_at = await clock.now() + lasts_until
    meeting = await meetings.a_meeting(
        body, state=MeetingState.AGENDA_PUBLISHED, starts_at=starts_at
    )
    for each in invited:
        await meetings.an_invitation(meeting.id, each)
    async with database.transaction():
        await outbox.record(MeetingConvened(meeting.id, body.id, body.area_path, starts_at))
    return meeting


async def an_elder_with_a_helper():
    """Two neighbours, of whom the second helps the first."""
    community = await factories.a_community()
    elder = await factories.a_resident(community, name="王秀英")
    helper = await factories.a_resident(community, name="李明")
    await care.name_helper(elder, helper.person_id)
    return elder, helper


async def test_a_helper_is_told_too_and_for_whom(db):
    elder, helper = await an_elder_with_a_helper()

    await a_convened_meeting(elder)
    await all_told()
    (own,), _ = await inbox_of(elder)
    (second,), unread_count = await inbox_of(helper)

    assert (own["secondFor"], own["isLegal"]) == (None, True)
    assert second["secondFor"] == "王秀英"
    assert second["title"] == f"【代王秀英】{own['title']}"
    assert second["reason"]["text"] == "你是王秀英的协助人或监护人。"
    assert (unread_count, await counts("MEETING_CONVENED")) == (1, (2, 1, 0, 0))


async def test_a_helper_who_is_concerned_too_is_told_of_each_apart(db):
    elder, helper = await an_elder_with_a_helper()

    await a_convened_meeting(elder, helper)
    await all_told()
    notices, unread_count = await inbox_of(helper)

    assert sorted(each["secondFor"] or "" for each in notices) == ["", "王秀英"]
    assert (unread_count, await counts("MEETING_CONVENED")) == (2, (3, 1, 0, 0))


async def test_a_minor_volunteers_guardian_is_told_too(db):
    child = await factories.a_resident(name="小雨", born=(await clock.today()).replace(year=2015))
    adult = await factories.a_resident(name="大雨")
    await database.execute(
        "INSERT INTO volunteering_volunteer (id, number, person_id, area_id, area_path, state,"
        " born_on, guardian_id, registered_at)"
        " SELECT $1, 100000001, $2, a.id, a.path, 'active', $3, $4,"
        " kernel_now() FROM membership_area a WHERE a.kind = 'community' LIMIT 1",
        database.new_id(),
        child.person_id,
        (await clock.today()).replace(year=(await clock.today()).year - 10, day=1),
        adult.person_id,
    )

    await a_convened_meeting(child)
    await all_told()
    rows = await guardians.guardians_of(await people_told("MEETING_CONVENED"))

    assert [row["guardian_id"] for row in rows] == [adult.person_id]
    assert set(await people_told("MEETING_CONVENED")) == {child.person_id, adult.person_id}


async def test_who_left_is_told_nothing_nor_their_helper_and_is_counted(db):
    elder, helper = await an_elder_with_a_helper()
    await a_convened_meeting(elder)
    await care.close_account(elder)

    await all_told()

    assert await people_told("MEETING_CONVENED") == []
    assert await counts("MEETING_CONVENED") == (0, 0, 1, 0)
    assert [await unread(each.person_id) for each in (elder, helper)] == [0, 0]


async def test_who_moved_away_is_called_to_no_meeting_but_votes_where_they_are_on_the_roll(
    moved_clock,
):
    town, _ = await a_poll_that_closes_soon(moved_clock)
    gone = town.residents[1]
    await database.execute(
        "UPDATE membership_residency SET state = 'ended', until = $2 WHERE person_id = $1",
        gone.person_id,
        await clock.today() - timedelta(days=1),
    )
    await a_convened_meeting(gone)

    await all_told()

    assert gone.person_id in await people_told("POLL_CLOSING_SOON")
    assert await people_told("MEETING_CONVENED") == []


async def test_what_somebody_turned_off_is_not_written_and_is_counted(moved_clock):
    town, _ = await a_poll_that_closes_soon(moved_clock)
    quiet = town.residents[1]
    off = [
        {"channel": channel, "choice": "OFF", "category": "POLLS"}
        for channel in ("IN_APP", "CONSOLE", "WEB_PUSH", "WECHAT")
    ]
    await done(quiet, CHOOSE, input={"choices": off})

    await all_told()

    assert quiet.person_id not in await people_told("POLL_CLOSING_SOON")
    assert (await counts("POLL_CLOSING_SOON"))[3] == 1


async def test_what_the_law_wants_told_cannot_be_turned_off(db):
    resident = await factories.a_resident()
    kind = {"channel": "IN_APP", "choice": "OFF", "kind": "MEETING_CONVENED"}
    category = {"channel": "IN_APP", "choice": "OFF", "category": "MEETINGS"}

    code = await refused(resident, CHOOSE, input={"choices": [category, kind]})
    kept = await Preference.all().count()
    await done(resident, CHOOSE, input={"choices": [category]})
    await a_convened_meeting(resident)
    await all_told()

    assert (code, kept) == ("LEGAL_NOTICE", 0)
    assert await unread(resident.person_id) == 1


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        ({"choice": "DIGEST", "kind": "POLL_CLOSING_SOON"}, "DIGEST_IMPOSSIBLE"),
        ({"choice": "DIGEST", "category": "POLLS", "channel": "IN_APP"}, "DIGEST_IMPOSSIBLE"),
        ({"choice": "OFF", "kind": "NO_SUCH_KIND"}, "INVALID_INPUT"),
        ({"choice": "OFF"}, "INVALID_INPUT"),
        ({"choice": "OFF", "kind": "POLL_CLOSING_SOON", "category": "POLLS"}, "INVALID_INPUT"),
    ],
)
async def test_a_choice_that_cannot_be_is_refused_and_nothing_is_kept(db, choice, code):
    resident = await factories.a_resident()
    good = {"channel": "SMS", "choice": "ON", "category": "POLLS"}

    said = await refused(
        resident, CHOOSE, input={"choices": [good, {"channel": "CONSOLE", **choice}]}
    )

    assert (said, await Preference.all().count()) == (code, 0)


async def test_a_choice_is_taken_back_to_what_is_usual(db):
    resident = await factories.a_resident()
    choice = {"channel": "SMS", "choice": "ON", "category": "POLLS"}
    await done(resident, CHOOSE, input={"choices": [choice]})

    await done(resident, CHOOSE, input={"choices": [{**choice, "choice": None}]})

    assert await Preference.all().count() == 0


@pytest.mark.parametrize(
    "given",
    [
        {"quietFromMinute": 60},
        {"quietFromMinute": -1, "quietUntilMinute": 60},
        {"quietFromMinute": 60, "quietUntilMinute": 1440},
    ],
)
async def test_quiet_hours_that_cannot_be_are_refused_and_those_before_stand(db, given):
    resident = await factories.a_resident()
    mine = {"quietFromMinute": 60, "quietUntilMinute": 120, "locale": "EN"}
    await done(resident, PROFILE, input=mine)

    assert await refused(resident, PROFILE, input=given) == "INVALID_INPUT"
    assert (await ask(resident, CHOICES))["noticeChoices"]["profile"] == mine


async def test_at_night_messages_wait_until_morning_while_the_inbox_has_them_at_once(
    moved_clock, configured
):
    configured(GONGYI_NOTICES_TO_CONSOLE="true")
    resident, awake = await factories.a_resident(), await factories.a_resident(name="夜班")
    await done(awake, PROFILE, input={"quietFromMinute": 0, "quietUntilMinute": 0})
    await moved_clock.set(MIDNIGHT)

    await a_convened_meeting(resident, awake)
    await all_told()

    morning = MIDNIGHT + timedelta(hours=8)
    assert await leaves(resident.person_id) == {"console": morning}
    assert (await leaves(awake.person_id))["console"] < morning
    assert [await unread(each.person_id) for each in (resident, awake)] == [1, 1]


async def test_what_the_law_wants_told_before_morning_goes_out_in_the_night(
    moved_clock, configured
):
    configured(GONGYI_NOTICES_TO_CONSOLE="true")
    resident = await factories.a_resident()
    await moved_clock.set(MIDNIGHT)

    await a_convened_meeting(resident, lasts_until=timedelta(hours=6))
    await all_told()

    assert (await leaves(resident.person_id))["console"] < MIDNIGHT + timedelta(hours=1)


async def test_a_cancelled_meetings_waiting_messages_are_held_back(moved_clock, configured):
    configured(GONGYI_NOTICES_TO_CONSOLE="true")
    resident = await factories.a_resident()
    await moved_clock.set(MIDNIGHT)
    meeting = await a_convened_meeting(resident)
    await all_told()

    async with database.transaction():
        await outbox.record(MeetingCancelled(meeting.id, meeting.area_path))
    await all_told()

    rows = await database.fetch("SELECT state, reason FROM notifications_delivery")
    assert [tuple(row.values()) for row in rows] == [("suppressed", "withdrawn")]
    assert await unread(resident.person_id) == 0
