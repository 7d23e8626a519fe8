"""Roles: what a person may be today, and who may grant what to whom."""

import asyncio
from datetime import date, timedelta

import pytest

from domains.kernel import clock, database
from domains.kernel.actor import Grant, Role
from domains.kernel.errors import Forbidden, NotFound
from domains.membership.errors import (
    OwnRole,
    RoleDaysReversed,
    RoleHeld,
    RoleMisplaced,
    RoleRevokedBefore,
)
from domains.membership.models import Person, RoleGrant
from domains.membership.queries import roles
from domains.membership.service import organisations
from domains.membership.service import roles as service
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


async def _granted(actor, role, *, person=None, area=None, organisation=None, **days):
    person = person or await factories.a_person("孙大海")
    made = await service.grant_role(
        actor,
        person_id=person.id,
        role=role,
        area_id=area.id if area else None,
        organisation_id=organisation.id if organisation else None,
        **days,
    )
    return await RoleGrant.get(id=made.id)


async def _a_neighbour(community):
    """A resident of the community, as a person."""
    resident = await factories.a_resident(community)
    return await Person.get(id=resident.person_id)


async def test_a_committee_member_grants_and_revokes_within_the_community(db):
    community = await factories.a_community()
    building = await factories.a_building(community)
    member = await factories.a_committee_member(community)
    sun = await _a_neighbour(community)

    grant = await _granted(member, Role.BUILDING_CAPTAIN, person=sun, area=building)
    held = await roles.grants_of(sun.id)
    await service.revoke_role(member, grant.id, reason="任期届满")

    assert Grant(Role.BUILDING_CAPTAIN, area_path=building.path) in held
    assert await roles.grants_of(sun.id) == {Grant(Role.RESIDENT, area_path=community.path)}
    revoked = await RoleGrant.get(id=grant.id)
    assert (revoked.granted_by_id, revoked.revoked_by_id, revoked.reason) == (
        member.person_id,
        member.person_id,
        "任期届满",
    )
    told = await database.fetch("SELECT name FROM kernel_outbox ORDER BY id")
    assert [row["name"] for row in told] == ["membership.RoleGranted", "membership.RoleRevoked"]
    entries = await database.fetch("SELECT command, chain FROM kernel_audit ORDER BY sequence")
    assert [(row["command"], row["chain"]) for row in entries] == [
        ("grantRole", community.id),
        ("revokeRole", community.id),
    ]


UPWARD = [
    Role.COMMITTEE_MEMBER,
    Role.SUPERVISOR,
    Role.RESIDENT,
    Role.PLATFORM_ADMINISTRATOR,
]


@pytest.mark.parametrize("role", UPWARD)
async def test_a_committee_member_grants_nothing_upward(db, role):
    community = await factories.a_community()
    member = await factories.a_committee_member(community)
    sun = await _a_neighbour(community)
    before = await RoleGrant.all().count()

    with pytest.raises(Forbidden):
        await _granted(member, role, person=sun, area=community)

    assert await RoleGrant.all().count() == before


async def test_a_street_reviewer_makes_committees_of_its_communities_alone(db):
    street = await factories.a_street()
    community = await factories.a_community(street)
    reviewer = await factories.a_street_reviewer(street)
    sun = await _a_neighbour(community)

    granted = await _granted(reviewer, Role.COMMITTEE_MEMBER, person=sun, area=community)
    with pytest.raises(Forbidden):
        await _granted(
            reviewer, Role.COMMITTEE_MEMBER, person=sun, area=await factories.a_community()
        )

    assert granted.area_id == community.id
    assert await RoleGrant.filter(person_id=sun.id).count() == 1


