"""What a community's own rules are refused for."""

from domains.kernel.errors import DomainError


class RulesLooser(DomainError):
    """A community's own rules may be stricter than the law, never looser."""

    zh = "社区规则可以严于法定规则,不得低于法定比例({measure})。"
    en = "A community's rules may be stricter than the law, never looser ({measure})."


class RulesBackdated(DomainError):
    """Rules come into force on a day to come, and after the version before them."""

    zh = "规则须自今日之后、且晚于上一版的日期起施行。"
    en = "Rules come into force after today, and later than the version before them."
