"""How the exchange works, week by week: four statements, however many the weeks.

A week is that of a service's time; what has not begun is not counted. Week 0 is all of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from uuid import UUID

from domains.kernel import clock, database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.matching import policy
from domains.matching.queries.rules import rules_of
from domains.matching.rules.watching import Watching, Weeks, gini_permille, told
from domains.membership.queries.places import AreaPlace
from domains.volunteering.values.volunteers import ServiceClass

# Of an area ($1), in its community where it lies in one ($4), from $2 to before $3.
_BEGUN = """
WITH o AS MATERIALIZED (
    SELECT o.id, o.person_id, o.people_wanted, o.made_at, o.service_class, o.area_path,
           floor(extract(epoch FROM o.starts_at - $2::timestamptz) / 604800)::int + 1 AS week
    FROM matching_order o
    WHERE starts_with(o.area_path, $1) AND ($4::uuid IS NULL OR o.community_id = $4)
      AND o.starts_at >= $2 AND o.starts_at < $3::timestamptz
      AND o.state NOT IN ('rejected', 'cancelled')
)
"""
_FILLED = """
SELECT o.*, least(o.people_wanted, (
    SELECT count(*) FROM matching_place p
    WHERE p.order_id = o.id AND p.state NOT IN ('left', 'cancelled')))::int AS filled
FROM o
"""
_SERVICES = f"""
{_BEGUN}, s AS (
    SELECT f.*, (SELECT extract(epoch FROM min(t.at) - f.made_at)::int / 60
                 FROM matching_step t
                 WHERE t.order_id = f.id AND t.to_state = 'accepted') AS waited
    FROM ({_FILLED}) f
)
SELECT each.week, count(*)::int AS services, sum(s.people_wanted)::int AS wanted,
       sum(s.filled)::int AS filled,
       count(DISTINCT s.person_id) FILTER (WHERE s.waited IS NOT NULL)::int AS people,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY s.waited) AS waited_median,
       percentile_disc(0.9) WITHIN GROUP (ORDER BY s.waited) AS waited_most
FROM s CROSS JOIN LATERAL (VALUES (s.week), (0)) AS each (week) GROUP BY each.week
"""
_PLACES = f"""
{_BEGUN}, p AS MATERIALIZED (
    SELECT o.week, p.volunteer_id, p.minutes, f.distance_m,
           p.state = 'no_show' OR p.outcome = 'no_show' AS is_missed
    FROM o JOIN matching_place p ON p.order_id = o.id AND p.state NOT IN ('left', 'cancelled')
    LEFT JOIN matching_offer f ON f.id = p.offer_id
), shared AS (
    SELECT week, count(*)::int AS servers, sum(minutes)::bigint AS minutes,
           sum(minutes * nth)::bigint AS weighted
    FROM (SELECT each.week, sum(p.minutes) AS minutes,
                 row_number() OVER (PARTITION BY each.week ORDER BY sum(p.minutes)) AS nth
          FROM p CROSS JOIN LATERAL (VALUES (p.week), (0)) AS each (week)
          WHERE p.minutes > 0 GROUP BY each.week, p.volunteer_id) ranked
    GROUP BY week
)
SELECT each.week, count(DISTINCT p.volunteer_id)::int AS people,
       count(*) FILTER (WHERE p.is_missed)::int AS no_shows,
       count(DISTINCT p.volunteer_id) FILTER (WHERE p.distance_m IS NOT NULL)::int AS far_people,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY p.distance_m) AS distance_m,
       coalesce(s.servers, 0) AS servers, coalesce(s.minutes, 0) AS minutes,
       coalesce(s.weighted, 0) AS weighted
FROM p CROSS JOIN LATERAL (VALUES (p.week), (0)) AS each (week)
LEFT JOIN shared s ON s.week = each.week
GROUP BY each.week, s.servers, s.minutes, s.weighted
"""
_OFFERS = f"""
{_BEGUN}
SELECT o.week, count(DISTINCT f.volunteer_id)::int AS people,
       count(*) FILTER (WHERE f.state = 'accepted')::int AS accepted,
       count(*) FILTER (WHERE f.state = 'declined')::int AS declined,
       count(*) FILTER (WHERE f.state = 'expired')::int AS expired
FROM o JOIN matching_offer f ON f.order_id = o.id AND f.offered_at IS NOT NULL
GROUP BY o.week
"""
# By the areas right below the one asked for; the reason is that of the last run that looked.
_UNMET = f"""
{_BEGUN}, s AS (
    SELECT f.service_class, f.people_wanted - f.filled AS places, u.reason,
           $1 || CASE WHEN f.area_path = $1 THEN '' ELSE
                 split_part(substr(f.area_path, length($1) + 1), '/', 1) || '/' END AS path
    FROM ({_FILLED}) f
    LEFT JOIN LATERAL (SELECT x.reason FROM matching_run_unmet x WHERE x.order_id = f.id
                       ORDER BY x.run_id DESC LIMIT 1) u ON true
    WHERE f.filled < f.people_wanted
)
SELECT s.service_class, a.id AS area_id, s.reason, count(*)::int AS services,
       sum(s.places)::int AS places
