"""What became of motions and votes."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event
from domains.meetings.values.motions import MotionState


@dataclass(frozen=True, slots=True)
class MotionSettled(Event):
    """A main motion was carried, lost, tabled or taken back."""

    motion_id: UUID
    meeting_id: UUID
    area_path: str
    state: MotionState


@dataclass(frozen=True, slots=True)
class MotionReferred(Event):
    """The meeting gave a main motion to a body, where it waits as a matter."""

    motion_id: UUID
    meeting_id: UUID
    body_id: UUID
    item_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class MotionPostponed(Event):
    """The meeting put a main motion off to a day; until then it waits as a matter."""

    motion_id: UUID
    meeting_id: UUID
    item_id: UUID
    area_path: str
    until: str


@dataclass(frozen=True, slots=True)
class VoteOpened(Event):
    """Those who are present vote on a motion."""

    vote_id: UUID
    motion_id: UUID
    meeting_id: UUID
    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class VoteEnded(Event):
    """A vote is over: counted, or void and to be taken again."""

    vote_id: UUID
    motion_id: UUID
    meeting_id: UUID
    area_path: str
