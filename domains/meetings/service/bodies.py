"""Bodies and who sits in them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError

from domains.kernel import audit, clock, database, idempotency, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import DomainError, InvalidInput, NotFound, VersionConflict
from domains.meetings import policy
from domains.meetings.errors import (
    BodyDissolved,
    BodyMisplaced,
    CapacityUnfit,
    LevelAboveUnfit,
    NameTaken,
    OfficeTaken,
    SeatEnded,
    SeatTaken,
)
from domains.meetings.events import BodyChanged
from domains.meetings.models import Body, Seat
from domains.meetings.policy import BodyPlace
from domains.meetings.rules import levels, lines, texts
from domains.meetings.values import (
    AttendeeKind,
    BodyLevel,
    Capacity,
    MeetingForm,
    SeatOffice,
)
from domains.membership.queries import electorate, places

_OFFICE = """
SELECT office FROM meetings_seat WHERE body_id = $1 AND person_id = $2 AND ended_at IS NULL
"""
_ADVISERS = frozenset({AttendeeKind.EXPERT, AttendeeKind.OBSERVER})
_TAKEN: Mapping[str, type[DomainError]] = {
    "meetings_body_name": NameTaken,
    "meetings_seat_person": SeatTaken,
    "meetings_seat_chair": OfficeTaken,
}


@dataclass(frozen=True, slots=True)
class BodyDraft:
    """A body as it is written down; without one above, the nearest of the next level is meant."""

    name: str
    form: MeetingForm
    purpose: str = ""
    above_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SeatDraft:
    """Somebody's place in a body."""

    person_id: UUID
    office: SeatOffice = SeatOffice.MEMBER
    capacity: Capacity = Capacity.DECIDE
    kind: AttendeeKind = AttendeeKind.MEMBER
    group_name: str | None = None
    since: date | None = None
    until: date | None = None


@contextmanager
def conflicts_told(refusals: Mapping[str, type[DomainError]] = _TAKEN) -> Iterator[None]:
    """Say as a refusal what a unique index keeps apart."""
    try:
        yield
    except IntegrityError as error:
        refusal = refusals.get(database.broken_constraint(error) or "")
        if refusal is None:
            raise
        raise refusal from None


async def hold_body(actor: Actor, body_id: UUID, action: str) -> Body:
    """Lock a body for a command that the table allows; raises NotFound, Forbidden."""
    body = await Body.filter(id=body_id).select_for_update().first()
    if body is None:
        raise NotFound(path=("input", "bodyId"))
    office = await database.fetch_value(_OFFICE, body_id, actor.person_id)
    place = BodyPlace(body.area_path, body.id, SeatOffice(office) if office else None)
    require(policy.AUTHORITY, action, actor, place)
    if body.dissolved_at is not None:
        raise BodyDissolved(path=("input", "bodyId"))
    return body


