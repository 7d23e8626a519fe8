"""Expanding an occasion: from what there is to tell to one notice a person.

A batch is one transaction over at most a thousand notices: it holds the occasion's row, asks
the audience for the next people, writes their notices, boxes and deliveries, and how far it has
come. Killed, it has done nothing, and whoever comes next goes on from there; a second worker
passes a row by that is held. After each batch others have their turn.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from domains.kernel import audit, clock, database, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import DomainError, NotFound
from domains.notifications import policy
from domains.notifications.errors import NotFailed
from domains.notifications.events import NoticesMade
from domains.notifications.kinds import registry
from domains.notifications.kinds.kind import NoticeKind
from domains.notifications.queries import templates
from domains.notifications.service import batches
from domains.notifications.service import templates as writing
from domains.notifications.service.batches import Batch
from domains.notifications.telling import Facts, Telling
from domains.notifications.values import Channel, Locale, VariableKind

MOST_NOTICES = 1_000
MOST_ATTEMPTS = 10

# What happened has its turn within minutes; one that is further ahead was set by a clock that
# jumped. What somebody planned for a day waits for it.
_TAKE = """
SELECT id, kind, subject_id, slot, area_path, payload::text AS payload, state, due_at, stale_at,
       variables::text AS variables, template_ids::text AS template_ids, cursor_id, attempts
FROM notifications_occasion
WHERE state IN ('due', 'expanding') AND (
    turn_at <= (SELECT kernel_now())
    OR (event_id IS NOT NULL OR state = 'expanding')
        AND turn_at > (SELECT kernel_now()) + interval '1 hour')
ORDER BY turn_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_STALE = """
UPDATE notifications_occasion SET state = 'stale', ended_at = kernel_now(), failure = $2
WHERE id = $1
"""
_BEGUN = """
UPDATE notifications_occasion
SET state = 'expanding', begun_at = kernel_now(), variables = $2::jsonb, template_ids = $3::jsonb,
    stale_at = $4
WHERE id = $1
"""
_GONE_ON = """
UPDATE notifications_occasion
SET state = CASE WHEN $2 THEN 'expanded' ELSE 'expanding' END,
    ended_at = CASE WHEN $2 THEN kernel_now() END,
    turn_at = kernel_now(), cursor_id = COALESCE($3::uuid, cursor_id), attempts = 0, failure = NULL,
    notice_count = notice_count + $4, second_count = second_count + $5,
    delivery_count = delivery_count + $6, gone_count = gone_count + $7,
    muted_count = muted_count + $8
WHERE id = $1
"""
# Held again only where nobody has gone on with it since.
_FAILED = """
UPDATE notifications_occasion
SET attempts = attempts + 1, failure = $2,
    turn_at = kernel_now() + make_interval(secs => LEAST(600, 2 ^ attempts)),
    state = CASE WHEN attempts + 1 >= $3 THEN 'failed' ELSE state END
WHERE id = $1 AND state IN ('due', 'expanding') AND attempts = $4
"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Taken:
    """An occasion at hand, as it was when it was taken."""

    id: UUID
    attempts: int


async def expand_due_occasion(most: int = MOST_NOTICES) -> UUID | None:
    """Expand one due occasion by one batch, so many notices at most; None where none is due.

    What fails is undone, counted and tried again with growing patience, up to ten times;
    then it waits for staff.
    """
    taken: list[_Taken] = []
    try:
        async with transaction(timeout_ms=60_000):
            row = await database.fetch_one(_TAKE)
            if row is None:
                return None
            taken.append(_Taken(row["id"], row["attempts"]))
            await _expand(row, most)
    except Exception as error:
        if not taken:
            raise
        await _note_failure(taken[0], error)
    return taken[0].id


async def _note_failure(taken: _Taken, error: Exception) -> None:
    failure = str(error) if isinstance(error, DomainError) else type(error).__name__
    log.warning("occasion not told", occasion_id=str(taken.id), failure=type(error).__name__)
    async with transaction():
        await database.execute(_FAILED, taken.id, failure[:200], MOST_ATTEMPTS, taken.attempts)


async def _expand(row: Row, most: int) -> None:
    kind = registry.BY_CODE[row["kind"]]
    telling = telling_of(row)
    now = await clock.now()
    if row["stale_at"] is not None and row["stale_at"] <= now:
        await database.execute(_STALE, row["id"], "too late")
        return
    begun = await (_go_on(row) if row["state"] == "expanding" else _begin(row, kind, telling))
    if begun is None:
        return
    batch = await batches.next_batch(kind, telling, after=row["cursor_id"], most=most, begun=begun)
    written = await batches.write(kind, telling, batch, begun=begun, now=now)
    if written.first_id is not None and written.last_id is not None:
        await outbox.record(NoticesMade(row["id"], written.first_id, written.last_id))
    await _keep_count(row["id"], batch, written)


async def _keep_count(occasion_id: UUID, batch: Batch, written: batches.Counts) -> None:
    await database.execute(
        _GONE_ON,
        occasion_id,
        batch.is_last,
        batch.cursor,
        written.notices,
        written.seconds,
        written.deliveries,
        batch.gone,
        written.muted,
    )


def telling_of(row: Row) -> Telling:
    """Return an occasion's row as audiences and texts see it."""
    return Telling(
        occasion_id=row["id"],
        kind=row["kind"],
        subject_id=row["subject_id"],
        slot=row["slot"],
        area_path=row["area_path"],
        payload=json.loads(row["payload"]),
    )


