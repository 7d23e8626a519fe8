"""What minutes refuse."""

from domains.kernel.errors import DomainError


class MinutesNotYet(DomainError):
    """The meeting is not over, or it has no minutes yet."""

    zh = "会议尚未散会,或尚无会议纪要。"
    en = "The meeting is not over, or it has no minutes yet."


class MinutesClosed(DomainError):
    """The minutes are confirmed: nothing in them changes any more."""

    zh = "会议纪要已确认,不能再修改。"
    en = "The minutes are confirmed; nothing in them changes any more."


class MinutesNotConfirmed(DomainError):
    """The minutes are not confirmed yet."""

    zh = "会议纪要尚未确认。"
    en = "The minutes are not confirmed yet."


class NotToBeSigned(DomainError):
    """The rules do not have the caller confirm these minutes."""

    zh = "按规则,你不是本次会议纪要的确认人。"
    en = "The rules do not have you confirm these minutes."


class MinutesObjectionsOpen(DomainError):
    """The minutes can still be objected to, or an objection waits for its answer."""

    zh = "异议期未满,或仍有异议未答复,暂不能公布。"
    en = "The minutes can still be objected to, or an objection waits for its answer."


class MinutesObjectionsOver(DomainError):
    """The time to object to the minutes is over."""

    zh = "对会议纪要提出异议的期限已过。"
    en = "The time to object to the minutes is over."


class MinutesObjectionFiled(DomainError):
    """The caller has objected to these minutes already."""

    zh = "你已对本版会议纪要提出异议。"
    en = "You have objected to these minutes already."


class MinutesObjectionSettled(DomainError):
    """The objection was decided already."""

    zh = "该异议已作出答复。"
    en = "The objection was decided already."


class OwnMinutesObjection(DomainError):
    """Nobody decides an objection of their own."""

    zh = "不能处理自己提出的异议。"
    en = "Nobody decides an objection of their own."
