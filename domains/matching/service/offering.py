"""Asking people to serve: offers with a deadline and reasons, reserves behind them.

Nobody is compelled: an offer may be declined without a reason, and nothing follows from it.
`make_offers` runs in the open transaction of whoever proposes: staff by name, or a run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import calendar, clock, database, outbox
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.database import Row, transaction
from domains.kernel.errors import DomainError, InvalidInput, NotFound
from domains.matching import policy
from domains.matching.errors.orders import (
    AnswerTooLate,
    OfferAnswered,
    OfferedAlready,
    OrderBegun,
    OrderStateUnfit,
)
from domains.matching.events.orders import OfferAnswered as AnswerGiven
from domains.matching.events.orders import OfferMade, OfferWithdrawn
from domains.matching.models import ServiceOrder
from domains.matching.rules import times
from domains.matching.service import explaining, fitness, limits, moving, seating
from domains.matching.service.explaining import Why
from domains.matching.service.shared import Held, held, hold_order, offer_of, told
from domains.matching.values.orders import ServiceOfferState, ServicePlaceOrigin
from domains.volunteering.queries import fitness as volunteers
from domains.volunteering.queries.fitness import Fitness
from domains.volunteering.service.shared import line

MOST_OFFERED = 50
_INSERT = """
INSERT INTO matching_offer (id, order_id, volunteer_id, volunteer_number, person_id, rank, state,
    run_id, by_id, is_pinned, skills, distance_m, is_free, turns, note, made_at)
VALUES ($1, $2, $3, $4, $5, $6, 'reserve', $7, $8, $9, $10, $11, $12, $13, $14, kernel_now())
"""
_HAS_PART = """
SELECT EXISTS (SELECT FROM matching_offer WHERE order_id = $1 AND volunteer_id = $2
                 AND (state IN ('reserve', 'offered')
                      OR ($3 AND state IN ('declined', 'expired'))))
    OR EXISTS (SELECT FROM matching_place WHERE order_id = $1 AND volunteer_id = $2
                 AND state <> 'cancelled' AND ($3 OR state <> 'left'))
