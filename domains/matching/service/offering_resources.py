"""Resources: offered, looked at by staff, available while they are valid, withdrawn."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from domains.kernel import clock, database, idempotency, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import DomainError, InvalidInput, NotFound
from domains.matching import policy
from domains.matching.errors.resources import (
    ResourceOfferedTwice,
    ResourceStateUnfit,
    ResourceStillHeld,
    ResourceWindowUnsound,
    VerifierOffered,
)
from domains.matching.events.resources import (
    ResourceExpired,
    ResourceOffered,
    ResourceRefused,
    ResourceVerified,
    ResourceWithdrawn,
)
from domains.matching.policy import ResourcePlace
from domains.matching.rules.project_procedure import ProjectProcedure
from domains.matching.service import holding
from domains.matching.values.funds import MOST_FEN
from domains.matching.values.resources import FEN, ResourceKind, ResourceState
from domains.membership.queries import electorate
from domains.volunteering.service.shared import line
from domains.volunteering.values.volunteers import ServiceClass

MOST_WINDOWS = 100
LONGEST_VALIDITY = timedelta(days=3 * 366)
_INSERT = """
INSERT INTO matching_resource
    (id, area_id, area_path, kind, state, service_class, title, content, person_id,
     organisation_id, organisation_name, offered_by_id, quantity, unit, purpose, valid_from,
     valid_until, place, latitude_e6, longitude_e6, proof_upload_id, offered_at, changed_by_id)
VALUES ($1, $2, $3, $4, 'offered', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
        $18, $19, $20, kernel_now(), $11)
"""
_WINDOW = "INSERT INTO matching_resource_window VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_STANDING = """
SELECT number FROM matching_resource
WHERE coalesce(person_id, organisation_id) = $1 AND area_id = $2 AND kind = $3
  AND lower(title) = lower($4) AND state NOT IN ('refused', 'withdrawn', 'expired')
"""
_JUDGE = """
UPDATE matching_resource SET state = $2, judged_by_id = $3, judged_at = kernel_now(),
    reason = $4, changed_by_id = $3, version = version + 1
