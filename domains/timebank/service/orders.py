"""What staff set right or give out: one of them asks, another approves, then minutes move.

Nobody approves what they asked for, and nobody asks or approves over an account of their
own. An order is carried out in the transaction that approves it, or is as it was.
"""

from dataclasses import asdict, dataclass, replace
from uuid import UUID

from domains.kernel import audit, database, idempotency, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.membership.queries.places import AreaPlace
from domains.membership.rules import texts
from domains.membership.values import AreaKind
from domains.timebank import policy
from domains.timebank.errors import (
    AlreadyDecided,
    AnotherMustApprove,
    MinutesOutOfRange,
    OwnAccountConcerned,
)
from domains.timebank.events import OrderDecided, OrderProposed
from domains.timebank.service import carrying_out, schemes
from domains.timebank.values import (
    HELD,
    MOST_MINUTES,
    AccountKind,
    OrderKind,
    OrderState,
    ShortfallState,
)

_MOVING = frozenset(
    {OrderKind.ADJUSTMENT, OrderKind.GRANT, OrderKind.ENDOWMENT, OrderKind.SETTLEMENT}
)
_CLOSING = frozenset({OrderKind.SETTLEMENT, OrderKind.WAIVER})

_ACCOUNT = "SELECT id, kind, owner_id, community_id FROM timebank_account WHERE id = $1"
_TRANSFER = """
SELECT t.id, t.from_id, t.to_id FROM timebank_transfer t
JOIN timebank_account source ON source.id = t.from_id
JOIN timebank_account target ON target.id = t.to_id
WHERE t.id = $1 AND $2 IN (source.community_id, target.community_id)
"""
_SHORTFALL = """
SELECT account_id, owed_minutes, state FROM timebank_shortfall
WHERE id = $1 AND community_id = $2
"""
_PUT = """
INSERT INTO timebank_order (id, kind, state, community_id, area_path, account_id, other_id,
                            reverses_id, shortfall_id, minutes, reason, proposed_by, proposed_at)
VALUES ($1, $2, 'proposed', $3, $4, $5, $6, $7, $8, $9, $10, $11, kernel_now())
ON CONFLICT DO NOTHING
"""
_ONE = "SELECT * FROM timebank_order WHERE id = $1 FOR UPDATE"
_DECIDE = """
UPDATE timebank_order SET state = $2, decided_by = $3, decided_at = kernel_now(),
                          decision_reason = $4
WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """What is asked for: of which kind, over which account, with what other, how much, why."""

    kind: OrderKind
    reason: str
    account_id: UUID | None = None
    other_id: UUID | None = None
    reverses_id: UUID | None = None
    minutes: int | None = None
    shortfall_id: UUID | None = None


async def propose_order(
    actor: Actor, community_id: UUID, draft: OrderDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Ask for an order in a community; another approves it.

    Raises OwnAccountConcerned, AlreadyDecided where the transfer's reversal waits or was
    carried out, MinutesOutOfRange, InvalidInput.
    """
    async with transaction():
        place = await schemes.place_of(community_id)
        require(policy.AUTHORITY, "proposeTimeOrder", actor, place)
        if place is None or place.kind is not AreaKind.COMMUNITY:
            raise NotFound(path=("input", "communityId"))
        given = {"community": community_id, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "proposeTimeOrder", given)
        if earlier is not None:
            return UUID(earlier["order"]), True
        _require_said(draft)
        draft = await _about_shortfall(community_id, draft)
        await _require_others(actor, community_id, draft)
        order_id = await _put(actor, place, community_id, draft)
        await outbox.record(OrderProposed(order_id, community_id, draft.kind))
        await idempotency.settle(actor, idempotency_key, {"order": str(order_id)})
        await _audit(actor, "proposeTimeOrder", community_id, order_id, draft.kind)
        return order_id, False


async def _put(actor: Actor, place: AreaPlace, community_id: UUID, draft: OrderDraft) -> UUID:
    order_id = database.new_id()
    written = await database.execute(
        _PUT,
        *(order_id, draft.kind, community_id, place.area_path, draft.account_id),
        *(draft.other_id, draft.reverses_id, draft.shortfall_id, draft.minutes),
        texts.line(draft.reason, path=("input", "reason"), longest=200),
        actor.person_id,
    )
    if not written:
        raise AlreadyDecided
    return order_id


