"""What is refused about needs."""

from domains.kernel.errors import DomainError


class WindowUnsound(DomainError):
    """A time ends before it starts, lies in the past, is too long or too far ahead."""

    zh = "服务时间有误:须先开始后结束、尚未开始、不超过 24 小时、不晚于 {days} 天之后。"
    en = (
        "This time is unsound: it ends after it starts, has not begun, lasts 24 hours at most,"
        " and lies within {days} days."
    )


class WindowsOverlap(DomainError):
    """Two times of one need overlap."""

    zh = "同一需求的服务时间不得重叠。"
    en = "The times of one need do not overlap."


class NeedPostedTwice(DomainError):
    """The same person's need of this class and time stands already."""

    zh = "该居民在同一时间已有同类需求。"
    en = "This person's need of the same class and time stands already."


class NeedsOfDayUsedUp(DomainError):
    """The account has posted as many needs today as the rules let it."""

    zh = "今日发布的需求已达上限({most} 个)。"
    en = "This account has posted {most} needs today, which is the most."


class OpenNeedsUsedUp(DomainError):
    """The account has as many needs open as the rules let it."""

    zh = "尚未结束的需求已达上限({most} 个),请先处理已有需求。"
    en = "This account has {most} needs open, which is the most."


class NeedStateUnfit(DomainError):
    """The need is not in a state in which this can be done."""

    zh = "需求当前状态({state})不能进行此操作。"
    en = "This cannot be done while the need is {state}."


class NotOfTheArea(DomainError):
    """The person served neither lives nor has a part in the community."""

    zh = "被服务人与该社区没有居住或任职关系。"
    en = "The person served neither lives in the community nor has a part in it."


class HostMissing(DomainError):
    """No organisation of the community is known that could host the service."""

    zh = "请指定承接组织:该社区尚未登记居民委员会等组织。"
    en = "Name the host: no body of this community is registered."


class TemplatesUsedUp(DomainError):
    """The caller keeps as many templates as there may be."""

    zh = "模板数量已达上限({most} 个)。"
    en = "There are {most} templates already, which is the most."
