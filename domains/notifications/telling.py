"""What kinds, audiences and texts share: an occasion, its addressees, and what is said.

An audience is read in pages by person, so that a hundred thousand addressees never lie in
memory at once and a page that was written is never asked for again.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from domains.notifications.values import ReasonCode

# As JSON holds it: dates and instants in ISO 8601, people as the text of their id; what has a
# word of its own in each language as those words by locale.
Value = str | int | Mapping[str, str] | None
Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Telling:
    """An occasion, as whoever looks for its addressees or its texts sees it.

    `payload` is the event's own: ids, states and dates.
    """

    occasion_id: UUID
    kind: str
    subject_id: UUID
    slot: str
    area_path: str
    payload: Mapping[str, Any] = field(default_factory=dict)

    def id(self, name: str) -> UUID:
        """Return an id of the payload."""
        return UUID(self.payload[name])

    def instant(self, name: str) -> datetime:
        """Return an instant of the payload."""
        return datetime.fromisoformat(self.payload[name])

    def id_or_none(self, name: str) -> UUID | None:
        """Return an id of the payload, or None where it has none."""
        given = self.payload.get(name)
        return None if given is None else UUID(given)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who is to be told, and why; `data` are variables that differ by person."""

    person_id: UUID
    reason: ReasonCode
    data: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """What there is to say about an occasion now, and until when it matters."""

    values: Values
    until: datetime | None = None


# The addressees after this person, by person, so many at most; fewer: there are no more.
Audience = Callable[[Telling, UUID | None, int], Awaitable[Sequence[Addressee]]]
# What can be said now; None where it is no longer to be told.
Resolve = Callable[[Telling], Awaitable[Facts | None]]
# Which of these people it still concerns, asked again before something leaves the house.
Concerns = Callable[[Telling, Sequence[UUID]], Awaitable[set[UUID]]]
