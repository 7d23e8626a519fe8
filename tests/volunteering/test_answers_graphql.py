"""Rules, help, objections, exchange and stations through the contract, as clients ask for them."""

import json
from datetime import timedelta
from uuid import uuid4

from domains.kernel import clock
from domains.volunteering.service import consents
from domains.volunteering.values.volunteers import VolunteerConsentPurpose
from jobs import volunteering as jobs
from schema import node
from tests import factories
from tests.volunteering.factories import a_draft, a_team, an_activity, confirmed, shift_of
from tests.volunteering.test_graphql import OF_RECORD, does, mutation
from tests.volunteering.test_honours import a_starred_team, honour
from tests.volunteering.test_records import made_final
from tests.voting.asking import ask, refused

RULES = """
query ($area: ID!) { volunteerRules(areaId: $area) { isOwn version dayCapMinutes confirmers
  suspicion { dayMinutes dutyBegins } }
  starPolicy(areaId: $area) { isOwn medals { code titleZh hours } banYearsMost } }
"""
HONOURS = """
query ($area: ID!) { volunteerHonours(areaId: $area) { nodes { id state openObjections
  objections { id reason state answer isMine } } } }
"""
REPORT = """
query ($area: ID!) { exchangeReport(areaId: $area) { unsent unanswered accepted refused differing }
  exchangedRecords(areaId: $area, state: REFUSED) { nodes { key state times answerReason
    record { number } } } }
"""


def area_of(team):
    return node.encode("area", team.community.id)


async def test_rules_of_ones_own_are_adopted_and_read(db, moved_clock):
    team = await a_team()
    tomorrow = (await clock.today() + timedelta(days=1)).isoformat()
    before = await ask(team.volunteer, RULES, area=area_of(team))

    await does(
        team.committee,
        "adoptVolunteerRules",
        "... on VolunteerRulesAdopted { effectiveFrom replayed }",
        communityId=area_of(team),
        effectiveFrom=tomorrow,
        legalBasis="居民会议议定",
        dayCapMinutes=300,
        suspicion={"dayMinutes": 400},
        stationHaves=[{"code": "place", "title": "有场所"}],
        idempotencyKey=str(uuid4()),
    )
    code = await refused(
        team.committee,
        mutation("adoptVolunteerRules", ""),
        input={
            "communityId": area_of(team),
            "effectiveFrom": tomorrow,
            "legalBasis": "居民会议议定",
            "confirmers": 1,
            "idempotencyKey": str(uuid4()),
        },
    )
    await moved_clock.advance(timedelta(days=1))
    after = await ask(team.volunteer, RULES, area=area_of(team))

    assert code == "RULES_BACKDATED"
    assert before["volunteerRules"]["isOwn"] is False
    assert after["volunteerRules"] == {
        "isOwn": True,
        "version": 1,
        "dayCapMinutes": 300,
        "confirmers": 2,
        "suspicion": {"dayMinutes": 400, "dutyBegins": "09:00"},
    }
    assert [each["hours"] for each in after["starPolicy"]["medals"]] == [2000, 3000, 4000]


async def test_medals_are_adopted_through_the_contract(db, moved_clock):
    _, reviewer = await a_starred_team(moved_clock)
    community = (await honour())["area_id"]
    area = node.encode("area", community)

    await does(
        reviewer,
        "adoptStarPolicy",
        "... on StarPolicyAdopted { effectiveFrom }",
        communityId=area,
        effectiveFrom=(await clock.today() + timedelta(days=1)).isoformat(),
        legalBasis="街道办法",
        medals=[
            {
                "code": "lantern",
                "titleZh": "灯笼奖章",
                "titleEn": "Lantern medal",
                "hours": 50,
                "approvedBy": ["STREET_REVIEWER"],
            }
        ],
        banYearsMost=2,
        idempotencyKey=str(uuid4()),
    )
    await moved_clock.advance(timedelta(days=1))
    found = (await ask(reviewer, RULES, area=area))["starPolicy"]

    assert found == {
        "isOwn": True,
        "medals": [{"code": "lantern", "titleZh": "灯笼奖章", "hours": 50}],
        "banYearsMost": 2,
    }


async def test_help_at_the_door_is_a_record_with_its_reason(db, moved_clock):
    team = await a_team()
    shift = await shift_of(await an_activity(team, await a_draft(team, ahead_h=0.1)), team.leader)
    given = {
        "shiftId": node.encode("volunteer_shift", shift),
        "volunteerId": node.encode("volunteer", team.volunteer_id),
        "reason": "老人无手机",
    }

    began = await does(
        team.leader, "checkInVolunteer", "... on VolunteerShiftPayload { shift { taken } }", **given
    )
    roster = await ask(
        team.leader,
        "query ($id: ID!) { shiftRoster(shiftId: $id) { nodes { volunteerId maskedName hasPlace"
        " checkedOutAt } } }",
        id=given["shiftId"],
    )
    await moved_clock.advance(timedelta(minutes=40))
    ended = await does(
        team.leader,
        "checkOutVolunteer",
        "... on CheckedOut { record { id givenMinutes helpedIn helpedOut ratedLate } }",
        **given,
    )
    opened = await does(
        team.committee,
        "openServicePositions",
        "... on ServicePositionsOpened { began { latitudeE6 } ended { longitudeE6 } }",
        recordId=ended["record"]["id"],
    )

    assert began["shift"]["taken"] == 1
    assert roster["shiftRoster"]["nodes"] == [
        {
            "volunteerId": given["volunteerId"],
            "maskedName": "林*",
            "hasPlace": True,
            "checkedOutAt": None,
        }
    ]
    assert ended["record"] | {"id": ""} == {
        "id": "",
        "givenMinutes": 40,
        "helpedIn": "老人无手机",
        "helpedOut": "老人无手机",
        "ratedLate": False,
    }
    assert opened == {"began": None, "ended": None}


