"""What happened to a volunteer."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event


@dataclass(frozen=True, slots=True)
class VolunteerEvent(Event):
    """Something that happened to one volunteer."""

    volunteer_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class GuardianAsked(VolunteerEvent):
    """A minor wishes to volunteer; the guardian has to agree."""

    guardian_id: UUID


@dataclass(frozen=True, slots=True)
class VolunteerRegistered(VolunteerEvent):
    """Somebody has become a volunteer."""


@dataclass(frozen=True, slots=True)
class VolunteerWithdrawn(VolunteerEvent):
    """Somebody is a volunteer no more."""


@dataclass(frozen=True, slots=True)
class SkillJudged(VolunteerEvent):
    """The proof of a skill was accepted or not."""

    skill_id: UUID
    verified: bool


@dataclass(frozen=True, slots=True)
class VolunteerBanned(VolunteerEvent):
    """A volunteer gets no honours until a day, for fraud."""

    ban_id: UUID
    until: str
