"""What happened to activities and service records."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event
from domains.volunteering.values.records import RecordSuspicion


@dataclass(frozen=True, slots=True)
class ActivityEvent(Event):
    """Something that happened to one activity."""

    activity_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class ActivityPublished(ActivityEvent):
    """Volunteers may sign up."""


@dataclass(frozen=True, slots=True)
class ActivityCancelled(ActivityEvent):
    """It will not take place; who signed up is told."""


@dataclass(frozen=True, slots=True)
class ShiftPlacesChanged(ActivityEvent):
    """A place in one of its shifts was taken or given back."""

    shift_id: UUID


@dataclass(frozen=True, slots=True)
class RecordEvent(Event):
    """Something that happened to one service record."""

    record_id: UUID
    volunteer_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class RecordMade(RecordEvent):
    """Service was given, and waits to be confirmed."""


@dataclass(frozen=True, slots=True)
class RecordConfirmed(RecordEvent):
    """Enough others confirmed it; its minutes count in the time bank."""


@dataclass(frozen=True, slots=True)
class RecordOverdue(RecordEvent):
    """It was not confirmed within its working days; only back-entry is left."""


@dataclass(frozen=True, slots=True)
class RecordPublicised(RecordEvent):
    """It stands before everybody's eyes, and may be contested."""


@dataclass(frozen=True, slots=True)
class RecordFinal(RecordEvent):
    """Its notice is over and nobody contests it."""


@dataclass(frozen=True, slots=True)
class RecordCorrected(RecordEvent):
    """A new version stands in its place."""

    version: int


@dataclass(frozen=True, slots=True)
class RecordRevoked(RecordEvent):
    """It does not stand; `credit_left` says that its minutes are spent already."""

    credit_left: bool


@dataclass(frozen=True, slots=True)
class RecordSuspected(RecordEvent):
    """A rule put it under review."""

    suspicion: RecordSuspicion


@dataclass(frozen=True, slots=True)
class RecordReviewed(RecordEvent):
    """Its review came to an end."""

    cleared: bool


@dataclass(frozen=True, slots=True)
class RecordContested(RecordEvent):
    """Somebody says that it is not right."""

    contest_id: UUID


@dataclass(frozen=True, slots=True)
class RecordContestAnswered(RecordEvent):
    """A contest was answered."""

    contest_id: UUID
    upheld: bool
