"""What is refused in the room."""

from domains.kernel.errors import DomainError


class NotInSession(DomainError):
    """The meeting is not in session."""

    zh = "会议不在进行中。"
    en = "The meeting is not in session."


class CheckInEarly(DomainError):
    """Check-in has not begun; it opens at a time that the rules give."""

    zh = "签到最早于会前 {minutes} 分钟开始。"
    en = "Check-in opens {minutes} minutes before the meeting at the earliest."


class CheckInClosed(DomainError):
    """Nobody can check in now, or not in this way."""

    zh = "签到未开放,或本次会议不能以此方式签到。"
    en = "Check-in is closed, or this meeting takes nobody in in this way."


class CodeExpired(DomainError):
    """The code is not, or no longer, the room's."""

    zh = "签到码无效或已过期,请重新扫码。"
    en = "The code is not valid, or no longer; scan the one that is shown now."


class NotInvited(DomainError):
    """The person is not invited to this meeting."""

    zh = "该人不在受邀名单中。"
    en = "This person is not invited."


class NotPresent(DomainError):
    """The person is not in the room."""

    zh = "未签到或已离开会场,不能进行此操作。"
    en = "This is for somebody who has checked in and is in the room."


class MayNotVote(DomainError):
    """The person is there to organise or to advise, or somebody stands in for them."""

    zh = "在本次会议上没有表决权,不能进行此操作。"
    en = "This is for those who have a vote in this meeting."


class QuorumNotMet(DomainError):
    """Too few of those who decide are present."""

    zh = "未达法定人数:到会 {present} 人,须有 {required} 人。"
    en = "There is no quorum: {present} are present, and {required} are required."


class ChairAbsent(DomainError):
    """Nobody who is present has the chair."""

    zh = "主持人尚未确定或不在会场。"
    en = "There is no chair, or the chair is not present."


class NotTheChair(DomainError):
    """Somebody else has the chair."""

    zh = "只有当前主持人可以这样做。"
    en = "Only the person who has the chair may do this."


class ChairHandedOver(DomainError):
    """The chair is handed over until the motion is decided."""

    zh = "主持已移交,须待该动议表决后收回。"
    en = "The chair is handed over until the motion is decided."


class ChairMustHandOver(DomainError):
    """Who has the chair hands it over before leaving."""

    zh = "你正在主持会议,离开前请先移交主持。"
    en = "You have the chair: hand it over before you leave."


class ItemUnderWay(DomainError):
    """Another item is being dealt with."""

    zh = "另一议程项正在进行。"
    en = "Another item is under way."


class NoItemCalled(DomainError):
    """No item has been called."""

    zh = "当前没有进行中的议程项。"
    en = "No item has been called."
