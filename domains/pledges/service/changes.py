"""A change of what was promised: with a reason, on a notice of its own, the first deadline kept."""

from dataclasses import asdict
from uuid import UUID

from domains.kernel import calendar, clock, database, idempotency, outbox
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.database import transaction
from domains.kernel.errors import NotFound, VersionConflict
from domains.pledges.errors import ChangePending, MilestoneDropped, NothingChanged, NotUnderNotice
from domains.pledges.events.pledges import PledgeChanged, PledgeChangeDropped, PledgeChangeNoticed
from domains.pledges.models import Pledge
from domains.pledges.service import claims, texts
from domains.pledges.service import terms as terms_of
from domains.pledges.service.held import hold, keep, procedure_of, require_state, told
from domains.pledges.service.terms import TermsDraft
from domains.pledges.values.pledges import TO_DELIVER, ChangeState, PledgeAct, PledgeState

_PENDING = """
SELECT EXISTS (SELECT FROM pledges_change WHERE pledge_id = $1 AND state = 'notice')
"""
_NOTICE = """
INSERT INTO pledges_change
    (id, pledge_id, version, reason, by_id, noticed_at, notice_until, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'notice')
"""
_SETTLE = """
UPDATE pledges_change SET state = $2, decided_at = kernel_now()
WHERE id = $1 AND state = 'notice'
"""
_PLEDGE_OF = "SELECT pledge_id FROM pledges_change WHERE id = $1"
# The pledge is locked first, as every command does; an open objection keeps a change waiting.
_DUE = """
SELECT c.id, c.pledge_id, c.version FROM pledges_change c
JOIN pledges_pledge p ON p.id = c.pledge_id
WHERE c.state = 'notice' AND c.notice_until <= kernel_now()
  AND NOT EXISTS (
    SELECT FROM pledges_objection o WHERE o.change_id = c.id AND o.state = 'open')
ORDER BY c.notice_until LIMIT 1 FOR UPDATE OF p SKIP LOCKED
"""
# Asked again under the lock: an objection of the last instant may have committed just now.
_OBJECTED = """
SELECT EXISTS (SELECT FROM pledges_objection WHERE change_id = $1 AND state = 'open')
"""


async def change_pledge(
    actor: Actor,
    pledge_id: UUID,
    draft: TermsDraft,
    *,
    reason: str,
    expected_version: int,
    idempotency_key: UUID,
) -> tuple[UUID, bool]:
    """Put a change of a promise to public notice; returns its id and whether this was a replay.

    Nothing changes before the notice is over. Raises ChangePending, NothingChanged,
    MilestoneDropped, VersionConflict, PledgeStateUnfit once delivered.
    """
    said = texts.public(reason, longest=500, path=("input", "reason"))
    async with transaction():
        pledge = await hold(actor, pledge_id, "changePledge")
        given = {"pledge": pledge_id, "reason": reason, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "changePledge", given)
        if earlier is not None:
            return UUID(earlier["change"]), True
        require_state(pledge, TO_DELIVER)
        if pledge.terms_version != expected_version:
            raise VersionConflict(version=pledge.terms_version)
        if await database.fetch_value(_PENDING, pledge.id):
            raise ChangePending(path=("input", "pledgeId"))
        version = await _write(actor, pledge, draft)
        now, procedure = await clock.now(), await procedure_of(pledge)
        until = calendar.deadline(now, procedure.change_notice).at
        change_id = database.new_id()
        await database.execute(
            _NOTICE, change_id, pledge.id, version, said, actor.person_id, now, until
        )
        await keep(actor, pledge, PledgeAct.CHANGE_NOTICED, subject_id=change_id, reason=said)
        await outbox.record(PledgeChangeNoticed(pledge.id, pledge.area_path, change_id))
        await idempotency.settle(actor, idempotency_key, {"change": str(change_id)})
        await told(actor, pledge, "changePledge", {"change": str(change_id)})
        return change_id, False


async def _write(actor: Actor, pledge: Pledge, draft: TermsDraft) -> int:
    standing = await terms_of.read(pledge.id, pledge.terms_version)
    terms = await terms_of.sound(
        draft,
        area_path=pledge.area_path,
        year=pledge.year,
        known=frozenset(each.key for each in standing.draft.milestones if each.key),
    )
    if terms_of.same(terms, standing):
        raise NothingChanged(path=("input", "terms"))
    kept = {each.key for each in terms.draft.milestones}
    if not await claims.reached_keys(pledge.id) <= kept:
        raise MilestoneDropped(path=("input", "terms", "milestones"))
    version = await terms_of.next_version(pledge.id)
    await terms_of.write(pledge.id, version, terms, author_id=actor.person_id)
    return version


async def withdraw_change(actor: Actor, change_id: UUID) -> UUID:
    """Take a change off its notice: the promise stands as it was; returns the pledge's id."""
    path = ("input", "changeId")
    pledge_id = await database.fetch_value(_PLEDGE_OF, change_id)
    if pledge_id is None:
        raise NotFound(path=path)
    async with transaction():
        pledge = await hold(actor, pledge_id, "withdrawPledgeChange", path=path)
        if not await database.execute(_SETTLE, change_id, ChangeState.WITHDRAWN):
            raise NotUnderNotice(path=path)
        await _dropped(actor, pledge, change_id, PledgeAct.CHANGE_WITHDRAWN)
        await told(actor, pledge, "withdrawPledgeChange", {"change": str(change_id)})
        return pledge.id


async def reject(actor: Actor, pledge: Pledge, change_id: UUID, *, reason: str) -> None:
    """Reject a change whose notice met an objection that was upheld; inside a command."""
    if await database.execute(_SETTLE, change_id, ChangeState.REJECTED):
        await _dropped(actor, pledge, change_id, PledgeAct.CHANGE_REJECTED, reason=reason)


async def _dropped(
    actor: Actor, pledge: Pledge, change_id: UUID, act: PledgeAct, *, reason: str | None = None
) -> None:
    await keep(actor, pledge, act, subject_id=change_id, reason=reason)
    await outbox.record(PledgeChangeDropped(pledge.id, pledge.area_path, change_id))


async def apply_due_change() -> UUID | None:
    """Put one change into force whose notice is over and unopposed; returns its id, or None.

    Where the pledge has been delivered or given up meanwhile, the change falls away.
    """
    async with transaction():
        row = await database.fetch_one(_DUE)
        if row is None or await database.fetch_value(_OBJECTED, row["id"]):
            return None
        change_id: UUID = row["id"]
        pledge = await Pledge.get(id=row["pledge_id"])
        stands = pledge.state in TO_DELIVER
        state = ChangeState.IN_FORCE if stands else ChangeState.WITHDRAWN
        if not await database.execute(_SETTLE, change_id, state):
            return change_id  # settled by another before the pledge was locked here
        if not stands:
            await _dropped(SYSTEM, pledge, change_id, PledgeAct.CHANGE_WITHDRAWN)
            return change_id
        await _enter_into_force(pledge, row["version"])
        await keep(SYSTEM, pledge, PledgeAct.CHANGE_IN_FORCE, subject_id=change_id)
        await outbox.record(PledgeChanged(pledge.id, pledge.area_path, change_id))
        return change_id


async def _enter_into_force(pledge: Pledge, version: int) -> None:
    terms = await terms_of.read(pledge.id, version)
    pledge.update_from_dict(terms.columns())
    pledge.terms_version = version
    pledge.reached_weight = await claims.reached_weight(pledge)
    if pledge.state is PledgeState.OVERDUE and terms.deadline >= await clock.today():
        pledge.state = PledgeState.IN_PROGRESS
    await pledge.save()
