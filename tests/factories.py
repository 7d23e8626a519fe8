"""A small town for tests: places, people and actors, made as rows with as little as they need."""

from datetime import date
from itertools import count

from domains.kernel import clock, database
from domains.kernel.actor import Actor, Grant, Role
from domains.membership.models import Area, Household, Organisation, Person, Residency, RoleGrant
from domains.membership.values import (
    AreaBasis,
    AreaKind,
    Gender,
    OrganisationKind,
    ResidencyKind,
    ResidencyState,
)

_number = count(1)

BORN = date(1980, 5, 17)
SINCE = date(2020, 1, 1)


async def an_area(kind: AreaKind, *, parent: Area | None, name: str, code: str = "") -> Area:
    """An area of any kind under its parent."""
    code = code or f"{kind.value[0]}{next(_number)}"
    return await Area.create(
        id=database.new_id(),
        kind=kind,
        code=code,
        name=name,
        path=f"{parent.path if parent else ''}{code}/",
        parent=parent,
        created_at=await clock.now(),
    )


async def a_city(name: str = "徐州市") -> Area:
    """A city, the root of a tree."""
    return await an_area(AreaKind.CITY, parent=None, name=name)


async def a_district(city: Area | None = None, *, name: str = "鼓楼区") -> Area:
    """A district of a city."""
    return await an_area(AreaKind.DISTRICT, parent=city or await a_city(), name=name)


async def a_street(district: Area | None = None, *, name: str = "牌楼街道") -> Area:
    """A street of a district."""
    return await an_area(AreaKind.STREET, parent=district or await a_district(), name=name)


async def a_community(street: Area | None = None, *, name: str = "同心社区") -> Area:
    """A community of a street."""
    return await an_area(AreaKind.COMMUNITY, parent=street or await a_street(), name=name)


async def a_grid(community: Area | None = None, *, name: str = "第一网格") -> Area:
    """A grid of a community."""
    return await an_area(AreaKind.GRID, parent=community or await a_community(), name=name)


async def an_estate(community: Area | None = None, *, name: str = "同心家园") -> Area:
    """An estate of a community."""
    return await an_area(AreaKind.ESTATE, parent=community or await a_community(), name=name)


async def a_building(within: Area | None = None, *, name: str = "") -> Area:
    """A building of a community, a grid or an estate."""
    parent = within or await a_community()
    return await an_area(AreaKind.BUILDING, parent=parent, name=name or f"{next(_number)}号楼")


async def a_household(
    building: Area | None = None,
    *,
    unit: str = "",
    floor_area_centi_m2: int | None = 8_950,
) -> Household:
    """A household of a building."""
    return await Household.create(
        id=database.new_id(),
        area=building or await a_building(),
        unit=unit or str(next(_number)),
        floor_area_centi_m2=floor_area_centi_m2,
        area_basis=None if floor_area_centi_m2 is None else AreaBasis.REGISTER,
        created_at=await clock.now(),
    )


async def a_person(
    name: str = "林芳",
    *,
    born: date | None = BORN,
    gender: Gender | None = Gender.FEMALE,
    has_political_rights: bool = True,
) -> Person:
    """Somebody the community knows, by name and day of birth."""
    return await Person.create(
        id=database.new_id(),
        name=name,
        birth_date=born,
        gender=gender,
        has_political_rights=has_political_rights,
        created_at=await clock.now(),
    )


async def a_residency(
    person: Person,
    household: Household,
    *,
    kind: ResidencyKind = ResidencyKind.OWNER,
    state: ResidencyState = ResidencyState.VERIFIED,
    since: date = SINCE,
    until: date | None = None,
) -> Residency:
    """A person's bond to a household, verified unless said otherwise."""
    return await Residency.create(
        id=database.new_id(),
        person=person,
        household=household,
        kind=kind,
        state=state,
        since=since,
        until=until,
        created_at=await clock.now(),
    )


async def a_role_grant(
    person: Person,
    role: Role,
    *,
    area: Area | None = None,
    organisation: Organisation | None = None,
    starts_on: date = SINCE,
    ends_on: date | None = None,
) -> RoleGrant:
    """A role over an area or in an organisation, in force since long ago."""
    return await RoleGrant.create(
        id=database.new_id(),
        person=person,
        role=role,
        area=area,
        organisation=organisation,
        starts_on=starts_on,
        ends_on=ends_on,
        granted_at=await clock.now(),
    )


async def an_organisation(
    area: Area | None = None,
    *,
    name: str = "同心公益服务中心",
    kind: OrganisationKind = OrganisationKind.SOCIAL_ORGANISATION,
) -> Organisation:
    """An organisation of an area."""
    return await Organisation.create(
        id=database.new_id(),
        kind=kind,
        name=name,
        area=area or await a_community(),
        created_at=await clock.now(),
    )


def as_actor(person: Person, *grants: Grant, locale: str = "zh-Hans") -> Actor:
    """The person as a caller with these grants."""
    return Actor(person_id=person.id, grants=frozenset(grants), locale=locale)


async def a_resident(
    community: Area | None = None, *, name: str = "林芳", born: date | None = BORN
) -> Actor:
    """A resident with a verified residency in a household of their own."""
    community = community or await a_community()
    building = await Area.filter(path__startswith=community.path, kind=AreaKind.BUILDING).first()
    household = await a_household(building or await a_building(community))
    person = await a_person(name, born=born)
    await a_residency(person, household)
    return as_actor(person, Grant(Role.RESIDENT, area_path=community.path))


async def an_officer(role: Role, area: Area, *, name: str = "王建国") -> Actor:
    """Somebody who holds a role over an area, granted and in force."""
    person = await a_person(name)
    await a_role_grant(person, role, area=area)
    return as_actor(person, Grant(role, area_path=area.path))


async def a_committee_member(community: Area | None = None, *, name: str = "王建国") -> Actor:
    """A member of a community's residents' committee."""
    return await an_officer(Role.COMMITTEE_MEMBER, community or await a_community(), name=name)


async def a_grid_worker(area: Area | None = None, *, name: str = "赵敏") -> Actor:
    """A grid worker over a community or a grid."""
    return await an_officer(Role.GRID_WORKER, area or await a_community(), name=name)


async def a_building_captain(building: Area | None = None, *, name: str = "孙大海") -> Actor:
    """The captain of a building."""
    return await an_officer(Role.BUILDING_CAPTAIN, building or await a_building(), name=name)


async def a_street_reviewer(street: Area | None = None, *, name: str = "周倩") -> Actor:
    """A reviewer of a street."""
    return await an_officer(Role.STREET_REVIEWER, street or await a_street(), name=name)


async def an_organisation_administrator(organisation: Organisation, *, name: str = "陈立") -> Actor:
    """Somebody who administers an organisation."""
    person = await a_person(name)
    await a_role_grant(person, Role.ORGANISATION_ADMINISTRATOR, organisation=organisation)
    grant = Grant(Role.ORGANISATION_ADMINISTRATOR, organisation_id=organisation.id)
    return as_actor(person, grant)


async def a_platform_administrator(city: Area | None = None, *, name: str = "何平") -> Actor:
    """The administrator of the platform in a city."""
    return await an_officer(Role.PLATFORM_ADMINISTRATOR, city or await a_city(), name=name)
