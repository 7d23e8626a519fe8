"""Minutes: drafted from a real meeting's log, edited beside it, confirmed, objected, published."""

import asyncio
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from asyncpg import CheckViolationError
from pypdf import PdfReader

from domains.disclosure.service import presets as disclosure_presets
from domains.kernel import clock, database, documents, uploads
from domains.kernel.actor import SYSTEM
from domains.kernel.errors import NotFound, VersionConflict
from domains.kernel.paging import Page
from domains.meetings.errors import (
    MinutesClosed,
    MinutesNotConfirmed,
    MinutesNotYet,
    MinutesObjectionFiled,
    MinutesObjectionsOpen,
    MinutesObjectionsOver,
    NotPresent,
    NotToBeSigned,
    OwnMinutesObjection,
)
from domains.meetings.models import Motion, Vote
from domains.meetings.queries import minutes as queries
from domains.meetings.queries import minutes_material
from domains.meetings.rules import minutes as rules
from domains.meetings.rules import minutes_page
from domains.meetings.rules import minutes_words as words
from domains.meetings.service import (
    attendance,
    chair,
    floor,
    minutes,
    minutes_after,
    motions,
    resolutions,
    sessions,
)
from domains.meetings.service.minutes_after import MinutesFile
from domains.meetings.service.resolutions import ResolutionDraft
from domains.meetings.values import AgendaItemState, LogKind, MeetingForm, MeetingState
from domains.meetings.values.floor import SpeakingSide
from domains.meetings.values.issues import HandlerKind
from domains.meetings.values.minutes import LineOrigin, MinutesFormat
from domains.meetings.values.motions import MotionKind, VoteForm
from domains.meetings.values.resolutions import ResolutionSource
from domains.voting.errors import NumbersInText
from jobs import meetings as meetings_jobs
from jobs import outbox
from jobs.minutes import impersonal
from tests import factories as town
from tests.meetings import debates, factories
from tests.meetings.factories import Room


async def a_held_meeting(members: int = 4) -> Room:
    """A meeting in which everything that minutes tell of happened, and which is over."""
    room = await factories.a_room(members=members)
    late, speaker = room.members[-1], room.members[0]
    await attendance.leave(late, room.meeting_id)
    await attendance.check_in(late, room.meeting_id)
    motion_id = await debates.a_stated_motion(room)
    for person, side in ((speaker, SpeakingSide.FOR), (room.members[1], SpeakingSide.AGAINST)):
        await floor.raise_hand(person, room.meeting_id, side)
    first = await floor.call_speaker(room.chair, room.meeting_id)
    await floor.end_speech(speaker, first)
    second = await floor.call_speaker(room.chair, room.meeting_id)
    await floor.stop_speech(room.chair, second)
    text = debates.TEXT.replace("八点半", "八点")
    amendment = await debates.a_ready_motion(
        room, kind=MotionKind.AMENDMENT, title="提前半小时", text=text
    )
    await debates.decided(room, amendment)
    await chair.hand_over(room.chair, room.meeting_id, room.members[2].person_id)
    await chair.take_back(room.chair, room.meeting_id)
    until = await clock.now() + timedelta(minutes=10)
    await sessions.recess(room.chair, room.meeting_id, resumes_at=until, reason="茶歇")
    await sessions.resume(room.chair, room.meeting_id)
    await motions.declare_ready(room.chair, motion_id)
    await debates.decided(room, motion_id, form=VoteForm.SECRET)
    await sessions.close_item(
        room.chair, room.meeting_id, outcome=AgendaItemState.CONCLUDED, note="按决议办"
    )
    await sessions.adjourn(room.chair, room.meeting_id)
    return room


async def a_draft() -> tuple[Room, UUID]:
    """The minutes of such a meeting, as the worker drafts them."""
    room = await a_held_meeting()
    await minutes.draft_due_minutes()
    return room, await database.fetch_value("SELECT id FROM meetings_minutes")


async def confirmed_by_all(room: Room, *, version: int = 1) -> None:
    """The chair confirms, and who keeps the minutes."""
    for each in (room.chair, room.organiser):
        await minutes_after.confirm(each, room.meeting_id, expected_version=version)


