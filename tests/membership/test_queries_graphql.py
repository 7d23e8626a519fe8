"""Membership read through the schema: who sees what, and at what number of statements."""

import pytest

from domains.kernel.actor import ANONYMOUS, Grant, Role
from domains.membership.values import AreaKind, ResidencyState
from schema import node
from schema.context import Context
from schema.root import schema
from tests import factories


async def ask(actor, document, **variables):
    """The data of a query that raises nothing."""
    answer = await schema.execute(document, variable_values=variables, context_value=Context(actor))
    assert answer.errors is None, answer.errors
    return answer.data


ME = """{ me { person { name isNameMasked version residencies { state household { unit } } }
  roles { role area { name } organisation { name } } } }"""


async def test_me_is_whole_with_residencies_and_roles(db):
    community = await factories.a_community(name="同心社区")
    lin = await factories.a_resident(community)

    data = await ask(lin, ME)

    assert data["me"]["person"] == {
        "name": "林芳",
        "isNameMasked": False,
        "version": 1,
        "residencies": [
            {
                "state": "VERIFIED",
                "household": {"unit": data["me"]["person"]["residencies"][0]["household"]["unit"]},
            }
        ],
    }
    assert data["me"]["roles"] == [
        {"role": "RESIDENT", "area": {"name": "同心社区"}, "organisation": None}
    ]


async def test_nobody_is_signed_in(db):
    assert await ask(ANONYMOUS, ME) == {"me": None}


NODE = """query ($id: ID!) { node(id: $id) { id
  ... on Person { name isNameMasked birthDate } } }"""


async def _seen(actor, person_id):
    data = await ask(actor, NODE, id=node.encode("person", person_id))
    found = data["node"]
    return found and (found["name"], found["birthDate"])


async def test_a_name_is_whole_to_staff_masked_to_neighbours_and_unseen_by_others(db):
    community = await factories.a_community()
    lin = await factories.a_resident(community, name="林芳")
    neighbour = await factories.a_resident(community, name="赵敏")
    grid_worker = await factories.a_grid_worker(community)
    stranger = await factories.a_resident()
    stranger_staff = await factories.a_committee_member()

    seen = [
        await _seen(each, lin.person_id)
        for each in (lin, grid_worker, neighbour, stranger, stranger_staff, ANONYMOUS)
    ]

    whole = ("林芳", factories.BORN.isoformat())
    assert seen == [whole, whole, ("林*", None), None, None, None]


async def test_who_holds_a_public_role_is_named_to_everybody(db):
    member = await factories.a_committee_member(name="王建国")

    assert await _seen(ANONYMOUS, member.person_id) == ("王建国", None)


