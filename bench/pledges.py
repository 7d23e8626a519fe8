"""The scoreboard of a city: 1,000 communities with 20 pledges each, beside bare SQL."""

import time
from collections.abc import Awaitable, Callable

import orjson

from api.app import create_app
from api.asked import Asked
from api.edge import Edge
from bench import town
from bench.reading import watched
from bench.report import Figure
from domains.kernel import database
from domains.kernel.actor import ANONYMOUS

STREETS, COMMUNITIES, PLEDGES = 50, 1_000, 20
YEAR = 2026
ROUNDS = 9
PAGES = (10, 100)

_AREAS = """
WITH city AS (
    INSERT INTO membership_area (id, kind, code, name, path, parent_id, created_at)
    VALUES (gen_random_uuid(), 'city', 'pc', '计量市', 'pc/', NULL, kernel_now())
    RETURNING id, path
),
district AS (
    INSERT INTO membership_area (id, kind, code, name, path, parent_id, created_at)
    SELECT gen_random_uuid(), 'district', 'd' || n, '第' || n || '区', path || 'd' || n || '/',
           city.id, kernel_now()
    FROM city, generate_series(1, 5) AS n RETURNING id, path, code
),
street AS (
    INSERT INTO membership_area (id, kind, code, name, path, parent_id, created_at)
    SELECT gen_random_uuid(), 'street', 's' || n, '第' || n || '街道', path || 's' || n || '/',
           district.id, kernel_now()
    FROM generate_series(1, $1::int) AS n JOIN district ON code = 'd' || (n % 5 + 1)
    RETURNING id, path, code
)
INSERT INTO membership_area (id, kind, code, name, path, parent_id, created_at)
SELECT gen_random_uuid(), 'community', 'c' || n, '第' || n || '社区', path || 'c' || n || '/',
       street.id, kernel_now()
FROM generate_series(1, $2::int) AS n JOIN street ON code = 's' || (n % $1::int + 1)
"""
_PERSON = """
INSERT INTO membership_person (id, name, has_political_rights, created_at)
VALUES (gen_random_uuid(), '陈立', true, kernel_now())
"""
_BODIES = """
INSERT INTO membership_organisation (id, kind, name, area_id, created_at)
SELECT gen_random_uuid(), 'social_organisation', name || '服务中心', id, kernel_now()
FROM membership_area WHERE kind = 'community' AND starts_with(path, 'pc/')
"""
_PROGRAMMES = """
INSERT INTO pledges_programme (id, area_id, area_path, year, frozen_rules, opened_at)
SELECT gen_random_uuid(), id, path, $1, '{}', kernel_now()
FROM membership_area WHERE kind = 'community' AND starts_with(path, 'pc/')
"""
# Of ten pledges six are kept on time, one late, one given up, one overdue and one half done.
_PLEDGES = """
INSERT INTO pledges_pledge (
    id, programme_id, area_id, area_path, year, number, state, source_kind, terms_version, title,
    organisation_id, person_id, deadline, first_deadline, reached_weight, proposed_at,
    screened_at, screen_reason, noticed_at, notice_until, committed_at, overdue_since,
    delivered_on, delivered_at, accepted_at, defaulted_at, default_reason)
SELECT gen_random_uuid(), g.id, g.area_id, g.area_path, $1, n,
       CASE WHEN n % 10 < 7 THEN 'accepted' WHEN n % 10 = 7 THEN 'defaulted'
            WHEN n % 10 = 8 THEN 'overdue' ELSE 'in_progress' END,
       'own', 1, '第' || n || '项', o.id, p.id, day, day,
       CASE WHEN n % 10 < 7 THEN 100 ELSE 40 END, at, at, '符合需求', at, at, at,
       CASE WHEN n % 10 = 8 THEN day + 1 END,
       CASE WHEN n % 10 < 6 THEN day WHEN n % 10 = 6 THEN day + 9 END,
       CASE WHEN n % 10 < 7 THEN at END, CASE WHEN n % 10 < 7 THEN at END,
       CASE WHEN n % 10 = 7 THEN at END, CASE WHEN n % 10 = 7 THEN '合作单位退出' END
FROM pledges_programme g
JOIN membership_organisation o ON o.area_id = g.area_id
CROSS JOIN (SELECT id FROM membership_person WHERE name = '陈立' LIMIT 1) p
CROSS JOIN generate_series(1, $2::int) AS n
CROSS JOIN (SELECT kernel_now() AS at, make_date($1, 6, 30) AS day) today
WHERE g.year = $1 AND starts_with(g.area_path, 'pc/')
"""
_TERMS = """
INSERT INTO pledges_terms (
    pledge_id, version, title, content, organisation_id, person_id, place_area_id, place,
    beneficiaries, budget_fen, deadline, target_number, target_unit, target_measure, written_at)
SELECT id, 1, title, '为独居老人送餐', organisation_id, person_id, area_id, '', '独居老人', 0,
       deadline, 100, '份', '按签收单', kernel_now()
FROM pledges_pledge WHERE starts_with(area_path, 'pc/')
"""
_MILESTONES = """
INSERT INTO pledges_milestone (pledge_id, version, position, key, title, due_on, weight)
SELECT id, 1, n, gen_random_uuid(), '节点' || n, deadline, CASE n WHEN 1 THEN 40 ELSE 60 END
FROM pledges_pledge CROSS JOIN generate_series(1, 2) AS n WHERE starts_with(area_path, 'pc/')
"""