async def state_of(room: Room) -> MeetingState:
    return (await room.meeting()).state


async def stored() -> list[Any]:
    """What is kept of all lines."""
    return [
        tuple(row.values())
        for row in await database.fetch(
            "SELECT id, drafted, edited, removed_at FROM meetings_minutes_line ORDER BY id"
        )
    ]


async def test_every_row_of_the_log_stands_in_one_line_or_is_of_a_silent_kind(db):
    room, minutes_id = await a_draft()
    material = await minutes_material.material_of(room.meeting_id)

    kept = await queries.kept(minutes_id)

    assert kept is not None
    covered = [seq for line in kept.paper.lines for seq in line.covers]
    told = [each.seq for each in material.log if each.kind not in rules.SILENT]
    assert sorted(covered) == told
    assert {line.seq for line in kept.paper.lines} <= {each.seq for each in material.log}
    assert all(line.covers[:1] == (line.seq,) for line in kept.paper.lines if line.covers)


async def test_the_figures_of_each_vote_are_those_of_the_box(db):
    room, minutes_id = await a_draft()
    votes = await Vote.filter(meeting_id=room.meeting_id).order_by("opened_at")

    kept = await queries.kept(minutes_id)

    assert kept is not None
    tables = [dict(line.cells) for line in kept.paper.lines if "表决方式" in dict(line.cells)]
    assert [
        (each["赞成"], each["反对"], each["未表示"], each["应表决"], each["法定人数"])
        for each in tables
    ] == [
        (
            f"{vote.in_favour} 票",
            f"{vote.against} 票",
            f"{vote.silent} 人",
            f"{vote.entitled} 人",
            f"{vote.required} 人",
        )
        for vote in votes
    ]


async def test_a_roll_call_is_told_by_name_and_a_secret_vote_is_not(db):
    room = await factories.a_room(members=3)
    first = await debates.a_ready_motion(room)
    await debates.decided(room, first, form=VoteForm.ROLL_CALL)
    second = await debates.a_ready_motion(room, title="另一事项")
    await debates.decided(room, second, form=VoteForm.SECRET)

    drafted = rules.draft(await minutes_material.material_of(room.meeting_id))

    tables = [dict(each.cells) for each in drafted if each.cells]
    assert [each.get("赞成者") for each in tables] == ["居民0、居民1、居民2", None]
    assert [set(each) & words.CALLED_BY_NAME for each in tables] == [{"赞成者"}, set()]


async def test_each_amendment_is_told_with_the_text_as_it_then_was(db):
    room = await factories.a_room(members=3)
    await debates.a_stated_motion(room)
    first = debates.TEXT.replace("八点半", "八点")
    second = first.replace("60分贝", "55分贝")
    for number, text in enumerate((first, second)):
        amendment = await debates.a_ready_motion(
            room, kind=MotionKind.AMENDMENT, title=f"修改{number}", text=text
        )
        await debates.decided(room, amendment)

    drafted = rules.draft(await minutes_material.material_of(room.meeting_id))

    told = [each.text for each in drafted if "依修正案修改" in each.text]
    assert [each.split("现文：")[1] for each in told] == [first, second]
    assert [each.text for each in drafted if "提出修正案" in each.text] == [
        "居民0提出修正案“修改0”：删去“半”。",
        "居民0提出修正案“修改1”：将“60”改为“55”。",
    ]


async def test_a_draft_is_made_once_by_whoever_comes_first(db):
    room = await a_held_meeting()

    await asyncio.gather(
        minutes.draft(room.organiser, room.meeting_id),
        minutes.draft(room.chair, room.meeting_id),
        minutes.draft_due_minutes(),
    )

    assert await database.fetch_value("SELECT count(*) FROM meetings_minutes") == 1
    assert await state_of(room) is MeetingState.MINUTES_DRAFT
    assert (await room.log())[-1] == LogKind.MINUTES_DRAFTED


async def test_no_minutes_of_a_meeting_that_goes_on(db):
    room = await factories.a_room()

    with pytest.raises(MinutesNotYet):
        await minutes.draft(room.chair, room.meeting_id)

    assert await database.fetch_value("SELECT count(*) FROM meetings_minutes") == 0


