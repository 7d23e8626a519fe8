"""Demands: so many residents, or representatives, together force an item open.

Who stands behind one is counted against the register each time somebody joins; when the share is
reached, the item is owed by a deadline, and nobody has to grant it.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg

from domains.disclosure import policy
from domains.disclosure.errors import DemandClosed, DemandStanding, ItemUnknown, NotOnTheRoll
from domains.disclosure.events import (
    DemandLapsed,
    DemandRaised,
    DemandReached,
    ObligationDue,
)
from domains.disclosure.rules import prose, texts
from domains.disclosure.rules import questions as rules
from domains.disclosure.rules.questions import Count
from domains.disclosure.service import checking, papers
from domains.disclosure.service.presets import questions as presets
from domains.disclosure.values.questions import DemandState
from domains.kernel import audit, calendar, clock, database, idempotency, outbox, rulesets
from domains.kernel.actor import SYSTEM, Actor, Role, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.membership.queries import electorate, places
from domains.membership.values import AreaKind

PATH = ("input", "demandId")
LONGEST = 2000

# What the community keeps to, else the latest preset: an item can be forced open before it is kept.
_ITEM = """
SELECT i.id, i.affair FROM disclosure_catalogue_item i
LEFT JOIN disclosure_adoption a
  ON a.item_id = i.id AND a.community_id = $1 AND a.ended_on IS NULL
WHERE i.code = $2 AND (a.id IS NOT NULL OR i.community_id IS NULL)
ORDER BY (a.id IS NULL), i.version DESC LIMIT 1
"""
_INSERT = """
INSERT INTO disclosure_demand
    (id, community_id, area_path, item_id, code, title, text, raised_by_id, raised_at, closes_at,
     state, frozen_rules)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'collecting', $11::jsonb)
"""
_HOLD = """
SELECT d.*, d.frozen_rules::text AS rules, i.affair
FROM disclosure_demand d JOIN disclosure_catalogue_item i ON i.id = d.item_id
WHERE d.id = $1 FOR UPDATE OF d
"""
_SUPPORT = """
INSERT INTO disclosure_demand_support (demand_id, person_id, supported_at)
VALUES ($1, $2, kernel_now()) ON CONFLICT DO NOTHING
"""
_SUPPORTERS = "SELECT person_id FROM disclosure_demand_support WHERE demand_id = $1"
_COUNT = """
UPDATE disclosure_demand
SET residents = $2, resident_roll = $3, representatives = $4, representative_roll = $5
WHERE id = $1
"""
# Its day was told to those who forced it open: it does not move with a later calendar.
_OWE = """
INSERT INTO disclosure_obligation
    (id, community_id, area_path, item_id, code, affair, period_start, period_end, occurrence,
     due_at, due_certain, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, true, kernel_now())
ON CONFLICT DO NOTHING
"""
_OWED = """
SELECT id FROM disclosure_obligation
WHERE community_id = $1 AND code = $2 AND period_start = $3 AND occurrence = $4
"""
_REACH = """
UPDATE disclosure_demand
SET state = 'reached', reached_by = $2, obligation_id = $3, ended_at = $4 WHERE id = $1
"""
_END = "UPDATE disclosure_demand SET state = $2, ended_at = kernel_now() WHERE id = $1"
_DUE = """
SELECT id, area_path, community_id FROM disclosure_demand
WHERE state = 'collecting' AND closes_at <= kernel_now()
ORDER BY closes_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""


