"""Issues, discussions and resolutions through the contract."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from api.live import Hub
from domains.kernel import clock, settings
from domains.kernel.actor import ANONYMOUS
from domains.meetings.service import (
    assignments,
    issue_steps,
    issues,
    overdue,
    resolutions,
    whistles,
)
from domains.meetings.service.resolutions import Progress, ResolutionDraft
from domains.meetings.values import AttendeeKind, Capacity
from domains.meetings.values.issues import HandlerKind, IssueCategory, RiskLevel
from domains.meetings.values.resolutions import ResolutionSource
from domains.membership.values import OrganisationKind
from jobs import outbox
from schema import node
from schema.context import Context
from schema.root import schema
from tests import factories
from tests.meetings.factories import a_body, a_room, an_invitation
from tests.meetings.matters import (
    a_draft,
    a_heard_issue,
    a_hearing,
    a_place,
    a_revisited_issue,
    an_issue,
    an_upload,
    conclude,
    the,
)
from tests.voting.asking import ask, done, person, refused

RAISE = """
mutation ($input: RaiseIssueInput!) { raiseIssue(input: $input) {
  ... on IssuePayload { replayed issue { id title state step isMine acts pictures { fileName }
    history { nodes { number kind state actor { name } } } } }
  ... on UserError { code path } } }
