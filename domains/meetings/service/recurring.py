"""Regular meetings: the meeting of the month, and those of other rhythms; and what is near.

The worker makes each day's meeting once (a unique index), moves it where it falls on a day
of rest and says why, and tells of what is near exactly once a meeting, day and hour.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from domains.kernel import calendar, clock, database, idempotency, outbox, rulesets
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.database import savepoint, transaction
from domains.kernel.errors import DomainError, InvalidInput, NotFound
from domains.meetings.errors import ModeUnfit, MonthTaken, RecurrenceOver, RecurrenceTaken
from domains.meetings.events import MeetingNear, RecurrencePassedOver
from domains.meetings.models import Body, Recurrence
from domains.meetings.rules import lines
from domains.meetings.rules.procedure import Procedure
from domains.meetings.rules.recurring import LAST_MONTH_DAY, Pattern, held_on
from domains.meetings.service.bodies import conflicts_told, hold_body
from domains.meetings.service.meetings import MeetingDraft, write_meeting
from domains.meetings.service.presets import code_of
from domains.meetings.values import MeetingForm, MeetingMode, RecurrenceKind

_DUE = """
SELECT id FROM meetings_recurrence
WHERE ended_at IS NULL AND (last_day IS NULL OR last_day >= $1)
  AND coalesce(made_until, first_day - 1) < $1 + ahead_days
ORDER BY made_until NULLS FIRST, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_MADE = """
SELECT EXISTS (SELECT FROM meetings_meeting
               WHERE recurrence_id = $1 AND recurrence_day = $2
                  OR $3::text IS NOT NULL AND community_id = $4 AND month = $3)
"""
# The hours before the start at which the frozen rules want it told, and that have come.
_OF_NEAR = """
SELECT m.id, m.area_path, m.starts_at, m.convened_at, due.hours
FROM meetings_meeting m
CROSS JOIN LATERAL (
    SELECT min(hours::integer) AS hours
    FROM jsonb_array_elements_text(m.frozen_rules #> '{content,remindHours}') AS hours
    WHERE m.starts_at - make_interval(hours => hours::integer) <= kernel_now()
) due
WHERE m.state IN ('agenda_published', 'check_in') AND m.starts_at > kernel_now()
  AND due.hours IS NOT NULL AND NOT EXISTS (
    SELECT FROM meetings_reminder r
    WHERE r.meeting_id = m.id AND r.starts_at = m.starts_at AND r.hours = due.hours)
"""
_NEAR = f"{_OF_NEAR} ORDER BY m.starts_at LIMIT 1 FOR UPDATE OF m SKIP LOCKED"
# Asked again under the lock: another worker may have told of it, or somebody moved it, just now.
_STILL_NEAR = f"{_OF_NEAR} AND m.id = $1"
_REMEMBER = """
INSERT INTO meetings_reminder (meeting_id, starts_at, hours, told, at)
VALUES ($1, $2, $3, $4, kernel_now())
"""


@dataclass(frozen=True, slots=True)
class RecurrenceDraft:
    """How often a body meets: `on` is a day of the month (1 to 28) or of the week (1 is Monday)."""

    kind: RecurrenceKind
    title: str
    mode: MeetingMode
    starts_minute: int
    lasts_minutes: int
    first_day: date
    on: int | None = None
    every: int = 1
    last_day: date | None = None
    form: MeetingForm | None = None
    place: str | None = None
    ahead_days: int = 14
    is_of_the_month: bool = False


