"""Minutes over the contract: who reads what, what is refused, and how much it takes to read."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from domains.kernel import clock, database
from domains.kernel.actor import Actor
from domains.meetings.service import minutes, minutes_after, presets
from schema import node
from tests import factories as town
from tests.meetings import factories
from tests.meetings.test_minutes import a_draft, confirmed_by_all
from tests.voting.asking import ask, done, refused

READ = """
query ($id: ID!, $first: Int, $after: String) { minutes(meetingId: $id) {
  id version logSeq confirmedAt publishedAt
  lines(first: $first, after: $after) {
    nodes { id part origin seq covers text drafted isEdited editReason cells { label value } }
    pageInfo { hasNextPage endCursor } }
  signatures { name role } objections { id name text state answer } } }
"""
FILE = "query ($id: ID!) { minutesFile(meetingId: $id, format: TEXT) { address sha256 sizeBytes } }"
PAYLOAD = "... on MinutesPayload { minutes { version confirmedAt publishedAt } }"


def over(name: str) -> str:
    """The document of a mutation over minutes."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    return (
        f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {PAYLOAD}"
        " ... on UserError { code path } } }"
    )


def of(room: factories.Room) -> str:
    return node.encode("meeting", room.meeting_id)


async def reads(actor: Actor, room: factories.Room, **more: Any) -> Any:
    """What somebody sees of the minutes."""
    return (await ask(actor, READ, id=of(room), **more))["minutes"]


async def test_minutes_are_paged_in_their_order_and_told_of_the_log(db):
    room, _ = await a_draft()

    whole = (await reads(room.members[0], room, first=100))["lines"]["nodes"]
    pages: list[Any] = []
    after = None
    while True:
        page = (await reads(room.members[0], room, first=7, after=after))["lines"]
        pages += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert pages == whole
    assert {each["part"] for each in whole} == {"ATTENDANCE", "PROCEEDINGS"}
    assert all(each["text"] == each["drafted"] and not each["isEdited"] for each in whole)


async def test_the_way_from_draft_to_publication_over_the_contract(db, moved_clock):
    room, _ = await a_draft()
    line = (await reads(room.chair, room, first=100))["lines"]["nodes"][-1]
    here = {"meetingId": of(room)}
    edit = {"lineId": line["id"], "text": "主持人宣布散会,致谢。", "reason": "补全"}
    remark = {"text": "会后合影。", "afterSeq": line["seq"]}

    await done(room.chair, over("editMinutesLine"), input=here | edit | {"expectedVersion": 1})
    outdated = await refused(
        room.organiser, over("addMinutesRemark"), input=here | remark | {"expectedVersion": 1}
    )
    await done(
        room.organiser, over("addMinutesRemark"), input=here | remark | {"expectedVersion": 2}
    )
    for each in (room.chair, room.organiser):
        await done(each, over("confirmMinutes"), input=here | {"expectedVersion": 3})
    await done(room.members[0], over("objectToMinutes"), input=here | {"text": "时间有误。"})
    objection = (await reads(room.chair, room))["objections"][0]
    early = await refused(room.organiser, over("publishMinutes"), input=here)
    await done(
        room.organiser,
        over("decideMinutesObjection"),
        input={"objectionId": objection["id"], "upheld": False, "answer": "录音为证。"},
    )
    await moved_clock.advance(timedelta(days=10))
    published = await done(room.organiser, over("publishMinutes"), input=here)
    read = await reads(room.members[1], room, first=100)

    assert (outdated, early) == ("VERSION_CONFLICT", "MINUTES_OBJECTIONS_OPEN")
    assert published["minutes"]["publishedAt"] is not None
    assert [(each["role"], each["name"]) for each in read["signatures"]] == [
        ("CHAIR", "刘主持"),
        ("SECRETARY", "王建国"),
    ]
    assert read["objections"][0]["state"] == "DISMISSED"
    assert [each["text"] for each in read["lines"]["nodes"] if each["origin"] == "REMARK"] == [
        "会后合影。"
    ]
    assert [each["drafted"] for each in read["lines"]["nodes"] if each["isEdited"]] == [
        "主持人宣布散会。"
    ]


async def test_strangers_find_no_minutes_and_no_meeting(db):
    room, minutes_id = await a_draft()
    stranger = await town.a_resident(await town.a_community(), name="外人")
    neighbour = await town.a_resident(room.community, name="邻居")
    before = await database.fetch("SELECT * FROM meetings_minutes")

    for name, given in (
        ("draftMinutes", {}),
        ("confirmMinutes", {"expectedVersion": 1}),
        ("addMinutesRemark", {"text": "一句话", "afterSeq": 1, "expectedVersion": 1}),
        ("objectToMinutes", {"text": "不对。"}),
        ("publishMinutes", {}),
    ):
        told = [
            await refused(each, over(name), input={"meetingId": of(room)} | given)
            for each in (stranger, neighbour)
        ]
        assert told == ["NOT_FOUND", "FORBIDDEN"]
    for each in (stranger, neighbour):
        assert await reads(each, room) is None
        assert (await ask(each, FILE, id=of(room)))["minutesFile"] is None
        again = await ask(
            each, "query ($id: ID!) { node(id: $id) { id } }", id=node.encode("minutes", minutes_id)
        )
        assert again["node"] is None

    assert await database.fetch("SELECT * FROM meetings_minutes") == before