async def _go_on(row: Row) -> batches.Begun:
    return batches.Begun(
        values=json.loads(row["variables"]),
        template_ids=json.loads(row["template_ids"]),
        until=row["stale_at"],
    )


async def _begin(row: Row, kind: NoticeKind, telling: Telling) -> batches.Begun | None:
    """Fix what is said and by which templates; None where it is no longer to be told."""
    facts = await kind.resolve(telling)
    if facts is None or _is_past(facts, await clock.now()):
        await database.execute(_STALE, row["id"], "no longer so")
        return None
    chosen = await _written(kind)
    await _require_whole(kind, facts, chosen)
    until = min((at for at in (row["stale_at"], facts.until) if at is not None), default=None)
    await database.execute(
        _BEGUN,
        row["id"],
        json.dumps(dict(facts.values), ensure_ascii=False),
        json.dumps(chosen),
        until,
    )
    return batches.Begun(values=facts.values, template_ids=chosen, until=until)


async def _written(kind: NoticeKind) -> templates.Chosen:
    """Return by which templates it is told; a kind that is new writes its own texts first."""
    chosen = await templates.newest(kind.code)
    if Channel.IN_APP.value not in chosen:
        await writing.put_in([kind])
        chosen = await templates.newest(kind.code)
    return chosen


def _is_past(facts: Facts, now: datetime) -> bool:
    return facts.until is not None and facts.until <= now


# What comes with each addressee is not at hand yet.
_STAND_INS: Mapping[VariableKind, str | int] = {
    VariableKind.TEXT: "-",
    VariableKind.INTEGER: 0,
    VariableKind.MINUTES: 0,
    VariableKind.FEN: 0,
    VariableKind.DATE: "2000-01-01",
    VariableKind.DATETIME: "2000-01-01T00:00:00+00:00",
    VariableKind.PERSON: "-",
}


async def _require_whole(
    kind: NoticeKind, facts: Facts, chosen: Mapping[str, Mapping[str, str]]
) -> None:
    """Raise VariableMissing where any text would have a gap, before anybody is told anything."""
    values = {**facts.values, **{name: _STAND_INS[kind.variables[name]] for name in kind.personal}}
    names = {str(value): "-" for value in values.values()}
    for channel in Channel:
        for locale in Locale:
            await _require_writable(kind, chosen, channel, locale, values=values, names=names)


async def _require_writable(
    kind: NoticeKind,
    chosen: templates.Chosen,
    channel: Channel,
    locale: Locale,
    *,
    values: Mapping[str, Any],
    names: Mapping[str, str],
) -> None:
    template_id = templates.template_for(chosen, channel, locale)
    if template_id is None:
        return
    said = (await templates.wordings([template_id]))[template_id]
    templates.write(kind.code, said, values, names=names)


_STATE = "SELECT state FROM notifications_occasion WHERE id = $1 FOR UPDATE"
_AGAIN = """
UPDATE notifications_occasion
SET state = CASE WHEN variables IS NULL THEN 'due' ELSE 'expanding' END, attempts = 0,
    failure = NULL, turn_at = kernel_now()
WHERE id = $1 AND state = 'failed'
"""


async def tell_again(actor: Actor, occasion_id: UUID) -> None:
    """Let an occasion that could not be told be tried again. Raises NotFound, NotFailed."""
    require(policy.AUTHORITY, "tellOccasionAgain", actor)
    async with transaction():
        state = await database.fetch_value(_STATE, occasion_id)
        if state is None:
            raise NotFound(path=("input", "occasionId"))
        if not await database.execute(_AGAIN, occasion_id):
            raise NotFailed(path=("input", "occasionId"))
        await audit.record(
            actor,
            command="tellOccasionAgain",
            chain=None,
            subject=("occasion", occasion_id),
            details={},
        )
