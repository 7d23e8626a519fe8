"""What residents find, in which order, and how they are counted and forgotten."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.disclosure import policy
from domains.disclosure.errors import NotPublic, TooManyPins
from domains.disclosure.queries import disclosures, feed
from domains.disclosure.queries.disclosures import FeedFilter, WorkFilter
from domains.disclosure.rules import words
from domains.disclosure.service import approving, display, drafting, papers, reading
from domains.disclosure.service.placing import Placing
from domains.disclosure.values import Affair, DisclosureKind, PublisherKind
from domains.kernel import clock, database
from domains.kernel.actor import ANONYMOUS, SYSTEM, Actor, Role
from domains.kernel.errors import Forbidden, NotFound, SignInRequired
from domains.kernel.paging import Page
from domains.membership.models import Area
from domains.membership.values import OrganisationKind
from jobs import disclosure as jobs
from tests import factories as people
from tests.disclosure import factories


async def paths(area: Area) -> tuple[str, ...]:
    """The area's path and those above it, itself the last."""
    codes = area.path.rstrip("/").split("/")
    return tuple("/".join(codes[: place + 1]) + "/" for place in range(len(codes)))


async def found(area: Area, **narrowed) -> list[str]:
    """The titles of an area's feed."""
    asked = FeedFilter(await paths(area), **narrowed)
    return [row["title"] for row in (await feed.feed(ANONYMOUS, asked, Page())).rows]


async def searched(area: Area, text: str) -> list[str]:
    """The titles that a search finds."""
    asked = FeedFilter(await paths(area))
    return [row["title"] for row in (await feed.search(ANONYMOUS, asked, text, Page())).rows]


@pytest.mark.parametrize(
    ("text", "asked", "is_found"),
    [
        ("小区附近广场舞噪音影响周边居民休息", "广场", True),
        ("第三季度财务收支公开", "财务收支", True),
        ("第三季度财务收支公开", "季度 财务", True),
        ("三号楼停水检修", "停水", True),
        ("三号楼停水检修", "停电", False),
        ("ABC Notice 2026", "abc", True),
        ("电梯维修", "维修 电梯", True),
        ("广场舞队迁往九龙湖公园", "广场舞", True),
        ("广场舞队迁往九龙湖公园", "湖公园", True),
        ("三号楼停水检修", "水", True),
        ("三号楼停水检修", "电", False),
        ("居民代表会议与听证会", "代表听证会议", True),
        ("居民代表会议", "居民代表大会", False),
        ("电梯维修", "';DROP TABLE x;--", False),
    ],
)
async def test_chinese_words_are_found_by_what_they_are(db, text, asked, is_found):
    question = words.question(asked)

    answer = question is not None and await database.fetch_value(
        "SELECT array_to_tsvector($1::text[]) @@ $2::tsquery", words.cut(text), question
    )

    assert answer is is_found


@given(st.text(alphabet="广场舞队迁往公园停水电梯物业费", min_size=2, max_size=20), st.data())
def test_whatever_stands_in_a_text_is_found_in_it(text, data):
    first = data.draw(st.integers(0, len(text) - 1))
    last = data.draw(st.integers(first + 1, len(text)))

    known = set(words.cut(text))

    asked = {each for each in words.cut(text[first:last]) if len(each) < 3}
    assert asked - known == set()


@pytest.mark.parametrize("asked", ["", " ", "!?。、", "的'\\:*&|!()<->", "a" * 5000, "\x01"])
async def test_any_question_is_a_question(db, asked):
    question = words.question(asked)

    if question is not None:
        await database.fetch_value("SELECT ''::tsvector @@ $1::tsquery", question)


async def test_a_text_of_one_endless_word_can_be_published(db):
    town = await factories.a_town()

    await factories.a_disclosure(town, body=f"<p>{'a' * 5000} {'字' * 3000} 停水</p>")

    assert await searched(town.community, "停水") == ["停水通知"]


