"""Planning and convening meetings."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domains.kernel import calendar, clock, database, idempotency, outbox, rulesets
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.kernel.errors import DomainError, InvalidInput, VersionConflict
from domains.kernel.rules import freeze
from domains.meetings.errors import (
    AgendaEmpty,
    FormTalksOnly,
    MeetingNotPlanned,
    MeetingPast,
    ModeUnfit,
    MonthTaken,
    NobodyDecides,
    NoticeTooBrief,
    ShiftUnexplained,
)
from domains.meetings.events import (
    MeetingConvened,
    MeetingPlanned,
)
from domains.meetings.models import Body, Meeting
from domains.meetings.queries import standings
from domains.meetings.rules import lines
from domains.meetings.rules.procedure import Procedure
from domains.meetings.service import issue_agenda, log, room
from domains.meetings.service.bodies import conflicts_told, hold_body
from domains.meetings.service.presets import code_of
from domains.meetings.values import (
    LogKind,
    MeetingForm,
    MeetingMode,
    MeetingState,
)

_TAKEN: Mapping[str, type[DomainError]] = {"meetings_meeting_month": MonthTaken}
# Who sits in the body is invited as what they are in it; where nothing is decided, to advise.
_INVITE_BODY = """
INSERT INTO meetings_invitation (id, meeting_id, person_id, capacity, kind, votes, group_name,
                                 invited_by_id, invited_at)
SELECT s.id_made, $1, s.person_id,
       CASE WHEN s.capacity = 'decide' AND NOT $3 THEN 'advise' ELSE s.capacity END,
       s.kind, s.capacity = 'decide' AND $3, s.group_name, $4, kernel_now()
FROM (SELECT s.*, gen_random_uuid() AS id_made FROM meetings_seat s
      WHERE s.body_id = $2 AND s.ended_at IS NULL
        AND s.since <= $5 AND (s.until IS NULL OR s.until >= $5)) s
ON CONFLICT DO NOTHING
"""
_OFFICERS = """
SELECT office, person_id FROM meetings_seat
WHERE body_id = $1 AND ended_at IS NULL AND office IN ('chair', 'secretary')
"""
_UNANNOUNCED = """
SELECT count(*) AS items, count(*) FILTER (WHERE kind = 'decide') AS to_decide
FROM meetings_agenda_item
WHERE meeting_id = $1 AND state = 'on_agenda' AND announced_at IS NULL
"""
_ANNOUNCE = """
UPDATE meetings_agenda_item SET announced_at = kernel_now()
WHERE meeting_id = $1 AND state = 'on_agenda' AND announced_at IS NULL
"""
LONGEST_HOURS = 24


@dataclass(frozen=True, slots=True)
class MeetingDraft:
    """A meeting as it is planned; without a form, that of its body."""

    title: str
    starts_at: datetime
    ends_at: datetime
    mode: MeetingMode
    form: MeetingForm | None = None
    place: str | None = None
    online_address: str | None = None
    is_of_the_month: bool = False
    shift_reason: str | None = None


async def plan_meeting(
    actor: Actor, body_id: UUID, draft: MeetingDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Plan a meeting and invite who sits in the body; returns its id and whether replayed.

    Raises MeetingPast, ModeUnfit, ShiftUnexplained, MonthTaken, NoRuleInForce.
    """
    async with transaction():
        body = await hold_body(actor, body_id, "planMeeting")
        given = {"body": body_id, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "planMeeting", given)
        if earlier is not None:
            return UUID(earlier["meeting"]), True
        meeting = await write_meeting(actor, body, draft)
        await idempotency.settle(actor, idempotency_key, {"meeting": str(meeting.id)})
        await room.told(actor, meeting, "planMeeting")
        return meeting.id, False