async def test_an_edit_stands_beside_what_the_log_said(db):
    room, minutes_id = await a_draft()
    line = (await queries.lines(minutes_id, Page(5, None))).rows[1]

    await minutes.edit_line(
        room.chair,
        room.meeting_id,
        line["id"],
        text="居民0就迁址提出主动议。",
        reason="录音核对",
        expected_version=1,
    )
    kept = await queries.kept(minutes_id)

    assert kept is not None
    told = documents.to_text(minutes_page.document(kept.paper))
    shown = next(each for each in kept.paper.lines if each.edited is not None)
    assert (shown.text, shown.drafted) == ("居民0就迁址提出主动议。", line["drafted"])
    assert f"〔已修改，理由：录音核对；会议记录原文：{line['drafted']}〕" in told
    assert kept.paper.version == 2


async def test_what_the_log_wrote_cannot_be_changed_or_taken_out(db):
    room, minutes_id = await a_draft()
    line = (await queries.lines(minutes_id, Page(1, None))).rows[0]
    before = await stored()

    with pytest.raises(NotFound):
        await minutes.remove_remark(room.chair, room.meeting_id, line["id"], expected_version=1)
    for sql in (
        "UPDATE meetings_minutes_line SET drafted = '别的' WHERE id = $1",
        "UPDATE meetings_minutes_line SET covers = '{}' WHERE id = $1",
        "DELETE FROM meetings_minutes_line WHERE id = $1",
    ):
        with pytest.raises(CheckViolationError):
            await database.execute(sql, line["id"])

    assert await stored() == before


async def test_an_edit_of_a_version_that_is_not_the_last_is_refused(db):
    room, minutes_id = await a_draft()
    line = (await queries.lines(minutes_id, Page(1, None))).rows[0]
    edit = {"text": "改动", "reason": "校对", "expected_version": 1}
    await minutes.edit_line(room.chair, room.meeting_id, line["id"], **edit)
    before = await stored()

    with pytest.raises(VersionConflict):
        await minutes.edit_line(room.organiser, room.meeting_id, line["id"], **edit)
    with pytest.raises(VersionConflict):
        await minutes_after.confirm(room.organiser, room.meeting_id, expected_version=1)

    assert await stored() == before


async def test_a_remark_stands_in_its_own_block_and_comes_out_again(db):
    room, minutes_id = await a_draft()

    remark = await minutes.add_remark(
        room.organiser, room.meeting_id, text="会后物业来电补充。", after_seq=5, expected_version=1
    )
    with_it = await queries.kept(minutes_id)
    await minutes.remove_remark(room.organiser, room.meeting_id, remark, expected_version=2)
    without = await queries.kept(minutes_id)

    assert with_it is not None
    assert without is not None
    assert "〔记录人补记〕会后物业来电补充。 [5]" in documents.to_text(
        minutes_page.document(with_it.paper)
    )
    assert [each.drafted for each in without.paper.lines if each.origin is LineOrigin.REMARK] == []


async def test_minutes_hold_no_personal_numbers(db):
    room, _ = await a_draft()
    before = await stored()

    with pytest.raises(NumbersInText):
        await minutes.add_remark(
            room.chair, room.meeting_id, text="电话13800138000", after_seq=1, expected_version=1
        )

    assert await stored() == before


async def test_a_member_confirms_nothing_where_the_rules_name_the_offices(db):
    room, minutes_id = await a_draft()

    with pytest.raises(NotToBeSigned):
        await minutes_after.confirm(room.members[0], room.meeting_id, expected_version=1)

    assert await queries.signatures_by_minutes(SYSTEM, [minutes_id]) == [[]]


async def test_minutes_close_once_chair_and_secretary_have_confirmed_this_version(db):
    room, minutes_id = await a_draft()
    await minutes_after.confirm(room.chair, room.meeting_id, expected_version=1)
    await minutes.add_remark(
        room.organiser, room.meeting_id, text="补充一句。", after_seq=1, expected_version=1
    )

    await minutes_after.confirm(room.organiser, room.meeting_id, expected_version=2)
    halfway = await state_of(room)
    await minutes_after.confirm(room.chair, room.meeting_id, expected_version=2)

    assert halfway is MeetingState.MINUTES_DRAFT
    assert await state_of(room) is MeetingState.MINUTES_CONFIRMED
    with pytest.raises(MinutesClosed):
        await minutes.add_remark(
            room.chair, room.meeting_id, text="再补。", after_seq=1, expected_version=2
        )
    (signed,) = await queries.signatures_by_minutes(SYSTEM, [minutes_id])
    assert [row["role"] for row in signed] == ["secretary", "chair"]


