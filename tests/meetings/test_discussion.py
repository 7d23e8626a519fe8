"""Talking about a matter, and keeping order there, on the database."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import database, settings
from domains.kernel.actor import Role
from domains.kernel.errors import (
    Forbidden,
    InvalidInput,
    NotFound,
    TooManyAttempts,
    VersionConflict,
)
from domains.kernel.paging import Page
from domains.meetings.errors import (
    AppealNotOpen,
    AppealUnfit,
    CommentHidden,
    DiscussionOver,
    OwnModeration,
    ReportDecided,
    ReportStands,
    StatementMade,
)
from domains.meetings.models import Comment, Statement
from domains.meetings.queries import discussion as queries
from domains.meetings.service import comments, issue_steps, moderation, statements
from domains.meetings.service.comments import CommentDraft
from domains.meetings.service.moderation import TextKind
from domains.meetings.values.discussion import (
    Attitude,
    ReactionKind,
    ReportGround,
    Side,
    SubjectKind,
)
from domains.voting.errors import NumbersInText
from tests import factories
from tests.meetings.factories import a_room
from tests.meetings.matters import a_place, an_issue, events

COMMENT = TextKind.COMMENT


async def a_talk(residents: int = 3):
    """A place, and an issue there to be talked about."""
    place = await a_place(residents)
    return place, (SubjectKind.ISSUE, await an_issue(place))


async def say(actor, subject, text="我支持搬到公园。", *, side=Side.FOR, parent_id=None):
    comment_id, _ = await comments.write_comment(
        actor, subject, CommentDraft(text, side, parent_id), idempotency_key=uuid4()
    )
    return comment_id


async def a_hidden_comment():
    """A comment that the committee has hidden; returns place, subject, comment and hiding."""
    place, subject = await a_talk()
    comment_id = await say(place.lin, subject)
    hiding_id = await moderation.hide(place.committee, COMMENT, comment_id, reason="含有人身攻击")
    return place, subject, comment_id, hiding_id


async def test_replies_stay_in_the_thread_of_what_they_answer(db):
    place, subject = await a_talk()

    first = await say(place.lin, subject)
    reply = await say(place.residents[1], subject, "几点搬?", parent_id=first)
    deeper = await say(place.lin, subject, "周一晚上。", parent_id=reply)

    rows = await Comment.all().order_by("created_at", "id").values_list("id", "thread_id")
    assert rows == [(first, first), (reply, first), (deeper, first)]
    assert await events("CommentWritten") == ["CommentWritten"] * 3


async def test_a_comment_is_written_once_with_its_key(db):
    place, subject = await a_talk()
    key, draft = uuid4(), CommentDraft("请尽快处理。")

    first = await comments.write_comment(place.lin, subject, draft, idempotency_key=key)
    again = await comments.write_comment(place.lin, subject, draft, idempotency_key=key)

    assert (again[0], again[1]) == (first[0], True)
    assert await Comment.all().count() == 1


async def test_what_is_written_is_kept_plain_and_tells_no_numbers(db):
    place, subject = await a_talk()

    await say(place.lin, subject, "<img src=x onerror=alert(1)>请<b>尽快</b>处理")
    for unfit, refusal in (("电话 139-1234-5678", NumbersInText), ("<i></i>", InvalidInput)):
        with pytest.raises(refusal):
            await say(place.lin, subject, unfit)

    assert await Comment.all().values_list("text", flat=True) == ["请尽快处理"]


async def test_a_reply_answers_something_of_the_same_subject(db):
    place, subject = await a_talk()
    other = (SubjectKind.ISSUE, await an_issue(place))
    elsewhere = await say(place.lin, other)

    with pytest.raises(NotFound):
        await say(place.lin, subject, parent_id=elsewhere)

    assert await Comment.filter(subject_id=subject[1]).count() == 0


async def test_nobody_speaks_where_they_do_not_belong(db):
    place, subject = await a_talk()
    other = await a_place()
    comment_id = await say(place.lin, subject)

    for refused in (
        say(other.lin, subject),
        comments.react_to_comment(other.lin, comment_id, ReactionKind.AGREE),
        comments.edit_comment(
            other.lin, comment_id, text="改写", side=Side.FOR, expected_version=1
        ),
        comments.withdraw_comment(other.lin, comment_id),
        moderation.hide(other.committee, COMMENT, comment_id, reason="无关内容"),
        moderation.report(other.lin, COMMENT, comment_id, ground=ReportGround.SPAM),
        statements.make_statement(other.lin, subject, "应当搬迁", idempotency_key=uuid4()),
    ):
        with pytest.raises(NotFound):
            await refused

    assert await Comment.all().values_list("text", "version") == [("我支持搬到公园。", 1)]


async def test_a_discussion_is_over_with_its_issue(db):
    place, subject = await a_talk()
    await issue_steps.decline_issue(place.committee, subject[1], reason="不属于受理范围")

    with pytest.raises(DiscussionOver):
        await say(place.lin, subject)

    assert await Comment.all().count() == 0


async def test_members_talk_about_a_meeting_and_its_items(db):
    await a_place()
    room = await a_room(members=2)

    await say(room.members[0], (SubjectKind.MEETING, room.meeting_id))
    await say(room.members[1], (SubjectKind.AGENDA_ITEM, room.item_id))

    kinds = await Comment.all().order_by("created_at").values_list("subject_kind", flat=True)
    assert kinds == [SubjectKind.MEETING, SubjectKind.AGENDA_ITEM]


async def test_who_writes_too_fast_waits(moved_clock, monkeypatch):
    monkeypatch.setenv("GONGYI_COMMENTS_PER_MINUTE", "2")
    settings.current.cache_clear()
    place, subject = await a_talk()
    try:
        told = await asyncio.gather(
            *(say(place.lin, subject, f"第{number}条") for number in range(4)),
            return_exceptions=True,
        )
        await say(place.residents[1], subject)
        await moved_clock.advance(timedelta(minutes=1))
        await say(place.lin, subject)
    finally:
        settings.current.cache_clear()

    refused = [each for each in told if isinstance(each, TooManyAttempts)]
    assert (len(refused), await Comment.all().count()) == (2, 4)
    assert 0 < refused[0].details["retry_after_s"] <= 60


async def test_an_edited_comment_keeps_what_it_said(db):
    place, subject = await a_talk()
    comment_id = await say(place.lin, subject)

    await comments.edit_comment(
        place.lin, comment_id, text="我反对搬到公园。", side=Side.AGAINST, expected_version=1
    )
    with pytest.raises(VersionConflict):
        await comments.edit_comment(
            place.lin, comment_id, text="又改", side=Side.FOR, expected_version=1
        )
    with pytest.raises(Forbidden):
        await comments.edit_comment(
            place.residents[1], comment_id, text="替改", side=Side.FOR, expected_version=2
        )

    comment = await Comment.get(id=comment_id)
    assert (comment.text, comment.side, comment.version) == ("我反对搬到公园。", Side.AGAINST, 2)
    rows = await database.fetch("SELECT version, side, text FROM meetings_comment_revision")
    assert [tuple(row.values()) for row in rows] == [(1, "for", "我支持搬到公园。")]
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await database.execute("UPDATE meetings_comment_revision SET text = ''")


async def test_a_withdrawn_comment_keeps_its_place_and_its_replies(db):
    place, subject = await a_talk()
    first = await say(place.lin, subject)
    await say(place.residents[1], subject, "同意", parent_id=first)

    await comments.withdraw_comment(place.lin, first)
    await comments.withdraw_comment(place.lin, first)

    row = (await queries.comments_by_id(place.residents[1], [first]))[0]
    assert (row["text"], row["reply_count"]) == (None, 1)
    assert await events("CommentChanged") == ["CommentChanged"]
    with pytest.raises(CommentHidden):
        await say(place.residents[1], subject, parent_id=first)


async def test_a_reader_reacts_once_changes_it_and_takes_it_back(db):
    place, subject = await a_talk()
    comment_id = await say(place.lin, subject)
    reader = place.residents[1]

    for kind in (ReactionKind.AGREE, ReactionKind.AGREE, ReactionKind.DOUBT):
        await comments.react_to_comment(reader, comment_id, kind)
    await comments.react_to_comment(place.lin, comment_id, ReactionKind.DOUBT)
    rows = (await queries.reactions_of(reader, [comment_id]))[0]
    await comments.react_to_comment(reader, comment_id, None)

    assert [(row["kind"], row["count"], row["mine"]) for row in rows] == [("doubt", 2, True)]
    left = (await queries.reactions_of(reader, [comment_id]))[0]
    assert [(row["count"], row["mine"]) for row in left] == [(1, False)]


async def test_a_reader_reports_a_comment_once_and_not_their_own(db):
    place, subject = await a_talk()
    comment_id = await say(place.lin, subject)
    reader = place.residents[1]

    await moderation.report(reader, COMMENT, comment_id, ground=ReportGround.ABUSE)
    with pytest.raises(ReportStands):
        await moderation.report(reader, COMMENT, comment_id, ground=ReportGround.SPAM)
    with pytest.raises(OwnModeration):
        await moderation.report(place.lin, COMMENT, comment_id, ground=ReportGround.SPAM)

    waiting = await queries.reports(place.committee, Page())
    assert [row["ground"] for row in waiting.rows] == ["abuse"]
    assert (await queries.reports(reader, Page())).rows == []


async def test_reports_are_dismissed_with_a_reason_or_upheld_by_hiding(db):
    place, subject = await a_talk()
    one, other = await say(place.lin, subject), await say(place.lin, subject)
    for each in (one, other):
        await moderation.report(place.residents[1], COMMENT, each, ground=ReportGround.ABUSE)

    await moderation.dismiss_reports(place.committee, COMMENT, one, reason="属正常表达")
    await moderation.hide(place.committee, COMMENT, other, reason="含有人身攻击")
    with pytest.raises(ReportDecided):
        await moderation.dismiss_reports(place.committee, COMMENT, one, reason="重复处理")

    rows = await database.fetch("SELECT text_id, state, reason FROM meetings_report")
    assert {tuple(row.values()) for row in rows} == {
        (one, "dismissed", "属正常表达"),
        (other, "upheld", "含有人身攻击"),
    }


async def test_nobody_dismisses_the_reports_of_their_own_text(db):
    place, subject = await a_talk()
    comment_id = await say(place.committee, subject)
    await moderation.report(place.lin, COMMENT, comment_id, ground=ReportGround.ABUSE)

    with pytest.raises(OwnModeration):
        await moderation.dismiss_reports(place.committee, COMMENT, comment_id, reason="没有问题")

    assert await database.fetch_value("SELECT state FROM meetings_report") == "open"


async def test_who_reports_or_states_too_much_waits(moved_clock, monkeypatch):
    monkeypatch.setenv("GONGYI_STATEMENTS_PER_DAY", "2")
    monkeypatch.setenv("GONGYI_REPORTS_PER_HOUR", "2")
    settings.current.cache_clear()
    place, subject = await a_talk()
    said = [await say(place.residents[1], subject, f"第{number}条") for number in range(3)]

    async def state(number):
        await statements.make_statement(
            place.lin, subject, f"观点{number}", idempotency_key=uuid4()
        )

    async def report(comment_id):
        await moderation.report(place.lin, COMMENT, comment_id, ground=ReportGround.ABUSE)

    try:
        told = await asyncio.gather(*map(state, range(3)), return_exceptions=True)
        told += await asyncio.gather(*map(report, said), return_exceptions=True)
        await moved_clock.advance(timedelta(days=1))
        await state(9)
    finally:
        settings.current.cache_clear()

    refused = [each for each in told if isinstance(each, TooManyAttempts)]
    reports = await database.fetch_value("SELECT count(*) FROM meetings_report")
    assert (len(refused), await Statement.all().count(), reports) == (2, 3, 2)


async def test_a_hidden_comment_is_read_by_its_author_and_those_who_keep_order(db):
    place, _, comment_id, _ = await a_hidden_comment()

    texts = [
        (await queries.comments_by_id(reader, [comment_id]))[0]["text"]
        for reader in (place.lin, place.committee, place.residents[1])
    ]

    assert texts == ["我支持搬到公园。", "我支持搬到公园。", None]
    reason = (await queries.hidings_of(place.residents[1], [("comment", comment_id)]))[0]
    assert reason["reason"] == "含有人身攻击"


async def test_residents_hide_nothing_and_nobody_hides_twice(db):
    place, _, comment_id, _ = await a_hidden_comment()

    with pytest.raises(Forbidden):
        await moderation.hide(place.residents[1], COMMENT, comment_id, reason="不喜欢")
    with pytest.raises(CommentHidden):
        await moderation.hide(place.committee, COMMENT, comment_id, reason="再次隐藏")

    assert await database.fetch_value("SELECT count(*) FROM meetings_hiding") == 1


async def test_an_appeal_is_decided_by_somebody_else(db):
    place, _, comment_id, hiding_id = await a_hidden_comment()
    judge = await factories.an_officer(Role.SUPERVISOR, place.community, name="监督员")

    with pytest.raises(AppealNotOpen):
        await moderation.decide_appeal(judge, hiding_id, lifted=True, reason="属正常表达")
    with pytest.raises(Forbidden):
        await moderation.appeal_hiding(place.residents[1], hiding_id, text="不应隐藏")
    await moderation.appeal_hiding(place.lin, hiding_id, text="我没有骂人")
    with pytest.raises(OwnModeration):
        await moderation.decide_appeal(
            place.committee, hiding_id, lifted=False, reason="维持原处理"
        )
    with pytest.raises(Forbidden):
        await moderation.decide_appeal(place.lin, hiding_id, lifted=True, reason="我没错")
    waiting = await queries.appeals(judge, Page())
    await moderation.decide_appeal(judge, hiding_id, lifted=True, reason="属正常表达")

    assert [row["id"] for row in waiting.rows] == [hiding_id]
    assert (await queries.appeals(place.committee, Page())).rows == []
    assert (await Comment.get(id=comment_id)).hidden_at is None
    assert await events("TextHidden", "HidingAppealed", "HidingDecided") == [
        "TextHidden",
        "HidingAppealed",
        "HidingDecided",
    ]


async def test_a_confirmed_hiding_is_not_appealed_again(db):
    place, _, comment_id, hiding_id = await a_hidden_comment()
    await moderation.appeal_hiding(place.lin, hiding_id, text="我没有骂人")
    await moderation.decide_appeal(
        place.street_office, hiding_id, lifted=False, reason="维持原处理"
    )

    with pytest.raises(AppealUnfit):
        await moderation.appeal_hiding(place.lin, hiding_id, text="请再看一次")

    assert (await Comment.get(id=comment_id)).hidden_at is not None


async def test_the_database_lets_nobody_judge_their_own_hiding(db):
    place, _, _, hiding_id = await a_hidden_comment()
    await moderation.appeal_hiding(place.lin, hiding_id, text="我没有骂人")

    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute(
            "UPDATE meetings_hiding SET state = 'confirmed', decided_at = kernel_now(),"
            " decision = '维持', decided_by_id = hidden_by_id"
        )


async def test_a_statement_stands_once_and_everybody_answers_it_once(db):
    place, subject = await a_talk()
    made, _ = await statements.make_statement(
        place.lin, subject, "晚上九点后不应跳舞", idempotency_key=uuid4()
    )

    with pytest.raises(StatementMade):
        await statements.make_statement(
            place.residents[1], subject, "晚上九点后不应跳舞", idempotency_key=uuid4()
        )
    for attitude in (Attitude.AGREE, Attitude.DISAGREE):
        await statements.answer_statement(place.residents[1], made, attitude)
    await statements.answer_statement(place.residents[2], made, Attitude.PASS)

    row = (await queries.statements_by_id(place.residents[1], [made]))[0]
    assert (row["agree"], row["disagree"], row["passed"], row["mine"]) == (0, 1, 1, "disagree")
    assert await Statement.all().count() == 1


async def test_groups_of_neighbours_are_shown_from_five_up(db):
    place, subject = await a_talk(residents=1)
    made, _ = await statements.make_statement(
        place.lin, subject, "晚上九点后不应跳舞", idempotency_key=uuid4()
    )
    crowds = {}
    for name, size, attitude in (
        ("一号楼", 6, Attitude.AGREE),
        ("二号楼", 5, Attitude.DISAGREE),
        ("三号楼", 7, Attitude.AGREE),
        ("四号楼", 2, Attitude.AGREE),
    ):
        building = await factories.a_building(place.community, name=name)
        crowds[building.id] = size
        for number in range(size):
            person = await factories.a_person(f"{name}{number}")
            await factories.a_residency(person, await factories.a_household(building))
            neighbour = factories.as_actor(person, *place.lin.grants)
            await statements.answer_statement(neighbour, made, attitude)

    told = (await queries.groups_of(place.lin, [made]))[0]

    # Two alone would follow from the total, so the five go with them.
    assert [each.said.total for each in told] == [7, 6]
    assert sorted(crowds.values()) == [2, 5, 6, 7]


async def test_a_hidden_statement_takes_no_answers(db):
    place, subject = await a_talk()
    made, _ = await statements.make_statement(
        place.lin, subject, "都怪物业", idempotency_key=uuid4()
    )

    await moderation.hide(place.committee, TextKind.STATEMENT, made, reason="不属于可表态的观点")
    with pytest.raises(CommentHidden):
        await statements.answer_statement(place.residents[1], made, Attitude.AGREE)

    assert await database.fetch_value("SELECT count(*) FROM meetings_statement_answer") == 0


async def test_threads_and_replies_page_without_gaps_or_repeats(db):
    place, subject = await a_talk()
    roots = [await say(place.residents[n % 3], subject, f"话题{n}") for n in range(7)]
    answers = [
        await say(place.residents[n % 3], subject, f"回复{n}", parent_id=roots[0]) for n in range(5)
    ]
    read, after = [], None

    while True:
        page = Page(first=3, after=after)
        found = await queries.threads(place.lin, subject, queries.ThreadFilter(), page)
        read += [row["id"] for row in found.rows]
        if not found.has_more:
            break
        after = (found.rows[-1]["created_at"], found.rows[-1]["id"])
    first = (await queries.replies(place.lin, [(roots[0], 3, None, None)]))[0]
    last = first[-1]
    rest = (await queries.replies(place.lin, [(roots[0], 9, last["created_at"], last["id"])]))[0]

    assert read == roots
    assert [row["id"] for row in (*first, *rest)] == answers
