"""What a run proposes of people: whom the matcher found, and whom staff have pinned for a need.

A ruling that pins somebody is a wish of staff's and no promise of theirs: they are asked first,
and may say no. Why somebody is proposed tells what is known, and nothing that was assumed.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel import clock, database
from domains.kernel.database import Row
from domains.matching.rules import times
from domains.matching.solving import explaining
from domains.matching.solving.explaining import Why
from domains.matching.solving.proposal import Offer, Proposal
from domains.matching.solving.snapshot import Pair, Snapshot
from domains.matching.solving.tables import Columns
from domains.volunteering.queries import fitness
from domains.volunteering.values.volunteers import TimeBlock

# Whom staff want to be asked first, unless they said no, opted out, or are elsewhere by then.
_PINS = """
SELECT o.id AS order_id, o.people_wanted, g.volunteer_id, g.reason, g.by_id, g.at
FROM matching_ruling g JOIN matching_order o ON o.need_id = g.need_id
WHERE o.id = ANY ($1::uuid[]) AND g.kind = 'pin' AND g.ended_at IS NULL
  AND NOT EXISTS (SELECT FROM matching_preference c
                  WHERE c.volunteer_id = g.volunteer_id AND NOT c.is_automatic)
  AND NOT EXISTS (SELECT FROM matching_offer f
                  WHERE f.order_id = o.id AND f.volunteer_id = g.volunteer_id
                    AND f.state IN ('offered', 'declined', 'expired'))
  AND NOT EXISTS (SELECT FROM matching_place p
                  WHERE p.order_id = o.id AND p.volunteer_id = g.volunteer_id
                    AND p.state <> 'cancelled')
  AND NOT EXISTS (SELECT FROM matching_place p
                  WHERE p.volunteer_id = g.volunteer_id AND p.order_id <> o.id
                    AND p.state IN ('accepted', 'checked_in', 'completed', 'confirmed')
                    AND p.starts_at < o.ends_at AND p.ends_at > o.starts_at)
ORDER BY g.at, g.id, o.id
"""
_ORDERS = """
SELECT o.id, o.starts_at, n.latitude_e6 IS NOT NULL AS is_located
FROM matching_order o JOIN matching_need n ON n.id = o.need_id WHERE o.id = ANY ($1::uuid[])
"""
_LOCATED = """
SELECT volunteer_id FROM matching_preference
WHERE volunteer_id = ANY ($1::uuid[]) AND position_sealed IS NOT NULL
"""
_OFFER = """
INSERT INTO matching_run_offer (id, run_id, order_id, volunteer_id, rank, origin, decision,
                                skills, distance_m, is_free, turns, accepts_permille,
                                reason, decided_by_id, decided_at)
VALUES ($1, $2, $3, $4, $5, 'matcher', $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""


async def pins_of(orders: Sequence[Row], taken: Collection[Pair]) -> set[Pair]:
    """Return whom staff have pinned for these orders, for as many places as nobody has."""
    left: dict[str, int] = {str(each["id"]): each["people_wanted"] for each in orders}
    for order_id, _ in taken:
        left[order_id] -= 1
    found: set[Pair] = set()
    for row in await database.fetch(_PINS, [each["id"] for each in orders]):
        order_id = str(row["order_id"])
        if left[order_id] > 0:
            left[order_id] -= 1
            found.add((order_id, str(row["volunteer_id"])))
    return found


async def write(run_id: UUID, snapshot: Snapshot, proposal: Proposal) -> None:
    """Write, in the open transaction, who is proposed and why; pinned ones come first."""
    database.require_open_transaction()
    lapsed = {(each.group, each.volunteer) for each in proposal.lapses}
    asked = [UUID(each.id) for each in snapshot.needs]
    standing = set(snapshot.pinned) - lapsed
    pins = {
        pair: row
        for row in await database.fetch(_PINS, asked)
        if (pair := (str(row["order_id"]), str(row["volunteer_id"]))) in standing
    }
    pinned = [Offer(*pair, rank=0, metres=0, points=0, accepts_permille=0) for pair in pins]
    offers = explaining.explain_offers(Columns(snapshot), [*pinned, *proposal.offers])
    known = await _known(offers)
    await database.execute_many(
        _OFFER,
        [_row(run_id, each, known, pins.get((each.group, each.volunteer))) for each in offers],
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What people and orders have said of themselves, and what is only assumed of them."""

    orders: Mapping[UUID, Row]
    located: frozenset[UUID]
    free: Mapping[UUID, frozenset[tuple[int, TimeBlock]]]


async def _known(offers: Sequence[Why]) -> _Known:
    people = sorted({UUID(each.volunteer) for each in offers})
    orders = await database.fetch(_ORDERS, sorted({UUID(each.group) for each in offers}))
    located = await database.fetch(_LOCATED, people)
    facts = await fitness.fitness_of(people, await clock.today())
    free: dict[UUID, frozenset[tuple[int, TimeBlock]]] = defaultdict(frozenset)
    free |= {each: fact.free for each, fact in facts.items()}
    return _Known(
        orders={row["id"]: row for row in orders},
        located=frozenset(row["volunteer_id"] for row in located),
        free=free,
    )


def _row(run_id: UUID, why: Why, known: _Known, pin: Row | None) -> tuple[object, ...]:
    order_id, volunteer_id = UUID(why.group), UUID(why.volunteer)
    order = known.orders[order_id]
    is_measured = order["is_located"] and volunteer_id in known.located
    return (
        *(database.new_id(), run_id, order_id, volunteer_id, why.rank + 1),
        "proposed" if pin is None else "pinned",
        [part.rsplit(" ", 1)[0] for part in why.skill.split("\n") if part],
        why.metres if is_measured else None,
        _is_free(known.free[volunteer_id], order["starts_at"]),
        *(why.turns, why.accepts_permille),
        *((None, None, None) if pin is None else (pin["reason"], pin["by_id"], pin["at"])),
    )


def _is_free(free: frozenset[tuple[int, TimeBlock]], starts_at: datetime) -> bool | None:
    """Tell whether somebody gave this time; None where they gave none."""
    return times.block_of(starts_at) in free if free else None
