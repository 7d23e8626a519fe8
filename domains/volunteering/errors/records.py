"""What service records refuse."""

from domains.kernel.errors import DomainError


class RecordStateUnfit(DomainError):
    """This cannot be done with a record that has come so far."""

    zh = "记录当前状态({state})不允许此操作。"
    en = "This cannot be done with a record that is {state}."


class RecordUnderReview(DomainError):
    """A review has to come to its end first."""

    zh = "记录正在核查,核查结束后方可继续。"
    en = "The record is under review; that comes to its end first."


class RecordInFuture(DomainError):
    """Service is recorded after it was given."""

    zh = "服务尚未发生,不得记录。"
    en = "Service is recorded after it was given."


class RecordLate(DomainError):
    """The working days for recording are over; back-entry, approved by another, is left."""

    zh = "已超过 {days} 个工作日的记录期限,请走补录程序。"
    en = "The {days} working days for recording are over; enter it back."


class BackEntryNotNeeded(DomainError):
    """The record can still be confirmed in time."""

    zh = "仍在记录期限内,无需补录。"
    en = "The record can still be confirmed in time."


class BackEntryNeedsApproval(DomainError):
    """What was entered back is approved by another, not confirmed."""

    zh = "补录记录须由他人审批,不走确认程序。"
    en = "What was entered back is approved by another, not confirmed."


class OwnRecord(DomainError):
    """Nobody confirms, approves, rates or judges their own service."""

    zh = "不得处理本人的服务记录。"
    en = "Nobody does this with their own service record."


class ConfirmedAlready(DomainError):
    """The same person confirms once; another has to."""

    zh = "你已确认过该记录,须由他人再次确认。"
    en = "You have confirmed this record; another has to confirm it too."


class ApproverEntered(DomainError):
    """Who entered a record does not approve it."""

    zh = "录入人不得审批自己录入的记录。"
    en = "Who entered a record does not approve it."


class ReviewerConfirmed(DomainError):
    """Who confirmed or entered a record does not review it."""

    zh = "确认人或录入人不得核查该记录。"
    en = "Who confirmed or entered a record does not review it."


class DailyCapReached(DomainError):
    """More than this is not counted of one day."""

    zh = "每人每日最多计 {most} 分钟,当日剩余 {left} 分钟。"
    en = "A day counts {most} minutes of one person at most; {left} are left of this day."


class ContestAnswered(DomainError):
    """The contest has its answer."""

    zh = "该异议已答复。"
    en = "This contest has its answer."


class RatedAlready(DomainError):
    """The quality of this service was judged already."""

    zh = "该服务已评价。"
    en = "This service has been rated already."


class OutcomeMissing(DomainError):
    """What was right is corrected or revoked, one of both; what was not is left alone."""

    zh = "异议成立时须更正或撤销记录(二选一);不成立时不得改动。"
    en = "A contest that is upheld corrects or revokes the record; one that is not does neither."
