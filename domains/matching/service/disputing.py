"""Who did not come, and who disagrees: said by one side, contested by the other, judged by staff.

Who judges has no part in the service.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import Row, transaction
from domains.kernel.errors import Forbidden
from domains.matching import policy
from domains.matching.errors.orders import (
    HourUnsound,
    OrderStateUnfit,
    PartyToDispute,
    TooEarlyForNoShow,
)
from domains.matching.events.orders import (
    ServiceAdjudicated,
    ServiceDisputed,
    ServiceToRate,
    VolunteerNoShow,
)
from domains.matching.service import confirming, moving
from domains.matching.service.attending import whose
from domains.matching.service.shared import Held, hold_place, need_place, told
from domains.matching.values.orders import (
    DisputeOutcome,
    ServiceOrderState,
    ServicePlaceState,
)
from domains.volunteering.service.shared import line

_DISPUTABLE = frozenset(
    {ServicePlaceState.CHECKED_IN, ServicePlaceState.COMPLETED, ServicePlaceState.NO_SHOW}
)
_NO_SHOW = """
UPDATE matching_place SET state = 'no_show', ended_at = kernel_now(), ended_by_id = $2
WHERE id = $1 AND state = 'accepted'
"""
_DISPUTE = """
UPDATE matching_place
SET state = 'disputed', disputed_at = kernel_now(), disputed_by_id = $2, dispute_reason = $3
WHERE id = $1
"""
_ADJUDICATE = """
UPDATE matching_place
SET state = 'adjudicated', adjudicated_at = kernel_now(), adjudicated_by_id = $2,
    adjudication = $3, outcome = $4, checked_in_at = $5, checked_out_at = $6, record_id = $7,
    minutes = $8
WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """What staff found, and why; with hours where the service was given."""

    outcome: DisputeOutcome
    reason: str
    started_at: datetime | None = None
    ended_at: datetime | None = None


async def report_no_show(actor: Actor, place_id: UUID) -> UUID:
    """Say that a volunteer did not come, some time after the service should have begun.

    The volunteer may dispute it. Raises TooEarlyForNoShow, OrderStateUnfit.
    """
    async with transaction():
        of_order, row = await hold_place(actor, place_id, "reportNoShow")
        if row["person_id"] == actor.person_id:
            raise Forbidden(path=("input", "placeId"))
        if row["state"] != ServicePlaceState.ACCEPTED.value:
            raise OrderStateUnfit(path=("input", "placeId"), state=row["state"])
        late = timedelta(minutes=of_order.procedure.no_show_after_minutes)
        if await clock.now() < of_order.order.starts_at + late:
            raise TooEarlyForNoShow(path=("input", "placeId"))
        await note_no_show(of_order, row, actor)
        await _told(actor, "reportNoShow", of_order, place_id)
    return place_id


async def note_no_show(of_order: Held, row: Row, actor: Actor) -> None:
    """Note in a locked order that somebody did not come."""
    if await database.execute(_NO_SHOW, row["id"], actor.person_id):
        await outbox.record(VolunteerNoShow(*whose(of_order, row)))
        await moving.settle(of_order, actor)


async def dispute_service(actor: Actor, place_id: UUID, *, reason: str) -> UUID:
    """Disagree with what is said of a service, as one of its two sides or as a keeper.

    Raises OrderStateUnfit once it is confirmed or the order is closed.
    """
    async with transaction():
        of_order, row = await hold_place(actor, place_id, "disputeService")
        is_own = row["person_id"] == actor.person_id
        if not is_own and not policy.keeps_need(actor, await need_place(actor, of_order.need)):
            raise Forbidden(path=("input", "placeId"))
        is_closed = of_order.order.state is ServiceOrderState.CLOSED
        if is_closed or ServicePlaceState(row["state"]) not in _DISPUTABLE:
            raise OrderStateUnfit(path=("input", "placeId"), state=row["state"])
        said = line(reason, path=("input", "reason"), longest=500, private=True)
        await database.execute(_DISPUTE, place_id, actor.person_id, said)
        await outbox.record(ServiceDisputed(*whose(of_order, row)))
        await moving.settle(of_order, actor)
        await _told(actor, "disputeService", of_order, place_id)
    return place_id


async def adjudicate_service(actor: Actor, place_id: UUID, finding: Finding) -> UUID:
    """Judge a dispute: what was given is recorded and credited with the judgement.

    Raises PartyToDispute for who has a part in it, HourUnsound, OrderStateUnfit.
    """
    async with transaction():
        of_order, row = await hold_place(actor, place_id, "adjudicateService")
        _require_no_party(actor, of_order, row)
        if row["state"] != ServicePlaceState.DISPUTED.value:
            raise OrderStateUnfit(path=("input", "placeId"), state=row["state"])
        said = line(finding.reason, path=("input", "reason"), longest=500, private=True)
        await _judged(actor, of_order, row, finding, said)
        await outbox.record(
            ServiceAdjudicated(*whose(of_order, row), outcome=finding.outcome.value)
        )
        await moving.settle(of_order, actor)
        await _told(actor, "adjudicateService", of_order, place_id)
    return place_id


async def _judged(actor: Actor, of_order: Held, row: Row, finding: Finding, said: str) -> None:
    hours: tuple[datetime | None, datetime | None] = (row["checked_in_at"], row["checked_out_at"])
    record_id, minutes = None, None
    if finding.outcome is DisputeOutcome.SERVED:
        found = await _sound_hours(of_order, finding)
        assert actor.person_id is not None, "staff have names"
        made = await confirming.record(of_order, row, actor.person_id, hours=found, confirmers=1)
        hours = found
        record_id = None if made is None else made.record_id
        minutes = 0 if made is None else made.given_minutes
        await outbox.record(ServiceToRate(*whose(of_order, row)))
    await database.execute(
        _ADJUDICATE,
        *(row["id"], actor.person_id, said, finding.outcome.value, *hours, record_id, minutes),
    )


async def _sound_hours(of_order: Held, finding: Finding) -> tuple[datetime, datetime]:
    order, day = of_order.order, timedelta(days=1)
    started_at, ended_at = finding.started_at, finding.ended_at
    if (
        started_at is None
        or ended_at is None
        or not (
            order.starts_at - day <= started_at < ended_at <= order.ends_at + day
            and ended_at <= await clock.now()
        )
    ):
        raise HourUnsound(path=("input", "startedAt"))
    return started_at, ended_at


def _require_no_party(actor: Actor, of_order: Held, row: Row) -> None:
    need = of_order.need
    parties = {row["person_id"], row["disputed_by_id"], need.person_id, need.helper_id}
    if actor.person_id in parties or actor.person_id == need.posted_by_id:
        raise PartyToDispute(path=("input", "placeId"))


async def _told(actor: Actor, command: str, of_order: Held, place_id: UUID) -> None:
    await told(
        actor,
        command=command,
        community_id=of_order.order.community_id,
        subject=("service_place", place_id),
    )
