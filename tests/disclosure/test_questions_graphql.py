"""Questions and demands through the contract: the whole way, constant statements, others' ids."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import database
from domains.kernel.actor import ANONYMOUS
from jobs import disclosure as jobs
from schema import node
from tests import factories as people
from tests.disclosure import factories
from tests.disclosure.questions import WORDS, asked, due_of
from tests.disclosure.test_graphql import mutation
from tests.voting.asking import ask, done, refused

QUESTION = """
    id kind subjectKind version lineNumber text revision isAnonymous isMine state isLate
    isStreetLate isUpheld correctedVersion askerName asker { name }
    publisher { name } disclosure { title state } line { summary } obligation { code }
    answers { givenBy text upheld satisfied comment }
    wordings { revision text }
    extensions { reason }
"""
PAYLOAD = f"... on DisclosureQuestionPayload {{ replayed question {{ {QUESTION} }} }}"
ASK = mutation("askDisclosureQuestion", PAYLOAD)
EDIT = mutation("editDisclosureQuestion", f"{PAYLOAD} ... on Outdated {{ version }}")
WITHDRAW = mutation("withdrawDisclosureQuestion", PAYLOAD)
ANSWER = mutation("answerDisclosureQuestion", PAYLOAD)
DECIDE = mutation("decideDisclosureQuestion", PAYLOAD)
EXTEND = mutation("extendDisclosureQuestion", PAYLOAD)
RATE = mutation("rateDisclosureAnswer", PAYLOAD)
APPEAL = mutation("appealDisclosureAnswer", PAYLOAD)
DEMAND = """
    id code title state residents residentRoll reachedBy iSupport raisedByName
    community { name } item { titleZh } obligation { state code }