async def test_a_feed_has_what_is_aimed_at_an_area_in_it_and_above_it(db):
    town = await factories.a_town()
    one, two = await people.a_building(town.community), await people.a_building(town.community)
    await factories.a_disclosure(town, title="全社区")
    await factories.a_disclosure(
        town, replace(factories.NOTICE, target_ids=(one.id,)), title="一号楼"
    )
    await factories.a_disclosure(
        town, replace(factories.NOTICE, target_ids=(one.id, two.id)), title="两栋楼"
    )
    elsewhere = await people.a_community(town.street, name="和睦社区")

    assert await found(one) == ["两栋楼", "一号楼", "全社区"]
    assert await found(two) == ["两栋楼", "全社区"]
    assert await found(town.community) == ["两栋楼", "一号楼", "全社区"]
    assert await found(town.street) == ["两栋楼", "一号楼", "全社区"]
    assert await found(elsewhere) == []


async def test_a_feed_is_narrowed_by_kind_affair_tag_and_publisher(db):
    town = await factories.a_town()
    await factories.a_disclosure(town, replace(factories.NOTICE, tags=("停水",)), title="通知")
    await factories.a_disclosure(town, Placing(kind=DisclosureKind.NEWS), title="动态")
    await factories.a_disclosure(
        town, Placing(kind=DisclosureKind.STRUCTURED, affair=Affair.FINANCE), title="财务"
    )

    assert await found(town.community, kinds=(DisclosureKind.NEWS,)) == ["动态"]
    assert await found(town.community, affairs=(Affair.FINANCE,)) == ["财务"]
    assert await found(town.community, tags=("停水", "别的")) == ["通知"]
    assert await found(town.community, publisher_id=uuid4()) == []
    assert await found(town.community, publisher_id=town.publisher_id) == ["财务", "动态", "通知"]
    assert await found(town.community, item_code="R01") == []


async def test_a_feed_of_an_item_has_what_meets_its_duties(db):
    town = await factories.a_town()
    await factories.adopted(town, "R01", "R02", "R05")
    await jobs.make_obligations()
    rows = await database.fetch("SELECT id FROM disclosure_obligation WHERE code <> 'R05'")
    duties = tuple(row["id"] for row in rows)

    await factories.a_disclosure(
        town,
        Placing(kind=DisclosureKind.STRUCTURED, affair=Affair.RESIDENTS, obligation_ids=duties),
        title="居务季报",
    )

    kept = await database.fetch_one(
        "SELECT item_code, archive_at > first_published_at + interval '4 years' AS long"
        " FROM disclosure_disclosure"
    )
    assert await found(town.community, item_code="R01") == ["居务季报"]
    assert await found(town.community, item_code="R02") == ["居务季报"]
    assert await found(town.community, item_code="R05") == []
    assert tuple(kept) == (None, True)


async def test_a_feed_goes_on_where_its_page_ended(db):
    town = await factories.a_town()
    for number in range(5):
        await factories.a_disclosure(town, title=f"通知{number}")
    asked = FeedFilter(await paths(town.community))

    first = await feed.feed(ANONYMOUS, asked, Page(first=2))
    last = first.rows[-1]
    after = (last["first_published_at"], last["id"])
    second = await feed.feed(ANONYMOUS, asked, Page(first=2, after=after))

    assert [row["title"] for row in first.rows] == ["通知4", "通知3"]
    assert [row["title"] for row in second.rows] == ["通知2", "通知1"]
    assert (first.has_more, second.has_more) == (True, True)


