"""The figures that schemes hide, taken once a day and community, and never changed after.

What is outstanding, how old it is, how much of what was issued was honoured, and what
stands behind it: taken at night's first tick, so that to read them costs a row a community.
"""

from uuid import UUID

from domains.kernel import database
from domains.kernel.database import transaction

_LONG_MS = 120_000
_DUE = """
SELECT a.community_id FROM timebank_account a
WHERE a.kind = 'issuance' AND NOT EXISTS (
    SELECT FROM timebank_figures f
    WHERE f.community_id = a.community_id
      AND f.day = (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date)
ORDER BY a.community_id LIMIT 1
"""
# The youngest credits make up a balance. What a reversal sent back is taken off the kind that
# it reverses.
_TAKE = """
WITH account AS MATERIALIZED (
    SELECT id, kind, area_path, balance_minutes, floor_minutes
    FROM timebank_account WHERE community_id = $1
), credit AS (
    SELECT e.at, e.minutes, a.balance_minutes,
           sum(e.minutes) OVER (PARTITION BY e.account_id ORDER BY e.number DESC) AS through
    FROM account a JOIN timebank_entry e ON e.account_id = a.id
    WHERE a.floor_minutes IS NOT NULL AND a.balance_minutes > 0 AND e.minutes > 0
), part AS (
    SELECT at, LEAST(minutes, balance_minutes - (through - minutes)) AS minutes
    FROM credit WHERE through - minutes < balance_minutes
), age AS (
    SELECT ARRAY(
        SELECT coalesce(sum(p.minutes) FILTER (
            WHERE p.at <= kernel_now() - make_interval(years => bucket.since)
              AND (bucket.until IS NULL
                   OR p.at > kernel_now() - make_interval(years => bucket.until))), 0)::bigint
        FROM (VALUES (1, 0, 1), (2, 1, 2), (3, 2, 3), (4, 3, 5), (5, 5, NULL))
             AS bucket (place, since, until)
        LEFT JOIN part p ON true
        GROUP BY bucket.place ORDER BY bucket.place) AS minutes
), moved AS (
    SELECT coalesce(first.kind, t.kind) AS kind, sum(e.minutes) AS minutes
    FROM account a
    JOIN timebank_entry e ON e.account_id = a.id
    JOIN timebank_transfer t ON t.id = e.transfer_id
    LEFT JOIN timebank_transfer first ON first.id = t.reverses_id
    WHERE a.kind IN ('issuance', 'expired')
    GROUP BY 1
), own AS (
    SELECT a.kind, sum(e.minutes) AS minutes FROM account a
    JOIN timebank_entry e ON e.account_id = a.id
    WHERE a.kind IN ('donation_pool', 'reserve') GROUP BY a.kind
), short AS (
    SELECT state, owed_minutes, taken_minutes FROM timebank_shortfall WHERE community_id = $1
)
INSERT INTO timebank_figures (community_id, day, area_path, taken_at, holders, outstanding_minutes,
    pool_minutes, reserve_minutes, issued_minutes, redeemed_minutes, lapsed_minutes, ages,
    owed_minutes, waived_minutes)
SELECT $1, (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date, max(area_path), kernel_now(),
       count(*) FILTER (WHERE floor_minutes IS NOT NULL AND balance_minutes > 0),
       coalesce(sum(balance_minutes) FILTER (WHERE floor_minutes IS NOT NULL), 0),
       coalesce((SELECT minutes FROM own WHERE kind = 'donation_pool'), 0),
       coalesce((SELECT minutes FROM own WHERE kind = 'reserve'), 0),
       coalesce((SELECT -sum(minutes) FROM moved WHERE kind = 'issue'), 0),
       coalesce((SELECT sum(minutes) FROM moved WHERE kind = 'redemption'), 0),
       coalesce((SELECT sum(minutes) FROM moved WHERE kind IN ('expiry', 'succession')), 0),
       (SELECT minutes FROM age),
       coalesce((SELECT sum(owed_minutes) FROM short WHERE state = 'open'), 0),
       coalesce((SELECT sum(owed_minutes - taken_minutes) FROM short WHERE state <> 'open'), 0)
FROM account
ON CONFLICT DO NOTHING
"""


async def take_due_figures() -> UUID | None:
    """Take the day's figures of one community that has none yet."""
    async with transaction(timeout_ms=_LONG_MS):
        found: UUID | None = await database.fetch_value(_DUE)
        if found is not None:
            await database.execute(_TAKE, found)
        return found
