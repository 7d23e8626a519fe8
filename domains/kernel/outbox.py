"""Events leave a command through the database, never straight to the world.

A row commits with what made it true. The relay (jobs/outbox.py) delivers it to the
reactions of other domains and tells the live connections; it alone notifies.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domains.kernel import database
from domains.kernel.events import Event, name_of, payload_of

_RECORD = """
INSERT INTO kernel_outbox (id, name, payload, recorded_at) VALUES ($1, $2, $3::jsonb, kernel_now())
"""
_RECORD_ALL = """
INSERT INTO kernel_outbox (id, name, payload, recorded_at)
SELECT id, name, payload::jsonb, kernel_now()
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS given (id, name, payload)
"""


async def record(event: Event) -> UUID:
    """Write the event beside what made it true; outside a transaction it raises."""
    database.require_open_transaction()
    event_id = database.new_id()
    payload = json.dumps(payload_of(event), ensure_ascii=False)
    await database.execute(_RECORD, event_id, name_of(type(event)), payload)
    return event_id


async def record_all(events: Sequence[Event]) -> None:
    """Write many events of one command at once, in their order."""
    database.require_open_transaction()
    if events:
        rows = [
            (
                database.new_id(),
                name_of(type(each)),
                json.dumps(payload_of(each), ensure_ascii=False),
            )
            for each in events
        ]
        ids, names, payloads = (list(column) for column in zip(*rows, strict=True))
        await database.execute(_RECORD_ALL, ids, names, payloads)


async def recorded_at(event_id: UUID) -> datetime:
    """Return when an event happened that a relay has at hand."""
    at = await database.fetch_value("SELECT recorded_at FROM kernel_outbox WHERE id = $1", event_id)
    assert isinstance(at, datetime), "what is being delivered is there"
    return at


_SWEEP = """
DELETE FROM kernel_outbox WHERE delivered_at < kernel_now() - make_interval(days => $1)
    OR dismissed_at < kernel_now() - make_interval(days => $1)
"""
KEPT_DAYS = 30


async def sweep() -> int:
    """Forget what was delivered or dismissed long ago; what is parked stays."""
    return await database.execute(_SWEEP, KEPT_DAYS)


# Two partial indexes answer it, however many events were delivered.
_BACKLOG = """
SELECT waiting.waiting, waiting.lag_s, parked.parked
FROM (
    SELECT count(*) AS waiting,
           coalesce(extract(epoch FROM kernel_now() - min(recorded_at)), 0)::float8 AS lag_s
    FROM kernel_outbox WHERE delivered_at IS NULL AND parked_at IS NULL
) AS waiting, (
    SELECT count(*) AS parked
    FROM kernel_outbox WHERE parked_at IS NOT NULL AND dismissed_at IS NULL
) AS parked
"""


async def backlog() -> database.Row:
    """Return how many events wait and are parked, and how long the oldest waits, in seconds."""
    row = await database.fetch_one(_BACKLOG)
    assert row is not None, "an aggregate is one row"
    return row
