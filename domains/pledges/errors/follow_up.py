"""What stands in the way of what follows a review."""

from domains.kernel.errors import DomainError


class RemarkGiven(DomainError):
    """The caller has remarked on this reviewee already."""

    zh = "你已对该对象提出过意见。"
    en = "You have remarked on this reviewee already."


class RemarksUngrouped(DomainError):
    """Remarks are neither grouped nor withheld yet."""

    zh = "还有 {count} 条意见尚未归类或说明不公开的理由。"
    en = "{count} remarks are neither grouped nor withheld yet."


class EarlierUnpublished(DomainError):
    """An earlier review of the community is counted and not published yet."""

    zh = "此前的民主评议结果尚未公布,须先公布。"
    en = "An earlier review is counted and not published yet: it goes first."


class RemarksAnswered(DomainError):
    """The remarks on this topic are answered."""

    zh = "该类意见已经答复。"
    en = "The remarks on this topic are answered."


class UnderReview(DomainError):
    """Nobody decides about a review in which they, or their body, are reviewed."""

    zh = "本人或本人所在单位在本次评议名单中,不得办理。"
    en = "You or your body are under this review: somebody else decides."


class RectificationOrderedAlready(DomainError):
    """Something is to be put right here already."""

    zh = "已对该对象下达整改通知。"
    en = "This reviewee has an order already."


class RectificationClosed(DomainError):
    """The order has been judged."""

    zh = "该整改已有结论。"
    en = "The order has been judged."


class RectificationOpen(DomainError):
    """An order has not been judged yet."""

    zh = "还有整改未作结论。"
    en = "An order has not been judged yet."


class RectificationOwn(DomainError):
    """Somebody else judges what was reported."""

    zh = "整改报告须由他人评定。"
    en = "Somebody else than who reported judges it."


class RectificationUnreported(DomainError):
    """Nothing was reported: it is not judged before its day, and never as put right."""

    zh = "尚未提交整改报告:期限届满前不作结论,也不得认定整改合格。"
    en = "Nothing was reported: not judged before its day, and never as put right."


class AppraisalUnfounded(DomainError):
    """An appraisal rests on a published review of the person."""

    zh = "年度考核须以已公布的本人民主评议结果为依据。"
    en = "An appraisal rests on a published review of the person."


class AppraisalRecordedAlready(DomainError):
    """The person has been appraised for this year."""

    zh = "该人员本年度已有考核记录。"
    en = "The person has been appraised for this year."


class AppraisalOwn(DomainError):
    """Nobody appraises themselves."""

    zh = "不得考核本人。"
    en = "Nobody appraises themselves."


class AppraisalReplyOver(DomainError):
    """The time for a reply is over, or it has been given."""

    zh = "申辩期限已过,或已经提交申辩。"
    en = "The time for a reply is over, or it has been given."
