from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.kernel import database
from domains.membership.models import Household
from domains.voting import rules, service
from domains.voting.errors import AreasMissing, NoticeTooShort, WeightedNotSecret
from domains.voting.models import Poll
from domains.voting.rules.owners import OwnedUnit, owner_entries
from domains.voting.values import Outcome, PollState, Secrecy
from tests import factories
from tests.voting.factories import Town, a_draft, a_drafted_poll, a_town, cast

OPENS_IN = timedelta(days=17)


def bond(owner: int, unit: int, area: int = 100) -> OwnedUnit:
    return OwnedUnit(UUID(int=owner), f"业主{owner}", UUID(int=unit), str(unit), area, "register")


def heads(*bonds: OwnedUnit) -> list[tuple[int, int]]:
    return [(entry.person_id.int, entry.area_centi_m2) for entry in owner_entries(bonds)]


@pytest.mark.parametrize(
    ("case", "bonds", "expected"),
    [
        ("one unit is one head", [bond(1, 1), bond(2, 2)], [(1, 100), (2, 100)]),
        ("one owner of several units is one head", [bond(1, 1), bond(1, 2)], [(1, 200)]),
        ("co-owners are one head", [bond(1, 1), bond(2, 1)], [(1, 100)]),
        (
            "a unit owned alone and one with a spouse are two heads",
            [bond(1, 1), bond(1, 2), bond(2, 2)],
            [(1, 100), (2, 100)],
        ),
        (
            "where nobody is left to speak, the unit joins a head",
            [bond(1, 1), bond(2, 2), bond(1, 3), bond(2, 3)],
            [(1, 200), (2, 100)],
        ),
    ],
)
def test_heads_are_counted_after_the_interpretation(case, bonds, expected):
    assert heads(*bonds) == expected


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=20))
def test_every_unit_is_counted_once_and_nobody_speaks_twice(pairs):
    entries = owner_entries([bond(owner, unit, 100 + unit) for owner, unit in pairs])

    units = [each.household_id for entry in entries for each in entry.units]
    assert sorted(units) == sorted({UUID(int=unit) for _, unit in pairs})
    assert len({entry.person_id for entry in entries}) == len(entries)


async def an_estate_of_owners(*areas_centi_m2: int) -> Town:
    """A community whose residents each own one unit of this area."""
    town = await a_town(residents=len(areas_centi_m2))
    rows = await database.fetch(
        "SELECT r.person_id, r.household_id FROM membership_residency r ORDER BY r.id"
    )
    for row, area in zip(rows, areas_centi_m2, strict=True):
        await Household.filter(id=row["household_id"]).update(floor_area_centi_m2=area)
    return town


async def an_owners_poll(town: Town, moved_clock, *, rule_code: str = "OWNERS_GENERAL") -> UUID:
    draft = await a_draft(rule_code=rule_code, opens_in=OPENS_IN)
    poll_id = await a_drafted_poll(town, draft)
    await service.publish_poll(town.committee, poll_id)
    await moved_clock.set(draft.opens_at)
    await service.freeze_due_roll()
    return poll_id


async def the_outcome(poll_id: UUID, moved_clock) -> Outcome:
    await moved_clock.advance(timedelta(days=1))
    await service.close_due_poll()
    await service.tally_due_poll()
    outcome = (await Poll.get(id=poll_id)).outcome
    assert outcome is not None
    return outcome


async def test_an_owners_roll_is_public_for_objections_before_it_is_frozen(moved_clock):
    town = await an_estate_of_owners(9_000, 12_000)
    poll_id = await a_drafted_poll(
        town, await a_draft(rule_code="OWNERS_GENERAL", opens_in=OPENS_IN)
    )

    await service.publish_poll(town.committee, poll_id)
    published = (await Poll.get(id=poll_id)).state
    too_early = await service.freeze_due_roll()
    await moved_clock.advance(timedelta(days=7))
    frozen = await service.freeze_due_roll()

    assert (published, too_early, frozen) == (PollState.ROLL_PUBLISHED, None, poll_id)
    rows = await database.fetch("SELECT area_centi_m2 FROM voting_roll_entry ORDER BY number")
    assert sorted(row["area_centi_m2"] for row in rows) == [9_000, 12_000]


