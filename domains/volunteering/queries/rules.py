"""The rules that hold in an area today."""

from uuid import UUID

from domains.kernel import clock, rulesets
from domains.kernel.rules import RuleSet
from domains.membership.queries import places
from domains.volunteering.rules.procedure import Procedure
from domains.volunteering.rules.standing_by import ShiftProcedure
from domains.volunteering.values.codes import VOLUNTEER_SERVICE, VOLUNTEER_SHIFTS


async def procedure_at(area_id: UUID) -> Procedure:
    """Return what the rules ask today in the community that an area lies in."""
    return Procedure.of(await rules_at(area_id))


async def rules_at(area_id: UUID) -> RuleSet:
    """Return the rules that hold today in the community that an area lies in."""
    place = await places.place_of(area_id)
    return await rulesets.in_force(
        VOLUNTEER_SERVICE,
        on=await clock.today(),
        community=place.community_id if place else None,
    )


async def shift_procedure_at(area_id: UUID) -> ShiftProcedure:
    """Return what the rules ask of shifts today in the community that an area lies in."""
    place = await places.place_of(area_id)
    rules = await rulesets.in_force(
        VOLUNTEER_SHIFTS,
        on=await clock.today(),
        community=place.community_id if place else None,
    )
    return ShiftProcedure.of(rules)
