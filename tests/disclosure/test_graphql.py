"""Disclosure through the contract: the whole way, constant statements, others' ids."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from domains.disclosure.service.placing import Placing
from domains.disclosure.service.words import Attached, Words
from domains.disclosure.values import Affair, AttachmentUse, DisclosureKind
from domains.kernel import clock, database, settings
from domains.kernel.actor import ANONYMOUS
from jobs import disclosure as jobs
from schema import node
from tests import factories as people
from tests.disclosure import factories
from tests.disclosure.arriving import an_arrived_file
from tests.kernel.files import PNG
from tests.voting.asking import ask, done, person, refused

DISCLOSURE = """
    id kind state title body number latestNumber revision isPinned recordSha256
    firstPublishedAt readings tags
    publisher { name kind area { name } }
    item { code titleZh form { name fieldClass mask } dueRule { fromEnd unit count } }
    targets { name }
    obligations { code state dueAt }
    rows { position cells { name text } }
    attachments { use fileName address sha256 }
    versions {
      number change reason state record
      fields { name }
      rows { cells { text } }
      attachments { caption }
      steps { step round decision reason }
    }
"""


def mutation(name: str, payload: str) -> str:
    """A mutation of one input, with its payload or the refusal."""
    kind = f"{name[0].upper()}{name[1:]}"
    return (
        f"mutation ($input: {kind}Input!) {{ {name}(input: $input) {{ __typename {payload} "
        "... on UserError { code message path } } }"
    )


PAYLOAD = f"... on DisclosurePayload {{ replayed disclosure {{ {DISCLOSURE} }} }}"
DRAFT = mutation("draftDisclosure", PAYLOAD)
EDIT = mutation("editDisclosure", f"{PAYLOAD} ... on Outdated {{ version }}")
DISCARD = mutation(
    "discardDisclosureDraft", "... on DisclosureDraftDiscarded { disclosure { id } }"
)
SUBMIT = mutation("submitDisclosure", PAYLOAD)
APPROVE = mutation("approveDisclosure", PAYLOAD)
RETURN = mutation("returnDisclosure", PAYLOAD)
PUBLISH = mutation("publishDisclosure", PAYLOAD)
CORRECT = mutation("correctDisclosure", PAYLOAD)
WITHDRAW = mutation("withdrawDisclosure", PAYLOAD)
PIN = mutation("pinDisclosure", PAYLOAD)
UNPIN = mutation("unpinDisclosure", PAYLOAD)
TAKE_DOWN = mutation("takeDownDisclosure", PAYLOAD)
REVEAL = mutation(
    "revealDisclosureRows",
    "... on DisclosureRowsRevealed { rows { position cells { name text } } }",
)
READ = mutation(
    "recordDisclosureReading", "... on DisclosureReadingRecorded { disclosure { readings } }"
)
SUBSCRIPTIONS = "subscriptions { id kind affair itemCode area { name } }"
SUBSCRIBE = mutation(
    "subscribeToDisclosures", f"... on DisclosureSubscriptionsPayload {{ {SUBSCRIPTIONS} }}"
)
UNSUBSCRIBE = mutation(
    "unsubscribeFromDisclosures", f"... on DisclosureSubscriptionsPayload {{ {SUBSCRIPTIONS} }}"
)
BODY = "... on PublisherPayload { publisher { id kind name organisation { name } } }"
REGISTER = mutation("registerPublisher", BODY)
END_BODY = mutation("endPublisher", "... on PublisherPayload { publisher { endedAt } }")
CONTACTS = mutation("setPublisherContacts", "... on PublisherPayload { publisher { contacts } }")
APPOINT = mutation("appointPublisherOfficer", BODY)
DISMISS = mutation("dismissPublisherOfficer", BODY)
ADOPT = mutation("adoptCatalogueItems", "... on CatalogueAdopted { adopted }")
CREATE_ITEM = mutation(
    "createCatalogueItem",
    "... on CatalogueItemPayload { replayed item { id code version frequency isPreset } }",
)
END_ITEM = mutation("endCatalogueAdoption", "... on CatalogueAdoptionEnded { itemCode }")
DUTY = "obligation { id code state occurrence dueAt reason community { name } item { titleZh } }"
OCCUR = mutation("recordOccurrence", f"... on ObligationPayload {{ replayed {DUTY} }}")
WAIVE = mutation("waiveObligation", f"... on ObligationPayload {{ {DUTY} }}")

FEED = f"""
query ($where: DisclosureFilterInput!, $first: Int, $after: String) {{
  disclosures(where: $where, first: $first, after: $after) {{
    nodes {{ {DISCLOSURE} }} pageInfo {{ hasNextPage endCursor }}
  }}
}}
"""
SEARCH = """
query ($text: String!, $where: DisclosureFilterInput!) {
  searchDisclosures(text: $text, where: $where) { nodes { title } }
}
"""
PINNED = "query ($area: ID!) { pinnedDisclosures(areaId: $area) { title isPinned } }"
WORK = """
query ($where: DisclosureWorkFilterInput) {
  disclosureWork(where: $where) { nodes { title state versions { number state } } }
}
"""
ONE = f"query ($id: ID!) {{ disclosure(id: $id) {{ {DISCLOSURE} }} }}"
DUTIES = """
query ($where: ObligationFilterInput!, $first: Int) {
  obligations(where: $where, first: $first) {
    nodes { id code state dueAt item { titleZh } community { name } disclosureId }
  }
}
"""
PUNCTUALITY = """
query ($area: ID!, $community: ID!, $year: Int!) {
  street: punctuality(areaId: $area, year: $year) { met late pending waived perMille }
  community: punctuality(areaId: $community, year: $year) { met late perMille area { name } }
  punctualityByArea(where: { areaId: $area, year: $year }) {
    nodes { area { name } met late madeUp perMille }
  }
}
"""
CATALOGUE = """
query ($community: ID!, $first: Int) {
  presetCatalogue(affair: FINANCE, first: $first) {
    nodes { code financeClass titleZh legalBasis source } pageInfo { hasNextPage }
  }
  communityCatalogue(communityId: $community) { nodes { code version frequency } }
  publishers(areaId: $community) { nodes { name kind area { name } } }
}
"""


@pytest.fixture
def folder(db, tmp_path, monkeypatch):
    """A place for files of this test's own."""
    monkeypatch.setenv("GONGYI_DATA_DIR", str(tmp_path))
    settings.current.cache_clear()
    yield tmp_path
    settings.current.cache_clear()