async def test_what_is_refused_of_minutes_changes_nothing(db):
    room, _ = await a_draft()
    here = {"meetingId": of(room)}
    remark = {"text": "补记。", "expectedVersion": 1}
    before = await database.fetch("SELECT id, edited FROM meetings_minutes_line ORDER BY id")

    codes = [
        await refused(room.members[0], over("confirmMinutes"), input=here | {"expectedVersion": 1}),
        await refused(
            room.chair, over("addMinutesRemark"), input=here | remark | {"afterSeq": 999}
        ),
        await refused(
            room.chair,
            over("editMinutesLine"),
            input=here | {"lineId": "minutesLine_x", "reason": "无", "expectedVersion": 1},
        ),
        await refused(room.organiser, over("publishMinutes"), input=here),
        await refused(room.members[0], over("objectToMinutes"), input=here | {"text": "不对。"}),
    ]

    assert codes == [
        "NOT_TO_BE_SIGNED",
        "NOT_FOUND",
        "NOT_FOUND",
        "MINUTES_NOT_CONFIRMED",
        "MINUTES_NOT_CONFIRMED",
    ]
    assert (
        await database.fetch("SELECT id, edited FROM meetings_minutes_line ORDER BY id") == before
    )


async def test_a_page_of_minutes_takes_one_number_of_statements(db, statements):
    room, _ = await a_draft()
    counts = []

    for first in (1, 3, 100):
        statements.clear()
        await reads(room.members[0], room, first=first)
        counts.append(len(statements))

    assert counts == [4, 4, 4]


async def test_an_objection_is_read_again_by_its_id(db, moved_clock):
    room, _ = await a_draft()
    await confirmed_by_all(room)
    objection = await minutes_after.file_objection(room.members[0], room.meeting_id, text="有误。")
    neighbour = await town.a_resident(room.community, name="邻居")
    asked = "query ($id: ID!) { node(id: $id) { ... on MinutesObjection { name text } } }"
    uuid = node.encode("minutesObjection", objection)

    before = [(await ask(each, asked, id=uuid))["node"] for each in (room.chair, neighbour)]
    await minutes_after.decide_objection(room.organiser, objection, upheld=False, answer="核对过。")
    await moved_clock.advance(timedelta(days=10))
    await minutes_after.publish_due_minutes()
    after = (await ask(neighbour, asked, id=uuid))["node"]

    assert before == [{"name": "居民0", "text": "有误。"}, None]
    assert after == {"name": "居*", "text": "有误。"}
    assert await minutes.draft_due_minutes() is None


async def test_lists_of_meetings_bring_their_minutes_in_one_statement_more(db, statements):
    asked = "{ meetings(first: 10) { nodes { title minutes { version meeting { title } } } } }"
    room, _ = await a_draft()
    counts = []

    for wanted in (1, 3):
        for _ in range(wanted - 1):
            meeting = await factories.a_meeting(room.body, chair=room.chair)
            await factories.an_invitation(meeting.id, room.members[0], present=True)
        statements.clear()
        read = await ask(room.members[0], asked)
        counts.append((len(read["meetings"]["nodes"]), len(statements)))
    minuted = [each["minutes"] for each in read["meetings"]["nodes"] if each["minutes"]]

    assert [number for _, number in counts] == [counts[0][1]] * 2
    assert minuted == [{"version": 1, "meeting": {"title": "广场舞噪音协商会"}}]


async def test_a_community_adopts_rules_of_minutes_and_shows_them(db):
    await presets.sync_presets()
    community = await town.a_community()
    member = await town.a_committee_member(community)
    given = {
        "communityId": node.encode("area", community.id),
        "form": "HEARING",
        "titleZh": "听证会规则",
        "titleEn": "Hearings",
        "legalBasis": "社区自治章程",
        "effectiveFrom": (await clock.today() + timedelta(days=2)).isoformat(),
        "minutes": {
            "objectionDays": 5,
            "share": {"numerator": 1, "denominator": 2, "inclusive": False},
        },
        "idempotencyKey": str(uuid4()),
    }
    adopt = (
        "mutation ($input: AdoptMeetingRulesInput!) { adoptMeetingRules(input: $input) {"
        " ... on MeetingRulesAdopted { form } ... on UserError { code path } } }"
    )

    looser = await refused(
        member,
        adopt,
        input=given | {"minutes": {"objectionDays": 2}, "idempotencyKey": str(uuid4())},
    )
    await done(member, adopt, input=given)
    listed = await ask(
        member,
        "query ($id: ID!) { meetingRuleSets(communityId: $id, first: 100) { nodes { rules {"
        " isOwn minutes { confirmedBy shareNumerator objectionDays publicNames } } } } }",
        id=given["communityId"],
    )

    assert looser == "MEETING_RULES_LOOSER"
    rules = [each["rules"] for each in listed["meetingRuleSets"]["nodes"]]
    assert [each["minutes"] for each in rules if each["isOwn"]] == [
        {
            "confirmedBy": ["CHAIR", "SECRETARY"],
            "shareNumerator": 1,
            "objectionDays": 5,
            "publicNames": "MASKED",
        }
    ]
