"""What happened around shifts: reminders, waiting lists, substitutes, absences, calls to teams."""

from dataclasses import dataclass
from uuid import UUID

from domains.volunteering.events.records import ActivityEvent


@dataclass(frozen=True, slots=True)
class ShiftEvent(ActivityEvent):
    """Something that happened to one shift."""

    shift_id: UUID


@dataclass(frozen=True, slots=True)
class ShiftTomorrow(ShiftEvent):
    """It is due within a day; once a shift."""


@dataclass(frozen=True, slots=True)
class ShiftSoon(ShiftEvent):
    """It is about to begin; once a shift."""


@dataclass(frozen=True, slots=True)
class WaitingMovedUp(ShiftEvent):
    """A place came free, and the first of those who wait and still fit has it."""

    waiting_id: UUID
    person_id: UUID
    decline_until: str


@dataclass(frozen=True, slots=True)
class SubstituteAsked(ShiftEvent):
    """Somebody who has a place asks another to take it."""

    substitution_id: UUID
    substitute_person_id: UUID


@dataclass(frozen=True, slots=True)
class SubstituteAnswered(ShiftEvent):
    """The other has agreed, and has the place now, or has refused."""

    substitution_id: UUID
    person_id: UUID
    agreed: bool


@dataclass(frozen=True, slots=True)
class VolunteerAbsent(ShiftEvent):
    """The shift is over, and somebody who had a place in it never came."""

    volunteer_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class TeamCallEvent(ShiftEvent):
    """Something that happened to a call to an emergency team."""

    call_id: UUID


@dataclass(frozen=True, slots=True)
class TeamCalledUp(TeamCallEvent):
    """The members who agreed beforehand are asked to come."""


@dataclass(frozen=True, slots=True)
class TeamCallAnswered(TeamCallEvent):
    """A member comes, or cannot."""

    person_id: UUID
    comes: bool


@dataclass(frozen=True, slots=True)
class TeamCallEnded(TeamCallEvent):
    """It is over: nobody else need come."""
