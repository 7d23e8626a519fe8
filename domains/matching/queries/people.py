"""What is known of people on the exchange: ratings in groups, promises kept, preferences."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import crypto, database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.matching.queries.rules import procedure_of
from domains.matching.rules import ratings
from domains.matching.rules.distance import Point
from domains.matching.rules.ratings import Figure
from domains.matching.values.lists import FavouriteKind
from domains.matching.values.orders import RatingSide
from domains.membership.queries import electorate

RatedSide = tuple[UUID, RatingSide]
# Whose turn it is is judged by what was done in so many days.
TURN_DAYS = 30
_RATINGS = """
SELECT r.person_id, r.side, r.by_id, r.stars, o.community_id
FROM matching_rating r JOIN matching_order o ON o.id = r.order_id
WHERE r.person_id = ANY ($1::uuid[]) ORDER BY r.person_id, r.at, r.place_id
"""
_MY_RATINGS = """
SELECT place_id, stars FROM matching_rating WHERE by_id = $1 AND place_id = ANY ($2::uuid[])
"""
# Only who did not come counts against somebody: declining and giving back in time never do.
_KEPT = """
SELECT volunteer_id,
       count(*) FILTER (WHERE state IN ('completed', 'confirmed')
                          OR outcome = 'served')::int AS kept,
       count(*) FILTER (WHERE state = 'no_show' OR outcome = 'no_show')::int AS missed
FROM matching_place WHERE volunteer_id = ANY ($1::uuid[]) GROUP BY volunteer_id
"""
_POSITIONS = """
SELECT id, volunteer_id, position_sealed FROM matching_preference
WHERE volunteer_id = ANY ($1::uuid[]) AND position_sealed IS NOT NULL
"""
_TURNS = """
SELECT volunteer_id, count(*)::int AS turns FROM matching_place
WHERE volunteer_id = ANY ($1::uuid[])
  AND starts_at >= kernel_now() - make_interval(days => $2)
  AND state IN ('accepted', 'checked_in', 'completed', 'confirmed', 'adjudicated')
GROUP BY volunteer_id
"""
_OPTED_OUT = """
SELECT volunteer_id FROM matching_preference
WHERE volunteer_id = ANY ($1::uuid[]) AND NOT is_automatic
"""
_PREFERENCE = """
SELECT v.is_automatic, v.position_sealed IS NOT NULL AS has_position
FROM matching_preference v WHERE v.person_id = $1
"""
_FAVOURITES = """
SELECT kind, subject_id, at FROM matching_favourite
WHERE person_id = $1 AND ($2::text IS NULL OR kind = $2) ORDER BY at DESC, subject_id LIMIT 500
"""
_TEMPLATES = """
SELECT id, area_id, by_id, is_shared, name, content::text AS content, made_at
FROM matching_template
WHERE ended_at IS NULL AND starts_with($1, area_path)
  AND (by_id = $2 OR (is_shared AND $3)) ORDER BY name, id LIMIT 250
"""
_TEMPLATES_BY_ID = """
SELECT id, area_id, area_path, by_id, is_shared, name, content::text AS content, made_at
FROM matching_template WHERE id = ANY ($1::uuid[]) AND ended_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Promises:
    """How many services somebody came to, and how many not."""

    kept: int
    missed: int


async def figures(actor: Actor, asked: Sequence[RatedSide]) -> list[Figure | None]:
    """Batch: what may be told of people's ratings; None while they are too few.

    Where communities ask for different numbers of raters, the largest holds.
    """
    given: dict[RatedSide, list[tuple[UUID, int]]] = {each: [] for each in asked}
    communities: set[UUID] = set()
    for row in await database.fetch(_RATINGS, sorted({person for person, _ in asked})):
        key = (row["person_id"], RatingSide(row["side"]))
        if key in given:
            given[key].append((row["by_id"], row["stars"]))
            communities.add(row["community_id"])
    if not communities:
        return [None for _ in asked]
    k = max([(await procedure_of(each)).ratings_k for each in sorted(communities)])
    return [ratings.released(given[each], k=k) for each in asked]


async def names(actor: Actor, person_ids: Sequence[UUID]) -> list[str | None]:
    """Batch: what people are called; that the caller may know them has been judged."""
    found = {row["person_id"]: row["name"] for row in await electorate.named(person_ids)}
    return [found.get(each) for each in person_ids]


async def my_ratings(actor: Actor, place_ids: Sequence[UUID]) -> list[int | None]:
    """Batch: the stars that the actor gave for these places."""
    rows = await database.fetch(_MY_RATINGS, actor.person_id, list(place_ids))
    found = {row["place_id"]: row["stars"] for row in rows}
    return [found.get(each) for each in place_ids]


async def promises_of(volunteer_ids: Sequence[UUID]) -> dict[UUID, Promises]:
    """Return how reliably these volunteers came; for the matcher, inside a command."""
    rows = await database.fetch(_KEPT, list(volunteer_ids))
    return {row["volunteer_id"]: Promises(row["kept"], row["missed"]) for row in rows}


async def positions_of(volunteer_ids: Sequence[UUID]) -> dict[UUID, Point]:
    """Return roughly where these volunteers set out from; who has not said is left out."""
    found = {}
    for row in await database.fetch(_POSITIONS, list(volunteer_ids)):
        text = crypto.unseal(
            bytes(row["position_sealed"]),
            table="matching_preference",
            column="position_sealed",
            row=row["id"],
        )
        found[row["volunteer_id"]] = Point(*json.loads(text))
    return found


async def turns_of(volunteer_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many services these volunteers had or promised lately; 0 is left out."""
    rows = await database.fetch(_TURNS, list(volunteer_ids), TURN_DAYS)
    return {row["volunteer_id"]: row["turns"] for row in rows}


async def opted_out(volunteer_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Return who of these volunteers does not want to be matched automatically."""
    rows = await database.fetch(_OPTED_OUT, list(volunteer_ids))
    return frozenset(row["volunteer_id"] for row in rows)


async def preference(actor: Actor) -> Row | None:
    """Return what the actor has said to the matcher; None where nothing."""
    return await database.fetch_one(_PREFERENCE, actor.person_id)


async def favourites(actor: Actor, kind: FavouriteKind | None) -> Sequence[Row]:
    """Return the actor's favourites, the newest first, 500 at most."""
    return await database.fetch(_FAVOURITES, actor.person_id, None if kind is None else kind.value)


async def templates(actor: Actor, area_path: str, *, belongs: bool) -> Sequence[Row]:
    """Return the templates that fit an area: the actor's own, and shared ones who belongs."""
    return await database.fetch(_TEMPLATES, area_path, actor.person_id, belongs)


async def templates_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the templates of these ids that the actor made, or that are shared where they are."""
    held = actor.area_paths()
    found = {
        row["id"]: row
        for row in await database.fetch(_TEMPLATES_BY_ID, list(ids))
        if row["by_id"] == actor.person_id
        or (
            row["is_shared"]
            and any(
                row["area_path"].startswith(path) or path.startswith(row["area_path"])
                for path in held
            )
        )
    }
    return [found.get(each) for each in ids]
