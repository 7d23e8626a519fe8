"""What is refused where a rule of preference counts."""

from domains.kernel.errors import DomainError


class CountingRuleUnfit(DomainError):
    """The rule set does not allow this counting rule, or the method has none."""

    zh = "该规则不允许所选的计票方法,或所选的表决方式不使用计票方法。"
    en = "The rule set does not allow this counting rule, or the method is counted without one."


class BallotFormUnfit(DomainError):
    """The counting rule does not take ballots of this form, or of these figures."""

    zh = "所选的计票方法不适用于这种选票。"
    en = "The counting rule does not take ballots of this form."


class BudgetUnsound(DomainError):
    """A budget lacks its sum or a cost, or could pay for none of its projects."""

    zh = "预算须写明总额和每个项目的费用(均为正数),且至少有一个项目不超过总额。"
    en = (
        "A budget states its sum and what each project costs, all of them positive,"
        " and can pay for one project at least."
    )
