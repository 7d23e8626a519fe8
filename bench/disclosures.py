"""A feed of 20 among 100,000 disclosures, and a search among them, over HTTP beside bare SQL."""

import random
from typing import Any
from uuid import UUID

import orjson

from api.app import create_app
from api.asked import Asked
from api.edge import Edge
from bench import rounds, town
from bench.client import request_bytes
from bench.reading import watched
from bench.report import Figure
from bench.rounds import Rounds
from bench.server import Server
from domains.disclosure.rules import words
from domains.kernel import database
from domains.kernel.actor import ANONYMOUS
from domains.membership.queries import places
from schema import node

DISCLOSURES = 100_000
AT_ONCE = 10_000
CLIENTS = 16
REQUESTS = 300
ROUNDS = 3
PAGE = 20
PAGES = (1, 20, 100)
SEARCHED = "路灯维修"

_FEED = """
query ($area: ID!, $first: Int) { disclosures(where: {areaId: $area}, first: $first) {
  nodes { id kind state title text firstPublishedAt publisher { name } tags readings }
  pageInfo { hasNextPage endCursor }
} }
"""
_SEARCH = """
query ($area: ID!, $first: Int, $text: String!) {
  searchDisclosures(where: {areaId: $area}, text: $text, first: $first) {
    nodes { id kind state title text firstPublishedAt publisher { name } tags readings }
    pageInfo { hasNextPage endCursor }
  }
}
"""
# Rows as publishing leaves them, many at once: versions are written as drafts, then published.
_PUBLISHER = """
INSERT INTO disclosure_publisher (id, kind, name, area_id, area_path, community_id, created_at)
VALUES ($1, 'community', '公开社区', $2, $3, $2, kernel_now())
"""
_DISCLOSURES = """
INSERT INTO disclosure_disclosure
    (id, area_id, area_path, community_id, publisher_id, kind, state, published_number,
     first_published_at, created_at)
SELECT id, $2, $3, $2, $4, (ARRAY['notice', 'activity', 'news'])[1 + place % 3], 'published', 1,
       kernel_now() - place * interval '1 minute', kernel_now() - place * interval '1 minute'
FROM unnest($1::uuid[]) WITH ORDINALITY AS given (id, place)
"""
_VERSIONS = """
INSERT INTO disclosure_version
    (id, disclosure_id, number, change, state, title, body_html, body_text, sourced, created_at)
SELECT gen_random_uuid(), id, 1, 'first', 'draft', title, '<p>' || body || '</p>', body, true,
       kernel_now()
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS given (id, title, body)
"""
_PUBLISH = """
UPDATE disclosure_version
SET state = 'published', published_at = kernel_now(), record = convert_to(title, 'UTF8'),
    record_sha256 = sha256(convert_to(title, 'UTF8'))
WHERE disclosure_id = ANY ($1::uuid[])
"""
_TARGETS = """
INSERT INTO disclosure_target (disclosure_id, area_id, area_path)
SELECT id, $2, $3 FROM unnest($1::uuid[]) AS given (id)
"""
_WORDS = """
INSERT INTO disclosure_words (disclosure_id, words)
SELECT id, array_to_tsvector(string_to_array(words, ' '))
FROM unnest($1::uuid[], $2::text[]) AS given (id, words)
"""
_TOPICS = (
    "停水通知",
    "路灯维修公示",
    "邻里活动报名",
    "电梯检修安排",
    "垃圾分类宣传",
    "财务收支公开",
)
_BODIES = (
    "请各位居民提前安排,有疑问可到社区服务中心咨询。",
    "工程费用已由居民代表会议审议,详见附表。",
    "欢迎报名参加,名额有限,先到先得。",
)


async def feeding(ours: Server, bare: Server, street: Any) -> list[Figure]:
    """Plant 100,000 disclosures, then read the feed and search among them."""
    community = (await town.a_community(street, code="feed", residents=0)).area_id
    path = await _planted(community)
    await town.settle()
    await database.execute("ANALYZE disclosure_feed, disclosure_words, disclosure_disclosure")
    section = f"{PAGE} of {DISCLOSURES:,} disclosures"
    area = node.encode("area", community)
    asked = {"area": area, "first": PAGE}
    feed = await _measured(ours, bare, (_FEED, asked), {"path": path, "first": PAGE})
    question = words.question(SEARCHED)
    found = await _measured(
        ours,
        bare,
        (_SEARCH, asked | {"text": SEARCHED}),
        {"path": path, "first": PAGE, "question": question},
    )
    statements = [
        Figure(section, f"statements, {of} of {first}", "", [await _statements(document, given)])
        for of, document, more in (
            ("feed", _FEED, {}),
            ("search", _SEARCH, {"text": SEARCHED}),
        )
        for first in PAGES
        for given in [{"area": area, "first": first} | more]
    ]
    return [
        *statements,
        *rounds.figures(section, "feed", *feed),
        *rounds.figures(section, "search", *found),
    ]


