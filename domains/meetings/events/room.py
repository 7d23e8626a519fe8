"""What happened in rooms, and to those who are invited."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event


@dataclass(frozen=True, slots=True)
class RoomChanged(Event):
    """The meeting's log has grown up to this entry."""

    meeting_id: UUID
    seq: int


@dataclass(frozen=True, slots=True)
class MeetingStarted(Event):
    """The meeting was called to order."""

    meeting_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class MeetingAdjourned(Event):
    """The meeting has ended; its minutes can be drafted."""

    meeting_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class PersonInvited(Event):
    """Somebody is invited to a meeting whose agenda is public."""

    invitation_id: UUID
    meeting_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class ResponseGiven(Event):
    """Somebody answered an invitation."""

    invitation_id: UUID
    meeting_id: UUID


@dataclass(frozen=True, slots=True)
class SubstituteNamed(Event):
    """Somebody is to stand in for somebody else."""

    invitation_id: UUID
    meeting_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class PeopleInvited(Event):
    """Many were invited at once to a meeting whose agenda is public."""

    meeting_id: UUID
    area_path: str
    count: int


@dataclass(frozen=True, slots=True)
class InvitationRevoked(Event):
    """An invitation to a meeting whose agenda is public was taken back."""

    invitation_id: UUID
    meeting_id: UUID
    person_id: UUID
