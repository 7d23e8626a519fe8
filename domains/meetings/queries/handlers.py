"""Who acts on a matter, and for which bodies somebody speaks: for commands, whoever asks."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.meetings.policy.places import LEADING
from domains.meetings.values.issues import HandlerKind
from domains.membership.queries import organisations, people, places, roles
from domains.membership.values import OrganisationKind

_OF_ISSUE = """
SELECT handler_id FROM meetings_assignment WHERE issue_id = $1 AND state <> 'withdrawn'
UNION
SELECT organisation_id FROM meetings_whistle WHERE issue_id = $1 AND state <> 'withdrawn'
"""
_LED = """
SELECT body_id FROM meetings_seat
WHERE person_id = $1 AND ended_at IS NULL AND office = ANY ($2)
"""
_BODY = "SELECT area_path FROM meetings_body WHERE id = $1 AND dissolved_at IS NULL"
_BODIES = "SELECT id, name, area_path FROM meetings_body WHERE id = ANY ($1)"


async def of_issue(issue_id: UUID) -> frozenset[UUID]:
    """Return the persons, bodies and organisations that an issue was given to."""
    rows = await database.fetch(_OF_ISSUE, issue_id)
    return frozenset(row["handler_id"] for row in rows)


async def bodies_led_by(person_id: UUID | None) -> frozenset[UUID]:
    """Return the bodies for which somebody speaks."""
    if person_id is None:
        return frozenset()
    rows = await database.fetch(_LED, person_id, sorted(LEADING))
    return frozenset(row["body_id"] for row in rows)


async def is_fit(kind: HandlerKind, handler_id: UUID, *, area_path: str) -> bool:
    """Whether a matter of the area can be given to them: they are there, and belong to it."""
    match kind:
        case HandlerKind.PERSON:
            return await _holds_something(handler_id, area_path)
        case HandlerKind.BODY:
            path = await database.fetch_value(_BODY, handler_id)
            return path is not None and area_path.startswith(path)
        case HandlerKind.ORGANISATION:
            return await organisation_fits(handler_id, area_path=area_path)


async def _holds_something(person_id: UUID, area_path: str) -> bool:
    return any(
        grant.area_path is not None
        and (area_path.startswith(grant.area_path) or grant.area_path.startswith(area_path))
        for grant in await roles.grants_of(person_id)
    )


async def organisation_fits(
    organisation_id: UUID, *, area_path: str, kind: OrganisationKind | None = None
) -> bool:
    """Whether an organisation works where the matter lies, and is of the kind asked for."""
    row = (await organisations.organisations_by_id(Actor(None), [organisation_id]))[0]
    if row is None or row["dissolved_on"] is not None:
        return False
    place = await places.place_of(row["area_id"])
    assert place is not None, "an organisation's area is never removed"
    near = area_path.startswith(place.area_path) or place.area_path.startswith(area_path)
    return near and (kind is None or row["kind"] == kind)


Handler = tuple[str, UUID]


async def names(actor: Actor, handlers: Sequence[Handler]) -> list[str | None]:
    """Batch: what bodies and organisations are called, and people as far as the actor knows."""
    wanted: dict[str, list[UUID]] = {each.value: [] for each in HandlerKind}
    for kind, handler_id in handlers:
        wanted[kind].append(handler_id)
    found: dict[Handler, str] = {}
    if wanted["body"]:
        for row in await database.fetch(_BODIES, wanted["body"]):
            found["body", row["id"]] = row["name"]
    if wanted["organisation"]:
        ids = wanted["organisation"]
        _keep(found, "organisation", await organisations.organisations_by_id(actor, ids))
    if wanted["person"]:
        known = await people.people_by_id(actor, wanted["person"])
        whole = [row for row in known if row and (row["known"] or row["named"])]
        _keep(found, "person", whole)
    return [found.get(each) for each in handlers]


def _keep(found: dict[Handler, str], kind: str, rows: Sequence[Row | None]) -> None:
    found.update({(kind, row["id"]): row["name"] for row in rows if row is not None})
