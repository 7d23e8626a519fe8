"""Reserving what is offered, giving it up, and honouring it.

A reservation that is held is a pending transfer: posted when what was promised is given,
voided when it is given up, expired when its time is over.
"""

from uuid import UUID

from domains.kernel import clock, database, idempotency
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.timebank import policy
from domains.timebank.errors import (
    InsufficientBalance,
    NotRedeemable,
    OfferClosed,
    OwnAccountConcerned,
    ReservationNotHeld,
    ReservationStands,
    TooYoungToUse,
)
from domains.timebank.events import (
    ReservationCancelled,
    ReservationHonoured,
    ReservationLapsed,
    ReservationQueued,
)
from domains.timebank.policy import ReservationPlace
from domains.timebank.queries import accounts as account_queries
from domains.timebank.queries import ledger as books
from domains.timebank.rules import earning
from domains.timebank.rules.scheme import Scheme
from domains.timebank.service import accounts, ledger, queue, schemes
from domains.timebank.values import AccountKind, OfferKind, ReservationState

_ASK = """
INSERT INTO timebank_reservation
    (id, offer_id, account_id, person_id, rank, state, minutes, asked_at)
VALUES ($1, $2, $3, $4, $5, 'queued', $6, kernel_now())
ON CONFLICT (offer_id, account_id) WHERE state IN ('queued', 'held') DO NOTHING
"""
_ONE = "SELECT * FROM timebank_reservation WHERE id = $1 FOR UPDATE"
_OFFER_OF = "SELECT offer_id FROM timebank_reservation WHERE id = $1"
_RANK = """
SELECT rank FROM timebank_need n
WHERE n.person_id = $1 AND n.community_id = $2 AND n.approved AND n.ended_at IS NULL
  AND n.valid_until >= (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
"""
_BORN = "SELECT birth_date FROM membership_person WHERE id = $1"
_HONOUR = """
UPDATE timebank_reservation
SET state = 'honoured', honoured_by = $2, honoured_minutes = $3, ended_at = kernel_now()
WHERE id = $1
"""
_DUE = """
SELECT id FROM timebank_reservation WHERE state = 'held' AND honour_by <= kernel_now()
ORDER BY honour_by LIMIT 1
"""


