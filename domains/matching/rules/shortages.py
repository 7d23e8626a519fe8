"""A shortage in words, for the issue that is raised of it. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from domains.matching.solving.reasons import Reason
from domains.volunteering.values.volunteers import ServiceClass

CLASSES = {
    ServiceClass.ELDER_CARE: "为老服务",
    ServiceClass.CHILD_CARE: "儿童关爱",
    ServiceClass.DISABILITY_AID: "助残服务",
    ServiceClass.HARDSHIP_AID: "帮困服务",
    ServiceClass.HEALTH: "健康服务",
    ServiceClass.EDUCATION: "学习辅导",
    ServiceClass.CULTURE_SPORT: "文化体育",
    ServiceClass.ENVIRONMENT: "环境保护",
    ServiceClass.SAFETY_PATROL: "治安巡逻",
    ServiceClass.MEDIATION: "邻里调解",
    ServiceClass.LEGAL_AID: "法律援助",
    ServiceClass.REPAIRS: "便民维修",
    ServiceClass.EMERGENCY_RESCUE: "应急救援",
    ServiceClass.DISASTER_RELIEF: "救灾",
    ServiceClass.OTHER: "其他服务",
}
_REASONS = {
    Reason.OPTED_OUT: "可服务者不参加自动派单",
    Reason.FORBIDDEN: "人选被排除",
    Reason.UNDER_AGE: "年龄不符",
    Reason.NO_GUARDIAN_CONSENT: "缺监护人同意",
    Reason.NOT_INSURED: "缺保险",
    Reason.NO_SKILL: "缺少有此技能的人",
    Reason.SKILL_TOO_LOW: "技能未经核验",
    Reason.SKILL_EXPIRED: "技能证明到期",
    Reason.TOO_FAR: "志愿者太远",
    Reason.NOT_FREE: "时间不合",
    Reason.WEEK_FULL: "每周时数已满",
    Reason.ELSEWHERE: "可服务者另有安排",
    Reason.ALL_TAKEN: "可服务者已全部派出",
    Reason.GROUP_FULL: "人数已满",
    Reason.UNKNOWN: "原因不明",
    Reason.TOO_FEW_PEOPLE: "人数不足",
    Reason.NO_HOST: "缺承接组织",
    Reason.NO_SUPERVISION: "缺督导社工",
    Reason.NO_MONEY: "缺经费",
    Reason.NO_VENUE: "缺场地",
    Reason.NOT_CHOSEN: "未排入",
}


def title(service_class: ServiceClass) -> str:
    """Say what is short."""
    return f"「{CLASSES[service_class]}」志愿者持续不足"


def text(
    service_class: ServiceClass,
    weeks: tuple[date, date],
    *,
    times: int,
    places: int,
    reasons: Sequence[str],
) -> str:
    """Say how often it stayed unmet in the weeks from a day to before another, and why."""
    first, last = weeks[0], weeks[1] - timedelta(days=1)
    lines = [
        f"{first.isoformat()} 至 {last.isoformat()},本社区「{CLASSES[service_class]}」"
        f"有 {times} 次需求到时未找到足够的志愿者,共缺 {places} 人次。",
    ]
    if reasons:
        lines.append(f"派单时查明的原因:{'、'.join(_REASONS[Reason(each)] for each in reasons)}。")
    lines.append("请议定招募、培训或另行安排的办法;需要承诺办理的,可以本议题为来源提出承诺事项。")
    return "\n\n".join(lines)
