"""A meeting over the contract, from the body to the end of the session."""

from datetime import datetime, timedelta

from domains.meetings.service import presets
from tests import factories as town
from tests.meetings.documents import (
    a_body,
    add_item,
    over_meeting,
    plan,
    seat,
)
from tests.voting.asking import ask, done, person, refused


async def a_council(members: int = 3):
    await presets.sync_presets()
    community = await town.a_community()
    organiser = await town.a_committee_member(community)
    chair = await town.a_resident(community, name="刘主持")
    residents = [await town.a_resident(community, name=f"居民{n}") for n in range(members)]
    body_id = await a_body(organiser, community)
    await seat(organiser, body_id, chair, office="CHAIR")
    for each in residents:
        await seat(organiser, body_id, each)
    return organiser, chair, residents, body_id


async def test_a_meeting_goes_from_its_plan_to_its_end(db, moved_clock):
    organiser, chair, (lin, wang, zhao), body_id = await a_council()
    meeting_id = await plan(organiser, body_id)
    item_id = await add_item(organiser, meeting_id)
    of = {"meetingId": meeting_id}

    convened = await done(organiser, over_meeting("publishAgenda"), input=of)
    starts_at = datetime.fromisoformat(convened["meeting"]["startsAt"])
    await moved_clock.set(starts_at - timedelta(minutes=20))
    await done(organiser, over_meeting("openCheckIn"), input=of)
    for each in (chair, lin, wang):
        await done(each, over_meeting("checkIn"), input=of)
    early = await refused(chair, over_meeting("openMeeting", quorum=True), input=of)
    await moved_clock.set(starts_at)
    opened = await done(chair, over_meeting("openMeeting", quorum=True), input=of)
    called = await done(chair, over_meeting("callAgendaItem"), input=of)
    await done(chair, over_meeting("closeAgendaItem"), input=of | {"outcome": "CONCLUDED"})
    ended = await done(chair, over_meeting("adjournMeeting"), input=of)

    assert convened["meeting"]["state"] == "AGENDA_PUBLISHED"
    assert convened["meeting"]["agenda"][0]["isAnnounced"] is True
    assert early == "MEETING_EARLY"
    assert opened["meeting"]["room"] == {
        "invited": 4,
        "present": 3,
        "left": 0,
        "excused": 0,
        "absent": 1,
        "quorum": {"present": 3, "entitled": 4, "required": 3, "isMet": True},
    }
    assert called["meeting"]["currentItem"] == {"id": item_id, "title": "迁往九龙湖公园"}
    assert ended["meeting"]["state"] == "ADJOURNED"
    assert ended["meeting"]["agenda"][0]["state"] == "CONCLUDED"
    log = await ask(
        zhao,
        "query ($id: ID!) { meetingLog(meetingId: $id, first: 100) {"
        " nodes { seq kind personId } } }",
        id=meeting_id,
    )
    assert [each["kind"] for each in log["meetingLog"]["nodes"]] == [
        *("PLANNED", "INVITED", "ITEM_ADDED", "AGENDA_PUBLISHED", "CHECK_IN_OPENED"),
        *("CHECKED_IN", "CHECKED_IN", "CHECKED_IN", "OPENED", "ITEM_CALLED"),
        *("ITEM_CLOSED", "ADJOURNED"),
    ]
    assert [each["seq"] for each in log["meetingLog"]["nodes"]] == list(range(1, 13))
    assert log["meetingLog"]["nodes"][5]["personId"] == person(chair)
