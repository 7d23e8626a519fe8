"""Talking about a matter before and between meetings: comments, replies, edits, reactions."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from domains.kernel import clock, database, idempotency, outbox, settings
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import NotFound, VersionConflict
from domains.meetings import policy
from domains.meetings.errors import CommentHidden, DiscussionOver
from domains.meetings.events.discussion import CommentChanged, CommentWritten
from domains.meetings.models import Comment
from domains.meetings.policy.discussion import TalkPlace
from domains.meetings.queries import subjects
from domains.meetings.queries.subjects import Subject, Talk
from domains.meetings.service import writing
from domains.meetings.values.discussion import ReactionKind, Side

LONGEST = 2000
_REVISE = """
INSERT INTO meetings_comment_revision (comment_id, version, side, text, written_at)
VALUES ($1, $2, $3, $4, $5)
"""
_REACT = """
INSERT INTO meetings_comment_reaction (comment_id, person_id, kind, at)
VALUES ($1, $2, $3, kernel_now())
ON CONFLICT (comment_id, person_id) DO UPDATE SET kind = EXCLUDED.kind, at = EXCLUDED.at
WHERE meetings_comment_reaction.kind <> EXCLUDED.kind
"""
_UNREACT = "DELETE FROM meetings_comment_reaction WHERE comment_id = $1 AND person_id = $2"
_AT_COMMENT = ("input", "commentId")
_AT_SUBJECT = ("input", "subjectId")


@dataclass(frozen=True, slots=True)
class CommentDraft:
    """A comment as somebody writes it; with a parent it is a reply."""

    text: str
    side: Side = Side.NEUTRAL
    parent_id: UUID | None = None


async def hold_talk(
    actor: Actor,
    subject: Subject,
    command: str,
    *,
    path: tuple[str, ...] = _AT_SUBJECT,
    author_id: UUID | None = None,
) -> Talk:
    """Return a subject that the actor may speak or decide about; raises NotFound, Forbidden."""
    talk = await subjects.talk(actor, subject)
    if talk is None:
        raise NotFound(path=path)
    place = TalkPlace(talk.area_path, talk.is_seen, author_id)
    require(policy.AUTHORITY, command, actor, place)
    return talk


async def write_comment(
    actor: Actor, subject: Subject, draft: CommentDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Comment on a subject, or reply; returns the comment's id and whether this was a replay.

    Raises DiscussionOver, TooManyAttempts, NotFound for a parent that is not of this
    subject, CommentHidden for one that is hidden or withdrawn.
    """
    async with transaction():
        talk = await hold_talk(actor, subject, "writeComment")
        given = {
            "subject": subject,
            "text": draft.text,
            "side": draft.side,
            "parent": draft.parent_id,
        }
        earlier = await idempotency.claim(actor, idempotency_key, "writeComment", given)
        if earlier is not None:
            return UUID(earlier["comment"]), True
        if talk.is_over:
            raise DiscussionOver(path=_AT_SUBJECT)
        await _require_pace(actor)
        comment, parent_author_id = await _write(actor, talk, draft)
        await outbox.record(
            CommentWritten(comment.id, talk.kind, talk.subject_id, talk.area_path, parent_author_id)
        )
        await idempotency.settle(actor, idempotency_key, {"comment": str(comment.id)})
        return comment.id, False


async def _require_pace(actor: Actor) -> None:
    chosen = settings.current()
    await writing.require_pace(
        actor,
        table="meetings_comment",
        who="author_id",
        at="created_at",
        limits=(
            (chosen.comments_per_minute, timedelta(minutes=1)),
            (chosen.comments_per_hour, timedelta(hours=1)),
        ),
    )


async def _write(actor: Actor, talk: Talk, draft: CommentDraft) -> tuple[Comment, UUID | None]:
    text = writing.text(draft.text, path=("input", "text"), longest=LONGEST, least=1)
    comment_id, thread_id, parent_author_id = database.new_id(), None, None
    if draft.parent_id is not None:
        parent = await Comment.filter(
            id=draft.parent_id, subject_kind=talk.kind, subject_id=talk.subject_id
        ).first()
        if parent is None:
            raise NotFound(path=("input", "parentId"))
        if parent.hidden_at is not None or parent.withdrawn_at is not None:
            raise CommentHidden(path=("input", "parentId"))
        thread_id, parent_author_id = parent.thread_id, parent.author_id
    comment = await Comment.create(
        id=comment_id,
        subject_kind=talk.kind,
        subject_id=talk.subject_id,
        area_path=talk.area_path,
        community_id=talk.community_id,
        thread_id=thread_id or comment_id,
        parent_id=draft.parent_id,
        author_id=actor.person_id,
        side=draft.side,
        text=text,
        created_at=await clock.now(),
    )
    return comment, parent_author_id


async def hold_comment(actor: Actor, comment_id: UUID, command: str) -> Comment:
    """Lock a comment for a command that the table allows; raises NotFound, Forbidden."""
    comment = await Comment.filter(id=comment_id).select_for_update().first()
    if comment is None:
        raise NotFound(path=_AT_COMMENT)
    subject = (comment.subject_kind, comment.subject_id)
    await hold_talk(actor, subject, command, path=_AT_COMMENT, author_id=comment.author_id)
    return comment


def require_shown(comment: Comment) -> None:
    """Refuse what is hidden, or was withdrawn."""
    if comment.hidden_at is not None or comment.withdrawn_at is not None:
        raise CommentHidden(path=_AT_COMMENT)


async def edit_comment(
    actor: Actor, comment_id: UUID, *, text: str, side: Side, expected_version: int
) -> int:
    """Write one's comment anew; what it said before stays to be read. Returns its new version.

    Raises CommentHidden, VersionConflict.
    """
    async with transaction():
        comment = await hold_comment(actor, comment_id, "editComment")
        require_shown(comment)
        if comment.version != expected_version:
            raise VersionConflict(version=comment.version)
        kept = writing.text(text, path=("input", "text"), longest=LONGEST, least=1)
        written_at = comment.edited_at or comment.created_at
        await database.execute(
            _REVISE, comment_id, comment.version, comment.side.value, comment.text, written_at
        )
        comment.text, comment.side = kept, side
        comment.version += 1
        comment.edited_at = await clock.now()
        await comment.save()
        await tell_changed(comment)
        return comment.version


async def withdraw_comment(actor: Actor, comment_id: UUID) -> None:
    """Take one's comment back; replies stay, and its place in the thread. Twice is once."""
    async with transaction():
        comment = await hold_comment(actor, comment_id, "withdrawComment")
        if comment.withdrawn_at is not None:
            return
        comment.withdrawn_at = await clock.now()
        await comment.save()
        await tell_changed(comment)


async def react_to_comment(actor: Actor, comment_id: UUID, kind: ReactionKind | None) -> None:
    """Answer a comment without words: one reaction a reader, changed or taken back (None)."""
    async with transaction():
        comment = await hold_comment(actor, comment_id, "reactToComment")
        require_shown(comment)
        if kind is None:
            changed = await database.execute(_UNREACT, comment_id, actor.person_id)
        else:
            changed = await database.execute(_REACT, comment_id, actor.person_id, kind.value)
        if changed:
            await tell_changed(comment)


async def tell_changed(comment: Comment) -> None:
    """Record that a comment is not as it was."""
    await outbox.record(
        CommentChanged(comment.id, comment.subject_kind, comment.subject_id, comment.area_path)
    )
