"""What happened in the time bank, for others to answer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel.events import Event


@dataclass(frozen=True, slots=True)
class BooksClosed(Event):
    """A day's books of a community are closed, and hash to this."""

    community_id: UUID
    day: datetime
    hash: str


@dataclass(frozen=True, slots=True)
class MinutesIssued(Event):
    """A service record earned minutes."""

    community_id: UUID
    account_id: UUID
    record_id: UUID
    credited_minutes: int
    donated_minutes: int
    refused_minutes: int


@dataclass(frozen=True, slots=True)
class MinutesTakenBack(Event):
    """What a record had earned was reversed, because the record no longer stands."""

    community_id: UUID
    account_id: UUID
    record_id: UUID
