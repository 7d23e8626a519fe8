"""Membership changed through the schema: every command, and every id from elsewhere."""

import asyncio
import hashlib
from uuid import uuid4

import pytest

from domains.kernel import database, storage, uploads
from domains.kernel.actor import ANONYMOUS, Role
from domains.membership.models import Area, Household, Organisation, Person, Residency, RoleGrant
from domains.membership.service import register
from domains.membership.values import ImportMode, ResidencyState
from schema import node
from schema.context import Context
from schema.root import schema
from tests import factories

DOCUMENT = """mutation ($input: {type}Input!) {{ {field}(input: $input) {{ __typename
  ... on UserError {{ code path message }} {more} }} }}"""
MORE = {
    "createArea": "... on AreaSaved { area { name path } replayed }",
    "renameArea": "... on AreaSaved { area { name } }",
    "createPerson": """... on PersonSaved { replayed person { name phone identityNumber birthDate
        gender version residencies { state } } }""",
    "editPerson": "... on PersonSaved { person { name phone version } }",
    "revealPersonalNumbers": "... on PersonalNumbersRevealed { phone identityNumber }",
    "createHousehold": "... on HouseholdSaved { household { unit floorAreaCentiM2 } }",
    "editHousehold": "... on HouseholdSaved { household { unit version } }",
    "claimResidency": "... on ResidencySaved { residency { id state } replayed }",
    "claimResidencyFor": """... on ResidencySaved { residency { state person { name }
        assistance { consent note helper { name } } } }""",
    "verifyResidency": "... on ResidencySaved { residency { state } }",
    "refuseResidency": "... on ResidencySaved { residency { state reason } }",
    "endResidency": "... on ResidencySaved { residency { state } }",
    "createOrganisation": "... on OrganisationSaved { organisation { name creditCode } }",
    "editOrganisation": "... on OrganisationSaved { organisation { name version } }",
    "dissolveOrganisation": "... on OrganisationSaved { organisation { version } }",
    "grantRole": """... on RoleGrantSaved { roleGrant { role inForce person { name }
        area { name } } }""",
    "revokeRole": "... on RoleGrantSaved { roleGrant { inForce reason } }",
    "importHouseholdRegister": """... on HouseholdRegisterImported { replayed registerImport {
        id applied acceptedCount refusedCount refusals { nodes { rowNumber column code message } }
        reportAddress } }""",
}


async def act(actor, field, **given):
    """What a mutation answers."""
    document = DOCUMENT.format(type=field[0].upper() + field[1:], field=field, more=MORE[field])
    answer = await schema.execute(
        document, variable_values={"input": given}, context_value=Context(actor)
    )
    assert answer.errors is None, answer.errors
    return answer.data[field]


def gid(kind, row):
    return node.encode(kind, row.id)


def key():
    return str(uuid4())


class Town:
    """A community with a building, a household, a resident, a claim, an organisation, a role."""

    async def build(self):
        self.street = await factories.a_street()
        self.community = await factories.a_community(self.street)
        self.building = await factories.a_building(self.community)
        self.household = await factories.a_household(self.building)
        self.person = await factories.a_person("孙大海")
        await factories.a_residency(self.person, self.household)
        self.claim = await factories.a_residency(
            await factories.a_person("赵敏"), self.household, state=ResidencyState.CLAIMED
        )
        self.living = await factories.a_residency(await factories.a_person(), self.household)
        self.organisation = await factories.an_organisation(self.community)
        self.role = await factories.a_role_grant(
            self.person, Role.BUILDING_CAPTAIN, area=self.building
        )
        self.member = await factories.a_committee_member(self.community)
        return self


