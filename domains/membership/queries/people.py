"""People, as far as the actor knows them.

Three degrees: *known* whole (oneself, and those who live where the actor is staff), *named*
(who holds a public role over an area), and *near* (who lives where the actor does: only a
masked name). Everybody else is not seen. Sealed numbers leave here only to be masked.
"""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel import crypto, database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.membership.errors import IdentityNumberMalformed, PhoneMalformed
from domains.membership.queries import sight
from domains.membership.rules import numbers, phones

# $1 the actor, $2 where the actor is staff, $3 where the actor belongs, $4 knows those who
# live nowhere here.
_SEEN = """
SELECT p.*,
       (p.id IS NOT DISTINCT FROM $1::uuid OR coalesce(lives.staffed, $4)) AS known,
       coalesce(lives.near, false) AS near,
       EXISTS (
           SELECT FROM membership_role_grant g
           WHERE g.person_id = p.id AND g.area_id IS NOT NULL AND g.revoked_at IS NULL
             AND g.starts_on <= (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
             AND coalesce(g.ends_on, 'infinity'::date)
                 >= (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
       ) AS named
FROM membership_person p
LEFT JOIN LATERAL (
    SELECT bool_or(a.path LIKE ANY ($2::text[])) AS staffed,
           bool_or(a.path LIKE ANY ($3::text[])) AS near
    FROM membership_residency r
    JOIN membership_household h ON h.id = r.household_id
    JOIN membership_area a ON a.id = h.area_id
    WHERE r.person_id = p.id AND r.state IN ('claimed', 'verified')
) lives ON true
"""
_BY_ID = f"{_SEEN} WHERE p.id = ANY ($5::uuid[])"

_SEARCH = """
WITH seen AS MATERIALIZED (
    SELECT id FROM membership_area
    WHERE path LIKE ANY ($1::text[]) AND ($2::text IS NULL OR path LIKE $2)
)
SELECT p.*, true AS known, false AS near, false AS named
FROM membership_person p
WHERE (EXISTS (
        SELECT FROM membership_residency r
        JOIN membership_household h ON h.id = r.household_id
        WHERE r.person_id = p.id AND r.state IN ('claimed', 'verified')
          AND h.area_id IN (SELECT id FROM seen))
    OR $3 AND $2::text IS NULL AND NOT EXISTS (
        SELECT FROM membership_residency r
        WHERE r.person_id = p.id AND r.state IN ('claimed', 'verified')))
  AND ($4::text IS NULL OR strpos(p.name, $4) > 0)
  AND ($5::bytea IS NULL OR p.phone_index = $5)
  AND ($6::bytea IS NULL OR p.identity_index = $6)
  AND ($7::text IS NULL OR (p.name, p.id) > ($7, $8::uuid))
ORDER BY p.name, p.id LIMIT $9
"""


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """What a search for people is narrowed to; numbers must match whole."""

    within_path: str | None = None
    name_holds: str | None = None
    phone: str | None = None
    identity_number: str | None = None


async def people_by_id(actor: Actor, person_ids: list[UUID]) -> list[Row | None]:
    """Batch: the people of these ids, None where the actor does not see them."""
    rows = await database.fetch(
        _BY_ID,
        actor.person_id,
        sight.staffed(actor),
        sight.near(actor),
        sight.administers_platform(actor),
        person_ids,
    )
    found = {row["id"]: row for row in rows if row["known"] or row["named"] or row["near"]}
    return [found.get(each) for each in person_ids]


async def people(actor: Actor, asked: PeopleFilter, page: Page) -> Slice[Row]:
    """Return a page of the people whom the actor knows as staff, by name."""
    patterns = sight.staffed(actor)
    if not patterns:
        return Slice(rows=[], has_more=False)
    name, last_id = page.after or (None, None)
    rows = await database.fetch(
        _SEARCH,
        patterns,
        sight.beginning(asked.within_path),
        sight.administers_platform(actor),
        asked.name_holds,
        _phone_index(asked.phone),
        _identity_index(asked.identity_number),
        name,
        last_id,
        page.limit,
    )
    return Slice.of(rows, page)


def _phone_index(given: str | None) -> bytes | None:
    """Return the index to find; a text that cannot be a phone finds nobody."""
    if not given:
        return None
    try:
        return crypto.blind_index(phones.normalised(given), purpose="phone")
    except PhoneMalformed:
        return b""


def _identity_index(given: str | None) -> bytes | None:
    """Return the index to find; a text that cannot be an identity number finds nobody."""
    if not given:
        return None
    try:
        return crypto.blind_index(numbers.identity_number(given).text, purpose="identity")
    except IdentityNumberMalformed:
        return b""


def opened(row: Row, column: str) -> str | None:
    """Open one sealed number of a person's row, to be masked or told under audit."""
    sealed = row[column]
    if sealed is None:
        return None
    return crypto.unseal(bytes(sealed), table="membership_person", column=column, row=row["id"])
