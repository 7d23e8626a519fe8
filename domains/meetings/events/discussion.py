"""What happened in discussions. No event holds a text, or what anybody answered."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event
from domains.meetings.values.discussion import SubjectKind


@dataclass(frozen=True, slots=True)
class CommentWritten(Event):
    """Somebody commented, or replied to whom `parent_author_id` names."""

    comment_id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    area_path: str
    parent_author_id: UUID | None


@dataclass(frozen=True, slots=True)
class CommentChanged(Event):
    """A comment was edited, withdrawn, hidden or shown again, or is reacted to otherwise."""

    comment_id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class TextReported(Event):
    """Somebody reported a comment or a statement: it is to be looked at."""

    text_kind: str
    text_id: UUID
    subject_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class ReportsDecided(Event):
    """The reports of a comment or statement were decided."""

    text_kind: str
    text_id: UUID
    subject_id: UUID
    upheld: bool


@dataclass(frozen=True, slots=True)
class TextHidden(Event):
    """A comment or statement was hidden; its author may appeal."""

    text_kind: str
    text_id: UUID
    subject_id: UUID
    hiding_id: UUID
    author_id: UUID


@dataclass(frozen=True, slots=True)
class HidingAppealed(Event):
    """An author appeals the hiding of their text: somebody else is to decide."""

    hiding_id: UUID
    subject_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class HidingDecided(Event):
    """An appeal was decided: the text stays hidden, or is shown again."""

    hiding_id: UUID
    subject_id: UUID
    author_id: UUID
    lifted: bool


@dataclass(frozen=True, slots=True)
class StatementsChanged(Event):
    """A statement was made, hidden or answered."""

    statement_id: UUID
    subject_id: UUID
    area_path: str


OF_A_DISCUSSION: tuple[type[Event], ...] = (
    CommentWritten,
    CommentChanged,
    TextHidden,
    HidingDecided,
    StatementsChanged,
)
