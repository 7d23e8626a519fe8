"""Promises through the contract."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import database
from domains.kernel.actor import ANONYMOUS
from domains.pledges import service
from jobs import pledges as jobs
from schema import node
from tests import factories
from tests.pledges.factories import (
    a_committed_pledge,
    a_delivered_pledge,
    a_noticed_pledge,
    a_proposal,
    a_town,
    in_days,
    report,
    terms,
)
from tests.voting.asking import ask, done, refused

REFUSAL = "... on UserError { code path message }"
OPEN = f"""
mutation ($input: OpenPledgeProgrammeInput!) {{ openPledgeProgramme(input: $input) {{
  ... on PledgeProgrammePayload {{ replayed programme {{
    id year community {{ name }} rules {{ notice contestAnswer acceptedBy leastAcceptances }} }} }}
  {REFUSAL} }} }}
"""
PLEDGE = """
  id number state title deadline firstDeadline keeping progress
  source { kind id subject { id } }
  terms {
    version content responsibleName budgetFen beneficiaries place
    target { number unit measure }
    organisation { name } placeArea { name } partners { name }
    milestones { id title weight dueOn reachedOn }
  }
"""


def mutation(name: str, payload: str) -> str:
    kind = f"{name[0].upper()}{name[1:]}Input"
    return f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {payload} {REFUSAL} }} }}"


OF_PLEDGE = "... on PledgePayload { replayed pledge { id state } }"
OF_REPORT = "... on PledgeReportPayload { replayed report { id struckAt confirmations } }"
OF_OBJECTION = "... on PledgeObjectionPayload { objection { id state about answer } }"
OF_COMMENT = "... on PledgeCommentPayload { comment { id text removeReason } }"
OF_CHANGE = "... on PledgeChangePayload { change { id state reason terms { deadline version } } }"
PROPOSE = mutation("proposePledge", f"... on PledgePayload {{ replayed pledge {{ {PLEDGE} }} }}")
DOCUMENTS = {
    "updatePledge": OF_PLEDGE,
    "screenPledge": OF_PLEDGE,
    "putPledgeToNotice": OF_PLEDGE,
    "withdrawPledge": OF_PLEDGE,
    "changePledge": OF_CHANGE,
    "withdrawPledgeChange": OF_CHANGE,
    "objectToPledge": OF_OBJECTION,
    "contestPledgeReport": OF_OBJECTION,
    "answerPledgeObjection": OF_OBJECTION,
    "followPledge": OF_PLEDGE,
    "unfollowPledge": OF_PLEDGE,
    "commentOnPledge": OF_COMMENT,
    "removePledgeComment": OF_COMMENT,
    "confirmPledgeReport": OF_REPORT,
    "reportPledgeProgress": OF_REPORT,
    "deliverPledge": OF_REPORT,
    "acceptPledge": OF_PLEDGE,
    "closePledge": OF_PLEDGE,
    "defaultPledge": OF_PLEDGE,
}


def key() -> str:
    return str(uuid4())


async def does(actor, name, **given):
    return await done(actor, mutation(name, DOCUMENTS[name]), input=given)


async def is_refused(actor, name, **given):
    return await refused(actor, mutation(name, DOCUMENTS[name]), input=given)


async def the_terms(town, *, days=90, **changes):
    due = [await in_days(days - 60), await in_days(days)]
    return {
        "title": "为独居老人送餐",
        "content": "每个工作日为社区独居老人送一顿热午餐。",
        "organisationId": node.encode("organisation", town.body.id),
        "personId": node.encode("person", town.keeper.person_id),
        "placeAreaId": node.encode("area", town.community.id),
        "place": "社区食堂",
        "beneficiaries": "社区独居老人",
        "budgetFen": 3_000_000_000,
        "deadline": due[1].isoformat(),
        "target": {"number": 3000, "unit": "份", "measure": "按送餐签收单逐月累计"},
        "milestones": [
            {"title": "厨房改造完成", "dueOn": due[0].isoformat(), "weight": 30},
            {"title": "送出 3000 份", "dueOn": due[1].isoformat(), "weight": 70},
        ],
    } | changes


async def proposal(town, **changes):
    return {
        "programmeId": node.encode("pledge_programme", town.programme_id),
        "source": {"kind": "OWN"},
        "terms": await the_terms(town, **changes),
        "idempotencyKey": key(),
    }


async def a_claim(**changes):
    today = (await in_days(0)).isoformat()
    attendance = {"kind": "ATTENDANCE", "datedOn": today, "headCount": 12, "caption": "现场"}
    return {"text": "已完成。", "happenedOn": today, "evidence": [attendance]} | changes


async def test_a_promise_goes_from_its_proposal_to_its_close(moved_clock):
    town = await a_town()

    made = (await done(town.committee, PROPOSE, input=await proposal(town)))["pledge"]
    of = {"pledgeId": made["id"]}
    await does(town.second, "screenPledge", **of, accepted=True, reason="符合居民需求")
    await does(town.second, "putPledgeToNotice", **of)
    await moved_clock.advance(timedelta(days=16))
    assert await jobs.commit_due_pledges() == 1
    for milestone in made["terms"]["milestones"]:
        claim = await a_claim(milestoneId=milestone["id"])
        answer = await does(
            town.keeper, "reportPledgeProgress", **of, report=claim, idempotencyKey=key()
        )
        await does(town.residents[0], "confirmPledgeReport", reportId=answer["report"]["id"])
    claim = await a_claim(achievedNumber=3100)
    await does(town.keeper, "deliverPledge", **of, report=claim, idempotencyKey=key())
    for resident in town.residents:
        await does(resident, "acceptPledge", **of, accepted=True, remark="准时热乎")
    await does(town.committee, "closePledge", **of, summary="全年送餐 3100 份")

    found = await ask(
        ANONYMOUS, f"query ($id: ID!) {{ pledge(id: $id) {{ {PLEDGE} }} }}", id=made["id"]
    )
    pledge = found["pledge"]
    assert (pledge["state"], pledge["keeping"], pledge["progress"]) == ("CLOSED", "ON_TIME", 100)
    assert pledge["firstDeadline"] == pledge["deadline"] == made["deadline"]
    assert pledge["terms"]["budgetFen"] == 3_000_000_000
    assert pledge["terms"]["responsibleName"] == "陈立"


async def test_a_pledge_without_target_or_deadline_or_a_whole_is_refused_with_its_field(db):
    town = await a_town()
    whole = await proposal(town)

    async def code_and_path(**changes):
        given = whole | {"terms": whole["terms"] | changes}
        (payload,) = (await ask(town.committee, PROPOSE, input=given)).values()
        return payload["code"], payload["path"][-1]

    assert [
        await code_and_path(target=None),
        await code_and_path(deadline=None),
        await code_and_path(milestones=whole["terms"]["milestones"][:1]),
        await code_and_path(milestones=[]),
        await code_and_path(budgetFen=-1),
    ] == [
        ("TARGET_MISSING", "target"),
        ("DEADLINE_MISSING", "deadline"),
        ("WEIGHTS_NOT_WHOLE", "milestones"),
        ("WEIGHTS_NOT_WHOLE", "milestones"),
        ("INVALID_INPUT", "budgetFen"),
    ]
    assert await database.fetch_value("SELECT count(*) FROM pledges_pledge") == 0


async def test_a_source_that_the_caller_does_not_see_is_not_found(db):
    town = await a_town()
    given = await proposal(town)

    for kind, text in (
        ("ISSUE", node.encode("issue", uuid4())),
        ("RESOLUTION", node.encode("issue", uuid4())),
        ("REVIEW", "nonsense"),
    ):
        source = {"kind": kind, "id": text}
        assert await refused(town.committee, PROPOSE, input=given | {"source": source}) == (
            "NOT_FOUND"
        )

    assert await database.fetch_value("SELECT count(*) FROM pledges_pledge") == 0


async def test_a_change_is_seen_on_its_notice_beside_what_stands(moved_clock):
    town = await a_town()
    pledge_id = node.encode("pledge", await a_committed_pledge(town, moved_clock))
    given = {
        "pledgeId": pledge_id,
        "terms": await the_terms(town, days=200),
        "reason": "食堂装修延期",
        "expectedVersion": 1,
        "idempotencyKey": key(),
    }

    made = (await does(town.keeper, "changePledge", **given))["change"]
    outdated = await is_refused(
        town.keeper, "changePledge", **given | {"expectedVersion": 7, "idempotencyKey": key()}
    )

    document = """query ($id: ID!) {
      pledge(id: $id) { deadline firstDeadline }
      pledgeChanges(pledgeId: $id) { nodes { state terms { deadline } } }
      pledgeVersions(pledgeId: $id) { nodes { version deadline } }
    }"""
    found = await ask(ANONYMOUS, document, id=pledge_id)
    later = given["terms"]["deadline"]
    assert (made["state"], outdated) == ("NOTICE", "VERSION_CONFLICT")
    assert found["pledge"]["deadline"] == found["pledge"]["firstDeadline"] != later
    assert found["pledgeChanges"]["nodes"] == [{"state": "NOTICE", "terms": {"deadline": later}}]
    assert [each["deadline"] for each in found["pledgeVersions"]["nodes"]][1:] == [later]


async def test_who_objects_is_for_screeners_and_themselves_alone(db):
    town = await a_town()
    pledge_id = node.encode("pledge", await a_noticed_pledge(town))
    await does(
        town.residents[0],
        "objectToPledge",
        pledgeId=pledge_id,
        text="口味应征求意见。",
        idempotencyKey=key(),
    )

    document = """query ($id: ID!) {
      pledgeObjections(pledgeId: $id) { nodes { text isOwn objector { name } } }
    }"""

    async def seen(actor):
        return (await ask(actor, document, id=pledge_id))["pledgeObjections"]["nodes"]

    of_others = {"text": "口味应征求意见。", "isOwn": False, "objector": None}
    assert await seen(town.residents[1]) == await seen(ANONYMOUS) == [of_others]
    assert [each["isOwn"] for each in await seen(town.residents[0])] == [True]
    assert [each["objector"] for each in await seen(town.second)] != [None]


async def test_what_is_said_of_a_delivery_is_public_and_who_says_it_is_not(moved_clock):
    town = await a_town()
    pledge_id = node.encode("pledge", await a_delivered_pledge(town, moved_clock))
    for resident, accepted in zip(town.residents, (True, False, True), strict=True):
        await does(
            resident, "acceptPledge", pledgeId=pledge_id, accepted=accepted, remark="饭菜还热"
        )

    document = """query ($id: ID!, $after: String) {
      pledgeAcceptances(pledgeId: $id, first: 2, after: $after) {
        nodes { accepted remark round isOwn } pageInfo { endCursor hasNextPage }
      }
    }"""
    first = (await ask(town.residents[1], document, id=pledge_id))["pledgeAcceptances"]
    cursor = first["pageInfo"]["endCursor"]
    rest = (await ask(ANONYMOUS, document, id=pledge_id, after=cursor))["pledgeAcceptances"]

    said = [(each["accepted"], each["isOwn"]) for each in first["nodes"]]
    assert said == [(True, False), (False, True)]
    assert rest["nodes"] == [{"accepted": True, "remark": "饭菜还热", "round": 1, "isOwn": False}]


ANOTHERS = [
    ("updatePledge", {"expectedVersion": 1}),
    ("screenPledge", {"accepted": True, "reason": "不相干"}),
    ("putPledgeToNotice", {}),
    ("withdrawPledge", {"reason": "不相干"}),
    ("objectToPledge", {"text": "不相干的话", "idempotencyKey": key()}),
    ("followPledge", {}),
    ("unfollowPledge", {}),
    ("commentOnPledge", {"text": "不相干的话", "idempotencyKey": key()}),
    ("changePledge", {"reason": "不相干", "expectedVersion": 1, "idempotencyKey": key()}),
    ("reportPledgeProgress", {"idempotencyKey": key()}),
    ("deliverPledge", {"idempotencyKey": key()}),
    ("acceptPledge", {"accepted": True}),
    ("closePledge", {"summary": "不相干"}),
    ("defaultPledge", {"reason": "不相干"}),
]


@pytest.mark.parametrize(("name", "given"), ANOTHERS, ids=[name for name, _ in ANOTHERS])
async def test_another_communitys_proposal_is_not_found_by_any_command(db, name, given):
    town, elsewhere = await a_town(), await a_town()
    pledge_id = await a_proposal(town)
    given = given | {"pledgeId": node.encode("pledge", pledge_id)}
    if name in {"updatePledge", "changePledge"}:
        given["terms"] = await the_terms(elsewhere)
    if name in {"reportPledgeProgress", "deliverPledge"}:
        given["report"] = await a_claim()

    code = await is_refused(elsewhere.committee, name, **given)

    assert code == "NOT_FOUND"
    rows = await database.fetch("SELECT act FROM pledges_history")
    assert [row["act"] for row in rows] == ["proposed"]


async def test_another_communitys_public_promise_is_seen_and_not_touched(moved_clock):
    town, elsewhere = await a_town(), await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    report_id = await report(town.keeper, pledge_id)
    objection_id, _ = await service.contest_report(
        town.residents[0], report_id, text="没有看到。", idempotency_key=uuid4()
    )
    comment_id, _ = await service.comment_on_pledge(
        town.residents[0], pledge_id, text="继续努力。", idempotency_key=uuid4()
    )
    before = await database.fetch_value("SELECT count(*) FROM pledges_history")
    of = {"pledgeId": node.encode("pledge", pledge_id)}
    of_report = {"reportId": node.encode("pledge_report", report_id)}
    of_objection = {"objectionId": node.encode("pledge_objection", objection_id)}
    of_comment = {"commentId": node.encode("pledge_comment", comment_id)}
    stranger, resident = elsewhere.committee, elsewhere.residents[0]

    assert [
        await is_refused(stranger, "closePledge", **of, summary="不相干"),
        await is_refused(stranger, "defaultPledge", **of, reason="不相干"),
        await is_refused(
            stranger, "reportPledgeProgress", **of, report=await a_claim(), idempotencyKey=key()
        ),
        await is_refused(
            stranger, "answerPledgeObjection", **of_objection, upheld=True, answer="不相干"
        ),
        await is_refused(stranger, "removePledgeComment", **of_comment, reason="不相干"),
        await is_refused(resident, "confirmPledgeReport", **of_report),
        await is_refused(
            resident, "contestPledgeReport", **of_report, text="不相干", idempotencyKey=key()
        ),
        await is_refused(resident, "commentOnPledge", **of, text="不相干", idempotencyKey=key()),
    ] == ["FORBIDDEN"] * 8
    assert await database.fetch_value("SELECT count(*) FROM pledges_history") == before


async def test_nonsense_and_other_kinds_of_ids_are_not_found(db):
    town = await a_town()
    wrong = node.encode("poll", town.programme_id)

    assert [
        await is_refused(town.committee, "putPledgeToNotice", pledgeId="nonsense"),
        await is_refused(town.committee, "putPledgeToNotice", pledgeId=wrong),
        await is_refused(town.residents[0], "confirmPledgeReport", reportId=wrong),
        await is_refused(
            town.second, "answerPledgeObjection", objectionId=wrong, upheld=True, answer="是的"
        ),
        await is_refused(town.keeper, "withdrawPledgeChange", changeId=wrong),
        await is_refused(town.second, "removePledgeComment", commentId=wrong, reason="重复"),
    ] == ["NOT_FOUND"] * 6


LIST = f"""
query ($first: Int, $where: PledgeFilterInput) {{
  pledges(first: $first, where: $where) {{ nodes {{
    {PLEDGE} programme {{ year }} community {{ name }}
    figures {{ followers isFollowed comments openObjections accepted refused }}
  }} }}
}}
"""
PARTS = """
query ($id: ID!, $first: Int) {
  pledgeReports(pledgeId: $id, first: $first) {
    nodes { text evidence { kind headCount address subject { id } } pledge { title } }
  }
  pledgeComments(pledgeId: $id, first: $first) { nodes { text author { name } } }
  pledgeObjections(pledgeId: $id, first: $first) { nodes { text objector { name } } }
  pledgeHistory(pledgeId: $id, first: $first) { nodes { sequence act deadline } }
}
"""
SCORES = """
query ($year: Int!, $first: Int) {
  pledgeScore(year: $year) { promised keptOnTime { decimal } progress { numerator } }
  pledgeScoresByArea(year: $year, kind: COMMUNITY, first: $first) {
    nodes { area { name } score { promised progress { numerator denominator } } }
  }
  pledgeScoresByBody(year: $year, first: $first) {
    nodes { organisation { name } score { promised onTime } }
  }
}
"""


async def counted(statements, actor, document, **variables):
    statements.clear()
    answer = await ask(actor, document, **variables)
    return len(statements), answer


async def test_lists_of_pledges_cost_the_same_statements_for_one_and_three(moved_clock, statements):
    town = await a_town()
    partner = await factories.an_organisation(town.community, name="阳光义工队")
    for _ in range(3):
        await a_committed_pledge(town, moved_clock, await terms(town, partner_ids=(partner.id,)))

    one, first = await counted(statements, town.residents[0], LIST, first=1)
    three, all_of_them = await counted(statements, town.residents[0], LIST, first=3)

    assert [len(each["pledges"]["nodes"]) for each in (first, all_of_them)] == [1, 3]
    assert one == three


async def test_parts_of_a_pledge_cost_the_same_statements_for_one_and_three(
    moved_clock, statements
):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    for resident in town.residents:
        report_id = await report(town.keeper, pledge_id)
        await service.contest_report(
            resident, report_id, text="没有看到。", idempotency_key=uuid4()
        )
        await service.comment_on_pledge(
            resident, pledge_id, text="继续努力。", idempotency_key=uuid4()
        )
    of = {"id": node.encode("pledge", pledge_id)}

    one, _ = await counted(statements, town.second, PARTS, **of, first=1)
    three, parts = await counted(statements, town.second, PARTS, **of, first=3)

    assert [len(each["nodes"]) for each in parts.values()] == [3, 3, 3, 3]
    assert one == three


async def test_the_scoreboard_costs_the_same_statements_for_one_and_three(moved_clock, statements):
    for _ in range(3):
        town = await a_town()
        await a_committed_pledge(town, moved_clock)

    one, _ = await counted(statements, ANONYMOUS, SCORES, year=town.year, first=1)
    three, scores = await counted(statements, ANONYMOUS, SCORES, year=town.year, first=3)

    assert len(scores["pledgeScoresByArea"]["nodes"]) == 3
    assert scores["pledgeScore"] == {
        "promised": 3,
        "keptOnTime": None,
        "progress": {"numerator": "0"},
    }
    assert one == three


async def test_nodes_of_a_pledge_are_fetched_again_by_those_who_see_them(moved_clock):
    town, elsewhere = await a_town(), await a_town()
    hidden = node.encode("pledge", await a_proposal(town))
    pledge_id = await a_delivered_pledge(town, moved_clock)
    report_id = await database.fetch_value("SELECT id FROM pledges_report LIMIT 1")
    ids = [
        node.encode("pledge", pledge_id),
        node.encode("pledge_programme", town.programme_id),
        node.encode("pledge_report", report_id),
        hidden,
        node.encode("pledge_report", uuid4()),
    ]

    found = [
        (await ask(elsewhere.residents[0], "query ($id: ID!) { node(id: $id) { id } }", id=each))[
            "node"
        ]
        for each in ids
    ]

    assert found == [{"id": ids[0]}, {"id": ids[1]}, {"id": ids[2]}, None, None]


async def test_nonsense_narrows_a_list_to_nothing(moved_clock):
    town = await a_town()
    await a_committed_pledge(town, moved_clock)

    for where in (
        {"areaId": "nonsense"},
        {"organisationId": node.encode("area", town.community.id)},
        {"year": 40_000},
        {"followed": True},
        {"programmeId": "nonsense"},
    ):
        answer = await ask(ANONYMOUS, LIST, where=where, first=5)
        assert answer["pledges"]["nodes"] == []
