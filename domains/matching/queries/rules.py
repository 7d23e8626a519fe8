"""The rules that hold in an area today."""

from uuid import UUID

from domains.kernel import clock, rulesets
from domains.kernel.rules import RuleSet
from domains.matching.rules.procedure import Procedure
from domains.matching.values.codes import MATCHING


async def rules_of(community_id: UUID | None) -> RuleSet:
    """Return the rule set in force today in a community."""
    return await rulesets.in_force(MATCHING, on=await clock.today(), community=community_id)


async def procedure_of(community_id: UUID | None) -> Procedure:
    """Return what the rules ask today in a community."""
    return Procedure.of(await rules_of(community_id))
