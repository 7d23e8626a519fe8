"""Duties: made by the worker as periods begin, late without anyone's doing, waived by those above.

A duty that nobody met is late from the first instant after its last day. Nobody has to say so,
and nobody can take it back: made up for later, it is late still, and then met.
"""

import json
from datetime import date, timedelta
from uuid import UUID

from domains.disclosure import policy
from domains.disclosure.errors import (
    ItemUnknown,
    NothingOccurs,
    ObligationOver,
    OccurredInFuture,
)
from domains.disclosure.events import (
    ObligationDue,
    ObligationDueSoon,
    ObligationMissed,
    ObligationWaived,
)
from domains.disclosure.rules import periods, texts
from domains.disclosure.rules.periods import DueRule
from domains.disclosure.service import checking, papers
from domains.disclosure.service.presets import reminders
from domains.disclosure.values import Frequency
from domains.kernel import audit, calendar, clock, database, idempotency, outbox
from domains.kernel.actor import SYSTEM, Actor, require
from domains.kernel.calendar import Deadline
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.membership.queries import places
from domains.membership.values import AreaKind

# An arrangement reaches this far back into the year before it.
_REACHES_BACK = timedelta(days=8)

_BEGUN = """
SELECT a.id, a.community_id, a.area_path, a.code, a.next_period_on, i.id AS item_id, i.affair,
       i.frequency, i.due_rule::text AS due_rule
FROM disclosure_adoption a JOIN disclosure_catalogue_item i ON i.id = a.item_id
WHERE a.ended_on IS NULL
  AND a.next_period_on <= (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
ORDER BY a.next_period_on LIMIT 200 FOR UPDATE OF a SKIP LOCKED
"""
_ADVANCE = "UPDATE disclosure_adoption SET next_period_on = $2 WHERE id = $1"
_MAKE = """
INSERT INTO disclosure_obligation
    (id, community_id, area_path, item_id, code, affair, period_start, period_end, occurrence,
     due_at, due_certain, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, kernel_now())
ON CONFLICT DO NOTHING
"""
_PAST_DUE = """
SELECT o.id, o.area_path, o.community_id, o.due_at, o.period_start, o.period_end, o.due_certain,
       i.due_rule::text AS due_rule
FROM disclosure_obligation o JOIN disclosure_catalogue_item i ON i.id = o.item_id
WHERE o.state = 'pending' AND o.due_at <= kernel_now()
ORDER BY o.due_at LIMIT 1 FOR UPDATE OF o SKIP LOCKED
"""
_UNCERTAIN = """
SELECT o.id, o.period_start, o.period_end, i.due_rule::text AS due_rule
FROM disclosure_obligation o JOIN disclosure_catalogue_item i ON i.id = o.item_id
WHERE o.state = 'pending' AND NOT o.due_certain AND o.due_at < $1
ORDER BY o.due_at LIMIT 500 FOR UPDATE OF o SKIP LOCKED
"""
_TO_REMIND = """
SELECT EXISTS (
    SELECT FROM disclosure_obligation WHERE state = 'pending' AND reminded_at IS NULL)
"""
_DUE_SOON = """
SELECT id, area_path, community_id, due_at FROM disclosure_obligation
WHERE state = 'pending' AND reminded_at IS NULL
  AND due_at <= kernel_now() + $1::interval AND due_at > kernel_now()
ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_REMINDED = "UPDATE disclosure_obligation SET reminded_at = kernel_now() WHERE id = $1"
_LATE = """
UPDATE disclosure_obligation SET state = 'late', late_at = kernel_now() WHERE id = $1
"""
_MOVE = "UPDATE disclosure_obligation SET due_at = $2, due_certain = $3 WHERE id = $1"
_ITEM = """
SELECT a.area_path, i.id AS item_id, i.affair, i.frequency, i.due_rule::text AS due_rule
FROM disclosure_adoption a JOIN disclosure_catalogue_item i ON i.id = a.item_id
WHERE a.community_id = $1 AND a.code = $2 AND a.ended_on IS NULL
"""
_HELD = """
SELECT id, area_path, community_id, state FROM disclosure_obligation WHERE id = $1 FOR UPDATE
"""
_WAIVE = """
UPDATE disclosure_obligation
SET state = 'waived', waived_at = kernel_now(), waived_by_id = $2, reason = $3
WHERE id = $1 AND state = 'pending' AND due_at > kernel_now()
"""


async def make_begun_obligations() -> int:
    """Make the duties of periods that have begun, up to 200; returns how many adoptions moved on.

    Late, twice or on two machines: each period of an item is owed once in a community.
    """
    async with transaction():
        rows = await database.fetch(_BEGUN)
        for row in rows:
            await _make_of(row)
        return len(rows)


async def _make_of(row: Row) -> None:
    frequency = Frequency(row["frequency"])
    start, end = periods.span(frequency, row["next_period_on"])
    due = DueRule.of(json.loads(row["due_rule"])).due(start, end)
    await _owe(row, row["community_id"], row["code"], (start, end), due, occurrence=None)
    await database.execute(_ADVANCE, row["id"], periods.next_start(frequency, start))


async def _owe(
    item: Row,
    community_id: UUID,
    code: str,
    period: tuple[date, date],
    due: Deadline,
    *,
    occurrence: str | None,
) -> UUID | None:
    obligation_id = database.new_id()
    made = await database.execute(
        _MAKE,
        *(obligation_id, community_id, item["area_path"], item["item_id"], code, item["affair"]),
        *(*period, occurrence, due.at, due.certain),
    )
    if not made:
        return None
    await outbox.record(ObligationDue(obligation_id, item["area_path"]))
    return obligation_id


async def remind_due_obligation() -> UUID | None:
    """Tell once of one duty whose last day is near; returns its id, or None where none is."""
    async with transaction():
        if not await database.fetch_value(_TO_REMIND):
            return None
        rules = await reminders.in_force()
        row = await database.fetch_one(_DUE_SOON, timedelta(days=rules.content["beforeDays"]))
        if row is None:
            return None
        await database.execute(_REMINDED, row["id"])
        obligation_id: UUID = row["id"]
        of = (row["area_path"], row["community_id"], row["due_at"])
        await outbox.record(ObligationDueSoon(obligation_id, *of))
    return obligation_id


async def judge_days_anew() -> int:
    """Judge anew the last days whose working days have been published since; returns how many.

    What came up before the year's arrangement was known may be due on another day by it.
    """
    last = calendar.last_published_year()
    known_until = calendar.start_of(date(last + 1, 1, 1)) - _REACHES_BACK
    async with transaction():
        rows = await database.fetch(_UNCERTAIN, known_until)
        for row in rows:
            rule = DueRule.of(json.loads(row["due_rule"]))
            due = rule.due(row["period_start"], row["period_end"])
            await database.execute(_MOVE, row["id"], due.at, due.certain)
        return len(rows)


async def mark_late_obligation() -> UUID | None:
    """Mark one duty late whose last day is over; returns its id, or None where none is.

    Where the year's working days were not known when it came up, its day is judged anew first.
    """
    async with transaction():
        row = await database.fetch_one(_PAST_DUE)
        if row is None:
            return None
        obligation_id: UUID = row["id"]
        if not row["due_certain"]:
            rule = DueRule.of(json.loads(row["due_rule"]))
            due = rule.due(row["period_start"], row["period_end"])
            if due.at > await clock.now():
                await database.execute(_MOVE, obligation_id, due.at, due.certain)
                return obligation_id
        await database.execute(_LATE, obligation_id)
        of = (row["area_path"], row["community_id"], row["due_at"])
        await outbox.record(ObligationMissed(obligation_id, *of))
        await audit.record(
            SYSTEM,
            command="markObligationLate",
            chain=row["community_id"],
            subject=("obligation", obligation_id),
            details={},
        )
    return obligation_id


async def record_occurrence(
    actor: Actor,
    community_id: UUID,
    *,
    code: str,
    occurred_on: date,
    occurrence: str,
    idempotency_key: UUID,
) -> tuple[UUID, bool]:
    """Say that something occurred which is to be public at once; returns the duty, and replays.

    The same occurrence of a day is one duty. Raises OccurredInFuture, ItemUnknown, NothingOccurs.
    """
    code = texts.code(code)
    occurrence = texts.line(occurrence, path=("input", "occurrence"), longest=120)
    checking.require_impersonal(occurrence=occurrence)
    async with transaction():
        place = await places.place_of(community_id)
        if place is None or place.kind is not AreaKind.COMMUNITY:
            raise NotFound(path=("input", "communityId"))
        require(policy.AUTHORITY, "recordOccurrence", actor, place)
        given = {"community": community_id, "code": code, "on": occurred_on, "what": occurrence}
        earlier = await idempotency.claim(actor, idempotency_key, "recordOccurrence", given)
        if earlier is not None:
            return UUID(earlier["obligation"]), True
        if occurred_on > await clock.today():
            raise OccurredInFuture(path=("input", "occurredOn"), day=occurred_on.isoformat())
        item = await _occurring(community_id, code)
        due = DueRule.of(json.loads(item["due_rule"])).due(occurred_on, occurred_on)
        made = await _owe(
            item, community_id, code, (occurred_on, occurred_on), due, occurrence=occurrence
        )
        obligation_id = made or await _standing(community_id, code, occurred_on, occurrence)
        await idempotency.settle(actor, idempotency_key, {"obligation": str(obligation_id)})
        await audit.record(
            actor,
            command="recordOccurrence",
            chain=place.community_id,
            subject=("obligation", obligation_id),
            details={"code": code},
        )
    return obligation_id, False


async def _occurring(community_id: UUID, code: str) -> Row:
    item = await database.fetch_one(_ITEM, community_id, code)
    if item is None:
        raise ItemUnknown(path=("input", "code"), item=code)
    if item["frequency"] != Frequency.AT_ONCE:
        raise NothingOccurs(path=("input", "code"))
    return item


_STANDING = """
SELECT id FROM disclosure_obligation
WHERE community_id = $1 AND code = $2 AND period_start = $3 AND occurrence = $4
"""


async def _standing(community_id: UUID, code: str, day: date, occurrence: str) -> UUID:
    found: UUID = await database.fetch_value(_STANDING, community_id, code, day, occurrence)
    return found


async def waive_obligation(
    actor: Actor, obligation_id: UUID, *, reason: str, idempotency_key: UUID | None = None
) -> bool:
    """Waive a duty before it is late, for a reason that everybody reads.

    Returns whether this was a replay. Raises ObligationOver.
    """
    reason = texts.line(reason, path=("input", "reason"), longest=500)
    checking.require_impersonal(reason=reason)
    async with transaction():
        given = {"obligation": obligation_id, "reason": reason}
        if await papers.done_before(actor, idempotency_key, "waiveObligation", given):
            return True
        row = await database.fetch_one(_HELD, obligation_id)
        if row is None:
            raise NotFound(path=("input", "obligationId"))
        place = policy.Placement(row["area_path"])
        require(policy.AUTHORITY, "waiveObligation", actor, place)
        if not await database.execute(_WAIVE, obligation_id, actor.person_id, reason):
            raise ObligationOver(path=("input", "obligationId"))
        await outbox.record(ObligationWaived(obligation_id, row["area_path"]))
        await audit.record(
            actor,
            command="waiveObligation",
            chain=row["community_id"],
            subject=("obligation", obligation_id),
            details={},
        )
    return False
