"""What stands in the way of a project, from its application to its closing."""

from domains.kernel.errors import DomainError


class ProjectStateUnfit(DomainError):
    """The project has not come to where this may be done, or is past it."""

    zh = "项目目前的状态为“{state}”,不能进行此操作。"
    en = "The project is {state}; this cannot be done with it now."


class ProjectPlanUnsound(DomainError):
    """Phases, milestones and budget do not fit together."""

    zh = "项目计划有误:{reason_zh}"
    en = "The plan of the project does not hold: {reason_en}"

    def __init__(self, *, path: tuple[str, ...], zh: str, en: str) -> None:
        super().__init__(path=path, reason_zh=zh, reason_en=en)


class AppealNotDesignated(DomainError):
    """An appeal to the public is made on a designated platform only (慈善法 27)."""

    zh = "公开募捐只能链接到民政部指定的互联网募捐信息平台。"
    en = "An appeal may only link to a platform that the ministry has designated."


class AppealInText(DomainError):
    """A text of the exchange holds an address or account to give money to."""

    zh = "内容不得含网址、账号或面向公众的募捐用语;募捐请链接到指定平台。"
    en = "No addresses, accounts or appeals for money here; link to a designated platform."


class HostNotAccepted(DomainError):
    """The hosting organisation has not accepted."""

    zh = "承办组织尚未同意承办。"
    en = "The hosting organisation has not accepted yet."


class SupervisorNotAccepted(DomainError):
    """No social worker has accepted to supervise."""

    zh = "尚无社会工作者同意督导。"
    en = "No social worker has accepted to supervise yet."


class SupervisorUnqualified(DomainError):
    """The social worker is not registered here, or the qualification runs out too early."""

    zh = "该社会工作者未登记,或其资格在项目结束前到期。"
    en = "The social worker is not registered, or the qualification ends before the project does."


class SupervisorFullyLoaded(DomainError):
    """The social worker supervises as many projects as the rules allow."""

    zh = "该社会工作者督导的项目与需求已达上限({most} 个)。"
    en = "The social worker supervises as many projects and needs as the rules allow ({most})."


class ApproverApplied(DomainError):
    """Nobody decides on their own application."""

    zh = "申报人及承办组织的人员不能审批本项目。"
    en = "Who applied, or belongs to the host, does not decide on the project."


class NotYetSelected(DomainError):
    """The application takes part in a round that is not settled, or was not chosen there."""

    zh = "该申报尚未在征集评选中入选。"
    en = "The application has not been chosen in its round."


class VenueMissing(DomainError):
    """The project needs a venue, and none is committed."""

    zh = "项目需要场地,但尚未落实。"
    en = "The project needs a venue, and none is committed."


class MilestoneOver(DomainError):
    """The milestone is reached already."""

    zh = "该里程碑已完成或已结束。"
    en = "The milestone is reached already, or over."


class BudgetLineTooSmall(DomainError):
    """The line has not that much."""

    zh = "该预算科目余额不足(可用 {left_fen} 分)。"
    en = "The budget line has not that much left ({left_fen} fen)."


class BudgetShiftDecided(DomainError):
    """The shift was decided already."""

    zh = "该预算调整已有决定。"
    en = "The shift of the budget has been decided."


class DeciderAsked(DomainError):
    """Who asks does not decide."""

    zh = "提出人不能自行审批。"
    en = "Who asks for it does not decide."


class NotServed(DomainError):
    """Only who was served evaluates."""

    zh = "只有本项目的服务对象可以评价。"
    en = "Only those whom the project served evaluate it."


class EvaluatedAlready(DomainError):
    """Everybody evaluates once."""

    zh = "你已评价过本项目。"
    en = "You have evaluated this project."


class ProjectUnfinished(DomainError):
    """Something is still open, so the project cannot be closed."""

    zh = "项目尚有未完成事项({reason_zh}),不能结项。"
    en = "Something is still open ({reason_en}), so the project cannot be closed."


class RoundStateUnfit(DomainError):
    """The round has not come to where this may be done, or is past it."""

    zh = "本轮征集目前的状态为“{state}”,不能进行此操作。"
    en = "The round is {state}; this cannot be done now."


class NotReviewer(DomainError):
    """Only reviewers of the round score."""

    zh = "你不是本轮评审。"
    en = "You are not a reviewer of this round."


class ReviewerConflicted(DomainError):
    """The reviewer has a part in the application, or has declared to have one."""

    zh = "你与该申报有利益关系,应当回避。"
    en = "You have a part in this application, so you do not score it."


class ScoresIncomplete(DomainError):
    """Every criterion gets one score from 0 to 100."""

    zh = "每项标准须有一个 0 至 100 的评分。"
    en = "Every criterion gets one score from 0 to 100."


class ReviewsMissing(DomainError):
    """An application was not scored by as many reviewers as the round asks."""

    zh = "有申报的有效评审不足 {least} 人。"
    en = "An application has fewer than {least} valid reviews."


class NothingToChoose(DomainError):
    """There is no application to choose among."""

    zh = "本轮没有可供评选的申报。"
    en = "There is no application to choose among."


class ShiftOutsideProject(DomainError):
    """A shift lies within the days of its project."""

    zh = "班次须在项目起止日期之内。"
    en = "A shift lies within the days of its project."