async def decide_order(
    actor: Actor, order_id: UUID, *, approved: bool, reason: str
) -> tuple[OrderState, bool]:
    """Approve an order, which carries it out, or decline it; the same answer twice is one.

    Raises AnotherMustApprove, OwnAccountConcerned, AlreadyDecided, and whatever refuses the
    minutes: then the order waits as before.
    """
    async with transaction():
        row = await database.fetch_one(_ONE, order_id)
        if row is None:
            raise NotFound(path=("input", "orderId"))
        place = await schemes.place_of(row["community_id"])
        require(policy.AUTHORITY, "decideTimeOrder", actor, place)
        if actor.person_id == row["proposed_by"]:
            raise AnotherMustApprove
        state = OrderState.CARRIED_OUT if approved else OrderState.DECLINED
        if row["state"] != OrderState.PROPOSED:
            if row["state"] == state and row["decided_by"] == actor.person_id:
                return state, True
            raise AlreadyDecided
        await _require_not_own(actor, row["account_id"], row["other_id"])
        said = texts.line(reason, path=("input", "reason"), longest=200)
        if approved:
            await carrying_out.carry_out(row)
        await database.execute(_DECIDE, order_id, state, actor.person_id, said)
        await _decided(actor, row, state)
        return state, False


async def _decided(actor: Actor, row: Row, state: OrderState) -> None:
    event = OrderDecided(
        row["id"], row["community_id"], row["kind"], state.value, row["account_id"]
    )
    await outbox.record(event)
    await _audit(actor, "decideTimeOrder", row["community_id"], row["id"], OrderKind(row["kind"]))


def _require_said(draft: OrderDraft) -> None:
    minutes, kind = draft.minutes, draft.kind
    moves = kind in _MOVING
    if moves:
        least = 1 if kind in {OrderKind.GRANT, OrderKind.SETTLEMENT} else -MOST_MINUTES
        if minutes is None or minutes == 0 or not least <= minutes <= MOST_MINUTES:
            raise MinutesOutOfRange(path=("input", "minutes"), most=MOST_MINUTES)
    wanted = {
        "minutes": moves,
        "accountId": kind not in {OrderKind.REVERSAL, OrderKind.ENDOWMENT, *_CLOSING},
        "transferId": kind is OrderKind.REVERSAL,
        "shortfallId": kind in _CLOSING,
    }
    said = {
        "minutes": minutes is not None,
        "accountId": draft.account_id is not None,
        "transferId": draft.reverses_id is not None,
        "shortfallId": draft.shortfall_id is not None,
    }
    for name, is_wanted in wanted.items():
        if is_wanted != said[name]:
            raise InvalidInput(
                path=("input", name),
                zh="此类事项须写明(或不得写明)该项。",
                en="an order of this kind needs this, or must not have it.",
            )


async def _about_shortfall(community_id: UUID, draft: OrderDraft) -> OrderDraft:
    """Return the draft with the account that a shortfall is of; raises NotFound, AlreadyDecided."""
    if draft.shortfall_id is None:
        return draft
    row = await database.fetch_one(_SHORTFALL, draft.shortfall_id, community_id)
    if row is None:
        raise NotFound(path=("input", "shortfallId"))
    if row["state"] != ShortfallState.OPEN:
        raise AlreadyDecided
    if draft.minutes is not None and draft.minutes > row["owed_minutes"]:
        raise MinutesOutOfRange(path=("input", "minutes"), most=row["owed_minutes"])
    return replace(draft, account_id=row["account_id"])


async def _require_others(actor: Actor, community_id: UUID, draft: OrderDraft) -> None:
    """Refuse what lies in another community, or is the actor's own."""
    if draft.account_id is not None:
        row = await database.fetch_one(_ACCOUNT, draft.account_id)
        if row is None or row["community_id"] != community_id or row["kind"] not in HELD:
            raise NotFound(path=("input", "accountId"))
    if draft.other_id is not None:
        row = await database.fetch_one(_ACCOUNT, draft.other_id)
        if row is None or row["kind"] not in HELD:
            raise NotFound(path=("input", "otherId"))
    concerned = [draft.account_id, draft.other_id]
    if draft.reverses_id is not None:
        row = await database.fetch_one(_TRANSFER, draft.reverses_id, community_id)
        if row is None:
            raise NotFound(path=("input", "transferId"))
        concerned += [row["from_id"], row["to_id"]]
    await _require_not_own(actor, *concerned)


async def _require_not_own(actor: Actor, *account_ids: UUID | None) -> None:
    for each in account_ids:
        row = None if each is None else await database.fetch_one(_ACCOUNT, each)
        if (
            row is not None
            and row["kind"] == AccountKind.PERSON
            and row["owner_id"] == actor.person_id
        ):
            raise OwnAccountConcerned


async def _audit(
    actor: Actor, command: str, community_id: UUID, order_id: UUID, kind: OrderKind
) -> None:
    await audit.record(
        actor,
        command=command,
        chain=community_id,
        subject=("timeOrder", order_id),
        details={"kind": kind.value},
    )