COMMANDS = {
    "createArea": lambda t: {
        "parentId": gid("area", t.community),
        "kind": "BUILDING",
        "code": "b9",
        "name": "9号楼",
        "idempotencyKey": key(),
    },
    "renameArea": lambda t: {"areaId": gid("area", t.building), "name": "改名楼"},
    "createPerson": lambda t: {
        "areaId": gid("area", t.community),
        "householdId": gid("household", t.household),
        "person": {"name": "周倩"},
        "idempotencyKey": key(),
    },
    "editPerson": lambda t: {
        "personId": gid("person", t.person),
        "person": {"name": "孙小海"},
        "expectedVersion": 1,
    },
    "revealPersonalNumbers": lambda t: {"personId": gid("person", t.person)},
    "createHousehold": lambda t: {
        "buildingId": gid("area", t.building),
        "unit": "9-901",
        "idempotencyKey": key(),
    },
    "editHousehold": lambda t: {
        "householdId": gid("household", t.household),
        "unit": "改",
        "expectedVersion": 1,
    },
    "claimResidencyFor": lambda t: {
        "personId": gid("person", t.person),
        "householdId": gid("household", t.household),
        "kind": "TENANT",
        "since": "2020-01-01",
        "consent": "SPOKEN",
        "idempotencyKey": key(),
    },
    "verifyResidency": lambda t: {"residencyId": gid("residency", t.claim)},
    "refuseResidency": lambda t: {"residencyId": gid("residency", t.claim), "reason": "不符"},
    "endResidency": lambda t: {"residencyId": gid("residency", t.living)},
    "createOrganisation": lambda t: {
        "areaId": gid("area", t.community),
        "kind": "ENTERPRISE",
        "name": "便民超市",
        "idempotencyKey": key(),
    },
    "editOrganisation": lambda t: {
        "organisationId": gid("organisation", t.organisation),
        "name": "改名中心",
        "expectedVersion": 1,
    },
    "dissolveOrganisation": lambda t: {"organisationId": gid("organisation", t.organisation)},
    "grantRole": lambda t: {
        "personId": gid("person", t.person),
        "role": "GRID_WORKER",
        "areaId": gid("area", t.community),
        "idempotencyKey": key(),
    },
    "revokeRole": lambda t: {"roleGrantId": gid("role_grant", t.role)},
}
# What is public is seen, so the refusal is FORBIDDEN there.
PUBLIC = {"createArea", "renameArea", "createPerson", "createHousehold", "claimResidencyFor"} | {
    "createOrganisation",
    "editOrganisation",
    "dissolveOrganisation",
    "grantRole",
}


async def state() -> list[object]:
    """Everything that these commands could change."""
    tables = [Area, Household, Person, Residency, Organisation, RoleGrant]
    return [sorted(map(str, await table.all().values())) for table in tables]


@pytest.mark.parametrize("field", list(COMMANDS))
async def test_the_committee_does_it_in_its_own_community(db, field):
    town = await Town().build()

    done = await act(town.member, field, **COMMANDS[field](town))

    assert done["__typename"].endswith(("Saved", "Revealed"))


@pytest.mark.parametrize("field", list(COMMANDS))
async def test_the_committee_of_another_community_is_refused_and_nothing_changes(db, field):
    town = await Town().build()
    stranger = await factories.a_committee_member(await factories.a_community(town.street))
    before = await state()

    refused = await act(stranger, field, **COMMANDS[field](town))

    assert refused["__typename"] == "Refused"
    assert refused["code"] == ("FORBIDDEN" if field in PUBLIC else "NOT_FOUND")
    assert await state() == before


@pytest.mark.parametrize("field", list(COMMANDS))
async def test_a_nameless_caller_is_refused_and_nothing_changes(db, field):
    town = await Town().build()
    before = await state()

    refused = await act(ANONYMOUS, field, **COMMANDS[field](town))

    assert refused["code"] == ("SIGN_IN_REQUIRED" if field in PUBLIC else "NOT_FOUND")
    assert await state() == before


FOREIGN = [
    (field, name)
    for field, name in (
        ("createPerson", "householdId"),
        ("claimResidencyFor", "personId"),
        ("claimResidencyFor", "householdId"),
        ("grantRole", "personId"),
        ("grantRole", "areaId"),
    )
]


@pytest.mark.parametrize(("field", "name"), FOREIGN)
async def test_an_id_of_another_community_beside_ones_own_is_refused(db, field, name):
    here, there = await Town().build(), await Town().build()
    given = COMMANDS[field](here) | {name: COMMANDS[field](there)[name]}
    before = await state()

    refused = await act(here.member, field, **given)

    assert refused["code"] in {"NOT_FOUND", "FORBIDDEN"}
    assert await state() == before


@pytest.mark.parametrize("field", list(COMMANDS))
async def test_a_malformed_id_is_not_found(db, field):
    town = await Town().build()
    given = COMMANDS[field](town)
    name = next(each for each in given if each.endswith("Id"))

    refused = await act(town.member, field, **(given | {name: "nonsense"}))

    assert (refused["code"], refused["path"]) == ("NOT_FOUND", ["input", name])