async def test_an_administrator_of_an_organisation_grants_within_it_alone(db):
    organisation = await factories.an_organisation()
    other = await factories.an_organisation()
    chen = await factories.an_organisation_administrator(organisation)
    colleague = await factories.a_person("周倩")
    await factories.a_role_grant(colleague, Role.SOCIAL_WORKER, organisation=organisation)

    granted = await _granted(
        chen, Role.CHARITY_OFFICER, person=colleague, organisation=organisation
    )
    for role, place in (
        (Role.CHARITY_OFFICER, other),
        (Role.COMMITTEE_MEMBER, organisation),
    ):
        with pytest.raises(Forbidden):
            await _granted(chen, role, person=colleague, organisation=place)

    assert granted.organisation_id == organisation.id
    assert await RoleGrant.filter(person_id=colleague.id).count() == 2


async def test_nobody_grants_a_role_to_themselves(db):
    city = await factories.a_city()
    administrator = await factories.a_platform_administrator(city)
    street = await factories.a_street(await factories.a_district(city))
    person = await Person.get(id=administrator.person_id)

    with pytest.raises(OwnRole):
        await _granted(administrator, Role.STREET_REVIEWER, person=person, area=street)

    assert await RoleGrant.all().count() == 1


async def test_a_role_has_its_seat_its_days_and_one_holder_at_a_time(db):
    community = await factories.a_community()
    member = await factories.a_committee_member(community)
    sun = await _a_neighbour(community)
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    await _granted(
        member, Role.GRID_WORKER, person=sun, area=community, starts_on=first, ends_on=last
    )
    attempts = [
        (Role.BUILDING_CAPTAIN, {}, RoleMisplaced),
        (Role.GRID_WORKER, {"starts_on": last, "ends_on": first}, RoleDaysReversed),
        (Role.GRID_WORKER, {"starts_on": last}, RoleHeld),
        (Role.GRID_WORKER, {"starts_on": date(2025, 1, 1), "ends_on": first}, RoleHeld),
    ]
    for role, days, refusal in attempts:
        with pytest.raises(refusal):
            await _granted(member, role, person=sun, area=community, **days)

    after = await _granted(
        member, Role.GRID_WORKER, person=sun, area=community, starts_on=date(2027, 1, 1)
    )
    assert await RoleGrant.filter(person_id=sun.id).count() == 2
    assert after.ends_on is None


async def test_two_grants_of_one_role_at_once_make_one(db):
    community = await factories.a_community()
    member = await factories.a_committee_member(community)
    sun = await _a_neighbour(community)

    results = await asyncio.gather(
        *(_granted(member, Role.GRID_WORKER, person=sun, area=community) for _ in range(4)),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in results) == ["RoleGrant"] + ["RoleHeld"] * 3
    assert await RoleGrant.filter(person_id=sun.id).count() == 1


async def test_a_grant_is_revoked_once_and_not_by_strangers(db):
    community = await factories.a_community()
    member = await factories.a_committee_member(community)
    stranger = await factories.a_committee_member()
    sun = await _a_neighbour(community)
    grant = await _granted(member, Role.GRID_WORKER, person=sun, area=community)

    with pytest.raises(NotFound):
        await service.revoke_role(stranger, grant.id)
    assert (await RoleGrant.get(id=grant.id)).revoked_at is None
    await service.revoke_role(member, grant.id)
    with pytest.raises(RoleRevokedBefore):
        await service.revoke_role(member, grant.id)


async def test_roles_in_a_dissolved_organisation_hold_no_more(db):
    community = await factories.a_community()
    organisation = await factories.an_organisation(community)
    chen = await factories.an_organisation_administrator(organisation)
    member = await factories.a_committee_member(community)
    assert chen.person_id is not None
    before = await roles.grants_of(chen.person_id)

    await organisations.dissolve_organisation(member, organisation.id)

    assert before == chen.grants
    assert await roles.grants_of(chen.person_id) == frozenset()


async def test_nobody_of_another_community_can_be_given_a_role(db):
    community = await factories.a_community()
    member = await factories.a_committee_member(community)
    stranger = await _a_neighbour(await factories.a_community())

    with pytest.raises(NotFound):
        await _granted(member, Role.GRID_WORKER, person=stranger, area=community)

    assert await RoleGrant.filter(person_id=stranger.id).count() == 0
