"""Disclosures of facts of other domains: what was decided there is public here as it stands."""

from datetime import date
from uuid import UUID

from domains.disclosure.rules import texts
from domains.disclosure.service import checking, publishers, publishing
from domains.disclosure.values import Affair, DisclosureKind
from domains.kernel import database
from domains.membership.queries import places

_STANDING = "SELECT id FROM disclosure_disclosure WHERE source_kind = $1 AND source_id = $2"
_INSERT = """
INSERT INTO disclosure_disclosure
    (id, area_id, area_path, community_id, publisher_id, kind, affair, item_id, item_code,
     state, source_kind, source_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'draft', $10, $11, kernel_now())
ON CONFLICT DO NOTHING
"""
_VERSION = """
INSERT INTO disclosure_version
    (id, disclosure_id, number, change, state, title, body_html, body_text, occurred_on, sourced,
     created_at)
VALUES ($1, $2, 1, 'first', 'draft', $3, $4, $5, $6, true, kernel_now())
"""
_TARGET = "INSERT INTO disclosure_target (disclosure_id, area_id, area_path) VALUES ($1, $2, $3)"
_COVER = "INSERT INTO disclosure_cover (disclosure_id, obligation_id) VALUES ($1, $2)"
_TAG = "INSERT INTO disclosure_tag (disclosure_id, tag) VALUES ($1, $2) ON CONFLICT DO NOTHING"
# The duty of the item whose period or occurrence holds the day, the one that is due first.
_DUTY = """
SELECT o.id, o.item_id FROM disclosure_obligation o
WHERE o.community_id = $1 AND o.code = $2 AND o.met_at IS NULL AND o.state IN ('pending', 'late')
  AND o.period_start <= coalesce($3, (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date)
ORDER BY o.due_at LIMIT 1 FOR UPDATE
"""
_DISCLOSURE = "SELECT * FROM disclosure_disclosure WHERE id = $1 FOR UPDATE"
_VERSION_OF = "SELECT * FROM disclosure_version WHERE id = $1 FOR UPDATE"


async def disclose(
    *,
    source: tuple[str, UUID],
    area_id: UUID,
    kind: DisclosureKind,
    title: str,
    body: str,
    affair: Affair | None = None,
    item_code: str | None = None,
    tags: tuple[str, ...] = (),
    occurred_on: date | None = None,
) -> UUID:
    """Write and publish a disclosure of a fact of another domain, once a source; returns its id.

    Runs inside the relay's (or a command's) open transaction. `body` is HTML of the small part
    that texts may have, `texts.paragraphs` makes it of plain text. A structured disclosure has
    an affair; with an item's code it meets the duty of that item that is due first. Raises
    PersonalDataInText and InvalidInput where everybody could not read it.
    """
    database.require_open_transaction()
    assert (kind is DisclosureKind.STRUCTURED) == (affair is not None), "structured: of an affair"
    standing: UUID | None = await database.fetch_value(_STANDING, *source)
    if standing is not None:
        return standing
    title, (body_html, body_text) = texts.title(title), texts.body(body)
    place = await places.place_of(area_id)
    assert place is not None, "what another domain tells of lies in an area"
    publisher = await publishers.community_body(place)
    checking.require_all_impersonal(
        {("input", "title"): title, ("input", "body"): texts.read_of(body_html, body_text)},
        contacts=publisher["contacts"],
    )
    duty = None
    if item_code is not None and place.community_id is not None:
        duty = await database.fetch_one(_DUTY, place.community_id, item_code, occurred_on)
    disclosure_id, version_id = database.new_id(), database.new_id()
    made = await database.execute(
        _INSERT,
        *(disclosure_id, place.area_id, place.area_path, place.community_id, publisher["id"]),
        *(kind, affair, duty and duty["item_id"], item_code if duty else None),
        *source,
    )
    if not made:
        return UUID(str(await database.fetch_value(_STANDING, *source)))
    await database.execute(
        _VERSION, version_id, disclosure_id, title, body_html, body_text, occurred_on
    )
    await database.execute(_TARGET, disclosure_id, place.area_id, place.area_path)
    if duty is not None:
        await database.execute(_COVER, disclosure_id, duty["id"])
    for tag in tags:
        await database.execute(_TAG, disclosure_id, tag)
    disclosure = await database.fetch_one(_DISCLOSURE, disclosure_id)
    version = await database.fetch_one(_VERSION_OF, version_id)
    assert disclosure is not None
    assert version is not None
    await publishing.make_public(disclosure, version)
    return disclosure_id
