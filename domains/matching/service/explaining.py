"""Why somebody is asked: what they can, how far it is, when they are free, whose turn it is."""

from dataclasses import dataclass, replace
from uuid import UUID

from domains.kernel import calendar
from domains.kernel.errors import DomainError
from domains.matching.models import Need
from domains.matching.queries import people
from domains.matching.rules import times
from domains.matching.rules.distance import Point, metres_between
from domains.matching.service import fitness
from domains.matching.service.shared import Held
from domains.volunteering.queries.fitness import Fitness


@dataclass(frozen=True, slots=True)
class Why:
    """The reasons that an offer tells; None where nothing is known."""

    skills: tuple[str, ...] = ()
    distance_m: int | None = None
    is_free: bool | None = None
    turns: int | None = None
    note: str | None = None

    def saying(self, note: str) -> "Why":
        """Return the reasons with words of somebody's own."""
        return replace(self, note=note)


async def why(of_order: Held, found: Fitness, *, strict: bool = True) -> Why:
    """Find the reasons for asking a volunteer, as far as they are known."""
    try:
        day = calendar.day_of(of_order.order.starts_at)
        skills = await fitness.require_skills(of_order.need, found, day)
    except DomainError:
        if strict:
            raise
        skills = []
    return Why(
        skills=tuple(skills),
        distance_m=await distance_of(of_order.need, found.volunteer_id),
        is_free=times.block_of(of_order.order.starts_at) in found.free if found.free else None,
        turns=(await people.turns_of([found.volunteer_id])).get(found.volunteer_id, 0),
    )


async def distance_of(need: Need, volunteer_id: UUID) -> int | None:
    """Return how far a volunteer goes to a need, roughly; None where either has not said."""
    where = (await people.positions_of([volunteer_id])).get(volunteer_id)
    if where is None or need.latitude_e6 is None or need.longitude_e6 is None:
        return None
    return metres_between(where, Point(need.latitude_e6, need.longitude_e6))
