"""The log over the database: what is published enters once, is proved, and never changes."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
from typer.testing import CliRunner

from api.__main__ import app
from domains.disclosure.queries import log as queries
from domains.disclosure.rules import merkle, proofs, records
from domains.disclosure.rules.records import Source
from domains.disclosure.service import copies, drafting, log
from domains.kernel import crypto, database, settings
from domains.kernel.actor import ANONYMOUS
from domains.membership.queries import places
from jobs import outbox, transparency
from tests import factories
from tests.disclosure import factories as disclosures
from tests.disclosure.log import a_head, a_publication, keys, logged, meddle


async def indices(log_id):
    rows = await database.fetch(
        "SELECT n.position AS leaf_index FROM disclosure_log_leaf leaf"
        " LEFT JOIN disclosure_log_node n ON n.leaf_id = leaf.id"
        " WHERE leaf.log_id = $1 ORDER BY leaf.id",
        log_id,
    )
    return [row["leaf_index"] for row in rows]


async def queue(area, count, *, kind="test"):
    place = await places.place_of(area.id)
    async with database.transaction():
        for number in range(count):
            await log.append_leaf(place, Source(kind, uuid4(), 1), {"number": number})


async def copy_of(disclosure_id, version=1):
    return await copies.disclosure_copy(ANONYMOUS, disclosure_id, version)


def failures(content):
    return {each.name: each.found for each in proofs.verify(content, keys()) if not each.holds}


async def latest(community):
    (head,) = await queries.latest_heads(ANONYMOUS, [community.id])
    return head


async def test_what_is_published_enters_its_communitys_log_once(db):
    community = await factories.a_community()
    await a_publication(community)
    await a_publication(await factories.a_building(community))
    await logged()

    await database.execute("UPDATE kernel_outbox SET delivered_at = NULL")
    await logged()

    assert await indices(community.id) == [0, 1]
    (row,) = await queries.logs_by_area(ANONYMOUS, [community.id])
    assert row["size"] == 2


async def test_a_copy_of_what_was_published_holds_under_the_days_head(db):
    community = await factories.a_community()
    published = [await a_publication(community, title=f"第 {each} 项") for each in range(5)]
    await a_head()

    found = [failures(await copy_of(each)) for each in published]

    assert found == [{}] * 5


async def test_before_the_days_head_there_is_no_copy(db):
    published = await a_publication(await factories.a_community())
    await logged()

    assert await copy_of(published) is None


@pytest.mark.parametrize(
    ("table", "change", "named"),
    [
        ("disclosure_version", "title = '改过的标题'", "title"),
        ("disclosure_version", "body_html = '<p>改过。</p>'", "body"),
        ("disclosure_version", "published_at = published_at - interval '1 day'", "publishedAt"),
        ("disclosure_disclosure", "kind = 'news'", "kind"),
        ("disclosure_tag", None, "tags"),
    ],
)
async def test_a_published_row_that_was_altered_is_named(db, tmp_path, table, change, named):
    published = await a_publication(await factories.a_community())
    await a_head()
    changed = f"UPDATE {table} SET {change}"
    added = f"INSERT INTO {table} SELECT id, '后加' FROM disclosure_disclosure"
    await meddle(changed if change else added, table=table)
    file, key_file = tmp_path / "copy.json", tmp_path / "keys.txt"
    file.write_bytes(await copy_of(published))
    key_file.write_text("\n".join(map(str, keys())))

    ended = CliRunner().invoke(app, ["verify", str(file), "--key", str(key_file)])

    assert ended.exit_code == 1
    assert ended.stderr == f"gongyi: disclosure {published}, version 1: what differs: {named}\n"


async def test_a_row_altered_together_with_its_record_and_leaf_is_named(db):
    published = await a_publication(await factories.a_community())
    await a_head()
    await meddle("UPDATE disclosure_version SET title = '改过'", table="disclosure_version")
    leaf = await database.fetch_one("SELECT * FROM disclosure_log_leaf")
    old = json.loads(await copy_of(published))["parts"]
    parts = {name: each["content"] for name, each in old.items()}
    source = Source("disclosure", published, 1)
    forged = records.record_of(leaf["log_id"], source, parts, salt=leaf["salt"])
    await meddle(
        "UPDATE disclosure_log_leaf SET record = $1, leaf_hash = $2",
        forged,
        merkle.leaf_hash(forged),
        table="disclosure_log_leaf",
    )
    await meddle(
        "UPDATE disclosure_log_node SET digest = $1",
        merkle.leaf_hash(forged),
        table="disclosure_log_node",
    )

    found = failures(await copy_of(published))

    assert found == {"proof": "this record is not leaf 0 of the 1 under the head's root"}


async def test_a_leaf_is_written_once_and_never_changed_or_removed(db):
    community = await factories.a_community()
    await a_publication(community)
    await a_head()
    before = [
        [dict(row) for row in await database.fetch(f"SELECT * FROM {table}")]
        for table in ("disclosure_log_leaf", "disclosure_log_head", "disclosure_log")
    ]

    for statement in (
        "UPDATE disclosure_log_leaf SET version = 7",
        "UPDATE disclosure_log_node SET position = 7",
        "UPDATE disclosure_log_leaf SET record = 'x', leaf_hash = sha256('x')",
        "DELETE FROM disclosure_log_leaf",
        "UPDATE disclosure_log_head SET size = 2",
        "DELETE FROM disclosure_log_head",
        "UPDATE disclosure_log SET size = 0",
        "DELETE FROM disclosure_log",
        "DELETE FROM disclosure_log_key",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await database.execute(statement)

    after = [
        [dict(row) for row in await database.fetch(f"SELECT * FROM {table}")]
        for table in ("disclosure_log_leaf", "disclosure_log_head", "disclosure_log")
    ]
    assert after == before


async def test_subtrees_never_change(db):
    community = await factories.a_community()
    await queue(community, 4)
    await transparency.grow_logs()

    for statement in (
        "UPDATE disclosure_log_node SET digest = sha256('x')",
        "DELETE FROM disclosure_log_node",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await database.execute(statement)

    assert await database.fetch_value("SELECT count(*) FROM disclosure_log_node") == 7


async def test_a_leaf_needs_the_publications_own_transaction(db):
    community = await factories.a_community()
    place = await places.place_of(community.id)

    with pytest.raises(RuntimeError, match="inside a command's transaction"):
        await log.append_leaf(place, Source("test", uuid4(), 1), {})

    assert await indices(community.id) == []


async def test_what_is_rolled_back_leaves_no_leaf(db):
    community = await factories.a_community()
    place = await places.place_of(community.id)

    with pytest.raises(ZeroDivisionError):
        async with database.transaction():
            await log.append_leaf(place, Source("test", uuid4(), 1), {})
            raise ZeroDivisionError

    assert await indices(community.id) == []
    assert await log.grow_due_log() is None


async def test_a_log_grown_in_any_batches_has_the_same_root(db):
    community = await factories.a_community()
    await queue(community, 23)

    grown = [await log.grow_due_log(most=most) for most in (1, 2, 7, 100)]

    await transparency.sign_heads()
    stored = await database.fetch(
        "SELECT digest FROM disclosure_log_node WHERE level = 0 ORDER BY position"
    )
    head = await latest(community)
    assert grown == [1, 2, 7, 13]
    assert head["root"] == merkle.root_of([row["digest"] for row in stored])


async def test_workers_side_by_side_give_each_leaf_one_index(db):
    communities = [await factories.a_community() for _ in range(3)]
    for community in communities:
        await queue(community, 40)

    await asyncio.gather(*(log.grow_due_log(most=9) for _ in range(8)))
    await transparency.grow_logs()

    for community in communities:
        assert sorted(await indices(community.id)) == list(range(40))


async def test_each_day_has_one_head_also_where_nothing_was_added(moved_clock):
    community = await factories.a_community()
    await queue(community, 3)
    await transparency.grow_logs()

    signed = []
    for added in (0, 0, 2):
        await queue(community, added)
        await transparency.grow_logs()
        signed.append((await transparency.sign_heads(), await transparency.sign_heads()))
        await moved_clock.advance(timedelta(days=1))

    heads = await database.fetch("SELECT day, size FROM disclosure_log_head ORDER BY day")
    assert signed == [(1, 0), (1, 0), (1, 0)]
    assert [row["size"] for row in heads] == [3, 3, 5]
    assert [(row["day"] - heads[0]["day"]).days for row in heads] == [0, 1, 2]


async def test_an_empty_log_has_no_head(db):
    community = await factories.a_community()
    await queue(community, 1)

    assert await log.sign_due_head() is None
    assert await latest(community) is None


async def test_the_days_head_has_what_waited_when_it_was_signed(db):
    community = await factories.a_community()
    await queue(community, 2)

    await transparency.sign_heads()

    assert await database.fetch_value("SELECT size FROM disclosure_log_head") == 2


async def test_a_newer_head_is_proved_to_begin_with_an_older_one(moved_clock):
    community = await factories.a_community()
    ids = []
    for _ in range(3):
        await queue(community, 6)
        await a_head()
        ids.append((await latest(community))["id"])
        await moved_clock.advance(timedelta(days=1))

    grown = await queries.growth(ANONYMOUS, ids[0], ids[2])
    backwards = await queries.growth(ANONYMOUS, ids[2], ids[0])

    file = proofs.growth_of(grown.older, grown.newer, grown.path)
    assert (grown.older.head.size, grown.newer.head.size) == (6, 18)
    assert failures(file) == {}
    assert backwards is None


async def test_heads_of_two_logs_are_no_pair(db):
    one, other = await factories.a_community(), await factories.a_community()
    await queue(one, 2)
    await queue(other, 3)
    await a_head()

    found = await queries.growth(ANONYMOUS, (await latest(one))["id"], (await latest(other))["id"])

    assert found is None


async def test_a_subtree_that_was_altered_makes_no_proof(db):
    community = await factories.a_community()
    published = [await a_publication(community) for _ in range(4)]
    await a_head()
    await meddle(
        "UPDATE disclosure_log_node SET digest = sha256('x') WHERE level = 1 AND position = 1",
        table="disclosure_log_node",
    )

    found = failures(await copy_of(published[0]))

    assert found == {"proof": "this record is not leaf 0 of the 4 under the head's root"}


async def test_what_is_taken_down_is_left_out_and_the_rest_is_proved(db):
    published = await a_publication(await factories.a_community())
    await a_head()
    await meddle(
        "UPDATE disclosure_disclosure SET taken_down_at = kernel_now()",
        table="disclosure_disclosure",
    )

    file = await copy_of(published)

    left_out = {each.name for each in proofs.verify(file, keys()) if "left out" in each.found}
    assert failures(file) == {}
    assert {"title", "body"} <= left_out
    assert "内容如下" not in file.decode()


async def test_proofs_of_one_and_of_many_cost_as_many_statements(statements):
    community = await factories.a_community()
    published = [await a_publication(community) for _ in range(9)]
    await a_head()
    sources = [Source("disclosure", each, 1) for each in published]
    spent = []

    for asked in (sources[:1], sources):
        statements.clear()
        found = await queries.inclusions(ANONYMOUS, asked)
        spent.append((len(statements), sum(each is not None for each in found)))

    assert spent == [(3, 1), (3, 9)]


async def test_the_relay_appends_nothing_by_itself(db):
    community = await factories.a_community()
    await a_publication(community)

    await outbox.relay()

    assert await indices(community.id) == [None]


@pytest.fixture
def environment(monkeypatch):
    settings.current.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    settings.current.cache_clear()


async def test_what_an_older_key_signed_stays_checkable_when_the_key_is_gone(
    moved_clock, environment
):
    community = await factories.a_community()
    published = await a_publication(community)
    heads = []
    for key_id in ("l1", "l2"):
        environment.setenv("GONGYI_LOG_KEYS", f"{key_id}:{crypto.new_key()}")
        settings.current.cache_clear()
        await a_head()
        heads.append((await latest(community))["id"])
        await moved_clock.advance(timedelta(days=1))

    known = await queries.keys()
    under = [await copies.disclosure_copy(ANONYMOUS, published, 1, head_id=each) for each in heads]

    assert [each.key_id for each in known] == ["l2", "l1"]
    assert [
        [check.name for check in proofs.verify(each, known) if not check.holds] for each in under
    ] == [[], []]
    assert failures(under[0]) == {"head": "signed with the key 'l1', which was not given"}


async def test_workers_side_by_side_sign_each_log_once_a_day(db):
    communities = [await factories.a_community() for _ in range(4)]
    for community in communities:
        await queue(community, 1)
    await transparency.grow_logs()

    await asyncio.gather(*(transparency.sign_heads() for _ in range(6)))

    assert await database.fetch_value("SELECT count(*) FROM disclosure_log_head") == 4


async def test_publishing_does_not_wait_for_the_worker(db):
    community = await factories.a_community()
    await queue(community, 1)
    place = await places.place_of(community.id)
    holder = await asyncpg.connect(**database.connection_arguments(db))

    async with holder.transaction():
        await holder.execute("SELECT FROM disclosure_log FOR NO KEY UPDATE")
        async with database.transaction(timeout_ms=30_000):
            queued = await log.append_leaf(place, Source("test", uuid4(), 1), {})

    await holder.close()
    assert queued


async def test_every_version_is_proved_by_itself_the_withdrawing_one_too(moved_clock):
    town = await disclosures.a_town()
    published = await disclosures.a_disclosure(town)
    await drafting.correct_disclosure(
        town.writer,
        published,
        replace(disclosures.WORDS, title="停水通知(更正)"),
        reason="时间有误",
        idempotency_key=uuid4(),
    )
    await disclosures.published(town, published, number=2)
    await drafting.withdraw_disclosure(
        town.writer, published, reason="检修取消", idempotency_key=uuid4()
    )
    await disclosures.published(town, published, number=3)
    await a_head()

    found = [await copy_of(published, version) for version in (1, 2, 3)]

    titles = [json.loads(each)["parts"]["title"]["content"] for each in found]
    assert [failures(each) for each in found] == [{}, {}, {}]
    assert titles == ["停水通知", "停水通知(更正)", "停水通知(更正)"]
    assert await copy_of(published, 4) is None


async def test_a_draft_and_what_only_waits_have_no_copy(db):
    town = await disclosures.a_town()
    draft = await disclosures.a_draft(town)
    await disclosures.approved(town, draft)
    await a_head()

    assert await copy_of(draft) is None
    assert await database.fetch_value("SELECT count(*) FROM disclosure_log_leaf") == 0


async def test_an_area_above_communities_has_a_log_of_its_own(db):
    street = await factories.a_street()
    community = await factories.a_community(street)
    await queue(street, 2)
    await queue(await factories.a_building(community), 1)
    await transparency.grow_logs()

    rows = await queries.logs_by_area(ANONYMOUS, [street.id, community.id])

    assert [row["size"] for row in rows] == [2, 1]
