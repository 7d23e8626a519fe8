"""Keeping order in discussions: reports, hiding with a reason, and an appeal that another judges.

Nothing is taken away: a hidden text stands as hidden with its reason, its author and those
who keep order still read it, and an appeal is decided by somebody who neither hid nor wrote it.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from domains.kernel import audit, clock, database, outbox, settings
from domains.kernel.actor import Actor
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.meetings.errors import (
    AppealNotOpen,
    AppealUnfit,
    CommentHidden,
    OwnModeration,
    ReportDecided,
    ReportStands,
)
from domains.meetings.events.discussion import (
    CommentChanged,
    HidingAppealed,
    HidingDecided,
    ReportsDecided,
    StatementsChanged,
    TextHidden,
    TextReported,
)
from domains.meetings.models import Comment, Statement
from domains.meetings.queries.subjects import Subject
from domains.meetings.service import comments, statements, writing
from domains.meetings.values.discussion import (
    HidingState,
    ReportGround,
    ReportState,
    SubjectKind,
)

_REPORT = """
INSERT INTO meetings_report
    (id, text_kind, text_id, area_path, reporter_id, ground, note, state, reported_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', kernel_now())
ON CONFLICT (text_kind, text_id, reporter_id) DO NOTHING
"""
_DECIDE_REPORTS = """
UPDATE meetings_report
SET state = $3, reason = $4, decided_by_id = $5, decided_at = kernel_now()
WHERE text_kind = $1 AND text_id = $2 AND state = 'open'
"""
_HIDE = """
INSERT INTO meetings_hiding (id, text_kind, text_id, subject_kind, subject_id, area_path,
    author_id, hidden_by_id, hidden_at, reason, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, kernel_now(), $9, 'stands')
"""
_HIDING = "SELECT * FROM meetings_hiding WHERE id = $1 FOR UPDATE"
_APPEAL = """
UPDATE meetings_hiding SET state = 'appealed', appeal = $2, appealed_at = kernel_now()
WHERE id = $1
"""
_DECIDE_APPEAL = """
UPDATE meetings_hiding
SET state = $2, decision = $3, decided_by_id = $4, decided_at = kernel_now() WHERE id = $1
"""
_AT_HIDING = ("input", "hidingId")
_AT_REASON = ("input", "reason")


class TextKind(StrEnum):
    """What is reported or hidden."""

    COMMENT = "comment"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class _Text:
    """A comment or statement, held for a command."""

    kind: TextKind
    row: Comment | Statement

    @property
    def at(self) -> tuple[str, ...]:
        return ("input", f"{self.kind.value}Id")

    @property
    def gone(self) -> bool:
        withdrawn = self.row.withdrawn_at if isinstance(self.row, Comment) else None
        return self.row.hidden_at is not None or withdrawn is not None


def _named(verb: str, kind: TextKind) -> str:
    return f"{verb}{kind.value.capitalize()}"


async def _hold(actor: Actor, kind: TextKind, text_id: UUID, command: str) -> _Text:
    if kind is TextKind.COMMENT:
        return _Text(kind, await comments.hold_comment(actor, text_id, command))
    return _Text(kind, await statements.hold_statement(actor, text_id, command))


async def report(
    actor: Actor, kind: TextKind, text_id: UUID, *, ground: ReportGround, note: str = ""
) -> None:
    """Report a text to those who keep order; once a reader.

    Raises ReportStands, OwnModeration for one's own, CommentHidden, TooManyAttempts.
    """
    async with transaction():
        text = await _hold(actor, kind, text_id, _named("report", kind))
        if text.gone:
            raise CommentHidden(path=text.at)
        if text.row.author_id == actor.person_id:
            raise OwnModeration(path=text.at)
        await writing.require_pace(
            actor,
            table="meetings_report",
            who="reporter_id",
            at="reported_at",
            limits=((settings.current().reports_per_hour, timedelta(hours=1)),),
        )
        said = writing.optional_text(note, path=("input", "note"), longest=500)
        if not await database.execute(
            _REPORT,
            *(database.new_id(), kind.value, text_id, text.row.area_path),
            *(actor.person_id, ground.value, said),
        ):
            raise ReportStands(path=text.at)
        await outbox.record(
            TextReported(kind.value, text_id, text.row.subject_id, text.row.area_path)
        )


async def hide(actor: Actor, kind: TextKind, text_id: UUID, *, reason: str) -> UUID:
    """Hide a text for a reason that stands in its place; returns the hiding's id.

    Open reports of it are upheld. Raises CommentHidden, OwnModeration.
    """
    async with transaction():
        text = await _hold(actor, kind, text_id, _named("hide", kind))
        if text.gone:
            raise CommentHidden(path=text.at)
        if text.row.author_id == actor.person_id:
            raise OwnModeration(path=text.at)
        said = writing.text(reason, path=_AT_REASON, longest=500)
        row, hiding_id = text.row, database.new_id()
        await database.execute(
            _HIDE,
            *(hiding_id, kind.value, text_id, row.subject_kind.value, row.subject_id),
            *(row.area_path, row.author_id, actor.person_id, said),
        )
        row.hidden_at = await clock.now()
        await row.save()
        await _decide_reports(actor, text, ReportState.UPHELD, said)
        await outbox.record(
            TextHidden(kind.value, text_id, row.subject_id, hiding_id, row.author_id)
        )
        await _tell_changed(text)
        await _audited(actor, text, _named("hide", kind))
        return hiding_id


async def dismiss_reports(actor: Actor, kind: TextKind, text_id: UUID, *, reason: str) -> None:
    """Leave a reported text where it is, for a reason.

    Raises ReportDecided where no report waits, OwnModeration for one's own text.
    """
    async with transaction():
        text = await _hold(actor, kind, text_id, "dismissReports")
        if text.row.author_id == actor.person_id:
            raise OwnModeration(path=text.at)
        said = writing.text(reason, path=_AT_REASON, longest=500)
        if not await _decide_reports(actor, text, ReportState.DISMISSED, said):
            raise ReportDecided(path=text.at)
        await _audited(actor, text, "dismissReports")


async def _decide_reports(actor: Actor, text: _Text, state: ReportState, reason: str) -> int:
    decided = await database.execute(
        _DECIDE_REPORTS, text.kind.value, text.row.id, state.value, reason, actor.person_id
    )
    if decided:
        upheld = state is ReportState.UPHELD
        await outbox.record(
            ReportsDecided(text.kind.value, text.row.id, text.row.subject_id, upheld)
        )
    return decided


async def appeal_hiding(actor: Actor, hiding_id: UUID, *, text: str) -> None:
    """Ask, as its author, that somebody else look at why a text was hidden; once.

    Raises AppealUnfit where it was appealed before.
    """
    async with transaction():
        row = await _hold_hiding(actor, hiding_id, "appealHiding")
        if row["state"] != HidingState.STANDS:
            raise AppealUnfit(path=_AT_HIDING)
        said = writing.text(text, path=("input", "text"), longest=1000)
        await database.execute(_APPEAL, hiding_id, said)
        await outbox.record(HidingAppealed(hiding_id, row["subject_id"], row["area_path"]))


async def decide_appeal(actor: Actor, hiding_id: UUID, *, lifted: bool, reason: str) -> None:
    """Decide an appeal, as somebody who neither hid nor wrote the text; lifted is shown again.

    Raises AppealNotOpen, OwnModeration.
    """
    async with transaction():
        row = await _hold_hiding(actor, hiding_id, "decideAppeal")
        if row["state"] != HidingState.APPEALED:
            raise AppealNotOpen(path=_AT_HIDING)
        if actor.person_id in {row["hidden_by_id"], row["author_id"]}:
            raise OwnModeration(path=_AT_HIDING)
        said = writing.text(reason, path=_AT_REASON, longest=500)
        state = HidingState.LIFTED if lifted else HidingState.CONFIRMED
        await database.execute(_DECIDE_APPEAL, hiding_id, state.value, said, actor.person_id)
        kind = TextKind(row["text_kind"])
        if lifted:
            await _show(kind, row["text_id"])
        await outbox.record(HidingDecided(hiding_id, row["subject_id"], row["author_id"], lifted))
        text = _Text(kind, await _row(kind, row["text_id"]))
        await _audited(actor, text, "decideAppeal")


async def _hold_hiding(actor: Actor, hiding_id: UUID, command: str) -> Row:
    row = await database.fetch_one(_HIDING, hiding_id)
    if row is None:
        raise NotFound(path=_AT_HIDING)
    subject: Subject = (SubjectKind(row["subject_kind"]), row["subject_id"])
    await comments.hold_talk(actor, subject, command, path=_AT_HIDING, author_id=row["author_id"])
    return row


async def _row(kind: TextKind, text_id: UUID) -> Comment | Statement:
    if kind is TextKind.COMMENT:
        return await Comment.get(id=text_id)
    return await Statement.get(id=text_id)


async def _show(kind: TextKind, text_id: UUID) -> None:
    row = await _row(kind, text_id)
    row.hidden_at = None
    await row.save()
    await _tell_changed(_Text(kind, row))


async def _tell_changed(text: _Text) -> None:
    if isinstance(text.row, Comment):
        row = text.row
        await outbox.record(CommentChanged(row.id, row.subject_kind, row.subject_id, row.area_path))
    else:
        await outbox.record(StatementsChanged(text.row.id, text.row.subject_id, text.row.area_path))


async def _audited(actor: Actor, text: _Text, command: str) -> None:
    await audit.record(
        actor,
        command=command,
        chain=text.row.community_id,
        subject=(text.kind.value, text.row.id),
        details={},
    )