async def write_meeting(actor: Actor, body: Body, draft: MeetingDraft, **more: Any) -> Meeting:
    """Write a planned meeting down inside a command, and invite who sits in the body."""
    form = draft.form or body.form
    procedure = await _procedure(form, draft.starts_at, body.community_id)
    await require_window(draft.starts_at, draft.ends_at)
    columns = _columns(draft)
    _require_place(procedure, draft.mode, columns["place"])
    month = _month(draft, procedure, of_community=body.community_id is not None)
    officers = {row["office"]: row["person_id"] for row in await database.fetch(_OFFICERS, body.id)}
    with conflicts_told(_TAKEN):
        meeting = await Meeting.create(
            id=database.new_id(),
            body_id=body.id,
            area_id=body.area_id,
            area_path=body.area_path,
            community_id=body.community_id,
            form=form,
            state=MeetingState.PLANNED,
            starts_at=draft.starts_at,
            ends_at=draft.ends_at,
            rule_code=code_of(form),
            month=month,
            chair_id=officers.get("chair"),
            standing_chair_id=officers.get("chair"),
            secretary_id=officers.get("secretary"),
            author_id=actor.person_id,
            created_at=await clock.now(),
            **columns,
            **more,
        )
    await log.append(meeting, LogKind.PLANNED, actor=actor)
    await _invite_body(actor, meeting, decides=procedure.decides)
    await outbox.record(
        MeetingPlanned(
            meeting_id=meeting.id,
            body_id=body.id,
            area_path=body.area_path,
            starts_at=draft.starts_at,
        )
    )
    return meeting


async def edit_meeting(
    actor: Actor, meeting_id: UUID, draft: MeetingDraft, *, expected_version: int
) -> None:
    """Write a planned meeting anew; once it is convened, it is rescheduled instead.

    Raises MeetingNotPlanned, VersionConflict and what planning raises.
    """
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "editMeeting")
        if meeting.state is not MeetingState.PLANNED:
            raise MeetingNotPlanned(path=("input", "meetingId"))
        if meeting.version != expected_version:
            raise VersionConflict(version=meeting.version)
        form = draft.form or meeting.form
        procedure = await _procedure(form, draft.starts_at, meeting.community_id)
        await require_window(draft.starts_at, draft.ends_at)
        columns = _columns(draft)
        _require_place(procedure, draft.mode, columns["place"])
        month = _month(draft, procedure, of_community=meeting.community_id is not None)
        meeting.update_from_dict(
            columns
            | {"form": form, "rule_code": code_of(form), "month": month}
            | {"starts_at": draft.starts_at, "ends_at": draft.ends_at}
        )
        meeting.version += 1
        with conflicts_told(_TAKEN):
            await meeting.save()
        await log.append(meeting, LogKind.EDITED, actor=actor, version=meeting.version)
        await room.told(actor, meeting, "editMeeting", version=meeting.version)


async def publish_agenda(actor: Actor, meeting_id: UUID) -> None:
    """Convene a planned meeting, or announce what was added since: the notice must still fit.

    Raises AgendaEmpty, NoticeTooBrief, NobodyDecides, FormTalksOnly, MeetingNotPlanned.
    """
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "publishAgenda")
        if meeting.state not in {MeetingState.PLANNED, MeetingState.AGENDA_PUBLISHED}:
            raise MeetingNotPlanned(path=("input", "meetingId"))
        now = await clock.now()
        await take_rules(meeting)
        procedure = room.procedure_of(meeting)
        require_notice(procedure, now, meeting.starts_at)
        items = await database.fetch_one(_UNANNOUNCED, meeting_id)
        if not items or not items["items"]:
            raise AgendaEmpty
        if items["to_decide"] and not procedure.decides:
            raise FormTalksOnly
        await _invite_body(actor, meeting, decides=procedure.decides)
        if items["to_decide"] and not (await standings.heads(meeting_id)).entitled:
            raise NobodyDecides
        await issue_agenda.convened(actor, meeting, new_only=True)
        await database.execute(_ANNOUNCE, meeting_id)
        meeting.state = MeetingState.AGENDA_PUBLISHED
        meeting.convened_at = meeting.convened_at or now
        meeting.version += 1
        await meeting.save()
        await log.append(meeting, LogKind.AGENDA_PUBLISHED, actor=actor, items=items["items"])
        await outbox.record(
            MeetingConvened(
                meeting_id=meeting.id,
                body_id=meeting.body_id,
                area_path=meeting.area_path,
                starts_at=meeting.starts_at,
            )
        )
        await room.told(actor, meeting, "publishAgenda", items=items["items"])