async def test_representatives_confirm_by_more_than_half_of_those_present(db):
    room = await factories.a_room(members=3, form=MeetingForm.RESIDENTS_REPRESENTATIVES)
    await sessions.close_item(room.chair, room.meeting_id, outcome=AgendaItemState.CONCLUDED)
    await sessions.adjourn(room.chair, room.meeting_id)
    await minutes.draft(room.chair, room.meeting_id)
    await confirmed_by_all(room)
    offices_only = await state_of(room)

    await minutes_after.confirm(room.members[0], room.meeting_id, expected_version=1)
    two_of_four = await state_of(room)
    await minutes_after.confirm(room.members[1], room.meeting_id, expected_version=1)

    assert (offices_only, two_of_four) == (MeetingState.MINUTES_DRAFT,) * 2
    assert await state_of(room) is MeetingState.MINUTES_CONFIRMED


async def test_an_objection_that_is_upheld_opens_the_draft_again(db):
    room, minutes_id = await a_draft()
    await confirmed_by_all(room)
    objection = await minutes_after.file_objection(
        room.members[0], room.meeting_id, text="我发言的时间记错了。"
    )

    await minutes_after.decide_objection(room.organiser, objection, upheld=True, answer="更正。")

    assert await state_of(room) is MeetingState.MINUTES_DRAFT
    (row,) = await queries.minutes_by_id(SYSTEM, [minutes_id])
    assert row is not None
    assert (row["version"], row["confirmed_at"]) == (2, None)


async def test_objections_are_for_who_was_there_once_and_in_time(db, moved_clock):
    room, _ = await a_draft()
    absent = await town.a_resident(room.community, name="未到会者")
    await factories.an_invitation(room.meeting_id, absent)
    with pytest.raises(MinutesNotConfirmed):
        await minutes_after.file_objection(room.members[0], room.meeting_id, text="过早的异议")
    await confirmed_by_all(room)
    await minutes_after.file_objection(room.members[0], room.meeting_id, text="时间有误。")

    with pytest.raises(NotPresent):
        await minutes_after.file_objection(absent, room.meeting_id, text="我没来。")
    with pytest.raises(MinutesObjectionFiled):
        await minutes_after.file_objection(room.members[0], room.meeting_id, text="再说一次。")
    await moved_clock.advance(timedelta(days=10))
    with pytest.raises(MinutesObjectionsOver):
        await minutes_after.file_objection(room.members[1], room.meeting_id, text="迟到的异议")

    assert await database.fetch_value("SELECT count(*) FROM meetings_minutes_objection") == 1


async def test_nobody_decides_an_objection_of_their_own(db):
    room, _ = await a_draft()
    await confirmed_by_all(room)
    objection = await minutes_after.file_objection(room.chair, room.meeting_id, text="记错了。")

    with pytest.raises(OwnMinutesObjection):
        await minutes_after.decide_objection(room.chair, objection, upheld=True, answer="同意。")

    assert await database.fetch_value("SELECT state FROM meetings_minutes_objection") == "filed"


async def test_minutes_wait_for_the_objections_and_are_disclosed_once(db, moved_clock):
    room, _ = await a_draft()
    await disclosure_presets.sync_presets()
    await confirmed_by_all(room)
    objection = await minutes_after.file_objection(room.members[0], room.meeting_id, text="有误。")
    with pytest.raises(MinutesObjectionsOpen):
        await minutes_after.publish(room.organiser, room.meeting_id)
    await moved_clock.advance(timedelta(days=10))
    waiting = await meetings_jobs.publish_due_minutes()
    await minutes_after.decide_objection(
        room.organiser, objection, upheld=False, answer="录音为证。"
    )

    published = await meetings_jobs.publish_due_minutes()
    await outbox.relay()
    await minutes_after.publish(room.organiser, room.meeting_id)
    await outbox.relay()

    assert (waiting, published) == (0, 1)
    assert await state_of(room) is MeetingState.PUBLISHED
    rows = await database.fetch(
        "SELECT v.title, v.body_text, d.kind, d.affair FROM disclosure_disclosure d"
        " JOIN disclosure_version v ON v.disclosure_id = d.id"
    )
    assert [(row["title"], row["kind"], row["affair"]) for row in rows] == [
        ("广场舞噪音协商会 会议纪要", "structured", "residents")
    ]
    assert "刘主持" in rows[0]["body_text"]
    assert "居民0" not in rows[0]["body_text"]