FROM s JOIN membership_area a ON a.path = s.path
GROUP BY s.service_class, a.id, a.path, s.reason
ORDER BY s.service_class, a.path, places DESC, s.reason LIMIT 1000
"""


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """What is told of the services of a week, or of all weeks; None where of too few people."""

    services: int = 0
    wanted: int = 0
    filled: int = 0
    waited_median: int | None = None
    waited_most: int | None = None
    distance_m: int | None = None
    # For who keeps the exchange.
    uneven_permille: int | None = None
    servers: int | None = None
    no_shows: int | None = None
    accepted: int | None = None
    declined: int | None = None
    expired: int | None = None


@dataclass(frozen=True, slots=True)
class Unmet:
    """What stayed unmet of a class in a part of the area, and why: the reason, and its places."""

    service_class: ServiceClass
    area_id: UUID
    services: int
    places: int
    reasons: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Figures:
    """The weeks, all of them together, and what to recruit for."""

    weeks: Sequence[tuple[date, ServiceFigures]]
    whole: ServiceFigures
    unmet: Sequence[Unmet] | None
    k: int


async def figures(actor: Actor, place: AreaPlace, weeks: Weeks) -> Figures | None:
    """Return how the exchange of an area worked; None where the actor does not belong.

    Offers, absences, how work is shared and what stayed unmet are for who keeps the exchange.
    """
    if not policy.knows_area(actor, place):
        return None
    keeps = policy.manages(actor, place)
    k = Watching.of(await rules_of(place.community_id)).figures_k
    now = await clock.now()
    asked = (
        place.area_path,
        _midnight(weeks.first),
        min(_midnight(weeks.end), now),
        place.community_id,
    )
    services = _by_week(await database.fetch(_SERVICES, *asked))
    places = _by_week(await database.fetch(_PLACES, *asked))
    offers = _by_week(await database.fetch(_OFFERS, *asked)) if keeps else {}
    unmet = _unmet(await database.fetch(_UNMET, *asked)) if keeps else None

    def of(week: int) -> ServiceFigures:
        return _figures(services.get(week), places.get(week), offers.get(week), k=k, keeps=keeps)

    by_week = [(monday, of(number)) for number, monday in enumerate(weeks, start=1)]
    whole = of(0)
    if keeps:
        whole = _summed(whole, [each for _, each in by_week])
    return Figures(by_week, whole, unmet, k)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)


def _by_week(rows: Iterable[Row]) -> Mapping[int, Row]:
    return {row["week"]: row for row in rows}


def _figures(
    service: Row | None, place: Row | None, offer: Row | None, *, k: int, keeps: bool
) -> ServiceFigures:
    if service is None:
        return ServiceFigures()
    people = service["people"]
    made = {name: service[name] for name in ("services", "wanted", "filled")} | {
        "waited_median": told(service["waited_median"], people=people, k=k),
        "waited_most": told(service["waited_most"], people=people, k=k),
    }
    if place is not None:
        made["distance_m"] = told(place["distance_m"], people=place["far_people"], k=k)
    if keeps and place is not None:
        gini = gini_permille(place["servers"], place["minutes"], place["weighted"])
        made["uneven_permille"] = told(gini, people=place["servers"], k=k)
        made["servers"] = told(place["servers"], people=place["servers"], k=k)
        made["no_shows"] = told(place["no_shows"], people=place["people"], k=k)
    if keeps and offer is not None:
        for name in ("accepted", "declined", "expired"):
            made[name] = told(offer[name], people=offer["people"], k=k)
    return ServiceFigures(**made)


def _summed(whole: ServiceFigures, weeks: Sequence[ServiceFigures]) -> ServiceFigures:
    """Sum what is counted over the weeks that are told: else their difference told the others."""

    def of(told_of: Callable[[ServiceFigures], int | None]) -> int | None:
        given = [each for each in map(told_of, weeks) if each is not None]
        return sum(given) if given else None

    return replace(
        whole,
        no_shows=of(lambda week: week.no_shows),
        accepted=of(lambda week: week.accepted),
        declined=of(lambda week: week.declined),
        expired=of(lambda week: week.expired),
    )


def _unmet(rows: Sequence[Row]) -> list[Unmet]:
    grouped: dict[tuple[str, UUID], list[Row]] = {}
    for row in rows:
        grouped.setdefault((row["service_class"], row["area_id"]), []).append(row)
    found = [
        Unmet(
            ServiceClass(service_class),
            area_id,
            services=sum(row["services"] for row in group),
            places=sum(row["places"] for row in group),
            reasons=[(row["reason"], row["places"]) for row in group if row["reason"] is not None],
        )
        for (service_class, area_id), group in grouped.items()
    ]
    return sorted(found, key=lambda each: -each.places)
