"""What the time bank refuses."""

from domains.kernel.errors import DomainError


class InsufficientBalance(DomainError):
    """The account does not hold as many minutes free of what waits."""

    zh = "可用时间币不足:现有 {available_minutes} 分钟。"
    en = "Not enough minutes: {available_minutes} are free."


class BalanceTooHigh(DomainError):
    """The receiving account would hold more than its scheme lets it."""

    zh = "对方账户将超过上限。"
    en = "The receiving account would pass its ceiling."


class AccountClosed(DomainError):
    """One of the accounts is closed."""

    zh = "账户已注销。"
    en = "An account is closed."


class OtherCommunity(DomainError):
    """The accounts belong to two communities, and no rule lets minutes pass between them."""

    zh = "现行规则不允许跨社区转账。"
    en = "No rule lets minutes pass between these communities."


class TransferToSelf(DomainError):
    """Both ends are the same account."""

    zh = "不能转给同一账户。"
    en = "Minutes cannot go to the account that they come from."


class MinutesOutOfRange(DomainError):
    """The amount is zero, negative or beyond what one transfer carries."""

    zh = "分钟数须在 1 至 {most} 之间。"
    en = "A transfer carries 1 to {most} minutes."


class TransferNotPending(DomainError):
    """The transfer does not wait to be resolved, or not yet."""

    zh = "该笔转账不在待处理状态。"
    en = "The transfer is not waiting."


class TransferResolved(DomainError):
    """The pending transfer has already ended otherwise."""

    zh = "该笔转账已经处理。"
    en = "The transfer has been resolved already."


class TransferLapsed(DomainError):
    """The time of the pending transfer is over."""

    zh = "该笔转账已过期。"
    en = "The transfer has expired."


class TransferNotReversible(DomainError):
    """Nothing of the transfer was posted, or it is itself a reversal."""

    zh = "该笔转账未入账,或本身即为冲正,不能冲正。"
    en = "Nothing of the transfer was posted, or it is a reversal itself."


class TransferReversed(DomainError):
    """The transfer has been reversed already."""

    zh = "该笔转账已经冲正。"
    en = "The transfer has been reversed already."