async def test_a_person_is_entered_with_numbers_masked_and_revealed_under_audit(db):
    town = await Town().build()
    given = COMMANDS["createPerson"](town) | {
        "person": {
            "name": "林芳",
            "phone": "+86 138-0013-8000",
            "identityNumber": "320302198005174529",
        }
    }

    first = await act(town.member, "createPerson", **given)
    again = await act(town.member, "createPerson", **given)

    assert first["person"] == {
        "name": "林芳",
        "phone": "138****8000",
        "identityNumber": "3****************9",
        "birthDate": "1980-05-17",
        "gender": "FEMALE",
        "version": 1,
        "residencies": [{"state": "VERIFIED"}],
    }
    assert (first["replayed"], again["replayed"]) == (False, True)
    lin = await Person.get(identity_index__isnull=False)
    told = await act(town.member, "revealPersonalNumbers", personId=gid("person", lin))
    assert (told["phone"], told["identityNumber"]) == ("13800138000", "320302198005174529")
    read = await database.fetch_one(
        """SELECT actor_id, subject_id, chain, details::text AS details
        FROM kernel_audit WHERE command = 'read'"""
    )
    assert read is not None
    assert (read["actor_id"], read["subject_id"], read["chain"]) == (
        town.member.person_id,
        lin.id,
        town.community.id,
    )
    assert read["details"] == '{"fields": "identity_number,phone"}'


async def test_neighbours_and_oneself_may_not_reveal_numbers(db):
    town = await Town().build()
    neighbour = await factories.a_resident(town.community)
    oneself = factories.as_actor(town.person)

    refused = [
        (await act(each, "revealPersonalNumbers", personId=gid("person", town.person)))["code"]
        for each in (neighbour, oneself)
    ]

    assert refused == ["NOT_FOUND", "FORBIDDEN"]
    assert await database.fetch_value("SELECT count(*) FROM kernel_audit") == 0


WRONG = {
    "phone": ({"name": "林芳", "phone": "12345"}, "PHONE_MALFORMED"),
    "identity": ({"name": "林芳", "identityNumber": "1"}, "IDENTITY_NUMBER_MALFORMED"),
    "contradiction": (
        {"name": "林芳", "identityNumber": "320302198005174529", "gender": "MALE"},
        "IDENTITY_CONTRADICTED",
    ),
    "future": ({"name": "林芳", "birthDate": "2999-01-01"}, "DAY_IMPOSSIBLE"),
    "empty": ({"name": "  "}, "INVALID_INPUT"),
    "long": ({"name": "林" * 61}, "INVALID_INPUT"),
}


@pytest.mark.parametrize("name", list(WRONG))
async def test_details_that_cannot_be_are_refused_and_nobody_is_entered(db, name):
    town = await Town().build()
    person, code = WRONG[name]
    before = await state()

    refused = await act(
        town.member, "createPerson", **(COMMANDS["createPerson"](town) | {"person": person})
    )

    assert refused["code"] == code
    assert await state() == before


async def test_a_phone_or_identity_belongs_to_one_person(db):
    town = await Town().build()
    numbers = {"phone": "13800138000", "identityNumber": "320302198005174529"}
    first = COMMANDS["createPerson"](town) | {"person": {"name": "林芳"} | numbers}
    await act(town.member, "createPerson", **first)
    before = await state()

    refused = [
        (
            await act(
                town.member,
                "createPerson",
                **(COMMANDS["createPerson"](town) | {"person": {"name": "周倩", field: value}}),
            )
        )["code"]
        for field, value in numbers.items()
    ]

    assert refused == ["PHONE_TAKEN", "IDENTITY_TAKEN"]
    assert await state() == before


async def test_a_lost_race_for_a_person_is_told_with_the_version_that_won(db):
    town = await Town().build()
    given = COMMANDS["editPerson"](town)
    first = await act(town.member, "editPerson", **given)
    before = await state()

    second = await act(town.member, "editPerson", **given)

    assert first["person"]["version"] == 2
    assert (second["__typename"], second["code"]) == ("Outdated", "VERSION_CONFLICT")
    assert await state() == before


