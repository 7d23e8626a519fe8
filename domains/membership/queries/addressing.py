"""Whom something is meant for: by area, role, age and tags, in the order of their ids.

Between the criteria all must hold, within one any. A tag counts only where it may be used
(see queries/tags.py), so that who has not allowed it is neither reached nor left out by it.
For other domains, inside their commands: these take no actor.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Role
from domains.kernel.database import Row
from domains.membership.queries.tags import USABLE, kind_index


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom something is meant for; what is left empty does not narrow. Ages are full years."""

    area_paths: tuple[str, ...]
    roles: tuple[Role, ...] = ()
    person_tags: tuple[str, ...] = ()
    household_tags: tuple[str, ...] = ()
    without_tags: tuple[str, ...] = ()
    least_age: int | None = None
    most_age: int | None = None


_OF_AGE = "($7::date IS NULL OR birth_date <= $7) AND ($8::date IS NULL OR birth_date > $8)"
_ALL_HOLD = f"""
    (cardinality($4::bytea[]) = 0 OR cardinality(person_tags) > 0)
    AND (cardinality($5::bytea[]) = 0 OR cardinality(household_tags) > 0)
    AND NOT left_out AND {_OF_AGE}
"""
# $1 the day, $2 LIKE patterns, $3 roles, $4 to $6 kinds' indexes, $7 and $8 days of birth.
# Tags are gathered once and joined: what it costs grows with the people, not with its square.
_PEOPLE = """
WITH homes AS MATERIALIZED (
    SELECT DISTINCT r.person_id, r.household_id FROM membership_residency r
    JOIN membership_household h ON h.id = r.household_id
    JOIN membership_area a ON a.id = h.area_id
    WHERE a.path LIKE ANY ($2::text[]) AND r.since <= $1 AND {lived}
      AND (r.state = 'verified' OR r.state = 'ended' AND r.until >= $1)
), candidates AS (
    SELECT person_id FROM homes
    WHERE cardinality($3::text[]) = 0 OR 'resident' = ANY ($3)
    UNION
    SELECT g.person_id FROM membership_role_grant g
    JOIN membership_area a ON a.id = g.area_id
    WHERE g.role = ANY ($3) AND a.path LIKE ANY ($2::text[]) AND g.revoked_at IS NULL
      AND g.starts_on <= $1 AND (g.ends_on IS NULL OR g.ends_on >= $1) AND {held}
), of_people AS MATERIALIZED (
    SELECT t.person_id, array_agg(t.id ORDER BY t.id) AS tags FROM membership_tag t
    WHERE t.kind_index = ANY ($4::bytea[]) AND t.person_id IS NOT NULL AND ({usable})
    GROUP BY t.person_id
), of_households AS MATERIALIZED (
    SELECT homes.person_id, array_agg(t.id ORDER BY t.id) AS tags FROM membership_tag t
    JOIN homes ON homes.household_id = t.household_id
    WHERE t.kind_index = ANY ($5::bytea[]) AND ({usable})
    GROUP BY homes.person_id
), left_out AS MATERIALIZED (
    SELECT t.person_id FROM membership_tag t
    WHERE t.kind_index = ANY ($6::bytea[]) AND t.person_id IS NOT NULL AND ({usable})
    UNION
    SELECT homes.person_id FROM membership_tag t
    JOIN homes ON homes.household_id = t.household_id
    WHERE t.kind_index = ANY ($6::bytea[]) AND ({usable})
), reached AS (
    SELECT p.id AS person_id, p.birth_date,
           coalesce(of_people.tags, '{{}}') AS person_tags,
           coalesce(of_households.tags, '{{}}') AS household_tags,
           left_out.person_id IS NOT NULL AS left_out
    FROM candidates JOIN membership_person p ON p.id = candidates.person_id
    LEFT JOIN of_people ON of_people.person_id = p.id
    LEFT JOIN of_households ON of_households.person_id = p.id
    LEFT JOIN left_out ON left_out.person_id = p.id
), meant AS (
    SELECT person_id, person_tags, household_tags FROM reached
    WHERE {all_hold}
)
"""


def _people(usable: str, which: str) -> str:
    """Return who is meant, of those people whom `which` lets in."""
    lived, held = (which.format(person=each) for each in ("r.person_id", "g.person_id"))
    return _PEOPLE.format(usable=usable, lived=lived, held=held, all_hold=_ALL_HOLD)


