"""Records of orders of service that were carried out, for who keeps orders.

A record of an order says what was done in words that everybody may read; it is confirmed by
as many others as the rules of the order ask for, and the one who was served may be one. All
of this runs in the open transaction of the command that it follows from, and may be done
again: an order's place has one record.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel import calendar, clock, database
from domains.kernel.actor import SYSTEM
from domains.kernel.database import Row
from domains.kernel.errors import InvalidInput, NotFound
from domains.membership.queries import organisations, places
from domains.volunteering.errors import (
    NotVolunteer,
    OwnRecord,
    RecordInFuture,
    RecordStateUnfit,
)
from domains.volunteering.models import Activity, ServiceRecord, Volunteer
from domains.volunteering.queries.rules import procedure_at
from domains.volunteering.rules.procedure import Procedure
from domains.volunteering.service import making, reviewing, revoking
from domains.volunteering.service.confirming import complete
from domains.volunteering.service.shared import line, remaining_minutes
from domains.volunteering.values.activities import VolunteerActivityNature, VolunteerActivityState
from domains.volunteering.values.records import ServiceRecordEntry, ServiceRecordState
from domains.volunteering.values.volunteers import ServiceClass, VolunteerState

_NUMBER = "SELECT nextval('volunteering_activity_number_seq')"
_ONE_ORDER = "SELECT pg_advisory_xact_lock(hashtextextended('volunteering.order:' || $1::text, 0))"
_CONFIRM = """
INSERT INTO volunteering_confirmation VALUES ($1, $2, $3, kernel_now())
ON CONFLICT (record_id, by_id) DO NOTHING
"""
_COUNT = "SELECT count(*) FROM volunteering_confirmation WHERE record_id = $1"


@dataclass(frozen=True, slots=True)
class OrderService:
    """What an order asked for, in words for everybody, and who organises and leads it.

    `area_id` is the community's; `leader_id` is whoever answers for the order, never the
    volunteer.
    """

    order_id: UUID
    area_id: UUID
    service_class: ServiceClass
    title: str
    content: str
    place: str
    organisation_id: UUID
    leader_id: UUID
    is_risky: bool = False
    risks: str = ""
    in_team_id: UUID | None = None
    time_bank_class: str | None = None


@dataclass(frozen=True, slots=True)
class PlaceServed:
    """One volunteer's part in an order: who, from when to when, and who has confirmed it.

    `confirmers` is how many it takes by the rules of who keeps the order; unless told, as many
    as any record.
    """

    place_id: UUID
    person_id: UUID
    started_at: datetime
    ended_at: datetime
    confirmed_by: tuple[UUID, ...] = ()
    confirmers: int | None = None


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """The record of a place, how far it has come, and its minutes."""

    record_id: UUID
    state: ServiceRecordState
    given_minutes: int
    counted_minutes: int
    is_under_review: bool


async def record_served(order: OrderService, served: PlaceServed) -> OrderRecord | None:
    """Make the record of an order's place, once, and add who confirmed it.

    With enough others it is confirmed and its minutes are credited to the time bank in this
    transaction, unless a rule puts it under review. Called again, it only adds confirmations.
    None where no whole minute was given. Raises NotVolunteer, OwnRecord, RecordInFuture,
    ServiceOverlaps, InvalidInput, NotFound.
    """
    database.require_open_transaction()
    if served.person_id in {order.leader_id, *served.confirmed_by}:
        raise OwnRecord
    volunteer = await Volunteer.filter(person_id=served.person_id).select_for_update().first()
    if volunteer is None or volunteer.state is VolunteerState.AWAITING_GUARDIAN:
        raise NotVolunteer
    procedure = await procedure_at(order.area_id)
    record = await _held(served.place_id)
    if record is None:
        record = await _made(order, served, volunteer, procedure)
    if record is None:
        return None
    await _confirm(record, served, procedure)
    return await _told(record)


async def record_of(place_id: UUID) -> OrderRecord | None:
    """Return the record of an order's place; None where there is none."""
    record = await ServiceRecord.filter(order_place_id=place_id).first()
    return None if record is None else await _told(record)


async def rate_served(place_id: UUID, *, quality: int, by_id: UUID) -> None:
    """Let the one who was served say how good it was, once (Order 67, article 10).

    Raises NotFound, OwnRecord, RatedAlready, RecordStateUnfit, InvalidInput.
    """
    database.require_open_transaction()
    record = await _hold(place_id)
    if record.person_id == by_id:
        raise OwnRecord
    await revoking.rate(record, quality=quality, by_id=by_id)


