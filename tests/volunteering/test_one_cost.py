"""Each list of volunteering costs as many statements for three as for one, with all its edges."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

from domains.kernel import clock, database
from domains.kernel.database import transaction
from domains.volunteering.service import (
    attendance,
    contests,
    gathering,
    helping,
    ordering,
    qualifying,
)
from domains.volunteering.service.qualifying import AwardDraft, InsuranceDraft, TrainingDraft
from schema import node
from tests import factories
from tests.volunteering.factories import a_draft, a_team, an_activity, registered, shift_of
from tests.volunteering.test_elsewhere import ROWS
from tests.volunteering.test_ordering import a_part, an_order
from tests.voting.asking import ask

LISTS = {
    "volunteers": """volunteers(areaId: $area) { nodes { id number person { name } guardian { name }
        community { name } availability { weekday } skills { name } insurances { insurer }
        trainings { title } awards { title } bans { reason } consents { purpose } missingBasics }
        pageInfo { hasNextPage } }""",
    "volunteerActivities": """volunteerActivities(areaId: $area) { nodes { id title leader { name }
        organisation { name } area { name }
        shifts { startsAt taken isMine activity { title } } } }""",
    "serviceRecords": """serviceRecords(filter: {areaId: $area}) { nodes { id givenMinutes
        volunteer { number } activity { title } leader { name } organisation { name }
        confirmations { at by { name } } suspicions { rule reason } contests { reason }
        versions { version } helpedIn } }""",
    "volunteerHonours": """volunteerHonours(areaId: $area) { nodes { id title person { name }
        volunteer { number } objections { reason state } } }""",
    "volunteerCertificates": """volunteerCertificates(volunteerId: $volunteer) { nodes { id number
        volunteer { number } fileAddress } }""",
    "volunteerTeams": """volunteerTeams(areaId: $area) { nodes { name memberCount area { name }
        organisation { name } leader { name } } }""",
    "volunteerStations": """volunteerStations(areaId: $area) { nodes { name hasAll
        haves { code has confirmedAt } } }""",
    "shiftRoster": """shiftRoster(shiftId: $shift) { nodes { volunteerNumber maskedName hasPlace
        checkedInAt } }""",
    "exchangedRecords": """exchangedRecords(areaId: $area) { nodes { key state
        record { id volunteer { number } } } }""",
    "myVolunteerWards": "myVolunteerWards { id number person { name } skills { name } }",
}
_SENT = """
INSERT INTO volunteering_exchanged (key, record_id, version, revoked, content_sha256,
                                    first_sent_at, last_sent_at)
SELECT r.number::text, r.id, 1, false, decode(repeat('00', 32), 'hex'), kernel_now(), kernel_now()
FROM volunteering_record r WHERE r.id = $1
"""
_SUSPECT = """
INSERT INTO volunteering_suspicion (id, record_id, rule, reason_zh, reason_en, raised_at, outcome)
VALUES ($1, $2, 'ring', '相互确认', 'One another', kernel_now(), 'open')
"""


async def one_more(team, guardian, shift_id, at):
    """A volunteer, a ward, and of each list one more."""
    today = await clock.today()
    neighbour = await factories.a_resident(team.community, name=f"邻居{at}")
    volunteer_id = await registered(neighbour, team.community)
    child = await factories.a_resident(
        team.community, name=f"小孩{at}", born=date(today.year - 12, 1, 1)
    )
    await registered(child, team.community, guardian_id=guardian.person_id)
    await qualifying.record_insurance(
        team.committee, volunteer_id, InsuranceDraft("平安", True, today, today)
    )
    await qualifying.record_training(
        team.committee, volunteer_id, TrainingDraft("急救", "心肺复苏", 60, "红十字会", today)
    )
    await qualifying.record_award(
        team.committee, volunteer_id, AwardDraft("优秀志愿者", "街道", today)
    )
    activity_id = await an_activity(team)
    await attendance.sign_up(neighbour, await shift_of(activity_id, team.leader))
    await helping.check_in_for(team.leader, shift_id, volunteer_id, reason="没带手机")
    part = await a_part(team, person_id=neighbour.person_id)
    part = replace(part, confirmed_by=(team.leader.person_id,))
    async with transaction():
        record = await ordering.record_served(an_order(team), part)
    await contests.contest_record(neighbour, record.record_id, reason="少算了。")
    await database.execute(_SUSPECT, uuid4(), record.record_id)
    await database.execute(_SENT, record.record_id)
    skill, certificate, honour, objection = ROWS
    await database.execute(skill, uuid4(), volunteer_id)
    await database.execute(certificate, uuid4(), team.volunteer_id)
    for each in (honour, objection):
        await database.execute(each, uuid4(), volunteer_id)
    where = {"organisation_id": team.organisation.id}
    group = await gathering.create_team(
        team.committee, team.community.id, name=f"队{at}", leader_id=team.leader.person_id, **where
    )
    await gathering.join_team(neighbour, group)
    station = await gathering.create_station(
        team.committee, team.community.id, name=f"站{at}", where="一楼", **where
    )
    await gathering.mark_station(
        team.committee, station, code="team", has=True, note="三十二人", seen_on=today
    )


async def costs(actor, statements, **ids):
    found = {}
    for name, body in LISTS.items():
        needed = [each for each in ids if f"${each}" in body]
        declared = ", ".join(f"${each}: ID!" for each in needed)
        document = f"query{f' ({declared})' if needed else ''} {{ {body} }}"
        statements.clear()
        answer = (await ask(actor, document, **{each: ids[each] for each in needed}))[name]
        nodes = answer["nodes"] if isinstance(answer, dict) else answer
        found[name] = (len(nodes), len(statements))
    return found


async def test_each_list_costs_the_same_for_one_and_for_three(db, statements):
    team = await a_team()
    keeper = replace(
        await factories.a_resident(team.community, name="多面手"), grants=team.committee.grants
    )
    soon = await a_draft(team, ahead_h=0.1)
    shift_id = await shift_of(await an_activity(team, soon), team.leader)
    ids = {
        "area": node.encode("area", team.community.id),
        "volunteer": node.encode("volunteer", team.volunteer_id),
        "shift": node.encode("volunteer_shift", shift_id),
    }

    await one_more(team, keeper, shift_id, 1)
    first = await costs(keeper, statements, **ids)
    await one_more(team, keeper, shift_id, 2)
    await one_more(team, keeper, shift_id, 3)
    third = await costs(keeper, statements, **ids)

    more = {name: third[name][0] - first[name][0] for name in LISTS}
    expected = dict.fromkeys(LISTS, 2) | {"volunteers": 4}
    assert more == expected
    assert {name: cost for name, (_, cost) in third.items()} == {
        name: cost for name, (_, cost) in first.items()
    }
