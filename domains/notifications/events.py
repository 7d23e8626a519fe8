"""What happened to notices; only the live connections hear of it."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event


@dataclass(frozen=True, slots=True)
class NoticesMade(Event):
    """A batch of an occasion's notices lies in inboxes: these two, and those made in between."""

    occasion_id: UUID
    first_notice_id: UUID
    last_notice_id: UUID


@dataclass(frozen=True, slots=True)
class NoticesWithdrawn(Event):
    """An occasion's notices were taken back from these two people, and those in between."""

    occasion_id: UUID
    first_person_id: UUID
    last_person_id: UUID


@dataclass(frozen=True, slots=True)
class InboxChanged(Event):
    """Somebody read, archived or restored what lies in their inbox."""

    person_id: UUID
