"""Every command over bodies, meetings and rooms through the contract, and for no stranger."""

from datetime import date, timedelta

import pytest

from domains.kernel import clock, database
from domains.meetings.models import AgendaItem, Invitation, Meeting, Recurrence, Seat
from domains.meetings.service import presets
from domains.meetings.values import MeetingState, Standing
from schema import node
from tests import factories as town
from tests.meetings import factories
from tests.meetings.documents import (
    a_body,
    add_item,
    in_days,
    key,
    over_attendee,
    over_item,
    over_meeting,
    plan,
    seat,
)
from tests.voting.asking import ask, done, person, refused

CODE = "... on UserError { code path }"


def plain(name: str, selection: str) -> str:
    """The document of any mutation: what is selected, or the refusal."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    return f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {selection} {CODE} }} }}"


def of(here) -> dict[str, str]:
    return {"meetingId": node.encode("meeting", here.meeting_id)}


async def invitation(here, actor) -> str:
    found = await Invitation.get(meeting_id=here.meeting_id, person_id=actor.person_id)
    return node.encode("invitation", found.id)


async def test_a_body_is_edited_once_a_version_and_dissolved(db):
    await presets.sync_presets()
    community = await town.a_community()
    organiser = await town.a_committee_member(community)
    body_id = await a_body(organiser, community)
    edit = plain("editBody", "... on BodyPayload { body { name version } }")
    given = {"bodyId": body_id, "name": "同心议事厅", "form": "HEARING", "expectedVersion": 1}

    edited = await done(organiser, edit, input=given)
    outdated = await refused(organiser, edit, input=given)
    dissolved = await done(
        organiser,
        plain("dissolveBody", "... on BodyPayload { body { dissolveReason } }"),
        input={"bodyId": body_id, "reason": "并入街道"},
    )
    again = await refused(organiser, edit, input=given | {"expectedVersion": 3})

    assert edited["body"] == {"name": "同心议事厅", "version": 2}
    assert (outdated, again) == ("VERSION_CONFLICT", "BODY_DISSOLVED")
    assert dissolved["body"]["dissolveReason"] == "并入街道"


async def test_a_body_is_one_of_its_name_and_of_a_level(db):
    await presets.sync_presets()
    city = await town.a_city()
    community = await town.a_community(await town.a_street(await town.a_district(city)))
    admin = await town.a_platform_administrator(city)
    await a_body(admin, community)
    create = plain("createBody", "... on BodyPayload { body { id } }")

    def given(area) -> dict[str, str]:
        return {
            "areaId": node.encode("area", area.id),
            "name": "同心社区议事会",
            "form": "HEARING",
            "idempotencyKey": key(),
        }

    assert await refused(admin, create, input=given(community)) == "NAME_TAKEN"
    assert await refused(admin, create, input=given(city)) == "BODY_MISPLACED"


async def test_a_body_has_one_chair_and_one_seat_a_person(db):
    await presets.sync_presets()
    community = await town.a_community()
    organiser = await town.a_committee_member(community)
    lin = await town.a_resident(community, name="林芳")
    wang = await town.a_resident(community, name="王强")
    body_id = await a_body(organiser, community)
    seat_id = await seat(organiser, body_id, lin, office="CHAIR")
    document = plain("seatMember", "... on SeatPayload { seat { id } }")

    def given(somebody, **more):
        return {
            "bodyId": body_id,
            "personId": person(somebody),
            "idempotencyKey": key(),
        } | more

    taken = await refused(organiser, document, input=given(wang, office="CHAIR"))
    twice = await refused(organiser, document, input=given(lin))
    unfit = await refused(organiser, document, input=given(wang, kind="EXPERT"))
    ended = await done(
        organiser,
        plain("endSeat", "... on SeatPayload { seat { endReason } }"),
        input={"seatId": seat_id, "reason": "任满"},
    )
    after = await done(organiser, document, input=given(wang, office="CHAIR"))

    assert (taken, twice, unfit) == ("OFFICE_TAKEN", "SEAT_TAKEN", "CAPACITY_UNFIT")
    assert ended["seat"]["endReason"] == "任满"
    assert after["seat"]["id"] != seat_id
    assert await Seat.filter(ended_at__isnull=True).count() == 1


async def test_regular_meetings_are_set_up_and_ended(db):
    await presets.sync_presets()
    community = await town.a_community()
    organiser = await town.a_committee_member(community)
    body_id = await a_body(organiser, community)

    made = await done(
        organiser,
        plain("createRecurrence", "... on RecurrencePayload { recurrence { id rule on } }"),
        input={
            "bodyId": body_id,
            "kind": "MONTHLY",
            "isOfTheMonth": True,
            "title": "阳光17议",
            "mode": "ONLINE",
            "startsMinute": 1140,
            "lastsMinutes": 120,
            "firstDay": "2026-12-01",
            "idempotencyKey": key(),
        },
    )
    ended = await done(
        organiser,
        plain("endRecurrence", "... on RecurrencePayload { recurrence { endReason } }"),
        input={"recurrenceId": made["recurrence"]["id"], "reason": "换届"},
    )

    assert made["recurrence"]["rule"] == "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=17"
    assert ended["recurrence"]["endReason"] == "换届"


async def test_a_meeting_is_edited_moved_and_called_off(db):
    await presets.sync_presets()
    community = await town.a_community()
    organiser = await town.a_committee_member(community)
    body_id = await a_body(organiser, community)
    await seat(organiser, body_id, await town.a_resident(community))
    meeting_id = await plan(organiser, body_id)
    await add_item(organiser, meeting_id)
    given = {"meetingId": meeting_id}
    meeting = {
        "title": "停车协商会",
        "startsAt": await in_days(12),
        "endsAt": await in_days(12, hour=21),
        "mode": "ONLINE",
    }
    edit = plain("editMeeting", "... on MeetingPayload { meeting { title version } }")

    edited = await done(organiser, edit, input=given | {"meeting": meeting, "expectedVersion": 1})
    outdated = await refused(
        organiser, edit, input=given | {"meeting": meeting, "expectedVersion": 1}
    )
    await done(organiser, over_meeting("publishAgenda"), input=given)
    moved = await done(
        organiser,
        over_meeting("rescheduleMeeting"),
        input=given
        | {"startsAt": await in_days(20), "endsAt": await in_days(20, hour=21), "reason": "停电"},
    )
    cancelled = await done(
        organiser, over_meeting("cancelMeeting"), input=given | {"reason": "双方和解"}
    )

    assert edited["meeting"] == {"title": "停车协商会", "version": 2}
    assert outdated == "VERSION_CONFLICT"
    assert moved["meeting"]["state"] == "AGENDA_PUBLISHED"
    assert cancelled["meeting"]["state"] == "CANCELLED"
    log = await ask(
        organiser,
        "query ($id: ID!) { meetingLog(meetingId: $id, afterSeq: 5) { nodes { kind reason } } }",
        id=meeting_id,
    )
    assert log["meetingLog"]["nodes"][-2:] == [
        {"kind": "RESCHEDULED", "reason": "停电"},
        {"kind": "CANCELLED", "reason": "双方和解"},
    ]


async def test_a_meeting_in_session_is_put_elsewhere_without_a_new_notice(db):
    here = await factories.a_room(1)
    document = plain(
        "changeMeetingPlace", "... on MeetingPayload { meeting { place onlineAddress state } }"
    )
    where = {"place": "小区广场", "onlineAddress": "https://meet.example/r/2", "reason": "停电"}

    changed = await done(here.organiser, document, input=of(here) | where)
    nowhere = await refused(here.organiser, document, input=of(here) | {"reason": "停电"})
    unsafe = await refused(
        here.organiser,
        document,
        input=of(here) | where | {"onlineAddress": "javascript:alert(1)"},
    )

    assert changed["meeting"] == {
        "place": "小区广场",
        "onlineAddress": "https://meet.example/r/2",
        "state": "IN_SESSION",
    }
    assert (nowhere, unsafe) == ("MODE_UNFIT", "INVALID_INPUT")
    assert await here.log() == ["place_changed"]


async def test_an_agenda_is_edited_ordered_and_thinned(db):
    await presets.sync_presets()
    community = await town.a_community()
    organiser = await town.a_committee_member(community)
    meeting_id = await plan(organiser, await a_body(organiser, community))
    first = await add_item(organiser, meeting_id)
    second = await add_item(organiser, meeting_id, title="增设停车位", kind="DISCUSS")

    edited = await done(
        organiser,
        over_item("editAgendaItem"),
        input={
            "itemId": first,
            "item": {"title": "迁往公园", "kind": "DECIDE"},
            "expectedVersion": 1,
        },
    )
    ordered = await done(
        organiser,
        over_meeting("orderAgenda"),
        input={"meetingId": meeting_id, "itemIds": [second, first]},
    )
    withdrawn = await done(
        organiser, over_item("withdrawAgendaItem"), input={"itemId": second, "reason": "重复"}
    )

    assert (edited["item"]["title"], edited["item"]["version"]) == ("迁往公园", 2)
    assert [each["id"] for each in ordered["meeting"]["agenda"]] == [second, first]
    assert (withdrawn["item"]["state"], withdrawn["item"]["note"]) == ("WITHDRAWN", "重复")


async def test_a_matter_goes_up_and_is_placed_there(db):
    street = await town.a_street()
    here = await factories.a_room(1, community=await town.a_community(street))
    reviewer = await town.a_street_reviewer(street)
    street_body = await a_body(reviewer, street, name="街道议事会")
    close = {"outcome": "UNRESOLVED", "note": "双方分歧"}
    await done(here.chair, over_meeting("closeAgendaItem"), input=of(here) | close)

    raised = await done(
        here.chair,
        over_item("raiseAgendaItem"),
        input={
            "itemId": node.encode("agendaItem", here.item_id),
            "reason": "社区未能解决",
            "idempotencyKey": key(),
        },
    )
    waiting = await AgendaItem.filter(raised_from_id=here.item_id).first()
    meeting_id = await plan(reviewer, street_body)
    placed = await done(
        reviewer,
        over_item("placeAgendaItem"),
        input={"itemId": node.encode("agendaItem", waiting.id), "meetingId": meeting_id},
    )

    assert raised["item"]["state"] == "RAISED"
    assert (placed["item"]["state"], placed["item"]["position"]) == ("ON_AGENDA", 1)


async def test_people_are_invited_answer_and_stand_in(db):
    here = await factories.a_room(2, state=MeetingState.AGENDA_PUBLISHED)
    await database.execute(
        "UPDATE meetings_meeting SET starts_at = $1, ends_at = $1::timestamptz + interval '1 hour'",
        await clock.now() + timedelta(days=3),
    )
    lin, wang = here.members
    expert = await town.a_resident(here.community, name="专家")
    neighbour = await town.a_resident(here.community, name="邻居")
    guest = {"personId": person(expert), "kind": "EXPERT", "capacity": "ADVISE"}

    invited = await done(here.organiser, over_attendee("inviteToMeeting"), input=of(here) | guest)
    revoked = await done(
        here.organiser,
        over_attendee("revokeInvitation"),
        input={"invitationId": invited["attendee"]["id"], "reason": "改期"},
    )
    answered = await done(
        lin,
        over_attendee("respondToInvitation"),
        input={"invitationId": await invitation(here, lin), "response": "ACCEPTED"},
    )
    substitute = await done(
        lin,
        over_attendee("nameSubstitute"),
        input={
            "invitationId": await invitation(here, lin),
            "personId": person(neighbour),
        },
    )
    back = await done(
        lin,
        over_attendee("withdrawSubstitute"),
        input={"invitationId": await invitation(here, lin)},
    )
    excused = await done(
        here.organiser,
        over_attendee("excuseAttendee"),
        input={"invitationId": await invitation(here, wang), "reason": "住院"},
    )
    many = await done(
        here.organiser,
        plain("inviteGroupToMeeting", "... on GroupInvited { invited meeting { id } }"),
        input=of(here) | {"group": "ADULTS", "capacity": "DECIDE"},
    )

    assert revoked["attendee"]["revokedAt"] is not None
    assert answered["attendee"]["response"] == "ACCEPTED"
    assert substitute["attendee"]["standsInFor"] == {
        "id": await invitation(here, lin),
        "votes": False,
    }
    assert back["attendee"]["votes"] is True
    assert excused["attendee"]["standing"] == "EXCUSED"
    assert many["invited"] == 2


async def test_people_come_by_every_door_and_go(db):
    here = await factories.a_room(3, present=0)
    lin, wang, zhao = here.members
    code = await ask(
        here.chair,
        "query ($id: ID!) { roomCode(meetingId: $id) { code svg expiresAt } }",
        id=of(here)["meetingId"],
    )

    await done(lin, over_meeting("checkIn"), input=of(here))
    await done(
        wang,
        over_meeting("checkInWithCode"),
        input=of(here) | {"code": code["roomCode"]["code"]},
    )
    listed = await done(
        here.organiser,
        plain("checkInByList", "... on ListCheckedIn { entered }"),
        input=of(here) | {"personIds": [person(zhao)]},
    )
    left = await done(lin, over_meeting("leaveMeeting"), input=of(here))
    gone = await done(
        here.organiser,
        over_meeting("recordDeparture"),
        input=of(here) | {"personId": person(zhao)},
    )

    assert code["roomCode"]["svg"].startswith("<svg")
    assert listed["entered"] == 1
    assert left["meeting"]["room"]["quorum"] == {
        "present": 3,
        "entitled": 4,
        "required": 3,
        "isMet": True,
    }
    assert gone["meeting"]["room"]["quorum"]["isMet"] is False


async def test_the_chair_pauses_hands_over_and_takes_back(db):
    here = await factories.a_room(2)
    lin = here.members[0]
    later = (await clock.now() + timedelta(minutes=10)).isoformat()

    paused = await done(
        here.chair, over_meeting("recessMeeting"), input=of(here) | {"resumesAt": later}
    )
    resumed = await done(here.chair, over_meeting("resumeMeeting"), input=of(here))
    await done(
        here.chair, over_meeting("handOverChair"), input=of(here) | {"personId": person(lin)}
    )
    forbidden = await refused(here.chair, over_meeting("resumeMeeting"), input=of(here))
    await done(here.chair, over_meeting("takeBackChair"), input=of(here))
    await done(
        here.organiser, over_meeting("appointChair"), input=of(here) | {"personId": person(lin)}
    )

    assert (paused["meeting"]["state"], resumed["meeting"]["state"]) == ("RECESS", "IN_SESSION")
    assert forbidden == "FORBIDDEN"
    assert (await here.meeting()).chair_id == lin.person_id


async def test_a_missed_quorum_is_told_with_its_figures(db):
    here = await factories.a_room(4, present=0, state=MeetingState.CHECK_IN)

    answer = await ask(here.chair, over_meeting("openMeeting", quorum=True), input=of(here))

    assert answer["openMeeting"] == {"code": "QUORUM_NOT_MET", "present": 1, "required": 3}


async def test_rules_are_listed_and_adopted(db):
    await presets.sync_presets()
    community = await town.a_community()
    member = await town.a_committee_member(community)
    community_id = node.encode("area", community.id)
    adopt = plain("adoptMeetingRules", "... on MeetingRulesAdopted { form replayed }")
    given = {
        "communityId": community_id,
        "form": "DELIBERATION_COUNCIL",
        "titleZh": "同心社区议事规则",
        "titleEn": "Tongxin rules",
        "legalBasis": "社区自治章程",
        "effectiveFrom": (await clock.today() + timedelta(days=2)).isoformat(),
        "noticeDays": 5,
        "quorum": {"numerator": 2, "denominator": 3, "inclusive": True},
        "idempotencyKey": key(),
    }

    adopted = await done(member, adopt, input=given)
    again = await done(member, adopt, input=given)
    listed = await ask(
        member,
        "query ($id: ID!) { meetingRuleSets(communityId: $id, first: 100) {"
        " nodes { effectiveTo rules { code isOwn noticeDays quorumNumerator } } } }",
        id=community_id,
    )

    assert (adopted["replayed"], again["replayed"]) == (False, True)
    rules = [each["rules"] for each in listed["meetingRuleSets"]["nodes"]]
    assert len(rules) == 9
    assert [each for each in rules if each["isOwn"]] == [
        {
            "code": "MEETING_DELIBERATION_COUNCIL",
            "isOwn": True,
            "noticeDays": 5,
            "quorumNumerator": 2,
        }
    ]


async def the_inputs(here):
    """What each command would be asked with, by somebody who has no business with it."""
    meeting, now = of(here), await clock.now()
    body = {"bodyId": node.encode("body", here.body.id)}
    item = {"itemId": node.encode("agendaItem", here.item_id)}
    invited = {"invitationId": await invitation(here, here.members[0])}
    somebody = {"personId": person(here.members[0])}
    community = node.encode("area", here.community.id)
    seat_row = await Seat.filter(body_id=here.body.id).first()
    recurrence = await Recurrence.create(
        id=database.new_id(),
        body_id=here.body.id,
        kind="weekly",
        week_day=1,
        form="hearing",
        mode="online",
        title="例会",
        starts_minute=0,
        lasts_minutes=60,
        first_day=date(2026, 1, 1),
        created_at=now,
    )
    details = {
        "title": "停车协商会",
        "startsAt": await in_days(12),
        "endsAt": await in_days(12, hour=21),
        "mode": "ONLINE",
    }
    point = {"title": "停车", "kind": "INFORM"}
    once, why = {"idempotencyKey": key()}, {"reason": "无关"}
    later = {"startsAt": details["startsAt"], "endsAt": details["endsAt"]}
    return {
        "createBody": {"areaId": community, "name": "外来会", "form": "HEARING"} | once,
        "editBody": body | {"name": "外来会", "form": "HEARING", "expectedVersion": 1},
        "dissolveBody": body | why,
        "seatMember": body | somebody | once,
        "endSeat": {"seatId": node.encode("seat", seat_row.id)} | why,
        "createRecurrence": body
        | {"kind": "WEEKLY", "on": 1, "title": "例会", "mode": "ONLINE"}
        | {"startsMinute": 0, "lastsMinutes": 60, "firstDay": "2026-12-01"}
        | once,
        "endRecurrence": {"recurrenceId": node.encode("recurrence", recurrence.id)} | why,
        "adoptMeetingRules": {"communityId": community, "form": "HEARING", "titleZh": "规则"}
        | {"titleEn": "Rules", "legalBasis": "章程", "effectiveFrom": "2027-01-01"}
        | once,
        "planMeeting": body | {"meeting": details} | once,
        "editMeeting": meeting | {"meeting": details, "expectedVersion": 1},
        "publishAgenda": meeting,
        "rescheduleMeeting": meeting | later | why,
        "changeMeetingPlace": meeting | {"place": "别处"} | why,
        "cancelMeeting": meeting | why,
        "appointChair": meeting | somebody,
        "addAgendaItem": meeting | {"item": point} | once,
        "editAgendaItem": item | {"item": point, "expectedVersion": 1},
        "withdrawAgendaItem": item | why,
        "orderAgenda": meeting | {"itemIds": [item["itemId"]]},
        "placeAgendaItem": item | meeting,
        "raiseAgendaItem": item | why | once,
        "inviteToMeeting": meeting | somebody | {"kind": "MEMBER", "capacity": "DECIDE"},
        "inviteGroupToMeeting": meeting | {"group": "ADULTS", "capacity": "DECIDE"},
        "revokeInvitation": invited | why,
        "respondToInvitation": invited | {"response": "DECLINED"},
        "nameSubstitute": invited | somebody,
        "withdrawSubstitute": invited,
        "excuseAttendee": invited | why,
        "openCheckIn": meeting,
        "checkIn": meeting,
        "checkInWithCode": meeting | {"code": "0.AAAAAAAAAAAAAAAA"},
        "checkInByList": meeting | {"personIds": [person(here.members[0])]},
        "leaveMeeting": meeting,
        "recordDeparture": meeting | somebody,
        "openMeeting": meeting,
        "callAgendaItem": meeting,
        "closeAgendaItem": meeting | {"outcome": "CONCLUDED"},
        "recessMeeting": meeting | {"resumesAt": details["endsAt"]},
        "resumeMeeting": meeting,
        "handOverChair": meeting | somebody,
        "takeBackChair": meeting,
        "adjournMeeting": meeting,
    }


async def test_no_command_of_another_community_finds_anything(db):
    here = await factories.a_room(2)
    stranger = await town.a_committee_member(await town.a_community())
    inputs = await the_inputs(here)
    before = await Meeting.filter(id=here.meeting_id).values()
    standing = await Invitation.all().order_by("id").values()

    codes = {
        name: await refused(stranger, plain(name, "__typename"), input=given)
        for name, given in inputs.items()
    }

    assert codes == dict.fromkeys(inputs, "NOT_FOUND")
    assert await Meeting.filter(id=here.meeting_id).values() == before
    assert await Invitation.all().order_by("id").values() == standing
    assert await here.log() == []


async def test_no_command_runs_the_room_for_a_neighbour(db):
    here = await factories.a_room(2)
    neighbour = await town.a_resident(here.community, name="邻居")
    inputs = await the_inputs(here)
    # A mutation that is open to all who are signed in judges whose invitation it is.
    codes = {
        name: await refused(neighbour, plain(name, "__typename"), input=given)
        for name, given in inputs.items()
    }

    assert set(codes.values()) == {"FORBIDDEN"}
    assert await here.log() == []
    assert await Invitation.filter(standing=Standing.PRESENT).count() == 3


@pytest.mark.parametrize("kind", ["meeting", "body", "agendaItem", "invitation", "seat"])
async def test_an_id_of_nothing_finds_nothing(db, kind):
    here = await factories.a_room(1)

    found = await ask(
        here.chair,
        "query ($id: ID!) { node(id: $id) { id } }",
        id=node.encode(kind, database.new_id()),
    )

    assert found["node"] is None
