"""Resolutions, followed until a resident says that they were kept, on the database."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from domains.kernel import clock, database
from domains.kernel.actor import SYSTEM
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.meetings.errors import (
    BallotOrdered,
    DeadlineUnfit,
    EvaluationGiven,
    EvaluationOwn,
    HandlerUnfit,
    MotionNotCarried,
    PictureUnfit,
    ResolutionNotReady,
)
from domains.meetings.models import Resolution
from domains.meetings.service import issue_tables, overdue, resolutions
from domains.meetings.service.resolutions import Progress, ResolutionDraft
from domains.meetings.values.issues import HandlerKind, IssueCategory, RiskLevel, Satisfaction
from domains.meetings.values.resolutions import ResolutionSource, ResolutionState
from tests.meetings.factories import a_body, a_room
from tests.meetings.matters import (
    Place,
    a_heard_issue,
    a_place,
    an_assessed_issue,
    an_upload,
    events,
    history,
)

ITEM = ResolutionSource.AGENDA_ITEM
MOTION = ResolutionSource.MOTION


async def a_draft(place: Place, *, days: int = 30) -> ResolutionDraft:
    return ResolutionDraft(
        "舞队迁往九龙湖公园",
        "由综合行政执法中队协调公园管理处开放北门广场。",
        HandlerKind.ORGANISATION,
        place.department.id,
        await clock.today() + timedelta(days=days),
    )


async def a_resolution(place: Place) -> UUID:
    """A resolution of an issue that a meeting dealt with, for the department to follow."""
    _, item_id = await a_heard_issue(place)
    resolution_id, _ = await resolutions.adopt_resolution(
        place.committee, (ITEM, item_id), await a_draft(place), idempotency_key=uuid4()
    )
    return resolution_id


async def progress(place: Place, resolution_id: UUID, percent: int = 40, evidence=()):
    await resolutions.report_progress(
        place.department_head,
        resolution_id,
        Progress("已与公园管理处协商", percent, tuple(evidence)),
        idempotency_key=uuid4(),
    )


async def done(place: Place, resolution_id: UUID) -> None:
    await resolutions.report_done(
        place.department_head,
        resolution_id,
        Progress("舞队已迁入公园", 100),
        idempotency_key=uuid4(),
    )


async def say(actor, resolution_id: UUID, *, kept: bool) -> bool:
    given = Satisfaction.SATISFIED if kept else Satisfaction.UNSATISFIED
    return await resolutions.evaluate_resolution(
        actor, resolution_id, kept=kept, satisfaction=given, text="去现场看过"
    )


async def the(resolution_id: UUID) -> Resolution:
    return await Resolution.get(id=resolution_id)


async def a_motion(room, state: str) -> UUID:
    """A main motion of the room's item, settled in a state."""
    motion_id = uuid4()
    await database.execute(
        """
        INSERT INTO meetings_motion (id, meeting_id, item_id, kind, state, number, depth,
            proposer_id, title, text, moved_text, proposed_at, stated_at, settled_at,
            settled_number)
        VALUES ($1, $2, $3, 'main', $4, 1, 0, $5, '迁往公园', '舞队迁往公园', '舞队迁往公园',
                kernel_now(), kernel_now(), kernel_now(), 2)
        """,
        *(motion_id, room.meeting_id, room.item_id, state, room.members[0].person_id),
    )
    return motion_id


async def test_a_resolution_is_followed_until_a_resident_says_it_was_kept(db):
    place = await a_place()
    resolution_id = await a_resolution(place)
    proof = await an_upload(place.department_head, media_type="application/pdf")

    await progress(place, resolution_id, evidence=[proof])
    await done(place, resolution_id)
    settled = await say(place.lin, resolution_id, kept=True)

    resolution = await the(resolution_id)
    assert (settled, resolution.state) == (True, ResolutionState.KEPT)
    assert resolution.ended_at is not None
    assert await history(resolution_id, "resolution") == [
        "adopted",
        "progressed",
        "done_reported",
        "kept",
    ]
    rows = await database.fetch("SELECT seq, upload_id FROM meetings_progress_evidence")
    assert [tuple(row.values()) for row in rows] == [(1, proof)]


async def test_whoever_raised_the_issue_is_told_of_every_step_of_its_resolution(db):
    place = await a_place()
    resolution_id = await a_resolution(place)

    await progress(place, resolution_id)
    await done(place, resolution_id)

    issue_id = (await the(resolution_id)).issue_id
    assert (await history(issue_id))[-3:] == ["adopted", "progressed", "done_reported"]
    assert await events("ResolutionAdopted", "ResolutionMoved") == [
        "ResolutionAdopted",
        "ResolutionMoved",
        "ResolutionMoved",
    ]


