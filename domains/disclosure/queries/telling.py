"""What can be told of duties, disclosures, questions, demands and gatherings, and whom.

These see everything and take no actor: they are for the domain that tells. Who asked unnamed is
told of what became of it, and named to nobody.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.disclosure import policy
from domains.disclosure.rules import chains
from domains.disclosure.rules.chains import Capacity, Taker
from domains.disclosure.values import OfficerPart, PublisherKind
from domains.kernel import database, rulesets
from domains.kernel.actor import Role
from domains.kernel.database import Row

_DUTIES = """
SELECT count(*) AS count, (array_agg(i.title_zh ORDER BY o.id))[1] AS title_zh,
       (array_agg(i.title_en ORDER BY o.id))[1] AS title_en
FROM disclosure_obligation o JOIN disclosure_catalogue_item i ON i.id = o.item_id
WHERE o.community_id = $1 AND o.due_at = $2 AND o.state IN ('pending', 'late')
  AND o.met_at IS NULL
"""
_DUTY = """
SELECT o.state, o.due_at, o.reason, o.met_at, i.title_zh, i.title_en
FROM disclosure_obligation o JOIN disclosure_catalogue_item i ON i.id = o.item_id WHERE o.id = $1
"""
# The words of one version, as long as they are in sight.
_DISCLOSURE = """
SELECT v.title, v.change, v.reason, v.state, v.round, v.author_id, d.taken_down_at,
       d.take_down_reason,
       (SELECT s.reason FROM disclosure_step s
        WHERE s.version_id = v.id AND s.decision = 'returned'
        ORDER BY s.decided_at DESC LIMIT 1) AS return_reason
FROM disclosure_version v JOIN disclosure_disclosure d ON d.id = v.disclosure_id
WHERE v.disclosure_id = $1 AND v.number = coalesce($2, d.published_number, d.latest_number)
"""
_AUTHORS = """
SELECT DISTINCT a.person_id FROM disclosure_version_author a
JOIN disclosure_version v ON v.id = a.version_id
WHERE v.disclosure_id = $1 AND ($2::int IS NULL OR v.number = $2)
"""
_CHAIN = """
SELECT v.frozen_rules::text AS rules, p.kind, p.area_path, p.organisation_id, p.id AS publisher_id
FROM disclosure_version v
JOIN disclosure_disclosure d ON d.id = v.disclosure_id
JOIN disclosure_publisher p ON p.id = d.publisher_id
WHERE v.disclosure_id = $1 AND v.number = $2
"""
_OFFICERS = """
SELECT DISTINCT person_id FROM disclosure_officer
WHERE publisher_id = $1 AND part = ANY ($2::text[]) AND dismissed_at IS NULL
"""
# What was asked about: something public, or a duty by its item's name.
_QUESTION = """
SELECT q.kind, q.state, q.asker_id, q.due_at, q.street_due_at, q.upheld, q.publisher_id,
       p.kind AS publisher_kind, p.area_path AS publisher_path, p.organisation_id,
       coalesce(v.title, i.title_zh) AS title_zh, coalesce(v.title, i.title_en) AS title_en,
       (SELECT a.text FROM disclosure_answer a WHERE a.question_id = q.id
        ORDER BY a.answered_at DESC, a.id DESC LIMIT 1) AS answer,
       (SELECT a.upheld FROM disclosure_answer a WHERE a.question_id = q.id
        ORDER BY a.answered_at DESC, a.id DESC LIMIT 1) AS answer_upholds,
       (SELECT x.reason FROM disclosure_question_extension x WHERE x.question_id = q.id
        ORDER BY x.number DESC LIMIT 1) AS extension_reason
