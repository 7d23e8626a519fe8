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
    WHERE (cardinality($4::bytea[]) = 0 OR cardinality(person_tags) > 0)
      AND (cardinality($5::bytea[]) = 0 OR cardinality(household_tags) > 0)
      AND NOT left_out
      AND ($7::date IS NULL OR birth_date <= $7) AND ($8::date IS NULL OR birth_date > $8)
)
"""


def _people(usable: str, which: str) -> str:
    """Return who is meant, of those people whom `which` lets in."""
    lived, held = (which.format(person=each) for each in ("r.person_id", "g.person_id"))
    return _PEOPLE.format(usable=usable, lived=lived, held=held)


_STANDING = "t.ended_at IS NULL AND t.since <= $1"
_PAGE = (
    _people(USABLE, "($9::uuid IS NULL OR {person} > $9)")
    + "SELECT * FROM meant ORDER BY person_id LIMIT $10"
)
_OF_THESE = (
    _people(USABLE, "{person} = ANY ($9::uuid[])") + "SELECT * FROM meant ORDER BY person_id"
)
_COUNT = _people(USABLE, "true") + "SELECT count(*) FROM meant"
# Who would be meant if every tag that stands could be used.
_COUNT_OF_ALL = _people(_STANDING, "true") + "SELECT count(*) FROM meant"
_AGELESS = _people(USABLE, "true") + "SELECT count(*) FROM reached WHERE birth_date IS NULL"


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
    people = await database.fetch_value(_COUNT, *_arguments(audience, on))
    everybody = await database.fetch_value(_COUNT_OF_ALL, *_arguments(audience, on))
    tagless = replace(audience, person_tags=(), household_tags=(), without_tags=())
    candidates = await database.fetch_value(_COUNT, *_arguments(tagless, on))
    asks_age = audience.least_age is not None or audience.most_age is not None
    ageless = await database.fetch_value(_AGELESS, *_arguments(audience, on)) if asks_age else 0
    alone = {
        name: await database.fetch_value(_COUNT, *_arguments(each, on))
        for name, each in _each_alone(audience).items()
    }
    return AudienceCount(
        people=people,
        candidates=candidates,
        without_consent=max(0, everybody - people),
        without_birth_date=ageless,
        by_criterion=alone,
    )


def _each_alone(audience: Audience) -> dict[str, Audience]:
    """Return the audience narrowed by one criterion at a time."""
    paths = audience.area_paths
    found = {"area": Audience(paths)}
    if audience.roles:
        found["roles"] = Audience(paths, roles=audience.roles)
    if audience.person_tags:
        found["personTags"] = Audience(paths, person_tags=audience.person_tags)
    if audience.household_tags:
        found["householdTags"] = Audience(paths, household_tags=audience.household_tags)
    if audience.without_tags:
        found["withoutTags"] = Audience(paths, without_tags=audience.without_tags)
    if audience.least_age is not None or audience.most_age is not None:
        found["age"] = Audience(paths, least_age=audience.least_age, most_age=audience.most_age)
    return found
