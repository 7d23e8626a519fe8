"""What happened to notices; only the live connections hear of it."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event


@dataclass(frozen=True, slots=True)
class NoticesMade(Event):
    """A batch of an occasion's notices lies in the inboxes of these two people and between."""

    occasion_id: UUID
    first_person_id: UUID
    last_person_id: UUID


@dataclass(frozen=True, slots=True)
class InboxChanged(Event):
    """Somebody's own inbox changed by what its owner did."""

    person_id: UUID
