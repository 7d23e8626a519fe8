"""What is told of duties and disclosures: to who owes, writes, approves, follows or demanded one.

A period begins for dozens of items at once, and many are due on one day: what is due, or late,
on a day is told once a community, with how many. What is published is told to followers alone.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from domains.disclosure import events
from domains.disclosure.queries import telling as disclosures
from domains.disclosure.values import Change, ObligationState, StepKind, VersionState
from domains.kernel.actor import Role
from domains.kernel.database import Row
from domains.notifications.audiences import disclosure as audiences
from domains.notifications.audiences import people
from domains.notifications.kinds.kind import EACH_TIME, QUIET, Heard, NoticeKind, Text
from domains.notifications.telling import Facts, Telling
from domains.notifications.values import Category, Locale, VariableKind

TEXT, INTEGER = VariableKind.TEXT, VariableKind.INTEGER
DATE, DATETIME = VariableKind.DATE, VariableKind.DATETIME
A_WEEK = timedelta(days=7)
_TITLE: Mapping[str, VariableKind] = {"title": TEXT}
_REASONED: Mapping[str, VariableKind] = {"title": TEXT, "reason": TEXT}
_DUTIES: Mapping[str, VariableKind] = {"count": INTEGER, "title": TEXT, "due_at": DATETIME}

_STEPS: Mapping[StepKind, Mapping[str, str]] = {
    StepKind.SUPERVISOR_REVIEW: {"zh-Hans": "监督审查", "en": "the supervisors' review"},
    StepKind.PRIVACY_REVIEW: {"zh-Hans": "隐私审查", "en": "the privacy review"},
    StepKind.APPROVAL: {"zh-Hans": "审批", "en": "approval"},
}
_CHANGES: Mapping[Change, Mapping[str, str]] = {
    Change.FIRST: {"zh-Hans": "新公开", "en": "Published"},
    Change.CORRECTION: {"zh-Hans": "已更正", "en": "Corrected"},
    Change.WITHDRAWAL: {"zh-Hans": "已撤回", "en": "Withdrawn"},
}


def named(row: Row) -> Mapping[str, str]:
    """Return the name of an item, or of what is public, in each language."""
    return {"zh-Hans": row["title_zh"], "en": row["title_en"]}


async def _duties(telling: Telling) -> Facts | None:
    """Say how many duties of one last day are not met; nothing where all are by now."""
    due_at = telling.instant("due_at")
    row = await disclosures.duties_at(telling.subject_id, due_at)
    if not row["count"]:
        return None
    return Facts({"count": row["count"], "title": named(row), "due_at": due_at.isoformat()})


async def _duties_ahead(telling: Telling) -> Facts | None:
    """Say it until they are late."""
    found = await _duties(telling)
    return None if found is None else Facts(found.values, until=telling.instant("due_at"))


async def _demanded(telling: Telling) -> Facts | None:
    """Say which demand it follows from; nothing of a duty that nobody demanded."""
    title = await disclosures.forced_open(telling.subject_id)
    return None if title is None else Facts({"title": title})


async def _waived(telling: Telling) -> Facts | None:
    """Say why a duty was waived."""
    row = await disclosures.duty_to_tell(telling.subject_id)
    if row is None or row["state"] != ObligationState.WAIVED:
        return None
    return Facts({"title": named(row), "reason": row["reason"]})


async def _waiting(telling: Telling) -> Facts | None:
    """Say at which step a version waits, as long as it does."""
    row = await disclosures.disclosure_to_tell(telling.subject_id, telling.payload["version"])
    step = StepKind(telling.payload["step"])
    if row is None or row["state"] != step:
        return None
    return Facts({"title": row["title"], "step": _STEPS[step]})


async def _still_waiting(telling: Telling, people: Sequence[UUID]) -> set[UUID]:
    return set() if await _waiting(telling) is None else set(people)


async def _returned(telling: Telling) -> Facts | None:
    """Say why a version went back to its author."""
    row = await disclosures.disclosure_to_tell(telling.subject_id, telling.payload["version"])
    if row is None or row["state"] != VersionState.DRAFT or row["return_reason"] is None:
        return None
    return Facts({"title": row["title"], "reason": row["return_reason"]})


async def _approved(telling: Telling) -> Facts | None:
    """Say what may be published."""
    row = await disclosures.disclosure_to_tell(telling.subject_id, telling.payload["version"])
    if row is None or row["state"] != VersionState.APPROVED:
        return None
    return Facts({"title": row["title"]})


async def _published(telling: Telling) -> Facts | None:
    """Say what is public, as long as it is in sight."""
    row = await disclosures.disclosure_to_tell(telling.subject_id, telling.payload["version"])
    if row is None or row["taken_down_at"] is not None:
        return None
    return Facts({"title": row["title"], "change": _CHANGES[Change(row["change"])]})


async def _withdrawn(telling: Telling) -> Facts | None:
    """Say why something was withdrawn."""
    row = await disclosures.disclosure_to_tell(telling.subject_id, telling.payload["version"])
    if row is None or row["taken_down_at"] is not None:
        return None
    return Facts({"title": row["title"], "reason": row["reason"] or "—"})


async def _taken_down(telling: Telling) -> Facts | None:
    """Say to its authors why something is out of sight."""
    row = await disclosures.disclosure_to_tell(telling.subject_id)
    if row is None:
        return None
    return Facts({"title": row["title"], "reason": row["take_down_reason"] or "—"})


async def _formed(telling: Telling) -> Facts | None:
    """Say for which term."""
    rows = await disclosures.supervisors_to_tell(telling.subject_id)
    if not rows:
        return None
    first = rows[0]
    days = {"starts_on": first["starts_on"].isoformat(), "ends_on": first["ends_on"].isoformat()}
    return Facts(days)


_publishes = people.holders(Role.COMMITTEE_MEMBER, Role.SOCIAL_WORKER)
_supervises = people.holders(Role.SUPERVISOR, Role.STREET_REVIEWER)

KINDS = (
    NoticeKind(
        code="DUTIES_DUE_SOON",
        category=Category.DUTIES,
        subject_kind="area",
        hears=(Heard(events.ObligationDueSoon, "community_id", slot="due_at"),),
        audience=_publishes,
        resolve=_duties_ahead,
        variables=_DUTIES,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "公开义务即将到期:{count} 项", "「{title}」等 {count} 项须在 {due_at} 前公开。"
            ),
            Locale.EN: Text(
                "To be made public soon: {count}",
                "Due by {due_at}: “{title}”, {count} duties together.",
            ),
        },
    ),
    NoticeKind(
        code="DUTIES_LATE",
        category=Category.DUTIES,
        subject_kind="area",
        hears=(Heard(events.ObligationMissed, "community_id", slot="due_at"),),
        audience=people.together(_publishes, _supervises),
        resolve=_duties,
        variables=_DUTIES,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "未按期公开:{count} 项", "「{title}」等 {count} 项应于 {due_at} 前公开,已逾期。"
            ),
            Locale.EN: Text(
                "Not made public in time: {count}",
                "Was due by {due_at}: “{title}”, {count} duties together.",
            ),
        },
    ),
    NoticeKind(
        code="DEMANDED_ITEM_LATE",
        category=Category.DISCLOSURE,
        subject_kind="obligation",
        hears=(Heard(events.ObligationMissed, "obligation_id"),),
        withdrawn_by=(Heard(events.ObligationMet, "obligation_id"),),
        audience=audiences.demanded_it,
        resolve=_demanded,
        variables=_TITLE,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text("你要求公开的事项逾期:{title}", "「{title}」应公开而未按期公开。"),
            Locale.EN: Text(
                "Late: what you demanded, {title}", "“{title}” was not made public in time."
            ),
        },
    ),
    NoticeKind(
        code="DEMANDED_ITEM_PUBLISHED",
        category=Category.DISCLOSURE,
        subject_kind="obligation",
        hears=(Heard(events.ObligationMet, "obligation_id"),),
        audience=audiences.demanded_it,
        resolve=_demanded,
        variables=_TITLE,
        stale_after=timedelta(days=30),
        says={
            Locale.ZH_HANS: Text("你要求公开的事项已公开:{title}", "「{title}」已公开,请查看。"),
            Locale.EN: Text("Public now: what you demanded, {title}", "“{title}” is public."),
        },
    ),
    NoticeKind(
        code="DUTY_WAIVED",
        category=Category.DISCLOSURE,
        subject_kind="obligation",
        hears=(Heard(events.ObligationWaived, "obligation_id"),),
        audience=people.together(
            audiences.demanded_it, people.holders(Role.COMMITTEE_MEMBER, Role.SUPERVISOR)
        ),
        resolve=_waived,
        variables=_REASONED,
        stale_after=timedelta(days=30),
        says={
            Locale.ZH_HANS: Text("公开义务被免除:{title}", "「{title}」不再须公开。理由:{reason}"),
            Locale.EN: Text("Waived: {title}", "“{title}” need not be made public: {reason}"),
        },
    ),
    NoticeKind(
        code="DISCLOSURE_TO_APPROVE",
        category=Category.DUTIES,
        subject_kind="disclosure",
        hears=(Heard(events.DisclosureSubmitted, "disclosure_id", slot=EACH_TIME),),
        withdrawn_by=(
            Heard(events.DisclosureReturned, "disclosure_id"),
            Heard(events.DisclosureApproved, "disclosure_id"),
        ),
        audience=audiences.takers,
        concerns=_still_waiting,
        resolve=_waiting,
        variables={"title": TEXT, "step": TEXT},
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("待你审核:{title}", "「{title}」等待{step}。"),
            Locale.EN: Text("For you to look at: {title}", "“{title}” waits for {step}."),
        },
    ),
    NoticeKind(
        code="DISCLOSURE_RETURNED",
        category=Category.DUTIES,
        subject_kind="disclosure",
        hears=(Heard(events.DisclosureReturned, "disclosure_id", slot=EACH_TIME),),
        audience=audiences.authors,
        resolve=_returned,
        variables=_REASONED,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("公开稿被退回:{title}", "「{title}」被退回修改:{reason}"),
            Locale.EN: Text("Sent back: {title}", "“{title}” came back to you: {reason}"),
        },
    ),
    NoticeKind(
        code="DISCLOSURE_APPROVED",
        category=Category.DUTIES,
        subject_kind="disclosure",
        hears=(Heard(events.DisclosureApproved, "disclosure_id", slot=EACH_TIME),),
        withdrawn_by=(
            Heard(events.DisclosureReturned, "disclosure_id"),
            Heard(events.DisclosurePublished, "disclosure_id"),
        ),
        audience=audiences.authors,
        resolve=_approved,
        variables=_TITLE,
        stale_after=A_WEEK,
        is_digestible=True,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("公开稿已通过:{title}", "「{title}」已通过全部审核,可以发布。"),
            Locale.EN: Text("Approved: {title}", "“{title}” may be published."),
        },
    ),
    NoticeKind(
        code="DISCLOSURE_PUBLISHED",
        category=Category.DISCLOSURE,
        subject_kind="disclosure",
        hears=(Heard(events.DisclosurePublished, "disclosure_id", slot="version"),),
        withdrawn_by=(
            Heard(events.DisclosureWithdrawn, "disclosure_id"),
            Heard(events.DisclosureTakenDown, "disclosure_id"),
        ),
        audience=audiences.followers,
        resolve=_published,
        variables={"title": TEXT, "change": TEXT},
        stale_after=A_WEEK,
        is_digestible=True,
        says={
            Locale.ZH_HANS: Text("{change}:{title}", "你关注的栏目有更新:「{title}」{change}。"),
            Locale.EN: Text("{change}: {title}", "In what you follow: “{title}”."),
        },
    ),
    NoticeKind(
        code="DISCLOSURE_WITHDRAWN",
        category=Category.DISCLOSURE,
        subject_kind="disclosure",
        hears=(Heard(events.DisclosureWithdrawn, "disclosure_id", slot="version"),),
        audience=audiences.followers,
        resolve=_withdrawn,
        variables=_REASONED,
        stale_after=A_WEEK,
        is_digestible=True,
        channels=QUIET,
        says={
            Locale.ZH_HANS: Text("公开内容已撤回:{title}", "「{title}」已撤回:{reason}"),
            Locale.EN: Text("Withdrawn: {title}", "“{title}” was withdrawn: {reason}"),
        },
    ),
    NoticeKind(
        code="DISCLOSURE_TAKEN_DOWN",
        category=Category.DUTIES,
        subject_kind="disclosure",
        hears=(Heard(events.DisclosureTakenDown, "disclosure_id"),),
        audience=audiences.authors,
        resolve=_taken_down,
        variables=_REASONED,
        stale_after=A_WEEK,
        is_digestible=True,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "公开内容已下架:{title}", "你撰写的「{title}」不再展示。原因:{reason}"
            ),
            Locale.EN: Text(
                "Taken down: {title}", "What you wrote, “{title}”, is out of sight: {reason}"
            ),
        },
    ),
    NoticeKind(
        code="SUPERVISORS_FORMED",
        category=Category.ROLES,
        subject_kind="supervision",
        hears=(Heard(events.SupervisorsFormed, "committee_id"),),
        audience=audiences.supervisors,
        resolve=_formed,
        variables={"starts_on": DATE, "ends_on": DATE},
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "你已进入监督委员会", "你是新一届监督委员会成员,任期 {starts_on} 至 {ends_on}。"
            ),
            Locale.EN: Text(
                "You are a supervisor",
                "You sit on the supervisors' committee from {starts_on} to {ends_on}.",
            ),
        },
    ),
)

# Events of which nobody is told by a notice, and why.
UNTOLD: Mapping[type, str] = {
    events.ObligationDue: (
        "dozens come up as a period begins; the day's summary lists them, and each is told of when"
        " its last day is near"
    ),
    events.DisclosureExpired: "until when it is on display was said when it was published",
    events.DisclosureArchived: "how long it is kept on display is its item's, and public",
    events.LogHeadSigned: "the heads of logs are public; whoever verifies them fetches them",
}
