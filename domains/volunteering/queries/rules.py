"""The rules that hold in an area today."""

from uuid import UUID

from domains.kernel import clock, rulesets
from domains.membership.queries import places
from domains.volunteering.rules.procedure import Procedure
from domains.volunteering.values.codes import VOLUNTEER_SERVICE


async def procedure_at(area_id: UUID) -> Procedure:
    """Return what the rules ask today in the community that an area lies in."""
    place = await places.place_of(area_id)
    rules = await rulesets.in_force(
        VOLUNTEER_SERVICE,
        on=await clock.today(),
        community=place.community_id if place else None,
    )
    return Procedure.of(rules)