FROM disclosure_question q
JOIN disclosure_publisher p ON p.id = q.publisher_id
LEFT JOIN disclosure_version v ON v.disclosure_id = q.disclosure_id AND v.number = q.version
LEFT JOIN disclosure_obligation o ON o.id = q.obligation_id
LEFT JOIN disclosure_catalogue_item i ON i.id = o.item_id
WHERE q.id = $1
"""
_DEMAND = """
SELECT d.title, d.state, d.raised_by_id, d.closes_at, o.due_at
FROM disclosure_demand d LEFT JOIN disclosure_obligation o ON o.id = d.obligation_id
WHERE d.id = $1
"""
_BEHIND = """
SELECT s.person_id FROM disclosure_demand_support s
WHERE s.demand_id = $1 AND ($2::uuid IS NULL OR s.person_id > $2)
ORDER BY s.person_id LIMIT $3
"""
_BEHIND_DUTY = """
SELECT DISTINCT s.person_id FROM disclosure_demand_support s
JOIN disclosure_demand d ON d.id = s.demand_id
WHERE d.obligation_id = $1 AND ($2::uuid IS NULL OR s.person_id > $2)
ORDER BY s.person_id LIMIT $3
"""
_FORCED = "SELECT title FROM disclosure_demand WHERE obligation_id = $1 ORDER BY id LIMIT 1"
_SUPERVISORS = """
SELECT c.starts_on, c.ends_on, s.person_id
FROM disclosure_supervision c JOIN disclosure_supervisor s ON s.supervision_id = c.id
WHERE c.id = $1 ORDER BY s.person_id
"""
_GATHERING = """
SELECT kind, title, place, state, starts_at, ends_at, topics_until, reason,
       (SELECT h.note FROM disclosure_gathering_history h
        WHERE h.gathering_id = g.id AND h.act = 'moved'
        ORDER BY h.number DESC LIMIT 1) AS move_reason
FROM disclosure_gathering g WHERE g.id = $1
"""
_TOPIC_OWNERS = """
SELECT DISTINCT person_id FROM disclosure_gathering_topic
WHERE gathering_id = $1 AND withdrawn_at IS NULL
"""
_TOPIC = """
SELECT t.person_id, t.answer, t.withdrawn_at, g.title
FROM disclosure_gathering_topic t JOIN disclosure_gathering g ON g.id = t.gathering_id
WHERE t.id = $1
"""
_MOST_TITLES = 100
_PUBLISHED = f"""
SELECT v.title FROM disclosure_disclosure d
JOIN disclosure_version v ON v.disclosure_id = d.id AND v.number = d.published_number
WHERE d.first_published_at >= $2 AND d.first_published_at < $3 AND d.taken_down_at IS NULL
  AND starts_with(d.area_path, $1) AND d.state <> 'withdrawn'
ORDER BY d.first_published_at DESC, d.id DESC LIMIT {_MOST_TITLES}
"""
_OWED = f"""
SELECT i.title_zh, i.title_en, o.due_at, o.state
FROM disclosure_obligation o JOIN disclosure_catalogue_item i ON i.id = o.item_id
WHERE o.state IN ('pending', 'late') AND o.met_at IS NULL AND o.due_at < $2
  AND starts_with(o.area_path, $1)
ORDER BY o.due_at, o.id LIMIT {_MOST_TITLES}
"""
_COLLECTING = f"""
SELECT title FROM disclosure_demand
WHERE state = 'collecting' AND closes_at > kernel_now() AND starts_with(area_path, $1)
ORDER BY closes_at, id LIMIT {_MOST_TITLES}
"""
_AHEAD = f"""
SELECT title, starts_at FROM disclosure_gathering
WHERE state = 'planned' AND starts_at >= $2 AND starts_at < $3 AND starts_with(area_path, $1)
ORDER BY starts_at, id LIMIT {_MOST_TITLES}
"""


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts for a body: by roles over its area, by roles within it, or by name."""

    area_path: str
    organisation_id: UUID | None
    roles: tuple[Role, ...] = ()
    roles_within: tuple[Role, ...] = ()
    people: tuple[UUID, ...] = ()


async def duties_at(community_id: UUID, due_at: datetime) -> Row:
    """Return how many of a community's duties of one last day are not met, and the first's name."""
    row = await database.fetch_one(_DUTIES, community_id, due_at)
    assert row is not None, "a count is one row"
    return row


async def duty_to_tell(obligation_id: UUID) -> Row | None:
    """Return what can be told of a duty."""
    return await database.fetch_one(_DUTY, obligation_id)


async def disclosure_to_tell(disclosure_id: UUID, number: int | None = None) -> Row | None:
    """Return what can be told of a version: of the public one, or else the latest, unless told."""
    return await database.fetch_one(_DISCLOSURE, disclosure_id, number)


async def authors_of(disclosure_id: UUID, number: int | None = None) -> list[UUID]:
    """Return who wrote a version, or any of them."""
    return [row["person_id"] for row in await database.fetch(_AUTHORS, disclosure_id, number)]