async def create_body(
    actor: Actor, area_id: UUID, draft: BodyDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Set up a body for an area; returns its id and whether this was a replay.

    Raises NotFound, Forbidden, BodyMisplaced, NameTaken, LevelAboveUnfit.
    """
    async with transaction():
        place = await places.place_of(area_id)
        require(policy.AUTHORITY, "createBody", actor, place)
        given = {"area": area_id, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "createBody", given)
        if earlier is not None:
            return UUID(earlier["body"]), True
        assert place is not None, "an area out of sight has been refused"
        level = levels.level_of(place.kind)
        if level is None:
            raise BodyMisplaced(path=("input", "areaId"))
        await _require_above(level, place.area_path, draft.above_id)
        with conflicts_told():
            body = await Body.create(
                id=database.new_id(),
                area_id=area_id,
                area_path=place.area_path,
                community_id=place.community_id,
                level=level,
                author_id=actor.person_id,
                created_at=await clock.now(),
                **_columns(draft),
            )
        await outbox.record(BodyChanged(body_id=body.id, area_path=body.area_path))
        await idempotency.settle(actor, idempotency_key, {"body": str(body.id)})
        await _told(actor, body, "createBody")
        return body.id, False


async def edit_body(
    actor: Actor, body_id: UUID, draft: BodyDraft, *, expected_version: int
) -> None:
    """Write a body anew; meetings that are convened keep what they began with.

    Raises VersionConflict, NameTaken, LevelAboveUnfit, BodyDissolved.
    """
    async with transaction():
        body = await hold_body(actor, body_id, "editBody")
        if body.version != expected_version:
            raise VersionConflict(version=body.version)
        await _require_above(body.level, body.area_path, draft.above_id)
        body.update_from_dict(_columns(draft))
        body.version += 1
        with conflicts_told():
            await body.save()
        await outbox.record(BodyChanged(body_id=body.id, area_path=body.area_path))
        await _told(actor, body, "editBody")


async def dissolve_body(actor: Actor, body_id: UUID, *, reason: str) -> None:
    """End a body; what it decided stands, its seats and regular meetings end with it."""
    async with transaction():
        body = await hold_body(actor, body_id, "dissolveBody")
        body.dissolve_reason = lines.reason(reason, longest=500)
        body.dissolved_at = await clock.now()
        body.version += 1
        await body.save()
        await database.execute(
            """
            UPDATE meetings_recurrence SET ended_at = kernel_now(), end_reason = left($2, 200)
            WHERE body_id = $1 AND ended_at IS NULL
            """,
            body_id,
            body.dissolve_reason,
        )
        await outbox.record(BodyChanged(body_id=body.id, area_path=body.area_path))
        await _told(actor, body, "dissolveBody")


async def seat_member(
    actor: Actor, body_id: UUID, draft: SeatDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Give somebody a seat; returns its id and whether this was a replay.

    Raises NotFound for a person who is not known, SeatTaken, OfficeTaken, CapacityUnfit.
    """
    async with transaction():
        body = await hold_body(actor, body_id, "seatMember")
        given = {"body": body_id, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "seatMember", given)
        if earlier is not None:
            return UUID(earlier["seat"]), True
        await require_person(draft.person_id)
        if draft.kind in _ADVISERS and draft.capacity is not Capacity.ADVISE:
            raise CapacityUnfit(path=("input", "capacity"))
        since = draft.since or await clock.today()
        if draft.until is not None and draft.until < since:
            raise InvalidInput(
                path=("input", "until"), zh="须晚于开始日期。", en="It ends after it begins."
            )
        with conflicts_told():
            seat = await Seat.create(
                id=database.new_id(),
                body_id=body.id,
                person_id=draft.person_id,
                office=draft.office,
                capacity=draft.capacity,
                kind=draft.kind,
                group_name=lines.optional_line(
                    draft.group_name, path=("input", "groupName"), longest=60
                ),
                since=since,
                until=draft.until,
                created_at=await clock.now(),
            )
        await outbox.record(BodyChanged(body_id=body.id, area_path=body.area_path))
        await idempotency.settle(actor, idempotency_key, {"seat": str(seat.id)})
        await _told(actor, body, "seatMember")
        return seat.id, False


async def end_seat(actor: Actor, seat_id: UUID, *, reason: str) -> UUID:
    """End somebody's seat; returns the body. What they are invited to already stands."""
    async with transaction():
        body_id = await database.fetch_value(
            "SELECT body_id FROM meetings_seat WHERE id = $1", seat_id
        )
        if body_id is None:
            raise NotFound(path=("input", "seatId"))
        body = await hold_body(actor, body_id, "endSeat")
        seat = await Seat.get(id=seat_id)
        if seat.ended_at is not None:
            raise SeatEnded(path=("input", "seatId"))
        seat.end_reason = lines.reason(reason)
        seat.ended_at = await clock.now()
        await seat.save()
        await outbox.record(BodyChanged(body_id=body.id, area_path=body.area_path))
        await _told(actor, body, "endSeat")
        return body.id


async def require_person(person_id: UUID, *, path: tuple[str, ...] = ("input", "personId")) -> None:
    """Refuse a person whom the town does not know."""
    if not await electorate.named([person_id]):
        raise NotFound(path=path)


async def _require_above(level: BodyLevel, area_path: str, above_id: UUID | None) -> None:
    if above_id is None:
        return
    above = await Body.filter(id=above_id, dissolved_at__isnull=True).first()
    if above is None:
        raise NotFound(path=("input", "aboveId"))
    if not levels.may_go_up(level, area_path, to_level=above.level, to_area_path=above.area_path):
        raise LevelAboveUnfit(path=("input", "aboveId"))


def _columns(draft: BodyDraft) -> dict[str, Any]:
    return {
        "name": lines.line(draft.name, path=("input", "name"), longest=60, least=2),
        "form": draft.form,
        "purpose": texts.optional(draft.purpose, path=("input", "purpose"), longest=1000),
        "above_id": draft.above_id,
    }


async def _told(actor: Actor, body: Body, command: str) -> None:
    await audit.record(
        actor,
        command=command,
        chain=body.community_id,
        subject=("body", body.id),
        details={"version": body.version},
    )
