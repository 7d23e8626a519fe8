"""Whatever id of another community a volunteer mutation or query is given, it names nothing."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.actor import Grant, Role
from domains.kernel.database import transaction
from domains.volunteering import policy
from domains.volunteering.rules import certificates
from domains.volunteering.service import contests, gathering, ordering
from schema import node
from tests import factories
from tests.timebank import elsewhere
from tests.volunteering.factories import a_team, an_activity, registered, shift_of
from tests.volunteering.test_ordering import a_part, an_order
from tests.volunteering.test_registering import an_upload
from tests.voting.asking import ask

SAID = {
    "nature": "SERVICE",
    "isRisky": False,
    "code": "team",
    "quality": 5,
    "years": 1,
    "expectedVersion": 1,
    "lines": "",
    "serviceClasses": ["ELDER_CARE"],
    "availability": [],
}
CONTENT = {"since": "2026-01-01", "until": "2026-01-02", "givenMinutes": 60, "records": []}
ROWS = (
    """INSERT INTO volunteering_skill (id, volunteer_id, name, issued_by, proof_upload_id, state,
           claimed_at)
       VALUES ($1, $2, '急救', '红十字会', $1, 'claimed', kernel_now())""",
    f"""INSERT INTO volunteering_certificate (id, number, volunteer_id, person_id, area_id,
           area_path, content, content_sha256, state, issued_at)
       SELECT $1::uuid, left($1::uuid::text, 30), v.id, v.person_id, v.area_id, v.area_path,
              '{json.dumps(CONTENT)}', '\\x{certificates.fingerprint(CONTENT).hex()}', 'valid',
              kernel_now()
       FROM volunteering_volunteer v WHERE v.id = $2""",
    """INSERT INTO volunteering_honour (id, volunteer_id, person_id, area_id, area_path, kind, code,
           level, title_zh, title_en, state, minutes, frozen_policy, approvers, noticed_at,
           notice_until)
       SELECT $1, v.id, v.person_id, v.area_id, v.area_path, 'star', 'star1', 1, '一星', 'One',
              'notice', 6000, '{}', '{street_reviewer}', kernel_now(),
              kernel_now() + interval '9 days'
       FROM volunteering_volunteer v WHERE v.id = $2""",
    """INSERT INTO volunteering_honour_objection (id, honour_id, person_id, by_id, reason, filed_at,
           state)
       SELECT $1::uuid, h.id, h.person_id, $1::uuid, '不实', kernel_now(), 'open'
       FROM volunteering_honour h WHERE h.volunteer_id = $2""",
)
STANDING_BY = {
    "shift_substitution": """
        INSERT INTO volunteering_substitution (id, shift_id, volunteer_id, person_id,
            substitute_id, substitute_person_id, state, asked_at)
        SELECT $1::uuid, $2, v.id, v.person_id, v.id, $1::uuid, 'asked', kernel_now()
        FROM volunteering_volunteer v WHERE v.id = $3 AND $4::uuid IS NOT NULL""",
    "team_call": """
        INSERT INTO volunteering_team_call (id, team_id, activity_id, shift_id, area_id, area_path,
            reason, place, directed_by, starts_at, ends_at, state, called_at)
        SELECT $1, t.id, s.activity_id, s.id, t.area_id, t.area_path, '暴雨', '广场', '指挥部',
               s.starts_at, s.ends_at, 'called', kernel_now()
        FROM volunteering_shift s, volunteering_team t
        WHERE s.id = $2 AND t.id = $4 AND $3::uuid IS NOT NULL""",
}
_KINDS = ("volunteer_skill", "volunteer_certificate", "volunteer_honour", "honour_objection")


async def everything(team):
    """One of each thing of a community, by the names of the fields that take its id."""
    activity_id = await an_activity(team)
    async with transaction():
        record = await ordering.record_served(an_order(team), await a_part(team))
    contest_id = await contests.contest_record(team.volunteer, record.record_id, reason="少算了。")
    team_id = await gathering.create_team(
        team.committee,
        team.community.id,
        name="夕阳红",
        organisation_id=team.organisation.id,
        leader_id=team.leader.person_id,
    )
    station_id = await gathering.create_station(
        team.committee,
        team.community.id,
        name="服务站",
        where="一楼",
        organisation_id=team.organisation.id,
    )
    rows = [uuid4() for _ in ROWS]
    for sql, row_id in zip(ROWS, rows, strict=True):
        await database.execute(sql, row_id, team.volunteer_id)
    shift_id = await shift_of(activity_id, team.leader)
    standing_by = {kind: uuid4() for kind in STANDING_BY}
    for kind, sql in STANDING_BY.items():
        await database.execute(sql, standing_by[kind], shift_id, team.volunteer_id, team_id)
    upload = node.encode("upload", await an_upload(team.volunteer))
    ten_years_ago = await clock.today() - timedelta(days=3700)
    child = await factories.a_resident(team.community, name="小邻居", born=ten_years_ago)
    area = node.encode("area", team.community.id)
    skill, certificate, honour, objection = (
        node.encode(kind, row_id) for kind, row_id in zip(_KINDS, rows, strict=True)
    )
    return {
        "areaId": area,
        "communityId": area,
        "organisationId": node.encode("organisation", team.organisation.id),
        "leaderId": node.encode("person", team.leader.person_id),
        "personId": node.encode("person", child.person_id),
        "guardianId": node.encode("person", team.leader.person_id),
        "volunteerId": node.encode("volunteer", team.volunteer_id),
        "activityId": node.encode("volunteer_activity", activity_id),
        "shiftId": node.encode("volunteer_shift", shift_id),
        "substitutionId": node.encode("shift_substitution", standing_by["shift_substitution"]),
        "callId": node.encode("team_call", standing_by["team_call"]),
        "recordId": node.encode("service_record", record.record_id),
        "contestId": node.encode("record_contest", contest_id),
        "teamId": node.encode("volunteer_team", team_id),
        "stationId": node.encode("volunteer_station", station_id),
        "skillId": skill,
        "certificateId": certificate,
        "honourId": honour,
        "objectionId": objection,
        "proofId": upload,
        "paperConsentId": upload,
    }


@pytest.fixture
async def places(db):
    """Two communities of two streets, and one who keeps and reviews the first."""
    here, there = await a_team(), await a_team(name="向阳社区")
    ids, others = await everything(here), await everything(there)
    keeper = await factories.a_resident(here.community, name="多面手")
    await registered(keeper, here.community)
    street = here.community.path.rsplit("/", 2)[0] + "/"
    grants = {
        Grant(Role.COMMITTEE_MEMBER, here.community.path),
        Grant(Role.STREET_REVIEWER, street),
    }
    own = await an_upload(keeper)
    ids |= {"proofId": node.encode("upload", own), "paperConsentId": node.encode("upload", own)}
    return replace(keeper, grants=keeper.grants | grants), ids, others


async def test_every_mutation_refuses_every_id_of_another_community(places):
    keeper, here, there = places
    cases = elsewhere.ids_of(policy.AUTHORITY)
    before = await elsewhere.written()
    said = SAID | {name: here[name] for name in ("personId", "guardianId", "paperConsentId")}

    found = await elsewhere.answers(keeper, cases, here, there, said)

    assert {case: code for case, code in found.items() if code != "NOT_FOUND"} == {}
    assert await elsewhere.written() == before
    assert len(cases) == 73


PRIVATE = {
    "volunteers": "volunteers(areaId: $area) { nodes { id } }",
    "volunteerActivities": "volunteerActivities(areaId: $area) { nodes { id } }",
    "volunteerHonours": "volunteerHonours(areaId: $area) { nodes { id } }",
    "volunteerCertificates": "volunteerCertificates(volunteerId: $volunteer) { nodes { id } }",
    "serviceRecords": "serviceRecords(filter: {areaId: $area}) { nodes { id } }",
    "exchangedRecords": "exchangedRecords(areaId: $area) { nodes { key } }",
    "shiftRoster": "shiftRoster(shiftId: $shift) { nodes { volunteerId } }",
}
ONES = {
    "shiftCode": "shiftCode(shiftId: $shift) { text }",
    **{
        name: f"{name}: node(id: ${name}) {{ id }}"
        for name in ("volunteer", "activity", "shift", "record", "contest", "certificate", "honour")
    },
}
DOCUMENT = f"""
query ($area: ID!, $volunteer: ID!, $shift: ID!, $activity: ID!, $record: ID!, $contest: ID!,
       $certificate: ID!, $honour: ID!) {{
  {" ".join([*PRIVATE.values(), *ONES.values()])}
  exchangeReport(areaId: $area) {{ unsent unanswered accepted refused differing }}
}}
"""


async def test_every_query_sees_nothing_of_another_community_and_all_of_its_own(places):
    keeper, here, there = places
    names = ("area", "volunteer", "shift", "activity", "record", "contest", "certificate", "honour")

    away = await ask(keeper, DOCUMENT, **{name: there[f"{name}Id"] for name in names})
    home = await ask(keeper, DOCUMENT, **{name: here[f"{name}Id"] for name in names})

    assert {name: away[name]["nodes"] for name in PRIVATE} == {name: [] for name in PRIVATE}
    assert {name: away[name] for name in ONES} == dict.fromkeys(ONES)
    assert set(away["exchangeReport"].values()) == {0}
    assert [name for name in ONES if home[name] is None] == []


async def test_what_is_public_is_read_by_a_stranger_and_by_nobody_signed_in(places):
    _, _, there = places
    stranger = await factories.a_resident(name="外人")
    document = (
        "query ($area: ID!) { volunteerTeams(areaId: $area) { nodes { name memberCount } }"
        " volunteerStations(areaId: $area) { nodes { name hasAll } }"
        " volunteerFigures(areaId: $area, year: 2026) { registered stations completeStations }"
        " volunteerRules(areaId: $area) { confirmers stationHaves { code } }"
        " starPolicy(areaId: $area) { levels { level } medals { code } } }"
    )

    found = await ask(stranger, document, area=there["areaId"])

    assert found["volunteerTeams"]["nodes"] == [{"name": "夕阳红", "memberCount": 0}]
    assert found["volunteerStations"]["nodes"] == [{"name": "服务站", "hasAll": False}]
    assert found["volunteerFigures"]["stations"] == 1
    assert len(found["volunteerRules"]["stationHaves"]) == 6
    assert [each["code"] for each in found["starPolicy"]["medals"]] == [
        *("medal2000", "medal3000", "medal4000")
    ]


async def test_ids_of_another_kind_or_made_up_are_not_found_either(places):
    keeper, here, _ = places
    cases = elsewhere.ids_of(policy.AUTHORITY)
    made_up = {name: node.encode("poll", uuid4()) for _, name in cases}
    before = await elsewhere.written()

    found = await elsewhere.answers(keeper, cases, here, made_up, SAID)

    assert set(found.values()) == {"NOT_FOUND"}
    assert await elsewhere.written() == before