async def test_a_household_a_name_and_a_code_are_unique_and_well_formed(db):
    town = await Town().build()
    await act(
        town.member,
        "editOrganisation",
        **(COMMANDS["editOrganisation"](town) | {"creditCode": "91350100M000100Y43"}),
    )
    before = await state()
    attempts = [
        ("createHousehold", {"unit": town.household.unit}),
        ("createHousehold", {"floorAreaCentiM2": 0, "areaBasis": "REGISTER"}),
        ("createHousehold", {"floorAreaCentiM2": 9_000}),
        ("createHousehold", {"buildingId": gid("area", town.community)}),
        ("createArea", {"code": town.building.code}),
        ("createArea", {"code": "1/2"}),
        ("createArea", {"kind": "STREET"}),
        ("createArea", {"kind": "COMMUNITY"}),
        ("createOrganisation", {"name": "改名中心"}),
        ("createOrganisation", {"creditCode": "91350100M000100Y44"}),
        ("createOrganisation", {"creditCode": "91350100M000100Y43"}),
    ]

    codes = [
        (await act(town.member, field, **(COMMANDS[field](town) | change)))["code"]
        for field, change in attempts
    ]

    assert codes == [
        "UNIT_TAKEN",
        "FLOOR_AREA_IMPOSSIBLE",
        "FLOOR_AREA_IMPOSSIBLE",
        "AREA_KIND_MISPLACED",
        "AREA_CODE_TAKEN",
        "INVALID_INPUT",
        "FORBIDDEN",
        "FORBIDDEN",
        "ORGANISATION_NAME_TAKEN",
        "CREDIT_CODE_MALFORMED",
        "CREDIT_CODE_TAKEN",
    ]
    assert await state() == before


async def test_a_resident_claims_where_they_live_and_learns_in_their_language(db):
    town = await Town().build()
    lin = await factories.a_person("周倩")
    given = {
        "buildingId": gid("area", town.building),
        "unit": town.household.unit,
        "kind": "TENANT",
        "since": "2020-01-01",
    }

    done = await act(factories.as_actor(lin), "claimResidency", **given, idempotencyKey=key())
    refused = await act(
        factories.as_actor(lin, locale="en"), "claimResidency", **given, idempotencyKey=key()
    )

    assert done["residency"]["state"] == "CLAIMED"
    assert refused["message"] == (
        "This person already has this bond to the household, verified or waiting."
    )


REGISTER = "楼栋,房号,姓名,居住关系\n{building},901,周倩,业主\n没有的楼,902,钱多,业主\n"


async def _uploaded(actor, content: bytes):
    """A complete upload of the actor's."""
    announced = await uploads.create_upload(
        actor,
        file_name="住户.csv",
        media_type="text/csv",
        size_bytes=len(content),
        key=uuid4(),
    )

    async def chunks():
        yield content

    store = storage.current()
    key_of_file = storage.incoming_key(announced.upload.id)
    await store.write(key_of_file, chunks(), most_bytes=len(content))
    return await uploads.complete_upload(
        actor, announced.upload.id, sha256=hashlib.sha256(content).digest()
    )


async def test_an_uploaded_register_comes_in_with_a_report(db):
    town = await Town().build()
    content = REGISTER.format(building=town.building.name).encode()
    upload = await _uploaded(town.member, content)

    done = await act(
        town.member,
        "importHouseholdRegister",
        communityId=gid("area", town.community),
        uploadId=gid("upload", upload),
        mode="GOOD_ROWS",
        idempotencyKey=key(),
    )

    found = done["registerImport"]
    assert (found["applied"], found["acceptedCount"], found["refusedCount"]) == (True, 1, 1)
    assert found["refusals"]["nodes"] == [
        {
            "rowNumber": 3,
            "column": "楼栋",
            "code": "BUILDING_UNKNOWN",
            "message": "本社区没有此楼栋。",
        }
    ]
    assert await Person.filter(name="周倩").count() == 1
    token = found["reportAddress"].removeprefix("/uploads/")
    allowed, chunks = await uploads.open_address(token)
    report = b"".join([chunk async for chunk in chunks])
    assert (allowed.file_name, report[:2]) == ("导入报告.xlsx", b"PK")


