"""Volunteering through the contract: from registration to a verified certificate."""

from datetime import timedelta
from uuid import uuid4

from domains.kernel import clock
from domains.kernel.actor import ANONYMOUS
from domains.volunteering.service import presets
from jobs import volunteering as jobs
from schema import node
from tests import factories
from tests.volunteering.factories import a_team, confirmed
from tests.voting.asking import ask, done, person, refused

REFUSAL = "... on UserError { code path message }"
OF_VOLUNTEER = "... on VolunteerPayload { replayed volunteer { id number state version } }"
OF_RECORD = """... on ServiceRecordPayload { record {
  id state version givenMinutes quality isUnderReview confirmations { at } } }"""
OF_SHIFT = "... on VolunteerShiftPayload { shift { id taken isMine } }"
OF_CERTIFICATE = """... on VolunteerCertificatePayload { certificate {
  id number code sha256 state givenMinutes recordCount fileAddress } }"""
RECORDS = """
query ($area: ID!) { serviceRecords(filter: {areaId: $area}) { nodes {
  id activityTitle volunteer { number } leader { name } confirmations { by { name } }
  suspicions { rule } contests { reason } versions { version } activity { title } } } }
"""


def mutation(name: str, payload: str) -> str:
    kind = f"{name[0].upper()}{name[1:]}Input"
    return f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {payload} {REFUSAL} }} }}"


async def does(actor, name, payload, /, **given):
    return await done(actor, mutation(name, payload), input=given)


async def code_of(actor, shift_id):
    asked = "query ($id: ID!) { shiftCode(shiftId: $id) { text svg } }"
    return (await ask(actor, asked, id=shift_id))["shiftCode"]


async def test_a_volunteer_registers_serves_and_is_certified(db, moved_clock):
    await presets.sync_presets()
    community = await factories.a_community()
    committee = await factories.a_committee_member(community)
    leader = await factories.a_resident(community, name="周强")
    lin = await factories.a_resident(community, name="林芳")
    body = await factories.an_organisation(community)
    now = await clock.now()
    area = node.encode("area", community.id)

    volunteer = (
        await does(
            lin,
            "registerVolunteer",
            OF_VOLUNTEER,
            communityId=area,
            profile={
                "serviceClasses": ["ELDER_CARE"],
                "availability": [{"weekday": 6, "block": "MORNING"}],
                "radiusM": 2000,
            },
            consentTextVersion="2026-1",
            idempotencyKey=str(uuid4()),
        )
    )["volunteer"]
    activity = (
        await does(
            committee,
            "createVolunteerActivity",
            "... on VolunteerActivityPayload { activity { id shifts { id places } } }",
            areaId=area,
            nature="SERVICE",
            serviceClass="ELDER_CARE",
            title="探访独居老人",
            content="上门探访。",
            place="同心家园",
            organisationId=node.encode("organisation", body.id),
            leaderId=person(leader),
            shifts=[
                {
                    "startsAt": (now + timedelta(minutes=10)).isoformat(),
                    "endsAt": (now + timedelta(hours=3)).isoformat(),
                    "places": 5,
                }
            ],
            idempotencyKey=str(uuid4()),
        )
    )["activity"]
    await does(
        committee,
        "publishVolunteerActivity",
        "... on VolunteerActivityPayload { activity { state } }",
        activityId=activity["id"],
    )
    shift_id = activity["shifts"][0]["id"]
    signed = await does(lin, "signUpForShift", OF_SHIFT, shiftId=shift_id)
    hidden = await code_of(lin, shift_id)
    code = await code_of(leader, shift_id)
    await does(lin, "checkInToShift", OF_SHIFT, shiftId=shift_id, code=code["text"])
    await moved_clock.advance(timedelta(minutes=61))
    code = await code_of(leader, shift_id)
    record = (
        await does(
            lin,
            "checkOutOfShift",
            "... on CheckedOut { record { id state givenMinutes } }",
            shiftId=shift_id,
            code=code["text"],
        )
    )["record"]
    for each in (leader, committee):
        settled = await does(each, "confirmServiceRecord", OF_RECORD, recordId=record["id"])
    await does(leader, "rateServiceRecord", OF_RECORD, recordId=record["id"], quality=5)
    await jobs.publicise_due_records()
    await moved_clock.advance(timedelta(days=12))
    await jobs.finalise_due_records()
    certificate = (
        await does(
            lin,
            "issueVolunteerCertificate",
            OF_CERTIFICATE,
            volunteerId=volunteer["id"],
            idempotencyKey=str(uuid4()),
        )
    )["certificate"]
    checked = await ask(
        ANONYMOUS,
        "query ($number: String!, $code: String!) { verifyCertificate(number: $number,"
        " code: $code) { state maskedName givenMinutes recorders services { content } } }",
        number=certificate["number"],
        code=certificate["code"],
    )

    assert volunteer["state"] == "REGISTERED"
    assert signed["shift"] == {"id": shift_id, "taken": 1, "isMine": True}
    assert (hidden, code["svg"][:4]) == (None, "<svg")
    assert (record["state"], record["givenMinutes"]) == ("PENDING", 61)
    assert settled["record"]["state"] == "CONFIRMED"
    assert (certificate["state"], certificate["recordCount"]) == ("VALID", 1)
    assert checked["verifyCertificate"] == {
        "state": "VALID",
        "maskedName": "林*",
        "givenMinutes": 61,
        "recorders": ["同心公益服务中心"],
        "services": [{"content": "上门探访。"}],
    }


