"""Waiting lists, substitutes and emergency teams through the contract."""

from datetime import timedelta
from uuid import uuid4

from domains.kernel import clock, database
from domains.kernel.actor import ANONYMOUS
from domains.volunteering.service import attendance, gathering, substituting, waiting
from schema import node
from tests.volunteering.factories import a_team
from tests.volunteering.test_emergency import a_squad, agreed, called, insured
from tests.volunteering.test_waiting import a_neighbour, a_shift, number_of
from tests.voting.asking import ask, done, refused

SHIFT = "shift { id taken waiting myWaitingPosition mayDeclineUntil isMine }"
OF_SHIFT = f"... on VolunteerShiftPayload {{ {SHIFT} }}"
OF_SUBSTITUTION = f"""... on ShiftSubstitutionPayload {{ substitution {{ id state isToMe askerName
  substituteName askedAt answeredAt {SHIFT} }} }}"""
OF_TEAM = "... on VolunteerTeamPayload { team { isEmergency agreedCount memberCount } }"
OF_CALL = """... on TeamCallPayload { replayed call { id state directedBy called coming unable came
  isMine myAnswer endNote team { name } area { name } shift { id places taken } } }"""
LISTS = {
    "mySubstitutions": """query { list: myShiftSubstitutions { nodes { id state askerName
        shift { startsAt activity { title leader { name } } } } } }""",
    "teamCalls": """query ($area: ID!) { list: teamCalls(areaId: $area) { nodes { id reason coming
        team { name leader { name } organisation { name } } area { name }
        shift { startsAt activity { title } } } } }""",
}
TEAMS = "query { myVolunteerTeams { agreedAt team { name isEmergency agreedCount } } }"


def mutation(name: str, payload: str) -> str:
    kind = f"{name[0].upper()}{name[1:]}Input"
    return (
        f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {payload}"
        " ... on Refused { code } } }"
    )


async def test_one_waits_moves_up_and_declines(db):
    team = await a_team()
    shift_id = await a_shift(team)
    await attendance.sign_up(team.volunteer, shift_id)
    near, _ = await a_neighbour(team, "何平")
    given = {"shiftId": node.encode("volunteer_shift", shift_id)}

    joined = await done(near, mutation("joinWaitingList", OF_SHIFT), input=given)
    await attendance.leave_shift(team.volunteer, shift_id)
    document = "query ($id: ID!) { node(id: $id) { ... on VolunteerShift { isMine taken } } }"
    moved = (await ask(near, document, id=given["shiftId"]))["node"]
    declined = await done(near, mutation("declineMovedUpPlace", OF_SHIFT), input=given)
    again = await refused(near, mutation("declineMovedUpPlace", OF_SHIFT), input=given)
    nobody = await refused(ANONYMOUS, mutation("joinWaitingList", OF_SHIFT), input=given)
    left = await refused(near, mutation("leaveWaitingList", OF_SHIFT), input=given)

    assert (joined["shift"]["waiting"], joined["shift"]["myWaitingPosition"]) == (1, 1)
    assert moved == {"isMine": True, "taken": 1}
    assert (declined["shift"]["taken"], declined["shift"]["mayDeclineUntil"]) == (0, None)
    assert (again, left) == ("NOT_WAITING", "NOT_WAITING")
    assert nobody == "NOT_FOUND"


async def test_one_asks_another_to_stand_in_and_both_see_it(db):
    team = await a_team()
    shift_id = await a_shift(team)
    await attendance.sign_up(team.volunteer, shift_id)
    near, near_id = await a_neighbour(team, "何平")
    outsider, _ = await a_neighbour(team, "郑洁")

    asked = await done(
        team.volunteer,
        mutation("askSubstitute", OF_SUBSTITUTION),
        input={
            "shiftId": node.encode("volunteer_shift", shift_id),
            "volunteerNumber": await number_of(near_id),
        },
    )
    given = {"substitutionId": asked["substitution"]["id"]}
    no = await refused(
        outsider,
        mutation("answerSubstitution", OF_SUBSTITUTION),
        input={**given, "agrees": True},
    )
    agreed_to = await done(
        near, mutation("answerSubstitution", OF_SUBSTITUTION), input={**given, "agrees": True}
    )
    late = await refused(
        team.volunteer, mutation("withdrawSubstitution", OF_SUBSTITUTION), input=given
    )
    seen = [
        len((await ask(each, LISTS["mySubstitutions"]))["list"]["nodes"])
        for each in (team.volunteer, near, outsider)
    ]

    found = agreed_to["substitution"]
    assert (asked["substitution"]["substituteName"], found["askerName"]) == ("何*", "林*")
    assert (found["state"], found["isToMe"], found["shift"]["isMine"]) == ("AGREED", True, True)
    assert (no, late, seen) == ("NOT_FOUND", "SUBSTITUTION_ANSWERED", [1, 1, 0])


