"""What a command acts upon: found, locked and told to policy in one place."""

from typing import Any
from uuid import UUID

from domains.kernel import database
from domains.kernel.database import Row
from domains.kernel.errors import NotFound, VersionConflict
from domains.membership.policy import Bond, Party, Place, Someone
from domains.membership.values import AreaKind

_AREA = """
SELECT a.id, a.kind, a.code, a.name, a.path, community.id AS community_id
FROM membership_area a
LEFT JOIN membership_area community
  ON community.path = ANY (membership_prefixes(a.path)) AND community.kind = 'community'
WHERE a.id = $1
"""
_HOUSEHOLD = """
SELECT h.*, a.path, community.id AS community_id
FROM membership_household h
JOIN membership_area a ON a.id = h.area_id
LEFT JOIN membership_area community
  ON community.path = ANY (membership_prefixes(a.path)) AND community.kind = 'community'
WHERE h.id = $1
FOR UPDATE OF h
"""
_PERSON = "SELECT * FROM membership_person WHERE id = $1 FOR UPDATE"
_PLACES_OF_PERSON = """
SELECT DISTINCT a.path, community.id AS community_id
FROM membership_residency r
JOIN membership_household h ON h.id = r.household_id
JOIN membership_area a ON a.id = h.area_id
LEFT JOIN membership_area community
  ON community.path = ANY (membership_prefixes(a.path)) AND community.kind = 'community'
WHERE r.person_id = $1 AND r.state IN ('claimed', 'verified')
ORDER BY a.path
"""
_RESIDENCY = """
SELECT r.*, a.path, community.id AS community_id
FROM membership_residency r
JOIN membership_household h ON h.id = r.household_id
JOIN membership_area a ON a.id = h.area_id
LEFT JOIN membership_area community
  ON community.path = ANY (membership_prefixes(a.path)) AND community.kind = 'community'
WHERE r.id = $1
FOR UPDATE OF r
"""
_ORGANISATION = """
SELECT o.*, a.path, community.id AS community_id
FROM membership_organisation o
JOIN membership_area a ON a.id = o.area_id
LEFT JOIN membership_area community
  ON community.path = ANY (membership_prefixes(a.path)) AND community.kind = 'community'
WHERE o.id = $1
FOR UPDATE OF o
"""


async def _found(sql: str, row_id: UUID, path: tuple[str, ...]) -> Row:
    row = await database.fetch_one(sql, row_id)
    if row is None:
        raise NotFound(path=path)
    return row


async def area(area_id: UUID, *, path: tuple[str, ...]) -> tuple[Row, Place]:
    """Return an area and where it lies; raises NotFound."""
    row = await _found(_AREA, area_id, path)
    return row, Place(area_path=row["path"], kind=AreaKind(row["kind"]))


async def household(household_id: UUID, *, path: tuple[str, ...]) -> tuple[Row, Place]:
    """Lock a household; raises NotFound."""
    row = await _found(_HOUSEHOLD, household_id, path)
    return row, Place(area_path=row["path"], kind=AreaKind.BUILDING)


async def person(person_id: UUID, *, path: tuple[str, ...]) -> tuple[Row, Someone, UUID | None]:
    """Lock a person; return the row, where they live, and the first community; raises NotFound."""
    row = await _found(_PERSON, person_id, path)
    places = await database.fetch(_PLACES_OF_PERSON, person_id)
    target = Someone(person_id=person_id, area_paths=tuple(each["path"] for each in places))
    return row, target, places[0]["community_id"] if places else None


async def residency(residency_id: UUID, *, path: tuple[str, ...]) -> tuple[Row, Bond]:
    """Lock a residency; raises NotFound."""
    row = await _found(_RESIDENCY, residency_id, path)
    return row, Bond(area_path=row["path"], person_id=row["person_id"])


async def organisation(organisation_id: UUID, *, path: tuple[str, ...]) -> tuple[Row, Party]:
    """Lock an organisation; raises NotFound."""
    row = await _found(_ORGANISATION, organisation_id, path)
    return row, Party(area_path=row["path"], organisation_id=organisation_id)


def require_version(row: Row, expected: int) -> None:
    """Refuse where the row has changed since the caller read it."""
    version: Any = row["version"]
    if version != expected:
        raise VersionConflict(path=("input", "expectedVersion"), version=version)
