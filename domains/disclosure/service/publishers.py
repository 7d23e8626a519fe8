"""Commands over bodies that publish, and who does what for them."""

from domains.disclosure.values import PublisherKind
from domains.kernel import database
from domains.kernel.database import Row
from domains.membership.queries.places import AreaPlace

_FIND = """
SELECT id, kind, name, area_id, area_path, community_id, organisation_id, ended_at
FROM disclosure_publisher
WHERE kind = 'community' AND area_id = $1 AND organisation_id IS NULL AND ended_at IS NULL
"""
_FOUND = """
INSERT INTO disclosure_publisher
    (id, kind, name, area_id, area_path, community_id, organisation_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, kernel_now()) ON CONFLICT DO NOTHING
"""
_BODY = """
SELECT c.id, c.path, c.name FROM membership_area a
JOIN membership_area c ON c.id = coalesce((
    SELECT up.id FROM membership_area up
    WHERE up.path = ANY (membership_prefixes(a.path)) AND up.kind = 'community'), a.id)
WHERE a.id = $1
"""


async def community_body(place: AreaPlace) -> Row:
    """Return the community's own body for an area in it, founded where it is first needed.

    Runs inside an open transaction. Above a community, the area's own body.
    """
    database.require_open_transaction()
    area = await database.fetch_one(_BODY, place.area_id)
    assert area is not None, "an area is never removed"
    row = await database.fetch_one(_FIND, area["id"])
    if row is None:
        await database.execute(
            _FOUND,
            *(database.new_id(), PublisherKind.COMMUNITY, area["name"], area["id"], area["path"]),
            *(place.community_id, None),
        )
        row = await database.fetch_one(_FIND, area["id"])
    assert row is not None, "a body that was founded is found"
    return row
