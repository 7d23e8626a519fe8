"""What is refused in a discussion."""

from domains.kernel.errors import DomainError


class DiscussionOver(DomainError):
    """What was discussed has come to its end."""

    zh = "讨论已结束。"
    en = "The discussion is over."


class CommentHidden(DomainError):
    """The comment is hidden: it is neither answered nor edited."""

    zh = "该评论已被隐藏。"
    en = "This comment is hidden."


class ReportStands(DomainError):
    """The caller has reported this comment already."""

    zh = "你已举报过该评论。"
    en = "You have reported this comment already."


class ReportDecided(DomainError):
    """The reports of this comment have been decided."""

    zh = "该评论没有待处理的举报。"
    en = "No report of this comment waits to be decided."


class AppealUnfit(DomainError):
    """Only a hiding that stands and was not appealed before can be appealed."""

    zh = "只能对尚未申诉过的隐藏处理提出一次申诉。"
    en = "A hiding is appealed once, while the comment is hidden."


class AppealNotOpen(DomainError):
    """No appeal of this hiding waits to be decided."""

    zh = "没有待处理的申诉。"
    en = "No appeal waits to be decided."


class OwnModeration(DomainError):
    """Who hid a comment, or wrote it, does not decide over it."""

    zh = "作者和作出处理的人不能裁定此事。"
    en = "Who wrote a comment or hid it does not decide over it."


class StatementMade(DomainError):
    """The same statement stands here already."""

    zh = "已有相同的观点。"
    en = "The same statement stands here already."
