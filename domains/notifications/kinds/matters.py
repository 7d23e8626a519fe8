"""What is told of issues, resolutions and discussions: to who raised them, and who has to act."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from domains.kernel.actor import Role
from domains.meetings.events import discussion, issues, resolutions
from domains.meetings.queries import telling_matters as matters
from domains.meetings.values.issues import HistoryKind
from domains.meetings.values.resolutions import ResolutionState
from domains.notifications.audiences import matters as responsible
from domains.notifications.audiences import people
from domains.notifications.kinds.kind import EACH_TIME, QUIET, Heard, NoticeKind, Payload, Text
from domains.notifications.telling import Facts, Telling
from domains.notifications.values import Category, Locale, ReasonCode, VariableKind

TEXT, DATETIME = VariableKind.TEXT, VariableKind.DATETIME
A_WEEK = timedelta(days=7)
_ISSUE: Mapping[str, VariableKind] = {"title": TEXT}
_DUE: Mapping[str, VariableKind] = {"title": TEXT, "due_at": DATETIME}
_STEP: Mapping[str, VariableKind] = {"title": TEXT, "step": TEXT}

# What became of an issue, for who raised it; the other lines of its history are read there.
_STEPS: Mapping[HistoryKind, Mapping[str, str]] = {
    HistoryKind.TRIAGED: {"zh-Hans": "已受理", "en": "it was taken up"},
    HistoryKind.DECLINED: {"zh-Hans": "未予受理,请查看理由", "en": "it was declined; see why"},
    HistoryKind.MERGED: {"zh-Hans": "已与同类事项合并", "en": "it was merged with another"},
    HistoryKind.SCHEDULED: {"zh-Hans": "已列入议事安排", "en": "it is to be deliberated"},
    HistoryKind.CONVENED: {"zh-Hans": "已列入会议议程", "en": "it is on a meeting's agenda"},
    HistoryKind.DELIBERATED: {"zh-Hans": "已经会议讨论", "en": "a meeting dealt with it"},
    HistoryKind.ESCALATED: {"zh-Hans": "将提交居民表决", "en": "residents will vote on it"},
    HistoryKind.BALLOT_DECIDED: {"zh-Hans": "居民表决已有结果", "en": "residents have decided"},
    HistoryKind.REFERRED: {"zh-Hans": "已转交有关单位", "en": "it was passed on"},
    HistoryKind.RESOLVED: {"zh-Hans": "已形成决议", "en": "a resolution was adopted"},
    HistoryKind.IMPLEMENTING: {"zh-Hans": "正在办理", "en": "it is being carried out"},
    HistoryKind.FED_BACK: {"zh-Hans": "已有反馈,请评价", "en": "you have an answer; rate it"},
    HistoryKind.REVISITED: {"zh-Hans": "已回访", "en": "it was looked at again"},
    HistoryKind.CLOSED: {"zh-Hans": "已办结", "en": "it is closed"},
    HistoryKind.REOPENED: {"zh-Hans": "已重新办理", "en": "it is open again"},
}
_KEPT: Mapping[ResolutionState, Mapping[str, str]] = {
    ResolutionState.IN_PROGRESS: {"zh-Hans": "正在办理", "en": "it is under way"},
    ResolutionState.DONE_REPORTED: {"zh-Hans": "已报告完成,请评价", "en": "it is said to be done"},
    ResolutionState.KEPT: {"zh-Hans": "已兑现", "en": "it was kept"},
    ResolutionState.SET_ASIDE: {"zh-Hans": "不再执行", "en": "it was set aside"},
}


def _is_told(payload: Payload) -> bool:
    return HistoryKind(payload["kind"]) in _STEPS


def _has_proposer(payload: Payload) -> bool:
    return payload["proposer_id"] is not None and ResolutionState(payload["state"]) in _KEPT


def _is_reply(payload: Payload) -> bool:
    return payload["parent_author_id"] is not None


def _due(title: str, payload: Payload) -> Facts:
    return Facts({"title": title, "due_at": datetime.fromisoformat(payload["due_at"]).isoformat()})


async def _issue(telling: Telling) -> Facts | None:
    """Say which issue."""
    row = await matters.issue_to_tell(telling.subject_id)
    return None if row is None else Facts({"title": row["title"]})


async def _step(telling: Telling) -> Facts | None:
    """Say what was done about an issue."""
    row = await matters.issue_to_tell(telling.subject_id)
    step = _STEPS[HistoryKind(telling.payload["kind"])]
    return None if row is None else Facts({"title": row["title"], "step": step})


async def _issue_due(telling: Telling) -> Facts | None:
    """Say until when something has to be done about an issue that has not ended."""
    row = await matters.issue_to_tell(telling.subject_id)
    return None if row is None else _due(row["title"], telling.payload)


async def _assignment(telling: Telling) -> Facts | None:
    """Say what somebody has to do by when, as long as it is open."""
    row = await matters.assignment_to_tell(telling.id("assignment_id"))
    if row is None or row["state"] != "open":
        return None
    values = {"title": row["title"], "task": row["task"], "due_at": row["due_at"].isoformat()}
    return Facts(values)


async def _whistle(telling: Telling) -> Facts | None:
    """Say what a department is asked, as long as it has not answered."""
    row = await matters.whistle_to_tell(telling.id("whistle_id"))
    if row is None or row["state"] != "called":
        return None
    values = {"title": row["title"], "asked": row["asked"], "due_at": row["due_at"].isoformat()}
    return Facts(values)


async def _resolution(telling: Telling) -> Facts | None:
    """Say what is to be done by when."""
    row = await matters.resolution_to_tell(telling.subject_id)
    return (
        None if row is None else Facts({"title": row["title"], "due_at": row["due_at"].isoformat()})
    )


async def _resolution_step(telling: Telling) -> Facts | None:
    """Say how far a resolution has come."""
    row = await matters.resolution_to_tell(telling.subject_id)
    step = _KEPT[ResolutionState(telling.payload["state"])]
    return None if row is None else Facts({"title": row["title"], "step": step})


async def _discussed(telling: Telling) -> Facts | None:
    """Say what is discussed; what is said there is read there."""
    title = await matters.title_of(telling.id("subject_id"))
    return None if title is None else Facts({"title": title})


async def _hidden(telling: Telling) -> Facts | None:
    """Say why a text was hidden."""
    row = await matters.hiding_to_tell(telling.id("hiding_id"))
    title = await matters.title_of(telling.id("subject_id"))
    if row is None or title is None:
        return None
    return Facts({"title": title, "reason": row["reason"]})


async def _appeal(telling: Telling) -> Facts | None:
    """Say what became of an appeal."""
    row = await matters.hiding_to_tell(telling.id("hiding_id"))
    title = await matters.title_of(telling.id("subject_id"))
    if row is None or title is None:
        return None
    decision = (
        {"zh-Hans": "已恢复显示", "en": "it is shown again"}
        if telling.payload["lifted"]
        else {"zh-Hans": "维持隐藏", "en": "it stays hidden"}
    )
    return Facts({"title": title, "decision": decision, "reason": row["decision"] or "—"})


_department = people.members("organisation_id", *responsible.OF_AN_ORGANISATION)
_committee = people.holders(Role.COMMITTEE_MEMBER)
_street = people.holders(Role.STREET_REVIEWER)

KINDS = (
    NoticeKind(
        code="ISSUE_RAISED",
        category=Category.DUTIES,
        subject_kind="issue",
        hears=(Heard(issues.IssueRaised, "issue_id"),),
        audience=people.without(_committee, "proposer_id"),
        resolve=_issue,
        variables=_ISSUE,
        stale_after=A_WEEK,
        is_digestible=True,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("新事项待受理:{title}", "「{title}」已提出,请受理。"),
            Locale.EN: Text("To be taken up: {title}", "“{title}” has been raised."),
        },
    ),
    NoticeKind(
        code="ISSUE_STEP",
        category=Category.MATTERS,
        subject_kind="issue",
        hears=(Heard(issues.IssueMoved, "issue_id", slot=EACH_TIME, when=_is_told),),
        audience=responsible.proposer,
        resolve=_step,
        variables=_STEP,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text("你提出的事项有进展:{title}", "「{title}」:{step}。"),
            Locale.EN: Text("News of what you raised: {title}", "“{title}”: {step}."),
        },
    ),
    NoticeKind(
        code="ISSUE_MUST_BE_HEARD",
        category=Category.DUTIES,
        subject_kind="issue",
        hears=(Heard(issues.IssueMustBeHeard, "issue_id"),),
        audience=_committee,
        resolve=_issue_due,
        variables=_DUE,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "须回应的联名事项:{title}",
                "支持「{title}」的居民已达规定人数,须在 {due_at} 前处理。",
            ),
            Locale.EN: Text(
                "It has to be heard: {title}",
                "So many stand behind “{title}” that it must be looked at by {due_at}.",
            ),
        },
    ),
    NoticeKind(
        code="ISSUE_OVERDUE",
        category=Category.DUTIES,
        subject_kind="issue",
        hears=(Heard(issues.IssueOverdue, "issue_id", slot="due_at"),),
        audience=people.together(_committee, _street),
        resolve=_issue_due,
        variables=_DUE,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("事项逾期:{title}", "「{title}」应于 {due_at} 前办理,已逾期。"),
            Locale.EN: Text("Overdue: {title}", "“{title}” was to move on by {due_at}."),
        },
    ),
    NoticeKind(
        code="ISSUE_ASSIGNED",
        category=Category.DUTIES,
        subject_kind="issue",
        hears=(Heard(issues.IssueAssigned, "issue_id", slot="assignment_id"),),
        withdrawn_by=(Heard(issues.AssignmentEnded, "issue_id", slot="assignment_id"),),
        audience=responsible.handlers,
        resolve=_assignment,
        variables={"title": TEXT, "task": TEXT, "due_at": DATETIME},
        seconds=False,
        says={
            Locale.ZH_HANS: Text("交你办理:{title}", "「{title}」:{task},请于 {due_at} 前完成。"),
            Locale.EN: Text("For you to do: {title}", "“{title}”: {task}; by {due_at}."),
        },
    ),
    NoticeKind(
        code="ASSIGNMENT_OVERDUE",
        category=Category.DUTIES,
        subject_kind="issue",
        hears=(Heard(issues.AssignmentOverdue, "issue_id", slot="assignment_id"),),
        withdrawn_by=(Heard(issues.AssignmentEnded, "issue_id", slot="assignment_id"),),
        audience=people.together(responsible.handlers, _committee),
        resolve=_assignment,
        variables={"title": TEXT, "task": TEXT, "due_at": DATETIME},
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "办理逾期:{title}", "「{title}」:{task},应于 {due_at} 前完成,已逾期。"
            ),
            Locale.EN: Text("Overdue: {title}", "“{title}”: {task}; it was due by {due_at}."),
        },
    ),
    NoticeKind(
        code="WHISTLE_BLOWN",
        category=Category.DUTIES,
        subject_kind="issue",
        hears=(Heard(issues.WhistleBlown, "issue_id", slot="whistle_id"),),
        withdrawn_by=(Heard(issues.WhistleEnded, "issue_id", slot="whistle_id"),),
        audience=_department,
        resolve=_whistle,
        variables={"title": TEXT, "asked": TEXT, "due_at": DATETIME},
        seconds=False,
        says={
            Locale.ZH_HANS: Text("街道吹哨:{title}", "「{title}」:{asked},请于 {due_at} 前答复。"),
            Locale.EN: Text(
                "The street calls you: {title}", "“{title}”: {asked}; answer by {due_at}."
            ),
        },
    ),
    NoticeKind(
        code="WHISTLE_OVERDUE",
        category=Category.DUTIES,
        subject_kind="issue",
        hears=(Heard(issues.WhistleOverdue, "issue_id", slot="whistle_id"),),
        withdrawn_by=(Heard(issues.WhistleEnded, "issue_id", slot="whistle_id"),),
        audience=people.together(_department, _street),
        resolve=_whistle,
        variables={"title": TEXT, "asked": TEXT, "due_at": DATETIME},
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "吹哨逾期未答复:{title}", "「{title}」:{asked},应于 {due_at} 前答复,已逾期。"
            ),
            Locale.EN: Text(
                "No answer to a call: {title}", "“{title}”: {asked}; an answer was due by {due_at}."
            ),
        },
    ),
    NoticeKind(
        code="RESOLUTION_TO_CARRY_OUT",
        category=Category.DUTIES,
        subject_kind="resolution",
        hears=(Heard(resolutions.ResolutionAdopted, "resolution_id"),),
        audience=responsible.handlers,
        resolve=_resolution,
        variables=_DUE,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("决议交你落实:{title}", "「{title}」,请于 {due_at} 前完成。"),
            Locale.EN: Text("For you to carry out: {title}", "“{title}”, by {due_at}."),
        },
    ),
    NoticeKind(
        code="RESOLUTION_STEP",
        category=Category.MATTERS,
        subject_kind="resolution",
        hears=(
            Heard(resolutions.ResolutionMoved, "resolution_id", slot=EACH_TIME, when=_has_proposer),
        ),
        audience=responsible.proposer,
        resolve=_resolution_step,
        variables=_STEP,
        says={
            Locale.ZH_HANS: Text("决议落实进展:{title}", "「{title}」:{step}。"),
            Locale.EN: Text("What became of it: {title}", "“{title}”: {step}."),
        },
    ),
    NoticeKind(
        code="RESOLUTION_OVERDUE",
        category=Category.DUTIES,
        subject_kind="resolution",
        hears=(Heard(resolutions.ResolutionOverdue, "resolution_id", slot="due_at"),),
        audience=people.together(responsible.handlers, _committee),
        resolve=_resolution,
        variables=_DUE,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "决议逾期未落实:{title}", "「{title}」应于 {due_at} 前完成,已逾期。"
            ),
            Locale.EN: Text("Not carried out in time: {title}", "“{title}” was due by {due_at}."),
        },
    ),
    NoticeKind(
        code="COMMENT_REPLIED",
        category=Category.MATTERS,
        subject_kind="comment",
        hears=(Heard(discussion.CommentWritten, "comment_id", when=_is_reply),),
        audience=people.person("parent_author_id", ReasonCode.PARTICIPANT),
        resolve=_discussed,
        variables=_ISSUE,
        is_digestible=True,
        stale_after=A_WEEK,
        channels=QUIET,
        says={
            Locale.ZH_HANS: Text("有人回复了你:{title}", "在「{title}」的讨论中,有人回复了你。"),
            Locale.EN: Text(
                "Somebody replied: {title}", "You have a reply in the discussion of “{title}”."
            ),
        },
    ),
    NoticeKind(
        code="TEXT_REPORTED",
        category=Category.DUTIES,
        subject_kind="comment",
        hears=(Heard(discussion.TextReported, "text_id", slot=EACH_TIME),),
        audience=_committee,
        resolve=_discussed,
        variables=_ISSUE,
        stale_after=A_WEEK,
        is_digestible=True,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "有内容被举报:{title}", "「{title}」的讨论中有内容被举报,请处理。"
            ),
            Locale.EN: Text(
                "Something was reported: {title}",
                "A text in the discussion of “{title}” waits to be looked at.",
            ),
        },
    ),
    NoticeKind(
        code="TEXT_HIDDEN",
        category=Category.MATTERS,
        subject_kind="hiding",
        hears=(Heard(discussion.TextHidden, "hiding_id", area=None),),
        audience=people.person("author_id", ReasonCode.AUTHOR),
        resolve=_hidden,
        variables={"title": TEXT, "reason": TEXT},
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "你的发言被隐藏:{title}", "你在「{title}」中的发言被隐藏:{reason} 你可以申诉。"
            ),
            Locale.EN: Text(
                "Your text was hidden: {title}",
                "Your text in “{title}” was hidden: {reason} You may appeal.",
            ),
        },
    ),
    NoticeKind(
        code="HIDING_APPEALED",
        category=Category.DUTIES,
        subject_kind="hiding",
        hears=(Heard(discussion.HidingAppealed, "hiding_id"),),
        audience=_committee,
        resolve=_discussed,
        variables=_ISSUE,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "隐藏申诉待处理:{title}", "有人就「{title}」中被隐藏的发言提出申诉。"
            ),
            Locale.EN: Text(
                "An appeal to decide: {title}",
                "Somebody appeals the hiding of a text in “{title}”.",
            ),
        },
    ),
    NoticeKind(
        code="HIDING_DECIDED",
        category=Category.MATTERS,
        subject_kind="hiding",
        hears=(Heard(discussion.HidingDecided, "hiding_id", area=None),),
        audience=people.person("author_id", ReasonCode.AUTHOR),
        resolve=_appeal,
        variables={"title": TEXT, "decision": TEXT, "reason": TEXT},
        is_legal=True,
        says={
            Locale.ZH_HANS: Text("申诉结果:{title}", "你在「{title}」中的发言{decision}:{reason}"),
            Locale.EN: Text("Your appeal: {title}", "Your text in “{title}”: {decision}. {reason}"),
        },
    ),
)

# Events of which nobody is told by a notice, and why.
UNTOLD: Mapping[type, str] = {
    issues.IssueSupported: "whoever raised it sees the number grow; enough of them is told",
    issues.IssueEvaluated: "the evaluation stands where the issue is",
    issues.AssignmentEnded: "the issue's step tells who raised it",
    issues.WhistleEnded: "the issue's step tells who raised it",
    discussion.CommentChanged: "live only",
    discussion.ReportsDecided: "whoever reported sees it; the author is told of a hiding",
    discussion.StatementsChanged: "live only",
}
