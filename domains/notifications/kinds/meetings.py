"""What is told of meetings: called, near, begun, moved, cancelled, and their minutes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from domains.kernel.database import Row
from domains.meetings import events
from domains.meetings.events.minutes import (
    MinutesConfirmed,
    MinutesDrafted,
    MinutesObjected,
    MinutesObjectionDecided,
    MinutesPublished,
)
from domains.meetings.events.motions import (
    MotionPostponed,
    MotionReferred,
    MotionSettled,
    VoteEnded,
    VoteOpened,
)
from domains.meetings.queries import telling as meetings
from domains.meetings.queries import telling_matters as matters
from domains.meetings.values import MeetingState
from domains.notifications.audiences import matters as responsible
from domains.notifications.audiences import meetings as audiences
from domains.notifications.audiences import people
from domains.notifications.kinds.kind import EACH_TIME, LOUDEST, Heard, NoticeKind, Text
from domains.notifications.telling import Facts, Telling
from domains.notifications.values import (
    Category,
    Locale,
    ReasonCode,
    Urgency,
    VariableKind,
)

TEXT, DATETIME = VariableKind.TEXT, VariableKind.DATETIME
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
_VARIABLES: Mapping[str, VariableKind] = {
    "title": TEXT,
    "body": TEXT,
    "starts_at": DATETIME,
    "place": TEXT,
}
_AHEAD = frozenset({MeetingState.AGENDA_PUBLISHED, MeetingState.CHECK_IN})
_ONLINE = {"zh-Hans": "线上", "en": "an online room"}


def _facts(meeting: Row, *, until: datetime | None) -> Facts:
    values = {
        "title": meeting["title"],
        "body": meeting["body"],
        "starts_at": meeting["starts_at"].isoformat(),
        "place": meeting["place"] or _ONLINE,
    }
    return Facts(values, until=until)


async def _ahead(telling: Telling) -> Facts | None:
    """Say where and when, as long as the meeting is ahead and set for what the event says."""
    meeting = await meetings.meeting_to_tell(telling.subject_id)
    if meeting is None or meeting["state"] not in _AHEAD:
        return None
    starts_at = meeting["starts_at"]
    said = telling.payload.get("starts_at")
    if said is not None and datetime.fromisoformat(said) != starts_at:
        return None
    return _facts(meeting, until=starts_at)


async def _invited(telling: Telling) -> Facts | None:
    """Say where and when; whoever stands in for somebody is told that instead."""
    is_told_otherwise = await matters.stands_in(telling.id("invitation_id"))
    return None if is_told_otherwise else await _ahead(telling)


async def _begun(telling: Telling) -> Facts | None:
    """Say that it goes on now, until it was to end."""
    meeting = await meetings.meeting_to_tell(telling.subject_id)
    if meeting is None or meeting["state"] != MeetingState.IN_SESSION:
        return None
    return _facts(meeting, until=meeting["ends_at"])


async def _as_it_is(telling: Telling) -> Facts | None:
    """Say which meeting."""
    meeting = await meetings.meeting_to_tell(telling.subject_id)
    return None if meeting is None else _facts(meeting, until=None)


async def _confirmed(telling: Telling) -> Facts | None:
    """Say until when the minutes may be objected to."""
    meeting = await meetings.meeting_to_tell(telling.subject_id)
    if meeting is None:
        return None
    until = datetime.fromisoformat(telling.payload["objections_until"])
    values = {"title": meeting["title"], "objections_until": until.isoformat()}
    return Facts(values, until=until)


async def _objection(telling: Telling) -> Facts | None:
    """Say what became of an objection to minutes."""
    row = await matters.minutes_objection_to_tell(telling.id("objection_id"))
    if row is None or row["answer"] is None:
        return None
    decision = (
        {"zh-Hans": "已采纳", "en": "upheld"}
        if telling.payload["upheld"]
        else {"zh-Hans": "未采纳", "en": "dismissed"}
    )
    return Facts({"title": row["title"], "decision": decision, "answer": row["answer"]})


async def _objectors(telling: Telling) -> list[UUID | None]:
    row = await matters.minutes_objection_to_tell(telling.id("objection_id"))
    return [] if row is None else [row["person_id"]]


async def _body(telling: Telling) -> Facts | None:
    """Say which body, and of which day."""
    name = await matters.body_name(telling.id("body_id"))
    return None if name is None else Facts({"body": name, "day": telling.payload["day"]})


async def _raised(telling: Telling) -> Facts | None:
    """Say which body has a matter more."""
    name = await matters.body_name(telling.id("body_id"))
    return None if name is None else Facts({"body": name})


KINDS = (
    NoticeKind(
        code="MEETING_CONVENED",
        category=Category.MEETINGS,
        subject_kind="meeting",
        hears=(Heard(events.MeetingConvened, "meeting_id", slot="starts_at"),),
        withdrawn_by=(
            Heard(events.MeetingCancelled, "meeting_id"),
            Heard(events.MeetingRescheduled, "meeting_id", slot="was_to_start_at"),
        ),
        audience=audiences.invited,
        resolve=_ahead,
        variables=_VARIABLES,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "会议通知:{title}", "{body}将于 {starts_at} 在{place}召开「{title}」,请你参加。"
            ),
            Locale.EN: Text(
                "You are called to: {title}", "{body} meets on {starts_at} at {place}: {title}."
            ),
        },
    ),
    NoticeKind(
        code="MEETING_INVITED",
        category=Category.MEETINGS,
        subject_kind="meeting",
        hears=(Heard(events.PersonInvited, "meeting_id", slot="invitation_id", area=None),),
        withdrawn_by=(
            Heard(events.MeetingCancelled, "meeting_id"),
            Heard(events.InvitationRevoked, "meeting_id", slot="invitation_id", area=None),
        ),
        audience=people.person("person_id", ReasonCode.INVITED),
        resolve=_invited,
        variables=_VARIABLES,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "会议邀请:{title}", "{body}将于 {starts_at} 在{place}召开「{title}」,邀请你参加。"
            ),
            Locale.EN: Text(
                "You are invited to: {title}", "{body} meets on {starts_at} at {place}: {title}."
            ),
        },
    ),
    NoticeKind(
        code="MEETING_SUBSTITUTE",
        category=Category.MEETINGS,
        subject_kind="meeting",
        hears=(Heard(events.SubstituteNamed, "meeting_id", slot="invitation_id", area=None),),
        withdrawn_by=(
            Heard(events.MeetingCancelled, "meeting_id"),
            Heard(events.MeetingRescheduled, "meeting_id"),
        ),
        audience=people.person("person_id", ReasonCode.INVITED),
        resolve=_ahead,
        variables=_VARIABLES,
        says={
            Locale.ZH_HANS: Text(
                "请你代为出席:{title}", "请你代为出席 {starts_at} 在{place}召开的「{title}」。"
            ),
            Locale.EN: Text(
                "You stand in at: {title}",
                "Somebody asks you to stand in for them at “{title}”, {starts_at}, {place}.",
            ),
        },
    ),
    NoticeKind(
        code="MEETING_UNINVITED",
        category=Category.MEETINGS,
        subject_kind="meeting",
        hears=(Heard(events.InvitationRevoked, "meeting_id", slot="invitation_id", area=None),),
        audience=people.person("person_id"),
        resolve=_as_it_is,
        variables=_VARIABLES,
        stale_after=A_DAY,
        says={
            Locale.ZH_HANS: Text(
                "会议邀请已撤回:{title}", "{starts_at} 的「{title}」不再邀请你参加。"
            ),
            Locale.EN: Text(
                "Invitation taken back: {title}",
                "You are no longer invited to “{title}” on {starts_at}.",
            ),
        },
    ),
    NoticeKind(
        code="MEETING_NEAR",
        category=Category.MEETINGS,
        subject_kind="meeting",
        hears=(Heard(events.MeetingNear, "meeting_id", slot=("starts_at", "within_hours")),),
        withdrawn_by=(
            Heard(events.MeetingCancelled, "meeting_id"),
            Heard(events.MeetingRescheduled, "meeting_id"),
        ),
        audience=audiences.invited,
        resolve=_ahead,
        variables=_VARIABLES,
        urgency=Urgency.URGENT,
        says={
            Locale.ZH_HANS: Text("会议临近:{title}", "「{title}」将于 {starts_at} 在{place}召开。"),
            Locale.EN: Text("Soon: {title}", "“{title}” begins on {starts_at} at {place}."),
        },
    ),
    NoticeKind(
        code="MEETING_STARTED",
        category=Category.MEETINGS,
        subject_kind="meeting",
        hears=(Heard(events.MeetingStarted, "meeting_id"),),
        withdrawn_by=(Heard(events.MeetingAdjourned, "meeting_id"),),
        audience=audiences.invited,
        resolve=_begun,
        variables=_VARIABLES,
        concerns=audiences.not_there,
        urgency=Urgency.URGENT,
        stale_after=timedelta(hours=1),
        says={
            Locale.ZH_HANS: Text("会议已开始:{title}", "「{title}」已开始({place})。"),
            Locale.EN: Text(
                "It has begun: {title}", "“{title}” has been called to order ({place})."
            ),
        },
    ),
    NoticeKind(
        code="MEETING_RESCHEDULED",
        category=Category.MEETINGS,
        subject_kind="meeting",
        hears=(Heard(events.MeetingRescheduled, "meeting_id", slot="starts_at"),),
        withdrawn_by=(
            Heard(events.MeetingCancelled, "meeting_id"),
            Heard(events.MeetingRescheduled, "meeting_id", slot="was_to_start_at"),
        ),
        audience=audiences.invited,
        resolve=_ahead,
        variables=_VARIABLES,
        is_legal=True,
        channels=LOUDEST,
        says={
            Locale.ZH_HANS: Text("会议改期:{title}", "「{title}」改于 {starts_at} 在{place}召开。"),
            Locale.EN: Text(
                "Moved: {title}", "“{title}” will now begin on {starts_at} at {place}."
            ),
        },
    ),
    NoticeKind(
        code="MEETING_PLACE_CHANGED",
        category=Category.MEETINGS,
        subject_kind="meeting",
        hears=(Heard(events.MeetingPlaceChanged, "meeting_id", slot=EACH_TIME),),
        withdrawn_by=(
            Heard(events.MeetingCancelled, "meeting_id"),
            Heard(events.MeetingRescheduled, "meeting_id"),
        ),
        audience=audiences.invited,
        resolve=_ahead,
        variables=_VARIABLES,
        urgency=Urgency.URGENT,
        channels=LOUDEST,
        says={
            Locale.ZH_HANS: Text(
                "会议地点变更:{title}", "「{title}」({starts_at})改在{place}召开。"
            ),
            Locale.EN: Text("Elsewhere: {title}", "“{title}” on {starts_at} is now at {place}."),
        },
    ),
    NoticeKind(
        code="MEETING_CANCELLED",
        category=Category.MEETINGS,
        subject_kind="meeting",
        hears=(Heard(events.MeetingCancelled, "meeting_id"),),
        audience=audiences.invited,
        resolve=_as_it_is,
        variables=_VARIABLES,
        is_legal=True,
        channels=LOUDEST,
        stale_after=A_DAY,
        says={
            Locale.ZH_HANS: Text("会议取消:{title}", "原定 {starts_at} 的「{title}」已取消。"),
            Locale.EN: Text("Cancelled: {title}", "“{title}” of {starts_at} will not be held."),
        },
    ),
    NoticeKind(
        code="MINUTES_TO_CONFIRM",
        category=Category.DUTIES,
        subject_kind="meeting",
        hears=(Heard(MinutesDrafted, "meeting_id", slot=EACH_TIME),),
        withdrawn_by=(Heard(MinutesConfirmed, "meeting_id"),),
        audience=responsible.confirmers,
        resolve=_as_it_is,
        variables=_VARIABLES,
        seconds=False,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "会议记录待确认:{title}", "「{title}」的会议记录已生成,请核对确认。"
            ),
            Locale.EN: Text(
                "Minutes to confirm: {title}", "The minutes of “{title}” wait for you."
            ),
        },
    ),
    NoticeKind(
        code="MINUTES_CONFIRMED",
        category=Category.MEETINGS,
        subject_kind="meeting",
        hears=(Heard(MinutesConfirmed, "meeting_id", slot="objections_until"),),
        audience=audiences.present,
        resolve=_confirmed,
        variables={"title": TEXT, "objections_until": DATETIME},
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "会议记录已确认:{title}",
                "「{title}」的会议记录已确认,如有异议请在 {objections_until} 前提出。",
            ),
            Locale.EN: Text(
                "Minutes confirmed: {title}",
                "The minutes of “{title}” may be objected to until {objections_until}.",
            ),
        },
    ),
    NoticeKind(
        code="MINUTES_OBJECTED",
        category=Category.DUTIES,
        subject_kind="meeting",
        hears=(Heard(MinutesObjected, "meeting_id", slot="objection_id"),),
        audience=responsible.officers,
        resolve=_as_it_is,
        variables=_VARIABLES,
        seconds=False,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "会议记录有异议:{title}", "有人对「{title}」的会议记录提出异议,请处理。"
            ),
            Locale.EN: Text(
                "Minutes objected to: {title}", "Somebody objects to the minutes of “{title}”."
            ),
        },
    ),
    NoticeKind(
        code="MINUTES_OBJECTION_DECIDED",
        category=Category.MEETINGS,
        subject_kind="meeting",
        hears=(Heard(MinutesObjectionDecided, "meeting_id", slot="objection_id"),),
        audience=people.few(_objectors, ReasonCode.AUTHOR),
        resolve=_objection,
        variables={"title": TEXT, "decision": TEXT, "answer": TEXT},
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "会议记录异议答复:{title}", "你对「{title}」会议记录的异议{decision}:{answer}"
            ),
            Locale.EN: Text(
                "Your objection: {title}",
                "Your objection to the minutes of “{title}” is {decision}: {answer}",
            ),
        },
    ),
    NoticeKind(
        code="MINUTES_PUBLISHED",
        category=Category.MEETINGS,
        subject_kind="meeting",
        hears=(Heard(MinutesPublished, "meeting_id"),),
        audience=audiences.invited,
        resolve=_as_it_is,
        variables={"title": TEXT, "body": TEXT, "starts_at": DATETIME, "place": TEXT},
        is_digestible=True,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text("会议记录公布:{title}", "「{title}」的会议记录已公布。"),
            Locale.EN: Text("Minutes are out: {title}", "The minutes of “{title}” are public."),
        },
    ),
    NoticeKind(
        code="MEETING_NOT_PLANNED",
        category=Category.DUTIES,
        subject_kind="recurrence",
        hears=(Heard(events.RecurrencePassedOver, "recurrence_id", slot="day"),),
        audience=responsible.heads("body_id"),
        resolve=_body,
        variables={"body": TEXT, "day": VariableKind.DATE},
        seconds=False,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "例会未能排期:{body}", "{body}在 {day} 的例会未能自动排期,请人工安排。"
            ),
            Locale.EN: Text(
                "A regular meeting was not planned: {body}",
                "The rules do not let {body} meet on {day}; plan it by hand.",
            ),
        },
    ),
    NoticeKind(
        code="AGENDA_ITEM_RAISED",
        category=Category.DUTIES,
        subject_kind="agendaItem",
        hears=(Heard(events.AgendaItemRaised, "item_id"),),
        audience=responsible.heads("body_id"),
        resolve=_raised,
        variables={"body": TEXT},
        seconds=False,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text("有事项提交上来:{body}", "下一级未解决的一个事项已提交{body}。"),
            Locale.EN: Text(
                "A matter has come up to {body}",
                "What the level below left unresolved waits for {body}.",
            ),
        },
    ),
)

# Events of which nobody is told by a notice, and why.
UNTOLD: Mapping[type, str] = {
    events.MeetingPlanned: "the agenda is not published yet: convening tells",
    events.PeopleInvited: "convening tells who is invited with it",
    events.ResponseGiven: "whoever convenes sees the answers where the meeting is",
    events.CheckInOpened: "the reminders say when; whoever comes sees the door open",
    events.MeetingAdjourned: "its minutes are told",
    events.BodyChanged: "roles are told where they are granted",
    events.AgendaItemWithdrawn: "the agenda shows it; whoever raised an issue is told there",
    events.RoomChanged: "live only: whoever is in the room hears it at once",
    MotionSettled: "resolutions and minutes tell what was decided",
    MotionReferred: "the body that it went to is told of the matter",
    MotionPostponed: "minutes tell it",
    VoteOpened: "whoever votes is in the room",
    VoteEnded: "minutes tell it",
}