BY_AREA = """
query ($year: Int!, $kind: AreaKind!, $area: ID, $first: Int) {
  pledgeScoresByArea(year: $year, kind: $kind, areaId: $area, first: $first) {
    nodes {
      area { name }
      score { promised onTime late defaulted overdue moved progress { numerator denominator } }
    }
  }
}
"""
BY_BODY = """
query ($year: Int!, $first: Int) {
  pledgeScoresByBody(year: $year, first: $first) {
    nodes {
      organisation { name }
      score { promised onTime late defaulted overdue moved progress { numerator denominator } }
    }
  }
}
"""
# The least that a hand can write at a prompt: summed by community before areas are looked up.
_SUMS = """
count(*) AS promised,
count(*) FILTER (WHERE p.state IN ('accepted', 'closed') AND p.delivered_on <= p.first_deadline)
    AS on_time,
count(*) FILTER (WHERE p.state IN ('accepted', 'closed') AND p.delivered_on > p.first_deadline)
    AS late,
count(*) FILTER (WHERE p.state = 'defaulted') AS defaulted,
count(*) FILTER (WHERE p.state = 'overdue') AS overdue,
count(*) FILTER (WHERE p.deadline <> p.first_deadline) AS moved,
sum(p.reached_weight) AS reached
"""
_BARE_AREA = f"""
WITH c AS (
    SELECT p.area_path, {_SUMS} FROM pledges_pledge p
    WHERE p.year = $1 AND p.committed_at IS NOT NULL GROUP BY p.area_path)
SELECT a.name, a.path, sum(c.promised)::bigint AS promised, sum(c.on_time), sum(c.late),
       sum(c.defaulted), sum(c.overdue), sum(c.moved), sum(c.reached)
FROM c JOIN membership_area a ON a.path = ANY (membership_prefixes(c.area_path))
WHERE a.kind = $2 GROUP BY a.name, a.path ORDER BY a.path LIMIT $3
"""
_BARE_BODY = f"""
SELECT o.name, o.id, {_SUMS}
FROM pledges_pledge p JOIN membership_organisation o ON o.id = p.organisation_id
WHERE p.year = $1 AND p.committed_at IS NOT NULL
GROUP BY o.name, o.id ORDER BY o.id LIMIT $2
"""


async def scoreboard() -> list[Figure]:
    """Plant a city's year, and ask for its scoreboard by street, community and body."""
    await _plant()
    edge: Edge = create_app(owns_database=False).state.edge
    section = f"scoreboard, {COMMUNITIES:,} communities with {PLEDGES} pledges each"
    told: list[Figure] = []
    for name, document, more, bare in (
        ("by street", BY_AREA, {"kind": "STREET"}, ("STREET", 100)),
        ("by city", BY_AREA, {"kind": "CITY"}, ("CITY", 100)),
        ("by community, page of 100", BY_AREA, {"kind": "COMMUNITY"}, ("COMMUNITY", 100)),
        ("by body, page of 100", BY_BODY, {}, None),
    ):
        variables = {"year": YEAR, "first": 100, **more}
        ours, plain = await _measured(edge, document, variables, bare)
        told.append(Figure(section, name, "ms", ours, plain))
    told += [
        Figure(section, f"statements, page of {first}", "", [await _statements(first)])
        for first in PAGES
    ]
    return told


async def _plant() -> None:
    async with database.transaction(timeout_ms=60_000):
        await database.execute(_AREAS, STREETS, COMMUNITIES)
        await database.execute(_PERSON)
        await database.execute(_BODIES)
        await database.execute(_PROGRAMMES, YEAR)
        planted = await database.execute(_PLEDGES, YEAR, PLEDGES)
        await database.execute(_TERMS)
        await database.execute(_MILESTONES)
    if planted != COMMUNITIES * PLEDGES:
        raise RuntimeError(f"{planted} pledges were planted")
    await town.settle()


async def _measured(
    edge: Edge, document: str, variables: dict[str, object], bare: tuple[str, int] | None
) -> tuple[list[float], list[float]]:
    async def ours() -> list[tuple[str, int]]:
        return _lines(await _answer(edge, document, variables))

    async def plain() -> list[tuple[str, int]]:
        if bare is None:
            rows = await database.fetch(_BARE_BODY, YEAR, 100)
        else:
            rows = await database.fetch(_BARE_AREA, YEAR, bare[0].lower(), bare[1])
        return [(row["name"], row["promised"]) for row in rows]

    if await ours() != await plain():
        raise RuntimeError("the scoreboard and the bare SQL do not tell the same")
    of_ours: list[float] = []
    of_plain: list[float] = []
    for _ in range(ROUNDS):
        of_ours.append(await _ms(ours))
        of_plain.append(await _ms(plain))
    return of_ours, of_plain


async def _ms(run: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await run()
    return (time.perf_counter() - began) * 1000


async def _answer(edge: Edge, document: str, variables: dict[str, object]) -> bytes:
    asked = Asked(text=document, digest=None, variables=variables)
    return (await edge.run(edge.admit(asked, ANONYMOUS), asked, ANONYMOUS)).body


def _lines(body: bytes) -> list[tuple[str, int]]:
    (page,) = orjson.loads(body)["data"].values()
    return [
        ((each.get("area") or each.get("organisation"))["name"], each["score"]["promised"])
        for each in page["nodes"]
    ]


async def _statements(first: int) -> float:
    """Count the statements of one page of communities."""
    edge: Edge = create_app(owns_database=False).state.edge
    async with watched() as ran:
        variables = {"year": YEAR, "kind": "COMMUNITY", "first": first}
        if len(_lines(await _answer(edge, BY_AREA, variables))) != first:
            raise RuntimeError("the page is not full")
    return len(ran)