def area(given) -> str:
    return node.encode("area", given.id)


def notice(town, **words):
    """The input of a notice of the community's body."""
    said = {"title": "停水通知", "body": "<p>周六上午停水检修。</p>"}
    return {
        "publisherId": node.encode("publisher", town.publisher_id),
        "placing": {"kind": "NOTICE", "tags": ["停水"]},
        "words": said | words,
        "idempotencyKey": str(uuid4()),
    }


def keyed(**given):
    """An input under a key of its own."""
    return given | {"idempotencyKey": str(uuid4())}


async def the_whole_way(town, disclosure: str, *, number: int = 1):
    """Handed in, approved thrice, published."""
    await done(town.writer, SUBMIT, input=keyed(disclosureId=disclosure))
    step = {"disclosureId": disclosure, "number": number}
    for actor in (town.supervisor, town.reviewer, town.approver):
        await done(actor, APPROVE, input=keyed(**step))
    return (await done(town.writer, PUBLISH, input=keyed(**step)))["disclosure"]


async def test_from_the_first_word_to_the_corrected_version(folder):
    town = await factories.a_town()
    picture = await an_arrived_file(town.writer, PNG, "现场.png", "image/png")
    attachment = {"uploadId": node.encode("upload", picture), "use": "PICTURE", "caption": "三号楼"}
    drafted = (await done(town.writer, DRAFT, input=notice(town, attachments=[attachment])))[
        "disclosure"
    ]

    public = await the_whole_way(town, drafted["id"])
    correction = {
        "disclosureId": drafted["id"],
        "words": {"title": "停水通知(更正)", "body": "改为周日。"},
        "reason": "时间有误",
        "idempotencyKey": str(uuid4()),
    }
    await done(town.writer, CORRECT, input=correction)
    replayed = (await done(town.writer, CORRECT, input=correction))["replayed"]
    corrected = await the_whole_way(town, drafted["id"], number=2)

    read = (await ask(ANONYMOUS, ONE, id=drafted["id"]))["disclosure"]
    assert (drafted["state"], public["state"], corrected["state"]) == (
        "DRAFT",
        "PUBLISHED",
        "CORRECTED",
    )
    assert replayed is True
    assert [each["fileName"] for each in public["attachments"]] == ["现场.png"]
    assert public["attachments"][0]["address"].startswith("/uploads/")
    assert [(each["number"], each["change"], each["reason"]) for each in read["versions"]] == [
        (2, "CORRECTION", "时间有误"),
        (1, "FIRST", None),
    ]
    assert read["title"] == "停水通知(更正)"
    assert [each["step"] for each in read["versions"][0]["steps"]] == [
        "SUPERVISOR_REVIEW",
        "PRIVACY_REVIEW",
        "APPROVAL",
    ]


