"""What the rules of the exchange say."""

from domains.kernel import rulesets
from domains.matching.queries import rules
from domains.matching.service import presets


async def test_the_preset_rules_are_put_in_once_and_can_be_read(db):
    await presets.sync_presets()
    await presets.sync_presets()

    procedure = await rules.procedure_of(None)

    assert (procedure.ratings_k, procedure.offer_hours) == (5, 24)
    assert await rulesets.is_general("MATCHING")
