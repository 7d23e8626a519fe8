"""What is told of shifts: reminders, waiting lists, substitutes, and teams that are called up."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from domains.notifications.audiences import people
from domains.notifications.kinds.kind import EACH_TIME, LOUDEST, Heard, NoticeKind, Text
from domains.notifications.telling import Addressee, Facts, Telling, Value
from domains.notifications.values import Category, Locale, ReasonCode, Urgency, VariableKind
from domains.volunteering.events import shifts
from domains.volunteering.queries import telling as service
from domains.volunteering.values.activities import VolunteerActivityState
from domains.volunteering.values.shifts import SubstitutionState, TeamCallState, WaitingState

TEXT, DATETIME = VariableKind.TEXT, VariableKind.DATETIME
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
_SHIFT: Mapping[str, VariableKind] = {"title": TEXT, "place": TEXT, "starts_at": DATETIME}
_AGREED: Mapping[bool, Mapping[str, str]] = {
    True: {"zh-Hans": "同意", "en": "agreed"},
    False: {"zh-Hans": "未同意", "en": "did not agree"},
}


async def _values(telling: Telling) -> dict[str, Value] | None:
    row = await service.shift_to_tell(telling.id("shift_id"))
    if row is None or row["state"] != VolunteerActivityState.PUBLISHED:
        return None
    return {
        "title": row["title"],
        "place": row["place"],
        "starts_at": row["starts_at"].isoformat(),
    }


async def _ahead(telling: Telling) -> Facts | None:
    """Say what, where and when, as long as it is ahead."""
    row = await service.shift_to_tell(telling.id("shift_id"))
    values = await _values(telling)
    return None if row is None or values is None else Facts(values, until=row["starts_at"])


async def _moved_up(telling: Telling) -> Facts | None:
    """Say until when one may decline, as long as one may."""
    waiting = await service.waiting_to_tell(telling.id("waiting_id"))
    values = await _values(telling)
    if waiting is None or values is None or waiting["state"] != WaitingState.MOVED_UP:
        return None
    return Facts({**values, "decline_until": waiting["decline_until"].isoformat()})


async def _asked(telling: Telling) -> Facts | None:
    """Say who asks, as long as they do."""
    row = await service.substitution_to_tell(telling.id("substitution_id"))
    shift = await service.shift_to_tell(telling.id("shift_id"))
    values = await _values(telling)
    if row is None or shift is None or values is None or row["state"] != SubstitutionState.ASKED:
        return None
    return Facts({**values, "name": row["name"]}, until=shift["starts_at"])


async def _answered(telling: Telling) -> Facts | None:
    """Say whether the other takes the place."""
    values = await _values(telling)
    if values is None:
        return None
    return Facts({**values, "decision": _AGREED[telling.payload["agreed"]]})


async def _absent(telling: Telling) -> Facts | None:
    """Say which shift it was."""
    values = await _values(telling)
    return None if values is None else Facts(values)


async def _called(telling: Telling) -> Facts | None:
    """Say why, where, when and under whose direction, as long as the call stands."""
    row = await service.call_to_tell(telling.id("call_id"))
    if row is None or row["state"] != TeamCallState.CALLED:
        return None
    return Facts(
        {
            "name": row["name"],
            "reason": row["reason"],
            "place": row["place"],
            "starts_at": row["starts_at"].isoformat(),
            "directed_by": row["directed_by"],
        },
        until=row["ends_at"],
    )


async def _ended(telling: Telling) -> Facts | None:
    """Say what was said at the end."""
    row = await service.call_to_tell(telling.id("call_id"))
    return None if row is None else Facts({"name": row["name"], "note": row["end_note"] or "—"})


async def _in_shift(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    found = await service.in_shift_after(telling.id("shift_id"), after, limit)
    return [Addressee(each, ReasonCode.PARTICIPANT) for each in found]


async def _team(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    found = await service.called_after(telling.id("call_id"), after, limit)
    return [Addressee(each, ReasonCode.PARTICIPANT) for each in found]


async def _still_coming(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    found = await service.called_after(telling.id("call_id"), after, limit, but="cannot")
    return [Addressee(each, ReasonCode.PARTICIPANT) for each in found]


async def _leader_of(telling: Telling) -> list[UUID | None]:
    row = await service.shift_to_tell(telling.id("shift_id"))
    return [] if row is None else [row["leader_id"]]


_person = people.person("person_id", ReasonCode.PARTICIPANT)
_substitute = people.person("substitute_person_id", ReasonCode.PARTICIPANT)
_leader = people.few(_leader_of, ReasonCode.RESPONSIBLE)

KINDS = (
    NoticeKind(
        code="SHIFT_TOMORROW",
        category=Category.SERVICE,
        subject_kind="volunteer_shift",
        hears=(Heard(shifts.ShiftTomorrow, "shift_id"),),
        audience=people.together(_in_shift, _leader),
        resolve=_ahead,
        variables=_SHIFT,
        stale_after=A_DAY,
        says={
            Locale.ZH_HANS: Text(
                "服务即将到来:{title}", "{starts_at},{place}:你报名的「{title}」将开始。"
            ),
            Locale.EN: Text("Within a day: {title}", "“{title}” begins {starts_at}, {place}."),
        },
    ),
    NoticeKind(
        code="SHIFT_SOON",
        category=Category.SERVICE,
        subject_kind="volunteer_shift",
        hears=(Heard(shifts.ShiftSoon, "shift_id"),),
        audience=people.together(_in_shift, _leader),
        resolve=_ahead,
        variables=_SHIFT,
        stale_after=A_DAY,
        says={
            Locale.ZH_HANS: Text("服务马上开始:{title}", "{starts_at},{place}:请准时签到。"),
            Locale.EN: Text("Soon: {title}", "{starts_at}, {place}; check in on the spot."),
        },
    ),
    NoticeKind(
        code="SHIFT_MOVED_UP",
        category=Category.SERVICE,
        subject_kind="volunteer_shift",
        hears=(Heard(shifts.WaitingMovedUp, "shift_id", slot="waiting_id"),),
        audience=_person,
        resolve=_moved_up,
        variables={**_SHIFT, "decline_until": DATETIME},
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "候补成功:{title}",
                "{starts_at},{place}:你已递补「{title}」。不能参加请在 {decline_until} 前谢绝。",
            ),
            Locale.EN: Text(
                "You have a place: {title}",
                "“{title}”, {starts_at}, {place}. If you cannot, decline before {decline_until}.",
            ),
        },
    ),
    NoticeKind(
        code="SUBSTITUTE_ASKED",
        category=Category.SERVICE,
        subject_kind="volunteer_shift",
        hears=(Heard(shifts.SubstituteAsked, "shift_id", slot="substitution_id"),),
        audience=_substitute,
        resolve=_asked,
        variables={**_SHIFT, "name": TEXT},
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "请你替补:{title}", "{name} 请你替补 {starts_at} 在{place}的「{title}」。"
            ),
            Locale.EN: Text(
                "Can you stand in: {title}",
                "{name} asks you to take their place: “{title}”, {starts_at}, {place}.",
            ),
        },
    ),
    NoticeKind(
        code="SUBSTITUTE_ANSWERED",
        category=Category.SERVICE,
        subject_kind="volunteer_shift",
        hears=(Heard(shifts.SubstituteAnswered, "shift_id", slot="substitution_id"),),
        audience=people.together(_person, _leader),
        resolve=_answered,
        variables={**_SHIFT, "decision": TEXT},
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "替补答复:{title}", "{starts_at} 在{place}的「{title}」,替补人{decision}。"
            ),
            Locale.EN: Text(
                "About standing in: {title}",
                "For “{title}”, {starts_at}, {place}, the substitute {decision}.",
            ),
        },
    ),
    NoticeKind(
        code="SHIFT_MISSED",
        category=Category.SERVICE,
        subject_kind="volunteer_shift",
        hears=(Heard(shifts.VolunteerAbsent, "shift_id", slot="volunteer_id"),),
        audience=people.together(_person, _leader),
        resolve=_absent,
        variables=_SHIFT,
        stale_after=A_WEEK,
        is_digestible=True,
        says={
            Locale.ZH_HANS: Text(
                "未到场:{title}",
                "{starts_at} 在{place}的「{title}」未有签到。如有出入,请与负责人联系补录。",
            ),
            Locale.EN: Text(
                "Not there: {title}",
                "No check-in to “{title}”, {starts_at}, {place}; who leads can enter it later.",
            ),
        },
    ),
    NoticeKind(
        code="TEAM_CALLED",
        category=Category.SERVICE,
        subject_kind="team_call",
        hears=(Heard(shifts.TeamCalledUp, "call_id"),),
        withdrawn_by=(Heard(shifts.TeamCallEnded, "call_id"),),
        audience=_team,
        resolve=_called,
        variables={
            "name": TEXT,
            "reason": TEXT,
            "place": TEXT,
            "starts_at": DATETIME,
            "directed_by": TEXT,
        },
        stale_after=A_DAY,
        channels=LOUDEST,
        urgency=Urgency.URGENT,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "应急召集:{name}",
                "{reason}。{starts_at} 到{place}集合,听从{directed_by}指挥。请答复能否到场。",
            ),
            Locale.EN: Text(
                "Called up: {name}",
                "{reason}. {starts_at}, {place}, directed by {directed_by}. Say whether you come.",
            ),
        },
    ),
    NoticeKind(
        code="TEAM_CALL_ENDED",
        category=Category.SERVICE,
        subject_kind="team_call",
        hears=(Heard(shifts.TeamCallEnded, "call_id", slot=EACH_TIME),),
        audience=_still_coming,
        resolve=_ended,
        variables={"name": TEXT, "note": TEXT},
        stale_after=A_DAY,
        channels=LOUDEST,
        urgency=Urgency.URGENT,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("召集结束:{name}", "召集已结束:{note}"),
            Locale.EN: Text("The call has ended: {name}", "It is over: {note}"),
        },
    ),
)

# Events of which nobody is told by a notice, and why.
UNTOLD: Mapping[type, str] = {
    shifts.TeamCallAnswered: "who called sees the counts, live",
}
