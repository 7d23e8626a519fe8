"""Suspicions: rules with reasons put a record under review; people decide."""

from uuid import UUID

from domains.kernel import database, outbox
from domains.membership.queries import roles
from domains.volunteering import policy
from domains.volunteering.events.records import RecordSuspected
from domains.volunteering.models import ServiceRecord
from domains.volunteering.rules import suspicion
from domains.volunteering.rules.procedure import SuspicionRules
from domains.volunteering.rules.suspicion import Facts

# From whom somebody's own confirmations lead, in three steps at most, each taken often enough.
_RING = """
WITH RECURSIVE often AS (
    SELECT c.by_id FROM volunteering_confirmation c
    WHERE c.person_id = $2 AND c.at >= kernel_now() - make_interval(days => $3)
      AND c.by_id IN (SELECT by_id FROM volunteering_confirmation WHERE record_id = $1)
    GROUP BY c.by_id HAVING count(*) >= $4
), reach (person_id, steps) AS (
    SELECT $2::uuid, 0
    UNION
    SELECT led.person_id, r.steps + 1 FROM reach r
    CROSS JOIN LATERAL (
        SELECT c.person_id FROM volunteering_confirmation c
        WHERE c.by_id = r.person_id AND c.at >= kernel_now() - make_interval(days => $3)
        GROUP BY c.person_id HAVING count(*) >= $4
    ) led
    WHERE r.steps < 3
)
SELECT count(*) FROM often JOIN reach ON reach.person_id = often.by_id WHERE reach.steps > 0
"""
_FIGURES = """
SELECT coalesce(sum(given_minutes) FILTER (WHERE day = $2), 0)::int AS day_minutes,
       coalesce(sum(given_minutes) FILTER (WHERE day >= $3), 0)::int AS burst_minutes,
       coalesce(sum(given_minutes), 0)::int AS year_minutes
FROM volunteering_record
WHERE volunteer_id = $1 AND state <> 'revoked'
  AND day BETWEEN make_date($4, 1, 1) AND make_date($4, 12, 31)
"""
_RAISE = """
INSERT INTO volunteering_suspicion
    (id, record_id, rule, reason_zh, reason_en, raised_at, outcome)
VALUES ($1, $2, $3, $4, $5, kernel_now(), 'open')
ON CONFLICT (record_id, rule) DO NOTHING
"""
_OPEN = """
SELECT EXISTS (SELECT FROM volunteering_suspicion WHERE record_id = $1 AND outcome = 'open')
"""


async def is_suspected(record_id: UUID) -> bool:
    """Whether a review of the record is open."""
    return bool(await database.fetch_value(_OPEN, record_id))


async def suspect(record: ServiceRecord, rules: SuspicionRules) -> bool:
    """Put a record under review where a rule meets it; what was cleared is not raised again."""
    for found in suspicion.suspicions(await _facts(record, rules), rules):
        raised = await database.execute(
            _RAISE, database.new_id(), record.id, found.rule.value, found.zh, found.en
        )
        if raised:
            await outbox.record(
                RecordSuspected(record.id, record.volunteer_id, record.area_path, found.rule)
            )
    return await is_suspected(record.id)


async def _facts(record: ServiceRecord, rules: SuspicionRules) -> Facts:
    year = record.day.year
    figures = await database.fetch_one(
        _FIGURES, record.volunteer_id, record.day, suspicion.burst_begins(year, rules), year
    )
    assert figures is not None, "an aggregate is one row"
    grants = await roles.grants_of(record.person_id)
    return Facts(
        started_at=record.started_at,
        ended_at=record.ended_at,
        day=record.day,
        confirmed_back=await database.fetch_value(
            _RING, record.id, record.person_id, rules.ring_days, rules.ring_confirmations
        ),
        day_minutes=figures["day_minutes"],
        burst_minutes=figures["burst_minutes"],
        year_minutes=figures["year_minutes"],
        is_staff=any(
            grant.role in policy.STAFF
            and grant.area_path is not None
            and (
                record.area_path.startswith(grant.area_path)
                or grant.area_path.startswith(record.area_path)
            )
            for grant in grants
        ),
    )
