"""Days on which a community answers in person: planned, moved, called off, and coming again.

Interview days (群众访谈日), round tables (圆桌会) and press conferences (社情发布会). What becomes
of one stays in its history.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from domains.disclosure import policy
from domains.disclosure.errors import GatheringOver, GatheringTimesUnfit
from domains.disclosure.events import (
    GatheringCancelled,
    GatheringMoved,
    GatheringNear,
    GatheringPlanned,
)
from domains.disclosure.rules import gatherings as rules
from domains.disclosure.rules import texts
from domains.disclosure.service import checking, papers
from domains.disclosure.service.presets import supervision as presets
from domains.disclosure.values.gatherings import (
    Every,
    GatheringAct,
    GatheringKind,
    GatheringState,
)
from domains.kernel import audit, calendar, clock, database, idempotency, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound, VersionConflict
from domains.membership.queries import places
from domains.membership.values import AreaKind

PATH = ("input", "gatheringId")

_INSERT = """
INSERT INTO disclosure_gathering
    (id, community_id, area_path, series_id, number, kind, title, place, starts_at, ends_at,
     topics_until, state, changed_at, planned_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'planned', kernel_now(), kernel_now())
"""
_SERIES = """
INSERT INTO disclosure_gathering_series
    (id, community_id, area_path, kind, title, place, every, first_starts_at, minutes,
     topics_minutes, made, next_starts_at, last_on)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $12)
"""
_HISTORY = """
INSERT INTO disclosure_gathering_history (gathering_id, number, act, note, starts_at, at)
SELECT $1, 1 + count(*), $2, $3, $4, kernel_now()
FROM disclosure_gathering_history WHERE gathering_id = $1
"""
_HOLD = "SELECT * FROM disclosure_gathering WHERE id = $1 FOR UPDATE"
_MOVE = """
UPDATE disclosure_gathering
SET starts_at = $2, ends_at = $3, topics_until = $4, place = $5, reminded_at = NULL,
    revision = revision + 1, changed_at = kernel_now()
WHERE id = $1
"""
_CANCEL = """
UPDATE disclosure_gathering
SET state = 'cancelled', reason = $2, revision = revision + 1, changed_at = kernel_now()
WHERE id = $1
"""
_END_SERIES = """
UPDATE disclosure_gathering_series SET ended_at = kernel_now() WHERE id = $1 AND ended_at IS NULL
"""
_DUE_SERIES = """
SELECT * FROM disclosure_gathering_series
WHERE ended_at IS NULL AND next_starts_at <= kernel_now() + $1::interval
ORDER BY next_starts_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_ADVANCE = """
UPDATE disclosure_gathering_series
SET made = $2, next_starts_at = $3, ended_at = CASE WHEN $4 THEN kernel_now() END WHERE id = $1
"""
_NEAR = """
SELECT id, area_path, starts_at FROM disclosure_gathering
WHERE state = 'planned' AND reminded_at IS NULL
  AND starts_at <= kernel_now() + $1::interval AND starts_at > kernel_now()
ORDER BY starts_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_REMINDED = "UPDATE disclosure_gathering SET reminded_at = kernel_now() WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Plan:
    """What, where and when; and how often again, until when."""

    kind: GatheringKind
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    topics_until: datetime
    every: Every | None = None
    last_on: date | None = None


async def plan_gathering(
    actor: Actor, community_id: UUID, plan: Plan, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Plan a gathering, and those that come again after it; returns the first, and replays.

    Raises GatheringTimesUnfit.
    """
    title = texts.title(plan.title)
    venue = texts.line(plan.place, path=("input", "place"), longest=120)
    checking.require_impersonal(title=title, place=venue)
    async with transaction():
        place = await places.place_of(community_id)
        if place is None or place.kind is not AreaKind.COMMUNITY:
            raise NotFound(path=("input", "communityId"))
        require(policy.AUTHORITY, "planGathering", actor, place)
        given = {"community": community_id, "plan": str(plan)}
        earlier = await idempotency.claim(actor, idempotency_key, "planGathering", given)
        if earlier is not None:
            return UUID(earlier["gathering"]), True
        times = (plan.starts_at, plan.ends_at, plan.topics_until)
        if not rules.times_fit(await clock.now(), *times):
            raise GatheringTimesUnfit(path=("input", "startsAt"))
        where = (community_id, place.area_path)
        what = (plan.kind, title, venue)
        series_id = None if plan.every is None else await _begin(where, what, plan, plan.every)
        number = None if series_id is None else 0
        gathering_id = await _make(where, (series_id, number), what, times)
        await idempotency.settle(actor, idempotency_key, {"gathering": str(gathering_id)})
        await told(actor, community_id, gathering_id, "planGathering")
    return gathering_id, False


