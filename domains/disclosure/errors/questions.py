"""What is refused of questions, objections, answers and demands."""

from domains.kernel.errors import DomainError


class QuestionTooLate(DomainError):
    """The days within which it could be questioned are over."""

    zh = "质询(异议)期限已过。"
    en = "The days within which this could be asked or objected to are over."


class QuestionWaiting(DomainError):
    """The same person's question about the same thing waits for its answer."""

    zh = "你对同一事项的质询正在等待答复。"
    en = "A question of yours about this waits for its answer."


class QuestionSettled(DomainError):
    """What was answered or withdrawn is not edited, withdrawn or answered any more."""

    zh = "该质询已答复或已撤回。"
    en = "This question was answered or withdrawn."


class QuestionNotWithStreet(DomainError):
    """The street decides what was answered late, or what its asker took up."""

    zh = "该质询尚未逾期或升级,不由街道处理。"
    en = "The street decides what is late, or what its asker took up, and nothing else."


class QuestionOwn(DomainError):
    """Nobody answers or decides what they asked themselves."""

    zh = "不得答复自己提出的质询。"
    en = "Nobody answers their own question."


class ExtensionTooLong(DomainError):
    """An extension keeps within the days and the number that the rules allow."""

    zh = "延期不得超过 {days} 日,且最多 {times} 次。"
    en = "An extension is {days} days at most, {times} time(s)."


class AnswerRated(DomainError):
    """An answer is rated once, by its asker, and not before it is there."""

    zh = "尚无可评价的答复,或已评价。"
    en = "There is no answer to rate, or it was rated."


class AppealSpent(DomainError):
    """An answer can be taken up once, within its days, by an asker whom it did not satisfy."""

    zh = "只有对答复不满意时,可在期限内提请街道处理一次。"
    en = "What did not satisfy can be taken up once, within its days."


class DemandClosed(DomainError):
    """The demand was reached, has lapsed or was withdrawn."""

    zh = "该公开要求已达成、失效或撤回。"
    en = "This demand was reached, has lapsed or was withdrawn."


class DemandStanding(DomainError):
    """The person's own demand for the item is still collecting."""

    zh = "你对该事项提出的公开要求仍在征集联署。"
    en = "Your own demand for this item is still collecting."


class NotOnTheRoll(DomainError):
    """Only adult residents and representatives of the community stand behind a demand."""

    zh = "只有本社区的成年居民或居民代表可以联署。"
    en = "Only adult residents and representatives of the community stand behind a demand."
