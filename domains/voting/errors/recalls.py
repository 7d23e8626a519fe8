"""What is refused about recalls."""

from domains.kernel.errors import DomainError


class NotInOffice(DomainError):
    """Only a member of the committee can be recalled."""

    zh = "此人现在不是该委员会成员,不能提出罢免。"
    en = "This person is no member of the committee, so there is nothing to recall."


class NotAPetitioner(DomainError):
    """Only those entitled sign for a recall: voters, or representatives."""

    zh = "你不属于可以联名的人员。"
    en = "You are not among those who may sign this petition."


class RecallUnderWay(DomainError):
    """A petition for this person's recall is being signed or waits for its vote."""

    zh = "对此人的罢免要求正在办理中。"
    en = "A petition for this person's recall is under way."


class RecallSettled(DomainError):
    """The petition has been carried on: it is too late for this."""

    zh = "该罢免要求的状态已不允许此操作。"
    en = "It is too late for this: the petition has moved on."


class RecallUnsupported(DomainError):
    """Too few have signed for a vote."""

    zh = "联名人数不足:须有 {least} 人,现有 {signed} 人。"
    en = "Too few have signed: {least} are needed, {signed} have."


class RecallTooLate(DomainError):
    """The vote would end after the days that the rules give it."""

    zh = "罢免投票须在 {until} 前进行完毕。"
    en = "The vote on a recall has to end by {until}."
