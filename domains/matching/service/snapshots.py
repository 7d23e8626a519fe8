"""What the matcher is told of an area: read in a few statements, outside of a transaction.

Orders that wait for people, who may be asked, and what both have promised already. Nothing here
decides: whoever dispatches judges every offer again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from domains.kernel import calendar, clock, database
from domains.kernel.database import Row
from domains.matching.queries import people
from domains.matching.queries.rules import procedure_of
from domains.matching.rules.distance import Point
from domains.matching.rules.procedure import Procedure
from domains.matching.service import means, proposing
from domains.matching.service.means import Means
from domains.matching.solving.snapshot import (
    Group,
    Need,
    Snapshot,
    Terms,
    Volunteer,
    Window,
)
from domains.matching.values.needs import SkillLevel
from domains.volunteering.queries import fitness
from domains.volunteering.queries.fitness import Fitness
from domains.volunteering.queries.rules import procedure_at
from domains.volunteering.rules.procedure import Procedure as ServiceRules
from domains.volunteering.rules.procedure import age_on
from domains.volunteering.values.volunteers import TimeBlock, VolunteerSkillState

MOST_ORDERS = 20_000
MOST_VOLUNTEERS = 100_000
_DAY = 24 * 60
# As `times.block_of` divides a day.
_BLOCKS: Mapping[TimeBlock, Window] = {
    TimeBlock.MORNING: (0, 12 * 60),
    TimeBlock.AFTERNOON: (12 * 60, 18 * 60),
    TimeBlock.EVENING: (18 * 60, _DAY),
}

_ORDERS = """
SELECT o.id, o.need_id, o.area_id, o.area_path, o.starts_at, o.ends_at, o.people_wanted,
       n.urgency, n.latitude_e6, n.longitude_e6, n.service_class, n.least_age, n.is_risky,
       n.person_id,
       array(SELECT k.name || ' ' || k.level FROM matching_need_skill k
             WHERE k.need_id = n.id ORDER BY k.name) AS skills
FROM matching_order o JOIN matching_need n ON n.id = o.need_id
WHERE starts_with(o.area_path, $1) AND o.state IN ('open', 'offered', 'accepted')
  AND o.filled_at IS NULL AND o.starts_at > kernel_now()
  AND o.starts_at >= $2 AND o.starts_at < $3
ORDER BY o.starts_at, o.id LIMIT $4
"""
# Whom an order has already: places that are promised, and offers that wait for an answer.
_TAKEN = """
SELECT p.order_id, p.volunteer_id FROM matching_place p
WHERE p.order_id = ANY ($1::uuid[]) AND p.state IN ('accepted', 'checked_in', 'completed')
UNION
SELECT f.order_id, f.volunteer_id FROM matching_offer f
WHERE f.order_id = ANY ($1::uuid[]) AND f.state = 'offered'
"""
# Who said no, gave a place back or did not come is not asked for the same order again.
_REFUSED = """
SELECT f.order_id, f.volunteer_id FROM matching_offer f
WHERE f.order_id = ANY ($1::uuid[]) AND f.state IN ('declined', 'expired')
UNION
SELECT p.order_id, p.volunteer_id FROM matching_place p
WHERE p.order_id = ANY ($1::uuid[]) AND p.state IN ('left', 'no_show')
"""
_RULINGS = """
SELECT need_id, volunteer_id FROM matching_ruling
WHERE need_id = ANY ($1::uuid[]) AND kind = 'forbid' AND ended_at IS NULL
"""
# Nobody serves themselves.
_OWN = """
SELECT o.id AS order_id, v.id AS volunteer_id FROM matching_order o
JOIN volunteering_volunteer v ON v.person_id = o.person_id WHERE o.id = ANY ($1::uuid[])
"""
_PROMISED = """
SELECT p.volunteer_id, p.starts_at, p.ends_at FROM matching_place p
WHERE p.volunteer_id = ANY ($1::uuid[]) AND NOT p.order_id = ANY ($2::uuid[])
  AND p.state IN ('accepted', 'checked_in', 'completed', 'confirmed')
  AND p.starts_at < $4 AND p.ends_at > $3
