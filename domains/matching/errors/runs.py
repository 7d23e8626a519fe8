"""What is refused about runs of the matcher."""

from domains.kernel.errors import DomainError


class RunStateUnfit(DomainError):
    """The run is not in a state in which this can be done."""

    zh = "匹配任务当前状态({state})不能进行此操作。"
    en = "This cannot be done with a run in the state {state}."


class RunUnderWay(DomainError):
    """One arrangement of a community is made at a time."""

    zh = "本社区已有匹配任务在进行,请先完成或取消。"
    en = "A run of this community is under way; end or cancel it first."


class NothingToMatch(DomainError):
    """No order waits for anybody in the time that was asked for."""

    zh = "所选时间内没有待匹配的服务单。"
    en = "No order waits for anybody in that time."


class ProposedAlready(DomainError):
    """The volunteer is proposed for the order already."""

    zh = "该志愿者已在此服务单的建议名单中。"
    en = "This volunteer is proposed for the order already."


class RulingStands(DomainError):
    """A ruling on this volunteer and need stands already."""

    zh = "对该志愿者与该需求已有指定或排除。"
    en = "A ruling on this volunteer and this need stands already."


class RuledOut(DomainError):
    """Staff have ruled that this volunteer is not asked for this need."""

    zh = "工作人员已将该志愿者排除在此需求之外。"
    en = "Staff have ruled that this volunteer is not asked for this need."


class WeekFull(DomainError):
    """With this service the matcher would ask more of a volunteer's week than the rules allow."""

    zh = "该志愿者本周已承诺的时间加上本次将超过 {most} 分钟。"
    en = "With this service the volunteer's week would hold more than {most} minutes."


class TooFarAway(DomainError):
    """The service is farther than the volunteer wants to go."""

    zh = "服务地点超出该志愿者的服务半径({most} 米)。"
    en = "This is farther than the volunteer goes ({most} metres)."