_STANDING = "t.ended_at IS NULL AND t.since <= $1"
_PAGE = (
    _people(USABLE, "($9::uuid IS NULL OR {person} > $9)")
    + "SELECT * FROM meant ORDER BY person_id LIMIT $10"
)
_OF_THESE = (
    _people(USABLE, "{person} = ANY ($9::uuid[])") + "SELECT * FROM meant ORDER BY person_id"
)
# Every figure in one pass.
_FIGURES = (
    _people(USABLE, "true")
    + f"""
SELECT count(*) AS candidates,
       count(*) FILTER (WHERE cardinality(person_tags) > 0) AS "personTags",
       count(*) FILTER (WHERE cardinality(household_tags) > 0) AS "householdTags",
       count(*) FILTER (WHERE NOT left_out) AS "withoutTags",
       count(*) FILTER (WHERE {_OF_AGE}) AS age,
       count(*) FILTER (WHERE birth_date IS NULL) AS ageless,
       count(*) FILTER (WHERE {_ALL_HOLD}) AS meant
FROM reached
"""
)
# Who would be meant if every tag that stands could be used.
_COUNT_OF_ALL = _people(_STANDING, "true") + "SELECT count(*) FROM meant"


@dataclass(frozen=True, slots=True)
class AudienceCount:
    """How many are meant; how many are not reached for want of consent, and of a day of birth.

    `candidates` counts who would be meant if no tags were asked; `by_criterion` who meets each
    criterion alone, in the same areas.
    """

    people: int
    candidates: int
    without_consent: int
    without_birth_date: int
    by_criterion: dict[str, int]


def _arguments(audience: Audience, on: date) -> tuple[Any, ...]:
    return (
        on,
        [f"{path}%" for path in audience.area_paths],
        [str(role) for role in audience.roles],
        [kind_index(code) for code in audience.person_tags],
        [kind_index(code) for code in audience.household_tags],
        [kind_index(code) for code in audience.without_tags],
        None if audience.least_age is None else _years_before(on, audience.least_age),
        None if audience.most_age is None else _years_before(on, audience.most_age + 1),
    )


def _years_before(day: date, years: int) -> date:
    """Return the same day so many years ago; of a 29 February, 28 February where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


async def after(audience: Audience, *, on: date, last: UUID | None, limit: int) -> Sequence[Row]:
    """Return who is meant, behind a person's id: person_id, person_tags and household_tags.

    The tags are the rows by which they are meant, for them alone to read.
    """
    assert 0 < limit <= 10_000
    return await database.fetch(_PAGE, *_arguments(audience, on), last, limit)


async def among(audience: Audience, *, on: date, people: Sequence[UUID]) -> Sequence[Row]:
    """Return who of these is meant, as `after` does."""
    return await database.fetch(_OF_THESE, *_arguments(audience, on), list(people))


async def count(audience: Audience, *, on: date) -> AudienceCount:
    """Count who is meant, and why the others of the areas are not."""
    of_all = await _figures(audience, on)
    # A criterion alone is counted among those who live there, whatever their role.
    there = await _figures(replace(audience, roles=()), on) if audience.roles else of_all
    people, everybody = of_all["meant"], of_all["meant"]
    if audience.person_tags or audience.household_tags or audience.without_tags:
        everybody = await database.fetch_value(_COUNT_OF_ALL, *_arguments(audience, on))
    asks_age = audience.least_age is not None or audience.most_age is not None
    asked = {
        "roles": (audience.roles, of_all["candidates"]),
        "personTags": (audience.person_tags, there["personTags"]),
        "householdTags": (audience.household_tags, there["householdTags"]),
        "withoutTags": (audience.without_tags, there["withoutTags"]),
        "age": (asks_age, there["age"]),
    }
    alone = {name: figure for name, (is_asked, figure) in asked.items() if is_asked}
    return AudienceCount(
        people=people,
        candidates=of_all["age"],
        without_consent=max(0, everybody - people),
        without_birth_date=of_all["ageless"] if asks_age else 0,
        by_criterion={"area": there["candidates"], **alone},
    )


async def _figures(audience: Audience, on: date) -> Row:
    row = await database.fetch_one(_FIGURES, *_arguments(audience, on))
    assert row is not None, "a count has one row"
    return row