async def test_why_it_was_returned_is_for_its_body(db):
    town = await factories.a_town()
    drafted = (await done(town.writer, DRAFT, input=notice(town)))["disclosure"]
    await done(town.writer, SUBMIT, input=keyed(disclosureId=drafted["id"]))
    await done(
        town.supervisor,
        RETURN,
        input=keyed(disclosureId=drafted["id"], number=1, reason="请写明时间"),
    )
    edit = {
        "disclosureId": drafted["id"],
        "words": {"title": "停水通知", "body": "周六九点。"},
        "expectedRevision": 1,
    }
    outdated = await refused(town.writer, EDIT, input=edit)
    await done(town.writer, EDIT, input=edit | {"expectedRevision": 3})
    await the_whole_way(town, drafted["id"])

    reasons = [
        (await ask(actor, ONE, id=drafted["id"]))["disclosure"]["versions"][0]["steps"][0]["reason"]
        for actor in (town.writer, ANONYMOUS)
    ]
    assert (outdated, reasons) == ("VERSION_CONFLICT", ["请写明时间", None])


async def test_refusals_are_told_by_name_and_place(db):
    town = await factories.a_town()
    answer = await ask(
        town.writer, DRAFT, input=notice(town, body="联系 13800138000 林芳", title="停水")
    )

    refusal = answer["draftDisclosure"]
    assert refusal["code"] == "PERSONAL_DATA_IN_TEXT"
    assert refusal["path"] == ["input", "body"]
    assert "手机号" in refusal["message"]
    assert await database.fetch_value("SELECT count(*) FROM disclosure_disclosure") == 0


@pytest.mark.parametrize("count", [1, 3])
async def test_a_feed_costs_the_same_whatever_its_length(folder, statements, count):
    town = await factories.a_town()
    picture = await an_arrived_file(town.writer, PNG, "现场.png", "image/png")
    for _ in range(count):
        await factories.a_disclosure(town, attachments=(Attached(picture, AttachmentUse.PICTURE),))
    statements.clear()

    answer = await ask(ANONYMOUS, FEED, where={"areaId": area(town.community)})

    assert len(answer["disclosures"]["nodes"]) == count
    assert len(statements) == 14


@pytest.mark.parametrize("count", [1, 3])
async def test_duties_cost_the_same_whatever_their_number(moved_clock, statements, count):
    await moved_clock.set(datetime(2027, 2, 10, 4, tzinfo=UTC))
    town = await factories.a_town()
    await factories.adopted(town, *["R01", "R02", "R03"][:count])
    await jobs.make_obligations()
    statements.clear()

    answer = await ask(ANONYMOUS, DUTIES, where={"areaId": area(town.street)})

    assert len(answer["obligations"]["nodes"]) == count
    assert len(statements) == 4


