"""What is told of promises: to who proposed, keeps, follows or objects to one."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from domains.kernel.actor import Role
from domains.notifications.audiences import people
from domains.notifications.kinds.kind import EACH_TIME, QUIET, Heard, NoticeKind, Text
from domains.notifications.telling import Addressee, Facts, Telling
from domains.notifications.values import Category, Locale, ReasonCode, VariableKind
from domains.pledges.events import pledges as events
from domains.pledges.queries import telling as pledges
from domains.pledges.values.pledges import PledgeState

TEXT, DATE, DATETIME = VariableKind.TEXT, VariableKind.DATE, VariableKind.DATETIME
A_WEEK = timedelta(days=7)
_TITLE: Mapping[str, VariableKind] = {"title": TEXT}
_REASONED: Mapping[str, VariableKind] = {"title": TEXT, "reason": TEXT}
_ANSWER: Mapping[str, VariableKind] = {"title": TEXT, "decision": TEXT, "answer": TEXT}
_ENDS = frozenset({PledgeState.WITHDRAWN, PledgeState.DECLINED})

_ACCEPTED: Mapping[bool, Mapping[str, str]] = {
    True: {"zh-Hans": "已通过初审", "en": "it was accepted"},
    False: {"zh-Hans": "未通过初审", "en": "it was declined"},
}
_UPHELD: Mapping[bool, Mapping[str, str]] = {
    True: {"zh-Hans": "已采纳", "en": "upheld"},
    False: {"zh-Hans": "未采纳", "en": "dismissed"},
}


async def _pledge(telling: Telling) -> Facts | None:
    """Say which promise."""
    row = await pledges.pledge_to_tell(telling.subject_id)
    return None if row is None else Facts({"title": row["title"]})


async def _to_screen(telling: Telling) -> Facts | None:
    """Say which proposal waits, as long as it does."""
    row = await pledges.pledge_to_tell(telling.subject_id)
    if row is None or row["state"] != PledgeState.PROPOSED:
        return None
    return Facts({"title": row["title"]})


async def _screened(telling: Telling) -> Facts | None:
    """Say whether a proposal goes on, and why not."""
    row = await pledges.pledge_to_tell(telling.subject_id)
    if row is None:
        return None
    decision = _ACCEPTED[telling.payload["accepted"]]
    reason = row["screen_reason"] or "—"
    return Facts({"title": row["title"], "decision": decision, "answer": reason})


async def _noticed(telling: Telling) -> Facts | None:
    """Say until when a promise may be objected to."""
    row = await pledges.pledge_to_tell(telling.subject_id)
    if row is None or row["state"] != PledgeState.PUBLIC_NOTICE:
        return None
    until = row["notice_until"]
    return Facts({"title": row["title"], "notice_until": until.isoformat()}, until=until)


async def _change(telling: Telling) -> Facts | None:
    """Say until when a change may be objected to."""
    row = await pledges.change_to_tell(telling.id("change_id"))
    if row is None or row["state"] != "notice":
        return None
    until = row["notice_until"]
    return Facts({"title": row["title"], "notice_until": until.isoformat()}, until=until)


async def _objection(telling: Telling) -> Facts | None:
    """Say what became of an objection."""
    row = await pledges.objection_to_tell(telling.id("objection_id"))
    if row is None or row["answer"] is None:
        return None
    decision = _UPHELD[telling.payload["upheld"]]
    return Facts({"title": row["title"], "decision": decision, "answer": row["answer"]})


async def _waiting(telling: Telling) -> Facts | None:
    """Say until when an objection is to be answered, as long as it is open."""
    row = await pledges.objection_to_tell(telling.id("objection_id"))
    if row is None or row["state"] != "open":
        return None
    return Facts({"title": row["title"], "due_at": row["due_at"].isoformat()})


async def _milestone(telling: Telling) -> Facts | None:
    """Say which milestone is due when."""
    row = await pledges.pledge_to_tell(telling.subject_id)
    name = await pledges.milestone_title(telling.subject_id, telling.id("milestone_key"))
    if row is None or name is None or row["state"] in _ENDS:
        return None
    due_on = date.fromisoformat(telling.payload["due_on"])
    return Facts({"title": row["title"], "milestone": name, "due_on": due_on.isoformat()})


async def _overdue(telling: Telling) -> Facts | None:
    """Say since when a promise is overdue, as long as it is."""
    row = await pledges.pledge_to_tell(telling.subject_id)
    if row is None or row["state"] != PledgeState.OVERDUE:
        return None
    return Facts({"title": row["title"], "deadline": row["deadline"].isoformat()})


async def _ended(telling: Telling) -> Facts | None:
    """Say how it ended, in the words that are public."""
    row = await pledges.pledge_to_tell(telling.subject_id)
    if row is None:
        return None
    reason = row["default_reason"] or row["withdraw_reason"] or row["close_summary"] or "—"
    return Facts({"title": row["title"], "reason": reason})


async def _follow(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    """Address who follows it."""
    found = await pledges.followers_after(telling.subject_id, after, limit)
    return [Addressee(each, ReasonCode.FOLLOWS) for each in found]


async def _proposers(telling: Telling) -> list[UUID | None]:
    row = await pledges.pledge_to_tell(telling.subject_id)
    return [] if row is None else [row["proposer_id"]]


async def _keepers(telling: Telling) -> list[UUID | None]:
    row = await pledges.pledge_to_tell(telling.subject_id)
    return [] if row is None else [row["person_id"]]


async def _objectors(telling: Telling) -> list[UUID | None]:
    row = await pledges.objection_to_tell(telling.id("objection_id"))
    return [] if row is None else [row["by_id"]]


_committee = people.holders(Role.COMMITTEE_MEMBER)
_keeper = people.few(_keepers, ReasonCode.RESPONSIBLE)
_proposer = people.few(_proposers, ReasonCode.AUTHOR)
_interested = people.together(_proposer, _follow)


async def _programme(telling: Telling) -> Facts:
    """Say of which year."""
    return Facts({"year": telling.payload["year"]})


KINDS = (
    NoticeKind(
        code="PROGRAMME_OPENED",
        category=Category.PLEDGES,
        subject_kind="pledge_programme",
        hears=(Heard(events.ProgrammeOpened, "programme_id"),),
        audience=people.residents(),
        resolve=_programme,
        variables={"year": VariableKind.INTEGER},
        is_digestible=True,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "征集年度承诺:{year} 年", "社区开始征集 {year} 年度承诺事项,欢迎提出。"
            ),
            Locale.EN: Text(
                "Promises for {year}", "The community takes proposals for the promises of {year}."
            ),
        },
    ),
    NoticeKind(
        code="PLEDGE_PROPOSED",
        category=Category.DUTIES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeProposed, "pledge_id"),),
        audience=_committee,
        resolve=_to_screen,
        variables=_TITLE,
        stale_after=A_WEEK,
        is_digestible=True,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("承诺待初审:{title}", "有人提出承诺「{title}」,请初审。"),
            Locale.EN: Text("To be screened: {title}", "Somebody proposes “{title}”."),
        },
    ),
    NoticeKind(
        code="PLEDGE_SCREENED",
        category=Category.PLEDGES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeScreened, "pledge_id", slot=EACH_TIME),),
        audience=_proposer,
        resolve=_screened,
        variables=_ANSWER,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text("承诺初审结果:{title}", "你提出的「{title}」{decision}。{answer}"),
            Locale.EN: Text("Your proposal: {title}", "“{title}”: {decision}. {answer}"),
        },
    ),
    NoticeKind(
        code="PLEDGE_NOTICED",
        category=Category.PLEDGES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeNoticed, "pledge_id", slot=EACH_TIME),),
        withdrawn_by=(Heard(events.PledgeWithdrawn, "pledge_id"),),
        audience=_interested,
        resolve=_noticed,
        variables={"title": TEXT, "notice_until": DATETIME},
        says={
            Locale.ZH_HANS: Text(
                "承诺公示:{title}", "「{title}」正在公示,可于 {notice_until} 前提出异议。"
            ),
            Locale.EN: Text(
                "On notice: {title}", "“{title}” may be objected to until {notice_until}."
            ),
        },
    ),
    NoticeKind(
        code="PLEDGE_OBJECTED",
        category=Category.DUTIES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeObjectionFiled, "pledge_id", slot="objection_id"),),
        audience=people.together(_keeper, _committee),
        resolve=_waiting,
        variables={"title": TEXT, "due_at": DATETIME},
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "承诺有异议:{title}", "有居民对「{title}」提出异议,请于 {due_at} 前答复。"
            ),
            Locale.EN: Text(
                "An objection to answer: {title}",
                "Somebody objects to “{title}”; answer by {due_at}.",
            ),
        },
    ),
    NoticeKind(
        code="PLEDGE_OBJECTION_ANSWERED",
        category=Category.PLEDGES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeObjectionAnswered, "pledge_id", slot="objection_id"),),
        audience=people.few(_objectors, ReasonCode.AUTHOR),
        resolve=_objection,
        variables=_ANSWER,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text("异议答复:{title}", "你对「{title}」的异议{decision}:{answer}"),
            Locale.EN: Text(
                "Your objection: {title}", "Your objection to “{title}” is {decision}: {answer}"
            ),
        },
    ),
    NoticeKind(
        code="PLEDGE_ANSWER_LATE",
        category=Category.DUTIES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeAnswerLate, "pledge_id", slot="objection_id"),),
        audience=people.together(_keeper, _committee, people.few(_objectors, ReasonCode.AUTHOR)),
        resolve=_waiting,
        variables={"title": TEXT, "due_at": DATETIME},
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "异议答复逾期:{title}", "「{title}」的一件异议应于 {due_at} 前答复,已逾期。"
            ),
            Locale.EN: Text(
                "No answer in time: {title}",
                "An objection to “{title}” was to be answered by {due_at}.",
            ),
        },
    ),
    NoticeKind(
        code="PLEDGE_WITHDRAWN",
        category=Category.PLEDGES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeWithdrawn, "pledge_id"),),
        audience=_interested,
        resolve=_ended,
        variables=_REASONED,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text("承诺撤回:{title}", "「{title}」已撤回:{reason}"),
            Locale.EN: Text("Withdrawn: {title}", "“{title}” was withdrawn: {reason}"),
        },
    ),
    NoticeKind(
        code="PLEDGE_COMMITTED",
        category=Category.PLEDGES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeCommitted, "pledge_id"),),
        audience=people.together(_keeper, _interested),
        resolve=_pledge,
        variables=_TITLE,
        stale_after=A_WEEK,
        is_digestible=True,
        says={
            Locale.ZH_HANS: Text("正式承诺:{title}", "「{title}」已正式承诺。"),
            Locale.EN: Text("Promised: {title}", "“{title}” is promised."),
        },
    ),
    NoticeKind(
        code="PLEDGE_CHANGE_NOTICED",
        category=Category.PLEDGES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeChangeNoticed, "pledge_id", slot="change_id"),),
        withdrawn_by=(Heard(events.PledgeChangeDropped, "pledge_id", slot="change_id"),),
        audience=_interested,
        resolve=_change,
        variables={"title": TEXT, "notice_until": DATETIME},
        says={
            Locale.ZH_HANS: Text(
                "承诺拟变更:{title}", "「{title}」拟变更,可于 {notice_until} 前提出异议。"
            ),
            Locale.EN: Text(
                "A change on notice: {title}",
                "A change of “{title}” may be objected to until {notice_until}.",
            ),
        },
    ),
    NoticeKind(
        code="PLEDGE_CHANGED",
        category=Category.PLEDGES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeChanged, "pledge_id", slot="change_id"),),
        audience=people.together(_keeper, _interested),
        resolve=_pledge,
        variables=_TITLE,
        stale_after=A_WEEK,
        is_digestible=True,
        says={
            Locale.ZH_HANS: Text("承诺已变更:{title}", "「{title}」已变更,原期限仍公开显示。"),
            Locale.EN: Text(
                "Changed: {title}", "“{title}” was changed; its first deadline stays public."
            ),
        },
    ),
    NoticeKind(
        code="PLEDGE_PROGRESSED",
        category=Category.PLEDGES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeProgressed, "pledge_id", slot="report_id"),),
        audience=_follow,
        resolve=_pledge,
        variables=_TITLE,
        stale_after=A_WEEK,
        is_digestible=True,
        channels=QUIET,
        says={
            Locale.ZH_HANS: Text("承诺进展:{title}", "「{title}」有新的进展,可查看佐证。"),
            Locale.EN: Text("Progress: {title}", "“{title}” has moved on; see the evidence."),
        },
    ),
    NoticeKind(
        code="PLEDGE_CLAIM_STRUCK",
        category=Category.PLEDGES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeClaimStruck, "pledge_id", slot="report_id"),),
        audience=people.together(_keeper, _interested),
        resolve=_pledge,
        variables=_TITLE,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text("进展不成立:{title}", "「{title}」的一项进展经核实不成立。"),
            Locale.EN: Text(
                "A claim does not stand: {title}", "A contested claim about “{title}” was struck."
            ),
        },
    ),
    NoticeKind(
        code="PLEDGE_MILESTONE_DUE",
        category=Category.DUTIES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeMilestoneDue, "pledge_id", slot="milestone_key"),),
        audience=_keeper,
        resolve=_milestone,
        variables={"title": TEXT, "milestone": TEXT, "due_on": DATE},
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "节点临近:{title}", "「{title}」的节点“{milestone}”应于 {due_on} 完成。"
            ),
            Locale.EN: Text(
                "A milestone is near: {title}", "“{milestone}” of “{title}” is due on {due_on}."
            ),
        },
    ),
    NoticeKind(
        code="PLEDGE_OVERDUE",
        category=Category.PLEDGES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeOverdue, "pledge_id", slot="deadline"),),
        withdrawn_by=(Heard(events.PledgeDelivered, "pledge_id"),),
        audience=people.together(_keeper, _committee, _interested),
        resolve=_overdue,
        variables={"title": TEXT, "deadline": DATE},
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text("承诺逾期:{title}", "「{title}」应于 {deadline} 前兑现,已逾期。"),
            Locale.EN: Text("Overdue: {title}", "“{title}” was to be kept by {deadline}."),
        },
    ),
    NoticeKind(
        code="PLEDGE_DELIVERED",
        category=Category.PLEDGES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeDelivered, "pledge_id", slot="report_id"),),
        audience=people.together(_interested, people.holders(Role.RESIDENTS_REPRESENTATIVE)),
        resolve=_pledge,
        variables=_TITLE,
        stale_after=timedelta(days=14),
        says={
            Locale.ZH_HANS: Text("承诺待验收:{title}", "「{title}」报告已完成,请验收。"),
            Locale.EN: Text(
                "To be accepted: {title}", "“{title}” is said to be kept; say whether it is."
            ),
        },
    ),
    NoticeKind(
        code="PLEDGE_SENT_BACK",
        category=Category.PLEDGES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeSentBack, "pledge_id", slot=EACH_TIME),),
        audience=people.together(_keeper, _interested),
        resolve=_pledge,
        variables=_TITLE,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text("验收未通过:{title}", "「{title}」未通过验收,请继续办理。"),
            Locale.EN: Text("Sent back: {title}", "“{title}” was not accepted; it goes on."),
        },
    ),
    NoticeKind(
        code="PLEDGE_ACCEPTED",
        category=Category.PLEDGES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeAccepted, "pledge_id", slot=EACH_TIME),),
        audience=people.together(_keeper, _interested),
        resolve=_pledge,
        variables=_TITLE,
        stale_after=A_WEEK,
        is_digestible=True,
        says={
            Locale.ZH_HANS: Text("承诺兑现:{title}", "「{title}」已通过验收。"),
            Locale.EN: Text("Kept: {title}", "“{title}” was accepted."),
        },
    ),
    NoticeKind(
        code="PLEDGE_CLOSED",
        category=Category.PLEDGES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeClosed, "pledge_id"),),
        audience=_interested,
        resolve=_ended,
        variables=_REASONED,
        stale_after=A_WEEK,
        is_digestible=True,
        says={
            Locale.ZH_HANS: Text("承诺办结:{title}", "「{title}」已办结:{reason}"),
            Locale.EN: Text("Closed: {title}", "“{title}” is closed: {reason}"),
        },
    ),
    NoticeKind(
        code="PLEDGE_DEFAULTED",
        category=Category.PLEDGES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeDefaulted, "pledge_id"),),
        audience=_interested,
        resolve=_ended,
        variables=_REASONED,
        says={
            Locale.ZH_HANS: Text("承诺未兑现:{title}", "「{title}」未能兑现:{reason}"),
            Locale.EN: Text("Not kept: {title}", "“{title}” was not kept: {reason}"),
        },
    ),
    NoticeKind(
        code="PLEDGE_COMMENTED",
        category=Category.DUTIES,
        subject_kind="pledge",
        hears=(Heard(events.PledgeCommented, "pledge_id", slot="comment_id"),),
        audience=_keeper,
        resolve=_pledge,
        variables=_TITLE,
        stale_after=A_WEEK,
        is_digestible=True,
        channels=QUIET,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("承诺有新留言:{title}", "「{title}」有新留言。"),
            Locale.EN: Text("A comment: {title}", "Somebody wrote about “{title}”."),
        },
    ),
)

# Events of which nobody is told by a notice, and why.
UNTOLD: Mapping[type, str] = {
    events.PledgeChangeDropped: "the notice of the change is taken back",
}
