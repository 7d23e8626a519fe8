"""What is refused of tags, in the words of both languages."""

from domains.kernel.errors import DomainError


class TagKindTaken(DomainError):
    """A kind of this code stands already."""

    zh = "已有此代码的标签种类。"
    en = "There is a kind of tag with this code already."


class TagKindUnfit(DomainError):
    """The kind is retired, of another community, or not for what it was to be said of."""

    zh = "该标签种类已停用,或不适用于此对象。"
    en = "This kind of tag is retired, or is not for what you say it of."


class TagStands(DomainError):
    """The same is said of them already."""

    zh = "该标签已登记,请勿重复登记。"
    en = "This tag stands already."


class TagEnded(DomainError):
    """The tag has ended."""

    zh = "该标签已结束。"
    en = "This tag has ended."


class TagNeedsNoConsent(DomainError):
    """A tag of this kind is used without a consent of its own; it may be contested or ended."""

    zh = "该类标签的使用无须单独同意;如有误可提出异议。"
    en = "A tag of this kind needs no consent of its own; contest it where it is wrong."


class TagContestOpen(DomainError):
    """The tag is contested already, and not answered yet."""

    zh = "该标签的异议正在处理中。"
    en = "This tag is contested already; the answer is on its way."


class TagNotContested(DomainError):
    """Nobody contests the tag."""

    zh = "该标签没有待处理的异议。"
    en = "Nobody contests this tag."


class TagSetByYou(DomainError):
    """Whoever set the tag does not decide whether it is true."""

    zh = "标签由您登记,异议须由他人处理。"
    en = "You set this tag; somebody else decides whether it is true."