LISTS = {
    """query ($street: ID!) {
      punctualityByArea(where: { areaId: $street, year: 2026 }) { nodes { area { name } met } }
    }""": 3,
    """query ($community: ID!) {
      communityCatalogue(communityId: $community) { nodes { code form { name } } }
    }""": 1,
    """query {
      disclosureWork { nodes { title publisher { name } versions { steps { step } } } }
    }""": 4,
    """query ($community: ID!) {
      pinnedDisclosures(areaId: $community) { title publisher { name } tags }
    }""": 4,
    "query { myDisclosureSubscriptions { kind area { name } } }": 2,
}


@pytest.mark.parametrize("count", [1, 3])
async def test_every_other_list_costs_the_same_too(db, statements, count):
    street = await people.a_street()
    towns = [await factories.a_town(f"社区{number}", street=street) for number in range(count)]
    town = towns[0]
    await factories.adopted(town, *["R01", "R02", "R03"][:count])
    for number in range(count):
        pinned = node.encode("disclosure", await factories.a_disclosure(town))
        await done(town.writer, PIN, input={"disclosureId": pinned})
        kind = ["NEWS", "NOTICE", "POLICY"][number]
        given = {"areaId": area(town.community), "kind": kind}
        await done(town.writer, SUBSCRIBE, input=given)
    asked = {"street": area(street), "community": area(town.community)}
    found = {}
    for document in LISTS:
        statements.clear()
        (answer,) = (await ask(town.writer, document, **asked)).values()
        listed = answer if isinstance(answer, list) else answer["nodes"]
        found[document] = (len(listed), len(statements))

    assert found == {document: (count, costs) for document, costs in LISTS.items()}


NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"


async def test_each_kind_is_fetched_again_by_its_id_where_it_may_be_seen(folder):
    town = await factories.a_town()
    await factories.adopted(town, "R01")
    await jobs.make_obligations()
    picture = await an_arrived_file(town.writer, PNG, "现场.png", "image/png")
    draft = await factories.a_draft(
        town, words=Words(title="草稿", body="正文", attachments=(Attached(picture),))
    )
    mine = (await done(town.resident, SUBSCRIBE, input={"areaId": area(town.community)}))[
        "subscriptions"
    ][0]["id"]
    ids = {
        "disclosure": node.encode("disclosure", draft),
        "subscription": mine,
    }
    for name, table in (
        ("disclosure_version", "disclosure_version"),
        ("attachment", "disclosure_attachment"),
        ("publisher", "disclosure_publisher"),
        ("obligation", "disclosure_obligation"),
        ("catalogue_item", "disclosure_catalogue_item"),
    ):
        ids[name] = node.encode(name, await database.fetch_value(f"SELECT id FROM {table} LIMIT 1"))

    seen = {
        who: sorted(
            [
                name
                for name, each in ids.items()
                if (await ask(actor, NODE, id=each))["node"] is not None
            ]
        )
        for who, actor in (("writer", town.writer), ("resident", town.resident))
    }

    public = ["catalogue_item", "obligation", "publisher"]
    assert seen == {
        "writer": sorted([*public, "attachment", "disclosure", "disclosure_version"]),
        "resident": sorted([*public, "subscription"]),
    }


async def test_a_feed_goes_on_by_its_cursor_and_by_no_other_lists(db):
    town = await factories.a_town()
    for number in range(3):
        await factories.a_disclosure(town, title=f"通知{number}")
    where = {"areaId": area(town.community)}

    first = (await ask(ANONYMOUS, FEED, where=where, first=2))["disclosures"]
    cursor = first["pageInfo"]["endCursor"]
    second = (await ask(ANONYMOUS, FEED, where=where, first=2, after=cursor))["disclosures"]

    assert [each["title"] for each in first["nodes"]] == ["通知2", "通知1"]
    assert [each["title"] for each in second["nodes"]] == ["通知0"]
    assert second["pageInfo"]["hasNextPage"] is False


