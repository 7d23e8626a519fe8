"""Supervision through the contract: the whole way, constant statements, others' ids."""

from datetime import timedelta
from uuid import uuid4

from domains.kernel import clock, database
from domains.kernel.actor import ANONYMOUS, Role
from schema import node
from tests import factories as people
from tests.disclosure import factories
from tests.disclosure.test_graphql import mutation
from tests.disclosure.test_questions_graphql import once
from tests.disclosure.test_supervision import planned
from tests.voting.asking import ask, done, person, refused

GATHERING = """
    id kind title place startsAt endsAt topicsUntil state reason every lastOn record recordedAt
    revision community { name } disclosure { title } history { act note startsAt at }
"""
TOPIC = "id text isAnonymous isMine answer withdrawnAt personName"
PAYLOAD = f"... on GatheringPayload {{ replayed gathering {{ {GATHERING} }} }}"
TOPICAL = f"... on GatheringTopicPayload {{ replayed topic {{ {TOPIC} }} gathering {{ id }} }}"
COMMITTEE = "id startsOn endsOn endedAt community { name } members { isHead person { name } }"
FORM = mutation(
    "formSupervisorsCommittee",
    f"... on SupervisorsCommitteePayload {{ replayed committee {{ {COMMITTEE} }} }}",
)
BOOKS = "... on BookkeepersPayload { community { name } }"
REGISTER = mutation("registerBookkeeper", BOOKS)
END = mutation("endBookkeeper", BOOKS)
PLAN = mutation("planGathering", PAYLOAD)
MOVE = mutation("moveGathering", f"{PAYLOAD} ... on Outdated {{ version }}")
CANCEL = mutation("cancelGathering", PAYLOAD)
ASK = mutation("registerGatheringTopic", TOPICAL)
TAKE_BACK = mutation("withdrawGatheringTopic", TOPICAL)
ANSWER = mutation("answerGatheringTopic", TOPICAL)
RECORD = mutation("recordGathering", PAYLOAD)
CONFIRM = mutation("confirmGatheringRecord", PAYLOAD)
LIST = f"""
query ($where: GatheringFilterInput, $first: Int) {{
  gatherings(where: $where, first: $first) {{ nodes {{ {GATHERING} }} }}
}}
"""
TOPICS = f"""
query ($of: ID!, $first: Int) {{
  gatheringTopics(gatheringId: $of, first: $first) {{ nodes {{ {TOPIC} }} }}
}}
"""
COMMITTEES = f"""
query ($of: ID!) {{ supervisorsCommittees(communityId: $of) {{ nodes {{ {COMMITTEE} }} }} }}
"""
ONE = "query ($id: ID!) { gathering(id: $id) { title } node(id: $id) { id } }"


async def test_a_press_conference_goes_its_whole_way(moved_clock):
    town = await factories.a_town()
    starts_at = await clock.now() + timedelta(days=2)
    later = starts_at + timedelta(days=1)
    community = node.encode("area", town.community.id)
    plan = {
        "communityId": community,
        "kind": "PRESS_CONFERENCE",
        "title": "三季度社情发布",
        "place": "大厅",
        "startsAt": starts_at.isoformat(),
        "endsAt": (starts_at + timedelta(hours=1)).isoformat(),
        "topicsUntil": starts_at.isoformat(),
        "every": "QUARTER",
        "idempotencyKey": str(uuid4()),
    }

    made = await done(town.writer, PLAN, input=plan)
    again = await done(town.writer, PLAN, input=plan)
    which = {"gatheringId": made["gathering"]["id"]}
    moved = await done(
        town.writer,
        MOVE,
        input=which
        | {
            "startsAt": later.isoformat(),
            "endsAt": (later + timedelta(hours=1)).isoformat(),
            "topicsUntil": later.isoformat(),
            "place": "礼堂",
            "reason": "场地冲突",
            "expectedRevision": 1,
        },
    )
    topic = await done(
        town.resident,
        ASK,
        input=which | {"text": "何时修路?", "anonymous": True, "idempotencyKey": str(uuid4())},
    )
    withdrawn = await done(
        town.resident,
        ASK,
        input=which | {"text": "何时修灯?", "idempotencyKey": str(uuid4())},
    )
    await done(town.resident, TAKE_BACK, input=once(topicId=withdrawn["topic"]["id"]))
    await moved_clock.advance(timedelta(days=3, minutes=5))
    await done(town.writer, ANSWER, input=once(topicId=topic["topic"]["id"], text="下月开工。"))
    recorded = await done(town.writer, RECORD, input=which | {"body": "<p>到场 12 人。</p>"})
    public = await done(
        town.supervisor,
        CONFIRM,
        input=once(**which, expectedRevision=recorded["gathering"]["revision"]),
    )
    listed = await ask(ANONYMOUS, TOPICS, of=which["gatheringId"])

    assert (made["replayed"], again["replayed"]) == (False, True)
    assert (moved["gathering"]["place"], moved["gathering"]["every"]) == ("礼堂", "QUARTER")
    assert public["gathering"]["state"] == "PUBLISHED"
    assert public["gathering"]["disclosure"] == {"title": "社情发布会:三季度社情发布"}
    assert [each["act"] for each in public["gathering"]["history"]] == [
        "PLANNED",
        "MOVED",
        "RECORDED",
        "PUBLISHED",
    ]
    assert [
        (each["text"], each["personName"], each["answer"])
        for each in listed["gatheringTopics"]["nodes"]
    ] == [("何时修路?", None, "下月开工。"), ("何时修灯?", "林*", None)]


