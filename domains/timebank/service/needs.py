"""Whose need goes first: assessed by one of the staff, approved by another, for a while.

The group that somebody is in is hardship, so it is sealed and each reading of it audited.
The queue is ordered by the group's rank alone, which several groups may share.
"""

from datetime import date, timedelta
from uuid import UUID

from domains.kernel import audit, clock, crypto, database, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.membership.queries import people
from domains.timebank import policy
from domains.timebank.errors import AlreadyDecided, AnotherMustApprove, NeedNotMet, NeedStands
from domains.timebank.events import NeedAssessed, NeedDecided
from domains.timebank.policy import PersonPlace
from domains.timebank.rules import earning
from domains.timebank.rules.scheme import NeedGroup
from domains.timebank.service import schemes

LONGEST_DAYS = 731
_TABLE, _COLUMN = "timebank_need", "group_sealed"
_ASSESS = """
INSERT INTO timebank_need (id, person_id, community_id, area_path, rank, group_sealed, valid_until,
                           assessed_by, assessed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, kernel_now())
ON CONFLICT (person_id, community_id)
    WHERE ended_at IS NULL AND approved IS DISTINCT FROM false DO NOTHING
"""
# One whose time is over makes room for the next.
_LAPSE = """
UPDATE timebank_need SET ended_at = kernel_now()
WHERE person_id = $1 AND community_id = $2 AND ended_at IS NULL
  AND valid_until < (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
"""
_ONE = """
SELECT id, person_id, community_id, area_path, group_sealed, assessed_by, approved, ended_at
FROM timebank_need WHERE id = $1 FOR UPDATE
"""
_DECIDE = """
UPDATE timebank_need SET approved = $2, decided_by = $3, decided_at = kernel_now() WHERE id = $1
"""
_END = "UPDATE timebank_need SET ended_at = kernel_now() WHERE id = $1"


async def assess_need(
    actor: Actor, community_id: UUID, person_id: UUID, *, group: str, valid_until: date
) -> UUID:
    """Say that somebody is in a group whose need goes first; waits for another's approval.

    Raises NeedNotMet, NeedStands, AnotherMustApprove for oneself, InvalidInput.
    """
    async with transaction():
        place = await schemes.place_of(community_id)
        require(policy.AUTHORITY, "assessNeed", actor, place)
        (person,) = await people.people_by_id(actor, [person_id])
        if place is None or person is None or not person["known"]:
            raise NotFound(path=("input", "personId"))
        if person_id == actor.person_id:
            raise AnotherMustApprove
        found = (await schemes.in_force(community_id)).scheme.need_groups.get(group)
        await _require_met(found, person, valid_until)
        assert found is not None, "it was required"
        made = database.new_id()
        sealed = crypto.seal(group, table=_TABLE, column=_COLUMN, row=made)
        await database.execute(_LAPSE, person_id, community_id)
        given = (made, person_id, community_id, place.area_path, found.rank, sealed)
        if not await database.execute(_ASSESS, *given, valid_until, actor.person_id):
            raise NeedStands
        await outbox.record(NeedAssessed(made, community_id))
        await _audit(actor, "assessNeed", community_id, made)
        return made


async def _require_met(group: NeedGroup | None, person: Row, valid_until: date) -> None:
    today = await clock.today()
    if group is None:
        raise NotFound(path=("input", "group"))
    if not today < valid_until <= today + timedelta(days=LONGEST_DAYS):
        raise InvalidInput(
            path=("input", "validUntil"), zh="须在今后两年之内。", en="within two years from today."
        )
    born = person["birth_date"]
    if group.least_age is not None and (
        born is None or earning.age_on(born, today) < group.least_age
    ):
        raise NeedNotMet(path=("input", "group"))


async def open_need_group(actor: Actor, need_id: UUID) -> str:
    """Return the code of the group that somebody is in; the reading is audited."""
    async with transaction():
        row = await _seen(actor, "openNeedGroup", need_id)
        await audit.record_read(
            actor, chain=row["community_id"], kind="need", ids=[need_id], fields=["group"]
        )
        return crypto.unseal(
            bytes(row["group_sealed"]), table=_TABLE, column=_COLUMN, row=row["id"]
        )


async def decide_need(actor: Actor, need_id: UUID, *, approved: bool) -> None:
    """Approve an assessment or not; neither who made it nor whom it is about."""
    async with transaction():
        row = await _seen(actor, "decideNeed", need_id)
        if actor.person_id in {row["assessed_by"], row["person_id"]}:
            raise AnotherMustApprove
        if row["approved"] is not None or row["ended_at"] is not None:
            raise AlreadyDecided
        await database.execute(_DECIDE, need_id, approved, actor.person_id)
        told = NeedDecided(need_id, row["community_id"], row["person_id"], approved)
        await outbox.record(told)
        await _audit(actor, "decideNeed", row["community_id"], need_id)


async def end_need(actor: Actor, need_id: UUID) -> None:
    """End an assessment before its time."""
    async with transaction():
        row = await _seen(actor, "endNeed", need_id)
        if row["ended_at"] is not None:
            raise AlreadyDecided
        await database.execute(_END, need_id)
        await _audit(actor, "endNeed", row["community_id"], need_id)


async def _seen(actor: Actor, action: str, need_id: UUID) -> Row:
    row = await database.fetch_one(_ONE, need_id)
    if row is None:
        raise NotFound(path=("input", "needId"))
    require(policy.AUTHORITY, action, actor, PersonPlace(row["area_path"], row["person_id"]))
    return row


async def _audit(actor: Actor, command: str, community_id: UUID, need_id: UUID) -> None:
    await audit.record(
        actor, command=command, chain=community_id, subject=("need", need_id), details={}
    )
