"""The log through the contract and its files, as a resident with nothing but a browser."""

import json
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette
from typer.testing import CliRunner

from api import transparency
from api.__main__ import app as commands
from api.edge import Edge
from domains.disclosure.rules import merkle
from domains.kernel.actor import ANONYMOUS
from domains.kernel.settings import Settings
from domains.membership.queries import sessions
from schema import node
from schema.root import schema
from tests import factories
from tests.disclosure.log import a_head, a_publication
from tests.voting.asking import ask

LOG = """
query ($area: ID!, $first: Int) { transparencyLog(areaId: $area) {
  id size area { name }
  latestHead { id day size rootHash keyId signature address }
  heads(first: $first) { nodes { id day size } pageInfo { hasNextPage endCursor } }
} }
"""
PROOF = """
query ($disclosure: ID!, $version: Int!, $head: ID) {
  inclusionProof(disclosureId: $disclosure, version: $version, headId: $head) {
    leafIndex leafHash record path size rootHash address head { id day size }
} }
"""
GROWTH = """
query ($older: ID!, $newer: ID!) { growthProof(olderHeadId: $older, newerHeadId: $newer) {
  older { size } newer { size } path address } }
"""
CONSISTENCY = """
query ($area: ID!, $older: Int!, $newer: Int!) {
  consistencyProof(areaId: $area, olderSize: $older, newerSize: $newer) }
"""
KEYS = "{ logKeys { keyId publicKey text } }"
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"


async def log_of(area, first=20):
    answer = await ask(ANONYMOUS, LOG, area=node.encode("area", area.id), first=first)
    return answer["transparencyLog"]


async def proof_of(disclosure_id, version=1, head=None):
    disclosure = node.encode("disclosure", disclosure_id)
    answer = await ask(ANONYMOUS, PROOF, disclosure=disclosure, version=version, head=head)
    return answer["inclusionProof"]


@pytest.fixture
async def client(db):
    edge = Edge.of(
        schema,
        Settings(cost_per_minute=1_000),
        authenticate=sessions.actor_of_token,
        reread=sessions.actors_of_sessions,
    )
    app = Starlette(routes=transparency.routes(edge))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


async def test_everybody_reads_a_communitys_log_and_its_heads(moved_clock):
    community = await factories.a_community()
    for _ in range(3):
        await a_publication(community)
        await a_head()
        await moved_clock.advance(timedelta(days=1))

    found = await log_of(community, first=2)

    assert (found["size"], found["area"]["name"]) == (3, "同心社区")
    assert found["latestHead"]["size"] == 3
    assert [each["size"] for each in found["heads"]["nodes"]] == [3, 2]
    assert found["heads"]["pageInfo"]["hasNextPage"]


async def test_where_nothing_was_published_there_is_no_log(db):
    community = await factories.a_community()

    assert await log_of(community) is None


async def test_a_proof_leads_from_the_record_to_the_heads_root(db):
    community = await factories.a_community()
    published = [await a_publication(community) for _ in range(5)]
    await a_head()

    found = await proof_of(published[3])

    leaf = merkle.leaf_hash(found["record"].encode())
    path = [bytes.fromhex(each) for each in found["path"]]
    root = bytes.fromhex(found["rootHash"])
    assert (leaf.hex(), found["size"]) == (found["leafHash"], 5)
    assert merkle.includes(root, leaf, path, index=found["leafIndex"], size=found["size"])
    assert found["rootHash"] == (await log_of(community))["latestHead"]["rootHash"]


async def test_a_proof_under_an_older_head_and_under_one_that_does_not_have_it(moved_clock):
    community = await factories.a_community()
    first = await a_publication(community)
    await a_head()
    older = (await log_of(community))["latestHead"]["id"]
    await moved_clock.advance(timedelta(days=1))
    second = await a_publication(community)
    await a_head()

    assert (await proof_of(first, head=older))["size"] == 1
    assert (await proof_of(first))["size"] == 2
    assert await proof_of(second, head=older) is None


async def test_ids_of_nothing_of_another_kind_or_community_prove_nothing(db):
    one, other = await factories.a_community(), await factories.a_community()
    published = await a_publication(one)
    await a_publication(other)
    await a_head()
    elsewhere = (await log_of(other))["latestHead"]["id"]

    found = [
        await proof_of(uuid4()),
        await proof_of(published, version=2),
        await proof_of(published, version=-1),
        await proof_of(published, head=elsewhere),
        await proof_of(published, head=node.encode("log", one.id)),
        await proof_of(published, head="nonsense"),
    ]

    assert found == [None] * 6