async def test_published_minutes_stand(db, moved_clock):
    room, minutes_id = await a_draft()
    await confirmed_by_all(room)
    await moved_clock.advance(timedelta(days=10))
    await minutes_after.publish(room.organiser, room.meeting_id)

    with pytest.raises(CheckViolationError):
        await database.execute(
            "UPDATE meetings_minutes SET version = version + 1 WHERE id = $1", minutes_id
        )
    with pytest.raises(MinutesObjectionsOver):
        await minutes_after.file_objection(room.members[0], room.meeting_id, text="太晚了。")


async def test_a_draft_is_for_who_takes_part_and_what_is_public_has_public_names(db, moved_clock):
    room, _ = await a_draft()
    neighbour = await town.a_resident(room.community, name="邻居")
    stranger = await town.a_resident(await town.a_community(), name="外人")

    async def seen() -> list[str]:
        texts = []
        for each in (room.members[0], neighbour, stranger):
            file = await minutes_after.minutes_file(each, room.meeting_id, MinutesFormat.TEXT)
            texts.append(await read(file) if file else "")
        return texts

    drafts = await seen()
    await confirmed_by_all(room)
    await moved_clock.advance(timedelta(days=10))
    await minutes_after.publish(room.organiser, room.meeting_id)
    published = await seen()

    assert ["居民0" in each for each in drafts] == [True, False, False]
    assert drafts[1:] == ["", ""]
    assert ["居民0" in each for each in published] == [True, False, False]
    assert ["居*发言（赞成）" in each for each in published] == [False, True, False]


async def read(file: MinutesFile) -> str:
    """What an address fetches."""
    _, chunks = await uploads.open_address(file.address.removeprefix("/uploads/"))
    return b"".join([each async for each in chunks]).decode()


async def test_the_files_are_the_same_bytes_each_time(db):
    room, _ = await a_draft()

    files = [
        await minutes_after.minutes_file(room.chair, room.meeting_id, kind)
        for kind in (MinutesFormat.PDF, MinutesFormat.TEXT) * 2
    ]

    hashes = [each.sha256 for each in files if each is not None]
    assert hashes[:2] == hashes[2:]
    _, chunks = await uploads.open_address(files[0].address.removeprefix("/uploads/"))
    pdf = PdfReader(BytesIO(b"".join([each async for each in chunks])))
    assert "就主动议" in "".join(page.extract_text() for page in pdf.pages)


async def test_a_resolution_made_after_the_draft_stands_in_the_minutes(db):
    room, minutes_id = await a_draft()
    motion = await Motion.get(meeting_id=room.meeting_id, kind="main")
    await resolutions.adopt_resolution(
        room.organiser,
        (ResolutionSource.MOTION, motion.id),
        ResolutionDraft(
            title="迁往九龙湖公园",
            text="联系公园管理处,划定场地。",
            handler_kind=HandlerKind.PERSON,
            handler_id=room.organiser.person_id,
            due_on=await clock.today() + timedelta(days=30),
        ),
        idempotency_key=uuid4(),
    )

    await confirmed_by_all(room)
    kept = await queries.kept(minutes_id)

    assert kept is not None
    (line,) = [each for each in kept.paper.lines if each.origin is LineOrigin.RESOLUTION]
    assert line.text.startswith("迁往九龙湖公园：联系公园管理处,划定场地。")
    assert line.seq == motion.settled_number


async def test_a_community_whose_minutes_hold_a_number_discloses_them_without_it(db):
    assert impersonal("联系13800138000或王主任") == "联系****或王主任"
    assert impersonal("没有号码") == "没有号码"
