"""What activities, shifts and check-in refuse."""

from domains.kernel.errors import DomainError


class ActivityInPast(DomainError):
    """Only activities to come are published."""

    zh = "只能发布未来的活动。"
    en = "Only activities to come are published."


class ActivityStateUnfit(DomainError):
    """This cannot be done with an activity that has come so far."""

    zh = "活动当前状态({state})不允许此操作。"
    en = "This cannot be done with an activity that is {state}."


class DoesNotCountAsService(DomainError):
    """The rules say that this is no volunteer service."""

    zh = "此类事项不属于志愿服务,不予记录。"
    en = "This is no volunteer service and is not recorded."


class ShiftFull(DomainError):
    """All places of the shift are taken."""

    zh = "该班次名额已满。"
    en = "All places of this shift are taken."


class ShiftOver(DomainError):
    """The shift is over."""

    zh = "该班次已结束。"
    en = "This shift is over."


class NotSignedUp(DomainError):
    """The volunteer has no place in the shift."""

    zh = "未报名该班次。"
    en = "This volunteer has no place in the shift."


class CheckInTooEarly(DomainError):
    """Check-in has not begun."""

    zh = "尚未到签到时间。"
    en = "Check-in has not begun."


class CheckInsUsedUp(DomainError):
    """So many check-ins of one person are taken for an activity on a day."""

    zh = "同一活动每日最多签到 {most} 次。"
    en = "An activity takes {most} check-ins of one person a day."


class CheckInCodeExpired(DomainError):
    """The code is not the one that is shown on the spot now."""

    zh = "签到码无效或已过期,请重新扫码。"
    en = "The code is not the one shown now; scan it again."


class NotCheckedIn(DomainError):
    """There is no check-in to be checked out of."""

    zh = "没有进行中的签到。"
    en = "There is no check-in to check out of."


class ServiceOverlaps(DomainError):
    """One person serves in one place at a time."""

    zh = "与该志愿者的另一段服务时间重叠。"
    en = "This overlaps with other service of the same volunteer."
