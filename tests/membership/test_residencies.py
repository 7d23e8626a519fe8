"""Residencies: claimed by residents, decided by staff, ended on a last day."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock
from domains.kernel.actor import Actor, Role
from domains.kernel.errors import Forbidden, InvalidInput, NotFound, SignInRequired
from domains.membership.errors import (
    AlreadyResident,
    DayImpossible,
    HelperIsPerson,
    OwnResidency,
    ResidencyDecided,
)
from domains.membership.models import AssistedEntry, Residency
from domains.membership.queries import electorate, roles
from domains.membership.service import residencies
from domains.membership.values import AreaKind, ConsentForm, ResidencyKind, ResidencyState
from tests import factories

SINCE = date(2024, 3, 1)


async def _claim(person, household) -> Residency:
    return await factories.a_residency(person, household, state=ResidencyState.CLAIMED)


async def test_a_claim_becomes_a_residency_when_staff_verify_it(db):
    building = await factories.a_building()
    household = await factories.a_household(building)
    lin = await factories.a_person()
    captain = await factories.a_building_captain(building)

    made = await residencies.claim_residency(
        factories.as_actor(lin),
        building_id=building.id,
        unit=household.unit,
        kind=ResidencyKind.TENANT,
        since=SINCE,
    )
    before = await roles.grants_of(lin.id)
    await residencies.verify_residency(captain, made.id)
    after = await roles.grants_of(lin.id)

    assert before == frozenset()
    assert [grant.role for grant in after] == [Role.RESIDENT]
    residency = await Residency.get(id=made.id)
    assert (residency.state, residency.kind, residency.since, residency.decided_by_id) == (
        ResidencyState.VERIFIED,
        ResidencyKind.TENANT,
        SINCE,
        captain.person_id,
    )


async def test_a_claim_repeated_with_its_key_is_made_once(db):
    household = await factories.a_household()
    lin = factories.as_actor(await factories.a_person())
    key = uuid4()

    async def claim():
        return await residencies.claim_residency(
            lin,
            building_id=household.area_id,
            unit=household.unit,
            kind=ResidencyKind.OWNER,
            since=SINCE,
            idempotency_key=key,
        )

    first, second = await claim(), await claim()

    assert (first.id, first.replayed, second.replayed) == (second.id, False, True)
    assert await Residency.all().count() == 1


async def test_the_same_bond_cannot_be_claimed_twice(db):
    household = await factories.a_household()
    lin = await factories.a_person()
    await factories.a_residency(lin, household, kind=ResidencyKind.OWNER)

    with pytest.raises(AlreadyResident):
        await residencies.claim_residency(
            factories.as_actor(lin),
            building_id=household.area_id,
            unit=household.unit,
            kind=ResidencyKind.OWNER,
            since=SINCE,
        )

    assert await Residency.all().count() == 1


async def test_an_anonymous_caller_claims_nothing(db):
    household = await factories.a_household()

    with pytest.raises(SignInRequired):
        await residencies.claim_residency(
            Actor(person_id=None),
            building_id=household.area_id,
            unit=household.unit,
            kind=ResidencyKind.OWNER,
            since=SINCE,
        )

    assert await Residency.all().count() == 0


@pytest.mark.parametrize("days", [1, 365])
async def test_a_claim_cannot_begin_in_the_future(db, days):
    household = await factories.a_household()
    lin = factories.as_actor(await factories.a_person())
    since = await clock.today() + timedelta(days=days)

    with pytest.raises(DayImpossible):
        await residencies.claim_residency(
            lin,
            building_id=household.area_id,
            unit=household.unit,
            kind=ResidencyKind.OWNER,
            since=since,
        )

    assert await Residency.all().count() == 0


async def test_somebody_without_a_name_claims_nothing(db):
    household = await factories.a_household()
    nameless = factories.as_actor(await factories.a_person(""))

    with pytest.raises(InvalidInput):
        await residencies.claim_residency(
            nameless,
            building_id=household.area_id,
            unit=household.unit,
            kind=ResidencyKind.OWNER,
            since=SINCE,
        )

    assert await Residency.all().count() == 0


async def test_nobody_verifies_their_own_claim(db):
    building = await factories.a_building()
    wang = await factories.a_person("王建国")
    await factories.a_role_grant(wang, Role.BUILDING_CAPTAIN, area=building)
    claim = await _claim(wang, await factories.a_household(building))
    actor = factories.as_actor(wang, *await roles.grants_of(wang.id))

    for decide in (
        residencies.verify_residency(actor, claim.id),
        residencies.refuse_residency(actor, claim.id, reason="不符"),
    ):
        with pytest.raises(OwnResidency):
            await decide

    assert (await Residency.get(id=claim.id)).state is ResidencyState.CLAIMED


async def test_staff_of_another_community_do_not_see_the_claim(db):
    claim = await _claim(await factories.a_person(), await factories.a_household())
    stranger = await factories.a_committee_member()

    with pytest.raises(NotFound):
        await residencies.verify_residency(stranger, claim.id)

    assert (await Residency.get(id=claim.id)).state is ResidencyState.CLAIMED


async def test_the_captain_of_the_next_building_does_not_see_the_claim(db):
    community = await factories.a_community()
    building = await factories.an_area(AreaKind.BUILDING, parent=community, name="1号楼", code="1")
    next_door = await factories.an_area(
        AreaKind.BUILDING, parent=community, name="11号楼", code="11"
    )
    claim = await _claim(await factories.a_person(), await factories.a_household(next_door))
    captain = await factories.a_building_captain(building)

    with pytest.raises(NotFound):
        await residencies.verify_residency(captain, claim.id)

    assert (await Residency.get(id=claim.id)).state is ResidencyState.CLAIMED


async def test_a_claimant_sees_the_claim_and_still_may_not_verify_it(db):
    lin = await factories.a_person()
    claim = await _claim(lin, await factories.a_household())

    with pytest.raises(Forbidden):
        await residencies.verify_residency(factories.as_actor(lin), claim.id)

    assert (await Residency.get(id=claim.id)).state is ResidencyState.CLAIMED


async def test_a_claim_is_refused_with_a_reason_and_decided_once(db):
    building = await factories.a_building()
    claim = await _claim(await factories.a_person(), await factories.a_household(building))
    captain = await factories.a_building_captain(building)

    await residencies.refuse_residency(captain, claim.id, reason="户主不认识此人")
    with pytest.raises(ResidencyDecided):
        await residencies.verify_residency(captain, claim.id)

    refused = await Residency.get(id=claim.id)
    assert (refused.state, refused.reason) == (ResidencyState.REFUSED, "户主不认识此人")


async def test_an_ended_residency_counts_to_its_last_day(moved_clock):
    community = await factories.a_community()
    building = await factories.a_building(community)
    lin = await factories.a_person()
    residency = await factories.a_residency(lin, await factories.a_household(building))
    captain = await factories.a_building_captain(building)
    today = await clock.today()

    await residencies.end_residency(captain, residency.id, reason="搬走")

    day = timedelta(days=1)
    counted = [
        [row["person_id"] for row in await electorate.adults_of(community.path, on)]
        for on in (today, today + day)
    ]
    assert counted == [[lin.id], []]
    assert len(await roles.grants_of(lin.id)) == 1
    await moved_clock.advance(day)
    assert await roles.grants_of(lin.id) == frozenset()


async def test_a_residency_cannot_end_before_it_began(db):
    building = await factories.a_building()
    residency = await factories.a_residency(
        await factories.a_person(), await factories.a_household(building), since=SINCE
    )
    captain = await factories.a_building_captain(building)

    with pytest.raises(DayImpossible):
        await residencies.end_residency(captain, residency.id, last_day=SINCE - timedelta(days=1))

    assert (await Residency.get(id=residency.id)).state is ResidencyState.VERIFIED


async def test_staff_claim_for_a_resident_with_consent_and_their_own_name(db):
    community = await factories.a_community()
    household = await factories.a_household(await factories.a_building(community))
    old = await factories.a_household(await factories.a_building(community))
    lin = await factories.a_person("孙奶奶")
    await factories.a_residency(lin, old)
    helper = await factories.a_grid_worker(community)

    made = await residencies.claim_residency_for(
        helper,
        person_id=lin.id,
        household_id=household.id,
        kind=ResidencyKind.MEMBER,
        since=SINCE,
        consent=ConsentForm.SPOKEN,
        note="上门办理",
    )

    entry = await AssistedEntry.get(subject_id=made.id)
    assert (entry.person_id, entry.helper_id, entry.command, entry.consent, entry.note) == (
        lin.id,
        helper.person_id,
        "claimResidency",
        ConsentForm.SPOKEN,
        "上门办理",
    )
    assert (await Residency.get(id=made.id)).state is ResidencyState.CLAIMED


async def test_nobody_is_their_own_helper(db):
    community = await factories.a_community()
    household = await factories.a_household(await factories.a_building(community))
    helper = await factories.a_grid_worker(community)
    assert helper.person_id is not None

    with pytest.raises(HelperIsPerson):
        await residencies.claim_residency_for(
            helper,
            person_id=helper.person_id,
            household_id=household.id,
            kind=ResidencyKind.MEMBER,
            since=SINCE,
            consent=ConsentForm.SPOKEN,
        )

    assert await AssistedEntry.all().count() == 0
    assert await Residency.all().count() == 0


async def test_a_helper_sees_nobody_of_another_community(db):
    household = await factories.a_household()
    stranger = await factories.a_person()
    await factories.a_residency(stranger, household)
    community = await factories.a_community()
    here = await factories.a_household(await factories.a_building(community))
    helper = await factories.a_grid_worker(community)

    with pytest.raises(NotFound):
        await residencies.claim_residency_for(
            helper,
            person_id=stranger.id,
            household_id=here.id,
            kind=ResidencyKind.MEMBER,
            since=SINCE,
            consent=ConsentForm.WRITTEN,
        )

    assert await AssistedEntry.all().count() == 0
