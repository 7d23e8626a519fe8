"""Reading the ledger: balances, statements, and the books replayed from their first entry."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice

# Of an account that is held, the row; of the scheme's own, the last complete hour and what
# came after it.
_BALANCES = """
SELECT a.id, a.kind, a.balance_minutes - a.pending_out_minutes AS available_minutes,
       a.pending_out_minutes, a.pending_in_minutes,
       CASE WHEN a.floor_minutes IS NOT NULL THEN a.balance_minutes
            ELSE COALESCE(sum.minutes, 0) + COALESCE((
                SELECT sum(e.minutes) FROM timebank_entry e
                WHERE e.account_id = a.id AND e.balance_after IS NULL
                  AND e.at >= COALESCE(sum.until, '-infinity')), 0)
       END::bigint AS balance_minutes
FROM timebank_account a
LEFT JOIN LATERAL (
    SELECT s.minutes, s.until FROM timebank_system_sum s
    WHERE s.account_id = a.id ORDER BY s.until DESC LIMIT 1) AS sum ON true
WHERE a.id = ANY ($1)
"""
# What must hold of the whole ledger, each as a count of what breaks it; read once each, so that
# the books of a city are replayed within seconds.
_FAULTS = """
WITH held AS MATERIALIZED (
    SELECT account_id, sum(minutes) AS minutes FROM timebank_entry GROUP BY account_id
), legs AS MATERIALIZED (
    SELECT transfer_id, count(*) AS many FROM timebank_entry GROUP BY transfer_id
), waiting AS MATERIALIZED (
    SELECT t.from_id, sum(t.minutes) AS minutes FROM timebank_transfer t
    LEFT JOIN timebank_resolution r ON r.transfer_id = t.id
    WHERE t.pending AND r.transfer_id IS NULL GROUP BY t.from_id
)
SELECT (SELECT COALESCE(sum(minutes), 0) FROM held)::bigint AS global_sum,
       (SELECT count(*) FROM timebank_account a LEFT JOIN held ON held.account_id = a.id
         WHERE a.floor_minutes IS NOT NULL AND a.balance_minutes <> COALESCE(held.minutes, 0)
       ) AS accounts_unlike_their_entries,
       (SELECT count(*) FROM timebank_account a LEFT JOIN waiting ON waiting.from_id = a.id
         WHERE a.floor_minutes IS NOT NULL
           AND a.pending_out_minutes <> COALESCE(waiting.minutes, 0)
       ) AS accounts_unlike_what_waits,
       (SELECT count(*) FROM timebank_account a
         WHERE a.balance_minutes - a.pending_out_minutes < a.floor_minutes
            OR a.balance_minutes + a.pending_in_minutes > a.ceiling_minutes
       ) AS accounts_out_of_bounds,
       (SELECT count(*) FROM timebank_transfer t LEFT JOIN legs ON legs.transfer_id = t.id
         WHERE NOT t.pending AND COALESCE(legs.many, 0) <> 2
       ) AS transfers_without_legs,
       (SELECT count(*) FROM timebank_resolution r
         LEFT JOIN legs ON legs.transfer_id = r.transfer_id
         WHERE (r.outcome = 'posted') <> (legs.transfer_id IS NOT NULL)
       ) AS resolutions_without_legs
"""


async def balances(account_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Return what accounts hold, whoever asks."""
    return {row["id"]: row for row in await database.fetch(_BALANCES, list(account_ids))}


async def faults() -> dict[str, int]:
    """Replay the whole ledger; every figure is zero in sound books."""
    row = await database.fetch_one(_FAULTS)
    assert row is not None, "an aggregate is one row"
    return dict(row)


_STATEMENT = """
SELECT e.number, e.minutes, e.balance_after, e.at, t.id AS transfer_id, t.kind, t.memo,
       t.reference_kind, t.reference_id, t.reverses_id,
       other.id AS other_id, other.kind AS other_kind, other.owner_id AS other_owner_id
FROM timebank_entry e
JOIN timebank_transfer t ON t.id = e.transfer_id
JOIN timebank_account other
  ON other.id = CASE WHEN t.from_id = e.account_id THEN t.to_id ELSE t.from_id END
WHERE e.account_id = $1 AND ($2::bigint IS NULL OR e.number < $2)
ORDER BY e.number DESC LIMIT $3
"""


async def statement(account_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of an account's entries, the latest first, whoever asks."""
    after = page.after[0] if page.after else None
    return Slice.of(await database.fetch(_STATEMENT, account_id, after, page.limit), page)


_KNOWN = "SELECT EXISTS (SELECT FROM timebank_transfer WHERE actor_id = $1 AND key = $2)"
_NOBODY = UUID(int=0)


async def is_known(actor: Actor, key: UUID) -> bool:
    """Whether a transfer of the actor's stands under the key."""
    return bool(await database.fetch_value(_KNOWN, actor.person_id or _NOBODY, key))