KINDS = ["person", "household", "residency", "role_grant"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_node_of_another_community_is_null_as_if_absent(db, kind):
    here, there = await factories.a_community(), await factories.a_community()
    person = await factories.a_person()
    household = await factories.a_household(await factories.a_building(there))
    residency = await factories.a_residency(person, household)
    grant = await factories.a_role_grant(
        await factories.a_person(), Role.SUPERVISOR, area=there, ends_on=factories.SINCE
    )
    ids = {
        "person": person.id,
        "household": household.id,
        "residency": residency.id,
        "role_grant": grant.id,
    }
    strangers = [await factories.a_committee_member(here), await factories.a_resident(here)]
    staff = await factories.a_committee_member(there)

    global_id = node.encode(kind, ids[kind])
    for stranger in strangers:
        assert await ask(stranger, NODE, id=global_id) == {"node": None}
    assert (await ask(staff, NODE, id=global_id))["node"]["id"] == global_id


AREA = """query ($by: AreaBy!) { area(by: $by) { name kind parent { name }
  ancestors { name } children(first: 2) { nodes { name } pageInfo { hasNextPage endCursor } } } }"""


async def test_an_area_is_found_by_id_and_by_path_with_what_lies_above_and_below(db):
    street = await factories.a_street()
    community = await factories.a_community(street)
    for number in range(3):
        await factories.an_area(
            AreaKind.BUILDING, parent=community, name=f"{number}号楼", code=f"b{number}"
        )

    by_id = await ask(ANONYMOUS, AREA, by={"id": node.encode("area", community.id)})
    by_path = await ask(ANONYMOUS, AREA, by={"path": community.path})

    assert by_id == by_path
    found = by_id["area"]
    assert (found["kind"], found["parent"]["name"]) == ("COMMUNITY", "牌楼街道")
    assert [each["name"] for each in found["ancestors"]] == ["徐州市", "鼓楼区", "牌楼街道"]
    assert [each["name"] for each in found["children"]["nodes"]] == ["0号楼", "1号楼"]
    assert found["children"]["pageInfo"]["hasNextPage"] is True


async def test_the_second_page_of_children_goes_on_behind_the_first(db):
    community = await factories.a_community()
    for number in range(3):
        await factories.an_area(
            AreaKind.BUILDING, parent=community, name=f"{number}号楼", code=f"b{number}"
        )
    first = await ask(ANONYMOUS, AREA, by={"path": community.path})
    cursor = first["area"]["children"]["pageInfo"]["endCursor"]

    second = await ask(
        ANONYMOUS,
        """query ($path: String!, $after: String!) { area(by: {path: $path}) {
        children(first: 2, after: $after) { nodes { name } pageInfo { hasNextPage } } } }""",
        path=community.path,
        after=cursor,
    )

    assert second["area"]["children"] == {
        "nodes": [{"name": "2号楼"}],
        "pageInfo": {"hasNextPage": False},
    }


async def test_no_area_answers_to_a_malformed_id_or_path(db):
    for by in ({"id": "area_nonsense"}, {"path": "nowhere/"}, {"path": "%"}):
        assert await ask(ANONYMOUS, AREA, by=by) == {"area": None}


PEOPLE = """query ($where: PeopleFilterInput) { people(where: $where) { nodes { name
  residencies { household { unit building { name } } } roleGrants { role } } } }"""


async def test_staff_find_the_people_of_their_area_and_nobody_else(db):
    here, there = await factories.a_community(), await factories.a_community()
    await factories.a_resident(here, name="林芳")
    await factories.a_resident(there, name="林青")
    member = await factories.a_committee_member(here)
    resident = await factories.a_resident(here, name="赵敏")

    staff_sees = await ask(member, PEOPLE, where={"nameHolds": "林"})
    elsewhere = await ask(member, PEOPLE, where={"withinId": node.encode("area", there.id)})
    resident_sees = await ask(resident, PEOPLE)

    assert [each["name"] for each in staff_sees["people"]["nodes"]] == ["林芳"]
    assert elsewhere == {"people": {"nodes": []}}
    assert resident_sees == {"people": {"nodes": []}}


LISTS = {
    "people": PEOPLE,
    "households": """{ households { nodes { unit building { name }
        residencies { state person { name } } } } }""",
    "residencies": """{ residencies { nodes { state person { name }
        household { unit building { name } } } } }""",
    "roleGrants": """{ roleGrants { nodes { role inForce person { name } area { name }
        organisation { name } } } }""",
    "organisations": "{ organisations { nodes { name area { name ancestors { name } } } } }",
    "areas": """{ areas(where: {kinds: [BUILDING]}) { nodes { name parent { name }
        ancestors { name } children { nodes { name } } } } }""",
}


@pytest.mark.parametrize("name", list(LISTS))
async def test_a_list_of_three_takes_as_many_statements_as_a_list_of_one(db, statements, name):
    community = await factories.a_community()
    member = await factories.a_committee_member(community)
    counts, sizes = [], []
    for more in (1, 2):
        for number in range(more):
            building = await factories.a_building(community)
            person = await factories.a_person(f"林{more}{number}")
            household = await factories.a_household(building)
            await factories.a_residency(person, household, state=ResidencyState.CLAIMED)
            await factories.a_role_grant(person, Role.BUILDING_CAPTAIN, area=building)
            await factories.an_organisation(community, name=f"合唱团{more}{number}")
        statements.clear()
        data = await ask(member, LISTS[name])
        counts.append(len(statements))
        sizes.append(len(data[name]["nodes"]))

    assert sizes[1] - sizes[0] == 2
    assert counts[0] == counts[1]


async def test_my_powers_take_as_many_statements_for_three_roles_as_for_one(db, statements):
    communities = [await factories.a_community() for _ in range(3)]
    person = await factories.a_person()
    grants = [Grant(Role.SUPERVISOR, area_path=each.path) for each in communities]
    counts = []
    for held in (grants[:1], grants):
        statements.clear()
        data = await ask(factories.as_actor(person, *held), "{ me { roles { area { name } } } }")
        counts.append((len(data["me"]["roles"]), len(statements)))

    assert counts == [(1, 2), (3, 2)]