async def test_a_search_reads_title_text_and_what_was_corrected(db):
    town = await factories.a_town()
    disclosure_id = await factories.a_disclosure(town, title="广场舞协商结果")
    before = [await searched(town.community, each) for each in ("协商", "停水检修", "九龙湖公园")]

    await drafting.correct_disclosure(
        town.writer,
        disclosure_id,
        replace(factories.WORDS, body="<p>舞队迁往九龙湖公园。</p>"),
        reason="写明地点",
        idempotency_key=uuid4(),
    )
    await factories.published(town, disclosure_id, number=2)

    after = [await searched(town.community, each) for each in ("停水检修", "九龙湖公园")]
    elsewhere = await people.a_community()
    assert before == [["广场舞协商结果"], ["广场舞协商结果"], []]
    assert after == [[], ["停水通知"]]
    assert await searched(elsewhere, "九龙湖公园") == []


async def test_drafts_are_found_by_nobody_but_their_body(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    outsider = await people.a_committee_member(await people.a_community())

    seen = {
        name: (await disclosures.disclosures_by_id(actor, [draft]))[0] is not None
        for name, actor in {
            "writer": town.writer,
            "supervisor": town.supervisor,
            "street": town.approver,
            "resident": town.resident,
            "outsider": outsider,
            "nobody": ANONYMOUS,
        }.items()
    }
    lists = [
        len((await disclosures.work(actor, WorkFilter(), Page())).rows)
        for actor in (town.writer, outsider, ANONYMOUS)
    ]

    assert seen == {
        "writer": True,
        "supervisor": True,
        "street": True,
        "resident": False,
        "outsider": False,
        "nobody": False,
    }
    assert lists == [1, 0, 0]
    assert (await found(town.community), await searched(town.community, "停水")) == ([], [])


async def test_earlier_versions_stay_to_be_read_by_all(db):
    town = await factories.a_town()
    disclosure_id = await factories.a_disclosure(town)
    await drafting.withdraw_disclosure(
        town.writer, disclosure_id, reason="停水取消", idempotency_key=uuid4()
    )
    meanwhile = (await disclosures.versions_by_disclosure(ANONYMOUS, [disclosure_id]))[0]
    await factories.published(town, disclosure_id, number=2)

    versions = (await disclosures.versions_by_disclosure(ANONYMOUS, [disclosure_id]))[0]
    assert [row["number"] for row in meanwhile] == [1]
    assert [(row["number"], row["change"], row["reason"]) for row in versions] == [
        (2, "withdrawal", "停水取消"),
        (1, "first", None),
    ]


async def test_a_body_pins_few(db):
    town = await factories.a_town()
    pinned = [await factories.a_disclosure(town, title=f"通知{number}") for number in range(4)]
    for each in pinned[:3]:
        await display.pin_disclosure(town.writer, each)
    await display.pin_disclosure(town.writer, pinned[0])

    with pytest.raises(TooManyPins):
        await display.pin_disclosure(town.writer, pinned[3])
    with pytest.raises(Forbidden):
        await display.unpin_disclosure(town.resident, pinned[0])
    full = await feed.pinned(ANONYMOUS, await paths(town.community))
    await display.unpin_disclosure(town.writer, pinned[0])
    await display.pin_disclosure(town.writer, pinned[3])

    rows = await feed.pinned(ANONYMOUS, await paths(town.community))
    assert [row["title"] for row in full] == ["通知2", "通知1", "通知0"]
    assert [row["title"] for row in rows] == ["通知3", "通知2", "通知1"]


async def test_a_display_ends_on_its_day_and_can_still_be_read(moved_clock):
    town = await factories.a_town()
    over = await clock.now() + timedelta(days=5)
    disclosure_id = await factories.a_disclosure(
        town, replace(factories.NOTICE, expires_at=over), title="公示五日"
    )
    shown = await found(town.community)

    await moved_clock.set(over)
    ended = await jobs.expire_due_disclosures()
    again = await jobs.expire_due_disclosures()

    row = (await disclosures.disclosures_by_id(ANONYMOUS, [disclosure_id]))[0]
    assert (shown, ended, again) == (["公示五日"], 1, 0)
    assert (await found(town.community), row["state"]) == ([], "expired")
    assert await found(town.community, over_too=True) == ["公示五日"]


async def test_what_was_kept_for_its_time_is_archived(moved_clock):
    town = await factories.a_town()
    await factories.adopted(town, "R05")
    disclosure_id = await factories.a_disclosure(
        town, Placing(kind=DisclosureKind.STRUCTURED, affair=Affair.RESIDENTS, item_code="R05")
    )

    await moved_clock.advance(timedelta(days=89))
    early = await jobs.archive_due_disclosures()
    await moved_clock.advance(timedelta(days=12))
    done = await jobs.archive_due_disclosures()

    row = (await disclosures.disclosures_by_id(ANONYMOUS, [disclosure_id]))[0]
    assert (early, done, row["state"], await found(town.community)) == (0, 1, "archived", [])


async def test_a_reader_is_counted_once_a_day_and_forgotten_with_it(moved_clock):
    town = await factories.a_town()
    one, other = await factories.a_disclosure(town), await factories.a_disclosure(town)
    visitor = Actor(person_id=None, address="192.0.2.7")
    for actor in (town.resident, town.resident, visitor, ANONYMOUS):
        await reading.record_reading(actor, one)
    await reading.record_reading(town.resident, other)
    today = await disclosures.readings(ANONYMOUS, [one, other])
    hashes = await database.fetch("SELECT DISTINCT reader FROM disclosure_reader")

    await moved_clock.advance(timedelta(days=1))
    await reading.record_reading(town.resident, one)
    days = await jobs.forget_readers()
    left = await database.fetch_value(
        "SELECT count(*) FROM disclosure_reader r"
        " WHERE r.day < (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date"
    )

    # The same reader of two disclosures cannot be told from two readers.
    assert (today, len(hashes)) == ([2, 1], 3)
    assert (days, left, await disclosures.readings(ANONYMOUS, [one, other])) == (1, 0, [3, 1])
    assert await database.fetch_value("SELECT count(*) FROM disclosure_reading_salt") == 1


async def test_a_draft_is_not_read_by_others(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)

    with pytest.raises(NotFound):
        await reading.record_reading(town.resident, draft)
    with pytest.raises(NotPublic):
        await reading.record_reading(town.writer, draft)

    assert await database.fetch_value("SELECT count(*) FROM disclosure_reader") == 0


async def test_subscribers_of_a_category_are_those_whom_it_reaches(db):
    town = await factories.a_town()
    one = await people.a_building(town.community)
    named = {"kind": None, "affair": None, "item_code": None}
    fans = {}
    for name, area, category in (
        ("all of the community", town.community, named),
        ("all of the building", one, named),
        ("notices of the street", town.street, named | {"kind": DisclosureKind.NOTICE}),
        ("finance", town.community, named | {"affair": Affair.FINANCE}),
        ("the tag", town.community, named | {"tag": "独居老人"}),
        ("elsewhere", await people.a_community(), named),
    ):
        actor = await people.a_resident(town.community, name=name)
        await reading.subscribe(actor, area.id, **category)
        await reading.subscribe(actor, area.id, **category)
        fans[actor.person_id] = name

    notice = await factories.a_disclosure(town)
    tagged = await factories.a_disclosure(town, replace(factories.NOTICE, tags=("独居老人",)))
    finance = await factories.a_disclosure(
        town, Placing(kind=DisclosureKind.STRUCTURED, affair=Affair.FINANCE)
    )

    heard = [
        {fans[each] for each in await feed.subscribers(disclosure_id, after=None, most=10)}
        for disclosure_id in (notice, finance, tagged)
    ]
    assert heard == [
        {"all of the community", "all of the building", "notices of the street"},
        {"all of the community", "all of the building", "finance"},
        {"all of the community", "all of the building", "notices of the street", "the tag"},
    ]


async def test_a_subscription_is_its_own_subscribers(db):
    town = await factories.a_town()
    given = {"kind": None, "affair": None, "item_code": None}
    mine = await reading.subscribe(town.resident, town.community.id, **given)

    with pytest.raises(NotFound):
        await reading.unsubscribe(town.writer, mine)
    with pytest.raises(SignInRequired):
        await reading.subscribe(ANONYMOUS, town.community.id, **given)
    kept = len(await feed.my_subscriptions(town.resident))
    await reading.unsubscribe(town.resident, mine)

    assert (kept, await feed.my_subscriptions(town.resident)) == (1, [])


async def test_the_feed_and_the_search_are_one_statement_however_many_there_are(db, statements):
    town = await factories.a_town()
    asked = FeedFilter(await paths(town.community))
    counts = []
    for number in (1, 2):
        for each in range(number):
            await factories.a_disclosure(town, title=f"通知{number}{each}")
        statements.clear()
        rows = (await feed.feed(ANONYMOUS, asked, Page())).rows
        ids = [row["id"] for row in rows]
        versions = [row["version_id"] for row in rows]
        await disclosures.tags_by_disclosure(ANONYMOUS, ids)
        await disclosures.readings(ANONYMOUS, ids)
        await disclosures.rows_by_version(ANONYMOUS, [(each, 20) for each in versions])
        await feed.search(ANONYMOUS, asked, "停水", Page())
        counts.append((len(rows), len(statements)))

    assert counts == [(1, 5), (3, 5)]


async def test_what_is_taken_down_is_whole_for_its_body_alone(db):
    town = await factories.a_town()
    disclosure_id = await factories.a_disclosure(town)
    await display.take_down_disclosure(town.writer, disclosure_id, reason="含未成年人照片")
    await display.unpin_disclosure(town.writer, disclosure_id)

    for_all = (await disclosures.disclosures_by_id(ANONYMOUS, [disclosure_id]))[0]
    for_body = (await disclosures.disclosures_by_id(town.writer, [disclosure_id]))[0]
    with pytest.raises(Forbidden):
        await approving.submit_disclosure(town.resident, disclosure_id)

    assert (for_all["belongs"], for_body["belongs"]) == (False, True)
    assert for_all["taken_down_at"] is not None
    assert await searched(town.community, "停水") == []


async def test_statements_and_policy_draw_one_line_around_drafts(db):
    town, other = await factories.a_town(), await factories.a_town("和睦社区")
    party, writer, reviewer, approver = await factories.a_party_body(town)
    bureau_id, bureau = await factories.an_organised_body(
        town, PublisherKind.DEPARTMENT, OrganisationKind.DEPARTMENT
    )
    clerk = await factories.within(bureau, Role.DEPARTMENT_PUBLISHER, name="许文")
    donor = await factories.within(bureau, Role.CHARITY_OFFICER, name="善款专员")
    notices = [await factories.a_draft(town), await factories.a_draft(other)]
    for actor, body in ((writer, party), (clerk, bureau_id)):
        disclosure_id, _ = await drafting.draft_disclosure(
            actor, body, factories.NOTICE, factories.WORDS, idempotency_key=uuid4()
        )
        notices.append(disclosure_id)
    actors = [town.writer, town.supervisor, town.approver, town.resident, other.reviewer]
    actors += [writer, reviewer, approver, clerk, donor, ANONYMOUS, SYSTEM]

    in_sql = [
        [row is not None for row in await disclosures.disclosures_by_id(actor, notices)]
        for actor in actors
    ]

    publishers = await database.fetch(
        "SELECT publisher_id FROM disclosure_disclosure d"
        " JOIN unnest($1::uuid[]) WITH ORDINALITY AS n (id, place) ON n.id = d.id ORDER BY place",
        notices,
    )
    in_policy = [
        [
            policy.belongs(actor, (await papers.body_of(actor, row["publisher_id"], path=())).body)
            for row in publishers
        ]
        for actor in actors
    ]
    assert in_sql == in_policy
    assert in_sql[0] == [True, False, False, False]
    assert in_sql[-4:] == [
        [False, False, False, True],
        [False] * 4,
        [False] * 4,
        [True] * 4,
    ]
