"""What is told of meetings."""

from domains.meetings import events
from domains.meetings.queries import telling as meetings
from domains.meetings.values import MeetingState
from domains.notifications.audiences import meetings as audiences
from domains.notifications.kinds.kind import Heard, NoticeKind, Text
from domains.notifications.telling import Facts, Telling
from domains.notifications.values import Category, Locale, VariableKind

_VARIABLES = {
    "title": VariableKind.TEXT,
    "body": VariableKind.TEXT,
    "starts_at": VariableKind.DATETIME,
    "place": VariableKind.TEXT,
}
_AHEAD = frozenset({MeetingState.AGENDA_PUBLISHED, MeetingState.CHECK_IN})
_ONLINE = {"zh-Hans": "线上", "en": "an online room"}


async def _ahead(telling: Telling) -> Facts | None:
    """Say where and when, as long as the meeting is ahead and set for what the event says."""
    meeting = await meetings.meeting_to_tell(telling.subject_id)
    if meeting is None or meeting["state"] not in _AHEAD:
        return None
    starts_at = meeting["starts_at"]
    if telling.slot and telling.slot != starts_at.isoformat():
        return None
    values = {
        "title": meeting["title"],
        "body": meeting["body"],
        "starts_at": starts_at.isoformat(),
        "place": meeting["place"] or _ONLINE,
    }
    return Facts(values, until=starts_at)


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
                "会议通知:{title}",
                "{body}将于 {starts_at} 在{place}召开「{title}」,请你参加。",
            ),
            Locale.EN: Text(
                "You are called to: {title}",
                "{body} meets on {starts_at} at {place}: {title}.",
            ),
        },
    ),
)