async def test_an_objection_is_filed_read_and_decided(db, moved_clock):
    team, _ = await a_starred_team(moved_clock)
    neighbour = await factories.a_resident(team.community, name="邻居")
    noticed = node.encode("volunteer_honour", (await honour())["id"])
    payload = "... on VolunteerHonourPayload { honour { state openObjections } }"

    filed = await does(
        neighbour, "objectToVolunteerHonour", payload, honourId=noticed, reason="那天他不在。"
    )
    (seen,) = (await ask(neighbour, HONOURS, area=area_of(team)))["volunteerHonours"]["nodes"]
    decided = await does(
        team.committee,
        "decideHonourObjection",
        payload,
        objectionId=seen["objections"][0]["id"],
        upheld=True,
        answer="查实。",
    )
    (after,) = (await ask(team.volunteer, HONOURS, area=area_of(team)))["volunteerHonours"]["nodes"]

    assert filed["honour"] == {"state": "NOTICE", "openObjections": 1}
    assert seen["objections"][0]["isMine"] is True
    assert decided["honour"] == {"state": "REFUSED", "openObjections": 0}
    assert [(each["state"], each["isMine"]) for each in after["objections"]] == [("UPHELD", False)]


async def test_what_was_sent_is_answered_and_reconciled(db, moved_clock):
    team = await a_team()
    await consents.give_consent(
        team.volunteer, team.volunteer_id, VolunteerConsentPurpose.EXCHANGE, text_version="1"
    )
    await made_final(await confirmed(team, moved_clock), moved_clock)
    of = {"areaId": area_of(team)}

    sent = await does(
        team.committee,
        "exportServiceRecords",
        "... on ServiceRecordsExported { lines count goOnAfter }",
        **of,
    )
    line = json.loads(sent["lines"])
    answer = {name: line[name] for name in ("key", "sha256")}
    answer |= {"answer": "refused", "reason": "查无此人"}
    taken = await does(
        team.committee,
        "importExchangeAnswers",
        "... on ExchangeAnswersImported { accepted refused unknownLines malformedLines }",
        lines=f"{json.dumps(answer)}\nnot a line\n",
        **of,
    )
    read = await ask(team.committee, REPORT, area=area_of(team))

    assert (sent["count"], sent["goOnAfter"]) == (1, None)
    assert taken == {"accepted": 0, "refused": 1, "unknownLines": [], "malformedLines": [2]}
    assert read["exchangeReport"]["refused"] == 1
    (found,) = read["exchangedRecords"]["nodes"]
    assert (found["key"], found["times"], found["answerReason"]) == (line["key"], 1, "查无此人")


async def test_a_station_is_complete_once_staff_confirmed_all_six(db):
    team = await a_team()
    area = area_of(team)
    station = (
        await does(
            team.committee,
            "createVolunteerStation",
            "... on VolunteerStationPayload { station { id hasAll haves { code } } }",
            areaId=area,
            name="同心志愿服务站",
            place="一楼",
            organisationId=node.encode("organisation", team.organisation.id),
        )
    )["station"]
    figures = (
        "query ($a: ID!) { volunteerFigures(areaId: $a, year: 2026) { stations completeStations } }"
    )

    seen = []
    for each in station["haves"]:
        marked = await does(
            team.committee,
            "markVolunteerStation",
            "... on VolunteerStationPayload { station { hasAll haves { confirmedAt } } }",
            stationId=station["id"],
            code=each["code"],
            has=True,
            note="现场查看",
            seenOn=(await clock.today()).isoformat(),
        )
        counted = (await ask(team.volunteer, figures, a=area))["volunteerFigures"]
        seen.append((marked["station"]["hasAll"], counted["completeStations"]))

    assert station["hasAll"] is False
    assert seen == [(False, 0)] * 5 + [(True, 1)]
    assert all(each["confirmedAt"] for each in marked["station"]["haves"])


async def test_a_rating_after_the_working_days_is_said_to_be_late(db, moved_clock):
    team = await a_team()
    record_id = await made_final(await confirmed(team, moved_clock), moved_clock)
    late = OF_RECORD.replace("quality", "quality ratedLate")
    await moved_clock.advance(timedelta(days=10))

    rated = await does(
        team.leader,
        "rateServiceRecord",
        late,
        recordId=node.encode("service_record", record_id),
        quality=4,
    )

    assert (rated["record"]["quality"], rated["record"]["ratedLate"]) == (4, True)
    assert await jobs.note_overdue_records() == 0
