"""Stars and medals: found by due work, noticed, approved by who may, granted when it is over."""

import json
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from domains.kernel import calendar, clock, database, outbox, rulesets
from domains.kernel.actor import Actor, Role, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import Forbidden, InvalidInput
from domains.kernel.rules import RuleSet
from domains.membership.queries import places
from domains.volunteering import policy
from domains.volunteering.errors import HonourDecided, HonourOpposed
from domains.volunteering.events.honours import (
    HonourGranted,
    HonourNoticed,
    HonourRefused,
    HonourRevoked,
)
from domains.volunteering.events.volunteers import VolunteerBanned
from domains.volunteering.models import Volunteer
from domains.volunteering.policy import VolunteerPlace
from domains.volunteering.queries import honours
from domains.volunteering.rules.stars import Earned, StarPolicy
from domains.volunteering.service.shared import hold_volunteer, line, one, told
from domains.volunteering.values.codes import STAR_POLICY
from domains.volunteering.values.volunteers import VolunteerState

_CHECK = """
SELECT volunteer_id FROM volunteering_honour_check
WHERE checked_on < $1 ORDER BY checked_on, volunteer_id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_CHECKED = "UPDATE volunteering_honour_check SET checked_on = $2 WHERE volunteer_id = $1"
# A medal is held or not, wherever it stands in the policy by now.
_HELD = """
SELECT coalesce(CASE WHEN $2 = 'star' THEN max(level) ELSE max(9) END, 0)
FROM volunteering_honour
WHERE volunteer_id = $1 AND kind = $2 AND state IN ('notice', 'granted')
  AND ($2 = 'star' OR code = $3)
"""
_NOTICE = """
INSERT INTO volunteering_honour
    (id, volunteer_id, person_id, area_id, area_path, kind, code, level, title_zh, title_en,
     state, minutes, frozen_policy, approvers, noticed_at, notice_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'notice', $11, $12::jsonb, $13, $14, $15)
"""
_HONOUR = """
SELECT h.*, h.frozen_policy::text AS policy, v.guardian_id FROM volunteering_honour h
JOIN volunteering_volunteer v ON v.id = h.volunteer_id WHERE h.id = $1 FOR UPDATE OF h
"""
_APPROVE = """
UPDATE volunteering_honour SET approved_by_id = $2, approved_at = kernel_now() WHERE id = $1
"""
_END = """
UPDATE volunteering_honour
SET state = $2, ended_by_id = $3, ended_at = kernel_now(), end_reason = $4, open_objections = 0
WHERE id = $1
"""
_DUE = """
SELECT h.*, h.frozen_policy::text AS policy FROM volunteering_honour h
WHERE h.state = 'notice' AND h.notice_until <= kernel_now() AND h.approved_at IS NOT NULL
  AND h.open_objections = 0
ORDER BY h.notice_until LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_GRANT = """
UPDATE volunteering_honour SET state = 'granted', granted_at = kernel_now() WHERE id = $1
"""
# What is open when an honour ends has no matter left; the end says why.
_MOOT = """
UPDATE volunteering_honour_objection
SET state = 'upheld', answer = $2, answered_at = kernel_now()
WHERE honour_id = $1 AND state = 'open'
"""
_ON_NOTICE = "SELECT * FROM volunteering_honour WHERE volunteer_id = $1 AND state = 'notice'"
_BAN = """
INSERT INTO volunteering_ban (id, volunteer_id, person_id, starts_on, ends_on, reason, by_id, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, kernel_now())
"""
_LIFT = """
UPDATE volunteering_ban
SET lifted_at = kernel_now(), lifted_by_id = $2, lift_reason = $3
WHERE volunteer_id = $1 AND lifted_at IS NULL AND ends_on >= $4
"""


async def policy_at(area_id: UUID) -> RuleSet:
    """Return the star policy that holds in the community of an area today."""
    place = await places.place_of(area_id)
    community_id = place.community_id if place else None
    return await rulesets.in_force(STAR_POLICY, on=await clock.today(), community=community_id)


