"""The words in which minutes tell what happened, in Chinese. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

from domains.meetings.values import (
    AttendeeKind,
    CheckInMethod,
    MeetingForm,
    MeetingMode,
    SeatOffice,
)
from domains.meetings.values.floor import SpeakingSide, SpeechEnd
from domains.meetings.values.minutes import MinutesObjectionState, SignatoryRole
from domains.meetings.values.motions import MotionKind, VoidReason, VoteForm, VoteState

_SHANGHAI = ZoneInfo("Asia/Shanghai")

FORMS = {
    MeetingForm.DELIBERATION_COUNCIL: "议事会",
    MeetingForm.HEARING: "听证会",
    MeetingForm.RESIDENTS_REPRESENTATIVES: "居民代表会议",
    MeetingForm.COORDINATION: "协调会",
    MeetingForm.REVIEW_MEETING: "评议会",
    MeetingForm.ROUND_TABLE: "圆桌会",
    MeetingForm.OPEN_INTERVIEW_DAY: "群众访谈日",
    MeetingForm.PRESS_CONFERENCE: "社情发布会",
}
MODES = {
    MeetingMode.ONLINE: "线上",
    MeetingMode.ON_SITE: "现场",
    MeetingMode.HYBRID: "线上线下结合",
}
KINDS = {
    AttendeeKind.MEMBER: "成员",
    AttendeeKind.EXPERT: "专业支持",
    AttendeeKind.DEPUTY: "“两代表一委员”",
    AttendeeKind.OBSERVER: "列席",
}
OFFICES = {
    SeatOffice.CHAIR: "主持人",
    SeatOffice.VICE_CHAIR: "副主持人",
    SeatOffice.SECRETARY: "记录人",
    SeatOffice.MEMBER: "成员",
}
METHODS = {
    CheckInMethod.ONLINE: "线上",
    CheckInMethod.CODE: "现场扫码",
    CheckInMethod.LIST: "现场登记",
}
SIDES = {
    SpeakingSide.FOR: "赞成",
    SpeakingSide.AGAINST: "反对",
    SpeakingSide.QUESTION: "提问",
    SpeakingSide.POINT_OF_ORDER: "程序问题",
}
ENDINGS = {
    SpeechEnd.FINISHED: "",
    SpeechEnd.TIME_UP: "，时间到",
    SpeechEnd.STOPPED: "，由主持人终止",
    SpeechEnd.LEFT: "，中途离会",
}
MOTIONS = {
    MotionKind.MAIN: "主动议",
    MotionKind.AMENDMENT: "修正案",
    MotionKind.REFER: "交付审议",
    MotionKind.POSTPONE: "延期",
    MotionKind.CLOSE_DEBATE: "结束辩论",
    MotionKind.WITHDRAWAL: "撤回动议",
    MotionKind.RECESS: "休会",
    MotionKind.APPEAL: "申诉",
    MotionKind.POINT_OF_ORDER: "程序问题",
}
VOTE_FORMS = {
    VoteForm.SHOW_OF_HANDS: "举手表决",
    VoteForm.ROLL_CALL: "点名表决",
    VoteForm.SECRET: "无记名表决",
    VoteForm.UNANIMOUS_CONSENT: "一致同意",
}
VOTE_STATES = {
    VoteState.OPEN: "进行中",
    VoteState.CARRIED: "通过",
    VoteState.LOST: "未通过",
    VoteState.OBJECTED: "有人反对，改付表决",
    VoteState.VOID: "作废",
}
IN_FAVOUR, OPPOSED = "赞成者", "反对者"
CALLED_BY_NAME = frozenset({IN_FAVOUR, OPPOSED})
VOIDS = {
    VoidReason.QUORUM_LOST: "出席人数不足法定人数",
    VoidReason.RULED_OUT: "主持人裁定不合程序",
}
ROLES = {
    SignatoryRole.CHAIR: "主持人",
    SignatoryRole.SECRETARY: "记录人",
    SignatoryRole.ATTENDEE: "到会人",
}
OBJECTIONS = {
    MinutesObjectionState.FILED: "待答复",
    MinutesObjectionState.UPHELD: "采纳",
    MinutesObjectionState.DISMISSED: "不采纳",
}


def time_of(at: datetime) -> str:
    """Return the hour and minute in Shanghai."""
    return f"{at.astimezone(_SHANGHAI):%H:%M}"


def day_and_time(at: datetime) -> str:
    """Return the day, hour and minute in Shanghai."""
    local = at.astimezone(_SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def lasted(milliseconds: int) -> str:
    """Return minutes and seconds, the seconds rounded up: what was spoken was spoken."""
    minutes, seconds = divmod(-(-milliseconds // 1000), 60)
    if not minutes:
        return f"{seconds}秒"
    return f"{minutes}分{seconds}秒" if seconds else f"{minutes}分钟"
