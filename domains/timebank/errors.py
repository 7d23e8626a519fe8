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


class AccountSuspended(DomainError):
    """One of the accounts is suspended: nothing is spent from it or given to it."""

    zh = "账户已暂停使用。"
    en = "An account is suspended."


class SchemeBackdated(DomainError):
    """A first scheme comes into force today or later, another on a day to come."""

    zh = "首个方案自今日或之后起施行,其后的方案须自今日之后、且晚于上一版的日期起施行。"
    en = "A first scheme holds from today or later; another from a day to come, after the last."


class SchemeUnsound(DomainError):
    """The scheme says something that no scheme may say."""

    zh = "方案内容有误:{what}。"
    en = "The scheme is unsound: {what}."


class HolderNotProvided(DomainError):
    """The scheme keeps no accounts for holders of this kind."""

    zh = "现行方案不为此类主体开立账户。"
    en = "The scheme keeps no accounts for holders of this kind."


class ReceiverNotEntitled(DomainError):
    """The scheme does not let minutes be given to this account by this one."""

    zh = "现行方案不允许向该账户赠与。"
    en = "The scheme does not let minutes be given to this account."


class ServiceInFuture(DomainError):
    """Minutes are issued for service that was given, never for service to come."""

    zh = "服务尚未发生,不能计发时间币。"
    en = "The service has not been given yet."


class ServiceDiffers(DomainError):
    """Minutes were issued for this record already, and it said something else."""

    zh = "该服务记录已计发时间币,且内容不同。"
    en = "Minutes were issued for this record already, and it said something else."


class AnotherMustApprove(DomainError):
    """Who asked, or whom it concerns, does not approve."""

    zh = "须由提出人和当事人以外的人批准。"
    en = "Somebody else must approve: neither who asked nor whom it concerns."


class OwnAccountConcerned(DomainError):
    """Staff order nothing over an account of their own."""

    zh = "不能就本人账户提出或批准。"
    en = "Nothing is ordered over an account of one's own."


class AlreadyDecided(DomainError):
    """It has been decided already, or has ended."""

    zh = "该事项已经处理或终止。"
    en = "This has been decided or ended already."


class KinshipStands(DomainError):
    """The two are declared relatives already."""

    zh = "双方的亲属关系已登记。"
    en = "The two are declared relatives already."


class NeedStands(DomainError):
    """The person's need is assessed already in this community."""

    zh = "该居民在本社区已有有效或待批的评估。"
    en = "An assessment of this person stands or waits already."


class NeedNotMet(DomainError):
    """The person is not in the group: too young for it, or of unknown age."""

    zh = "不符合该类困难的年龄条件。"
    en = "The person does not meet the group's age."


class GrantsNotProvided(DomainError):
    """The scheme grants nothing, or nothing to this account."""

    zh = "现行方案不向该账户发放。"
    en = "The scheme grants nothing to this account."


class GrantOverLimit(DomainError):
    """The grant would pass what the scheme lets be granted in a month or a year."""

    zh = "超过方案规定的发放上限,尚可发放 {left_minutes} 分钟。"
    en = "The scheme's limit would be passed; {left_minutes} minutes may still be granted."


class FundTooSmall(DomainError):
    """The pool and the reserve do not hold as many minutes."""

    zh = "捐赠池和准备金不足,现有 {available_minutes} 分钟。"
    en = "The pool and the reserve hold {available_minutes} minutes."


class HeirNotEntitled(DomainError):
    """The scheme does not let what was left go to this account."""

    zh = "现行方案不允许转入该账户。"
    en = "The scheme does not let what is left go to this account."


class AccountInUse(DomainError):
    """Something on the account waits to be resolved first."""

    zh = "账户有待处理的转账,请先处理。"
    en = "Something on the account waits to be resolved first."


class OfferClosed(DomainError):
    """The offer is closed."""

    zh = "该兑换项目已下架。"
    en = "The offer is closed."


class NotRedeemable(DomainError):
    """The scheme does not honour minutes with this, or not for this account."""

    zh = "现行方案不提供此类兑换。"
    en = "The scheme does not honour minutes with this, or not for this account."


class TooYoungToUse(DomainError):
    """The scheme lets minutes be used from an age that the person has not reached."""

    zh = "现行方案规定年满 {least_age} 周岁方可使用。"
    en = "The scheme lets minutes be used from the age of {least_age}."


class ReservationStands(DomainError):
    """The account has a reservation of this offer already."""

    zh = "该账户已预约此项目。"
    en = "The account has a reservation of this already."


class ReservationNotHeld(DomainError):
    """The reservation is not held: it waits in the queue, or has ended."""

    zh = "该预约未处于待兑现状态。"
    en = "The reservation is not held: it waits in the queue, or has ended."


class StockTooSmall(DomainError):
    """More is reserved or honoured than the stock would hold."""

    zh = "库存不得少于已预约和已兑现的 {taken} 份。"
    en = "{taken} are reserved or honoured already."
