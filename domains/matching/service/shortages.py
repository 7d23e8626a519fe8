"""Finding what is short: a class of service that stays unmet so often in so many weeks.

Looked at whenever an order stayed unmet, for its class and community, in the weeks up to its own.
A week counts for one shortage only; an exclusion constraint holds it, whoever looks at once.
"""

from datetime import date, datetime, time
from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.matching.events.shortages import ShortageFound
from domains.matching.queries.rules import rules_of
from domains.matching.rules.watching import WEEK, Watching, monday_of

_ORDER = "SELECT community_id, service_class, starts_at FROM matching_order WHERE id = $1"
_UNMET = """
SELECT count(*)::int AS times, coalesce(sum(u.places), 0)::int AS places,
       coalesce(array_agg(DISTINCT u.reason) FILTER (WHERE u.reason IS NOT NULL), '{}') AS reasons
FROM (SELECT o.people_wanted - count(p.id) AS places,
             (SELECT x.reason FROM matching_run_unmet x WHERE x.order_id = o.id
              ORDER BY x.run_id DESC LIMIT 1) AS reason
      FROM matching_order o
      LEFT JOIN matching_place p ON p.order_id = o.id AND p.state NOT IN ('left', 'cancelled')
      WHERE o.community_id = $1 AND o.service_class = $2
        AND o.starts_at >= $3 AND o.starts_at < $4 AND o.filled_at IS NOT NULL
        AND o.state NOT IN ('rejected', 'cancelled')
      GROUP BY o.id HAVING count(p.id) < o.people_wanted) u
"""
_FOUND = """
INSERT INTO matching_shortage
    (id, community_id, area_path, service_class, weeks, times, places, reasons, found_at)
SELECT $1, a.id, a.path, $3, daterange($4, $5), $6, $7, $8, kernel_now()
FROM membership_area a WHERE a.id = $2
ON CONFLICT DO NOTHING RETURNING area_path
"""


async def look(order_id: UUID) -> UUID | None:
    """Look whether an order that stayed unmet makes its class short, in the open transaction.

    Returns the shortage, or None where there is none or these weeks have theirs. Told twice is
    once.
    """
    database.require_open_transaction()
    order = await database.fetch_one(_ORDER, order_id)
    assert order is not None, "orders are never deleted"
    watching = Watching.of(await rules_of(order["community_id"]))
    last = monday_of(order["starts_at"].astimezone(clock.SHANGHAI).date())
    first, end = last - (watching.unmet_weeks - 1) * WEEK, last + WEEK
    whose = order["community_id"], order["service_class"]
    unmet = await database.fetch_one(_UNMET, *whose, _midnight(first), _midnight(end))
    assert unmet is not None, "an aggregate is one row"
    if unmet["times"] < watching.unmet_times:
        return None
    shortage_id = database.new_id()
    figures = unmet["times"], unmet["places"]
    row = await database.fetch_one(
        _FOUND, shortage_id, *whose, first, end, *figures, sorted(unmet["reasons"])
    )
    if row is None:
        return None
    await outbox.record(ShortageFound(shortage_id, row["area_path"], whose[1], *figures))
    return shortage_id


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)
