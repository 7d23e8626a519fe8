"""What happened in the ballot box. No event tells of a single ballot."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event
from domains.voting.values import Outcome


@dataclass(frozen=True, slots=True)
class RollPublished(Event):
    """The roll is public and may be objected to."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class PollPublished(Event):
    """The roll is frozen and the question stands."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class PollOpened(Event):
    """Ballots are taken from now on."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class PollClosed(Event):
    """No more ballots are taken; secret ones are sealed and shuffled."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class PollTallied(Event):
    """The count is done and its result is public."""

    poll_id: UUID
    area_path: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class PollCancelled(Event):
    """The poll ended without a count."""

    poll_id: UUID
    area_path: str
