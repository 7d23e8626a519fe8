"""Commands over residencies: claimed by residents, decided by staff, ended on a last day."""

from datetime import date
from uuid import UUID

from domains.kernel import audit, clock, database, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row
from domains.kernel.errors import InvalidInput, NotFound
from domains.membership import policy
from domains.membership.errors import DayImpossible, OwnResidency, ResidencyDecided
from domains.membership.events import (
    ResidencyClaimed,
    ResidencyEnded,
    ResidencyRefused,
    ResidencyVerified,
)
from domains.membership.rules import texts
from domains.membership.service import assistance, conflicts, once, targets
from domains.membership.values import ConsentForm, Made, ResidencyKind, ResidencyState

EARLIEST = date(1900, 1, 1)

_ENTER = """
INSERT INTO membership_residency
    (id, person_id, household_id, kind, state, since, decided_by_id, decided_at, created_at)
VALUES ($1, $2, $3, $4, $5::text, $6, $7,
        CASE WHEN $5::text = 'verified' THEN kernel_now() END, kernel_now())
"""
_DECIDE = """
UPDATE membership_residency
SET state = $2, reason = $3, decided_by_id = $4, decided_at = kernel_now()
WHERE id = $1
"""
_END = """
UPDATE membership_residency SET state = 'ended', until = $2, reason = $3 WHERE id = $1
"""
_AT = "SELECT id FROM membership_household WHERE area_id = $1 AND unit = $2"
_NAMED = "SELECT name <> '' FROM membership_person WHERE id = $1"


async def _enter(
    person_id: UUID,
    household_id: UUID,
    *,
    kind: ResidencyKind,
    state: ResidencyState,
    since: date,
    today: date,
    decided_by: UUID | None = None,
) -> UUID:
    if not EARLIEST <= since <= today:
        raise DayImpossible(path=("input", "since"))
    residency_id = database.new_id()
    with conflicts.told():
        await database.execute(
            _ENTER, residency_id, person_id, household_id, kind, state, since, decided_by
        )
    return residency_id


async def enter_verified(
    actor: Actor,
    person_id: UUID,
    household_id: UUID,
    *,
    kind: ResidencyKind,
    since: date,
    today: date,
) -> UUID:
    """Enter, in the open transaction, a residency that whoever enters it vouches for."""
    database.require_open_transaction()
    if actor.person_id == person_id:
        raise OwnResidency(path=("input", "personId"))
    residency_id = await _enter(
        person_id,
        household_id,
        kind=kind,
        state=ResidencyState.VERIFIED,
        since=since,
        today=today,
        decided_by=actor.person_id,
    )
    await outbox.record(ResidencyVerified(residency_id=residency_id, person_id=person_id))
    return residency_id


async def _claim(person_id: UUID, household: Row, *, kind: ResidencyKind, since: date) -> UUID:
    named = await database.fetch_value(_NAMED, person_id)
    if named is None:
        raise NotFound(path=("input", "personId"))
    if not named:
        raise InvalidInput(
            path=("input",),
            zh="请先填写姓名,再申请居住认证。",
            en="enter a name before you claim a residency.",
        )
    residency_id = await _enter(
        person_id,
        household["id"],
        kind=kind,
        state=ResidencyState.CLAIMED,
        since=since,
        today=await clock.today(),
    )
    await outbox.record(
        ResidencyClaimed(residency_id=residency_id, community_id=household["community_id"])
    )
    return residency_id


async def claim_residency(
    actor: Actor,
    *,
    building_id: UUID,
    unit: str,
    kind: ResidencyKind,
    since: date,
    idempotency_key: UUID | None = None,
) -> Made:
    """Say that one belongs to the household at this unit of a building; staff decide."""
    async with database.transaction():
        require(policy.AUTHORITY, "claimResidency", actor)
        assert actor.person_id is not None, "the system lives nowhere"
        given = {"building": building_id, "unit": unit, "kind": kind, "since": since}
        if before := await once.earlier(actor, idempotency_key, "claimResidency", given):
            return before
        household_id = await database.fetch_value(_AT, building_id, unit.strip()[:40])
        if household_id is None:
            raise NotFound(path=("input", "unit"))
        household, _ = await targets.household(household_id, path=("input", "unit"))
        residency_id = await _claim(actor.person_id, household, kind=kind, since=since)
        return await once.made(actor, idempotency_key, residency_id)


