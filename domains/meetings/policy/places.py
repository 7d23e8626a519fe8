"""What authority judges bodies and meetings by, and the predicates made of it."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.actor import Actor, Placed, Role, either, has
from domains.meetings.values import PUBLISHED, AttendeeKind, Capacity, MeetingState, SeatOffice

CONVENERS = (Role.COMMITTEE_MEMBER, Role.STREET_REVIEWER, Role.PLATFORM_ADMINISTRATOR)
HELPERS = (Role.GRID_WORKER, Role.BUILDING_CAPTAIN, Role.COMMITTEE_MEMBER)
LEADING = frozenset({SeatOffice.CHAIR, SeatOffice.VICE_CHAIR, SeatOffice.SECRETARY})

convenes = has(*CONVENERS)
helps_in_area = has(*HELPERS)


@dataclass(frozen=True, slots=True)
class BodyPlace:
    """A body; `office` is what the actor is in it."""

    area_path: str
    body_id: UUID
    office: SeatOffice | None = None


@dataclass(frozen=True, slots=True)
class MeetingPlace:
    """A meeting, and what the actor is in it: seat of its body, invitation, chair, presence."""

    area_path: str
    state: MeetingState
    office: SeatOffice | None = None
    capacity: Capacity | None = None
    kind: AttendeeKind | None = None
    votes: bool = False
    is_present: bool = False
    is_chair: bool = False
    is_secretary: bool = False


def belongs(actor: Actor, target: Placed | None) -> bool:
    """Belong to the area: to it, to what lies in it, or to what it lies in."""
    return target is not None and (
        actor.system
        or any(
            target.area_path.startswith(held) or held.startswith(target.area_path)
            for held in actor.area_paths()
        )
    )


def leads_the_body(actor: Actor, target: Placed | None) -> bool:
    """Be chair, vice chair or secretary of the body."""
    return isinstance(target, BodyPlace | MeetingPlace) and target.office in LEADING


organises_body = either(convenes, leads_the_body)


def is_invited(actor: Actor, target: Placed | None) -> bool:
    """Be invited to the meeting in any capacity."""
    assert isinstance(target, MeetingPlace)
    return target.capacity is not None


def invited_to_organise(actor: Actor, target: Placed | None) -> bool:
    """Be invited to organise, or keep its minutes."""
    if not isinstance(target, MeetingPlace):
        return False
    return target.capacity is Capacity.ORGANISE or target.is_secretary


organises = either(convenes, leads_the_body, invited_to_organise)
helps = either(organises, helps_in_area)


def presides(actor: Actor, target: Placed | None) -> bool:
    """Have the chair now."""
    return actor.system or (isinstance(target, MeetingPlace) and target.is_chair)


def takes_part(actor: Actor, target: Placed | None) -> bool:
    """Be in the room, in any capacity."""
    assert isinstance(target, MeetingPlace)
    return actor.system or target.is_present


def decides(actor: Actor, target: Placed | None) -> bool:
    """Be in the room and have a vote."""
    assert isinstance(target, MeetingPlace)
    return actor.system or (target.is_present and target.votes)


def sees_meeting(actor: Actor, target: Placed | None) -> bool:
    """See what is planned as an organiser, member or guest; what is published, as who belongs."""
    assert isinstance(target, MeetingPlace)
    within = organises(actor, target) or target.office is not None or is_invited(actor, target)
    return within or (target.state in PUBLISHED and belongs(actor, target))


def sees_body(actor: Actor, target: Placed | None) -> bool:
    """Bodies are public to who belongs to their area, and to who sits in them."""
    assert isinstance(target, BodyPlace)
    return belongs(actor, target) or target.office is not None


def sees_item(actor: Actor, target: Placed | None) -> bool:
    """See the meeting of an item, or the body for which it waits."""
    return (sees_body if isinstance(target, BodyPlace) else sees_meeting)(actor, target)