async def create_recurrence(
    actor: Actor, body_id: UUID, draft: RecurrenceDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Let a body meet regularly; returns its id and whether this was a replay.

    The meeting of the month is on the day that its form's rules give (阳光17议: the 17th).
    Raises RecurrenceTaken where the body has a meeting of the month.
    """
    async with transaction():
        body = await hold_body(actor, body_id, "createRecurrence")
        given = {"body": body_id, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "createRecurrence", given)
        if earlier is not None:
            return UUID(earlier["recurrence"]), True
        columns = await _columns(draft, body)
        with conflicts_told({"meetings_recurrence_monthly": RecurrenceTaken}):
            made = await Recurrence.create(
                id=database.new_id(),
                body_id=body.id,
                author_id=actor.person_id,
                created_at=await clock.now(),
                **columns,
            )
        await idempotency.settle(actor, idempotency_key, {"recurrence": str(made.id)})
        return made.id, False


async def end_recurrence(actor: Actor, recurrence_id: UUID, *, reason: str) -> UUID:
    """End regular meetings; those that are planned stay. Returns the body."""
    async with transaction():
        found = await Recurrence.filter(id=recurrence_id).first()
        if found is None:
            raise NotFound(path=("input", "recurrenceId"))
        await hold_body(actor, found.body_id, "endRecurrence")
        if found.ended_at is not None:
            raise RecurrenceOver(path=("input", "recurrenceId"))
        found.ended_at, found.end_reason = await clock.now(), lines.reason(reason)
        await found.save(update_fields=["ended_at", "end_reason"])
        return found.body_id


async def make_due_meetings() -> UUID | None:
    """Plan the meetings of one recurrence that are near enough; for the worker.

    Late, twice or on two machines, each day has one meeting. A day whose hour is past or whose
    month is taken is passed over; so is one that the rules forbid, and that is told.
    """
    today = await clock.today()
    async with transaction():
        recurrence_id: UUID | None = await database.fetch_value(_DUE, today)
        if recurrence_id is None:
            return None
        found = await Recurrence.get(id=recurrence_id)
        body = await Body.get(id=found.body_id)
        until = today + timedelta(days=found.ahead_days)
        after = max(found.made_until or date.min, today - timedelta(days=1))
        for day in pattern_of(found).days(after=after, until=until):
            await _make(found, body, day)
        found.made_until = until
        await found.save(update_fields=["made_until"])
        return recurrence_id


def pattern_of(found: Recurrence) -> Pattern:
    """Return on which days a recurrence falls."""
    on = found.month_day if found.kind is RecurrenceKind.MONTHLY else found.week_day
    assert on is not None, "a recurrence has its day, by constraint"
    return Pattern(found.kind, found.every, on, found.first_day, found.last_day)


async def _make(found: Recurrence, body: Body, day: date) -> None:
    shifts = found.kind is RecurrenceKind.MONTHLY and await _shifts(found.form, body, day)
    held = held_on(day, shifts=shifts)
    starts_at = calendar.start_of(held.day) + timedelta(minutes=found.starts_minute)
    month = f"{day:%Y-%m}" if found.monthly else None
    made = await database.fetch_value(_MADE, found.id, day, month, body.community_id)
    if made or starts_at <= await clock.now():
        return
    draft = MeetingDraft(
        title=found.title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=found.lasts_minutes),
        mode=found.mode,
        form=found.form,
        place=found.place,
        is_of_the_month=found.monthly,
        shift_reason=held.shift_reason,
    )
    try:
        async with savepoint():
            await write_meeting(SYSTEM, body, draft, recurrence_id=found.id, recurrence_day=day)
    except MonthTaken:  # somebody planned the month's meeting meanwhile
        return
    except DomainError:  # what the rules of that day do not let be planned, somebody has to see to
        await outbox.record(
            RecurrencePassedOver(
                recurrence_id=found.id,
                body_id=body.id,
                area_path=body.area_path,
                day=day.isoformat(),
            )
        )


async def _shifts(form: MeetingForm, body: Body, day: date) -> bool:
    rules = await rulesets.in_force(code_of(form), on=day, community=body.community_id)
    return Procedure.of(rules).shifts_from_rest_days


async def remind_of_near_meeting() -> UUID | None:
    """Tell that one meeting is near; for the worker. Of two hours that have come, the nearer.

    Who was convened later than that was told then, and is not told again.
    """
    async with transaction():
        taken = await database.fetch_one(_NEAR)
        if taken is None:
            return None
        meeting_id: UUID = taken["id"]
        row = await database.fetch_one(_STILL_NEAR, meeting_id)
        if row is None:
            return meeting_id
        starts_at: datetime = row["starts_at"]
        tells = row["convened_at"] <= starts_at - timedelta(hours=row["hours"])
        await database.execute(_REMEMBER, meeting_id, starts_at, row["hours"], tells)
        if tells:
            await outbox.record(
                MeetingNear(
                    meeting_id=meeting_id,
                    area_path=row["area_path"],
                    starts_at=starts_at,
                    within_hours=row["hours"],
                )
            )
        return meeting_id


async def _columns(draft: RecurrenceDraft, body: Body) -> dict[str, Any]:
    form = draft.form or body.form
    today = await clock.today()
    rules = await rulesets.in_force(
        code_of(form), on=max(draft.first_day, today), community=body.community_id
    )
    procedure = Procedure.of(rules)
    place = lines.optional_line(draft.place, path=("input", "place"), longest=200)
    if draft.mode not in procedure.modes or (draft.mode is not MeetingMode.ONLINE and not place):
        raise ModeUnfit(path=("input", "mode"))
    on = procedure.month_day if draft.is_of_the_month else draft.on
    monthly = draft.kind is RecurrenceKind.MONTHLY
    if draft.is_of_the_month and (not monthly or draft.every != 1 or body.community_id is None):
        raise _unsound("isOfTheMonth")
    if on is None or not 1 <= on <= (LAST_MONTH_DAY if monthly else 7):
        raise _unsound("on")
    for name, given, least, most in (
        ("every", draft.every, 1, 52),
        ("startsMinute", draft.starts_minute, 0, 1439),
        ("lastsMinutes", draft.lasts_minutes, 5, 1440),
        ("aheadDays", draft.ahead_days, 1, 92),
    ):
        if not least <= given <= most:
            raise _unsound(name)
    if draft.last_day is not None and draft.last_day < draft.first_day:
        raise _unsound("lastDay")
    return {
        "kind": draft.kind,
        "every": draft.every,
        "month_day": on if monthly else None,
        "week_day": None if monthly else on,
        "form": form,
        "mode": draft.mode,
        "title": lines.line(draft.title, path=("input", "title"), longest=120, least=2),
        "place": place,
        "starts_minute": draft.starts_minute,
        "lasts_minutes": draft.lasts_minutes,
        "ahead_days": draft.ahead_days,
        "monthly": draft.is_of_the_month,
        "first_day": draft.first_day,
        "last_day": draft.last_day,
    }


def _unsound(name: str) -> InvalidInput:
    return InvalidInput(
        path=("input", name),
        zh="周期设置超出允许范围。",
        en="This is not among what a recurrence allows.",
    )
