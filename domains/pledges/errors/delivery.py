"""What stands in the way of a claim that a promise is being kept."""

from domains.kernel.errors import DomainError


class ClaimTooEarly(DomainError):
    """What is claimed has not happened yet, or happened before the pledge was committed."""

    zh = "申报内容的发生日期不得晚于今天,也不得早于亮诺之日。"
    en = "What is claimed happened by today, and not before the pledge was committed."


class EvidenceMissing(DomainError):
    """A claim comes with evidence."""

    zh = "申报进展须附 1 至 {most} 项佐证。"
    en = "A claim comes with 1 to {most} pieces of evidence."


class EvidenceAfterFact(DomainError):
    """Evidence is dated after what it is to prove."""

    zh = "佐证的日期不得晚于所申报事项的发生日期。"
    en = "Evidence is not dated after what it proves."


class EvidenceUnfit(DomainError):
    """The evidence is not of the kind that it claims, or has not arrived."""

    zh = "佐证与其类型不符:图片须为已上传完成的图片,签到须写明人数。"
    en = "The evidence is not of its kind: a picture is a complete upload, attendance has a count."


class EvidenceUsed(DomainError):
    """The picture proves something else already."""

    zh = "该图片已用于另一项佐证。"
    en = "This picture is evidence of something already."


class MilestoneReached(DomainError):
    """The milestone has been reached already."""

    zh = "该阶段节点已经完成。"
    en = "The milestone has been reached already."


class MilestonesOpen(DomainError):
    """A pledge is delivered once all its milestones are reached."""

    zh = "仍有阶段节点未完成(已完成 {reached}/{whole}),不能申报兑现。"
    en = "Milestones are open ({reached} of {whole} reached): it cannot be delivered yet."


class TargetNotReached(DomainError):
    """What was achieved is less than the target."""

    zh = "实际完成 {achieved},未达到承诺目标 {target}。"
    en = "{achieved} were achieved, where {target} were promised."


class ClaimStruck(DomainError):
    """The claim has been struck after a contest."""

    zh = "该申报经质疑已被撤销。"
    en = "The claim has been struck after a contest."


class NotAnAcceptor(DomainError):
    """The caller is not one of those who accept what was delivered."""

    zh = "你不在可验收此承诺事项的人员范围内。"
    en = "You are not among those who may accept this pledge."


class OwnPledge(DomainError):
    """Who proposed, screens or answers for a pledge does not accept it or confirm its claims."""

    zh = "提出人、审核人、责任人及责任单位人员不得验收或确认该承诺事项。"
    en = "Who proposed, screens or answers for a pledge neither accepts nor confirms it."


class AcceptanceGiven(DomainError):
    """The caller has said of this delivery whether it is accepted."""

    zh = "你已对本次兑现作出过验收意见。"
    en = "You have said already whether you accept this delivery."


class ClaimsContested(DomainError):
    """A contest waits for its answer."""

    zh = "仍有质疑未答复,不能办结。"
    en = "A contest waits for its answer, so the pledge cannot be closed."
