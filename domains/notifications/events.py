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


@dataclass(frozen=True, slots=True)
class CampaignSubmitted(Event):
    """A campaign that finds people by tags waits for somebody else's approval."""

    campaign_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class CampaignReturned(Event):
    """A campaign was given back to whoever wrote it."""

    campaign_id: UUID
    area_path: str
    author_id: UUID


@dataclass(frozen=True, slots=True)
class CampaignSent(Event):
    """A campaign is to be told; whether it found people by sensitive tags."""

    campaign_id: UUID
    area_path: str
    is_sensitive: bool


@dataclass(frozen=True, slots=True)
class CampaignWithdrawn(Event):
    """A campaign was taken back."""

    campaign_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class AddressBlocked(Event):
    """Nothing goes to one of somebody's addresses any more: it is gone, or wants nothing."""

    address_id: UUID
    person_id: UUID
    channel: str
