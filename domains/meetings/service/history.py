"""The public history of issues and resolutions: a line for every change, never altered."""

from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.meetings.models import Issue, Resolution
from domains.meetings.values.issues import HistoryKind

_ADD = """
INSERT INTO meetings_history
    (subject_kind, subject_id, seq, kind, at, actor_id, state, note, about_kind, about_id)
VALUES ($1, $2, $3, $4, kernel_now(), $5, $6, $7, $8, $9)
"""

About = tuple[str, UUID]


async def add(
    subject: Issue | Resolution,
    kind: HistoryKind,
    *,
    actor: Actor,
    note: str = "",
    about: About | None = None,
) -> None:
    """Add a line to what a locked subject has gone through; the caller saves the subject."""
    database.require_open_transaction()
    subject.history_seq += 1
    await database.execute(
        _ADD,
        *("issue" if isinstance(subject, Issue) else "resolution", subject.id),
        *(subject.history_seq, kind.value, actor.person_id, subject.state.value, note),
        *(about or (None, None)),
    )