async def test_the_feed_is_searched_and_narrowed_by_what_residents_write(db):
    town = await factories.a_town()
    await factories.a_disclosure(town, title="广场舞协商结果")
    where = {"areaId": area(town.community)}

    found = [
        [each["title"] for each in answer["searchDisclosures"]["nodes"]]
        for answer in [
            await ask(ANONYMOUS, SEARCH, text=text, where=where)
            for text in ("广场舞 协商", "电梯", "", "\x00'&|")
        ]
    ]
    nowhere = await ask(ANONYMOUS, FEED, where={"areaId": "area_nonsense"})
    odd = await ask(ANONYMOUS, FEED, where=where | {"tags": ["\x00"], "itemCode": "\x00"})

    assert found == [["广场舞协商结果"], [], [], []]
    assert (nowhere["disclosures"]["nodes"], odd["disclosures"]["nodes"]) == ([], [])


async def test_pins_readings_and_subscriptions(db):
    town = await factories.a_town()
    disclosure = node.encode("disclosure", await factories.a_disclosure(town))
    which = {"disclosureId": disclosure}

    pinned = (await done(town.writer, PIN, input=which))["disclosure"]["isPinned"]
    on_top = (await ask(ANONYMOUS, PINNED, area=area(town.community)))["pinnedDisclosures"]
    await done(town.writer, UNPIN, input=which)
    read = [
        (await done(actor, READ, input=which))["disclosure"]["readings"]
        for actor in (town.resident, town.resident, town.writer)
    ]
    finance = {"areaId": area(town.community), "affair": "FINANCE"}
    subscribed = (await done(town.resident, SUBSCRIBE, input=finance))["subscriptions"]
    stolen = {"subscriptionId": subscribed[0]["id"]}
    not_theirs = await refused(town.writer, UNSUBSCRIBE, input=stolen)
    left = (await done(town.resident, UNSUBSCRIBE, input=stolen))["subscriptions"]

    assert (pinned, [each["title"] for each in on_top], read) == (True, ["停水通知"], [1, 1, 2])
    assert [each["affair"] for each in subscribed] == ["FINANCE"]
    assert (not_theirs, left) == ("NOT_FOUND", [])


async def test_full_rows_are_revealed_to_those_entitled_and_taken_down_for_all(db):
    town = await factories.a_town()
    await factories.adopted(town, "R05")
    row = {"cells": [{"name": "name", "text": "林小芳"}, {"name": "amountYuan", "text": "860"}]}
    given = notice(town, rows=[row]) | {
        "placing": {"kind": "STRUCTURED", "affair": "RESIDENTS", "itemCode": "R05"}
    }
    disclosure = (await done(town.writer, DRAFT, input=given))["disclosure"]["id"]
    public = await the_whole_way(town, disclosure)
    reveal = {"disclosureId": disclosure, "number": 1}

    refusal = await refused(town.resident, REVEAL, input=reveal)
    full = (await done(town.supervisor, REVEAL, input=reveal))["rows"]
    away = keyed(disclosureId=disclosure, reason="公示期满")
    await done(town.writer, TAKE_DOWN, input=away)
    for_all = (await ask(ANONYMOUS, ONE, id=disclosure))["disclosure"]
    for_body = (await ask(town.writer, ONE, id=disclosure))["disclosure"]

    shown = {each["name"]: each["text"] for each in public["rows"][0]["cells"]}
    assert (shown["name"], shown["amountYuan"], shown["hardship"]) == ("林*芳", "860", None)
    assert refusal == "FORBIDDEN"
    assert {"name": "name", "text": "林小芳"} in full[0]["cells"]
    assert (for_all["body"], for_all["rows"], for_all["versions"][0]["record"]) == (None, [], None)
    assert (for_all["title"], for_body["title"]) == ("(内容已下架)", "停水通知")
    assert for_all["recordSha256"] == public["recordSha256"]
    assert for_body["rows"] == public["rows"]


