"""Roles: what a person may be today, and who may grant what to whom."""

from datetime import date, timedelta

from domains.kernel import clock
from domains.kernel.actor import Grant, Role
from domains.membership.queries import roles
from domains.membership.values import ResidencyState
from tests import factories


async def test_a_verified_residency_makes_a_resident_of_the_community(db):
    community = await factories.a_community()
    grid = await factories.a_grid(community)
    building = await factories.a_building(grid)
    lin = await factories.a_person()
    await factories.a_residency(lin, await factories.a_household(building))

    grants = await roles.grants_of(lin.id)

    assert grants == {Grant(Role.RESIDENT, area_path=community.path)}


async def test_a_claim_makes_nobody_a_resident(db):
    lin = await factories.a_person()
    household = await factories.a_household()
    await factories.a_residency(lin, household, state=ResidencyState.CLAIMED)

    grants = await roles.grants_of(lin.id)

    assert grants == frozenset()


async def test_a_role_is_in_force_from_its_first_day_to_its_last(moved_clock):
    today = await clock.today()
    day = timedelta(days=1)
    community = await factories.a_community()
    wang = await factories.a_person("王建国")
    await factories.a_role_grant(
        wang, Role.SUPERVISOR, area=community, starts_on=today + day, ends_on=today + 2 * day
    )

    seen = []
    for _ in range(4):
        seen.append(await roles.grants_of(wang.id))
        await moved_clock.advance(day)

    held = {Grant(Role.SUPERVISOR, area_path=community.path)}
    assert seen == [frozenset(), held, held, frozenset()]


async def test_grants_take_one_statement(db, statements):
    community = await factories.a_community()
    lin = await factories.a_person()
    building = await factories.a_building(community)
    for _ in range(3):
        await factories.a_residency(lin, await factories.a_household(building))
    organisation = await factories.an_organisation(community)
    await factories.a_role_grant(lin, Role.CHARITY_OFFICER, organisation=organisation)
    await factories.a_role_grant(lin, Role.SUPERVISOR, area=community, ends_on=date(2020, 12, 31))
    statements.clear()

    grants = await roles.grants_of(lin.id)

    assert len(statements) == 1
    assert grants == {
        Grant(Role.RESIDENT, area_path=community.path),
        Grant(Role.CHARITY_OFFICER, organisation_id=organisation.id),
    }
