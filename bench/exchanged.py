"""Needs, orders, places and offers of a community, planted at once: the same for the same number.

Every other need has a time to come; the others had theirs, 25 hours apart for each volunteer, and
of twenty of those two stayed unmet and one was missed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database

_GUARDED = ("matching_order", "matching_place", "matching_offer")
_NEEDS = """
INSERT INTO matching_need (
    id, number, area_id, area_path, community_id, state, origin, person_id, posted_by_id,
    service_class, title, public_text, place, latitude_e6, longitude_e6, urgency, people_wanted,
    may_be_taken, repeats, posted_at, decided_at, ended_at)
SELECT gen_random_uuid(), nextval('matching_need_number_seq'), $1, $2, $1,
       CASE WHEN n % 11 = 0 THEN 'closed' WHEN n % 13 = 0 THEN 'submitted' ELSE 'verified' END,
       'own', who, who,
       (ARRAY['elder_care', 'child_care', 'health', 'education', 'repairs'])[n / 2 % 5 + 1],
       '第' || n || '项需求', '需要有人帮忙。', '同心家园东区',
       34260000 + n * 7919 % 23 * 1000, 117180000 + n * 104729 % 29 * 1000,
       n % 4 + 1, 1, n % 3 = 0, 'once', at - n * interval '5 minutes',
       CASE WHEN n % 11 = 0 OR n % 13 <> 0 THEN at - n * interval '4 minutes' END,
       CASE WHEN n % 11 = 0 THEN at END
FROM (SELECT n, ($4::uuid[])[n % cardinality($4::uuid[]) + 1] AS who,
             date_trunc('minute', kernel_now()) AS at
      FROM generate_series(1, $3::int) AS n) planted
RETURNING id, substr(title, 2, length(title) - 4)::int AS n
"""
_ORDERS = """
INSERT INTO matching_order (
    id, number, need_id, area_id, area_path, community_id, person_id, service_class, state,
    starts_at, ends_at, people_wanted, soon_at, made_at, moved_at, filled_at)
SELECT gen_random_uuid(), nextval('matching_order_number_seq'), d.id, d.area_id, d.area_path,
       d.community_id, d.person_id, d.service_class,
       CASE WHEN p.n % 2 = 0 THEN
            (ARRAY['open', 'open', 'offered', 'accepted', 'verified', 'cancelled'])[p.n / 2 % 6 + 1]
            WHEN p.n / 2 % 20 < 2 THEN 'unmet' WHEN p.n / 2 % 20 = 2 THEN 'no_show'
            ELSE 'closed' END,
       p.starts_at, p.starts_at + interval '2 hours', 1, p.starts_at - interval '2 hours',
       p.starts_at - interval '2 days', p.starts_at,
       CASE WHEN p.n % 2 = 1 THEN p.starts_at END
FROM (SELECT id, n, CASE
          WHEN n % 2 = 0 THEN at + (n * 7919 % 20000 + 30) * interval '1 minute'
               + n * interval '1 millisecond'
          ELSE at - interval '1 day' - n / 2 / $3::int * interval '25 hours'
               + n * interval '1 millisecond' END AS starts_at
      FROM unnest($1::uuid[], $2::int[]) AS of (id, n),
           (SELECT date_trunc('minute', kernel_now()) AS at) now) p
JOIN matching_need d ON d.id = p.id
RETURNING id, need_id
"""
_STEPS = """
INSERT INTO matching_step (order_id, sequence, from_state, to_state, at)
SELECT id, 1, 'open', 'accepted', made_at + interval '3 hours' FROM matching_order
WHERE community_id = $1 AND state IN ('closed', 'no_show')
"""
_OFFERS = """
INSERT INTO matching_offer (
    id, order_id, volunteer_id, volunteer_number, person_id, rank, state, by_id, distance_m,
    made_at, offered_at, answer_by, answered_at)
SELECT gen_random_uuid(), o.id, v.id, others.number + v.number, v.person_id, 1,
       CASE WHEN o.state <> 'unmet' THEN 'accepted' WHEN o.n % 2 = 0 THEN 'declined'
            ELSE 'expired' END,
       o.person_id, 100 + v.number % 900, o.made_at, o.made_at, o.made_at + interval '24 hours',
       CASE WHEN o.state = 'unmet' AND o.n % 2 = 1 THEN o.made_at + interval '25 hours'
            ELSE o.made_at + interval '3 hours' END
FROM (SELECT x.*, p.n FROM matching_order x JOIN unnest($1::uuid[], $2::int[]) AS p (id, n)
      ON p.id = x.need_id WHERE p.n % 2 = 1) o
JOIN unnest($3::uuid[], $4::uuid[]) WITH ORDINALITY AS v (id, person_id, number)
  ON v.number = o.n / 2 % cardinality($3::uuid[]) + 1
CROSS JOIN (SELECT coalesce(max(volunteer_number), 0) AS number FROM matching_offer) others
"""
_PLACES = """
INSERT INTO matching_place (
    id, order_id, need_id, seat, volunteer_id, volunteer_number, person_id, state, origin, offer_id,
    starts_at, ends_at, absent_at, accepted_at, checked_in_at, checked_out_at, confirmed_at,
    confirmed_by_id, minutes)
SELECT gen_random_uuid(), o.id, o.need_id, 1, f.volunteer_id, f.volunteer_number, f.person_id,
       CASE o.state WHEN 'closed' THEN 'confirmed' ELSE 'no_show' END, 'offered', f.id,
       o.starts_at, o.ends_at, o.ends_at, f.answered_at,
       CASE o.state WHEN 'closed' THEN o.starts_at END,
       CASE o.state WHEN 'closed' THEN o.ends_at END, CASE o.state WHEN 'closed' THEN o.ends_at END,
       CASE o.state WHEN 'closed' THEN o.person_id END,
       CASE o.state WHEN 'closed' THEN 60 + f.volunteer_number % 60 END
FROM matching_order o JOIN matching_offer f ON f.order_id = o.id AND f.state = 'accepted'
WHERE o.community_id = $1
"""


@dataclass(frozen=True, slots=True)
class Planted:
    """Who has needs, and who serves: volunteers with their persons."""

    people: Sequence[UUID]
    volunteers: Sequence[UUID]
    volunteers_people: Sequence[UUID]


async def plant(area_id: UUID, area_path: str, number: int, who: Planted) -> None:
    """Plant so many needs in a community that has none, with what became of them."""
    async with database.transaction(timeout_ms=120_000):
        rows = await database.fetch(_NEEDS, area_id, area_path, number, list(who.people))
        ids, numbers = [row["id"] for row in rows], [row["n"] for row in rows]
        # As commands would have left it: no step is taken here that a trigger would judge.
        for table in _GUARDED:
            await database.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        await database.fetch(_ORDERS, ids, numbers, len(who.volunteers))
        await database.execute(_STEPS, area_id)
        people = list(who.volunteers_people)
        await database.execute(_OFFERS, ids, numbers, list(who.volunteers), people)
        await database.execute(_PLACES, area_id)
        for table in _GUARDED:
            await database.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    for table in ("matching_need", "matching_order", "matching_place", "matching_offer"):
        await database.execute(f"ANALYZE {table}")