ROWS = """
query ($of: VersionInput!, $first: Int, $after: String) {
  disclosureRows(ofVersion: $of, first: $first, after: $after) {
    nodes { position cells { name text } } pageInfo { hasNextPage endCursor }
  }
}
"""
COUNTED = "query ($id: ID!) { disclosure(id: $id) { rowCount rows(first: 2) { position } } }"


async def test_long_lists_of_rows_are_read_page_by_page(db):
    town = await factories.a_town()
    await factories.adopted(town, "R07")
    rows = tuple({"name": f"林{number}", "goods": "大米"} for number in range(130))
    placing = Placing(kind=DisclosureKind.STRUCTURED, affair=Affair.RESIDENTS, item_code="R07")
    draft = node.encode(
        "disclosure", await factories.a_draft(town, placing, Words("捐赠", "清单", rows=rows))
    )
    of = {"disclosureId": draft, "number": 1}

    unseen = await ask(ANONYMOUS, ROWS, of=of)
    await the_whole_way(town, draft)
    first = (await ask(ANONYMOUS, ROWS, of=of, first=100))["disclosureRows"]
    after = first["pageInfo"]["endCursor"]
    second = (await ask(ANONYMOUS, ROWS, of=of, first=100, after=after))["disclosureRows"]
    counted = (await ask(ANONYMOUS, COUNTED, id=draft))["disclosure"]
    reveal = {"disclosureId": draft, "number": 1, "afterPosition": 100}
    full = (await done(town.writer, REVEAL, input=reveal))["rows"]

    assert unseen["disclosureRows"]["nodes"] == []
    assert [len(first["nodes"]), len(second["nodes"])] == [100, 30]
    assert (counted["rowCount"], [each["position"] for each in counted["rows"]]) == (130, [1, 2])
    assert [each["position"] for each in full] == list(range(101, 131))


async def test_a_missed_quarter_shows_as_late_and_lowers_punctuality(moved_clock):
    await moved_clock.set(datetime(2027, 2, 10, 4, tzinfo=UTC))
    town = await factories.a_town()
    adopted = await done(
        town.writer,
        ADOPT,
        input={
            "communityId": area(town.community),
            "codes": ["R01", "R02", "R06"],
            "idempotencyKey": str(uuid4()),
        },
    )
    await jobs.make_obligations()
    where = {"areaId": area(town.community)}
    duties = (await ask(ANONYMOUS, DUTIES, where=where))["obligations"]["nodes"]
    met = next(each["id"] for each in duties if each["code"] == "R01")
    given = notice(town) | {
        "placing": {"kind": "STRUCTURED", "affair": "RESIDENTS", "obligationIds": [met]}
    }
    drafted = (await done(town.writer, DRAFT, input=given))["disclosure"]
    await the_whole_way(town, drafted["id"])

    await moved_clock.set(datetime(2027, 4, 12, 16, tzinfo=UTC))
    await jobs.make_obligations()
    await jobs.mark_late_obligations()

    late = await ask(ANONYMOUS, DUTIES, where=where | {"states": ["LATE"], "year": 2027})
    figures = await ask(
        ANONYMOUS,
        PUNCTUALITY,
        area=area(town.street),
        community=area(town.community),
        year=2027,
    )
    assert adopted["adopted"] == 3
    assert [each["code"] for each in late["obligations"]["nodes"]] == ["R02"]
    assert figures["street"] == {"met": 1, "late": 1, "pending": 2, "waived": 0, "perMille": 500}
    assert figures["community"] | {"area": None} == {
        "met": 1,
        "late": 1,
        "perMille": 500,
        "area": None,
    }
    assert [each["perMille"] for each in figures["punctualityByArea"]["nodes"]] == [500]