async def raise_demand(
    actor: Actor, community_id: UUID, *, code: str, title: str, text: str, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Ask, with others, that an item be made public; returns its id and whether a replay.

    Who raises it is its first supporter. Raises ItemUnknown, NotOnTheRoll, DemandStanding.
    """
    code, title = texts.code(code), texts.title(title)
    said = prose.prose(text, path=("input", "text"), longest=LONGEST)
    checking.require_impersonal(title=title, text=said)
    async with transaction():
        place = await places.place_of(community_id)
        if place is None or place.kind is not AreaKind.COMMUNITY:
            raise NotFound(path=("input", "communityId"))
        require(policy.AUTHORITY, "raiseDisclosureDemand", actor, place)
        given = {"community": community_id, "code": code, "title": title, "text": text}
        earlier = await idempotency.claim(actor, idempotency_key, "raiseDisclosureDemand", given)
        if earlier is not None:
            return UUID(earlier["demand"]), True
        item = await database.fetch_one(_ITEM, community_id, code)
        if item is None:
            raise ItemUnknown(path=("input", "code"), item=code)
        rule_set = await presets.in_force(community_id)
        now, demand_id = await clock.now(), database.new_id()
        frozen = json.dumps(rulesets.freeze(rule_set), ensure_ascii=False)
        closes_at = rules.demand_until(rule_set.content, now)
        try:
            await database.execute(
                _INSERT,
                *(demand_id, community_id, place.area_path, item["id"], code, title, said),
                *(actor.person_id, now, closes_at, frozen),
            )
        except asyncpg.UniqueViolationError:
            raise DemandStanding(path=("input", "code")) from None
        await outbox.record(DemandRaised(demand_id, place.area_path))
        await _join(actor, await _held(demand_id))
        await idempotency.settle(actor, idempotency_key, {"demand": str(demand_id)})
        await _told(actor, community_id, demand_id, "raiseDisclosureDemand")
    return demand_id, False


async def support_demand(actor: Actor, demand_id: UUID) -> None:
    """Stand behind a demand; twice is once. Raises DemandClosed, NotOnTheRoll."""
    async with transaction():
        demand = await _held(demand_id)
        place = policy.Placement(demand["area_path"])
        require(policy.AUTHORITY, "supportDisclosureDemand", actor, place)
        _require_collecting(demand)
        if demand["closes_at"] <= await clock.now():
            raise DemandClosed(path=PATH)
        await _join(actor, demand)
        await _told(actor, demand["community_id"], demand_id, "supportDisclosureDemand")


async def withdraw_demand(
    actor: Actor, demand_id: UUID, *, idempotency_key: UUID | None = None
) -> bool:
    """Give up a demand that one raised, before it is reached; tells replays. DemandClosed."""
    async with transaction():
        given = {"demand": demand_id}
        if await papers.done_before(actor, idempotency_key, "withdrawDisclosureDemand", given):
            return True
        demand = await _held(demand_id)
        matter = policy.Matter(demand["area_path"], demand["raised_by_id"])
        require(policy.AUTHORITY, "withdrawDisclosureDemand", actor, matter)
        _require_collecting(demand)
        await database.execute(_END, demand_id, DemandState.WITHDRAWN)
        await _told(actor, demand["community_id"], demand_id, "withdrawDisclosureDemand")
    return False


async def _held(demand_id: UUID) -> Row:
    row = await database.fetch_one(_HOLD, demand_id)
    if row is None:
        raise NotFound(path=PATH)
    return row


def _require_collecting(demand: Row) -> None:
    if demand["state"] != DemandState.COLLECTING:
        raise DemandClosed(path=PATH)


async def _join(actor: Actor, demand: Row) -> None:
    """Add the actor to those behind a demand, and let it be reached where they suffice."""
    path, today = demand["area_path"], await clock.today()
    adults = {row["person_id"] for row in await electorate.adults_of(path, today)}
    holders = await electorate.holders_of(path, today, Role.RESIDENTS_REPRESENTATIVE)
    representatives = {row["person_id"] for row in holders}
    if actor.person_id not in adults | representatives:
        raise NotOnTheRoll(path=PATH)
    await database.execute(_SUPPORT, demand["id"], actor.person_id)
    behind = {row["person_id"] for row in await database.fetch(_SUPPORTERS, demand["id"])}
    count = Count(
        residents=len(behind & adults),
        resident_roll=len(adults),
        representatives=len(behind & representatives),
        representative_roll=len(representatives),
    )
    figures = (
        *(count.residents, count.resident_roll),
        *(count.representatives, count.representative_roll),
    )
    await database.execute(_COUNT, demand["id"], *figures)
    await _reach(demand, count)


async def _reach(demand: Row, count: Count) -> None:
    content: Mapping[str, Any] = rulesets.thaw(json.loads(demand["rules"])).content
    reach = rules.reach_of(content, count)
    if reach is None:
        return
    now, demand_id = await clock.now(), demand["id"]
    day, obligation_id = calendar.day_of(now), database.new_id()
    owed = (demand["community_id"], demand["code"], day, demand["title"])
    made = await database.execute(
        _OWE,
        *(obligation_id, demand["community_id"], demand["area_path"], demand["item_id"]),
        *(demand["code"], demand["affair"], day, demand["title"]),
        rules.demand_due(content, now),
    )
    if made:
        await outbox.record(ObligationDue(obligation_id, demand["area_path"]))
    else:
        obligation_id = await database.fetch_value(_OWED, *owed)
    await database.execute(_REACH, demand_id, reach, obligation_id, now)
    await outbox.record(DemandReached(demand_id, obligation_id, demand["area_path"]))


async def lapse_due_demand() -> UUID | None:
    """End one demand whose days are over; returns its id, or None."""
    async with transaction():
        row = await database.fetch_one(_DUE)
        if row is None:
            return None
        demand_id: UUID = row["id"]
        await database.execute(_END, demand_id, DemandState.LAPSED)
        await outbox.record(DemandLapsed(demand_id, row["area_path"]))
        await _told(SYSTEM, row["community_id"], demand_id, "lapseDemand")
    return demand_id


async def _told(actor: Actor, community_id: UUID, demand_id: UUID, command: str) -> None:
    await audit.record(
        actor, command=command, chain=community_id, subject=("demand", demand_id), details={}
    )
