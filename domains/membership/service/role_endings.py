"""Roles whose last day is near: told once for each number of days that the rules name.

A role that was given for fewer days is not told of so many days before: its holder knew.
"""

from datetime import date
from uuid import UUID

from domains.kernel import clock, database, outbox, rulesets
from domains.kernel.database import transaction
from domains.kernel.rules import LegalEffect
from domains.membership.events import RoleEnding

CODE = "MEMBERSHIP_ROLE_REMINDERS"

_TODAY = "(kernel_now() AT TIME ZONE 'Asia/Shanghai')::date"
_ANY = f"""
SELECT EXISTS (
    SELECT FROM membership_role_grant WHERE revoked_at IS NULL AND ends_on >= {_TODAY})
"""
# $1: of how many days before the end it is told.
_DUE = f"""
SELECT g.id, g.person_id, (
    SELECT min(days) FROM unnest($1::int[]) AS days
    WHERE g.ends_on <= {_TODAY} + days AND g.starts_on <= g.ends_on - days) AS within_days
FROM membership_role_grant g
WHERE g.revoked_at IS NULL AND g.ends_on >= {_TODAY} AND EXISTS (
    SELECT FROM unnest($1::int[]) AS days
    WHERE g.ends_on <= {_TODAY} + days AND g.starts_on <= g.ends_on - days
      AND (g.end_told_days IS NULL OR g.end_told_days > days))
ORDER BY g.ends_on, g.id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_TOLD = "UPDATE membership_role_grant SET end_told_days = $2 WHERE id = $1"


async def sync_presets() -> None:
    """Put the rules of reminding in; a version that stands is left as it is."""
    await rulesets.put(
        code=CODE,
        version=1,
        title_zh="任期届满提醒",
        title_en="Reminding of roles that end",
        legal_basis="平台约定,无法律规定",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=date(2021, 11, 1),
        content={"beforeDays": [30, 7]},
    )


async def remind_of_ending_role() -> UUID | None:
    """Tell of one role whose last day is near; returns its id, or None where none is."""
    async with transaction():
        if not await database.fetch_value(_ANY):
            return None
        rules = await rulesets.in_force(CODE, on=await clock.today(), community=None)
        row = await database.fetch_one(_DUE, rules.content["beforeDays"])
        if row is None:
            return None
        grant_id: UUID = row["id"]
        await database.execute(_TOLD, grant_id, row["within_days"])
        await outbox.record(RoleEnding(grant_id, row["person_id"], row["within_days"]))
    return grant_id
