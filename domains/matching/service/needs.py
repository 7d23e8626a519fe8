"""Needs that were posted: verified or rejected by staff, changed, withdrawn."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.database import transaction
from domains.kernel.errors import NotFound, VersionConflict
from domains.kernel.paging import Page
from domains.matching.errors.needs import HostMissing, NeedStateUnfit
from domains.matching.events.needs import (
    NeedCancelled,
    NeedChanged,
    NeedRejected,
    NeedVerified,
)
from domains.matching.models import Need
from domains.matching.queries.rules import procedure_of
from domains.matching.service import calling_off, details, moving, posting
from domains.matching.service.details import Private
from domains.matching.service.shared import Held, hold_need, told
from domains.matching.values.needs import STANDING, NeedState
from domains.matching.values.orders import ServiceOrderState
from domains.membership.queries import organisations, places
from domains.membership.queries.organisations import OrganisationFilter
from domains.membership.values import OrganisationKind
from domains.volunteering.service.shared import line


@dataclass(frozen=True, slots=True)
class NeedEdit:
    """What changes of a need; what is left out stays as it is."""

    title: str | None = None
    public_text: str | None = None
    place: str | None = None
    private: Private | None = None
    urgency: int | None = None
    may_be_taken: bool | None = None


async def verify_need(
    actor: Actor, need_id: UUID, *, host_id: UUID | None = None, hold: bool = False
) -> UUID:
    """Verify a need: its orders open, or wait to be opened where they are held.

    Raises NeedStateUnfit, HostMissing, NotFound.
    """
    async with transaction():
        need = await hold_need(actor, need_id, "verifyNeed")
        await verify(actor, need, host_id=host_id, hold=hold)
        await _told(actor, "verifyNeed", need)
    return need_id


async def verify(
    actor: Actor, need: Need, *, host_id: UUID | None = None, hold: bool = False
) -> None:
    """Verify a locked need in the open transaction of another command that may."""
    database.require_open_transaction()
    _require_state(need, NeedState.SUBMITTED)
    need.host_id = await _host(need, host_id)
    need.state = NeedState.VERIFIED
    need.decided_at = await clock.now()
    need.decided_by_id = actor.person_id
    await need.save()
    procedure = await procedure_of(need.community_id)
    for order in await calling_off.orders_of(need.id, {ServiceOrderState.SUBMITTED}):
        held = Held(order, need, procedure)
        await moving.move(held, ServiceOrderState.VERIFIED, actor)
        if not hold:
            await moving.move(held, ServiceOrderState.OPEN, actor)
    await outbox.record(NeedVerified(need.id, need.area_path))


async def _host(need: Need, host_id: UUID | None) -> UUID:
    """Return who hosts: whoever is named and lies here or above, or a body of the community."""
    if host_id is not None:
        (row,) = await organisations.organisations_by_id(SYSTEM, [host_id])
        stands = row is not None and row["dissolved_on"] is None
        where = await places.place_of(row["area_id"]) if row is not None and stands else None
        if where is None or not (
            need.area_path.startswith(where.area_path) or where.area_path.startswith(need.area_path)
        ):
            raise NotFound(path=("input", "hostId"))
        return host_id
    community = await places.place_of(need.community_id)
    assert community is not None, "an area's community is an area"
    asked = OrganisationFilter(
        within_path=community.area_path, kinds=(OrganisationKind.COMMUNITY_BODY,)
    )
    found = await organisations.organisations(SYSTEM, asked, Page(first=1))
    if not found.rows:
        raise HostMissing(path=("input", "hostId"))
    body: UUID = found.rows[0]["id"]
    return body


async def reject_need(actor: Actor, need_id: UUID, *, reason: str) -> UUID:
    """Reject a need, with a reason that whose it is will read; raises NeedStateUnfit."""
    async with transaction():
        need = await hold_need(actor, need_id, "rejectNeed")
        _require_state(need, NeedState.SUBMITTED)
        said = line(reason, path=("input", "reason"), longest=200)
        need.state = NeedState.REJECTED
        need.decided_at = need.ended_at = await clock.now()
        need.decided_by_id = actor.person_id
        need.reason = said
        await need.save()
        procedure = await procedure_of(need.community_id)
        for order in await calling_off.orders_of(need.id, {ServiceOrderState.SUBMITTED}):
            held = Held(order, need, procedure)
            await moving.move(held, ServiceOrderState.REJECTED, actor, reason=said)
        await outbox.record(NeedRejected(need.id, need.area_path))
        await _told(actor, "rejectNeed", need)
    return need_id


async def cancel_need(actor: Actor, need_id: UUID, *, reason: str) -> UUID:
    """Withdraw a need: what was not begun is called off, and who was asked hears of it."""
    async with transaction():
        need = await hold_need(actor, need_id, "cancelNeed")
        if need.state not in STANDING:
            raise NeedStateUnfit(state=need.state.value)
        said = line(reason, path=("input", "reason"), longest=200)
        procedure = await procedure_of(need.community_id)
        for order in await calling_off.orders_of(need.id, calling_off.BEFORE_SERVICE):
            await calling_off.call_off(Held(order, need, procedure), actor, reason=said)
        need.state = NeedState.CANCELLED
        need.ended_at = await clock.now()
        need.reason = said
        await need.save()
        await outbox.record(NeedCancelled(need.id, need.area_path))
        await _told(actor, "cancelNeed", need)
    return need_id


async def update_need(
    actor: Actor, need_id: UUID, edit: NeedEdit, *, expected_version: int
) -> UUID:
    """Change what a need says while it stands; who is matched hears that it changed.

    Raises VersionConflict, NeedStateUnfit, InvalidInput, PlaceOutsideArea.
    """
    async with transaction():
        need = await hold_need(actor, need_id, "updateNeed")
        if need.version != expected_version:
            raise VersionConflict(version=need.version)
        if need.state not in STANDING:
            raise NeedStateUnfit(state=need.state.value)
        for name, column, longest, given in (
            ("title", "title", 80, edit.title),
            ("publicText", "public_text", 1000, edit.public_text),
            ("place", "place", 120, edit.place),
        ):
            if given is not None:
                setattr(need, column, line(given, path=("input", name), longest=longest))
        if edit.urgency is not None:
            need.urgency = posting.number_of(edit.urgency, "urgency", most=4)
        if edit.may_be_taken is not None:
            need.may_be_taken = edit.may_be_taken
        if edit.private is not None:
            details.put(need, edit.private)
            posting.require_within(need, edit.private, await procedure_of(need.community_id))
        need.version += 1
        await need.save()
        await outbox.record(NeedChanged(need.id, need.area_path))
        await _told(actor, "updateNeed", need)
    return need_id


def _require_state(need: Need, state: NeedState) -> None:
    if need.state is not state:
        raise NeedStateUnfit(path=("input", "needId"), state=need.state.value)


async def _told(actor: Actor, command: str, need: Need) -> None:
    await told(
        actor,
        command=command,
        community_id=need.community_id,
        subject=("need", need.id),
        details={"state": need.state.value},
    )