async def test_occurrences_waivers_and_items_of_a_communitys_own(db):
    town = await factories.a_town()
    await factories.adopted(town, "R06")
    community = area(town.community)
    today = await clock.today()
    occurred = {
        "communityId": community,
        "code": "R06",
        "occurredOn": today.isoformat(),
        "occurrence": "十一月第一批临时救助",
        "idempotencyKey": str(uuid4()),
    }
    item = {
        "communityId": community,
        "code": "C01",
        "affair": "RESIDENTS",
        "titleZh": "电梯维护记录",
        "titleEn": "Lift maintenance",
        "frequency": "MONTHLY",
        "within": {"workingDays": 5},
        "legalBasis": "居民会议决定",
        "idempotencyKey": str(uuid4()),
    }

    duty = (await done(town.writer, OCCUR, input=occurred))["obligation"]
    again = await done(town.writer, OCCUR, input=occurred)
    future = occurred | {
        "occurredOn": (today + timedelta(days=1)).isoformat(),
        "idempotencyKey": str(uuid4()),
    }
    too_soon = await refused(town.writer, OCCUR, input=future)
    waive = keyed(obligationId=duty["id"], reason="已在上级平台公开")
    by_the_community = await refused(town.writer, WAIVE, input=waive)
    waived = (await done(town.approver, WAIVE, input=waive))["obligation"]
    made = (await done(town.writer, CREATE_ITEM, input=item))["item"]
    replayed = (await done(town.writer, CREATE_ITEM, input=item))["replayed"]
    ended = await done(town.approver, END_ITEM, input={"communityId": community, "code": "C01"})
    listed = await ask(ANONYMOUS, CATALOGUE, community=community, first=100)

    assert (again["replayed"], too_soon) == (True, "OCCURRED_IN_FUTURE")
    assert (by_the_community, waived["state"], waived["reason"]) == (
        "FORBIDDEN",
        "WAIVED",
        "已在上级平台公开",
    )
    assert (made["version"], made["isPreset"], replayed, ended["itemCode"]) == (
        1,
        False,
        True,
        "C01",
    )
    assert len(listed["presetCatalogue"]["nodes"]) == 50
    assert [each["code"] for each in listed["communityCatalogue"]["nodes"]] == ["R06"]
    assert [each["kind"] for each in listed["publishers"]["nodes"]] == ["COMMUNITY"]


async def test_bodies_are_registered_and_their_people_named(db):
    town = await factories.a_town()
    given = {
        "areaId": area(town.community),
        "kind": "PARTY",
        "name": "同心社区党委",
        "idempotencyKey": str(uuid4()),
    }
    party = (await done(town.approver, REGISTER, input=given))["publisher"]
    twice = await refused(town.approver, REGISTER, input=given | {"idempotencyKey": str(uuid4())})
    by_the_community = await refused(
        town.writer, REGISTER, input=given | {"idempotencyKey": str(uuid4())}
    )
    unorganised = await refused(
        town.approver,
        REGISTER,
        input=given | {"kind": "DEPARTMENT", "idempotencyKey": str(uuid4())},
    )
    reached = {"publisherId": party["id"], "contacts": ["0516-8765 4321"]}
    contacts = (await done(town.approver, CONTACTS, input=reached))["publisher"]["contacts"]
    officer = {"publisherId": party["id"], "personId": person(town.resident), "part": "WRITER"}
    await done(town.approver, APPOINT, input=officer)
    appointed_twice = await refused(town.approver, APPOINT, input=officer)
    by_a_writer = await refused(town.resident, DISMISS, input=officer)
    drafted = notice(town) | {"publisherId": party["id"]}
    before = (await done(town.resident, DRAFT, input=drafted))["disclosure"]["state"]
    await done(town.approver, DISMISS, input=officer)
    drafted = drafted | {"idempotencyKey": str(uuid4())}
    after = await refused(town.resident, DRAFT, input=drafted)
    ended = (await done(town.approver, END_BODY, input={"publisherId": party["id"]}))["publisher"]

    assert (twice, by_the_community, unorganised) == (
        "BODY_REGISTERED",
        "FORBIDDEN",
        "BODY_UNFIT",
    )
    assert (appointed_twice, by_a_writer) == ("OFFICER_APPOINTED", "FORBIDDEN")
    assert (before, after) == ("DRAFT", "FORBIDDEN")
    assert ended["endedAt"] is not None
    assert contacts == ["051687654321"]


