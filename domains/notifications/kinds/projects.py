"""What is told of projects, their rounds, and the money that carries them."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from domains.kernel.actor import Role
from domains.matching.events import funds, projects
from domains.matching.queries import telling as exchange
from domains.notifications.audiences import people
from domains.notifications.kinds.kind import EACH_TIME, Heard, NoticeKind, Text
from domains.notifications.telling import Facts, Telling
from domains.notifications.values import Category, Locale, ReasonCode, VariableKind

TEXT, DATE, FEN = VariableKind.TEXT, VariableKind.DATE, VariableKind.FEN
A_WEEK = timedelta(days=7)
_TITLE: Mapping[str, VariableKind] = {"title": TEXT}
_REASONED: Mapping[str, VariableKind] = {"title": TEXT, "reason": TEXT}
_SPENT: Mapping[str, VariableKind] = {"title": TEXT, "purpose": TEXT, "amount": FEN}
_DUE: Mapping[str, VariableKind] = {"title": TEXT, "milestone": TEXT, "due_on": DATE}


async def _project(telling: Telling) -> Facts | None:
    """Say which project."""
    row = await exchange.project_to_tell(telling.id("project_id"))
    return None if row is None else Facts({"title": row["title"]})


async def _project_reason(telling: Telling) -> Facts | None:
    """Say why a project goes no further as it is."""
    row = await exchange.project_to_tell(telling.id("project_id"))
    return None if row is None else Facts({"title": row["title"], "reason": row["reason"] or "—"})


async def _milestone(telling: Telling) -> Facts | None:
    """Say which milestone of which project is due, as long as it waits."""
    row = await exchange.project_to_tell(telling.id("project_id"))
    milestone = await exchange.milestone_to_tell(telling.id("milestone_id"))
    if row is None or milestone is None or milestone["state"] == "reached":
        return None
    due_on = date.fromisoformat(telling.payload["due_on"])
    values = {"title": row["title"], "milestone": milestone["title"], "due_on": due_on.isoformat()}
    return Facts(values)


async def _spending(telling: Telling) -> Facts | None:
    """Say what was spent, on what."""
    row = await exchange.spending_to_tell(telling.id("spending_id"))
    if row is None:
        return None
    values = {"title": row["title"], "purpose": row["purpose"], "amount": row["amount_fen"]}
    return Facts(values)


async def _round(telling: Telling) -> Facts | None:
    """Say which round."""
    row = await exchange.round_to_tell(telling.subject_id)
    return None if row is None else Facts({"title": row["title"]})


async def _in_charge(telling: Telling) -> list[UUID | None]:
    row = await exchange.project_to_tell(telling.id("project_id"))
    return [] if row is None else [row["applicant_id"], row["supervisor_id"]]


async def _applicant(telling: Telling) -> list[UUID | None]:
    row = await exchange.project_to_tell(telling.id("project_id"))
    return [] if row is None else [row["applicant_id"]]


async def _applicants(telling: Telling) -> list[UUID | None]:
    return list(await exchange.applicants_of(telling.subject_id))


async def _who_entered(telling: Telling) -> list[UUID | None]:
    row = await exchange.spending_to_tell(telling.id("spending_id"))
    return [] if row is None else [row["entered_by_id"]]


async def _who_asked(telling: Telling) -> list[UUID | None]:
    row = await exchange.budget_shift_to_tell(telling.id("shift_id"))
    return [] if row is None else [row["asked_by_id"]]


_leads = people.few(_in_charge, ReasonCode.RESPONSIBLE)
_applies = people.few(_applicant, ReasonCode.AUTHOR)
_committee = people.holders(Role.COMMITTEE_MEMBER)
_officers = people.holders(Role.CHARITY_OFFICER, Role.COMMITTEE_MEMBER)

KINDS = (
    NoticeKind(
        code="PROJECT_HOST_ASKED",
        category=Category.DUTIES,
        subject_kind="service_project",
        hears=(Heard(projects.HostAsked, "project_id", slot="organisation_id"),),
        audience=people.members("organisation_id", Role.ORGANISATION_ADMINISTRATOR),
        resolve=_project,
        variables=_TITLE,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "请承接项目:{title}",
                "请贵单位承接项目「{title}」。",
            ),
            Locale.EN: Text(
                "To be hosted: {title}",
                "Your organisation is asked to host “{title}”.",
            ),
        },
    ),
    NoticeKind(
        code="PROJECT_HOST_ANSWERED",
        category=Category.SERVICE,
        subject_kind="service_project",
        hears=(Heard(projects.HostAnswered, "project_id", slot=EACH_TIME),),
        audience=_applies,
        resolve=_project,
        variables=_TITLE,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "承接答复:{title}",
                "「{title}」的承接单位已答复。",
            ),
            Locale.EN: Text(
                "The host has answered: {title}",
                "The organisation asked to host “{title}” has answered.",
            ),
        },
    ),
    NoticeKind(
        code="PROJECT_SUPERVISOR_ASKED",
        category=Category.DUTIES,
        subject_kind="service_project",
        hears=(Heard(projects.SupervisorAsked, "project_id", slot="person_id"),),
        audience=people.person("person_id"),
        resolve=_project,
        variables=_TITLE,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "请督导项目:{title}",
                "请你督导项目「{title}」。",
            ),
            Locale.EN: Text(
                "To be supervised: {title}",
                "You are asked to supervise “{title}”.",
            ),
        },
    ),
    NoticeKind(
        code="PROJECT_SUPERVISOR_ANSWERED",
        category=Category.SERVICE,
        subject_kind="service_project",
        hears=(Heard(projects.SupervisorAnswered, "project_id", slot=EACH_TIME),),
        audience=_applies,
        resolve=_project,
        variables=_TITLE,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "督导答复:{title}",
                "「{title}」的督导社工已答复。",
            ),
            Locale.EN: Text(
                "The supervisor has answered: {title}",
                "The social worker asked to supervise “{title}” has answered.",
            ),
        },
    ),
    NoticeKind(
        code="PROJECT_SUBMITTED",
        category=Category.DUTIES,
        subject_kind="service_project",
        hears=(Heard(projects.ProjectSubmitted, "project_id", slot=EACH_TIME),),
        audience=_committee,
        resolve=_project,
        variables=_TITLE,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "项目待审:{title}",
                "项目「{title}」已提交,请审核。",
            ),
            Locale.EN: Text(
                "To be looked at: {title}",
                "“{title}” has been handed in.",
            ),
        },
    ),
    NoticeKind(
        code="PROJECT_RETURNED",
        category=Category.SERVICE,
        subject_kind="service_project",
        hears=(Heard(projects.ProjectReturned, "project_id", slot=EACH_TIME),),
        audience=_applies,
        resolve=_project_reason,
        variables=_REASONED,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "项目退回:{title}",
                "「{title}」被退回修改:{reason}",
            ),
            Locale.EN: Text(
                "Given back: {title}",
                "“{title}” was given back: {reason}",
            ),
        },
    ),
    NoticeKind(
        code="PROJECT_APPROVED",
        category=Category.SERVICE,
        subject_kind="service_project",
        hears=(Heard(projects.ProjectApproved, "project_id"),),
        audience=_leads,
        resolve=_project,
        variables=_TITLE,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "项目通过:{title}",
                "「{title}」已获社区支持。",
            ),
            Locale.EN: Text(
                "Approved: {title}",
                "The community stands by “{title}”.",
            ),
        },
    ),
    NoticeKind(
        code="PROJECT_REJECTED",
        category=Category.SERVICE,
        subject_kind="service_project",
        hears=(Heard(projects.ProjectRejected, "project_id"),),
        audience=_applies,
        resolve=_project_reason,
        variables=_REASONED,
        stale_after=A_WEEK,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "项目未通过:{title}",
                "「{title}」未通过:{reason}",
            ),
            Locale.EN: Text(
                "Not approved: {title}",
                "“{title}” was not approved: {reason}",
            ),
        },
    ),
    NoticeKind(
        code="PROJECT_FUNDED",
        category=Category.SERVICE,
        subject_kind="service_project",
        hears=(Heard(projects.ProjectFunded, "project_id", slot=EACH_TIME),),
        audience=_leads,
        resolve=_project,
        variables=_TITLE,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "项目资金到位:{title}",
                "「{title}」所需资金已落实。",
            ),
            Locale.EN: Text(
                "Funded: {title}",
                "All that “{title}” needs is allotted.",
            ),
        },
    ),
    NoticeKind(
        code="PROJECT_SUSPENDED",
        category=Category.SERVICE,
        subject_kind="service_project",
        hears=(Heard(projects.ProjectSuspended, "project_id", slot=EACH_TIME),),
        audience=_leads,
        resolve=_project_reason,
        variables=_REASONED,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "项目暂停:{title}",
                "「{title}」已暂停:{reason}",
            ),
            Locale.EN: Text(
                "It rests: {title}",
                "“{title}” rests: {reason}",
            ),
        },
    ),
    NoticeKind(
        code="PROJECT_CANCELLED",
        category=Category.SERVICE,
        subject_kind="service_project",
        hears=(Heard(projects.ProjectCancelled, "project_id"),),
        audience=_leads,
        resolve=_project_reason,
        variables=_REASONED,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "项目取消:{title}",
                "「{title}」已取消:{reason}",
            ),
            Locale.EN: Text(
                "Called off: {title}",
                "“{title}” was called off: {reason}",
            ),
        },
    ),
    NoticeKind(
        code="PROJECT_CLOSED",
        category=Category.SERVICE,
        subject_kind="service_project",
        hears=(Heard(projects.ProjectClosed, "project_id"),),
        audience=_leads,
        resolve=_project,
        variables=_TITLE,
        stale_after=A_WEEK,
        is_digestible=True,
        says={
            Locale.ZH_HANS: Text(
                "项目结项:{title}",
                "「{title}」已结项,结项报告已公开。",
            ),
            Locale.EN: Text(
                "It is over: {title}",
                "“{title}” has ended; its report is public.",
            ),
        },
    ),
    NoticeKind(
        code="PROJECT_MILESTONE_DUE",
        category=Category.DUTIES,
        subject_kind="service_project",
        hears=(Heard(projects.MilestoneDue, "project_id", slot="milestone_id"),),
        withdrawn_by=(Heard(projects.MilestoneReached, "project_id", slot="milestone_id"),),
        audience=_leads,
        resolve=_milestone,
        variables=_DUE,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "项目节点临近:{title}",
                "「{title}」的节点“{milestone}”应于 {due_on} 完成。",
            ),
            Locale.EN: Text(
                "A milestone is near: {title}",
                "“{milestone}” of “{title}” is due on {due_on}.",
            ),
        },
    ),
    NoticeKind(
        code="PROJECT_MILESTONE_OVERDUE",
        category=Category.DUTIES,
        subject_kind="service_project",
        hears=(Heard(projects.MilestoneOverdue, "project_id", slot="milestone_id"),),
        withdrawn_by=(Heard(projects.MilestoneReached, "project_id", slot="milestone_id"),),
        audience=people.together(_leads, _committee),
        resolve=_milestone,
        variables=_DUE,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "项目节点逾期:{title}",
                "「{title}」的节点“{milestone}”应于 {due_on} 完成,已逾期。",
            ),
            Locale.EN: Text(
                "A milestone is overdue: {title}",
                "“{milestone}” of “{title}” was due on {due_on}.",
            ),
        },
    ),
    NoticeKind(
        code="BUDGET_SHIFT_ASKED",
        category=Category.DUTIES,
        subject_kind="service_project",
        hears=(Heard(projects.BudgetShiftAsked, "project_id", slot="shift_id"),),
        audience=_officers,
        resolve=_project,
        variables=_TITLE,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "预算调整待审:{title}",
                "「{title}」申请调整预算,请审核。",
            ),
            Locale.EN: Text(
                "A budget to change: {title}",
                "“{title}” asks to move money between lines.",
            ),
        },
    ),
    NoticeKind(
        code="BUDGET_SHIFT_DECIDED",
        category=Category.SERVICE,
        subject_kind="service_project",
        hears=(Heard(projects.BudgetShiftDecided, "project_id", slot="shift_id"),),
        audience=people.few(_who_asked, ReasonCode.AUTHOR),
        resolve=_project,
        variables=_TITLE,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "预算调整结果:{title}",
                "「{title}」的预算调整已有结果。",
            ),
            Locale.EN: Text(
                "About the budget: {title}",
                "What “{title}” asked for was decided.",
            ),
        },
    ),
    NoticeKind(
        code="SPENDING_ENTERED",
        category=Category.DUTIES,
        subject_kind="service_project",
        hears=(Heard(funds.SpendingEntered, "project_id", slot="spending_id"),),
        audience=_officers,
        resolve=_spending,
        variables=_SPENT,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "支出待审:{title}",
                "「{title}」:{purpose},{amount},请审核。",
            ),
            Locale.EN: Text(
                "A spending to approve: {title}",
                "“{title}”: {purpose}, {amount}.",
            ),
        },
    ),
    NoticeKind(
        code="SPENDING_REFUSED",
        category=Category.SERVICE,
        subject_kind="service_project",
        hears=(Heard(funds.SpendingRefused, "project_id", slot="spending_id"),),
        audience=people.few(_who_entered, ReasonCode.AUTHOR),
        resolve=_spending,
        variables=_SPENT,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "支出未通过:{title}",
                "「{title}」:{purpose},{amount},未通过审核。",
            ),
            Locale.EN: Text(
                "A spending was refused: {title}",
                "“{title}”: {purpose}, {amount}.",
            ),
        },
    ),
    NoticeKind(
        code="SPENDING_RECORDED",
        category=Category.SERVICE,
        subject_kind="service_project",
        hears=(Heard(funds.SpendingRecorded, "project_id", slot="spending_id"),),
        audience=_leads,
        resolve=_spending,
        variables=_SPENT,
        stale_after=A_WEEK,
        is_digestible=True,
        says={
            Locale.ZH_HANS: Text(
                "支出入账:{title}",
                "「{title}」:{purpose},{amount},已入账并公开。",
            ),
            Locale.EN: Text(
                "Spent: {title}",
                "“{title}”: {purpose}, {amount}; everybody can follow it.",
            ),
        },
    ),
    NoticeKind(
        code="PROJECT_ROUND_OPENED",
        category=Category.SERVICE,
        subject_kind="project_round",
        hears=(Heard(projects.ProjectRoundOpened, "round_id"),),
        audience=people.holders(Role.ORGANISATION_ADMINISTRATOR, Role.SOCIAL_WORKER),
        resolve=_round,
        variables=_TITLE,
        stale_after=A_WEEK,
        is_digestible=True,
        says={
            Locale.ZH_HANS: Text(
                "征集项目:{title}",
                "「{title}」开始征集项目。",
            ),
            Locale.EN: Text(
                "Applications are asked for: {title}",
                "“{title}” takes applications.",
            ),
        },
    ),
    NoticeKind(
        code="PROJECT_ROUND_SETTLED",
        category=Category.SERVICE,
        subject_kind="project_round",
        hears=(Heard(projects.ProjectRoundSettled, "round_id"),),
        audience=people.few(_applicants, ReasonCode.AUTHOR),
        resolve=_round,
        variables=_TITLE,
        stale_after=A_WEEK,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "项目征集结果:{title}",
                "「{title}」的结果已公布。",
            ),
            Locale.EN: Text(
                "It is decided: {title}",
                "It is known which applications of “{title}” were chosen.",
            ),
        },
    ),
    NoticeKind(
        code="PROJECT_ROUND_CANCELLED",
        category=Category.SERVICE,
        subject_kind="project_round",
        hears=(Heard(projects.ProjectRoundCancelled, "round_id"),),
        audience=people.few(_applicants, ReasonCode.AUTHOR),
        resolve=_round,
        variables=_TITLE,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "项目征集取消:{title}",
                "「{title}」已取消。",
            ),
            Locale.EN: Text(
                "Called off: {title}",
                "“{title}” ended without a choice.",
            ),
        },
    ),
)

# Events of which nobody is told by a notice, and why.
UNTOLD: Mapping[type, str] = {
    funds.FundIncomeRecorded: "the fund's books are public",
    funds.DonationMatched: "the fund's books are public",
    funds.FundReturned: "the fund's books are public",
    funds.MoneyAllotted: "it is told when all that a project needs is there",
    funds.MoneyReleased: "the fund's books are public",
    funds.SpendingRefunded: "the fund's books are public",
    projects.ProjectStarted: "whoever leads it has started it",
    projects.ProjectResumed: "whoever leads it lets it go on",
    projects.ProjectEvaluated: "the closing report tells it",
    projects.MilestoneReached: "what was told of it is taken back",
    projects.ProjectRoundReviewing: "reviewers are asked where the round is",
    projects.ProjectRoundVoting: "the poll is told to who may vote",
}