async def check_due_volunteer() -> UUID | None:
    """Look once a day whether a volunteer has earned an honour, and put it on notice."""
    async with transaction():
        today = await clock.today()
        volunteer_id: UUID | None = await database.fetch_value(_CHECK, today)
        if volunteer_id is None:
            return None
        await database.execute(_CHECKED, volunteer_id, today)
        volunteer = await Volunteer.filter(id=volunteer_id).select_for_update().get()
        if volunteer.state is VolunteerState.REGISTERED:
            rules = await policy_at(volunteer.area_id)
            figures = await honours.figures_of(volunteer_id, today)
            for earned in StarPolicy.of(rules).earned(figures, on=today):
                await _notice(volunteer, earned, rules, minutes=figures.minutes)
        return volunteer_id


async def _notice(volunteer: Volunteer, earned: Earned, rules: RuleSet, *, minutes: int) -> None:
    held = await database.fetch_value(_HELD, volunteer.id, earned.kind.value, earned.code)
    if held >= earned.level:
        return
    now = await clock.now()
    honour_id = database.new_id()
    await database.execute(
        _NOTICE,
        *(honour_id, volunteer.id, volunteer.person_id, volunteer.area_id, volunteer.area_path),
        *(earned.kind.value, earned.code, earned.level, earned.title_zh, earned.title_en),
        *(minutes, json.dumps(rulesets.freeze(rules))),
        *([each.value for each in earned.approvers], now),
        calendar.deadline(now, StarPolicy.of(rules).notice).at,
    )
    await outbox.record(HonourNoticed(volunteer.id, volunteer.area_path, honour_id))


async def decide_honour(actor: Actor, honour_id: UUID, *, accepted: bool, reason: str) -> UUID:
    """Approve an honour on notice, or refuse it; by a role that its policy names.

    Raises HonourDecided, HonourOpposed, Forbidden where the actor's role does not reach.
    """
    async with transaction():
        honour = await hold(actor, honour_id, "decideVolunteerHonour")
        if honour["state"] != "notice" or honour["approved_at"] is not None:
            raise HonourDecided(path=("input", "honourId"))
        roles = [Role(each) for each in honour["approvers"]]
        reaches = any(actor.holds(role, area_path=honour["area_path"]) for role in roles)
        if actor.person_id == honour["person_id"] or not reaches:
            raise Forbidden
        said = line(reason, path=("input", "reason"), longest=500)
        if accepted and honour["open_objections"]:
            raise HonourOpposed(path=("input", "honourId"))
        if accepted:
            await database.execute(_APPROVE, honour_id, actor.person_id)
        else:
            await end(honour, "refused", by_id=actor.person_id, reason=said)
        await told_of(actor, honour, "decideVolunteerHonour")
    return honour_id


async def grant_due_honour() -> UUID | None:
    """Grant one approved honour whose notice is over, if it is still earned; else refuse it."""
    async with transaction():
        honour = await database.fetch_one(_DUE)
        if honour is None:
            return None
        today = await clock.today()
        rules = rulesets.thaw(json.loads(honour["policy"]))
        figures = await honours.figures_of(honour["volunteer_id"], today)
        if _still_earned(honour, StarPolicy.of(rules).earned(figures, on=today)):
            await database.execute(_GRANT, honour["id"])
            await outbox.record(
                HonourGranted(honour["volunteer_id"], honour["area_path"], honour["id"])
            )
        else:
            reason = "公示期满时已不符合条件"
            await end(honour, "refused", by_id=None, reason=reason)
        found: UUID = honour["id"]
        return found


def _still_earned(honour: Row, earned: Iterable[Earned]) -> bool:
    return any(
        each.kind == honour["kind"]
        and (each.code == honour["code"] or (each.kind == "star" and each.level > honour["level"]))
        for each in earned
    )


