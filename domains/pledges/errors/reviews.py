"""What stands in the way of a review."""

from domains.kernel.errors import DomainError


class ReviewStateUnfit(DomainError):
    """This cannot be done with a review that has come so far."""

    zh = "民主评议当前状态为“{state}”,不能进行此操作。"
    en = "This cannot be done with a review that is {state!r}."


class RaterElsewhere(DomainError):
    """Somebody of the list is in another group of this review already."""

    zh = "名单中有人已在本次评议的其他评议组中,一人只能在一个组。"
    en = "Somebody of the list is in another group of this review; nobody rates in two."


class RaterUnfit(DomainError):
    """Somebody of the list has nothing to do with the community."""

    zh = "名单中有人与本社区无关:不在本社区居住,也未在本社区或其上级任职。"
    en = "Somebody of the list neither lives in the community nor holds a role in it or above."


class GroupNotListed(DomainError):
    """The reviewers of this group are not named by hand: the rules say how it comes together."""

    zh = "该评议组的人员由规则产生,不能指定。"
    en = "The reviewers of this group come together by rule and are not named."


class NotAmongRaters(DomainError):
    """The caller is not among those who rate this reviewee."""

    zh = "你不在该对象的评议人员名单中。"
    en = "You are not among those who rate here."


class OwnRating(DomainError):
    """Nobody rates themselves, or the body that they belong to."""

    zh = "不得评议本人或本人所在单位。"
    en = "Nobody rates themselves, or the body that they belong to."


class RatingIncomplete(DomainError):
    """A rating answers each item once."""

    zh = "须对每一项各作出一个评价。"
    en = "A rating answers each item once."


class ReportOver(DomainError):
    """The rating has begun: work reports are taken no more."""

    zh = "评议已经开始,不再接收述职报告。"
    en = "The rating has begun: work reports are taken no more."


class RevieweeListed(DomainError):
    """The person or body is under review already."""

    zh = "该对象已在本次评议名单中。"
    en = "The person or body is under review already."


class ReviewRepeated(DomainError):
    """The review of this half stands, or the void round is being held again already."""

    zh = "该半年的民主评议已经组织,或无效的一轮已在重新组织。"
    en = "The half is under review already, or the void round is being held again."