async def test_growth_is_proved_between_heads_and_between_sizes(moved_clock):
    community = await factories.a_community()
    heads = []
    for count in (3, 4):
        for _ in range(count):
            await a_publication(community)
        await a_head()
        heads.append((await log_of(community))["latestHead"])
        await moved_clock.advance(timedelta(days=1))
    area = node.encode("area", community.id)

    grown = await ask(ANONYMOUS, GROWTH, older=heads[0]["id"], newer=heads[1]["id"])
    sizes = await ask(ANONYMOUS, CONSISTENCY, area=area, older=3, newer=7)
    beyond = await ask(ANONYMOUS, CONSISTENCY, area=area, older=3, newer=8)
    backwards = await ask(ANONYMOUS, GROWTH, older=heads[1]["id"], newer=heads[0]["id"])

    path = [bytes.fromhex(each) for each in grown["growthProof"]["path"]]
    old, new = (bytes.fromhex(each["rootHash"]) for each in heads)
    assert merkle.is_grown_from(old, new, path, older=3, newer=7)
    assert sizes["consistencyProof"] == grown["growthProof"]["path"]
    assert beyond["consistencyProof"] is None
    assert backwards["growthProof"] is None


async def test_logs_and_heads_are_nodes(db):
    community = await factories.a_community()
    await a_publication(community)
    await a_head()
    found = await log_of(community)

    asked = [await ask(ANONYMOUS, NODE, id=each["id"]) for each in (found, found["latestHead"])]

    kinds = [each["node"]["__typename"] for each in asked]
    assert kinds == ["TransparencyLog", "LogHead"]


async def test_a_resident_fetches_files_and_verifies_them(
    moved_clock, client, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    community = await factories.a_community()
    published = await a_publication(community)
    await a_head()
    kept = (await log_of(community))["latestHead"]
    proof = await proof_of(published)
    await moved_clock.advance(timedelta(days=1))
    await a_publication(community)
    await a_head()
    latest = (await log_of(community))["latestHead"]
    grown = await ask(ANONYMOUS, GROWTH, older=kept["id"], newer=latest["id"])
    addresses = {
        "copy.json": proof["address"],
        "head.json": kept["address"],
        "growth.json": grown["growthProof"]["address"],
        "keys.txt": "/log/keys",
    }
    for name, address in addresses.items():
        (tmp_path / name).write_bytes((await client.get(address)).raise_for_status().content)

    ended = [
        CliRunner().invoke(
            commands,
            ["verify", name, "--key", "keys.txt", "--head", "head.json"],
        )
        for name in ("copy.json", "growth.json", "head.json")
    ]

    assert [each.exit_code for each in ended] == [0, 0, 0]
    assert json.loads((tmp_path / "copy.json").read_text())["parts"]["title"]["content"] == (
        "第三季度公开"
    )


async def test_files_are_downloads_and_what_is_not_there_is_told(client):
    head = node.encode("log_head", uuid4())
    disclosure = node.encode("disclosure", uuid4())

    keys = await client.get("/log/keys")
    absent = [
        await client.get(each)
        for each in (
            f"/log/heads/{head}",
            "/log/heads/nonsense",
            f"/log/growths/{head}/{head}",
            f"/log/copies/{disclosure}/1",
            f"/log/copies/{disclosure}/99999999999999",
            "/log/copies/nonsense/1",
        )
    ]

    assert keys.headers["content-disposition"] == 'attachment; filename="log-keys.txt"'
    assert [each.status_code for each in absent] == [404] * 6
    assert absent[0].json()["errors"][0]["extensions"]["refusal"] == "NOT_FOUND"


async def test_files_cost_their_callers_budget(client):
    answers = [(await client.get("/log/keys")).status_code for _ in range(11)]

    assert answers == [200] * 10 + [429]


async def test_a_proof_costs_as_many_statements_in_a_small_log_as_in_a_larger_one(
    moved_clock, statements
):
    community = await factories.a_community()
    spent = []
    for count in (2, 12):
        published = [await a_publication(community) for _ in range(count)]
        await a_head()
        statements.clear()
        await proof_of(published[0])
        spent.append(len(statements))
        await moved_clock.advance(timedelta(days=1))

    assert spent == [4, 4]


async def test_the_key_that_signs_is_told(db):
    answer = await ask(ANONYMOUS, KEYS)

    (key,) = answer["logKeys"]
    assert key["text"] == f"{key['keyId']}:{key['publicKey']}"
