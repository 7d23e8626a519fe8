"""What happened to minutes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel.events import Event


@dataclass(frozen=True, slots=True)
class MinutesDrafted(Event):
    """Minutes wait to be read and confirmed; again where an objection was upheld."""

    meeting_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class MinutesConfirmed(Event):
    """Minutes are confirmed; those who were present may object until a time."""

    meeting_id: UUID
    area_path: str
    objections_until: datetime


@dataclass(frozen=True, slots=True)
class MinutesObjected(Event):
    """Somebody who was present objects to what the minutes say."""

    objection_id: UUID
    meeting_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class MinutesObjectionDecided(Event):
    """An objection was upheld, and the minutes are open again, or it was dismissed."""

    objection_id: UUID
    meeting_id: UUID
    area_path: str
    upheld: bool


@dataclass(frozen=True, slots=True)
class MinutesPublished(Event):
    """Minutes are public from now on."""

    meeting_id: UUID
    area_path: str