"""
_RESERVES = """
SELECT * FROM matching_offer WHERE order_id = $1 AND state = 'reserve' ORDER BY rank, id
"""
_SEND = """
UPDATE matching_offer
SET state = 'offered', offered_at = kernel_now(), answer_by = $2, remind_at = $3
WHERE id = $1 AND state = 'reserve'
"""
_END = """
UPDATE matching_offer SET state = $2, answered_at = kernel_now(), end_reason = $3 WHERE id = $1
"""
# The deadline is judged by the database's clock, in the very statement that answers.
_ANSWER = """
UPDATE matching_offer SET state = $2, answered_at = at.now
FROM (SELECT kernel_now() AS now) at
WHERE id = $1 AND state = 'offered' AND at.now < answer_by
"""


@dataclass(frozen=True, slots=True)
class OfferProposal:
    """Whom to ask for which order, in which rank (1 first), and why; None lets it be found."""

    order_id: UUID
    volunteer_id: UUID
    rank: int = 1
    why: Why | None = None
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class OffersMade:
    """The offers that were made, sent or kept as reserves, and whom the law of offers refused."""

    offer_ids: tuple[UUID, ...]
    refused: tuple[tuple[OfferProposal, DomainError], ...]


async def make_offers(
    proposals: Sequence[OfferProposal],
    *,
    run_id: UUID | None = None,
    by_id: UUID | None = None,
) -> OffersMade:
    """Make offers in the open transaction: as many as there are places are sent, by rank.

    The others wait as reserves. Proposals of a run respect who opted out, who said no to the order
    before, what staff have ruled, and how far and how much a volunteer goes. Who may not serve is
    refused by itself; nothing else is.
    """
    database.require_open_transaction()
    assert run_id is not None or by_id is not None, "an offer is a run's or somebody's"
    wanted = sorted({each.order_id for each in proposals})
    orders = await ServiceOrder.filter(id__in=wanted).order_by("id").select_for_update()
    made: list[UUID] = []
    refused: list[tuple[OfferProposal, DomainError]] = []
    for order in orders:
        of_order = await held(order)
        for each in sorted(
            (each for each in proposals if each.order_id == order.id),
            key=lambda each: (each.rank, each.volunteer_id),
        ):
            try:
                made.append(await _made(of_order, each, run_id=run_id, by_id=by_id))
            except DomainError as refusal:
                refused.append((each, refusal))
        await send(of_order)
        await moving.settle(of_order, SYSTEM)
    return OffersMade(tuple(made), tuple(refused))


async def _made(
    of_order: Held, proposal: OfferProposal, *, run_id: UUID | None, by_id: UUID | None
) -> UUID:
    order = of_order.order
    if not await moving.is_filling(order):
        raise OrderStateUnfit(path=("input", "orderId"), state=order.state.value)
    automatic = run_id is not None
    if await database.fetch_value(_HAS_PART, order.id, proposal.volunteer_id, automatic):
        raise OfferedAlready(path=("input", "volunteerIds"))
    found = await fitness.volunteer_fit(of_order, proposal.volunteer_id, automatic=automatic)
    await fitness.require_free(of_order, proposal.volunteer_id)
    if automatic:
        await limits.require_within(of_order, found, is_pinned=proposal.is_pinned)
    why = proposal.why or await explaining.why(of_order, found)
    offer_id = database.new_id()
    await database.execute(
        _INSERT,
        *(offer_id, order.id, found.volunteer_id, found.number, found.person_id),
        *(proposal.rank, run_id, by_id, proposal.is_pinned, list(why.skills)),
        *(why.distance_m, why.is_free, why.turns, why.note),
    )
    return offer_id


async def send(of_order: Held) -> None:
    """Ask the next reserves of a locked order, one for each place that nobody is asked for."""
    order = of_order.order
    if not await moving.is_filling(order):
        return
    free = await moving.vacancies(of_order)
    for row in await database.fetch(_RESERVES, order.id):
        if free < 1:
            return
        if await _still_fits(of_order, row):
            await _sent(of_order, row)
            free -= 1


async def _still_fits(of_order: Held, row: Row) -> bool:
    """Whether a reserve may still serve; who may not is let go."""
    try:
        automatic = row["run_id"] is not None
        found = await fitness.volunteer_fit(of_order, row["volunteer_id"], automatic=automatic)
        await fitness.require_free(of_order, row["volunteer_id"])
        if automatic:
            await limits.require_within(of_order, found, is_pinned=row["is_pinned"])
    except DomainError as refusal:
        await database.execute(_END, row["id"], ServiceOfferState.WITHDRAWN.value, refusal.code)
        return False
    return True


async def _sent(of_order: Held, row: Row) -> None:
    order, now = of_order.order, await clock.now()
    until = times.answer_by(
        now,
        starts_at=order.starts_at,
        urgency=of_order.need.urgency,
        procedure=of_order.procedure,
    )
    remind_at = times.remind_at(now, until=until, procedure=of_order.procedure)
    await database.execute(_SEND, row["id"], until, remind_at)
    await outbox.record(
        OfferMade(*_whose(order, row), answer_by=until.isoformat(timespec="seconds"))
    )


def _whose(order: ServiceOrder, row: Row) -> tuple[UUID, UUID, str, UUID, UUID]:
    return order.id, order.need_id, order.area_path, row["id"], row["person_id"]


async def offer_order(
    actor: Actor,
    order_id: UUID,
    volunteer_ids: Sequence[UUID],
    *,
    note: str | None = None,
    is_pinned: bool = False,
) -> tuple[UUID, ...]:
    """Ask volunteers by name, in this order of rank; more than there are places are reserves.

    Raises NotFound for a volunteer whom the caller does not keep, and whatever says that
    somebody may not serve.
    """
    async with transaction():
        of_order = await hold_order(actor, order_id, "offerServiceOrder")
        said = None if note is None else line(note, path=("input", "note"), longest=200)
        proposals = await _proposals(actor, of_order, volunteer_ids, said, is_pinned=is_pinned)
        made = await make_offers(proposals, by_id=actor.person_id)
        if made.refused:
            refusal = made.refused[0][1]
            refusal.path = refusal.path or ("input", "volunteerIds")
            raise refusal
        await told(
            actor,
            command="offerServiceOrder",
            community_id=of_order.order.community_id,
            subject=("service_order", order_id),
            details={"offers": len(made.offer_ids)},
        )
    return made.offer_ids


async def _proposals(
    actor: Actor,
    of_order: Held,
    volunteer_ids: Sequence[UUID],
    note: str | None,
    *,
    is_pinned: bool,
) -> list[OfferProposal]:
    """Return whom staff name, in their order; raises NotFound for whom they do not keep."""
    ids = list(dict.fromkeys(volunteer_ids))
    path = ("input", "volunteerIds")
    if not 1 <= len(ids) <= MOST_OFFERED:
        raise InvalidInput(
            path=path,
            zh=f"每次派单须为 1 至 {MOST_OFFERED} 人。",
            en=f"1 to {MOST_OFFERED} volunteers are asked at once.",
        )
    known = await volunteers.fitness_of(ids, calendar.day_of(of_order.order.starts_at))
    proposals = []
    for rank, each in enumerate(ids, start=1):
        found = known.get(each)
        if found is None or not policy.manages(actor, _Home(found.area_path)):
            raise NotFound(path=path)
        why = await _why(of_order, found, note)
        proposals.append(OfferProposal(of_order.order.id, each, rank, why, is_pinned))
    return proposals


@dataclass(frozen=True, slots=True)
class _Home:
    area_path: str


async def _why(of_order: Held, found: Fitness, note: str | None) -> Why | None:
    """Return the reasons with staff's own words, or None where making the offer finds them."""
    if note is None:
        return None
    return (await explaining.why(of_order, found, strict=False)).saying(note)


