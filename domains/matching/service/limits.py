"""What the matcher may ask of somebody: judged again when a run's offer is made, and sent.

People may do more of their own will: who takes a place, accepts, or is asked by name is not
counted here; whom staff pinned in a run goes as far and as long as they want to go.
"""

from datetime import timedelta
from uuid import UUID

from domains.kernel import calendar, database
from domains.matching.errors.runs import RuledOut, TooFarAway, WeekFull
from domains.matching.service import explaining
from domains.matching.service.shared import Held
from domains.volunteering.queries import fitness as volunteers
from domains.volunteering.queries.fitness import Fitness

_RULED_OUT = """
SELECT EXISTS (SELECT FROM matching_ruling
               WHERE need_id = $1 AND volunteer_id = $2 AND kind = 'forbid' AND ended_at IS NULL)
"""
# What somebody has promised in a week, and is being asked for.
_PROMISED = """
SELECT coalesce(sum(extract(epoch FROM each.ends_at - each.starts_at)) / 60, 0)::int
FROM (SELECT p.starts_at, p.ends_at FROM matching_place p
      WHERE p.volunteer_id = $1 AND p.order_id <> $2
        AND p.state IN ('accepted', 'checked_in', 'completed', 'confirmed')
        AND p.starts_at >= $3 AND p.starts_at < $4
      UNION ALL
      SELECT o.starts_at, o.ends_at FROM matching_offer f JOIN matching_order o ON o.id = f.order_id
      WHERE f.volunteer_id = $1 AND f.order_id <> $2 AND f.state = 'offered'
        AND o.starts_at >= $3 AND o.starts_at < $4) each
"""


async def require_within(of_order: Held, found: Fitness, *, is_pinned: bool = False) -> None:
    """Refuse whom staff ruled out, or of whom a run would ask too much. Raises DomainError."""
    if await database.fetch_value(_RULED_OUT, of_order.need.id, found.volunteer_id):
        raise RuledOut
    if is_pinned:
        return
    farthest = found.radius_m or of_order.procedure.radius_m
    distance = await explaining.distance_of(of_order.need, found.volunteer_id)
    if distance is not None and distance > farthest:
        raise TooFarAway(most=farthest)
    await _require_week(of_order, found.volunteer_id)


async def _require_week(of_order: Held, volunteer_id: UUID) -> None:
    order, most = of_order.order, of_order.procedure.week_cap_minutes
    day = calendar.day_of(order.starts_at)
    since = calendar.start_of(day - timedelta(days=day.weekday()))
    until = since + timedelta(days=7)
    minutes = await database.fetch_value(_PROMISED, volunteer_id, order.id, since, until)
    for each in await volunteers.sign_ups_within([volunteer_id], since, until):
        minutes += (each["ends_at"] - each["starts_at"]) // timedelta(minutes=1)
    if minutes + (order.ends_at - order.starts_at) // timedelta(minutes=1) > most:
        raise WeekFull(most=most)
