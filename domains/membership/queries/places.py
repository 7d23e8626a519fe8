"""Where an area lies: what other domains need to judge authority and to keep their records."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.membership.values import AreaKind

_PLACE = """
SELECT a.id, a.path, a.kind, community.id AS community_id
FROM membership_area a
LEFT JOIN membership_area community
  ON community.path = ANY (membership_prefixes(a.path)) AND community.kind = 'community'
WHERE a.id = $1
"""


@dataclass(frozen=True, slots=True)
class AreaPlace:
    """An area by its path; `community_id` is its community, or None above one."""

    area_id: UUID
    area_path: str
    kind: AreaKind
    community_id: UUID | None


async def place_of(area_id: UUID) -> AreaPlace | None:
    """Return where an area lies, whoever asks; None where there is none."""
    row = await database.fetch_one(_PLACE, area_id)
    if row is None:
        return None
    return AreaPlace(row["id"], row["path"], AreaKind(row["kind"]), row["community_id"])
