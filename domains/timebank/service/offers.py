"""What minutes are honoured with: published by who keeps the time bank, within a stock."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel import audit, clock, database, idempotency, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.membership.rules import texts
from domains.membership.values import AreaKind
from domains.timebank import policy
from domains.timebank.errors import MinutesOutOfRange, NotRedeemable, OfferClosed, StockTooSmall
from domains.timebank.events import OfferPublished
from domains.timebank.policy import OfferPlace
from domains.timebank.service import queue, schemes
from domains.timebank.values import MOST_MINUTES, OfferKind

MOST_STOCK = 1_000_000
_ORGANISATION = """
SELECT EXISTS (SELECT FROM membership_organisation o JOIN membership_area a ON a.id = o.area_id
               WHERE o.id = $1 AND o.dissolved_on IS NULL
                 AND (starts_with(a.path, $2) OR starts_with($2, a.path)))
"""
_PUBLISH = """
INSERT INTO timebank_offer (id, community_id, area_path, kind, title, description, minutes, stock,
                            organisation_id, allots_at, allotted_at, published_by, published_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::timestamptz,
        CASE WHEN $10::timestamptz IS NULL THEN kernel_now() END, $11, kernel_now())
"""
_STOCK = "UPDATE timebank_offer SET stock = $2 WHERE id = $1"
_CLOSE = "UPDATE timebank_offer SET closed_at = kernel_now() WHERE id = $1 AND closed_at IS NULL"
_DUE = """
SELECT id FROM timebank_offer WHERE allotted_at IS NULL AND allots_at <= kernel_now()
ORDER BY allots_at LIMIT 1
"""
_ALLOTTED = """
UPDATE timebank_offer SET allotted_at = kernel_now() WHERE id = $1 AND allotted_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class OfferDraft:
    """What is offered, for how many minutes, how many times, by whom.

    Until `allots_at` all who ask wait in the queue; then it is allotted by need. Without it
    what is there goes to who asks, and only the rest is queued.
    """

    kind: OfferKind
    title: str
    description: str
    minutes: int
    stock: int | None = None
    organisation_id: UUID | None = None
    allots_at: datetime | None = None


async def publish_offer(
    actor: Actor, community_id: UUID, draft: OfferDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Offer something for minutes; raises NotRedeemable, MinutesOutOfRange, InvalidInput."""
    async with transaction():
        place = await schemes.place_of(community_id)
        require(policy.AUTHORITY, "publishTimeOffer", actor, place)
        if place is None or place.kind is not AreaKind.COMMUNITY:
            raise NotFound(path=("input", "communityId"))
        given = {"community": community_id, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "publishTimeOffer", given)
        if earlier is not None:
            return UUID(earlier["offer"]), True
        await _require_sound(draft, place.area_path, community_id)
        offer_id = database.new_id()
        await database.execute(
            _PUBLISH,
            *(offer_id, community_id, place.area_path, draft.kind),
            texts.line(draft.title, path=("input", "title"), longest=80),
            texts.line(draft.description, path=("input", "description"), longest=2000),
            *(draft.minutes, draft.stock, draft.organisation_id, draft.allots_at),
            actor.person_id,
        )
        await outbox.record(OfferPublished(offer_id, community_id))
        await idempotency.settle(actor, idempotency_key, {"offer": str(offer_id)})
        await _audit(actor, "publishTimeOffer", community_id, offer_id)
        return offer_id, False


async def change_stock(actor: Actor, offer_id: UUID, *, stock: int | None) -> None:
    """Say how many there are; None for as many as are asked for. Raises StockTooSmall."""
    async with transaction():
        offer = await judged(actor, "changeTimeOfferStock", offer_id)
        if offer["closed_at"] is not None:
            raise OfferClosed
        _require_stock(stock)
        if stock is not None and stock < offer["taken"]:
            raise StockTooSmall(path=("input", "stock"), taken=offer["taken"])
        await database.execute(_STOCK, offer_id, stock)
        await queue.serve(offer_id)
        await _audit(actor, "changeTimeOfferStock", offer["community_id"], offer_id)


async def close_offer(actor: Actor, offer_id: UUID) -> None:
    """Take an offer off; who waits is told, what is held is still honoured."""
    async with transaction():
        offer = await judged(actor, "closeTimeOffer", offer_id)
        if await database.execute(_CLOSE, offer_id):
            await queue.dismiss(offer_id)
            await _audit(actor, "closeTimeOffer", offer["community_id"], offer_id)


async def allot_due_offer() -> UUID | None:
    """Allot one offer whose time has come to those who asked, by need."""
    async with transaction():
        found: UUID | None = await database.fetch_value(_DUE)
        if found is None:
            return None
        await queue.locked(found)
        if await database.execute(_ALLOTTED, found):
            await queue.serve(found)
        return found


async def judged(actor: Actor, action: str, offer_id: UUID) -> Row:
    """Return an offer, locked, on which the actor may act; raises NotFound."""
    offer = await queue.locked(offer_id)
    if offer is None:
        raise NotFound(path=("input", "offerId"))
    place = OfferPlace(offer["area_path"], offer["organisation_id"])
    require(policy.AUTHORITY, action, actor, place)
    return offer


async def _require_sound(draft: OfferDraft, area_path: str, community_id: UUID) -> None:
    scheme = (await schemes.in_force(community_id)).scheme
    if draft.kind not in scheme.redeemable:
        raise NotRedeemable(path=("input", "kind"))
    if not 1 <= draft.minutes <= MOST_MINUTES:
        raise MinutesOutOfRange(path=("input", "minutes"), most=MOST_MINUTES)
    _require_stock(draft.stock)
    if draft.allots_at is not None and draft.allots_at <= await clock.now():
        raise InvalidInput(
            path=("input", "allotsAt"), zh="须为将来的时刻。", en="it lies in the future."
        )
    if draft.organisation_id is not None and not await database.fetch_value(
        _ORGANISATION, draft.organisation_id, area_path
    ):
        raise NotFound(path=("input", "organisationId"))


def _require_stock(stock: int | None) -> None:
    if stock is not None and not 0 <= stock <= MOST_STOCK:
        raise InvalidInput(
            path=("input", "stock"),
            zh=f"须为 0 至 {MOST_STOCK} 的整数。",
            en=f"a whole number, 0 to {MOST_STOCK}.",
        )


async def _audit(actor: Actor, command: str, community_id: UUID, offer_id: UUID) -> None:
    await audit.record(
        actor, command=command, chain=community_id, subject=("timeOffer", offer_id), details={}
    )
