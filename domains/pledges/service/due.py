"""What the worker finds due of pledges: the database's clock says so, and each once."""

from datetime import timedelta
from uuid import UUID

from domains.kernel import clock, database, outbox
from domains.kernel.actor import SYSTEM
from domains.kernel.database import transaction
from domains.pledges.events.pledges import PledgeCommitted, PledgeMilestoneDue, PledgeOverdue
from domains.pledges.models import Pledge
from domains.pledges.service.held import keep
from domains.pledges.values.pledges import PledgeAct, PledgeState

_NOTICED = """
SELECT p.id FROM pledges_pledge p
WHERE p.state = 'public_notice' AND p.notice_until <= kernel_now()
  AND NOT EXISTS (
    SELECT FROM pledges_objection o
    WHERE o.pledge_id = p.id AND o.about = 'notice' AND o.state = 'open')
ORDER BY p.notice_until LIMIT 1 FOR UPDATE OF p SKIP LOCKED
"""
_OVERDUE = """
SELECT p.id FROM pledges_pledge p
WHERE p.state IN ('committed', 'in_progress')
  AND p.deadline < (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
ORDER BY p.deadline LIMIT 1 FOR UPDATE OF p SKIP LOCKED
"""
# How many days before is data of the programme's rules.
_MILESTONES = """
SELECT p.id, p.area_path, m.key, m.due_on
FROM pledges_pledge p
JOIN pledges_programme g ON g.id = p.programme_id
JOIN pledges_milestone m ON m.pledge_id = p.id AND m.version = p.terms_version
WHERE p.state IN ('committed', 'in_progress', 'overdue')
  AND m.due_on - (g.frozen_rules -> 'content' ->> 'milestoneRemindDays')::int
      <= (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
  AND NOT EXISTS (
    SELECT FROM pledges_milestone_told t
    WHERE (t.pledge_id, t.key, t.due_on) = (p.id, m.key, m.due_on))
  AND NOT EXISTS (
    SELECT FROM pledges_report r
    WHERE r.pledge_id = p.id AND r.milestone_key = m.key AND r.struck_at IS NULL)
ORDER BY m.due_on LIMIT 1 FOR UPDATE OF p SKIP LOCKED
"""
_TOLD = """
INSERT INTO pledges_milestone_told (pledge_id, key, due_on, at) VALUES ($1, $2, $3, kernel_now())
ON CONFLICT DO NOTHING
"""
# Asked again under the lock: an objection of the last instant may have committed just now.
_OBJECTED = """
SELECT EXISTS (
    SELECT FROM pledges_objection
    WHERE pledge_id = $1 AND about = 'notice' AND state = 'open')
"""


async def commit_due_pledge() -> UUID | None:
    """Commit one pledge whose notice is over with no objection open; returns its id, or None."""
    async with transaction():
        pledge_id: UUID | None = await database.fetch_value(_NOTICED)
        if pledge_id is None or await database.fetch_value(_OBJECTED, pledge_id):
            return None
        pledge = await Pledge.get(id=pledge_id)
        pledge.state = PledgeState.COMMITTED
        pledge.committed_at = await clock.now()
        pledge.first_deadline = pledge.deadline
        await pledge.save()
        await keep(SYSTEM, pledge, PledgeAct.COMMITTED)
        await outbox.record(PledgeCommitted(pledge.id, pledge.area_path))
        return pledge_id


async def find_overdue_pledge() -> UUID | None:
    """Mark one pledge overdue whose deadline has passed; told once for each deadline."""
    async with transaction():
        pledge_id: UUID | None = await database.fetch_value(_OVERDUE)
        if pledge_id is None:
            return None
        pledge = await Pledge.get(id=pledge_id)
        pledge.state = PledgeState.OVERDUE
        pledge.overdue_since = pledge.deadline + timedelta(days=1)
        await pledge.save()
        await keep(SYSTEM, pledge, PledgeAct.OVERDUE)
        deadline = pledge.deadline.isoformat()
        await outbox.record(PledgeOverdue(pledge.id, pledge.area_path, deadline))
        return pledge_id


async def remind_due_milestone() -> UUID | None:
    """Tell once of one milestone that comes due soon and is not reached; returns its key."""
    async with transaction():
        row = await database.fetch_one(_MILESTONES)
        if row is None:
            return None
        key: UUID = row["key"]
        if await database.execute(_TOLD, row["id"], key, row["due_on"]):
            due_on = row["due_on"].isoformat()
            await outbox.record(PledgeMilestoneDue(row["id"], row["area_path"], key, due_on))
        return key