async def _planted(community: UUID) -> str:
    place = await places.place_of(community)
    assert place is not None, "the community was made"
    publisher = database.new_id()
    await database.execute(_PUBLISHER, publisher, community, place.area_path)
    chance = random.Random(20)
    cut: dict[str, str] = {}
    for start in range(0, DISCLOSURES, AT_ONCE):
        ids = [database.new_id() for _ in range(AT_ONCE)]
        picked = [(chance.choice(_TOPICS), chance.choice(_BODIES)) for _ in ids]
        titles = [f"{topic}第{start + number}号" for number, (topic, _) in enumerate(picked)]
        told = []
        for topic, body in picked:
            known = cut.get(topic + body)
            if known is None:
                known = cut[topic + body] = " ".join(words.cut(f"{topic}\n{body}"))
            told.append(known)
        async with database.transaction(timeout_ms=120_000):
            await _plant(
                ids,
                titles,
                [body for _, body in picked],
                told,
                (community, place.area_path, publisher),
            )
    return place.area_path


async def _plant(
    ids: list[UUID],
    titles: list[str],
    bodies: list[str],
    told: list[str],
    where: tuple[UUID, str, UUID],
) -> None:
    community, path, publisher = where
    # A disclosure is aimed before it is public: its placing stands afterwards.
    await database.execute("ALTER TABLE disclosure_target DISABLE TRIGGER USER")
    await database.execute(_DISCLOSURES, ids, community, path, publisher)
    await database.execute(_VERSIONS, ids, titles, bodies)
    await database.execute(_PUBLISH, ids)
    await database.execute(_TARGETS, ids, community, path)
    await database.execute("ALTER TABLE disclosure_target ENABLE TRIGGER USER")
    await database.execute(_WORDS, ids, told)
    await database.execute("SELECT disclosure_list($1::uuid[])", ids)


async def _measured(
    ours: Server,
    bare: Server,
    asked: tuple[str, dict[str, Any]],
    plain: dict[str, Any],
) -> tuple[Rounds, Rounds]:
    document, variables = asked
    whole = request_bytes("/graphql", orjson.dumps({"query": document, "variables": variables}))
    bare_whole = request_bytes("/disclosures", orjson.dumps(plain))
    told, measure = Rounds(), Rounds()
    await rounds.one(ours, Rounds(), clients=CLIENTS, requests=50, make=lambda _: whole)
    await rounds.one(bare, Rounds(), clients=CLIENTS, requests=50, make=lambda _: bare_whole)
    for _ in range(ROUNDS):
        await rounds.one(ours, told, clients=CLIENTS, requests=REQUESTS, make=lambda _: whole)
        await rounds.one(
            bare, measure, clients=CLIENTS, requests=REQUESTS, make=lambda _: bare_whole
        )
    _require_answered(told, measure)
    return told, measure


def _require_answered(told: Rounds, measure: Rounds) -> None:
    assert told.last is not None, "there were rounds"
    assert measure.last is not None, "there were rounds"
    (answer,) = orjson.loads(told.last.first_body)["data"].values()
    bare = orjson.loads(measure.last.first_body)["data"]
    if len(answer["nodes"]) != PAGE or len(bare) != PAGE:
        raise RuntimeError("a page is full")
    if [each["title"] for each in answer["nodes"]] != [each["title"] for each in bare]:
        raise RuntimeError("both tell the same")


async def _statements(document: str, variables: dict[str, Any]) -> float:
    """Count the statements of one request."""
    edge: Edge = create_app(owns_database=False).state.edge
    async with watched() as ran:
        asked = Asked(text=document, digest=None, variables=variables)
        answer = await edge.run(edge.admit(asked, ANONYMOUS), asked, ANONYMOUS)
        (told,) = orjson.loads(answer.body)["data"].values()
        if len(told["nodes"]) != variables["first"]:
            raise RuntimeError("a page is full")
    return len(ran)