async def take_rules(meeting: Meeting) -> None:
    """Freeze the rules in force on the day of the meeting; they stand once it is opened."""
    day = calendar.day_of(meeting.starts_at)
    found = await rulesets.in_force(meeting.rule_code, on=day, community=meeting.community_id)
    meeting.frozen_rules = freeze(found)


async def _procedure(
    form: MeetingForm, starts_at: datetime, community_id: UUID | None
) -> Procedure:
    day = calendar.day_of(starts_at)
    return Procedure.of(await rulesets.in_force(code_of(form), on=day, community=community_id))


async def _invite_body(actor: Actor, meeting: Meeting, *, decides: bool) -> None:
    day = calendar.day_of(meeting.starts_at)
    invited = await database.execute(
        _INVITE_BODY, meeting.id, meeting.body_id, decides, actor.person_id, day
    )
    if invited:
        await log.append(meeting, LogKind.INVITED, actor=actor, count=invited)


def _columns(draft: MeetingDraft) -> dict[str, Any]:
    return {
        "title": lines.line(draft.title, path=("input", "title"), longest=120, least=2),
        "mode": draft.mode,
        "place": lines.optional_line(draft.place, path=("input", "place"), longest=200),
        "online_address": address(draft.online_address),
        "shift_reason": lines.optional_line(
            draft.shift_reason, path=("input", "shiftReason"), longest=200
        ),
    }


def address(given: str | None) -> str | None:
    """Return where to join online, or None for none; it is https, and 500 characters at most."""
    text = (given or "").strip() or None
    if text is not None and not (text.startswith("https://") and len(text) <= 500):
        raise InvalidInput(
            path=("input", "onlineAddress"),
            zh="线上地址须以 https:// 开头。",
            en="An online address begins with https://.",
        )
    return text


async def require_window(starts_at: datetime, ends_at: datetime) -> None:
    """Refuse a meeting in the past, one that ends before it starts, or one longer than a day."""
    now = await clock.now()
    lasts_hours = (ends_at - starts_at).total_seconds() / 3600
    if starts_at <= now or not 0 < lasts_hours <= LONGEST_HOURS:
        raise MeetingPast(path=("input", "startsAt"))


def _require_place(procedure: Procedure, mode: MeetingMode, place: str | None) -> None:
    if mode not in procedure.modes or (mode is not MeetingMode.ONLINE and not place):
        raise ModeUnfit(path=("input", "mode"))


def require_notice(procedure: Procedure, now: datetime, starts_at: datetime) -> None:
    """Refuse a start that comes before the notice is over."""
    earliest = procedure.earliest_start(now)
    if starts_at < earliest:
        raise NoticeTooBrief(earliest=calendar.day_of(earliest).isoformat())


def _month(draft: MeetingDraft, procedure: Procedure, *, of_community: bool) -> str | None:
    """Return the month whose meeting this is; another day than the rules' needs a reason."""
    if not draft.is_of_the_month:
        return None
    if procedure.month_day is None or not of_community:
        raise InvalidInput(
            path=("input", "isOfTheMonth"),
            zh="该形式或层级没有月度例会。",
            en="This form, or this level, has no meeting of the month.",
        )
    day = calendar.day_of(draft.starts_at)
    if day.day != procedure.month_day and not (draft.shift_reason or "").strip():
        raise ShiftUnexplained(path=("input", "shiftReason"), day=procedure.month_day)
    return f"{day:%Y-%m}"
