"""Resolutions: who does what by when, followed until a resident says that it was kept."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from tortoise.exceptions import IntegrityError

from domains.kernel import audit, calendar, clock, database, idempotency, outbox, rulesets
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import DomainError, InvalidInput, NotFound
from domains.kernel.rules import freeze, thaw
from domains.meetings import policy
from domains.meetings.errors import (
    BallotOrdered,
    DeadlineUnfit,
    EvaluationGiven,
    EvaluationOwn,
    HandlerUnfit,
    MotionNotCarried,
    ResolutionNotReady,
)
from domains.meetings.events.resolutions import ResolutionAdopted, ResolutionMoved
from domains.meetings.models import AgendaItem, Issue, Meeting, Resolution
from domains.meetings.policy.issues import IssuePlace, handles
from domains.meetings.queries import handlers
from domains.meetings.rules import periods
from domains.meetings.rules import resolutions as rules
from domains.meetings.rules.issues import IssueProcedure
from domains.meetings.service import history, issue_holding, issue_rules, writing
from domains.meetings.values import AgendaItemState
from domains.meetings.values.issues import HandlerKind, HistoryKind, Satisfaction
from domains.meetings.values.resolutions import (
    RESOLUTION_ENDS,
    ResolutionAct,
    ResolutionSource,
    ResolutionState,
)

_MOTION = "SELECT item_id, state FROM meetings_motion WHERE id = $1"
_PROGRESS = """
INSERT INTO meetings_progress (resolution_id, seq, at, by_id, text, percent, done)
VALUES ($1, $2, kernel_now(), $3, $4, $5, $6)
"""
_EVIDENCE = """
INSERT INTO meetings_progress_evidence (resolution_id, seq, position, upload_id)
VALUES ($1, $2, $3, $4)
"""
_EVALUATE = """
INSERT INTO meetings_resolution_evaluation
    (resolution_id, round, person_id, kept, satisfaction, text, at, decided)
VALUES ($1, $2, $3, $4, $5, $6, kernel_now(), $7) ON CONFLICT DO NOTHING
"""
_REPORTERS = "SELECT by_id FROM meetings_progress WHERE resolution_id = $1 AND by_id IS NOT NULL"
_UNSETTLED = """
SELECT id FROM meetings_resolution r
WHERE state = 'done_reported' AND evaluation_until <= kernel_now() AND EXISTS (
    SELECT FROM meetings_resolution_evaluation e
    WHERE e.resolution_id = r.id AND e.round = r.round)
ORDER BY evaluation_until LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_SAID = """
SELECT count(*) FILTER (WHERE kept) AS kept, count(*) FILTER (WHERE NOT kept) AS missed
FROM meetings_resolution_evaluation WHERE resolution_id = $1 AND round = $2
"""
# A meeting that voted on an item ordered only what it carried.
_VOTED_DOWN = """
SELECT count(*) > 0 AND NOT bool_or(state = 'carried') FROM meetings_motion
WHERE item_id = $1 AND kind = 'main' AND state IN ('carried', 'lost', 'tabled')
"""
_AT_RESOLUTION = ("input", "resolutionId")
_AT_SOURCE = ("input", "sourceId")
_DECIDED = (AgendaItemState.CURRENT, AgendaItemState.CONCLUDED)


