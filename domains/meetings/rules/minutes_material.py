"""What minutes are drafted from: the rows of a log, and what they refer to. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domains.meetings.rules.differences import Edit
from domains.meetings.values import (
    AgendaItemKind,
    AttendeeKind,
    Capacity,
    LogKind,
    Standing,
)
from domains.meetings.values.floor import SpeakingSide, SpeechEnd
from domains.meetings.values.minutes import LineOrigin, MinutesPart
from domains.meetings.values.motions import MotionKind, VoidReason, VoteForm, VoteState


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the log."""

    seq: int
    kind: LogKind
    at: datetime
    actor_id: UUID | None = None
    subject_id: UUID | None = None
    person_id: UUID | None = None
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attended:
    """Somebody's part in the meeting, as it stood at its end."""

    invitation_id: UUID
    person_id: UUID
    capacity: Capacity
    kind: AttendeeKind
    votes: bool
    group_name: str | None
    standing: Standing
    stands_in_for_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A point of the agenda."""

    position: int | None
    kind: AgendaItemKind
    title: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A motion as it was moved; `edits` are an amendment's differences from `base_text`."""

    kind: MotionKind
    title: str
    moved_text: str
    text: str
    base_text: str | None = None
    edits: Sequence[Edit] = ()
    ruling: str | None = None
    body_name: str | None = None
    postponed_to: date | None = None
    recess_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Ballots:
    """A vote and its figures; names only where it was taken by name."""

    motion_id: UUID
    form: VoteForm
    state: VoteState
    entitled: int
    present: int
    required: int
    in_favour: int | None = None
    against: int | None = None
    silent: int | None = None
    void_reason: VoidReason | None = None
    names_for: Sequence[str] = ()
    names_against: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Speech:
    """A speech as it ended."""

    side: SpeakingSide
    group_name: str
    limit_s: int
    spoken_ms: int
    ending: SpeechEnd | None


@dataclass(frozen=True, slots=True)
class Material:
    """All that a draft is made from; `texts` are motions' texts as rows of the log left them."""

    log: Sequence[Entry]
    people: Sequence[Attended] = ()
    names: Mapping[UUID, str] = field(default_factory=dict)
    items: Mapping[UUID, Item] = field(default_factory=dict)
    motions: Mapping[UUID, Moved] = field(default_factory=dict)
    votes: Mapping[UUID, Ballots] = field(default_factory=dict)
    speeches: Mapping[UUID, Speech] = field(default_factory=dict)
    bodies: Mapping[UUID, str] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line of the minutes: the row that it tells of, and all rows that it is made of.

    `cells` are what a table shows instead: of an attendee, or of a vote.
    """

    part: MinutesPart
    seq: int
    at: datetime
    text: str
    covers: tuple[int, ...]
    names: tuple[str, ...] = ()
    cells: tuple[tuple[str, str], ...] = ()
    is_heading: bool = False
    origin: LineOrigin = LineOrigin.LOG
    ordinal: int = 0
