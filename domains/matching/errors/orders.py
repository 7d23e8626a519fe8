"""What is refused about orders, offers, places and ratings."""

from domains.kernel.errors import DomainError


class OrderStateUnfit(DomainError):
    """The order, offer or place is not in a state in which this can be done."""

    zh = "当前状态({state})不能进行此操作。"
    en = "This cannot be done in the state {state}."


class OrderFull(DomainError):
    """Every place of the order is taken."""

    zh = "名额已满。"
    en = "Every place is taken."


class OrderBegun(DomainError):
    """The time of the order has come."""

    zh = "服务时间已到,不能再进行此操作。"
    en = "The time of the service has come; this cannot be done any more."


class OfferedAlready(DomainError):
    """This volunteer has an offer of the order, or a place in it."""

    zh = "该志愿者已收到此订单的派单或已在其中。"
    en = "This volunteer has an offer of the order already, or a place in it."


class AnswerTooLate(DomainError):
    """The offer's deadline is over."""

    zh = "答复时限已过。"
    en = "The time to answer this offer is over."


class OfferAnswered(DomainError):
    """The offer has been answered, or stands no more."""

    zh = "该派单已答复或已失效({state})。"
    en = "This offer has been answered, or stands no more ({state})."


class NotForDirectTaking(DomainError):
    """This need is given by offers only."""

    zh = "该需求不能直接领取,请等待派单。"
    en = "This need cannot be taken from the list; it is given by offers."


class SkillMissing(DomainError):
    """The volunteer lacks a skill that the need asks for."""

    zh = "缺少所需技能:{skill}。"
    en = "A skill is missing that the need asks for: {skill}."


class SkillExpired(DomainError):
    """The proof of a skill does not hold until the service."""

    zh = "技能证明已过期或在服务日前过期:{skill}。"
    en = "The proof of a skill has expired, or will before the service: {skill}."


class UnderAgeForTask(DomainError):
    """The volunteer is younger than the task allows."""

    zh = "未达到该任务的最低年龄({least} 岁)。"
    en = "This task asks for an age of {least} at least."


class ElsewhereThen(DomainError):
    """The volunteer has a place elsewhere at that time."""

    zh = "该时间已有其他服务安排。"
    en = "There is a place elsewhere at that time."


class ServesThemselves(DomainError):
    """Nobody serves themselves."""

    zh = "不能为自己提供服务。"
    en = "Nobody serves themselves."


class OptedOutOfMatching(DomainError):
    """The volunteer does not want to be matched automatically."""

    zh = "该志愿者已选择不参加自动匹配。"
    en = "This volunteer has opted out of automatic matching."


class TooEarlyToCheckIn(DomainError):
    """Check-in has not opened yet."""

    zh = "尚未到签到时间。"
    en = "It is too early to check in."


class OrderCodeExpired(DomainError):
    """The code is not the one that is shown now."""

    zh = "签到码已失效,请重新扫描。"
    en = "This is not the code that is shown now; scan it again."


class TooEarlyForNoShow(DomainError):
    """Who is late may still come."""

    zh = "尚未到可以登记未到的时间。"
    en = "It is too early to say that nobody came."


class PartyToDispute(DomainError):
    """Who has a part in a service does not judge it."""

    zh = "当事人不能裁定本次服务的争议。"
    en = "Who has a part in this service does not judge it."


class ServiceRatedAlready(DomainError):
    """This side has rated the service."""

    zh = "已经评价过本次服务。"
    en = "This side has rated the service already."


class HourUnsound(DomainError):
    """The hours that staff found do not lie within the service."""

    zh = "认定的服务时间须先开始后结束,并在服务前后一天之内。"
    en = "The hours found end after they start, within a day of the service."


class ServiceTimeOver(DomainError):
    """The time of the service is over."""

    zh = "服务时间已过。"
    en = "The time of this service is over."
