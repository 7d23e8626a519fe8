"""Supervisors, gatherings, their topics and history, as rows. All of it is public."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.disclosure import policy
from domains.disclosure.values.gatherings import GatheringKind, GatheringState
from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice

MOST_IN_CALENDAR = 500

# Before it is confirmed, a record is for those who may write or confirm it: $1 where.
_GATHERING = """
g.id, g.community_id, g.area_path, g.series_id, g.kind, g.title, g.place, g.starts_at, g.ends_at,
g.topics_until, g.state, g.reason, g.recorded_at, g.disclosure_id, g.revision, g.changed_at,
CASE WHEN g.state = 'published' OR EXISTS (
    SELECT FROM unnest($1::text[]) AS held (path) WHERE starts_with(g.area_path, held.path))
  THEN g.record_html END AS record_html,
s.every, s.last_on, s.ended_at AS series_ended_at
"""
_FROM = """
FROM disclosure_gathering g LEFT JOIN disclosure_gathering_series s ON s.id = g.series_id
"""
_LIST = f"""
SELECT {_GATHERING} {_FROM}
WHERE ($2::text IS NULL OR g.area_path LIKE $2 || '%')
  AND ($3::text[] IS NULL OR g.kind = ANY ($3)) AND ($4::text[] IS NULL OR g.state = ANY ($4))
  AND (NOT $5 OR g.ends_at > kernel_now())
  AND ($6::timestamptz IS NULL OR (g.starts_at, g.id) < ($6, $7::uuid))
ORDER BY g.starts_at DESC, g.id DESC LIMIT $8
"""
_BY_ID = f"SELECT {_GATHERING} {_FROM} WHERE g.id = ANY ($2::uuid[])"
_IN_CALENDAR = """
SELECT g.id, g.kind, g.title, g.place, g.starts_at, g.ends_at, g.state, g.revision, g.changed_at
FROM disclosure_gathering g JOIN membership_area a ON starts_with(g.area_path, a.path)
WHERE a.id = $1 AND g.starts_at > kernel_now() - interval '1 year'
ORDER BY g.starts_at DESC LIMIT $2
"""
# Who registered a topic unnamed is known to themselves ($2) and where the caller is staff ($1).
_TOPIC = """
t.id, t.gathering_id, t.anonymous, t.text, t.registered_at, t.withdrawn_at, t.answer,
t.answered_at, t.person_id IS NOT DISTINCT FROM $2::uuid AS is_mine,
CASE WHEN NOT t.anonymous OR t.person_id IS NOT DISTINCT FROM $2::uuid OR EXISTS (
    SELECT FROM unnest($1::text[]) AS held (path) WHERE starts_with(g.area_path, held.path))
  THEN t.person_id END AS person_id
"""
_TOPICS = f"""
SELECT {_TOPIC} FROM disclosure_gathering_topic t
JOIN disclosure_gathering g ON g.id = t.gathering_id
WHERE t.gathering_id = $3 AND ($4::uuid IS NULL OR t.id > $4) ORDER BY t.id LIMIT $5
"""
_TOPICS_BY_ID = f"""
SELECT {_TOPIC} FROM disclosure_gathering_topic t
JOIN disclosure_gathering g ON g.id = t.gathering_id WHERE t.id = ANY ($3::uuid[])
"""
_HISTORY = """
SELECT gathering_id, number, act, note, starts_at, at FROM disclosure_gathering_history
WHERE gathering_id = ANY ($1::uuid[]) ORDER BY number
"""
_COMMITTEES = """
SELECT id, community_id, area_path, starts_on, ends_on, formed_at, ended_at
FROM disclosure_supervision
WHERE community_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3
"""
_COMMITTEES_BY_ID = """
SELECT id, community_id, area_path, starts_on, ends_on, formed_at, ended_at
FROM disclosure_supervision WHERE id = ANY ($1::uuid[])
"""
_MEMBERS = """
SELECT supervision_id, person_id, has_finance_skills, is_head FROM disclosure_supervisor
WHERE supervision_id = ANY ($1::uuid[]) ORDER BY is_head DESC, person_id
"""


@dataclass(frozen=True, slots=True)
class GatheringFilter:
    """What a list of gatherings is narrowed to."""

    area_path: str | None = None
    kinds: tuple[GatheringKind, ...] | None = None
    states: tuple[GatheringState, ...] | None = None
    to_come: bool = False


def _staffed(actor: Actor) -> list[str]:
    return [""] if actor.system else actor.area_paths(*policy.GATHERERS)


async def gatherings(actor: Actor, asked: GatheringFilter, page: Page) -> Slice[Row]:
    """Return a page of gatherings, the last to start first."""
    starts_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _LIST,
        *(_staffed(actor), asked.area_path),
        list(asked.kinds) if asked.kinds is not None else None,
        list(asked.states) if asked.states is not None else None,
        *(asked.to_come, starts_at, last_id, page.limit),
    )
    return Slice.of(rows, page)


async def gatherings_by_id(actor: Actor, gathering_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the gatherings of these ids."""
    rows = await database.fetch(_BY_ID, _staffed(actor), list(gathering_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in gathering_ids]


async def in_calendar(area_id: UUID) -> Sequence[Row]:
    """Return an area's gatherings of the last year and of those to come, for its calendar."""
    return await database.fetch(_IN_CALENDAR, area_id, MOST_IN_CALENDAR)


async def topics(actor: Actor, gathering_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a gathering's topics, the first registered first."""
    after = page.after[0] if page.after else None
    values = (_staffed(actor), actor.person_id, gathering_id, after, page.limit)
    return Slice.of(await database.fetch(_TOPICS, *values), page)


async def topics_by_id(actor: Actor, topic_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the topics of these ids."""
    rows = await database.fetch(_TOPICS_BY_ID, _staffed(actor), actor.person_id, list(topic_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in topic_ids]


async def histories(actor: Actor, gathering_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what became of gatherings, the first first."""
    return await _grouped(_HISTORY, "gathering_id", gathering_ids)


async def committees(actor: Actor, community_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a community's supervisors' committees, the standing one first."""
    after = page.after[0] if page.after else None
    return Slice.of(await database.fetch(_COMMITTEES, community_id, after, page.limit), page)


async def committees_by_id(actor: Actor, committee_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the supervisors' committees of these ids."""
    rows = await database.fetch(_COMMITTEES_BY_ID, list(committee_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in committee_ids]


async def members(actor: Actor, committee_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: who sits on supervisors' committees, its head first."""
    return await _grouped(_MEMBERS, "supervision_id", committee_ids)


async def _grouped(sql: str, key: str, ids: Sequence[UUID]) -> list[list[Row]]:
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in await database.fetch(sql, list(ids)):
        found[row[key]].append(row)
    return [found[each] for each in ids]
