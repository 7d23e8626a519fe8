"""What is refused in a discussion."""

from domains.kernel.errors import DomainError


class DiscussionOver(DomainError):
    """What was discussed has come to its end."""

    zh = "讨论已结束。"
    en = "The discussion is over."


class CommentHidden(DomainError):
    """The comment is hidden: it is neither answered nor edited."""

    zh = "该内容已被隐藏或撤回。"
    en = "This text is hidden or was withdrawn."


class ReportStands(DomainError):
    """The caller has reported this comment already."""

    zh = "你已举报过该内容。"
    en = "You have reported this text already."


class ReportDecided(DomainError):
    """The reports of this comment have been decided."""

    zh = "该内容没有待处理的举报。"
    en = "No report of this text waits to be decided."


class AppealUnfit(DomainError):
    """Only a hiding that stands and was not appealed before can be appealed."""

    zh = "只能对尚未申诉过的隐藏处理提出一次申诉。"
    en = "You can appeal once against the hiding of a text, while it is hidden."


class AppealNotOpen(DomainError):
    """No appeal of this hiding waits to be decided."""

    zh = "没有待处理的申诉。"
    en = "No appeal waits to be decided."


class OwnModeration(DomainError):
    """Who hid a comment, or wrote it, does not decide over it."""

    zh = "不能处理自己发布的内容,也不能裁定针对自己处理决定的申诉。"
    en = "Nobody decides over a text of their own, or over an appeal against their own decision."


class StatementMade(DomainError):
    """The same statement stands here already."""

    zh = "已有相同的观点。"
    en = "The same statement stands here already."