async def test_the_committee_is_formed_and_read_by_everybody(db):
    town = await factories.a_town()
    three = [
        await people.an_officer(Role.SUPERVISOR, town.community, name=f"监督{number}")
        for number in range(3)
    ]
    clerk = await people.a_resident(town.community, name="出纳")
    community = node.encode("area", town.community.id)
    books = {"communityId": community, "personId": person(clerk)}

    await done(town.writer, REGISTER, input=books)
    await done(town.writer, END, input=books)
    await done(
        town.approver,
        FORM,
        input={
            "communityId": community,
            "members": [
                {
                    "personId": person(each),
                    "hasFinanceSkills": place == 1,
                    "isHead": place == 0,
                    "declaresNoRelation": True,
                }
                for place, each in enumerate(three)
            ],
            "startsOn": "2026-12-01",
            "endsOn": "2031-11-30",
            "idempotencyKey": str(uuid4()),
        },
    )

    found = await ask(ANONYMOUS, COMMITTEES, of=community)
    (committee,) = found["supervisorsCommittees"]["nodes"]
    assert committee["members"][0] == {"isHead": True, "person": {"name": "监督0"}}
    assert len(committee["members"]) == 3


async def test_lists_of_one_and_of_three_take_the_same_statements(db, statements):
    town = await factories.a_town()
    for _ in range(3):
        gathering = await planned(town)
    for number in range(3):
        await done(
            await people.a_resident(town.community, name=f"居{number}"),
            ASK,
            input={
                "gatheringId": node.encode("gathering", gathering),
                "text": "问题。",
                "idempotencyKey": str(uuid4()),
            },
        )
    counts = {}

    for name, document, variables in (
        ("gatherings", LIST, {"where": {"toCome": True, "kinds": ["INTERVIEW_DAY"]}}),
        ("gatheringTopics", TOPICS, {"of": node.encode("gathering", gathering)}),
    ):
        for first in (1, 3):
            statements.clear()
            found = await ask(ANONYMOUS, document, first=first, **variables)
            counts[name, first] = len(statements)
            assert len(found[name]["nodes"]) == first

    assert counts["gatherings", 1] == counts["gatherings", 3]
    assert counts["gatheringTopics", 1] == counts["gatheringTopics", 3]


async def test_foreign_and_malformed_ids_are_not_found(db):
    town = await factories.a_town()
    gathering = node.encode("gathering", await planned(town))
    other = await factories.a_town("邻近社区")
    absent = {"gatheringId": node.encode("gathering", uuid4())}
    key = {"idempotencyKey": str(uuid4())}
    now = "2030-01-01T00:00:00Z"
    move = {
        "startsAt": now,
        "endsAt": now,
        "topicsUntil": now,
        "place": "礼堂",
        "reason": "场地",
        "expectedRevision": 1,
    }

    for document, more in (
        (MOVE, move),
        (CANCEL, {"reason": "台风"} | key),
        (ASK, {"text": "问题。"} | key),
        (RECORD, {"body": "<p>记录</p>"}),
        (CONFIRM, {"expectedRevision": 1} | key),
    ):
        stranger = other.supervisor if document == CONFIRM else other.writer
        assert await refused(town.writer, document, input=absent | more) == "NOT_FOUND"
        given = {"gatheringId": gathering} | more
        assert await refused(stranger, document, input=given) == "FORBIDDEN"
    topic = once(topicId=node.encode("gathering_topic", uuid4()))
    assert await refused(town.writer, TAKE_BACK, input=topic) == "NOT_FOUND"
    assert await refused(town.writer, ANSWER, input=topic | {"text": "如下"}) == "NOT_FOUND"
    assert await ask(ANONYMOUS, ONE, id="nonsense") == {"gathering": None, "node": None}
    assert (await ask(ANONYMOUS, TOPICS, of="nonsense"))["gatheringTopics"] == {"nodes": []}
    assert await database.fetch_value("SELECT state FROM disclosure_gathering") == "planned"
