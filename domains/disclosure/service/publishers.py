"""Commands over bodies that publish, and who does what for them."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from domains.disclosure import policy
from domains.disclosure.errors import BodyRegistered, BodyUnfit, OfficerAppointed
from domains.disclosure.rules import personal, texts
from domains.disclosure.service import checking, papers
from domains.disclosure.values import OfficerPart, PublisherKind
from domains.kernel import audit, database, idempotency
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.membership.queries import organisations, people, places
from domains.membership.queries.places import AreaPlace
from domains.membership.values import AreaKind, OrganisationKind

MOST_CONTACTS = 10

_FIND = """
SELECT id, kind, name, area_id, area_path, community_id, organisation_id, ended_at, contacts
FROM disclosure_publisher
WHERE kind = 'community' AND area_id = $1 AND organisation_id IS NULL AND ended_at IS NULL
"""
_FOUND = """
INSERT INTO disclosure_publisher
    (id, kind, name, area_id, area_path, community_id, organisation_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, kernel_now()) ON CONFLICT DO NOTHING
"""
_WITHOUT_BODY = """
SELECT a.id, a.path, a.name FROM membership_area a
WHERE a.kind = 'community' AND NOT EXISTS (
    SELECT FROM disclosure_publisher p
    WHERE p.kind = 'community' AND p.area_id = a.id AND p.organisation_id IS NULL)
ORDER BY a.id LIMIT 200
"""
_BODY = """
SELECT c.id, c.path, c.name FROM membership_area a
JOIN membership_area c ON c.id = coalesce((
    SELECT up.id FROM membership_area up
    WHERE up.path = ANY (membership_prefixes(a.path)) AND up.kind = 'community'), a.id)