"""
_ANSWERS = """
SELECT volunteer_id, count(*) FILTER (WHERE state = 'accepted')::int AS accepted,
       count(*) FILTER (WHERE state IN ('declined', 'expired'))::int AS declined
FROM matching_offer WHERE volunteer_id = ANY ($1::uuid[]) GROUP BY volunteer_id
"""
_PREVIOUS = """
SELECT x.order_id, x.volunteer_id FROM matching_run_offer x
WHERE x.order_id = ANY ($1::uuid[]) AND x.decision IN ('proposed', 'pinned') AND x.run_id = (
    SELECT r.id FROM matching_run r
    WHERE r.community_id = $2 AND r.proposed_at IS NOT NULL AND r.id <> $3
    ORDER BY r.proposed_at DESC LIMIT 1)
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A run, as whoever reads its snapshot needs it."""

    run_id: UUID
    area_path: str
    area_id: UUID
    community_id: UUID
    starts_at: datetime
    ends_at: datetime
    seed: int
    seconds: int


@dataclass(frozen=True, slots=True)
class _Calendar:
    """Minutes from the Monday on or before the horizon's first day, in Shanghai."""

    monday: datetime
    weeks: int

    @classmethod
    def of(cls, starts_at: datetime, ends_at: datetime) -> "_Calendar":
        first = starts_at.astimezone(clock.SHANGHAI)
        monday = calendar.start_of(first.date() - timedelta(days=first.weekday()))
        weeks = (ends_at - monday).days // 7 + 1
        return cls(monday, weeks)

    def minute(self, at: datetime) -> int:
        return int((at - self.monday).total_seconds() // 60)

    def window(self, starts_at: datetime, ends_at: datetime) -> Window:
        return max(0, self.minute(starts_at)), max(1, self.minute(ends_at))

    def minutes(self, starts_at: datetime, ends_at: datetime) -> Window:
        return self.minute(starts_at), self.minute(ends_at)

    @property
    def whole(self) -> Window:
        return 0, self.weeks * 7 * _DAY


async def snapshot_of(asked: Asked) -> Snapshot:
    """Read everything that the matcher may know of an area in a time."""
    procedure = await procedure_of(asked.community_id)
    rules = await procedure_at(asked.area_id)
    orders = await database.fetch(
        _ORDERS, asked.area_path, asked.starts_at, asked.ends_at, MOST_ORDERS
    )
    order_ids = [row["id"] for row in orders]
    weeks = _Calendar.of(asked.starts_at, asked.ends_at)
    taken = await _pairs(_TAKEN, order_ids)
    volunteers = await _volunteers(asked, orders, taken, procedure=procedure, weeks=weeks)
    rulings = await database.fetch(_RULINGS, list({row["need_id"] for row in orders}))
    known = {each.id for each in volunteers}
    pinned = {*taken, *await proposing.pins_of(orders, taken)}
    forbidden = {
        *await _pairs(_REFUSED, order_ids),
        *await _pairs(_OWN, order_ids),
        *_forbidden(rulings, orders),
    }
    previous = await database.fetch(_PREVIOUS, order_ids, asked.community_id, asked.run_id)
    besides = await means.means_of(
        orders, asked.community_id, ends_at=asked.ends_at, minutes=weeks.minutes
    )
    return Snapshot(
        needs=_needs(orders, besides, weeks=weeks, rules=rules, centre=_centre(orders)),
        volunteers=tuple(volunteers),
        organisations=besides.organisations,
        workers=besides.workers,
        funds=besides.funds,
        venues=besides.venues,
        pinned=tuple(sorted(each for each in pinned if each[1] in known)),
        forbidden=tuple(sorted(forbidden - pinned)),
        previous=tuple((str(row["order_id"]), str(row["volunteer_id"])) for row in previous),
        terms=Terms(seed=asked.seed, seconds=asked.seconds, most_reserves=procedure.reserves),
    )


async def _pairs(sql: str, order_ids: Sequence[UUID]) -> set[tuple[str, str]]:
    rows = await database.fetch(sql, list(order_ids))
    return {(str(row["order_id"]), str(row["volunteer_id"])) for row in rows}


def _forbidden(rulings: Iterable[Row], orders: Sequence[Row]) -> set[tuple[str, str]]:
    """Return the pairs that staff have ruled out, for every time of the need."""
    of_need: dict[UUID, list[str]] = defaultdict(list)
    for order in orders:
        of_need[order["need_id"]].append(str(order["id"]))
    return {
        (order_id, str(row["volunteer_id"]))
        for row in rulings
        for order_id in of_need[row["need_id"]]
    }


def _located(orders: Sequence[Row]) -> list[Row]:
    return [row for row in orders if row["latitude_e6"] is not None]


def _centre(orders: Sequence[Row]) -> Point:
    """Return the middle of what is known, where somebody is taken to be who has not said."""
    known = _located(orders)
    if not known:
        return Point(0, 0)
    latitude = sum(row["latitude_e6"] for row in known) // len(known)
    longitude = sum(row["longitude_e6"] for row in known) // len(known)
    return Point(latitude, longitude)


def _needs(
    orders: Sequence[Row], besides: Means, *, weeks: _Calendar, rules: ServiceRules, centre: Point
) -> tuple[Need, ...]:
    """Make each time of a need one of its own: they are offered, and go ahead, one by one."""
    return tuple(_need(row, besides, weeks=weeks, rules=rules, centre=centre) for row in orders)


def _need(
    row: Row, besides: Means, *, weeks: _Calendar, rules: ServiceRules, centre: Point
) -> Need:
    starts, ends = weeks.window(row["starts_at"], row["ends_at"])
    barred = row["is_risky"] or row["service_class"] in rules.minors_barred
    located = row["latitude_e6"] is not None
    order_id = str(row["id"])
    return Need(
        id=order_id,
        urgency=row["urgency"],
        latitude_e6=row["latitude_e6"] if located else centre.latitude_e6,
        longitude_e6=row["longitude_e6"] if located else centre.longitude_e6,
        area=row["area_path"],
        service=row["service_class"],
        groups=(Group(order_id, starts, ends, row["people_wanted"], skill=_skill(row)),),
        least_age=max(row["least_age"] or 0, rules.adult_age if barred else 0),
        risky=row["is_risky"],
        **besides.of(row["id"]),
    )


def _skill(row: Row) -> str:
    """Return all that a need asks for as one: who has it has each of them."""
    return "\n".join(row["skills"])


async def _volunteers(
    asked: Asked,
    orders: Sequence[Row],
    taken: Iterable[tuple[str, str]],
    *,
    procedure: Procedure,
    weeks: _Calendar,
) -> list[Volunteer]:
    day = calendar.day_of(asked.starts_at)
    ids = await fitness.registered_in(asked.area_path, most=MOST_VOLUNTEERS)
    ids = sorted({*ids, *(UUID(volunteer) for _, volunteer in taken)})
    facts = await fitness.fitness_of(ids, day)
    busy = await _busy(asked, ids, [row["id"] for row in orders], since=weeks.monday)
    known = _Known(
        day=day,
        procedure=procedure,
        weeks=weeks,
        asked_skills=tuple({_skill(row) for row in orders} - {""}),
        centre=_centre(orders),
        busy=busy,
        # Where no order says where it is, nobody is far from it.
        positions=await people.positions_of(ids) if _located(orders) else {},
        promises=await people.promises_of(ids),
        turns=await people.turns_of(ids),
        opted_out=await people.opted_out(ids),
        answers={row["volunteer_id"]: row for row in await database.fetch(_ANSWERS, ids)},
    )
    return [_volunteer(facts[each], known) for each in ids if each in facts]


async def _busy(
    asked: Asked, ids: Sequence[UUID], order_ids: Sequence[UUID], *, since: datetime
) -> dict[UUID, list[tuple[datetime, datetime]]]:
    """Return what volunteers have promised elsewhere: other orders, and shifts."""
    within = (since, asked.ends_at)
    rows = [
        *await database.fetch(_PROMISED, list(ids), list(order_ids), *within),
        *await fitness.sign_ups_within(ids, *within),
    ]
    found: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in rows:
        found[row["volunteer_id"]].append((row["starts_at"], row["ends_at"]))
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """What is read of all volunteers at once."""

    day: date
    procedure: Procedure
    weeks: _Calendar
    asked_skills: tuple[str, ...]
    centre: Point
    busy: Mapping[UUID, list[tuple[datetime, datetime]]]
    positions: Mapping[UUID, Point]
    promises: Mapping[UUID, people.Promises]
    turns: Mapping[UUID, int]
    opted_out: frozenset[UUID]
    answers: Mapping[UUID, Row]


def _volunteer(facts: Fitness, known: _Known) -> Volunteer:
    busy = [known.weeks.window(*each) for each in known.busy.get(facts.volunteer_id, [])]
    where = known.positions.get(facts.volunteer_id, known.centre)
    promises = known.promises.get(facts.volunteer_id)
    answers = known.answers.get(facts.volunteer_id)
    return Volunteer(
        id=str(facts.volunteer_id),
        latitude_e6=where.latitude_e6,
        longitude_e6=where.longitude_e6,
        radius=facts.radius_m or known.procedure.radius_m,
        age=age_on(facts.born_on, known.day),
        free=_without(_free(facts, known.weeks), busy),
        skills=_skills(facts, known),
        weekly_minutes=known.procedure.week_cap_minutes,
        spent=_spent(busy),
        # Who is registered has a guardian's consent where one is needed.
        guardian_consents=facts.is_registered,
        insured=facts.is_insured,
        automatic=facts.is_registered and facts.volunteer_id not in known.opted_out,
        prefers=tuple(sorted(facts.service_classes)),
        kept=promises.kept if promises else 0,
        missed=promises.missed if promises else 0,
        accepted=answers["accepted"] if answers else 0,
        declined=answers["declined"] if answers else 0,
        turns=known.turns.get(facts.volunteer_id, 0),
    )


def _free(facts: Fitness, weeks: _Calendar) -> list[Window]:
    """Return the windows of the weekly times that somebody gave; any time, where none were."""
    if not facts.free:
        return [weeks.whole]
    found = sorted(
        (
            (week * 7 + weekday - 1) * _DAY + _BLOCKS[block][0],
            (week * 7 + weekday - 1) * _DAY + _BLOCKS[block][1],
        )
        for week in range(weeks.weeks)
        for weekday, block in facts.free
    )
    joined: list[Window] = []
    for starts, ends in found:
        if joined and joined[-1][1] == starts:
            joined[-1] = (joined[-1][0], ends)
        else:
            joined.append((starts, ends))
    return joined


def _without(free: Iterable[Window], busy: Iterable[Window]) -> tuple[Window, ...]:
    """Return what is left of free windows."""
    left = list(free)
    for starts, ends in busy:
        left = [
            part
            for window in left
            for part in (
                (window[0], min(window[1], starts)),
                (max(window[0], ends), window[1]),
            )
            if part[0] < part[1]
        ]
    return tuple(sorted(set(left)))


def _spent(busy: Iterable[Window]) -> tuple[tuple[int, int, int], ...]:
    """Return services and minutes that are promised elsewhere, by week."""
    weeks: dict[int, list[int]] = defaultdict(list)
    for starts, ends in busy:
        weeks[starts // (7 * _DAY)].append(ends - starts)
    return tuple((week, len(each), sum(each)) for week, each in sorted(weeks.items()))


def _skills(facts: Fitness, known: _Known) -> tuple[tuple[str, int, int], ...]:
    found = []
    for asked in known.asked_skills:
        until = _held_until(facts, asked, known.weeks)
        if until is not None:
            found.append((asked, 0, until))
    return tuple(sorted(found))


def _held_until(facts: Fitness, asked: str, weeks: _Calendar) -> int | None:
    """Return until which minute somebody has all that is asked for; None where they lack it."""
    until = weeks.whole[1]
    for each in asked.split("\n"):
        name, level = each.rsplit(" ", 1)
        sure = {VolunteerSkillState.VERIFIED}
        if level == SkillLevel.CLAIMED:
            sure.add(VolunteerSkillState.CLAIMED)
        ends = [
            weeks.whole[1]
            if skill.expires_on is None
            else weeks.minute(calendar.start_of(skill.expires_on + timedelta(days=1)))
            for skill in facts.skills
            if skill.name == name and skill.state in sure
        ]
        if not ends or max(ends) <= 0:
            return None
        until = min(until, max(ends))
    return until
