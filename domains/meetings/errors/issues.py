"""What is refused about issues."""

from domains.kernel.errors import DomainError


class IssueNotReady(DomainError):
    """What is asked does not follow from the state that the issue is in."""

    zh = "议题当前所处的环节不能进行此操作。"
    en = "This cannot be done in the state that the issue is in."


class IssueMustBeLookedAt(DomainError):
    """So many support the issue that it cannot be declined, merged or taken back."""

    zh = "支持人数已达到规定,该议题必须受理,不能退回、合并或撤回。"
    en = "So many people support this issue that it cannot be declined, merged or taken back."


class RiskUnassessed(DomainError):
    """The risk of the issue is assessed before it goes on."""

    zh = "该议题尚未进行风险评估。"
    en = "The risk of this issue has to be assessed first."


class MeetingOrdered(DomainError):
    """The risk is too high for the issue to be resolved without a meeting."""

    zh = "按风险等级,该议题须经会议协商后才能作出处理。"
    en = "At its level of risk this issue is resolved after a meeting has deliberated on it."


class BallotOrdered(DomainError):
    """The law asks a ballot about a matter of this category."""

    zh = "依法须提请表决的事项,不能由会议直接决定。"
    en = "The law asks a ballot about such a matter; it is not resolved without one."


class BallotUnforeseen(DomainError):
    """No rule set is named under which a matter of this category is voted on."""

    zh = "此类事项没有规定表决规则。"
    en = "No rules are named under which such a matter is put to the ballot."


class EvaluationAwaited(DomainError):
    """Whoever raised the issue has not evaluated it, and still has time to."""

    zh = "提出人尚未评价,且评价期未满,暂不能办结。"
    en = "Whoever raised it has not evaluated it yet, and still has time to."


class OwnIssue(DomainError):
    """Whoever raised an issue stands behind it already."""

    zh = "你是该议题的提出人。"
    en = "You raised this issue yourself."


class MergeUnfit(DomainError):
    """An issue is merged into another open one of the same place."""

    zh = "只能合并到同一区域内另一个仍在办理的议题。"
    en = "An issue is merged into another one of the same area that is not at its end."


class HandlerUnfit(DomainError):
    """Whoever is named cannot be given this: unknown here, or not of the kind that is asked."""

    zh = "所指定的承办方不适合承办此事项。"
    en = "Whoever is named cannot be given this matter: unknown here, or not of the kind asked for."


class AssignmentSettled(DomainError):
    """The assignment is done, or was taken back."""

    zh = "该任务已办结或已撤回。"
    en = "This assignment is done, or was taken back."


class DepartmentCalled(DomainError):
    """The department has been called for this issue and still owes its answer."""

    zh = "已就该议题吹哨呼叫该部门,正在等待答复。"
    en = "This department has been called for this issue already, and its answer is awaited."


class WhistleSettled(DomainError):
    """The department has answered, or is no longer called."""

    zh = "该部门已答复,或呼叫已撤回。"
    en = "The department has answered, or is no longer called."


class DeadlineUnfit(DomainError):
    """A deadline lies ahead, and not beyond what the rules allow."""

    zh = "期限须晚于现在,且不得超过规定的期限。"
    en = "A deadline lies ahead, and not beyond what the rules allow."


class PictureUnfit(DomainError):
    """A picture is a complete upload of the caller's that is an image."""

    zh = "图片须是本人已上传完成的图片文件。"
    en = "A picture is a complete upload of your own that is an image."