WHERE id = $1
"""
_AVAILABLE = """
UPDATE matching_resource SET state = 'available', changed_by_id = NULL, version = version + 1
WHERE id = $1 AND valid_from <= (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
"""
_WITHDRAW = """
UPDATE matching_resource SET state = 'withdrawn', reason = $2, changed_by_id = $3,
    version = version + 1
WHERE id = $1
"""
_HELD = """
SELECT EXISTS (SELECT FROM matching_reservation
               WHERE resource_id = $1 AND state IN ('reserved', 'committed', 'delivered'))
"""


@dataclass(frozen=True, slots=True)
class ResourceDraft:
    """What is offered, by whom, how much of it, from when to when, and where."""

    area_id: UUID
    kind: ResourceKind
    title: str
    content: str
    quantity: int
    unit: str
    valid_from: date
    valid_until: date
    place: str
    organisation_id: UUID | None = None
    person_id: UUID | None = None
    service_class: ServiceClass | None = None
    purpose: str | None = None
    windows: tuple[tuple[datetime, datetime], ...] = ()
    position: tuple[int, int] | None = None
    proof_id: UUID | None = None


async def offer_resource(
    actor: Actor, draft: ResourceDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Offer something, for staff to look at; one's own unless an organisation or person is named.

    Raises NotFound, ResourceOfferedTwice, ResourceWindowUnsound, PlaceOutsideArea,
    AppealInText, InvalidInput.
    """
    async with transaction():
        place = await holding.place_in(draft.area_id)
        person_id = draft.person_id if draft.organisation_id is None else None
        if draft.organisation_id is None and person_id is None:
            person_id = actor.person_id
        target = ResourcePlace(
            place.area_path, person_id=person_id, organisation_id=draft.organisation_id
        )
        require(policy.AUTHORITY, "offerResource", actor, target)
        earlier = await idempotency.claim(actor, idempotency_key, "offerResource", asdict(draft))
        if earlier is not None:
            return UUID(earlier["resource"]), True
        resource_id = await _offered(actor, draft, place.area_path, person_id)
        await outbox.record(ResourceOffered(resource_id, place.area_path))
        await idempotency.settle(actor, idempotency_key, {"resource": str(resource_id)})
        await holding.told(
            actor,
            "offerResource",
            area_id=draft.area_id,
            subject=("resource", resource_id),
            details={"kind": draft.kind.value, "quantity": draft.quantity},
        )
        return resource_id, False


async def _offered(
    actor: Actor, draft: ResourceDraft, area_path: str, person_id: UUID | None
) -> UUID:
    procedure = await holding.procedure_in(draft.area_id)
    await _require_sound(draft)
    organisation = None
    if draft.organisation_id is not None:
        organisation = await holding.organisation_named(actor, draft.organisation_id, area_path)
    elif person_id != actor.person_id:
        await _require_known(person_id, area_path)
    proof = draft.proof_id and await holding.require_proof(
        actor, draft.proof_id, path=("input", "proofId")
    )
    title = holding.public_text(draft.title, procedure, path=("input", "title"), longest=80)
    owner = draft.organisation_id or person_id
    number = await database.fetch_value(_STANDING, owner, draft.area_id, draft.kind, title)
    if number is not None:
        raise ResourceOfferedTwice(path=("input", "title"), number=number)
    resource_id = database.new_id()

    def offered_twice() -> DomainError:
        return ResourceOfferedTwice(path=("input", "title"), number="?")

    async with holding.refusing({"matching_resource_once": offered_twice}):
        await database.execute(
            _INSERT,
            *(resource_id, draft.area_id, area_path, draft.kind, draft.service_class, title),
            holding.public_text(draft.content, procedure, path=("input", "content"), longest=2000),
            *(person_id, draft.organisation_id, organisation, actor.person_id),
            *(draft.quantity, _unit(draft, procedure), _purpose(draft, procedure)),
            *(draft.valid_from, draft.valid_until),
            holding.public_text(draft.place, procedure, path=("input", "place"), longest=120),
            *holding.point(draft.position, procedure.bounds),
            proof or None,
        )
    for starts_at, ends_at in draft.windows:
        await database.execute(_WINDOW, resource_id, starts_at, ends_at)
    return resource_id


async def _require_sound(draft: ResourceDraft) -> None:
    holding.whole(draft.quantity, path=("input", "quantity"), most=MOST_FEN)
    if not (
        draft.valid_from <= draft.valid_until <= draft.valid_from + LONGEST_VALIDITY
        and draft.valid_until >= await clock.today()
    ):
        raise InvalidInput(
            path=("input", "validUntil"),
            zh="有效期须自今日起未过期、先起后止,且不超过三年。",
            en="It is valid from one day to a later one, not over yet, within three years.",
        )
    forward = all(starts_at < ends_at for starts_at, ends_at in draft.windows)
    needed = draft.kind is ResourceKind.VENUE
    if not forward or len(draft.windows) > MOST_WINDOWS or (needed and not draft.windows):
        raise ResourceWindowUnsound(path=("input", "windows"), most=MOST_WINDOWS)


async def _require_known(person_id: UUID | None, area_path: str) -> None:
    assert person_id is not None, "somebody offers it"
    known = await electorate.known_in(area_path, await clock.today(), person_id)
    if known is None or not known["was_ever_bound"]:
        raise NotFound(path=("input", "personId"))


def _unit(draft: ResourceDraft, procedure: ProjectProcedure) -> str:
    if draft.kind is ResourceKind.MONEY:
        return FEN
    return holding.public_text(
        draft.unit, procedure, path=("input", "unit"), longest=20, shortest=1
    )


def _purpose(draft: ResourceDraft, procedure: ProjectProcedure) -> str | None:
    if draft.kind is not ResourceKind.MONEY:
        return None
    given = draft.purpose or ""
    return holding.public_text(given, procedure, path=("input", "purpose"), longest=500)


async def verify_resource(
    actor: Actor, resource_id: UUID, *, accepted: bool, reason: str = ""
) -> UUID:
    """Say after a look whether it is as offered; what is valid already is available at once.

    Raises VerifierOffered, ResourceStateUnfit, and InvalidInput for a refusal without a reason.
    """
    async with transaction():
        resource = await holding.hold_resource(actor, resource_id, "verifyResource")
        if actor.person_id in {resource["offered_by_id"], resource["person_id"]}:
            raise VerifierOffered(path=("input", "resourceId"))
        _require_state(resource, ResourceState.OFFERED)
        said = line(reason, path=("input", "reason"), longest=200, shortest=0 if accepted else 2)
        state = ResourceState.VERIFIED if accepted else ResourceState.REFUSED
        await database.execute(_JUDGE, resource_id, state, actor.person_id, said)
        event = ResourceVerified if accepted else ResourceRefused
        await outbox.record(event(resource_id, resource["area_path"]))
        if accepted:
            await database.execute(_AVAILABLE, resource_id)
        await holding.told(
            actor,
            "verifyResource",
            area_id=resource["area_id"],
            subject=("resource", resource_id),
            details={"state": state.value},
        )
    return resource_id


async def withdraw_resource(actor: Actor, resource_id: UUID, *, reason: str) -> UUID:
    """Offer it no more; raises ResourceStillHeld while something is kept of it."""
    async with transaction():
        resource = await holding.hold_resource(actor, resource_id, "withdrawResource")
        if await database.fetch_value(_HELD, resource_id):
            raise ResourceStillHeld(path=("input", "resourceId"))
        _require_state(
            resource, ResourceState.OFFERED, ResourceState.VERIFIED, ResourceState.AVAILABLE
        )
        said = line(reason, path=("input", "reason"), longest=200)
        await database.execute(_WITHDRAW, resource_id, said, actor.person_id)
        await outbox.record(ResourceWithdrawn(resource_id, resource["area_path"]))
        await holding.told(
            actor,
            "withdrawResource",
            area_id=resource["area_id"],
            subject=("resource", resource_id),
        )
    return resource_id


def _require_state(resource: Row, *states: ResourceState) -> None:
    if resource["state"] not in states:
        raise ResourceStateUnfit(path=("input", "resourceId"), state=resource["state"])


_BEGINNING = """
SELECT id FROM matching_resource
WHERE state = 'verified' AND valid_from <= (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
ORDER BY valid_from LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_ENDING = """
SELECT id, area_path FROM matching_resource
WHERE state IN ('offered', 'verified', 'available')
  AND valid_until < (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
ORDER BY valid_until LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_EXPIRE = """
UPDATE matching_resource SET state = 'expired', changed_by_id = NULL, version = version + 1
WHERE id = $1
"""


async def make_available() -> UUID | None:
    """Make one verified resource available whose first day has come."""
    async with transaction():
        resource_id: UUID | None = await database.fetch_value(_BEGINNING)
        if resource_id is not None:
            await database.execute(_AVAILABLE, resource_id)
        return resource_id


async def expire_resource() -> UUID | None:
    """End one resource whose last day is over; what is committed of it stays so."""
    async with transaction():
        row = await database.fetch_one(_ENDING)
        if row is None:
            return None
        await database.execute(_EXPIRE, row["id"])
        await outbox.record(ResourceExpired(row["id"], row["area_path"]))
        resource_id: UUID = row["id"]
        return resource_id