async def test_a_register_file_is_not_kept_and_a_repetition_is_answered_all_the_same(db):
    town, twice = await Town().build(), key()
    upload = await _uploaded(town.member, REGISTER.encode())
    given = {
        "communityId": gid("area", town.community),
        "uploadId": gid("upload", upload),
        "mode": "GOOD_ROWS",
        "idempotencyKey": twice,
    }

    first = await act(town.member, "importHouseholdRegister", **given)
    again = await act(town.member, "importHouseholdRegister", **given)
    other = await act(town.member, "importHouseholdRegister", **given | {"idempotencyKey": key()})

    assert again["replayed"] is True
    assert again["registerImport"]["id"] == first["registerImport"]["id"]
    assert other["code"] == "NOT_FOUND"
    assert await storage.current().exists(storage.content_key(upload.sha256)) is False


async def test_a_file_that_two_uploads_share_goes_with_the_last(db):
    town = await Town().build()
    content = REGISTER.encode()
    one, two = await _uploaded(town.member, content), await _uploaded(town.member, content)

    await uploads.discard(town.member, one.id)
    shared = await storage.current().exists(storage.content_key(one.sha256))
    await uploads.discard(town.member, two.id)
    await uploads.discard(town.member, two.id)

    assert shared is True
    assert await storage.current().exists(storage.content_key(one.sha256)) is False


async def test_somebody_elses_upload_is_not_found(db):
    town, other = await Town().build(), await Town().build()
    upload = await _uploaded(other.member, REGISTER.encode())
    before = await state()

    refused = await act(
        town.member,
        "importHouseholdRegister",
        communityId=gid("area", town.community),
        uploadId=gid("upload", upload),
        idempotencyKey=key(),
    )

    assert (refused["code"], refused["path"]) == ("NOT_FOUND", ["input", "uploadId"])
    assert await state() == before


async def test_who_helped_and_how_the_person_agreed_is_shown(db):
    town = await Town().build()
    given = COMMANDS["claimResidencyFor"](town) | {"note": "上门办理"}

    done = await act(town.member, "claimResidencyFor", **given)

    assert done["residency"] == {
        "state": "CLAIMED",
        "person": {"name": "孙大海"},
        "assistance": {"consent": "SPOKEN", "note": "上门办理", "helper": {"name": "王建国"}},
    }


async def test_one_phone_entered_twice_at_once_makes_one_person(db):
    town = await Town().build()
    given = {"person": {"name": "林芳", "phone": "13800138000"}}

    done = await asyncio.gather(
        *(
            act(town.member, "createPerson", **(COMMANDS["createPerson"](town) | given))
            for _ in range(4)
        )
    )

    assert sorted(each.get("code", "") for each in done) == ["", *["PHONE_TAKEN"] * 3]
    assert await Person.filter(phone_index__isnull=False).count() == 1


IMPORTS = """query ($id: ID) { registerImports(communityId: $id) { nodes { fileName
  community { name } importedBy { name } refusals(first: 1) { nodes { rowNumber }
  pageInfo { hasNextPage endCursor } } } } }"""


async def _import(town, suffix=""):
    await register.import_register(
        town.member,
        town.community.id,
        file_name=f"住户{suffix}.csv",
        content=f"楼栋,房号,姓名,居住关系\n无{suffix},1,周倩,业主\n无,2,周倩,业主".encode(),
        mode=ImportMode.GOOD_ROWS,
    )


async def _imports(actor, of=None):
    answer = await schema.execute(IMPORTS, variable_values={"id": of}, context_value=Context(actor))
    assert answer.errors is None
    return answer.data["registerImports"]["nodes"]


async def test_imports_are_seen_by_staff_at_one_number_of_statements(db, statements):
    town = await Town().build()
    stranger = await factories.a_committee_member()
    resident = await factories.a_resident(town.community)
    seen = []
    for suffixes in (["a"], ["b", "c"]):
        for suffix in suffixes:
            await _import(town, suffix)
        statements.clear()
        found = await _imports(town.member, gid("area", town.community))
        seen.append((len(found), len(statements)))

    assert [count for count, _ in seen] == [1, 3]
    assert seen[0][1] == seen[1][1]
    assert found[0]["refusals"]["pageInfo"]["hasNextPage"] is True
    assert await _imports(stranger) == await _imports(resident) == []
    assert await _imports(stranger, gid("area", town.community)) == []
