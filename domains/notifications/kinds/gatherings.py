"""What is told of days on which a community answers in person: to residents, and who has a topic.

They come again week by week: planned, one is put into inboxes alone; near, it is sent to who
registered something to ask, and lies in the others' inboxes.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from domains.disclosure import events, policy
from domains.disclosure.queries import telling as disclosures
from domains.disclosure.values.gatherings import GatheringKind, GatheringState
from domains.kernel.database import Row
from domains.notifications.audiences import disclosure as audiences
from domains.notifications.audiences import people
from domains.notifications.kinds.kind import EACH_TIME, QUIET, Heard, NoticeKind, Text
from domains.notifications.telling import Facts, Telling
from domains.notifications.values import Category, Locale, VariableKind

TEXT, DATETIME = VariableKind.TEXT, VariableKind.DATETIME
A_WEEK = timedelta(days=7)
_WHERE: Mapping[str, VariableKind] = {
    "name": TEXT,
    "title": TEXT,
    "starts_at": DATETIME,
    "place": TEXT,
}
_NAMES: Mapping[GatheringKind, Mapping[str, str]] = {
    GatheringKind.INTERVIEW_DAY: {"zh-Hans": "群众访谈日", "en": "Interview day"},
    GatheringKind.ROUND_TABLE: {"zh-Hans": "圆桌会", "en": "Round table"},
    GatheringKind.PRESS_CONFERENCE: {"zh-Hans": "社情发布会", "en": "Press conference"},
}


def _facts(row: Row, *, until: datetime | None = None) -> Facts:
    values = {
        "name": _NAMES[GatheringKind(row["kind"])],
        "title": row["title"],
        "starts_at": row["starts_at"].isoformat(),
        "place": row["place"],
    }
    return Facts(values, until=until)


async def _ahead(telling: Telling) -> Facts | None:
    """Say where and when, as long as it is planned for what the event says."""
    row = await disclosures.gathering_to_tell(telling.subject_id)
    if row is None or row["state"] != GatheringState.PLANNED:
        return None
    said = telling.payload.get("starts_at")
    if said is not None and datetime.fromisoformat(said) != row["starts_at"]:
        return None
    return _facts(row, until=row["starts_at"])


async def _moved(telling: Telling) -> Facts | None:
    """Say where and when now, and why."""
    row = await disclosures.gathering_to_tell(telling.subject_id)
    if row is None or row["state"] != GatheringState.PLANNED or row["move_reason"] is None:
        return None
    found = _facts(row, until=row["starts_at"])
    return Facts({**found.values, "reason": row["move_reason"]}, until=found.until)


async def _cancelled(telling: Telling) -> Facts | None:
    """Say why it is not held, until it would have ended."""
    row = await disclosures.gathering_to_tell(telling.subject_id)
    if row is None or row["state"] != GatheringState.CANCELLED:
        return None
    return Facts({**_facts(row).values, "reason": row["reason"]}, until=row["ends_at"])


async def _published(telling: Telling) -> Facts | None:
    """Say of which gathering."""
    row = await disclosures.gathering_to_tell(telling.subject_id)
    return None if row is None else _facts(row)


async def _topic(telling: Telling) -> Facts | None:
    """Say at which gathering something is to be asked."""
    row = await disclosures.topic_to_tell(telling.id("topic_id"))
    if row is None or row["withdrawn_at"] is not None:
        return None
    return Facts({"title": row["title"]})


async def _answered(telling: Telling) -> Facts | None:
    """Say where an answer was given."""
    row = await disclosures.topic_to_tell(telling.id("topic_id"))
    return None if row is None or row["answer"] is None else Facts({"title": row["title"]})


_everybody = people.together(audiences.topic_owners, people.residents())
_CALLED_OFF = (
    Heard(events.GatheringCancelled, "gathering_id"),
    Heard(events.GatheringMoved, "gathering_id"),
)
_NEAR = {
    Locale.ZH_HANS: Text(
        "{name}临近:{title}", "「{title}」将于 {starts_at} 在{place}举行,欢迎参加。"
    ),
    Locale.EN: Text("{name}: {title}", "“{title}”: {starts_at}, {place}."),
}

KINDS = (
    NoticeKind(
        code="GATHERING_PLANNED",
        category=Category.DISCLOSURE,
        subject_kind="gathering",
        hears=(Heard(events.GatheringPlanned, "gathering_id"),),
        withdrawn_by=_CALLED_OFF,
        audience=people.residents(),
        resolve=_ahead,
        variables=_WHERE,
        stale_after=A_WEEK,
        is_digestible=True,
        channels=QUIET,
        says={
            Locale.ZH_HANS: Text(
                "{name}:{title}", "「{title}」定于 {starts_at} 在{place}举行,可登记要问的话题。"
            ),
            Locale.EN: Text(
                "{name}: {title}",
                "“{title}”: {starts_at}, {place}. You may register what you want to ask.",
            ),
        },
    ),
    NoticeKind(
        code="GATHERING_NEAR",
        category=Category.DISCLOSURE,
        subject_kind="gathering",
        hears=(Heard(events.GatheringNear, "gathering_id", slot="starts_at"),),
        withdrawn_by=_CALLED_OFF,
        audience=audiences.other_residents,
        resolve=_ahead,
        variables=_WHERE,
        is_digestible=True,
        channels=QUIET,
        says=_NEAR,
    ),
    NoticeKind(
        code="GATHERING_OF_YOURS_NEAR",
        category=Category.DISCLOSURE,
        subject_kind="gathering",
        hears=(Heard(events.GatheringNear, "gathering_id", slot="starts_at"),),
        withdrawn_by=_CALLED_OFF,
        audience=audiences.topic_owners,
        resolve=_ahead,
        variables=_WHERE,
        says=_NEAR,
    ),
    NoticeKind(
        code="GATHERING_MOVED",
        category=Category.DISCLOSURE,
        subject_kind="gathering",
        hears=(Heard(events.GatheringMoved, "gathering_id", slot=EACH_TIME),),
        withdrawn_by=(Heard(events.GatheringCancelled, "gathering_id"),),
        audience=_everybody,
        resolve=_moved,
        variables={**_WHERE, "reason": TEXT},
        says={
            Locale.ZH_HANS: Text(
                "{name}改期:{title}", "「{title}」改于 {starts_at} 在{place}举行。原因:{reason}"
            ),
            Locale.EN: Text(
                "Moved, {name}: {title}", "“{title}” is on {starts_at}, {place}, now: {reason}"
            ),
        },
    ),
    NoticeKind(
        code="GATHERING_CANCELLED",
        category=Category.DISCLOSURE,
        subject_kind="gathering",
        hears=(Heard(events.GatheringCancelled, "gathering_id"),),
        audience=_everybody,
        resolve=_cancelled,
        variables={**_WHERE, "reason": TEXT},
        says={
            Locale.ZH_HANS: Text(
                "{name}取消:{title}", "原定 {starts_at} 的「{title}」取消。原因:{reason}"
            ),
            Locale.EN: Text(
                "Cancelled, {name}: {title}", "“{title}” of {starts_at} will not be held: {reason}"
            ),
        },
    ),
    NoticeKind(
        code="TOPIC_REGISTERED",
        category=Category.DUTIES,
        subject_kind="gathering",
        hears=(Heard(events.TopicRegistered, "gathering_id", slot="topic_id"),),
        audience=people.holders(*policy.GATHERERS),
        resolve=_topic,
        variables={"title": TEXT},
        stale_after=A_WEEK,
        is_digestible=True,
        channels=QUIET,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("新登记的话题:{title}", "有居民为「{title}」登记了话题。"),
            Locale.EN: Text("A topic: {title}", "A resident wants to ask something at “{title}”."),
        },
    ),
    NoticeKind(
        code="TOPIC_ANSWERED",
        category=Category.DISCLOSURE,
        subject_kind="gathering",
        hears=(Heard(events.TopicAnswered, "gathering_id", slot="topic_id"),),
        audience=audiences.topic_owner,
        resolve=_answered,
        variables={"title": TEXT},
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text("你的话题已答复:{title}", "你在「{title}」登记的话题已有答复。"),
            Locale.EN: Text("Answered: {title}", "What you asked at “{title}” was answered."),
        },
    ),
    NoticeKind(
        code="GATHERING_RECORD_PUBLISHED",
        category=Category.DISCLOSURE,
        subject_kind="gathering",
        hears=(Heard(events.GatheringRecordPublished, "gathering_id"),),
        audience=audiences.topic_owners,
        resolve=_published,
        variables=_WHERE,
        stale_after=A_WEEK,
        is_digestible=True,
        says={
            Locale.ZH_HANS: Text("{name}记录已公开:{title}", "「{title}」的记录已公开。"),
            Locale.EN: Text("On record, {name}: {title}", "The record of “{title}” is public."),
        },
    ),
)