async def test_a_team_is_marked_agreed_called_answered_and_sent_home(db):
    team = await a_team()
    squad_id = await gathering.create_team(
        team.committee,
        team.community.id,
        name="应急分队",
        organisation_id=team.organisation.id,
        leader_id=team.leader.person_id,
    )
    given = {"teamId": node.encode("volunteer_team", squad_id)}
    await insured(team, team.volunteer_id)
    await gathering.join_team(team.volunteer, squad_id)
    now = await clock.now()
    call = {
        **given,
        "reason": "连日暴雨,低洼楼栋进水",
        "place": "社区服务中心",
        "directedBy": "泉山区防汛抗旱指挥部",
        "startsAt": (now + timedelta(minutes=5)).isoformat(),
        "endsAt": (now + timedelta(hours=6)).isoformat(),
        "risks": "涉水,注意用电安全",
        "idempotencyKey": str(uuid4()),
    }

    early = await refused(
        team.volunteer, mutation("agreeToTeamCalls", OF_TEAM), input={**given, "agrees": True}
    )
    marked = await done(
        team.committee,
        mutation("markEmergencyTeam", OF_TEAM),
        input={**given, "isEmergency": True},
    )
    ready = await done(
        team.volunteer, mutation("agreeToTeamCalls", OF_TEAM), input={**given, "agrees": True}
    )
    mine = (await ask(team.volunteer, TEAMS))["myVolunteerTeams"]
    made = await done(team.committee, mutation("callUpTeam", OF_CALL), input=call)
    again = await done(team.committee, mutation("callUpTeam", OF_CALL), input=call)
    no = await refused(
        team.leader,
        mutation("callUpTeam", OF_CALL),
        input={**call, "idempotencyKey": str(uuid4())},
    )
    of_call = {"callId": made["call"]["id"]}
    answered = await done(
        team.volunteer, mutation("answerTeamCall", OF_CALL), input={**of_call, "comes": True}
    )
    ended = await done(
        team.committee, mutation("endTeamCall", OF_CALL), input={**of_call, "note": "警报解除"}
    )

    assert early == "TEAM_NOT_EMERGENCY"
    assert (marked["team"]["isEmergency"], ready["team"]["agreedCount"]) == (True, 1)
    assert [each["agreedAt"] is not None for each in mine] == [True]
    assert (made["call"]["called"], made["call"]["isMine"], again["replayed"]) == (1, False, True)
    assert no == "FORBIDDEN"
    assert (answered["call"]["myAnswer"], answered["call"]["coming"]) == ("COMES", 1)
    assert (ended["call"]["state"], ended["call"]["endNote"]) == ("ENDED", "警报解除")


async def test_a_call_is_no_call_to_everybody(db):
    team = await a_team()
    squad_id = await a_squad(team)
    await agreed(team, squad_id, team.volunteer, team.volunteer_id)
    await called(team, squad_id)
    document = "query ($area: ID!) { volunteerActivities(areaId: $area) { nodes { id } } }"

    found = await ask(team.volunteer, document, area=node.encode("area", team.community.id))

    assert found["volunteerActivities"]["nodes"] == []


async def one_more(team, name):
    """A request and a call more."""
    actor, volunteer_id = await a_neighbour(team, name)
    shift_id = await a_shift(team)
    await attendance.sign_up(team.volunteer, shift_id)
    await waiting.join_waiting_list(actor, shift_id)
    await substituting.ask_substitute(
        team.volunteer, shift_id, volunteer_number=await number_of(volunteer_id)
    )
    squad_id = await a_squad(team, name=f"{name}分队")
    await agreed(team, squad_id, actor, volunteer_id)
    await called(team, squad_id)


async def test_three_of_each_cost_as_many_statements_as_one(db, statements):
    team = await a_team()
    area = node.encode("area", team.community.id)
    actors = {"mySubstitutions": team.volunteer, "teamCalls": team.committee}
    found = []

    for names in (("何平",), ("吴敏", "郑洁")):
        for name in names:
            await one_more(team, name)
        for kind, actor in actors.items():
            statements.clear()
            given = {"area": area} if "$area" in LISTS[kind] else {}
            nodes = (await ask(actor, LISTS[kind], **given))["list"]["nodes"]
            found.append((kind, len(nodes), len(statements)))

    assert [(kind, count) for kind, count, _ in found] == [
        *(("mySubstitutions", 1), ("teamCalls", 1)),
        *(("mySubstitutions", 3), ("teamCalls", 3)),
    ]
    assert [cost for _, _, cost in found[:2]] == [cost for _, _, cost in found[2:]]


async def test_every_command_is_under_audit(db):
    team = await a_team()
    await one_more(team, "何平")

    rows = await database.fetch("SELECT DISTINCT command FROM kernel_audit")

    commands = {row["command"] for row in rows}
    asked = {
        *("joinWaitingList", "askSubstitute", "markEmergencyTeam"),
        *("agreeToTeamCalls", "callUpTeam"),
    }
    assert asked - commands == set()