@dataclass(frozen=True, slots=True)
class ResolutionDraft:
    """What is to be done, by whom, by which day."""

    title: str
    text: str
    handler_kind: HandlerKind
    handler_id: UUID
    due_on: date


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody has come, with what shows it."""

    text: str
    percent: int
    evidence_ids: tuple[UUID, ...] = ()


async def adopt_resolution(
    actor: Actor,
    source: tuple[ResolutionSource, UUID],
    draft: ResolutionDraft,
    *,
    idempotency_key: UUID,
) -> tuple[UUID, bool]:
    """Write down what a carried motion or a meeting's item orders; its id, and if a replay.

    Raises MotionNotCarried, also for an item on which nothing was carried that was voted on,
    ResolutionNotReady for an item that no meeting has dealt with, BallotOrdered where the law
    asks a ballot, HandlerUnfit, DeadlineUnfit.
    """
    async with transaction():
        item, meeting, carried = await _source(source)
        require(policy.AUTHORITY, "adoptResolution", actor, IssuePlace(meeting.area_path))
        given = {"source": source, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "adoptResolution", given)
        if earlier is not None:
            return UUID(earlier["resolution"]), True
        if not carried:
            raise MotionNotCarried(path=_AT_SOURCE)
        if item.state not in _DECIDED:
            raise ResolutionNotReady(path=_AT_SOURCE)
        issue = await issue_holding.locked(item.issue_id) if item.issue_id else None
        if issue is not None:
            _require_no_ballot(issue)
        resolution = await _write(actor, source, draft, meeting=meeting, issue=issue)
        await idempotency.settle(actor, idempotency_key, {"resolution": str(resolution.id)})
        await _tell(actor, resolution, HistoryKind.ADOPTED, issue=issue)
        await _audited(actor, resolution, "adoptResolution")
        return resolution.id, False


async def _source(source: tuple[ResolutionSource, UUID]) -> tuple[AgendaItem, Meeting, bool]:
    """Return the item and the meeting that a resolution comes of, and whether it decided it."""
    kind, source_id = source
    item_id: UUID | None = source_id
    carried = True
    if kind is ResolutionSource.MOTION:
        motion = await database.fetch_one(_MOTION, source_id)
        item_id = motion["item_id"] if motion else None
        carried = motion is not None and motion["state"] == "carried"
    elif await database.fetch_value(_VOTED_DOWN, source_id):
        carried = False
    item = await AgendaItem.filter(id=item_id).first() if item_id else None
    meeting = await Meeting.filter(id=item.meeting_id).first() if item else None
    if item is None or meeting is None:
        raise NotFound(path=_AT_SOURCE)
    return item, meeting, carried


def _require_no_ballot(issue: Issue) -> None:
    """Refuse to order at a table what the law puts to a ballot that has not decided."""
    procedure = issue_holding.procedure_of(issue)
    if issue.category in procedure.ballots and issue.ballot_decided_at is None:
        raise BallotOrdered(path=_AT_SOURCE)


async def _write(
    actor: Actor,
    source: tuple[ResolutionSource, UUID],
    draft: ResolutionDraft,
    *,
    meeting: Meeting,
    issue: Issue | None,
) -> Resolution:
    path = meeting.area_path
    if not await handlers.is_fit(draft.handler_kind, draft.handler_id, area_path=path):
        raise HandlerUnfit(path=("input", "handler"))
    now = await clock.now()
    today = calendar.day_of(now)
    if not today <= draft.due_on <= today + timedelta(days=3660):
        raise DeadlineUnfit(path=("input", "dueOn"))
    rule_set = await rulesets.in_force(issue_rules.CODE, on=today, community=meeting.community_id)
    title = writing.text(draft.title, path=("input", "title"), longest=120)
    text = writing.text(draft.text, path=("input", "text"), longest=4000)
    try:
        resolution = await Resolution.create(
            id=database.new_id(),
            area_id=meeting.area_id,
            area_path=path,
            community_id=meeting.community_id,
            meeting_id=meeting.id,
            source_kind=source[0],
            source_id=source[1],
            issue_id=issue.id if issue else None,
            proposer_id=issue.proposer_id if issue else None,
            title=title,
            text=text,
            handler_kind=draft.handler_kind,
            handler_id=draft.handler_id,
            state=ResolutionState.ADOPTED,
            due_on=draft.due_on,
            due_at=calendar.start_of(draft.due_on + timedelta(days=1)),
            frozen_rules=freeze(rule_set),
            author_id=actor.person_id,
            adopted_at=now,
        )
    except IntegrityError as error:
        if database.broken_constraint(error) != "meetings_resolution_motion":
            raise
        raise MotionNotCarried(path=_AT_SOURCE) from None
    await outbox.record(
        ResolutionAdopted(
            resolution.id,
            path,
            resolution.handler_kind,
            resolution.handler_id,
            resolution.due_at,
            resolution.issue_id,
            resolution.proposer_id,
        )
    )
    return resolution


async def hold(actor: Actor, resolution_id: UUID, action: str) -> Resolution:
    """Lock a resolution for a command that the table allows; raises NotFound, Forbidden."""
    resolution = await Resolution.filter(id=resolution_id).select_for_update().first()
    if resolution is None:
        raise NotFound(path=_AT_RESOLUTION)
    require(policy.AUTHORITY, action, actor, await _place(actor, resolution))
    return resolution


async def _place(actor: Actor, resolution: Resolution) -> IssuePlace:
    return IssuePlace(
        area_path=resolution.area_path,
        proposer_id=resolution.proposer_id,
        handlers=frozenset({resolution.handler_id}),
        seats=await handlers.bodies_led_by(actor.person_id),
    )


async def report_progress(
    actor: Actor, resolution_id: UUID, progress: Progress, *, idempotency_key: UUID
) -> bool:
    """Tell how far a resolution has come, with what shows it; returns whether a replay."""
    return await _report(actor, resolution_id, progress, done=False, key=idempotency_key)


async def report_done(
    actor: Actor, resolution_id: UUID, progress: Progress, *, idempotency_key: UUID
) -> bool:
    """Tell that a resolution was carried out: residents now say whether it was kept."""
    return await _report(actor, resolution_id, progress, done=True, key=idempotency_key)


async def _report(
    actor: Actor, resolution_id: UUID, progress: Progress, *, done: bool, key: UUID
) -> bool:
    command = "reportResolutionDone" if done else "reportProgress"
    async with transaction():
        resolution = await hold(actor, resolution_id, command)
        given = {"resolution": resolution_id, **asdict(progress)}
        if await idempotency.claim(actor, key, command, given) is not None:
            return True
        percent = 100 if done else progress.percent
        if not 0 <= percent <= 100:
            raise InvalidInput(
                path=("input", "percent"), zh="进度须为 0 至 100。", en="it lies from 0 to 100."
            )
        act = ResolutionAct.REPORT_DONE if done else ResolutionAct.PROGRESS
        said = await _add_progress(actor, resolution, progress, percent=percent, done=done)
        resolution.percent = percent
        if done:
            now = await clock.now()
            lasts = IssueProcedure.of(thaw(resolution.frozen_rules)).evaluation
            resolution.done_at, resolution.evaluation_until = now, periods.due(now, lasts)
        await _move(actor, resolution, act, note=said[:500])
        await idempotency.settle(actor, key, {"resolution": str(resolution.id)})
        await _audited(actor, resolution, command)
        return False


async def _add_progress(
    actor: Actor, resolution: Resolution, progress: Progress, *, percent: int, done: bool
) -> str:
    said = writing.text(progress.text, path=("input", "text"), longest=2000)
    at_evidence = ("input", "evidenceIds")
    await writing.require_files(actor, progress.evidence_ids, path=at_evidence, pictures=False)
    _require_open(resolution)
    resolution.progress_seq += 1
    seq = resolution.progress_seq
    await database.execute(_PROGRESS, resolution.id, seq, actor.person_id, said, percent, done)
    await database.execute_many(_EVIDENCE, _places(resolution.id, seq, progress.evidence_ids))
    return said


def _require_open(resolution: Resolution) -> None:
    if resolution.state in RESOLUTION_ENDS | {ResolutionState.DONE_REPORTED}:
        raise ResolutionNotReady(path=_AT_RESOLUTION)


def _places(
    resolution_id: UUID, seq: int, upload_ids: Sequence[UUID]
) -> list[tuple[UUID, int, int, UUID]]:
    return [
        (resolution_id, seq, position, each) for position, each in enumerate(upload_ids, start=1)
    ]


async def evaluate_resolution(
    actor: Actor, resolution_id: UUID, *, kept: bool, satisfaction: Satisfaction, text: str = ""
) -> bool:
    """Say, after a visit, whether a resolution was kept; returns whether that settled it.

    Whoever raised the matter speaks first; others are heard once they let their time go by.
    Not kept leads back to work, under the day that stood. Raises EvaluationOwn for who had to
    do it, EvaluationGiven, ResolutionNotReady before it was reported done.
    """
    async with transaction():
        resolution = await hold(actor, resolution_id, "evaluateResolution")
        if resolution.state is not ResolutionState.DONE_REPORTED:
            raise ResolutionNotReady(path=_AT_RESOLUTION)
        await _require_unconcerned(actor, resolution)
        assert actor.person_id is not None, "who evaluates is known by name"
        until = resolution.evaluation_until
        decides = rules.decides(
            actor.person_id,
            proposer=resolution.proposer_id,
            proposer_had_time=until is not None and until <= await clock.now(),
        )
        said = writing.optional_text(text, path=("input", "text"), longest=1000)
        if not await database.execute(
            _EVALUATE,
            *(resolution.id, resolution.round, actor.person_id, kept, satisfaction.value),
            *(said, decides),
        ):
            raise EvaluationGiven(path=_AT_RESOLUTION)
        if decides:
            await _settle(actor, resolution, kept=kept, note=said[:500])
        await _audited(actor, resolution, "evaluateResolution", decided=decides)
        return decides


async def _require_unconcerned(actor: Actor, resolution: Resolution) -> None:
    reporters = {row["by_id"] for row in await database.fetch(_REPORTERS, resolution.id)}
    concerned = handles(actor, await _place(actor, resolution))
    if concerned or actor.person_id in reporters:
        raise EvaluationOwn(path=_AT_RESOLUTION)


async def _settle(actor: Actor, resolution: Resolution, *, kept: bool, note: str = "") -> None:
    act = ResolutionAct.FIND_KEPT if kept else ResolutionAct.FIND_NOT_KEPT
    if kept:
        await _move(actor, resolution, act, note=note)
        return
    resolution.round += 1
    resolution.overdue_at = resolution.evaluation_until = resolution.done_at = None
    await _move(actor, resolution, act, note=note)


async def settle_due_resolution(actor: Actor) -> UUID | None:
    """Settle one resolution on which its proposer let their time go by and others spoke."""
    async with transaction():
        resolution_id: UUID | None = await database.fetch_value(_UNSETTLED)
        if resolution_id is None:
            return None
        resolution = await Resolution.filter(id=resolution_id).select_for_update().get()
        row = await database.fetch_one(_SAID, resolution_id, resolution.round)
        assert row is not None, "an aggregate is one row"
        await _settle(actor, resolution, kept=row["kept"] > row["missed"])
        return resolution_id


async def set_aside(actor: Actor, resolution_id: UUID, *, reason: str) -> None:
    """End a resolution that cannot be followed any more, for a reason that all can read."""
    async with transaction():
        resolution = await hold(actor, resolution_id, "setAsideResolution")
        resolution.reason = writing.text(reason, path=("input", "reason"), longest=500)
        await _move(actor, resolution, ResolutionAct.SET_ASIDE, note=resolution.reason)
        await _audited(actor, resolution, "setAsideResolution")


async def _move(actor: Actor, resolution: Resolution, act: ResolutionAct, *, note: str) -> None:
    try:
        found = rules.require(act, resolution.state)
    except DomainError as refusal:
        refusal.path = _AT_RESOLUTION
        raise
    resolution.state = found.ends
    if found.ends in RESOLUTION_ENDS:
        resolution.ended_at = await clock.now()
    await outbox.record(
        ResolutionMoved(
            resolution.id,
            resolution.area_path,
            resolution.state,
            resolution.issue_id,
            resolution.proposer_id,
        )
    )
    issue_id = resolution.issue_id
    issue = await issue_holding.locked(issue_id) if issue_id else None
    await _tell(actor, resolution, found.kind, note=note, issue=issue)


async def _tell(
    actor: Actor,
    resolution: Resolution,
    kind: HistoryKind,
    *,
    issue: Issue | None,
    note: str = "",
) -> None:
    """Add a line to the history, and to that of the issue it came of: its proposer is told."""
    await history.add(resolution, kind, actor=actor, note=note)
    await resolution.save()
    if issue is not None:
        about = ("resolution", resolution.id)
        await issue_holding.tell(actor, issue, kind, note=note, about=about)


async def _audited(
    actor: Actor, resolution: Resolution, command: str, **details: str | bool
) -> None:
    await audit.record(
        actor,
        command=command,
        chain=resolution.community_id,
        subject=("resolution", resolution.id),
        details={"state": resolution.state.value, **details},
    )
