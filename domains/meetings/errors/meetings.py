"""What is refused about meetings, agendas and invitations."""

from domains.kernel.errors import DomainError


class MeetingPast(DomainError):
    """The meeting would end before it starts, or start in the past."""

    zh = "会议时间有误:须晚于当前时间,且结束晚于开始。"
    en = "A meeting starts in the future and ends after it starts."


class NoticeTooBrief(DomainError):
    """The form asks for a longer notice."""

    zh = "通知期不足:最早可于 {earliest} 开会。"
    en = "The notice is too short: the meeting can be held on {earliest} at the earliest."


class AgendaEmpty(DomainError):
    """There is nothing to publish."""

    zh = "议程为空。"
    en = "The agenda is empty."


class AgendaFixed(DomainError):
    """The item was announced to all; it can be withdrawn, not changed."""

    zh = "该议程项已公布,不能修改,只能撤下。"
    en = "The item has been announced: it can be withdrawn, not changed."


class ItemNotAnnounced(DomainError):
    """The matter was not on the published agenda, so it may not be decided."""

    zh = "该事项未列入已公布的议程,不得表决。"
    en = "The matter is not on the published agenda, and may not be decided."


class ItemClosed(DomainError):
    """The item is done with, or was withdrawn."""

    zh = "该议程项已结束或已撤下。"
    en = "The item is closed or was withdrawn."


class ItemNotUnresolved(DomainError):
    """Only what was left unresolved goes up."""

    zh = "只有未能解决的事项才能提交上一级。"
    en = "Only what was left unresolved goes up to the next level."


class MatterPostponed(DomainError):
    """A meeting postponed the matter to a day that has not come by then."""

    zh = "该事项已推迟到 {day} 以后再议。"
    en = "This matter was postponed: it is not dealt with before {day}."


class BodyAboveMissing(DomainError):
    """No body of the next level is known for this one."""

    zh = "未设上一级议事机构。"
    en = "There is no body of the next level above this one."


class MeetingNotPlanned(DomainError):
    """Its state does not allow this any more."""

    zh = "会议当前状态不允许此操作。"
    en = "The meeting's state does not allow this."


class MeetingOver(DomainError):
    """The meeting has ended."""

    zh = "会议已结束。"
    en = "The meeting is over."


class ModeUnfit(DomainError):
    """The form, or what is known of the place, does not allow this way to meet."""

    zh = "该形式的会议不能以此方式召开,或缺少会场。"
    en = "A meeting of this form cannot be held in this way, or its place is missing."


class MonthTaken(DomainError):
    """The community has its meeting of this month."""

    zh = "该社区本月的月度议事会已存在。"
    en = "The community has its monthly meeting of this month."


class ShiftUnexplained(DomainError):
    """The monthly meeting is on the {day}th; another day needs a reason."""

    zh = "月度议事会原则上在 {day} 日召开,改期须说明理由。"
    en = "The monthly meeting is on day {day}; another day needs a reason."


class AlreadyInvited(DomainError):
    """The person is invited already."""

    zh = "该人已在受邀名单中。"
    en = "This person is invited already."


class CapacityUnfit(DomainError):
    """Who comes as this may not be invited in this capacity."""

    zh = "按会议规则,此类参会人不能以该身份受邀。"
    en = "By the rules of this meeting, such an attendee cannot be invited in that capacity."


class NobodyDecides(DomainError):
    """The rules ask for people who decide, and nobody is invited to."""

    zh = "受邀人中没有有表决权的协商主体。"
    en = "Nobody is invited to decide."


class SubstituteNotTaken(DomainError):
    """The rules, the time, or what the person is, let nobody stand in."""

    zh = "按规则不能由此人代为出席。"
    en = "The rules do not let this person stand in."


class SubstituteStands(DomainError):
    """Somebody stands in for this person already."""

    zh = "已有人代其出席。"
    en = "Somebody stands in for this person already."


class FormTalksOnly(DomainError):
    """Meetings of this form decide nothing."""

    zh = "该形式的会议不作表决,议程中不能有待表决事项。"
    en = "Meetings of this form decide nothing: an item cannot be there to be decided."


class MeetingEarly(DomainError):
    """The time for which the meeting was convened has not come."""

    zh = "未到会议时间,不能提前开会。"
    en = "The meeting cannot be called to order before the time that was announced."


class AgendaIncomplete(DomainError):
    """An order of the agenda names each of its open items once."""

    zh = "排序须包含全部未处理的议程项,且各出现一次。"
    en = "An order names each open item of the agenda once."


class OutOfTurn(DomainError):
    """Items are called in the order of the agenda; another order needs a reason."""

    zh = "议程须按顺序进行,调整顺序须说明理由。"
    en = "Items are called in the agenda's order; calling another one needs a reason."


class CalendarFeedsTooMany(DomainError):
    """Somebody has as many calendar addresses as one may have."""

    zh = "日历订阅地址已达 {most} 个上限。"
    en = "There are {most} calendar addresses already; revoke one first."