async def revoke_served(place_id: UUID, *, reason: str) -> None:
    """Let the record of an order's place not stand; what it earned is taken back.

    Raises NotFound, RecordStateUnfit.
    """
    database.require_open_transaction()
    record = await _hold(place_id)
    if record.state is ServiceRecordState.REVOKED:
        raise RecordStateUnfit(state=record.state.value)
    await revoking.revoke(record, reason=line(reason, path=("input", "reason"), longest=500))


async def _held(place_id: UUID) -> ServiceRecord | None:
    return await ServiceRecord.filter(order_place_id=place_id).select_for_update().first()


async def _hold(place_id: UUID) -> ServiceRecord:
    known = await ServiceRecord.filter(order_place_id=place_id).first()
    if known is None:
        raise NotFound
    await Volunteer.filter(id=known.volunteer_id).select_for_update().first()
    return await ServiceRecord.filter(id=known.id).select_for_update().get()


async def _made(
    order: OrderService, served: PlaceServed, volunteer: Volunteer, procedure: Procedure
) -> ServiceRecord | None:
    if served.ended_at > await clock.now():
        raise RecordInFuture
    given = making.Served(served.started_at, served.ended_at, order_place_id=served.place_id)
    if given.minutes < 1:
        return None
    if given.minutes > 24 * 60:
        raise InvalidInput(
            path=("input", "endedAt"),
            zh="服务时间不得超过 24 小时。",
            en="Service lasts 24 hours at most.",
        )
    left = await remaining_minutes(
        volunteer.id, calendar.day_of(served.started_at), cap=procedure.day_cap_minutes
    )
    activity = await _activity(order)
    return await making.make(
        volunteer, activity, procedure, given, counted=min(given.minutes, left)
    )


async def _activity(order: OrderService) -> Activity:
    """Return what stands behind the records of an order, made with the first of them."""
    await database.execute(_ONE_ORDER, str(order.order_id))
    known = await Activity.filter(order_id=order.order_id).first()
    if known is not None:
        return known
    place = await places.place_of(order.area_id)
    organisation = await _organisation(order)
    if place is None:
        raise NotFound
    now = await clock.now()
    return await Activity.create(
        id=database.new_id(),
        number=await database.fetch_value(_NUMBER),
        area_id=order.area_id,
        area_path=place.area_path,
        state=VolunteerActivityState.PUBLISHED,
        nature=VolunteerActivityNature.SERVICE,
        service_class=order.service_class,
        title=line(order.title, path=("input", "title"), longest=80),
        content=line(order.content, path=("input", "content"), longest=2000),
        place=line(order.place, path=("input", "place"), longest=120),
        is_risky=order.is_risky,
        risks=order.risks,
        organisation_id=order.organisation_id,
        organisation_name=organisation["name"],
        team_id=order.in_team_id,
        time_bank_class=order.time_bank_class,
        order_id=order.order_id,
        leader_id=order.leader_id,
        created_at=now,
        published_at=now,
    )


async def _organisation(order: OrderService) -> Row:
    (row,) = await organisations.organisations_by_id(SYSTEM, [order.organisation_id])
    if row is None:
        raise NotFound
    return row


async def _confirm(record: ServiceRecord, served: PlaceServed, procedure: Procedure) -> None:
    waits = (
        record.state is ServiceRecordState.PENDING
        and record.entry is ServiceRecordEntry.SERVICE_ORDER
        and await clock.now() < record.due_at
    )
    if not waits or not served.confirmed_by:
        return
    rows = [(record.id, each, record.person_id) for each in sorted(set(served.confirmed_by))]
    await database.execute_many(_CONFIRM, rows)
    confirmers = served.confirmers or procedure.confirmers
    is_enough = await database.fetch_value(_COUNT, record.id) >= confirmers
    if is_enough and not await reviewing.suspect(record, procedure.suspicion):
        await complete(record)


async def _told(record: ServiceRecord) -> OrderRecord:
    return OrderRecord(
        record_id=record.id,
        state=record.state,
        given_minutes=record.given_minutes,
        counted_minutes=record.counted_minutes,
        is_under_review=await reviewing.is_suspected(record.id),
    )
