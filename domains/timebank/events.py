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