"""
DEMANDED = f"... on DisclosureDemandPayload {{ replayed demand {{ {DEMAND} }} }}"
RAISE = mutation("raiseDisclosureDemand", DEMANDED)
SUPPORT = mutation("supportDisclosureDemand", DEMANDED)
GIVE_UP = mutation("withdrawDisclosureDemand", DEMANDED)
LIST = f"""
query ($where: DisclosureQuestionFilterInput, $first: Int) {{
  disclosureQuestions(where: $where, first: $first) {{
    nodes {{ {QUESTION} }} pageInfo {{ hasNextPage endCursor }}
  }}
}}
"""
ONE = "query ($id: ID!) { disclosureQuestion(id: $id) { id state } node(id: $id) { id } }"
DEMANDS = f"""
query ($where: DisclosureDemandFilterInput, $first: Int) {{
  disclosureDemands(where: $where, first: $first) {{ nodes {{ {DEMAND} }} }}
}}
"""


def of(disclosure_id):
    return node.encode("disclosure", disclosure_id)


def once(**given):
    """An input with a key of its own."""
    return given | {"idempotencyKey": str(uuid4())}


def an_objection(subject: str, **more):
    return {
        "subjectId": subject,
        "kind": "OBJECTION",
        "text": WORDS,
        "idempotencyKey": str(uuid4()),
    } | more


async def test_an_objection_goes_its_whole_way(moved_clock):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)

    put = await done(town.resident, ASK, input=an_objection(of(disclosure)))
    which = {"questionId": put["question"]["id"]}
    await done(town.resident, EDIT, input=which | {"text": "为何停水?", "expectedRevision": 1})
    await done(town.writer, ANSWER, input=once(**which) | {"text": "水管检修。", "upheld": False})
    await done(town.resident, RATE, input=once(**which) | {"satisfied": False, "comment": "太简单"})
    await done(town.resident, APPEAL, input=once(**which) | {"reason": "未说明时长"})
    decided = await done(
        town.approver, DECIDE, input=once(**which) | {"text": "两小时。", "upheld": True}
    )

    said = decided["question"]
    assert put["question"]["disclosure"] == {"title": "停水通知", "state": "OBJECTED"}
    assert (said["state"], said["isUpheld"], said["askerName"]) == ("DECIDED", True, "林*")
    assert [(each["givenBy"], each["satisfied"]) for each in said["answers"]] == [
        ("BODY", False),
        ("STREET", None),
    ]
    assert [each["text"] for each in said["wordings"]] == [WORDS, "为何停水?"]


async def test_an_answer_that_is_sent_again_is_one_answer(db):
    town = await factories.a_town()
    question = await asked(town.resident, await factories.a_disclosure(town))
    given = once(questionId=node.encode("question", question), text="如下。", upheld=False)

    first, again = [await done(town.writer, ANSWER, input=given) for _ in range(2)]

    assert (first["replayed"], again["replayed"]) == (False, True)
    assert len(again["question"]["answers"]) == 1
    assert await refused(town.writer, ANSWER, input=once(**given)) == "QUESTION_SETTLED"


async def test_a_late_answer_is_put_off_by_the_street_or_taken_back_by_its_asker(moved_clock):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    question = await asked(town.resident, disclosure)
    due = await due_of(question)
    await moved_clock.set(due + timedelta(seconds=1))
    await jobs.escalate_late_questions()
    which = {"questionId": node.encode("question", question)}

    extended = await done(
        town.approver,
        EXTEND,
        input=once(**which)
        | {"until": (due + timedelta(days=3)).isoformat(), "reason": "需要调阅凭证"},
    )
    withdrawn = await done(town.resident, WITHDRAW, input=once(**which))

    assert (extended["question"]["state"], extended["question"]["isLate"]) == ("OPEN", True)
    assert extended["question"]["extensions"] == [{"reason": "需要调阅凭证"}]
    assert withdrawn["question"]["state"] == "WITHDRAWN"


async def test_lists_show_what_is_waiting_late_mine_and_to_be_answered(moved_clock):
    town = await factories.a_town()
    disclosure, other = [await factories.a_disclosure(town) for _ in range(2)]
    late = await asked(town.resident, disclosure)
    await moved_clock.set(await due_of(late) + timedelta(seconds=1))
    await jobs.escalate_late_questions()
    fresh = await factories.a_disclosure(town)
    neighbour = await people.a_resident(town.community, name="陈静")
    young = await asked(neighbour, fresh, anonymous=True)
    await factories.a_disclosure(town)

    async def ids(actor, **where):
        found = await ask(actor, LIST, where=where)
        return [each["id"] for each in found["disclosureQuestions"]["nodes"]]

    first, second = (node.encode("question", each) for each in (late, young))
    community = node.encode("area", town.community.id)
    assert await ids(ANONYMOUS, areaId=community) == [second, first]
    assert await ids(ANONYMOUS, late=True) == [first]
    assert await ids(ANONYMOUS, waiting=True, kinds=["OBJECTION"]) == [second, first]
    assert await ids(ANONYMOUS, states=["ESCALATED"]) == [first]
    assert await ids(town.resident, mine=True) == [first]
    assert await ids(town.writer, toAnswer=True) == [second, first]
    assert await ids(town.approver, toAnswer=True) == [first]
    assert await ids(town.resident, toAnswer=True) == []
    assert await ids(ANONYMOUS, subjectId=of(fresh)) == [second]
    assert await ids(ANONYMOUS, subjectId=of(other)) == []
    assert await ids(ANONYMOUS, subjectId="nonsense") == []
    assert await ids(ANONYMOUS, areaId="nonsense") == []


@pytest.mark.parametrize("viewer", ["anonymous", "writer"])
async def test_lists_of_one_and_of_three_take_the_same_statements(db, statements, viewer):
    town = await factories.a_town()
    actor = ANONYMOUS if viewer == "anonymous" else town.writer
    for number in range(3):
        asker = await people.a_resident(town.community, name=f"居{number}")
        question = await asked(asker, await factories.a_disclosure(town))
        await done(
            town.writer,
            ANSWER,
            input=once(questionId=node.encode("question", question), text="如下。"),
        )
    counts = []

    for first in (1, 3):
        statements.clear()
        found = await ask(actor, LIST, where={}, first=first)
        counts.append(len(statements))
        assert len(found["disclosureQuestions"]["nodes"]) == first

    assert counts[0] == counts[1]


async def test_demands_are_raised_supported_and_reached(db, statements):
    town = await factories.a_town()
    for number in range(14):
        await people.a_resident(town.community, name=f"居民{number}")
    other = await people.a_resident(town.community, name="陈静")
    community = node.encode("area", town.community.id)

    def a_demand(code):
        return {
            "communityId": community,
            "code": code,
            "title": "工程招标",
            "text": "未见公示。",
            "idempotencyKey": str(uuid4()),
        }

    raised = await done(town.resident, RAISE, input=a_demand("R11"))
    reached = await done(other, SUPPORT, input={"demandId": raised["demand"]["id"]})
    given_up = await done(town.resident, RAISE, input=a_demand("R13"))
    await done(town.resident, GIVE_UP, input=once(demandId=given_up["demand"]["id"]))
    counts = []
    for first in (1, 2):
        statements.clear()
        found = await ask(ANONYMOUS, DEMANDS, where={"areaId": community}, first=first)
        counts.append(len(statements))

    assert raised["demand"]["state"] == "COLLECTING"
    assert reached["demand"]["reachedBy"] == "RESIDENTS"
    assert reached["demand"]["obligation"] == {"state": "PENDING", "code": "R11"}
    assert [each["state"] for each in found["disclosureDemands"]["nodes"]] == [
        "WITHDRAWN",
        "REACHED",
    ]
    assert counts[1] <= counts[0] + 1  # the second has a duty to load


async def test_foreign_and_malformed_ids_are_not_found(db):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    draft = await factories.a_draft(town)
    question = node.encode("question", await asked(town.resident, disclosure))
    absent = {"questionId": node.encode("question", uuid4())}
    other = await factories.a_town("邻近社区")

    assert await refused(town.resident, ASK, input=an_objection("nonsense")) == "NOT_FOUND"
    assert await refused(town.resident, ASK, input=an_objection(of(draft))) == "NOT_FOUND"
    for document, more in (
        (EDIT, {"text": "改。。", "expectedRevision": 1}),
        (WITHDRAW, {}),
        (ANSWER, {"text": "如下。"}),
        (DECIDE, {"text": "维持。", "upheld": False}),
        (EXTEND, {"until": "2030-01-01T00:00:00Z", "reason": "稍等"}),
        (RATE, {"satisfied": True}),
        (APPEAL, {"reason": "不满意"}),
    ):
        given = more if document == EDIT else once(**more)
        assert await refused(town.writer, document, input=absent | given) == "NOT_FOUND"
        stranger = {"questionId": question} | given
        assert await refused(other.writer, document, input=stranger) == "FORBIDDEN"
    assert (await ask(ANONYMOUS, ONE, id=question))["node"] == {"id": question}
    assert (await ask(ANONYMOUS, ONE, id="nonsense")) == {"disclosureQuestion": None, "node": None}
    assert await database.fetch_value("SELECT state FROM disclosure_question") == "open"