async def end(honour: Row, state: str, *, by_id: UUID | None, reason: str) -> None:
    """Let an honour not stand, in the open transaction, and what is said against it rest."""
    await database.execute(_MOOT, honour["id"], reason)
    await database.execute(_END, honour["id"], state, by_id, reason)
    event = HonourRefused if state == "refused" else HonourRevoked
    await outbox.record(event(honour["volunteer_id"], honour["area_path"], honour["id"]))


async def revoke_honour(actor: Actor, honour_id: UUID, *, reason: str) -> UUID:
    """Take a granted honour back, with a reason; raises HonourDecided where none is held."""
    async with transaction():
        honour = await hold(actor, honour_id, "revokeVolunteerHonour")
        if honour["state"] != "granted":
            raise HonourDecided(path=("input", "honourId"))
        said = line(reason, path=("input", "reason"), longest=500)
        await end(honour, "revoked", by_id=actor.person_id, reason=said)
        await told_of(actor, honour, "revokeVolunteerHonour")
    return honour_id


async def ban_volunteer(actor: Actor, volunteer_id: UUID, *, years: int, reason: str) -> UUID:
    """Keep a volunteer from honours for years, for fraud; what is on notice is refused."""
    async with transaction():
        volunteer = await hold_volunteer(actor, volunteer_id, "banVolunteer")
        if volunteer.person_id == actor.person_id:
            raise Forbidden
        least, most = StarPolicy.of(await policy_at(volunteer.area_id)).ban_years
        if not least <= years <= most:
            raise InvalidInput(
                path=("input", "years"),
                zh=f"禁评期须为 {least} 至 {most} 年。",
                en=f"A ban lasts {least} to {most} years.",
            )
        said = line(reason, path=("input", "reason"), longest=500)
        today: date = await clock.today()
        until = calendar.add(today, calendar.Months(12 * years))
        ban_id = database.new_id()
        await database.execute(
            _BAN,
            *(ban_id, volunteer.id, volunteer.person_id, today, until, said, actor.person_id),
        )
        for honour in await database.fetch(_ON_NOTICE, volunteer.id):
            await end(honour, "refused", by_id=actor.person_id, reason=said)
        await outbox.record(
            VolunteerBanned(volunteer.id, volunteer.area_path, ban_id, until.isoformat())
        )
        await told(
            actor,
            command="banVolunteer",
            area_id=volunteer.area_id,
            subject=("volunteer", volunteer.id),
            details={"years": years},
        )
    return volunteer_id


async def lift_ban(actor: Actor, volunteer_id: UUID, *, reason: str) -> UUID:
    """Lift a volunteer's bans, with a reason; lifting what does not stand changes nothing."""
    async with transaction():
        volunteer = await hold_volunteer(actor, volunteer_id, "liftVolunteerBan")
        if volunteer.person_id == actor.person_id:
            raise Forbidden
        said = line(reason, path=("input", "reason"), longest=500)
        await database.execute(_LIFT, volunteer.id, actor.person_id, said, await clock.today())
        await told(
            actor,
            command="liftVolunteerBan",
            area_id=volunteer.area_id,
            subject=("volunteer", volunteer.id),
        )
    return volunteer_id


async def hold(
    actor: Actor, honour_id: UUID, action: str, *, path: tuple[str, ...] = ("input", "honourId")
) -> Row:
    """Lock an honour for a command that the table allows; raises NotFound, Forbidden."""
    honour = await one(_HONOUR, honour_id, path=path)
    place = VolunteerPlace(honour["area_path"], honour["person_id"], honour["guardian_id"])
    require(policy.AUTHORITY, action, actor, place)
    return honour


async def told_of(actor: Actor, honour: Row, command: str) -> None:
    """Add a command about an honour to the community's audit."""
    await told(
        actor,
        command=command,
        area_id=honour["area_id"],
        subject=("volunteer_honour", honour["id"]),
    )
