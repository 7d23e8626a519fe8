"""Who counts on a day."""

from datetime import date

from domains.membership.queries import electorate
from domains.membership.values import ResidencyKind, ResidencyState
from tests import factories

ON = date(2026, 11, 22)


async def test_an_adult_is_who_has_reached_eighteen_on_the_day(db):
    community = await factories.a_community()
    household = await factories.a_household(await factories.a_building(community))
    adult = await factories.a_person("成年", born=date(2008, 11, 22))
    for name, born in (("未满", date(2008, 11, 23)), ("未知", None)):
        await factories.a_residency(await factories.a_person(name, born=born), household)
    await factories.a_residency(adult, household)

    rows = await electorate.adults_of(community.path, ON)

    assert [(row["person_id"], row["name"], row["household_id"]) for row in rows] == [
        (adult.id, "成年", household.id)
    ]


async def test_each_person_counts_once_and_where_they_own(db):
    community = await factories.a_community()
    building = await factories.a_building(community)
    rented, owned = [await factories.a_household(building) for _ in range(2)]
    lin = await factories.a_person()
    await factories.a_residency(lin, rented, kind=ResidencyKind.TENANT, since=date(2010, 1, 1))
    await factories.a_residency(lin, owned, kind=ResidencyKind.OWNER)

    rows = await electorate.adults_of(community.path, ON)

    assert [(row["person_id"], row["household_id"]) for row in rows] == [(lin.id, owned.id)]


async def test_claims_strangers_and_the_disenfranchised_do_not_count(db):
    community = await factories.a_community()
    household = await factories.a_household(await factories.a_building(community))
    claimed = await factories.a_person("待核实")
    await factories.a_residency(claimed, household, state=ResidencyState.CLAIMED)
    deprived = await factories.a_person("被剥夺", has_political_rights=False)
    await factories.a_residency(deprived, household)
    await factories.a_residency(await factories.a_person("外人"), await factories.a_household())
    late = await factories.a_person("后来")
    await factories.a_residency(late, household, since=date(2026, 11, 23))

    rows = await electorate.adults_of(community.path, ON)

    assert list(rows) == []


async def test_households_and_owners_are_told_with_their_areas(db):
    community = await factories.a_community()
    building = await factories.a_building(community, name="3号楼")
    first = await factories.a_household(building, unit="101", floor_area_centi_m2=8_000)
    second = await factories.a_household(building, unit="102", floor_area_centi_m2=9_000)
    await factories.a_household(building, unit="103")
    lin, zhao = await factories.a_person("林芳"), await factories.a_person("赵敏")
    await factories.a_residency(lin, first)
    await factories.a_residency(lin, second)
    await factories.a_residency(zhao, second, kind=ResidencyKind.TENANT)

    households = await electorate.households_of(community.path, ON)
    owners = await electorate.owners_of(community.path, ON)

    assert [(row["unit"], row["people"]) for row in households] == [("101", 1), ("102", 2)]
    assert [(row["person_id"], row["unit"], row["floor_area_centi_m2"]) for row in owners] == [
        (lin.id, f"{building.name} 101", 8_000),
        (lin.id, f"{building.name} 102", 9_000),
    ]
