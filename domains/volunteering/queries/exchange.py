"""What was sent to another system, what it answered, and where both ends differ."""

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.volunteering.policy import MANAGERS
from domains.volunteering.values.exchange import ExchangeState

# What is to be sent: final records of who consents, and what was sent and then revoked.
CONSENTS = """
EXISTS (SELECT FROM volunteering_consent c
        WHERE c.volunteer_id = r.volunteer_id AND c.purpose = 'exchange'
          AND c.withdrawn_at IS NULL)
"""
_DUE = f"""
(r.state IN ('final', 'corrected') AND {CONSENTS}
 AND (x.key IS NULL OR x.version <> r.version)
 OR r.state = 'revoked' AND x.key IS NOT NULL AND NOT x.revoked)
"""
# An answer to what was sent before is no answer to what was sent last; one to what was never
# sent, or that accepts what does not stand here, differs.
_STATE = f"""
CASE WHEN {_DUE} THEN 'unsent'
     WHEN x.answer IS NULL THEN 'unanswered'
     WHEN x.answered_sha256 = x.content_sha256 THEN x.answer
     WHEN EXISTS (SELECT FROM volunteering_exchange_sent s
                  WHERE s.key = x.key AND s.content_sha256 = x.answered_sha256)
         THEN 'unanswered'
     ELSE 'differs' END
"""
# $1 whether all is seen, $2 the areas that the actor manages, $3 the area asked for.
_FROM = """
FROM volunteering_record r LEFT JOIN volunteering_exchanged x ON x.record_id = r.id
WHERE ($1 OR EXISTS (SELECT FROM unnest($2::text[]) AS held (path)
                     WHERE starts_with(r.area_path, held.path)))
  AND starts_with(r.area_path, $3)
"""
_FOUND = f"""
SELECT r.id, r.number, x.key, x.version, x.revoked, x.times, x.first_sent_at, x.last_sent_at,
       x.answer_reason, x.answered_at, {_STATE} AS exchange_state {_FROM}
  AND (x.key IS NOT NULL OR {_DUE})
"""
_COUNTS = f"SELECT exchange_state, count(*)::int FROM ({_FOUND}) AS f GROUP BY exchange_state"
_LIST = f"""
SELECT * FROM ({_FOUND}) AS f
WHERE ($4::text IS NULL OR exchange_state = $4) AND ($5::bigint IS NULL OR number > $5)
ORDER BY number LIMIT $6
"""


def _eyes(actor: Actor) -> tuple[bool, list[str]]:
    return actor.system, actor.area_paths(*MANAGERS)


async def counts(actor: Actor, area_path: str) -> dict[ExchangeState, int]:
    """Return how many of an area's records stand how between both ends."""
    rows = await database.fetch(_COUNTS, *_eyes(actor), area_path)
    found = {ExchangeState(row["exchange_state"]): row["count"] for row in rows}
    return {state: found.get(state, 0) for state in ExchangeState}


async def exchanged(
    actor: Actor, area_path: str, *, state: ExchangeState | None, page: Page
) -> Slice[Row]:
    """Return a page of an area's records that were sent or are to be, by record number."""
    after = page.after[0] if page.after else None
    rows = await database.fetch(_LIST, *_eyes(actor), area_path, state, after, page.limit)
    return Slice.of(rows, page)
