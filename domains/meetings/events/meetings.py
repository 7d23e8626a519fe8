"""What happened to meetings before they began."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel.events import Event


@dataclass(frozen=True, slots=True)
class MeetingPlanned(Event):
    """A meeting has a day; its agenda is not published yet."""

    meeting_id: UUID
    body_id: UUID
    area_path: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class MeetingConvened(Event):
    """The agenda is published and those invited are called; again where items were added."""

    meeting_id: UUID
    body_id: UUID
    area_path: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class MeetingRescheduled(Event):
    """The meeting was moved: the notice is given anew."""

    meeting_id: UUID
    area_path: str
    starts_at: datetime
    was_to_start_at: datetime


@dataclass(frozen=True, slots=True)
class MeetingCancelled(Event):
    """The meeting will not be held."""

    meeting_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class MeetingNear(Event):
    """The meeting starts within so many hours; once a meeting, hours and day that it is set for."""

    meeting_id: UUID
    area_path: str
    starts_at: datetime
    within_hours: int


@dataclass(frozen=True, slots=True)
class AgendaItemRaised(Event):
    """A matter that one level left unresolved went up to the body of the next."""

    item_id: UUID
    from_item_id: UUID
    body_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class BodyChanged(Event):
    """A body was set up, edited or dissolved, or somebody's seat in it began or ended."""

    body_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class CheckInOpened(Event):
    """People may come into the room."""

    meeting_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class MeetingPlaceChanged(Event):
    """The meeting is elsewhere, at the same time."""

    meeting_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class AgendaItemWithdrawn(Event):
    """A point that was announced is dealt with no more."""

    item_id: UUID
    meeting_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class RecurrencePassedOver(Event):
    """A regular meeting could not be planned for its day: the rules do not let it be."""

    recurrence_id: UUID
    body_id: UUID
    area_path: str
    day: str
