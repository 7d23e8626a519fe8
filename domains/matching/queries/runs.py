"""Runs of the matcher, for who keeps the exchange of their area; nobody else sees any."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.matching import policy
from domains.matching.values.runs import MatchingRunState

_RUNS = """
SELECT r.*, r.stages::text AS stages_text,
       (SELECT count(*) FROM matching_run_offer x
        WHERE x.run_id = r.id AND x.decision <> 'taken_out')::int AS proposed_count,
       (SELECT count(DISTINCT x.order_id) FROM matching_run_offer x
        WHERE x.run_id = r.id AND x.decision <> 'taken_out')::int AS served_count,
       (SELECT coalesce(sum(u.places), 0) FROM matching_run_unmet u
        WHERE u.run_id = r.id)::int AS unmet_places
FROM matching_run r
WHERE ($1 OR EXISTS (SELECT FROM unnest($2::text[]) AS held (path)
                     WHERE starts_with(r.area_path, held.path)))
"""
_BY_ID = f"{_RUNS} AND r.id = ANY ($3::uuid[])"
_LIST = f"""
{_RUNS} AND starts_with(r.area_path, $3)
  AND ($4::text[] IS NULL OR r.state = ANY ($4)) AND ($5::uuid IS NULL OR r.id < $5)
ORDER BY r.id DESC LIMIT $6
"""
_PROPOSALS = """
SELECT x.*, p.person_id, o.starts_at FROM matching_run_offer x
JOIN matching_run r ON r.id = x.run_id
JOIN matching_order o ON o.id = x.order_id
LEFT JOIN volunteering_volunteer p ON p.id = x.volunteer_id
WHERE ($1 OR EXISTS (SELECT FROM unnest($2::text[]) AS held (path)
                     WHERE starts_with(r.area_path, held.path)))
"""
_PROPOSALS_BY_ID = f"{_PROPOSALS} AND x.id = ANY ($3::uuid[])"
_PROPOSALS_OF = f"""
{_PROPOSALS} AND x.run_id = $3
  AND ($4::timestamptz IS NULL OR (o.starts_at, x.order_id, x.rank, x.id)
                                  > ($4, $5::uuid, $6::int, $7::uuid))
ORDER BY o.starts_at, x.order_id, x.rank, x.id LIMIT $8
"""
_UNMET = """
SELECT u.run_id, u.order_id, u.places, u.reason FROM matching_run_unmet u
JOIN matching_run r ON r.id = u.run_id JOIN matching_order o ON o.id = u.order_id
WHERE ($1 OR EXISTS (SELECT FROM unnest($2::text[]) AS held (path)
                     WHERE starts_with(r.area_path, held.path)))
  AND u.run_id = $3 AND ($4::timestamptz IS NULL OR (o.starts_at, u.order_id) > ($4, $5::uuid))
ORDER BY o.starts_at, u.order_id LIMIT $6
"""
_SELECTIONS = """
SELECT s.*, o.starts_at FROM matching_run_selection s
JOIN matching_run r ON r.id = s.run_id JOIN matching_order o ON o.id = s.order_id
WHERE ($1 OR EXISTS (SELECT FROM unnest($2::text[]) AS held (path)
                     WHERE starts_with(r.area_path, held.path)))
  AND s.run_id = $3 AND ($4::timestamptz IS NULL OR (o.starts_at, s.order_id) > ($4, $5::uuid))
ORDER BY o.starts_at, s.order_id LIMIT $6
"""
_SELECTED_MONEY = """
SELECT m.* FROM matching_run_money m
JOIN unnest($1::uuid[], $2::uuid[]) AS asked (run_id, order_id)
  ON asked.run_id = m.run_id AND asked.order_id = m.order_id
ORDER BY m.fund_id
"""
_RULINGS = """
SELECT g.*, p.person_id FROM matching_ruling g JOIN matching_need n ON n.id = g.need_id
LEFT JOIN volunteering_volunteer p ON p.id = g.volunteer_id
WHERE ($1 OR EXISTS (SELECT FROM unnest($2::text[]) AS held (path)
                     WHERE starts_with(n.area_path, held.path)))
"""
_RULINGS_BY_ID = f"{_RULINGS} AND g.id = ANY ($3::uuid[])"
_RULINGS_OF = f"""
{_RULINGS} AND g.need_id = ANY ($3::uuid[]) AND g.ended_at IS NULL ORDER BY g.at DESC, g.id
LIMIT 2000
"""


@dataclass(frozen=True, slots=True)
class RunFilter:
    """What a list of runs is narrowed to."""

    area_path: str
    states: tuple[MatchingRunState, ...] | None = None


def _eyes(actor: Actor) -> tuple[bool, list[str]]:
    return actor.system, actor.area_paths(*policy.MANAGERS)


async def runs_by_id(actor: Actor, run_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: these runs, None where the actor does not keep the exchange."""
    found = {row["id"]: row for row in await database.fetch(_BY_ID, *_eyes(actor), list(run_ids))}
    return [found.get(each) for each in run_ids]


async def runs(actor: Actor, asked: RunFilter, page: Page) -> Slice[Row]:
    """Return a page of an area's runs, the latest first."""
    rows = await database.fetch(
        _LIST,
        *_eyes(actor),
        asked.area_path,
        None if asked.states is None else [str(each) for each in asked.states],
        page.after[0] if page.after else None,
        page.limit,
    )
    return Slice.of(rows, page)


async def proposals(actor: Actor, run_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of what a run proposes, by the time of the service, the first to ask first."""
    after = page.after or (None, None, None, None)
    rows = await database.fetch(_PROPOSALS_OF, *_eyes(actor), run_id, *after, page.limit)
    return Slice.of(rows, page)


async def proposals_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: these proposals, None where the actor does not keep the exchange."""
    rows = await database.fetch(_PROPOSALS_BY_ID, *_eyes(actor), list(ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in ids]


async def unmet(actor: Actor, run_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of the places for which a run found nobody, with the reason."""
    after = page.after or (None, None)
    rows = await database.fetch(_UNMET, *_eyes(actor), run_id, *after, page.limit)
    return Slice.of(rows, page)


async def rulings_by_need(actor: Actor, need_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: who is pinned or forbidden for these needs, for who keeps the exchange."""
    grouped: dict[UUID, list[Row]] = {each: [] for each in need_ids}
    for row in await database.fetch(_RULINGS_OF, *_eyes(actor), list(need_ids)):
        grouped[row["need_id"]].append(row)
    return [grouped[each] for each in need_ids]


async def rulings_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: these rulings, None where the actor does not keep the exchange."""
    rows = await database.fetch(_RULINGS_BY_ID, *_eyes(actor), list(ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in ids]


async def selections(actor: Actor, run_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of what a run proposes besides people, by the time of the service."""
    after = page.after or (None, None)
    rows = await database.fetch(_SELECTIONS, *_eyes(actor), run_id, *after, page.limit)
    return Slice.of(rows, page)


async def money_by_selection(
    actor: Actor, selected: Sequence[tuple[UUID, UUID]]
) -> list[list[Row]]:
    """Batch: the money of selections, by run and order; who sees them has been judged."""
    rows = await database.fetch(
        _SELECTED_MONEY, [run_id for run_id, _ in selected], [order_id for _, order_id in selected]
    )
    found: dict[tuple[UUID, UUID], list[Row]] = {each: [] for each in selected}
    for row in rows:
        found[row["run_id"], row["order_id"]].append(row)
    return [found[each] for each in selected]