async def test_the_area_and_the_heads_must_both_agree(moved_clock):
    """Three small flats against one large: heads carry it, the area does not."""
    town = await an_estate_of_owners(5_000, 5_000, 5_000, 30_000)
    poll_id = await an_owners_poll(town, moved_clock)
    for owner in town.residents[:3]:
        await cast(owner, poll_id, 1)
    await cast(town.residents[3], poll_id, 2)

    outcome = await the_outcome(poll_id, moved_clock)

    result = rules.read_result((await Poll.get(id=poll_id)).result or "")
    assert outcome is Outcome.REJECTED
    assert [(step.name, step.measure.value, step.holds) for step in result.steps] == [
        ("quorum", "area", True),
        ("quorum", "heads", True),
        ("majority", "area", False),
        ("majority", "heads", True),
    ]


async def test_two_thirds_of_the_area_must_take_part(moved_clock):
    town = await an_estate_of_owners(5_000, 5_000, 30_000)
    poll_id = await an_owners_poll(town, moved_clock)
    for owner in town.residents[:2]:
        await cast(owner, poll_id, 1)

    assert await the_outcome(poll_id, moved_clock) is Outcome.INQUORATE


@pytest.mark.parametrize(("agreeing", "expected"), [(3, Outcome.PASSED), (2, Outcome.REJECTED)])
async def test_special_matters_want_three_quarters_of_both(moved_clock, agreeing, expected):
    town = await an_estate_of_owners(10_000, 10_000, 10_000, 10_000)
    poll_id = await an_owners_poll(town, moved_clock, rule_code="OWNERS_SPECIAL")
    for number, owner in enumerate(town.residents):
        await cast(owner, poll_id, 1 if number < agreeing else 2)

    assert await the_outcome(poll_id, moved_clock) is expected


async def test_home_to_business_wants_every_owner_also_the_absent(moved_clock):
    town = await an_estate_of_owners(10_000, 10_000, 10_000)
    draft = await a_draft(rule_code="HOME_TO_BUSINESS")
    poll_id = await a_drafted_poll(town, draft)
    await service.publish_poll(town.committee, poll_id)
    for owner in town.residents[:2]:
        await cast(owner, poll_id, 1)

    assert await the_outcome(poll_id, moved_clock) is Outcome.REJECTED


async def test_a_weighted_poll_is_never_plainly_secret(db):
    town = await an_estate_of_owners(9_000)

    with pytest.raises(WeightedNotSecret):
        await a_drafted_poll(
            town, await a_draft(rule_code="OWNERS_GENERAL", secrecy=Secrecy.SECRET)
        )

    assert await Poll.all().count() == 0


async def test_fifteen_days_lie_between_notice_and_ballot(db):
    town = await an_estate_of_owners(9_000)
    poll_id = await a_drafted_poll(
        town, await a_draft(rule_code="OWNERS_GENERAL", opens_in=timedelta(days=14))
    )

    with pytest.raises(NoticeTooShort):
        await service.publish_poll(town.committee, poll_id)

    assert (await Poll.get(id=poll_id)).state is PollState.DRAFT
    assert await database.fetch_value("SELECT count(*) FROM voting_roll_entry") == 0


async def test_areas_that_cannot_be_added_up_are_refused(db):
    town = await an_estate_of_owners(9_000, 9_000)
    first = await Household.first()
    await Household.filter(id=first.id).update(floor_area_centi_m2=None, area_basis=None)
    poll_id = await a_drafted_poll(
        town, await a_draft(rule_code="OWNERS_GENERAL", opens_in=OPENS_IN)
    )

    with pytest.raises(AreasMissing):
        await service.publish_poll(town.committee, poll_id)

    assert await database.fetch_value("SELECT count(*) FROM voting_roll_entry") == 0


async def test_household_representatives_vote_once_a_household(moved_clock):
    town = await a_town(residents=2)
    spouse = await factories.a_person("配偶")
    household = await Household.first()
    await factories.a_residency(spouse, household)
    draft = await a_draft(rule_code="VILLAGERS_MEETING_HOUSEHOLDS", opens_in=timedelta(days=12))
    poll_id = await a_drafted_poll(town, draft)
    await service.publish_poll(town.committee, poll_id)

    rows = await database.fetch("SELECT household_id FROM voting_roll_entry")
    assert len(rows) == len({row["household_id"] for row in rows}) == 2