async def claim_residency_for(
    actor: Actor,
    *,
    person_id: UUID,
    household_id: UUID,
    kind: ResidencyKind,
    since: date,
    consent: ConsentForm,
    note: str = "",
    idempotency_key: UUID | None = None,
) -> Made:
    """Claim a residency for somebody who asked for help, with their consent kept."""
    async with database.transaction():
        household, place = await targets.household(household_id, path=("input", "householdId"))
        require(policy.AUTHORITY, "claimResidencyFor", actor, place)
        _, person, _ = await targets.person(person_id, path=("input", "personId"))
        if not policy.AUTHORITY["editPerson"].sees(actor, person):
            raise NotFound(path=("input", "personId"))
        given = {
            "person": person_id,
            "household": household_id,
            "kind": kind,
            "since": since,
            "consent": consent,
        }
        if before := await once.earlier(actor, idempotency_key, "claimResidencyFor", given):
            return before
        residency_id = await _claim(person_id, household, kind=kind, since=since)
        await assistance.assist(
            actor,
            person_id=person_id,
            command="claimResidency",
            subject_id=residency_id,
            consent=consent,
            note=note,
        )
        made = await once.made(actor, idempotency_key, residency_id)
        await audit.record(
            actor,
            command="claimResidencyFor",
            chain=household["community_id"],
            subject=("residency", residency_id),
            details={"consent": consent.value},
        )
    return made


async def verify_residency(actor: Actor, residency_id: UUID) -> None:
    """Find a claim to be true: the person is a resident from that moment."""
    async with database.transaction():
        row = await _open_claim(actor, "verifyResidency", residency_id)
        await _decide(actor, row, ResidencyState.VERIFIED, reason=None)
        await outbox.record(
            ResidencyVerified(residency_id=residency_id, person_id=row["person_id"])
        )
        await _told(actor, "verifyResidency", row)


async def refuse_residency(actor: Actor, residency_id: UUID, *, reason: str) -> None:
    """Find a claim not to be true, and tell the claimant why."""
    async with database.transaction():
        row = await _open_claim(actor, "refuseResidency", residency_id)
        reason = texts.line(reason, path=("input", "reason"), longest=200)
        await _decide(actor, row, ResidencyState.REFUSED, reason=reason)
        await outbox.record(ResidencyRefused(residency_id=residency_id, person_id=row["person_id"]))
        await _told(actor, "refuseResidency", row)


async def _open_claim(actor: Actor, action: str, residency_id: UUID) -> Row:
    row, bond = await targets.residency(residency_id, path=("input", "residencyId"))
    require(policy.AUTHORITY, action, actor, bond)
    if actor.person_id == row["person_id"]:
        raise OwnResidency(path=("input", "residencyId"))
    if row["state"] != ResidencyState.CLAIMED:
        raise ResidencyDecided(path=("input", "residencyId"))
    return row


async def _decide(actor: Actor, row: Row, state: ResidencyState, *, reason: str | None) -> None:
    await database.execute(_DECIDE, row["id"], state, reason, actor.person_id)


async def _told(actor: Actor, command: str, row: Row) -> None:
    await audit.record(
        actor,
        command=command,
        chain=row["community_id"],
        subject=("residency", row["id"]),
        details={},
    )


async def end_residency(
    actor: Actor, residency_id: UUID, *, last_day: date | None = None, reason: str | None = None
) -> None:
    """Give a verified residency its last day (today unless said); that day still counts."""
    async with database.transaction():
        row, bond = await targets.residency(residency_id, path=("input", "residencyId"))
        require(policy.AUTHORITY, "endResidency", actor, bond)
        if row["state"] != ResidencyState.VERIFIED:
            raise ResidencyDecided(path=("input", "residencyId"))
        until = last_day or await clock.today()
        if until < row["since"]:
            raise DayImpossible(path=("input", "lastDay"))
        reason = texts.optional_line(reason, path=("input", "reason"), longest=200)
        await database.execute(_END, residency_id, until, reason)
        await outbox.record(ResidencyEnded(residency_id=residency_id, person_id=row["person_id"]))
        await _told(actor, "endResidency", row)