async def reserve_offer(
    actor: Actor, offer_id: UUID, account_id: UUID, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Reserve what is offered: held at once where it is there, else in the queue, by need.

    Raises OfferClosed, NotRedeemable, TooYoungToUse, ReservationStands, InsufficientBalance,
    AccountSuspended, AccountClosed.
    """
    path = ("input", "accountId")
    async with transaction():
        account = await accounts.judged(actor, "reserveTimeOffer", account_id, path=path)
        given = {"offer": offer_id, "account": account_id}
        earlier = await idempotency.claim(actor, idempotency_key, "reserveTimeOffer", given)
        if earlier is not None:
            return UUID(earlier["reservation"]), True
        offer = await queue.locked(offer_id)
        if offer is None or offer["community_id"] != account["community_id"]:
            raise NotFound(path=("input", "offerId"))
        if offer["closed_at"] is not None:
            raise OfferClosed(path=("input", "offerId"))
        row = await _ask(actor, offer, account)
        if not await queue.hold_at_once(row):
            await queue.tell(row, offer["community_id"], ReservationQueued)
        await idempotency.settle(actor, idempotency_key, {"reservation": str(row["id"])})
        return row["id"], False


async def _ask(actor: Actor, offer: Row, account: Row) -> Row:
    assert actor.person_id is not None, "whose account it is, is somebody"
    scheme = (await schemes.in_force(offer["community_id"])).scheme
    kinds = {AccountKind.PERSON, AccountKind.HOUSEHOLD}
    if account["kind"] not in kinds or OfferKind(offer["kind"]) not in scheme.redeemable:
        raise NotRedeemable(path=("input", "offerId"))
    rank = await database.fetch_value(_RANK, actor.person_id, offer["community_id"])
    await _require_age(scheme, actor.person_id, in_need=rank is not None)
    held = (await books.balances([account["id"]]))[account["id"]]
    if held["available_minutes"] < offer["minutes"]:
        raise InsufficientBalance(available_minutes=held["available_minutes"])
    made = database.new_id()
    given = (made, offer["id"], account["id"], actor.person_id, rank, offer["minutes"])
    if not await database.execute(_ASK, *given):
        raise ReservationStands
    row = await database.fetch_one(_ONE, made)
    assert row is not None, "it was written"
    return row


async def _require_age(scheme: Scheme, person_id: UUID, *, in_need: bool) -> None:
    least = scheme.use_from_age
    if in_need and scheme.use_from_age_in_need is not None and least is not None:
        least = min(least, scheme.use_from_age_in_need)
    if least is None:
        return
    born = await database.fetch_value(_BORN, person_id)
    if born is None or earning.age_on(born, await clock.today()) < least:
        raise TooYoungToUse(least_age=least)


async def cancel_reservation(actor: Actor, reservation_id: UUID) -> None:
    """Give a reservation up; the minutes are free again, and whoever is next has their turn.

    Raises ReservationNotHeld where it has ended otherwise.
    """
    async with transaction():
        row = await _judged(actor, "cancelTimeReservation", reservation_id)
        if row["state"] == ReservationState.CANCELLED:
            return
        if row["state"] == ReservationState.QUEUED:
            await queue.end(row, ReservationState.CANCELLED, ReservationCancelled)
            return
        _require_held(row)
        await ledger.void(actor, row["transfer_id"])
        await queue.end(row, ReservationState.CANCELLED, ReservationCancelled)
        await queue.free(row)


async def honour_reservation(
    actor: Actor, reservation_id: UUID, *, minutes: int | None = None
) -> bool:
    """Say that what was reserved was given, wholly or for fewer minutes; returns if replayed.

    Raises ReservationNotHeld, OwnAccountConcerned, TransferLapsed, MinutesOutOfRange.
    """
    async with transaction():
        row = await _judged(actor, "honourTimeReservation", reservation_id)
        if actor.person_id == row["person_id"]:
            raise OwnAccountConcerned
        if row["state"] == ReservationState.HONOURED and row["honoured_by"] == actor.person_id:
            return True
        _require_held(row)
        posted = await ledger.post(actor, row["transfer_id"], minutes=minutes)
        await database.execute(_HONOUR, reservation_id, actor.person_id, posted)
        offer = await queue.locked(row["offer_id"])
        assert offer is not None, "its reservation refers to it"
        await queue.tell(row, offer["community_id"], ReservationHonoured)
        return False


async def lapse_due_reservation() -> UUID | None:
    """End one reservation that was not honoured in time, whoever ended its transfer."""
    async with transaction():
        found: UUID | None = await database.fetch_value(_DUE)
        if found is None:
            return None
        await queue.locked(await database.fetch_value(_OFFER_OF, found))
        row = await database.fetch_one(_ONE, found)
        assert row is not None, "it was found"
        if row["state"] == ReservationState.HELD:
            await ledger.expire(row["transfer_id"])
            await queue.end(row, ReservationState.LAPSED, ReservationLapsed)
            await queue.free(row)
        return found


def _require_held(row: Row) -> None:
    if row["state"] != ReservationState.HELD:
        raise ReservationNotHeld(path=("input", "reservationId"))


async def _judged(actor: Actor, action: str, reservation_id: UUID) -> Row:
    """Return a reservation, its offer locked before it; raises NotFound where it is not seen."""
    offer_id = await database.fetch_value(_OFFER_OF, reservation_id)
    offer = None if offer_id is None else await queue.locked(offer_id)
    row = await database.fetch_one(_ONE, reservation_id)
    if offer is None or row is None:
        raise NotFound(path=("input", "reservationId"))
    account = await account_queries.account(actor, row["account_id"])
    assert account is not None, "an account is never removed"
    place = ReservationPlace(offer["area_path"], account["is_mine"], offer["organisation_id"])
    require(policy.AUTHORITY, action, actor, place)
    return row