async def takers_of(disclosure_id: UUID, number: int, step: str) -> Acting | None:
    """Return who may take the step at which a version waits; None where it waits at none."""
    row = await database.fetch_one(_CHAIN, disclosure_id, number)
    if row is None or row["rules"] is None:
        return None
    frozen = rulesets.thaw(json.loads(row["rules"]))
    steps = chains.rules_of(frozen.content, PublisherKind(row["kind"])).steps
    takers = [taker for each in steps if each.kind == step for taker in each.takers]
    parts = [taker.name for taker in takers if taker.capacity is Capacity.OFFICER]
    return Acting(
        area_path=row["area_path"],
        organisation_id=row["organisation_id"],
        roles=_roles(takers, Capacity.ROLE),
        roles_within=_roles(takers, Capacity.ORGANISATION_ROLE),
        people=await _officers(row["publisher_id"], parts),
    )


def _roles(takers: Sequence[Taker], capacity: Capacity) -> tuple[Role, ...]:
    return tuple(
        taker.name
        for taker in takers
        if taker.capacity is capacity and isinstance(taker.name, Role)
    )


async def _officers(publisher_id: UUID, parts: Sequence[str]) -> tuple[UUID, ...]:
    rows = await database.fetch(_OFFICERS, publisher_id, list(parts)) if parts else []
    return tuple(row["person_id"] for row in rows)


async def answerers_of(question: Row) -> Acting:
    """Return whose list of questions to be answered has this one."""
    is_community = question["publisher_kind"] == PublisherKind.COMMUNITY
    return Acting(
        area_path=question["publisher_path"],
        organisation_id=question["organisation_id"],
        roles=policy.ANSWERERS if is_community else (),
        roles_within=policy.WITHIN,
        people=await _officers(question["publisher_id"], [OfficerPart.WRITER]),
    )


async def question_to_tell(question_id: UUID) -> Row | None:
    """Return what can be told of a question: who asked, which body answers, what was answered."""
    return await database.fetch_one(_QUESTION, question_id)


async def demand_to_tell(demand_id: UUID) -> Row | None:
    """Return what can be told of a demand: who raised it, and what is owed by when."""
    return await database.fetch_one(_DEMAND, demand_id)


async def behind_demand_after(demand_id: UUID, after: UUID | None, limit: int) -> list[UUID]:
    """Return the next people who stand behind a demand, by id."""
    rows = await database.fetch(_BEHIND, demand_id, after, limit)
    return [row["person_id"] for row in rows]


async def forced_open(obligation_id: UUID) -> str | None:
    """Return the title of the demand that a duty follows from; None where it follows from none."""
    found: str | None = await database.fetch_value(_FORCED, obligation_id)
    return found


async def behind_duty_after(obligation_id: UUID, after: UUID | None, limit: int) -> list[UUID]:
    """Return the next people whose demands a duty follows from, by id."""
    rows = await database.fetch(_BEHIND_DUTY, obligation_id, after, limit)
    return [row["person_id"] for row in rows]


async def supervisors_to_tell(committee_id: UUID) -> Sequence[Row]:
    """Return who sits on a supervisors' committee, and its term."""
    return await database.fetch(_SUPERVISORS, committee_id)


async def gathering_to_tell(gathering_id: UUID) -> Row | None:
    """Return what can be told of a gathering."""
    return await database.fetch_one(_GATHERING, gathering_id)


async def topic_owners(gathering_id: UUID) -> list[UUID]:
    """Return who registered something to ask at a gathering."""
    return [row["person_id"] for row in await database.fetch(_TOPIC_OWNERS, gathering_id)]


async def topic_to_tell(topic_id: UUID) -> Row | None:
    """Return what can be told of a topic of a gathering."""
    return await database.fetch_one(_TOPIC, topic_id)


async def titles_published(area_path: str, since: datetime, until: datetime) -> list[str]:
    """Return what was first made public in an area within a time, the latest first."""
    return [row["title"] for row in await database.fetch(_PUBLISHED, area_path, since, until)]


async def duties_owed(area_path: str, before: datetime) -> Sequence[Row]:
    """Return an area's duties that are late, or due before an instant, and not met."""
    return await database.fetch(_OWED, area_path, before)


async def titles_demanded(area_path: str) -> list[str]:
    """Return what residents of an area demand and still collect for, what ends first first."""
    return [row["title"] for row in await database.fetch(_COLLECTING, area_path)]


async def gatherings_between(area_path: str, since: datetime, until: datetime) -> Sequence[Row]:
    """Return an area's gatherings (title, starts_at) that are planned for a time."""
    return await database.fetch(_AHEAD, area_path, since, until)
