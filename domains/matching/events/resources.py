"""What happened to resources. Ids, states and times only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ResourceEvent(Event):
    """Something that happened to one resource."""

    resource_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class ResourceOffered(ResourceEvent):
    """Something is offered and waits to be verified."""


@dataclass(frozen=True, slots=True)
class ResourceVerified(ResourceEvent):
    """Somebody looked, and it is as offered."""


@dataclass(frozen=True, slots=True)
class ResourceRefused(ResourceEvent):
    """Somebody looked, and it was not taken."""


@dataclass(frozen=True, slots=True)
class ResourceWithdrawn(ResourceEvent):
    """It is offered no more."""


@dataclass(frozen=True, slots=True)
class ResourceExpired(ResourceEvent):
    """Its time is over."""


@dataclass(frozen=True, slots=True)
class ReservationEvent(ResourceEvent):
    """Something that happened to a part of a resource that is kept for something."""

    reservation_id: UUID


@dataclass(frozen=True, slots=True)
class ResourceReserved(ReservationEvent):
    """A part is kept until a time."""

    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ReservationExpired(ReservationEvent):
    """Nobody committed it in time; it is free again."""


@dataclass(frozen=True, slots=True)
class ReservationReleased(ReservationEvent):
    """It was given back."""


@dataclass(frozen=True, slots=True)
class ResourceCommitted(ReservationEvent):
    """Its provider stands by it."""


@dataclass(frozen=True, slots=True)
class ResourceDelivered(ReservationEvent):
    """It was handed over, or served."""


@dataclass(frozen=True, slots=True)
class ResourceReceipted(ReservationEvent):
    """Somebody else signed for it."""
