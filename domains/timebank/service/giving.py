"""Giving: to relatives, to the needy, to the donation pool; never for money, never lent.

Whether the scheme lets one account give to another is asked first; whether the minutes are
there, the ledger decides. A repeated key answers as it did, whatever holds today.
"""

from dataclasses import replace
from uuid import UUID

from domains.kernel import database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.timebank.errors import ReceiverNotEntitled
from domains.timebank.events import MinutesGiven
from domains.timebank.queries import ledger as books
from domains.timebank.rules.scheme import Scheme
from domains.timebank.service import accounts, ledger, schemes
from domains.timebank.service.ledger import Moved, Movement
from domains.timebank.values import (
    HELD,
    AccountKind,
    Crossing,
    GiftTo,
    Reference,
    TransferKind,
)

_RECEIVER = """
SELECT a.id, a.kind, a.owner_id, a.community_id, a.area_path FROM timebank_account a WHERE a.id = $1
"""
_KIN = """
SELECT EXISTS (SELECT FROM timebank_kinship k
    WHERE k.confirmed_at IS NOT NULL AND k.ended_at IS NULL
      AND ((k.person_id = $1 AND k.relative_id = $2)
        OR (k.person_id = $2 AND k.relative_id = $1)))
"""
_NEEDY = """
SELECT EXISTS (SELECT FROM timebank_need n
    WHERE n.person_id = $1 AND n.community_id = $2 AND n.approved AND n.ended_at IS NULL
      AND n.valid_until >= (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date)
"""
# A person and a household, or two people, in one home.
_AT_HOME = """
SELECT EXISTS (SELECT FROM membership_residency mine
    WHERE mine.state = 'verified' AND mine.person_id = $1
      AND (mine.household_id = $2 OR EXISTS (
        SELECT FROM membership_residency theirs
        WHERE theirs.household_id = mine.household_id AND theirs.person_id = $2
          AND theirs.state = 'verified')))
"""
_LEVELS = {Crossing.STREET: "street", Crossing.DISTRICT: "district", Crossing.CITY: "city"}
_SHARED = """
SELECT EXISTS (SELECT FROM membership_area a
    WHERE a.kind = $3 AND starts_with($1, a.path) AND starts_with($2, a.path))
"""


async def give_minutes(
    actor: Actor,
    from_id: UUID,
    to_id: UUID,
    *,
    minutes: int,
    memo: str = "",
    idempotency_key: UUID,
) -> Moved:
    """Give minutes to another account, as the scheme lets; once a key.

    Raises ReceiverNotEntitled, OtherCommunity, TransferToSelf, MinutesOutOfRange,
    InsufficientBalance, BalanceTooHigh, AccountSuspended, AccountClosed, IdempotencyKeyReused.
    """
    async with transaction():
        giver = await accounts.judged(actor, "giveMinutes", from_id, path=("input", "fromId"))
        receiver = await database.fetch_one(_RECEIVER, to_id)
        if receiver is None:
            raise NotFound(path=("input", "toId"))
        movement = Movement(
            TransferKind.GIFT, from_id, to_id, minutes, Reference("gift", to_id), memo=memo
        )
        ledger.require_sound(movement)
        if not await books.is_known(actor, idempotency_key):
            await _require_entitled(giver, receiver)
        abroad = giver["community_id"] != receiver["community_id"]
        crossing = abroad and await crosses(giver, receiver)
        return await _told(actor, giver, replace(movement, crossing=crossing), idempotency_key)


async def donate_minutes(
    actor: Actor, from_id: UUID, *, minutes: int, memo: str = "", idempotency_key: UUID
) -> Moved:
    """Give minutes to the community's donation pool; once a key."""
    async with transaction():
        giver = await accounts.judged(actor, "donateMinutes", from_id, path=("input", "fromId"))
        scheme = await ledger.open_scheme(giver["community_id"], giver["area_path"])
        pool = scheme[AccountKind.DONATION_POOL]
        reference = Reference("donation", pool)
        movement = Movement(TransferKind.DONATION, from_id, pool, minutes, reference, memo=memo)
        return await _told(actor, giver, movement, idempotency_key)


async def _told(actor: Actor, giver: Row, movement: Movement, key: UUID) -> Moved:
    moved = await ledger.move(actor, movement, idempotency_key=key)
    if not moved.replayed:
        event = MinutesGiven(
            giver["community_id"],
            *(movement.from_id, movement.to_id, moved.transfer_id, movement.minutes),
        )
        await outbox.record(event)
    return moved


async def crosses(giver: Row, receiver: Row) -> bool:
    """Whether both communities' schemes let minutes pass between them."""
    for each in (giver, receiver):
        found = await schemes.standing(each["community_id"])
        level = None if found is None else _LEVELS.get(found.scheme.crossing)
        if level is None or not await database.fetch_value(
            _SHARED, giver["area_path"], receiver["area_path"], level
        ):
            return False
    return True


async def _require_entitled(giver: Row, receiver: Row) -> None:
    scheme = (await schemes.in_force(giver["community_id"])).scheme
    if AccountKind(receiver["kind"]) not in HELD or not await entitled(scheme, giver, receiver):
        raise ReceiverNotEntitled(path=("input", "toId"))


async def entitled(scheme: Scheme, giver: Row, receiver: Row) -> bool:
    """Whether the scheme lets the one account give to the other."""
    if GiftTo.ANYONE in scheme.gifts_to:
        return True
    mine, theirs = giver["owner_id"], receiver["owner_id"]
    to_needy = GiftTo.NEEDY in scheme.gifts_to and receiver["kind"] == AccountKind.PERSON
    if to_needy and await database.fetch_value(_NEEDY, theirs, receiver["community_id"]):
        return True
    if giver["kind"] != AccountKind.PERSON:
        # A household gives to who lives in it.
        return (
            GiftTo.HOUSEHOLD in scheme.gifts_to
            and giver["kind"] == AccountKind.HOUSEHOLD
            and bool(await database.fetch_value(_AT_HOME, theirs, mine))
        )
    if GiftTo.HOUSEHOLD in scheme.gifts_to and await database.fetch_value(_AT_HOME, mine, theirs):
        return True
    return GiftTo.RELATIVES in scheme.gifts_to and bool(
        await database.fetch_value(_KIN, mine, theirs)
    )


async def related(person_id: UUID, other_id: UUID) -> bool:
    """Whether two people are relatives as both said, or live in one home."""
    return bool(
        await database.fetch_value(_KIN, person_id, other_id)
        or await database.fetch_value(_AT_HOME, person_id, other_id)
    )


async def is_needy(person_id: UUID, community_id: UUID) -> bool:
    """Whether a person's need is approved and in force in a community."""
    return bool(await database.fetch_value(_NEEDY, person_id, community_id))