WHERE a.id = $1
"""
_END = """
UPDATE disclosure_publisher SET ended_at = kernel_now() WHERE id = $1 AND ended_at IS NULL
"""
_CONTACTS = "UPDATE disclosure_publisher SET contacts = $2 WHERE id = $1"
_APPOINT = """
INSERT INTO disclosure_officer (id, publisher_id, person_id, part, appointed_by_id, appointed_at)
VALUES ($1, $2, $3, $4, $5, kernel_now())
"""
_DISMISS = """
UPDATE disclosure_officer SET dismissed_at = kernel_now(), dismissed_by_id = $4
WHERE publisher_id = $1 AND person_id = $2 AND part = $3 AND dismissed_at IS NULL
"""
# What a body of these kinds is in the register of organisations.
_ORGANISED = {
    PublisherKind.DEPARTMENT: OrganisationKind.DEPARTMENT,
    PublisherKind.OWNERS_COMMITTEE: OrganisationKind.OWNERS_COMMITTEE,
    PublisherKind.PROPERTY_COMPANY: OrganisationKind.PROPERTY_COMPANY,
}


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


async def found_community_bodies() -> int:
    """Give communities that never had a body of their own one, up to 200; returns how many.

    Nobody need register what every community has. One that was ended is not founded again.
    """
    async with transaction():
        rows = await database.fetch(_WITHOUT_BODY)
        return sum(
            [
                await database.execute(
                    _FOUND,
                    *(database.new_id(), PublisherKind.COMMUNITY, row["name"]),
                    *(row["id"], row["path"], row["id"], None),
                )
                for row in rows
            ]
        )


async def register_publisher(
    actor: Actor,
    area_id: UUID,
    *,
    kind: PublisherKind,
    name: str,
    organisation_id: UUID | None,
    idempotency_key: UUID,
) -> tuple[UUID, bool]:
    """Register a body that publishes over an area; returns its id and whether this was a replay.

    Raises BodyUnfit where a community's body is elsewhere than in a community, or an organised
    body's organisation is none of its kind, in its area or above; BodyRegistered.
    """
    name = texts.line(name, path=("input", "name"), longest=100)
    checking.require_impersonal(name=name)
    async with transaction():
        place = await places.place_of(area_id)
        if place is None:
            raise NotFound(path=("input", "areaId"))
        require(policy.AUTHORITY, "registerPublisher", actor, place)
        given = {"area": area_id, "kind": kind, "name": name, "organisation": organisation_id}
        earlier = await idempotency.claim(actor, idempotency_key, "registerPublisher", given)
        if earlier is not None:
            return UUID(earlier["publisher"]), True
        await _require_fit(actor, place, kind, organisation_id)
        publisher_id = database.new_id()
        values = (publisher_id, kind, name, area_id, place.area_path, place.community_id)
        if not await database.execute(_FOUND, *values, organisation_id):
            raise BodyRegistered(path=("input", "kind"))
        await idempotency.settle(actor, idempotency_key, {"publisher": str(publisher_id)})
        await audit.record(
            actor,
            command="registerPublisher",
            chain=place.community_id,
            subject=("publisher", publisher_id),
            details={"kind": kind.value},
        )
    return publisher_id, False


async def _require_fit(
    actor: Actor, place: AreaPlace, kind: PublisherKind, organisation_id: UUID | None
) -> None:
    organised = _ORGANISED.get(kind)
    if organised is None:
        if organisation_id is not None or (
            kind is PublisherKind.COMMUNITY and place.kind is not AreaKind.COMMUNITY
        ):
            raise BodyUnfit(path=("input", "organisationId"))
        return
    if organisation_id is None:
        raise BodyUnfit(path=("input", "organisationId"))
    row = (await organisations.organisations_by_id(actor, [organisation_id]))[0]
    if row is None:
        raise NotFound(path=("input", "organisationId"))
    seat = await places.place_of(row["area_id"])
    assert seat is not None, "an organisation lies in an area"
    near = place.area_path.startswith(seat.area_path) or seat.area_path.startswith(place.area_path)
    if row["kind"] != organised or row["dissolved_on"] is not None or not near:
        raise BodyUnfit(path=("input", "organisationId"))


async def end_publisher(actor: Actor, publisher_id: UUID) -> None:
    """End a body: what it published stays and can be put right; it publishes nothing new."""
    async with transaction():
        standing = await papers.body_of(actor, publisher_id, path=("input", "publisherId"))
        require(policy.AUTHORITY, "endPublisher", actor, standing.body)
        if await database.execute(_END, publisher_id):
            await _told(actor, standing.publisher, "endPublisher", {})


async def set_contacts(actor: Actor, publisher_id: UUID, contacts: Sequence[str]) -> None:
    """Declare how a body is reached, all of it at once: its disclosures may say these.

    Raises InvalidInput for what is no telephone number or e-mail address, and for more than ten.
    """
    async with transaction():
        standing = await papers.body_of(actor, publisher_id, path=("input", "publisherId"))
        require(policy.AUTHORITY, "setPublisherContacts", actor, standing.body)
        spelt = [personal.contact(each[:100]) for each in contacts]
        if len(spelt) > MOST_CONTACTS or None in spelt:
            raise InvalidInput(
                path=("input", "contacts"),
                zh=f"须为电话号码或电子邮箱,最多 {MOST_CONTACTS} 个。",
                en=f"Telephone numbers and e-mail addresses, {MOST_CONTACTS} at most.",
            )
        await database.execute(_CONTACTS, publisher_id, sorted({each for each in spelt if each}))
        await _told(
            actor, standing.publisher, "setPublisherContacts", {"contacts": str(len(spelt))}
        )


async def appoint_officer(
    actor: Actor, publisher_id: UUID, *, person_id: UUID, part: OfficerPart
) -> None:
    """Give somebody a part in a body. Raises OfficerAppointed where they have it."""
    async with transaction():
        standing = await papers.body_of(actor, publisher_id, path=("input", "publisherId"))
        require(policy.AUTHORITY, "appointPublisherOfficer", actor, standing.body)
        if (await people.people_by_id(actor, [person_id]))[0] is None:
            raise NotFound(path=("input", "personId"))
        try:
            await database.execute(
                _APPOINT, database.new_id(), publisher_id, person_id, part, actor.person_id
            )
        except asyncpg.UniqueViolationError:
            raise OfficerAppointed(path=("input", "personId")) from None
        details = {"person": str(person_id), "part": part.value}
        await _told(actor, standing.publisher, "appointPublisherOfficer", details)


async def dismiss_officer(
    actor: Actor, publisher_id: UUID, *, person_id: UUID, part: OfficerPart
) -> None:
    """Take somebody's part in a body back. Raises NotFound where they have none."""
    async with transaction():
        standing = await papers.body_of(actor, publisher_id, path=("input", "publisherId"))
        require(policy.AUTHORITY, "dismissPublisherOfficer", actor, standing.body)
        if not await database.execute(_DISMISS, publisher_id, person_id, part, actor.person_id):
            raise NotFound(path=("input", "personId"))
        details = {"person": str(person_id), "part": part.value}
        await _told(actor, standing.publisher, "dismissPublisherOfficer", details)


async def _told(actor: Actor, publisher: Row, command: str, details: dict[str, str]) -> None:
    await audit.record(
        actor,
        command=command,
        chain=publisher["community_id"],
        subject=("publisher", publisher["id"]),
        details=details,
    )