async def test_a_list_of_records_costs_the_same_for_one_and_for_many(db, moved_clock, statements):
    team = await a_team()
    area = node.encode("area", team.community.id)
    counts: list[tuple[int, int]] = []
    for _ in range(2):
        for _ in range(1 + 2 * len(counts)):
            await confirmed(team, moved_clock, minutes=20)
        statements.clear()
        answer = await ask(team.committee, RECORDS, area=area)
        counts.append((len(answer["serviceRecords"]["nodes"]), len(statements)))

    assert [count for count, _ in counts] == [1, 4]
    assert counts[0][1] == counts[1][1]


async def test_another_communitys_ids_are_not_found_and_reads_see_nothing(db, moved_clock):
    team = await a_team()
    record_id = await confirmed(team, moved_clock)
    stranger = await factories.a_committee_member(name="外人")
    record = node.encode("service_record", record_id)
    volunteer = node.encode("volunteer", team.volunteer_id)
    asked = {
        "confirmServiceRecord": {"recordId": record},
        "revokeServiceRecord": {"recordId": record, "reason": "没有理由"},
        "rateServiceRecord": {"recordId": record, "quality": 5},
        "contestServiceRecord": {"recordId": record, "reason": "没有理由"},
        "openVolunteerDetails": {"volunteerId": volunteer},
        "withdrawVolunteer": {"volunteerId": volunteer},
        "issueVolunteerCertificate": {"volunteerId": volunteer, "idempotencyKey": str(uuid4())},
        "exportServiceRecords": {"areaId": node.encode("area", team.community.id)},
    }

    codes = {
        name: await refused(stranger, mutation(name, ""), input=given)
        for name, given in asked.items()
    }
    seen = await ask(
        stranger,
        "query ($a: ID!, $r: ID!, $v: ID!) { volunteers(areaId: $a) { nodes { id } }"
        " serviceRecords(filter: {areaId: $a}) { nodes { id } }"
        " record: node(id: $r) { id } volunteer: node(id: $v) { id } }",
        a=node.encode("area", team.community.id),
        r=record,
        v=volunteer,
    )

    assert codes == dict.fromkeys(asked, "NOT_FOUND")
    assert seen == {
        "volunteers": {"nodes": []},
        "serviceRecords": {"nodes": []},
        "record": None,
        "volunteer": None,
    }


async def test_refusals_speak_both_languages(db):
    team = await a_team()
    actor = team.volunteer
    document = mutation("registerVolunteer", "")
    given = {
        "communityId": node.encode("area", team.community.id),
        "profile": {"serviceClasses": ["OTHER"]},
        "consentTextVersion": "1",
    }
    said = []
    for locale in ("zh-Hans", "en"):
        speaker = type(actor)(person_id=actor.person_id, grants=actor.grants, locale=locale)
        answer = await ask(speaker, document, input={**given, "idempotencyKey": str(uuid4())})
        said.append(answer["registerVolunteer"]["message"])

    assert said == ["该居民已登记为志愿者。", "This person is registered as a volunteer already."]


async def test_a_station_shows_what_it_has_and_has_not(db):
    team = await a_team()
    station = (
        await does(
            team.committee,
            "createVolunteerStation",
            "... on VolunteerStationPayload { station { id haves { code has } } }",
            areaId=node.encode("area", team.community.id),
            name="同心志愿服务站",
            place="社区党群服务中心一楼",
            organisationId=node.encode("organisation", team.organisation.id),
        )
    )["station"]

    marked = await does(
        team.committee,
        "markVolunteerStation",
        "... on VolunteerStationPayload { station { haves { code has } } }",
        stationId=station["id"],
        code="team",
        has=True,
        note="登记志愿者 32 人",
        seenOn=(await clock.today()).isoformat(),
    )

    assert [each["has"] for each in station["haves"]] == [False] * 6
    assert [each["code"] for each in marked["station"]["haves"] if each["has"]] == ["team"]