async def test_what_was_not_kept_goes_back_to_work_under_the_same_day(db):
    place = await a_place()
    resolution_id = await a_resolution(place)
    due_on = (await the(resolution_id)).due_on
    await done(place, resolution_id)

    await say(place.lin, resolution_id, kept=False)
    again = await the(resolution_id)
    await done(place, resolution_id)
    await say(place.lin, resolution_id, kept=True)

    assert (again.state, again.round, again.due_on) == (ResolutionState.IN_PROGRESS, 2, due_on)
    assert (await the(resolution_id)).state is ResolutionState.KEPT


async def test_others_are_heard_once_whoever_raised_it_let_their_time_go_by(moved_clock):
    place = await a_place()
    resolution_id = await a_resolution(place)
    await done(place, resolution_id)

    settled = await say(place.residents[1], resolution_id, kept=False)
    with pytest.raises(EvaluationGiven):
        await say(place.residents[1], resolution_id, kept=True)
    before = await resolutions.settle_due_resolution(SYSTEM)
    await moved_clock.set((await the(resolution_id)).evaluation_until)
    after = await resolutions.settle_due_resolution(SYSTEM)

    assert (settled, before, after) == (False, None, resolution_id)
    assert (await the(resolution_id)).state is ResolutionState.IN_PROGRESS
    assert await resolutions.settle_due_resolution(SYSTEM) is None


async def test_nobody_evaluates_what_was_theirs_to_do(db):
    place = await a_place()
    _, item_id = await a_heard_issue(place)
    draft = await a_draft(place)
    own = ResolutionDraft(
        draft.title, draft.text, HandlerKind.PERSON, place.lin.person_id, draft.due_on
    )
    resolution_id, _ = await resolutions.adopt_resolution(
        place.committee, (ITEM, item_id), own, idempotency_key=uuid4()
    )
    await resolutions.report_done(
        place.lin, resolution_id, Progress("已办结", 100), idempotency_key=uuid4()
    )

    with pytest.raises(EvaluationOwn):
        await say(place.lin, resolution_id, kept=True)

    assert (await the(resolution_id)).state is ResolutionState.DONE_REPORTED


async def test_nothing_is_evaluated_before_it_was_reported_done(db):
    place = await a_place()
    resolution_id = await a_resolution(place)

    with pytest.raises(ResolutionNotReady):
        await say(place.lin, resolution_id, kept=True)
    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute(
            "UPDATE meetings_resolution SET state = 'kept', done_at = kernel_now(),"
            " ended_at = kernel_now()"
        )

    assert (await the(resolution_id)).state is ResolutionState.ADOPTED


async def test_only_whom_it_was_given_to_and_the_committee_report(db):
    place, other = await a_place(), await a_place()
    resolution_id = await a_resolution(place)
    said = Progress("已办结", 100)

    for who, refusal in ((place.lin, Forbidden), (other.department_head, NotFound)):
        with pytest.raises(refusal):
            await resolutions.report_done(who, resolution_id, said, idempotency_key=uuid4())
    await resolutions.report_done(place.committee, resolution_id, said, idempotency_key=uuid4())

    assert (await the(resolution_id)).state is ResolutionState.DONE_REPORTED


async def test_a_report_is_taken_once_with_its_key_and_shows_its_own_files(db):
    place = await a_place()
    resolution_id = await a_resolution(place)
    key, said = uuid4(), Progress("进行中", 10)
    strange = await an_upload(place.lin)

    for _ in range(2):
        await resolutions.report_progress(
            place.department_head, resolution_id, said, idempotency_key=key
        )
    with pytest.raises(PictureUnfit):
        await progress(place, resolution_id, evidence=[strange])
    with pytest.raises(InvalidInput):
        await progress(place, resolution_id, percent=101)

    assert await database.fetch_value("SELECT count(*) FROM meetings_progress") == 1