async def withdraw_offer(actor: Actor, offer_id: UUID, *, reason: str) -> UUID:
    """Take an offer back that nobody has answered; the next reserve is asked."""
    async with transaction():
        found = await offer_of(offer_id)
        if found is None:
            raise NotFound(path=("input", "offerId"))
        of_order = await hold_order(
            actor, found["order_id"], "withdrawServiceOffer", path=("input", "offerId")
        )
        said = line(reason, path=("input", "reason"), longest=200)
        await withdraw(of_order, offer_id, reason=said)
        await send(of_order)
        await moving.settle(of_order, actor)
        await told(
            actor,
            command="withdrawServiceOffer",
            community_id=of_order.order.community_id,
            subject=("service_offer", offer_id),
        )
    return offer_id


async def withdraw(of_order: Held, offer_id: UUID, *, reason: str) -> None:
    """Take one offer of a locked order back; raises OfferAnswered where it does not stand."""
    row = await offer_of(offer_id)
    assert row is not None, "offers are never deleted"
    state = ServiceOfferState(row["state"])
    if state not in {ServiceOfferState.RESERVE, ServiceOfferState.OFFERED}:
        raise OfferAnswered(path=("input", "offerId"), state=state.value)
    await database.execute(_END, offer_id, ServiceOfferState.WITHDRAWN.value, reason)
    if state is ServiceOfferState.OFFERED:
        await outbox.record(OfferWithdrawn(*_whose(of_order.order, row)))


async def answer_offer(actor: Actor, offer_id: UUID, *, accept: bool) -> UUID:
    """Accept or decline one's own offer before its deadline, by the database's clock.

    Raises AnswerTooLate, OfferAnswered, OrderBegun, OrderFull, ElsewhereThen, and whatever
    says that one may not serve.
    """
    path = ("input", "offerId")
    async with transaction():
        found = await offer_of(offer_id)
        is_own = found is not None and actor.person_id == found["person_id"]
        if found is None or not is_own or found["state"] == ServiceOfferState.RESERVE.value:
            raise NotFound(path=path)
        of_order = await _hold_for_answer(actor, found["order_id"])
        await _answered(offer_id, accept=accept)
        if accept:
            if await clock.now() >= of_order.order.starts_at:
                raise OrderBegun(path=path)
            fit = await fitness.volunteer_fit(of_order, found["volunteer_id"])
            is_pinned = found["is_pinned"]
            origin = ServicePlaceOrigin.PINNED if is_pinned else ServicePlaceOrigin.OFFERED
            await seating.seat(of_order, fit, origin=origin, offer_id=offer_id)
        await outbox.record(AnswerGiven(*_whose(of_order.order, found), accepted=accept))
        await send(of_order)
        await moving.settle(of_order, actor)
    return offer_id


async def _hold_for_answer(actor: Actor, order_id: UUID) -> Held:
    try:
        return await hold_order(actor, order_id, "answerServiceOffer", path=("input", "offerId"))
    except NotFound:
        raise NotFound(path=("input", "offerId")) from None


async def _answered(offer_id: UUID, *, accept: bool) -> None:
    state = ServiceOfferState.ACCEPTED if accept else ServiceOfferState.DECLINED
    if await database.execute(_ANSWER, offer_id, state.value):
        return
    row = await offer_of(offer_id)
    assert row is not None, "offers are never deleted"
    if row["state"] in {ServiceOfferState.OFFERED.value, ServiceOfferState.EXPIRED.value}:
        raise AnswerTooLate(path=("input", "offerId"))
    raise OfferAnswered(path=("input", "offerId"), state=row["state"])