async def _begin(
    where: tuple[UUID, str], what: tuple[GatheringKind, str, str], plan: Plan, every: Every
) -> UUID:
    series_id = database.new_id()
    minute = timedelta(minutes=1)
    await database.execute(
        _SERIES,
        *(series_id, *where, *what, every, plan.starts_at),
        (plan.ends_at - plan.starts_at) // minute or 1,
        max(0, (plan.ends_at - plan.topics_until) // minute),
        rules.occurrence(plan.starts_at, every, 1),
        plan.last_on,
    )
    return series_id


async def _make(
    where: tuple[UUID, str],
    series: tuple[UUID | None, int | None],
    what: tuple[GatheringKind, str, str],
    times: tuple[datetime, datetime, datetime],
) -> UUID:
    gathering_id = database.new_id()
    await database.execute(_INSERT, gathering_id, *where, *series, *what, *times)
    await history(gathering_id, GatheringAct.PLANNED, None, times[0])
    await outbox.record(GatheringPlanned(gathering_id, where[1]))
    return gathering_id


async def history(
    gathering_id: UUID, act: GatheringAct, note: str | None, starts_at: datetime
) -> None:
    """Write into a gathering's history what became of it."""
    await database.execute(_HISTORY, gathering_id, act, note, starts_at)


async def held(actor: Actor, gathering_id: UUID, action: str) -> Row:
    """Lock a gathering, and refuse who may not do this with it."""
    row = await database.fetch_one(_HOLD, gathering_id)
    if row is None:
        raise NotFound(path=PATH)
    require(policy.AUTHORITY, action, actor, policy.Placement(row["area_path"]))
    return row


async def move_gathering(
    actor: Actor,
    gathering_id: UUID,
    *,
    times: tuple[datetime, datetime, datetime],
    place: str,
    reason: str,
    expected_revision: int,
) -> None:
    """Move a gathering that has not begun, for a reason that everybody reads.

    `times` are its start, its end, and until when topics are taken. Raises GatheringOver,
    GatheringTimesUnfit, VersionConflict.
    """
    venue = texts.line(place, path=("input", "place"), longest=120)
    reason = _reason(reason)
    checking.require_impersonal(place=venue)
    async with transaction():
        row = await held(actor, gathering_id, "moveGathering")
        now = await clock.now()
        if row["state"] != GatheringState.PLANNED or row["starts_at"] <= now:
            raise GatheringOver(path=PATH)
        if row["revision"] != expected_revision:
            raise VersionConflict(path=("input", "expectedRevision"), version=row["revision"])
        if not rules.times_fit(now, *times):
            raise GatheringTimesUnfit(path=("input", "startsAt"))
        await database.execute(_MOVE, gathering_id, *times, venue)
        await history(gathering_id, GatheringAct.MOVED, reason, times[0])
        await outbox.record(GatheringMoved(gathering_id, row["area_path"]))
        await told(actor, row["community_id"], gathering_id, "moveGathering")


async def cancel_gathering(
    actor: Actor,
    gathering_id: UUID,
    *,
    reason: str,
    series_too: bool,
    idempotency_key: UUID | None = None,
) -> bool:
    """Call a gathering off, and, where asked, whatever would come again after it.

    Tells replays. Raises GatheringOver.
    """
    reason = _reason(reason)
    async with transaction():
        given = {"gathering": gathering_id, "reason": reason, "series": series_too}
        if await papers.done_before(actor, idempotency_key, "cancelGathering", given):
            return True
        row = await held(actor, gathering_id, "cancelGathering")
        if row["state"] != GatheringState.PLANNED:
            raise GatheringOver(path=PATH)
        await database.execute(_CANCEL, gathering_id, reason)
        if series_too and row["series_id"] is not None:
            await database.execute(_END_SERIES, row["series_id"])
        await history(gathering_id, GatheringAct.CANCELLED, reason, row["starts_at"])
        await outbox.record(GatheringCancelled(gathering_id, row["area_path"]))
        await told(actor, row["community_id"], gathering_id, "cancelGathering")
    return False


def _reason(given: str) -> str:
    reason = texts.line(given, path=("input", "reason"), longest=500)
    checking.require_impersonal(reason=reason)
    return reason


async def make_due_gathering() -> UUID | None:
    """Make the next gathering of one series that comes near; returns the series, or None."""
    async with transaction():
        ahead = (await presets.in_force(None)).content["aheadDays"]
        row = await database.fetch_one(_DUE_SERIES, timedelta(days=ahead))
        if row is None:
            return None
        starts_at: datetime = row["next_starts_at"]
        last_on: date | None = row["last_on"]
        over = last_on is not None and calendar.day_of(starts_at) > last_on
        # What a stopped worker let go by is not made up for: nobody could have come.
        if not over and starts_at > await clock.now():
            ends_at = starts_at + timedelta(minutes=row["minutes"])
            times = (starts_at, ends_at, ends_at - timedelta(minutes=row["topics_minutes"]))
            what = (GatheringKind(row["kind"]), row["title"], row["place"])
            where = (row["community_id"], row["area_path"])
            await _make(where, (row["id"], row["made"]), what, times)
        made = row["made"] + 1
        following = rules.occurrence(row["first_starts_at"], Every(row["every"]), made)
        await database.execute(_ADVANCE, row["id"], made, following, over)
        series_id: UUID = row["id"]
    return series_id


async def remind_of_near_gathering() -> UUID | None:
    """Tell once of one gathering that is near; returns its id, or None."""
    async with transaction():
        hours = (await presets.in_force(None)).content["reminderHours"]
        row = await database.fetch_one(_NEAR, timedelta(hours=hours))
        if row is None:
            return None
        gathering_id: UUID = row["id"]
        await database.execute(_REMINDED, gathering_id)
        await outbox.record(GatheringNear(gathering_id, row["area_path"], row["starts_at"]))
    return gathering_id


async def told(actor: Actor, community_id: UUID, gathering_id: UUID, command: str) -> None:
    """Tell the audit, last of all."""
    await audit.record(
        actor,
        command=command,
        chain=community_id,
        subject=("gathering", gathering_id),
        details={},
    )
