import asyncio
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from domains.kernel import database, rulesets
from domains.kernel.rules import LegalEffect, RuleSet, Threshold

COMMUNITY = UUID("0190a1b2-c3d4-7000-8000-00000000000c")
NEIGHBOUR = UUID("0190a1b2-c3d4-7000-8000-00000000000d")
HALF = Threshold(1, 2, inclusive=False).as_json()


async def put(**changes: Any) -> RuleSet:
    described: dict[str, Any] = {
        "code": "RESIDENTS_MEETING",
        "version": 1,
        "title_zh": "居民会议",
        "title_en": "Residents' meeting",
        "legal_basis": "城市居民委员会组织法 第十条",
        "legal_effect": LegalEffect.ADVISORY,
        "effective_from": date(2020, 1, 1),
        "content": {"quorum": HALF},
    }
    return await rulesets.put(**(described | changes))


async def stored() -> list[tuple[Any, ...]]:
    rows = await database.fetch(
        "SELECT code, version, effective_from, effective_to FROM kernel_rule_set"
        " ORDER BY code, version, community_id"
    )
    return [tuple(row.values()) for row in rows]


async def in_force(on: date, community: UUID | None = None) -> RuleSet:
    return await rulesets.in_force("RESIDENTS_MEETING", on=on, community=community)


async def test_putting_the_same_rules_twice_changes_nothing(db):
    first = await put()

    second = await put()

    assert second == first
    assert await stored() == [("RESIDENTS_MEETING", 1, date(2020, 1, 1), None)]


async def test_many_processes_may_put_the_same_rules_at_once(db):
    found = await asyncio.gather(*(put() for _ in range(8)))

    assert len({each.id for each in found}) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"content": {"quorum": Threshold(2, 3, inclusive=True).as_json()}},
        {"title_zh": "别的会议"},
        {"effective_from": date(2021, 1, 1)},
        {"legal_effect": LegalEffect.STATUTORY_NATIVE},
    ],
)
async def test_a_version_that_stands_is_not_put_with_other_words(db, change):
    before = await put()

    with pytest.raises(rulesets.RuleSetDiffers) as refused:
        await put(**change)

    assert refused.value.message("en") == (
        "Version 1 of the rules 'RESIDENTS_MEETING' stands already, and says something else."
    )
    assert await in_force(date(2026, 1, 1)) == before


async def test_the_day_decides_which_version_is_in_force(db):
    old = await put(effective_to=date(2025, 12, 31))
    new = await put(version=2, effective_from=date(2026, 1, 1))

    assert await in_force(date(2025, 12, 31)) == old
    assert await in_force(date(2026, 1, 1)) == new
    with pytest.raises(rulesets.NoRuleInForce):
        await in_force(date(2019, 12, 31))


async def test_an_open_end_is_set_once(db):
    await put()

    ended = await put(effective_to=date(2025, 12, 31))
    await put()
    with pytest.raises(rulesets.RuleSetDiffers):
        await put(effective_to=date(2026, 12, 31))

    assert ended.effective_to == date(2025, 12, 31)
    assert await stored() == [("RESIDENTS_MEETING", 1, date(2020, 1, 1), date(2025, 12, 31))]


async def test_a_communitys_own_rules_go_before_the_general_ones(db):
    general, own = await put(), await put(community_id=COMMUNITY, content={"quorum": HALF, "x": 1})

    assert await in_force(date(2026, 1, 1), COMMUNITY) == own
    assert await in_force(date(2026, 1, 1), NEIGHBOUR) == general
    assert await in_force(date(2026, 1, 1), None) == general


@pytest.mark.parametrize(
    "other",
    [
        {"version": 2},
        {"version": 2, "effective_from": date(2030, 1, 1)},
        {"version": 2, "effective_from": date(2019, 1, 1), "effective_to": date(2020, 1, 1)},
    ],
)
async def test_two_versions_are_never_in_force_together(db, other):
    await put()

    with pytest.raises(rulesets.RuleSetsOverlap):
        await put(**other)

    assert await stored() == [("RESIDENTS_MEETING", 1, date(2020, 1, 1), None)]


async def test_the_constraint_itself_forbids_the_overlap(db):
    await put()

    with pytest.raises(asyncpg.ExclusionViolationError) as refused:
        await database.execute(
            """
            INSERT INTO kernel_rule_set
            SELECT gen_random_uuid(), code, 2, community_id, title_zh, title_en, legal_basis,
                   legal_effect, effective_from, effective_to, content, content_sha256, recorded_at
            FROM kernel_rule_set
            """
        )

    assert database.broken_constraint(refused.value) == "kernel_rule_set_one_at_a_time"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kernel_rule_set SET content = '{}'",
        "UPDATE kernel_rule_set SET title_en = 'x', effective_to = '2030-01-01'",
        "UPDATE kernel_rule_set SET effective_from = '2099-01-01'",
        "DELETE FROM kernel_rule_set",
    ],
)
async def test_rules_in_force_do_not_change(db, statement):
    before = await put()

    with pytest.raises(asyncpg.RestrictViolationError) as refused:
        await database.execute(statement)

    assert database.broken_constraint(refused.value) == "kernel_rule_set_in_force"
    assert await in_force(date(2026, 1, 1)) == before


async def test_rules_to_come_may_be_withdrawn_until_their_first_day_in_shanghai(moved_clock):
    await put(effective_from=date(2099, 1, 1))
    await moved_clock.set(datetime(2098, 12, 31, 15, 59, tzinfo=UTC))

    withdrawn = await database.execute("DELETE FROM kernel_rule_set")
    await put(effective_from=date(2099, 1, 1))
    await moved_clock.set(datetime(2098, 12, 31, 16, 0, tzinfo=UTC))
    with pytest.raises(asyncpg.RestrictViolationError):
        await database.execute("DELETE FROM kernel_rule_set")

    assert withdrawn == 1
    assert await stored() == [("RESIDENTS_MEETING", 1, date(2099, 1, 1), None)]


async def test_a_decisions_own_figure_leaves_the_stored_rules_alone(db):
    general = await put()

    adjusted = rulesets.with_content(general, {"quorum": Threshold(1, 3, inclusive=True).as_json()})

    assert adjusted.threshold("quorum") == Threshold(1, 3, inclusive=True)
    assert rulesets.thaw(rulesets.freeze(adjusted)) == adjusted
    assert await in_force(date(2026, 1, 1)) == general