async def test_what_is_not_done_by_its_day_is_told_once_and_stays_visible(moved_clock):
    place = await a_place()
    resolution_id = await a_resolution(place)
    due_at = (await the(resolution_id)).due_at
    await moved_clock.set(due_at - timedelta(seconds=5))

    early = await overdue.mark_overdue_resolution()
    await moved_clock.set(due_at)
    marked = await overdue.mark_overdue_resolution()
    again = await overdue.mark_overdue_resolution()

    assert (early, marked, again) == (None, resolution_id, None)
    assert await events("ResolutionOverdue") == ["ResolutionOverdue"]
    issue_id = (await the(resolution_id)).issue_id
    assert (await history(issue_id))[-1] == "overdue"
    assert (await the(resolution_id)).overdue_at is not None


async def test_a_carried_motion_leads_to_one_resolution(db):
    place = await a_place()
    room = await a_room(members=2, community=place.community)
    motion_id = await a_motion(room, "carried")
    draft = await a_draft(place)

    told = await asyncio.gather(
        *(
            resolutions.adopt_resolution(
                place.committee, (MOTION, motion_id), draft, idempotency_key=uuid4()
            )
            for _ in range(2)
        ),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in told) == ["MotionNotCarried", "tuple"]
    assert await Resolution.all().count() == 1


async def test_a_lost_motion_leads_to_none(db):
    place, other = await a_place(), await a_place()
    room = await a_room(members=2, community=place.community)
    motion_id = await a_motion(room, "lost")
    draft = await a_draft(place)

    for who, refusal in ((place.committee, MotionNotCarried), (other.committee, NotFound)):
        with pytest.raises(refusal):
            await resolutions.adopt_resolution(
                who, (MOTION, motion_id), draft, idempotency_key=uuid4()
            )
    with pytest.raises(MotionNotCarried):
        await resolutions.adopt_resolution(
            place.committee, (ITEM, room.item_id), draft, idempotency_key=uuid4()
        )

    assert await Resolution.all().count() == 0


async def test_what_the_law_puts_to_the_ballot_is_not_ordered_at_a_table(db):
    place = await a_place()
    issue_id, item_id = await a_heard_issue(place, category=IssueCategory.LIFT_RETROFIT)
    draft = await a_draft(place)

    with pytest.raises(BallotOrdered):
        await resolutions.adopt_resolution(
            place.committee, (ITEM, item_id), draft, idempotency_key=uuid4()
        )
    await database.execute(
        "UPDATE meetings_issue SET ballot_decided_at = kernel_now() WHERE id = $1", issue_id
    )
    await resolutions.adopt_resolution(
        place.committee, (ITEM, item_id), draft, idempotency_key=uuid4()
    )

    assert await Resolution.all().count() == 1


async def test_a_resolution_needs_a_meeting_a_fit_handler_and_a_day_ahead(db):
    place, other = await a_place(), await a_place()
    waiting = await an_assessed_issue(place, level=RiskLevel.HIGH)
    body = await a_body(place.community)
    unheard = await issue_tables.schedule_issue(place.committee, waiting, body_id=body.id)
    _, item_id = await a_heard_issue(place)
    late, strange = await a_draft(place, days=-1), await a_draft(other)

    for source, draft, refusal in (
        ((ITEM, unheard), await a_draft(place), NotFound),
        ((ITEM, item_id), late, DeadlineUnfit),
        ((ITEM, item_id), strange, HandlerUnfit),
        ((ITEM, uuid4()), await a_draft(place), NotFound),
    ):
        with pytest.raises(refusal):
            await resolutions.adopt_resolution(
                place.committee, source, draft, idempotency_key=uuid4()
            )

    assert await Resolution.all().count() == 0


async def test_a_resolution_is_set_aside_with_a_reason_and_nothing_follows(db):
    place = await a_place()
    resolution_id = await a_resolution(place)

    with pytest.raises(Forbidden):
        await resolutions.set_aside(place.lin, resolution_id, reason="不想做了")
    await resolutions.set_aside(place.committee, resolution_id, reason="公园已改建")
    with pytest.raises(ResolutionNotReady):
        await progress(place, resolution_id)

    resolution = await the(resolution_id)
    assert (resolution.state, resolution.reason) == (ResolutionState.SET_ASIDE, "公园已改建")


async def test_two_who_evaluate_at_once_settle_it_once(db):
    place = await a_place()
    resolution_id = await a_resolution(place)
    await database.execute("UPDATE meetings_resolution SET proposer_id = NULL")
    await done(place, resolution_id)

    told = await asyncio.gather(
        say(place.residents[1], resolution_id, kept=True),
        say(place.residents[2], resolution_id, kept=True),
        return_exceptions=True,
    )

    assert [each for each in told if each is True] == [True]
    assert [type(each) for each in told if each is not True] == [ResolutionNotReady]