"""
READ = """
query ($where: IssueFilterInput, $first: Int, $after: String) {
  issues(where: $where, first: $first, after: $after) {
    nodes {
      id title state step supporters iSupport isOverdue
      area { name } proposer { name isNameMasked } pictures { address }
      assignments { state handler { kind name } dueAt isOverdue }
      whistles { state department { name } } departments { name }
      hearings { state body itemId } poll { id } risk { level by { name } }
      resolutions { title handler { name } progress { text by { name } evidence { address } }
        evaluations { kept } }
      history(first: 5) { nodes { kind actor { name } } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
TALK = """
query ($subject: ID!, $first: Int, $after: String) {
  discussion(subjectId: $subject) {
    isOver sides { side count }
    threads(first: $first, after: $after) {
      nodes { id text side author { name } reactions { kind count isMine } replyCount
        hiding { reason } revisions { text }
        replies(first: 3) { nodes { text author { name } reactions { count } }
          pageInfo { hasNextPage endCursor } } }
      pageInfo { hasNextPage endCursor }
    }
    statements { nodes { text agree disagree passed myAttitude
      byGroup { groups { area { name } agree } consensus divide } } }
  }
}
"""
WRITE = """
mutation ($input: WriteCommentInput!) { writeComment(input: $input) {
  ... on CommentPayload { comment { id text threadId parentId version } }
  ... on UserError { code path } ... on Throttled { retryAfterS } } }
"""
MAKE = """
mutation ($input: MakeStatementInput!) { makeStatement(input: $input) {
  ... on ShortStatementPayload { statement { id text agree } } ... on UserError { code } } }
"""
ADOPT = """
mutation ($input: AdoptResolutionInput!) { adoptResolution(input: $input) {
  ... on ResolutionPayload { resolution { id state issueId handler { name } } }
  ... on UserError { code path } } }
"""


def simple(name: str, payload: str) -> str:
    """A mutation of which only the issue's state, or the refusal, is asked."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    return (
        f"mutation ($input: {kind}!) {{ {name}(input: $input) {{"
        f" ... on {payload} ... on UserError {{ code path }} }} }}"
    )


STATE = "IssuePayload { issue { id state } }"


def an_input(place, **more):
    return {
        "areaId": node.encode("area", place.community.id),
        "title": "广场舞噪音扰民",
        "text": "每晚十点仍在跳舞。",
        "category": "NOISE",
        "place": "北门广场",
        "idempotencyKey": str(uuid4()),
        **more,
    }


async def test_a_resident_raises_an_issue_with_a_picture_and_reads_its_history(db):
    place = await a_place()
    picture = node.encode("upload", await an_upload(place.lin))

    payload = await done(place.lin, RAISE, input=an_input(place, pictureIds=[picture]))

    issue = payload["issue"]
    assert (issue["state"], issue["step"], issue["isMine"]) == ("REPORTED", "COLLECT", True)
    assert issue["acts"] == ["TRIAGE", "DECLINE", "MERGE", "WITHDRAW"]
    assert [each["fileName"] for each in issue["pictures"]] == ["照片.png"]
    assert issue["history"]["nodes"] == [
        {"number": 1, "kind": "RAISED", "state": "REPORTED", "actor": {"name": "居民0"}}
    ]


async def test_an_issue_goes_the_long_way_over_the_contract(db):
    place = await a_place()
    issue_id = (await done(place.lin, RAISE, input=an_input(place)))["issue"]["id"]
    body = node.encode("body", (await a_body(place.community)).id)
    key = {"issueId": issue_id}

    async def step(actor, name, **more):
        payload = await done(actor, simple(name, STATE), input={**key, **more})
        return payload["issue"]["state"]

    states = [
        await step(place.committee, "triageIssue", category="NOISE"),
        await step(place.committee, "assessIssueRisk", level="HIGH", note="双方情绪激动"),
        await step(place.committee, "scheduleIssue", bodyId=body),
    ]
    found = await ask(place.committee, READ)
    item_id = found["issues"]["nodes"][0]["hearings"][0]["itemId"]
    await conclude(node.known("agendaItem", item_id))
    states += [
        await step(place.committee, "recordDeliberation", itemId=item_id, summary="同意迁址"),
        await step(place.committee, "resolveIssue", outcome="迁往九龙湖公园"),
        await step(place.committee, "startIssue"),
        await step(place.committee, "feedBackIssue", feedback="已迁走"),
        await step(place.committee, "revisitIssue", findings="夜间安静"),
        await step(place.lin, "evaluateIssue", satisfaction="SATISFIED", text="很好"),
        await step(place.committee, "closeIssue"),
    ]

    assert states == [
        "TRIAGED",
        "RISK_ASSESSED",
        "SCHEDULED",
        "DELIBERATED",
        "RESOLVED",
        "IMPLEMENTING",
        "FED_BACK",
        "REVISITED",
        "REVISITED",
        "CLOSED",
    ]


async def test_who_raised_an_issue_is_known_to_staff_and_themselves_alone(db):
    place = await a_place()
    await an_issue(place)

    told = [
        (await ask(reader, READ))["issues"]["nodes"][0]
        for reader in (place.lin, place.committee, place.residents[1])
    ]

    assert [each["proposer"] and each["proposer"]["name"] for each in told] == [
        "居民0",
        "居民0",
        None,
    ]
    actors = [each["history"]["nodes"][0]["actor"] for each in told]
    assert [each and each["name"] for each in actors] == ["居民0", "居民0", None]


async def test_issues_of_another_place_are_not_seen_by_any_way(db):
    place, other = await a_place(), await a_place()
    uuid = await an_issue(place)
    issue_id = node.encode("issue", uuid)
    comment = await done(
        place.lin,
        WRITE,
        input={"subjectId": issue_id, "text": "请处理", "idempotencyKey": str(uuid4())},
    )
    ids = [issue_id, comment["comment"]["id"]]

    for stranger in (other.lin, other.committee, ANONYMOUS):
        listed = await ask(stranger, READ)
        found = [
            await ask(stranger, "query ($id: ID!) { node(id: $id) { id } }", id=i) for i in ids
        ]
        talk = await ask(stranger, TALK, subject=issue_id)
        assert listed["issues"]["nodes"] == []
        assert [each["node"] for each in found] == [None, None]
        assert talk["discussion"] is None
    for malformed in ("issue_x", "poll_AAAAAAAAAAAAAAAAAAAAAA", ""):
        assert (await ask(place.lin, TALK, subject=malformed))["discussion"] is None


FOREIGN = [
    ("supportIssue", {}),
    ("withdrawSupport", {}),
    ("triageIssue", {"category": "PETS"}),
    ("declineIssue", {"reason": "不受理"}),
    ("withdrawIssue", {}),
    ("mergeIssue", {"intoId": "issue_x", "reason": "重复"}),
    ("assessIssueRisk", {"level": "LOW", "note": "无风险"}),
    ("scheduleIssue", {"bodyId": "body"}),
    ("recordDeliberation", {"itemId": "item", "summary": "已议"}),
    ("resolveIssue", {"outcome": "已解决"}),
    ("startIssue", {}),
    ("feedBackIssue", {"feedback": "已办"}),
    ("revisitIssue", {"findings": "已看"}),
    ("evaluateIssue", {"satisfaction": "SATISFIED"}),
    ("closeIssue", {}),
    ("reopenIssue", {"reason": "重开"}),
    ("assignIssue", {"handler": {"personId": "person"}, "task": "办理"}),
    ("referIssue", {"handler": {"organisationId": "organisation"}, "reason": "移交"}),
    ("blowWhistle", {"organisationId": "organisation", "asked": "请到场"}),
]


@pytest.mark.parametrize(("name", "more"), FOREIGN, ids=[name for name, _ in FOREIGN])
async def test_no_mutation_acts_on_an_issue_of_another_place(db, name, more):
    place, other = await a_place(), await a_place()
    issue_id = await an_issue(place)
    ids = {
        "body": node.encode("body", (await a_body(other.community)).id),
        "item": node.encode("agendaItem", uuid4()),
        "organisation": node.encode("organisation", other.department.id),
        "person": person(other.committee),
        "issue_x": node.encode("issue", await an_issue(other)),
    }

    def filled(value):
        if isinstance(value, dict):
            return {key: filled(each) for key, each in value.items()}
        return ids.get(value, value)

    given = {"issueId": node.encode("issue", issue_id), **filled(more)}
    for actor in (other.lin, other.committee, other.street_office):
        assert await refused(actor, simple(name, STATE), input=given) == "NOT_FOUND"
    assert (await ask(place.lin, READ))["issues"]["nodes"][0]["state"] == "REPORTED"


async def test_lists_narrow_by_area_state_category_mine_overdue_and_words(moved_clock):
    place = await a_place()
    building = await factories.a_building(place.community)
    noise = await an_issue(place)
    pets = await an_issue(
        place,
        a_draft(title="遛狗不牵绳", text="老人害怕大型犬。", category=IssueCategory.PETS),
        by=place.residents[1],
    )
    await issues.raise_issue(
        place.lin, building.id, a_draft(title="楼道堆物"), idempotency_key=uuid4()
    )
    await issue_steps.triage_issue(place.committee, pets, category=IssueCategory.PETS)

    async def titles(**where):
        found = await ask(place.lin, READ, where=where)
        return [each["title"] for each in found["issues"]["nodes"]]

    told = {
        "area": await titles(areaId=node.encode("area", building.id)),
        "state": await titles(states=["TRIAGED"]),
        "step": await titles(steps=["SORT_AND_ROUTE"]),
        "category": await titles(categories=["PETS"]),
        "mine": await titles(mine=True),
        "words": await titles(words="噪音 广场"),
        "word": await titles(words="狗"),
        "nothing": await titles(words="停车"),
        "foreign": await titles(areaId=node.encode("area", uuid4())),
        "overdue": await titles(overdue=True),
    }
    await moved_clock.advance(timedelta(days=4))
    while await overdue.mark_overdue_issue():
        pass

    assert told == {
        "area": ["楼道堆物"],
        "state": ["遛狗不牵绳"],
        "step": ["遛狗不牵绳"],
        "category": ["遛狗不牵绳"],
        "mine": ["楼道堆物", "广场舞噪音扰民"],
        "words": ["广场舞噪音扰民"],
        "word": ["遛狗不牵绳"],
        "nothing": [],
        "foreign": [],
        "overdue": [],
    }
    assert "广场舞噪音扰民" in await titles(overdue=True)
    assert noise is not None


async def a_busy_issue(place, body):
    """An issue with everything on it that a list may show."""
    picture = await an_upload(place.lin)
    uuid = await an_issue(place, a_draft(pictures=(picture,)))
    await issue_steps.triage_issue(place.committee, uuid, category=IssueCategory.NOISE)
    await issue_steps.assess_issue_risk(
        place.committee, uuid, level=RiskLevel.HIGH, note="双方情绪激动"
    )
    item_id = await a_hearing(place, uuid, body)
    to = (HandlerKind.BODY, body.id)
    await assignments.assign_issue(place.committee, uuid, to, task="协商")
    await whistles.blow_whistle(place.street_office, uuid, place.department.id, asked="请到场")
    draft = ResolutionDraft("舞队迁址", "迁往公园。", *to, await clock.today() + timedelta(days=9))
    resolution_id, _ = await resolutions.adopt_resolution(
        place.committee, (ResolutionSource.AGENDA_ITEM, item_id), draft, idempotency_key=uuid4()
    )
    proof = await an_upload(place.committee)
    said = Progress("已办结", 100, (proof,))
    await resolutions.report_done(place.committee, resolution_id, said, idempotency_key=uuid4())


@pytest.mark.parametrize("size", [1, 3])
async def test_a_list_of_issues_costs_the_same_for_any_number(statements, size):
    place = await a_place()
    body = await a_body(place.community, name="民情协调会")
    for _ in range(size):
        await a_busy_issue(place, body)
    statements.clear()

    answer = await ask(place.committee, READ, first=10)

    nodes = answer["issues"]["nodes"]
    assert [len(each["resolutions"][0]["progress"][0]["evidence"]) for each in nodes] == [1] * size
    assert len(statements) == 16, statements


@pytest.mark.parametrize("size", [1, 3])
async def test_a_discussion_costs_the_same_for_any_number_of_threads(statements, size, monkeypatch):
    monkeypatch.setenv("GONGYI_COMMENTS_PER_MINUTE", "100")
    settings.current.cache_clear()
    place = await a_place()
    subject = node.encode("issue", await an_issue(place))
    for number in range(size):
        said = {"subjectId": subject, "text": f"话题{number}", "idempotencyKey": str(uuid4())}
        thread = await done(place.lin, WRITE, input=said)
        for reply in range(size):
            again = {**said, "text": f"回复{reply}", "parentId": thread["comment"]["id"]}
            await done(place.lin, WRITE, input=again | {"idempotencyKey": str(uuid4())})
        made = {"subjectId": subject, "text": f"观点{number}", "idempotencyKey": str(uuid4())}
        await ask(place.lin, MAKE, input=made)
    settings.current.cache_clear()
    statements.clear()

    answer = await ask(place.lin, TALK, subject=subject)

    talk = answer["discussion"]
    assert len(talk["threads"]["nodes"]) == len(talk["statements"]["nodes"]) == size
    assert [len(each["replies"]["nodes"]) for each in talk["threads"]["nodes"]] == [size] * size
    assert len(statements) == 11, statements


async def test_pages_of_threads_and_replies_follow_one_another(db):
    place = await a_place()
    subject = node.encode("issue", await an_issue(place))
    said = {"subjectId": subject, "text": "开头"}
    thread = await done(place.lin, WRITE, input=said | {"idempotencyKey": str(uuid4())})
    root = thread["comment"]["id"]
    for number in range(5):
        more = {"text": f"回复{number}", "parentId": root, "idempotencyKey": str(uuid4())}
        await done(place.residents[1 + number % 2], WRITE, input=said | more)

    talk = (await ask(place.lin, TALK, subject=subject))["discussion"]
    first = talk["threads"]["nodes"][0]["replies"]
    rest = await ask(
        place.lin,
        """query ($id: ID!, $after: String) { node(id: $id) { ... on Comment {
             replies(after: $after) { nodes { text } pageInfo { hasNextPage } } } } }""",
        id=root,
        after=first["pageInfo"]["endCursor"],
    )

    texts = [each["text"] for each in (*first["nodes"], *rest["node"]["replies"]["nodes"])]
    assert texts == [f"回复{number}" for number in range(5)]
    assert rest["node"]["replies"]["pageInfo"] == {"hasNextPage": False}


async def test_a_comment_is_reported_hidden_appealed_and_shown_again(db):
    place = await a_place()
    subject = node.encode("issue", await an_issue(place))
    said = {"subjectId": subject, "text": "物业全是骗子", "idempotencyKey": str(uuid4())}
    comment = (await done(place.lin, WRITE, input=said))["comment"]["id"]
    moderated = "ModerationPayload { textId }"
    await done(
        place.residents[1],
        simple("reportComment", moderated),
        input={"commentId": comment, "ground": "ABUSE", "note": "侮辱他人"},
    )
    waiting = await ask(
        place.committee,
        "{ textReports { nodes {"
        " ground reporter { name } comment { id text } statement { id } } } }",
    )
    hidden = await done(
        place.committee,
        simple("hideComment", "CommentPayload { comment { isHidden hiding { id reason } } }"),
        input={"commentId": comment, "reason": "侮辱他人"},
    )
    hiding = hidden["comment"]["hiding"]["id"]
    seen = (await ask(place.residents[1], TALK, subject=subject))["discussion"]["threads"]
    await done(
        place.lin, simple("appealHiding", moderated), input={"hidingId": hiding, "text": "我有依据"}
    )
    same = {"hidingId": hiding, "lifted": True, "reason": "属于批评意见"}
    own = await refused(place.committee, simple("decideAppeal", moderated), input=same)
    appeals = await ask(place.street_office, "{ hidingAppeals { nodes { appeal textId } } }")
    await done(place.street_office, simple("decideAppeal", moderated), input=same)
    after = (await ask(place.residents[1], TALK, subject=subject))["discussion"]["threads"]

    assert waiting["textReports"]["nodes"] == [
        {
            "ground": "ABUSE",
            "reporter": {"name": "居民1"},
            "comment": {"id": comment, "text": "物业全是骗子"},
            "statement": None,
        }
    ]
    assert seen["nodes"][0]["text"] is None
    assert seen["nodes"][0]["hiding"] == {"reason": "侮辱他人"}
    assert own == "OWN_MODERATION"
    assert appeals["hidingAppeals"]["nodes"] == [{"appeal": "我有依据", "textId": comment}]
    assert after["nodes"][0]["text"] == "物业全是骗子"


async def test_a_resolution_is_adopted_followed_and_kept_over_the_contract(db):
    place = await a_place()
    _, item_id = await a_heard_issue(place)
    adopt = {
        "itemId": node.encode("agendaItem", item_id),
        "title": "舞队迁址",
        "text": "协调公园开放北门广场。",
        "handler": {"organisationId": node.encode("organisation", place.department.id)},
        "dueOn": (await clock.today() + timedelta(days=9)).isoformat(),
        "idempotencyKey": str(uuid4()),
    }
    made = await done(place.committee, ADOPT, input=adopt)
    resolution = {"resolutionId": made["resolution"]["id"]}
    state = "ResolutionPayload { resolution { state percent isOverdue } }"

    told = [
        await done(
            place.department_head,
            simple("reportProgress", state),
            input=resolution | {"text": "洽谈中", "percent": 30, "idempotencyKey": str(uuid4())},
        ),
        await done(
            place.department_head,
            simple("reportResolutionDone", state),
            input=resolution | {"text": "已办结", "idempotencyKey": str(uuid4())},
        ),
        await done(
            place.lin,
            simple("evaluateResolution", state),
            input=resolution | {"kept": True, "satisfaction": "SATISFIED"},
        ),
    ]

    assert [(each["resolution"]["state"], each["resolution"]["percent"]) for each in told] == [
        ("IN_PROGRESS", 30),
        ("DONE_REPORTED", 100),
        ("KEPT", 100),
    ]
    found = await ask(
        place.lin,
        "{ resolutions(where: {mine: true}) { nodes { title state progress { text } "
        "evaluations { kept decided isMine } history { nodes { kind } } } } }",
    )
    assert found["resolutions"]["nodes"] == [
        {
            "title": "舞队迁址",
            "state": "KEPT",
            "progress": [{"text": "洽谈中"}, {"text": "已办结"}],
            "evaluations": [{"kept": True, "decided": True, "isMine": True}],
            "history": {
                "nodes": [
                    {"kind": kind} for kind in ("ADOPTED", "PROGRESSED", "DONE_REPORTED", "KEPT")
                ]
            },
        }
    ]


async def test_resolutions_of_another_place_are_out_of_reach(db):
    place, other = await a_place(), await a_place()
    _, item_id = await a_heard_issue(place)
    adopt = {
        "itemId": node.encode("agendaItem", item_id),
        "title": "舞队迁址",
        "text": "协调公园开放北门广场。",
        "handler": {"organisationId": node.encode("organisation", place.department.id)},
        "dueOn": (await clock.today() + timedelta(days=9)).isoformat(),
        "idempotencyKey": str(uuid4()),
    }
    assert await refused(other.committee, ADOPT, input=adopt) == "NOT_FOUND"
    made = await done(place.committee, ADOPT, input=adopt)
    resolution = {"resolutionId": made["resolution"]["id"]}
    state = "ResolutionPayload { resolution { state } }"

    codes = [
        await refused(other.committee, simple(name, state), input=resolution | more)
        for name, more in (
            ("reportProgress", {"text": "进行", "percent": 1, "idempotencyKey": str(uuid4())}),
            ("reportResolutionDone", {"text": "办结", "idempotencyKey": str(uuid4())}),
            ("evaluateResolution", {"kept": True, "satisfaction": "SATISFIED"}),
            ("setAsideResolution", {"reason": "作废"}),
        )
    ]
    seen = await ask(other.lin, "{ resolutions { nodes { id } } }")
    by_id = await ask(
        other.lin, "query ($id: ID!) { node(id: $id) { id } }", id=made["resolution"]["id"]
    )

    assert codes == ["NOT_FOUND"] * 4
    assert (seen["resolutions"]["nodes"], by_id["node"]) == ([], None)


async def test_handlers_are_named_one_at_a_time(db):
    place = await a_place()
    issue_id = node.encode("issue", await an_issue(place))
    both = {"personId": person(place.committee), "bodyId": "body_x"}
    answer = await schema.execute(
        simple("assignIssue", STATE),
        {"input": {"issueId": issue_id, "handler": both, "task": "办理"}},
        Context(place.committee),
    )

    assert answer.errors is not None
    wrong = {"handler": {"personId": "nonsense"}, "issueId": issue_id, "task": "办理"}
    code = await refused(place.committee, simple("assignIssue", STATE), input=wrong)
    assert code == "NOT_FOUND"


async def _first(actor, url, document, variables, act):
    """What a subscriber hears first of what somebody then does."""
    hub = Hub()
    task = asyncio.create_task(hub.run(url))
    await asyncio.wait_for(hub.connected.wait(), 30)
    try:
        stream = await schema.subscribe(document, variables, Context(actor, live=hub))
        heard = asyncio.ensure_future(anext(aiter(stream), None))
        async with asyncio.timeout(30):
            while not (len(hub) or heard.done()):  # noqa: ASYNC110 - it says it to nobody
                await asyncio.sleep(0.01)
        await act()
        await outbox.relay()
        return await asyncio.wait_for(heard, 30)
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_listener_hears_what_is_said(db):
    place = await a_place()
    subject = node.encode("issue", await an_issue(place))
    await outbox.relay()

    async def act():
        said = {"subjectId": subject, "text": "我来说两句", "idempotencyKey": str(uuid4())}
        await done(place.lin, WRITE, input=said)

    document = "subscription ($id: ID!) { discussionChanged(subjectId: $id) { comments threads } }"
    heard = await _first(place.residents[1], db, document, {"id": subject}, act)

    assert heard.data == {"discussionChanged": {"comments": 1, "threads": 1}}


async def test_a_stranger_hears_nothing(db):
    place, other = await a_place(), await a_place()
    subject = node.encode("issue", await an_issue(place))
    await outbox.relay()

    async def act():
        said = {"subjectId": subject, "text": "我来说两句", "idempotencyKey": str(uuid4())}
        await done(place.lin, WRITE, input=said)

    for document in (
        "subscription ($id: ID!) { discussionChanged(subjectId: $id) { comments } }",
        "subscription ($id: ID!) { issueChanged(issueId: $id) { state } }",
    ):
        assert await _first(other.lin, db, document, {"id": subject}, act) is None


async def test_a_guest_hears_for_themselves_what_is_said_of_an_item(db):
    room = await a_room(members=2)
    elsewhere = await factories.a_community()
    expert = await factories.a_resident(elsewhere, name="专家")
    stranger = await factories.a_resident(elsewhere, name="外人")
    await an_invitation(room.meeting_id, expert, capacity=Capacity.ADVISE, kind=AttendeeKind.EXPERT)
    subject = node.encode("agendaItem", room.item_id)
    await outbox.relay()

    async def act():
        said = {"subjectId": subject, "text": "请专家看看", "idempotencyKey": str(uuid4())}
        await done(room.members[0], WRITE, input=said)

    document = "subscription ($id: ID!) { myDiscussionChanged(subjectId: $id) { comments } }"
    heard = await _first(expert, db, document, {"id": subject}, act)
    not_heard = await _first(stranger, db, document, {"id": subject}, act)
    shared = await _first(
        expert, db, document.replace("myDiscussion", "discussion"), {"id": subject}, act
    )

    assert heard.data == {"myDiscussionChanged": {"comments": 1}}
    assert (not_heard, shared) == (None, None)


async def test_whoever_raised_an_issue_hears_of_its_next_state(db):
    place = await a_place()
    uuid = await an_issue(place)
    await outbox.relay()

    async def act():
        await issue_steps.triage_issue(place.committee, uuid, category=IssueCategory.NOISE)

    document = "subscription ($id: ID!) { issueChanged(issueId: $id) { state supporters } }"
    given = {"id": node.encode("issue", uuid)}
    heard = await _first(place.lin, db, document, given, act)

    assert heard.data == {"issueChanged": {"state": "TRIAGED", "supporters": 0}}


async def test_members_of_a_room_discuss_its_items(db):
    await a_place()
    room = await a_room(members=2)
    subject = node.encode("agendaItem", room.item_id)
    said = {"subjectId": subject, "text": "我有异议", "side": "AGAINST"}

    await done(room.members[0], WRITE, input=said | {"idempotencyKey": str(uuid4())})
    talk = await ask(room.members[1], TALK, subject=subject)

    assert talk["discussion"]["sides"] == [{"side": "AGAINST", "count": 1}]


async def test_a_revisited_issue_is_opened_again_by_whoever_raised_it(db):
    place = await a_place()
    given = {
        "issueId": node.encode("issue", await a_revisited_issue(place)),
        "reason": "又开始跳了",
    }

    payload = await done(place.lin, simple("reopenIssue", STATE), input=given)

    assert payload["issue"]["state"] == "TRIAGED"
    assert await refused(place.lin, simple("reopenIssue", STATE), input=given) == "ISSUE_NOT_READY"


async def test_the_rules_name_the_departments_that_an_issue_is_for(db):
    place, other = await a_place(), await a_place()
    await factories.an_organisation(
        place.street, name="市场监管所", kind=OrganisationKind.DEPARTMENT
    )
    await an_issue(place)
    await an_issue(other)

    found = await ask(place.lin, "{ issues { nodes { departments { name } } } }")

    assert found["issues"]["nodes"] == [{"departments": [{"name": "综合行政执法中队"}]}]


async def test_a_department_sees_what_it_was_called_for_and_nothing_else(db):
    place = await a_place()
    called, _ = await an_issue(place), await an_issue(place)
    await whistles.blow_whistle(
        place.street_office, called, place.department.id, asked="请到场执法"
    )
    issue_id = node.encode("issue", called)

    seen = await ask(place.department_head, READ)
    given = await ask(place.department_head, READ, where={"givenToMe": True})
    whistle = await ask(
        place.department_head,
        "query ($id: ID!) { issue(id: $id) { whistles { id asked state } } }",
        id=issue_id,
    )
    answered = await done(
        place.department_head,
        simple("answerWhistle", "IssuePayload { issue { whistles { state answer } } }"),
        input={"whistleId": whistle["issue"]["whistles"][0]["id"], "answer": "明日到场"},
    )

    assert [each["id"] for each in seen["issues"]["nodes"]] == [issue_id]
    assert given["issues"]["nodes"] == seen["issues"]["nodes"]
    assert answered["issue"]["whistles"] == [{"state": "ANSWERED", "answer": "明日到场"}]


async def test_overdue_resolutions_and_those_given_to_oneself_are_listed(moved_clock):
    place = await a_place()
    body = await a_body(place.community, name="民情协调会")
    await a_busy_issue(place, body)
    _, item_id = await a_heard_issue(place)
    draft = ResolutionDraft(
        "加装隔音板",
        "由中队督促安装。",
        HandlerKind.ORGANISATION,
        place.department.id,
        await clock.today() + timedelta(days=2),
    )
    await resolutions.adopt_resolution(
        place.committee, (ResolutionSource.AGENDA_ITEM, item_id), draft, idempotency_key=uuid4()
    )
    await moved_clock.advance(timedelta(days=5))
    while await overdue.mark_overdue_resolution():
        pass

    async def titles(actor, where):
        document = "query ($where: ResolutionFilterInput) { resolutions(where: $where) {"
        found = await ask(actor, document + " nodes { title isOverdue } } }", where=where)
        return [(each["title"], each["isOverdue"]) for each in found["resolutions"]["nodes"]]

    assert await titles(place.lin, {"overdue": True}) == [("加装隔音板", True)]
    assert await titles(place.department_head, {"givenToMe": True}) == [("加装隔音板", True)]
    assert await titles(place.lin, {"states": ["DONE_REPORTED"]}) == [("舞队迁址", False)]
    assert await titles(place.lin, {"issueId": "nonsense"}) == []


async def test_nothing_of_a_discussion_elsewhere_is_acted_upon_or_fetched(db):
    place, other = await a_place(), await a_place()
    subject = node.encode("issue", await an_issue(place))
    said = {"subjectId": subject, "text": "物业全是骗子", "idempotencyKey": str(uuid4())}
    comment = (await done(place.lin, WRITE, input=said))["comment"]["id"]
    made = {"subjectId": subject, "text": "应当九点停", "idempotencyKey": str(uuid4())}
    statement = (await done(place.lin, MAKE, input=made))["statement"]["id"]
    hidden = await done(
        place.committee,
        simple("hideComment", "CommentPayload { comment { hiding { id } } }"),
        input={"commentId": comment, "reason": "侮辱他人"},
    )
    hiding = hidden["comment"]["hiding"]["id"]
    in_comment, in_statement, in_hiding = (
        {"commentId": comment},
        {"statementId": statement},
        {"hidingId": hiding},
    )
    moderated = "ModerationPayload { textId }"
    comment_payload = "CommentPayload { comment { id } }"

    codes = [
        await refused(other.committee, simple(name, payload), input=given)
        for name, payload, given in (
            ("reactToComment", comment_payload, in_comment | {"kind": "AGREE"}),
            ("withdrawComment", comment_payload, in_comment),
            ("reportComment", moderated, in_comment | {"ground": "SPAM"}),
            ("dismissReports", moderated, in_comment | {"reason": "无碍"}),
            ("reportStatement", moderated, in_statement | {"ground": "SPAM"}),
            ("dismissReports", moderated, in_statement | {"reason": "无碍"}),
            (
                "hideStatement",
                "ShortStatementPayload { statement { id } }",
                in_statement | {"reason": "不当"},
            ),
            (
                "answerStatement",
                "ShortStatementPayload { statement { id } }",
                in_statement | {"attitude": "AGREE"},
            ),
            ("appealHiding", moderated, in_hiding | {"text": "不应隐藏"}),
            ("decideAppeal", moderated, in_hiding | {"lifted": True, "reason": "无碍"}),
        )
    ]
    fetched = [
        (await ask(other.committee, "query ($id: ID!) { node(id: $id) { id } }", id=each))["node"]
        for each in (comment, statement, hiding)
    ]

    assert codes == ["NOT_FOUND"] * 10
    assert fetched == [None] * 3


async def test_no_assignment_or_call_of_another_place_is_acted_upon_or_fetched(db):
    place, other = await a_place(), await a_place()
    uuid = await an_issue(place)
    to = (HandlerKind.ORGANISATION, place.department.id)
    assignment_id = await assignments.assign_issue(place.committee, uuid, to, task="办理")
    whistle_id = await whistles.blow_whistle(
        place.street_office, uuid, place.department.id, asked="请到场"
    )
    assignment = {"assignmentId": node.encode("assignment", assignment_id)}
    whistle = {"whistleId": node.encode("whistle", whistle_id)}

    codes = [
        await refused(actor, simple(name, STATE), input=given)
        for actor in (other.street_office, other.department_head)
        for name, given in (
            ("completeAssignment", assignment | {"note": "已办"}),
            ("withdrawAssignment", assignment | {"reason": "撤回"}),
            ("answerWhistle", whistle | {"answer": "已到"}),
            ("withdrawWhistle", whistle | {"reason": "撤回"}),
        )
    ]
    fetched = [
        (await ask(actor, "query ($id: ID!) { node(id: $id) { id } }", id=each))["node"]
        for each in (assignment["assignmentId"], whistle["whistleId"])
        for actor in (other.street_office, place.department_head)
    ]

    assert codes == ["NOT_FOUND"] * 8
    assert [each is None for each in fetched] == [True, False, True, False]


ADOPT_RULES = """
mutation ($input: AdoptIssueRulesInput!) { adoptIssueRules(input: $input) {
  ... on IssueRulesPayload { effectiveFrom replayed } ... on UserError { code path } } }
"""
RULES = """
query ($area: ID!) { issueRules(areaId: $area) { version isOwn supportCount
  whistle { level period { days unit } } categories { category ballot departments } } }
"""


async def test_a_community_handles_issues_by_rules_of_its_own(moved_clock):
    place, other = await a_place(residents=3), await a_place()
    area = node.encode("area", place.community.id)
    tomorrow = await clock.today() + timedelta(days=1)
    given = {
        "communityId": area,
        "titleZh": "同心社区议题办理办法",
        "titleEn": "Issues at Tongxin",
        "legalBasis": "社区居民公约第八条",
        "effectiveFrom": tomorrow.isoformat(),
        "supportCount": 2,
        "ballots": [{"category": "PARKING", "ruleCode": "OWNERS_SPECIAL"}],
        "routes": [{"category": "NOISE", "departments": ["派出所"]}],
        "idempotencyKey": str(uuid4()),
    }

    def again(**more):
        return given | {"idempotencyKey": str(uuid4())} | more

    codes = [
        await refused(other.committee, ADOPT_RULES, input=again()),
        await refused(place.lin, ADOPT_RULES, input=again()),
        await refused(place.committee, ADOPT_RULES, input=again(supportCount=11)),
        await refused(
            place.committee,
            ADOPT_RULES,
            input=again(ballots=[{"category": "PETS", "ruleCode": "NONSENSE"}]),
        ),
        await refused(
            place.committee,
            ADOPT_RULES,
            input=again(effectiveFrom=(tomorrow - timedelta(days=1)).isoformat()),
        ),
    ]
    await done(place.committee, ADOPT_RULES, input=given)
    before = await ask(place.lin, RULES, area=area)
    await moved_clock.advance(timedelta(days=1))
    after = await ask(place.lin, RULES, area=area)
    issue_id = await an_issue(place)
    for resident in place.residents[1:]:
        await issues.support_issue(resident, issue_id)

    assert codes == [
        "NOT_FOUND",
        "FORBIDDEN",
        "MEETING_RULES_LOOSER",
        "NO_RULE_IN_FORCE",
        "MEETING_RULES_BACKDATED",
    ]
    assert (before["issueRules"]["isOwn"], before["issueRules"]["supportCount"]) == (False, 10)
    assert (after["issueRules"]["isOwn"], after["issueRules"]["supportCount"]) == (True, 2)
    assert {
        "category": "PARKING",
        "ballot": "OWNERS_SPECIAL",
        "departments": ["交警", "派出所"],
    } in (after["issueRules"]["categories"])
    assert (await the(issue_id)).look_due_at is not None