async def test_a_draft_can_be_given_up_and_nothing_is_left(db):
    town = await factories.a_town()
    drafted = (await done(town.writer, DRAFT, input=notice(town)))["disclosure"]["id"]

    gone = await done(town.writer, DISCARD, input=keyed(disclosureId=drafted))

    assert gone["disclosure"] is None
    assert await database.fetch_value("SELECT count(*) FROM disclosure_version") == 0


async def test_what_waits_for_me_is_listed(db):
    town = await factories.a_town()
    drafted = (await done(town.writer, DRAFT, input=notice(town)))["disclosure"]["id"]
    await factories.a_draft(town)
    await done(town.writer, SUBMIT, input=keyed(disclosureId=drafted))

    waiting = await ask(town.supervisor, WORK, where={"states": ["SUPERVISOR_REVIEW"]})
    elsewhere = await ask(town.supervisor, WORK, where={"areaId": "area_nonsense"})
    outsider = await ask(town.resident, WORK)

    lists = [each["disclosureWork"]["nodes"] for each in (waiting, elsewhere, outsider)]
    assert [len(each) for each in lists] == [1, 0, 0]


async def test_another_communitys_ids_are_not_found_or_not_ones_own(db):
    town, other = await factories.a_town(), await factories.a_town("和睦社区")
    draft = node.encode("disclosure", await factories.a_draft(other))
    public = node.encode("disclosure", await factories.a_disclosure(other))
    await factories.adopted(other, "R01")
    await jobs.make_obligations()
    duty = node.encode(
        "obligation", await database.fetch_value("SELECT id FROM disclosure_obligation")
    )
    number = {"disclosureId": draft, "number": 1}
    key = {"idempotencyKey": str(uuid4())}
    words = {"words": {"title": "改题", "body": "改"}}

    refusals = [
        await refused(actor, document, input=given)
        for actor, document, given in (
            (town.writer, SUBMIT, keyed(disclosureId=draft)),
            (town.writer, DISCARD, keyed(disclosureId=draft)),
            (town.supervisor, APPROVE, keyed(**number)),
            (town.supervisor, RETURN, keyed(**number, reason="退回")),
            (town.writer, PUBLISH, keyed(**number)),
            (town.writer, EDIT, words | {"disclosureId": draft, "expectedRevision": 1}),
            (town.writer, CORRECT, words | key | {"disclosureId": public, "reason": "更正"}),
            (town.writer, WITHDRAW, key | {"disclosureId": public, "reason": "撤回"}),
            (town.writer, PIN, {"disclosureId": public}),
            (town.writer, UNPIN, {"disclosureId": public}),
            (town.writer, TAKE_DOWN, keyed(disclosureId=public, reason="下架")),
            (town.writer, REVEAL, {"disclosureId": public, "number": 1}),
            (town.writer, READ, {"disclosureId": draft}),
            (town.approver, WAIVE, keyed(obligationId=duty, reason="豁免")),
            (town.writer, ADOPT, key | {"communityId": area(other.community)}),
            (town.writer, END_ITEM, {"communityId": area(other.community), "code": "R01"}),
            (town.writer, SUBMIT, keyed(disclosureId="disclosure_nonsense")),
        )
    ]

    seen = (await ask(town.writer, ONE, id=draft))["disclosure"]
    assert refusals == [
        *["NOT_FOUND"] * 6,
        *["FORBIDDEN"] * 6,
        "NOT_FOUND",
        *["FORBIDDEN"] * 3,
        "NOT_FOUND",
    ]
    assert seen is None
    assert (
        await database.fetch_value(
            "SELECT string_agg(state, ',' ORDER BY id) FROM disclosure_disclosure"
        )
        == "draft,published"
    )
