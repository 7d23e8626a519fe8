"""What is told of the machine room, to who administers the platform; and of one's own addresses.

An alarm stands once for each kind and subject; its end takes back what nobody has read.
"""

from collections.abc import Mapping
from datetime import timedelta

from domains.kernel.actor import SYSTEM
from domains.kernel.operations import events, queries
from domains.notifications import events as own
from domains.notifications.audiences import people
from domains.notifications.audiences.membership import administrators
from domains.notifications.kinds.kind import (
    EACH_TIME,
    LOUD,
    LOUDEST,
    QUIET,
    Heard,
    NoticeKind,
    Text,
)
from domains.notifications.telling import Facts, Telling
from domains.notifications.values import Category, Channel, Locale, Urgency, VariableKind

A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
_NAME: Mapping[str, VariableKind] = {"name": VariableKind.TEXT}
_CHANNELS: Mapping[Channel, Mapping[str, str]] = {
    Channel.IN_APP: {"zh-Hans": "站内", "en": "the inbox"},
    Channel.CONSOLE: {"zh-Hans": "控制台", "en": "the console"},
    Channel.EMAIL: {"zh-Hans": "电子邮件", "en": "e-mail"},
    Channel.WEB_PUSH: {"zh-Hans": "浏览器推送", "en": "web push"},
    Channel.WECHAT: {"zh-Hans": "微信", "en": "WeChat"},
    Channel.SMS: {"zh-Hans": "短信", "en": "text message"},
}


async def _amiss(telling: Telling) -> Facts | None:
    """Say of what, as long as it is so."""
    (alarm,) = await queries.alarms_by_id(SYSTEM, [telling.subject_id])
    if alarm is None or alarm["recovered_at"] is not None:
        return None
    return Facts({"name": alarm["subject"]})


async def _blocked(telling: Telling) -> Facts | None:
    """Say on which channel nothing comes any more."""
    return Facts({"channel": _CHANNELS[Channel(telling.payload["channel"])]})


KINDS = (
    NoticeKind(
        code="WORKERS_GONE",
        category=Category.DUTIES,
        subject_kind="alarm",
        hears=(Heard(events.WorkersGone, "alarm_id", area=None),),
        withdrawn_by=(Heard(events.WorkersBack, "alarm_id"),),
        audience=administrators,
        resolve=_amiss,
        variables=_NAME,
        channels=LOUDEST,
        urgency=Urgency.URGENT,
        stale_after=A_DAY,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("没有后台进程在运行", "到期的事项无人处理,请立即检查。"),
            Locale.EN: Text("No worker is alive", "Nothing that is due gets done."),
        },
    ),
    NoticeKind(
        code="WORKER_MISSED",
        category=Category.DUTIES,
        subject_kind="alarm",
        hears=(Heard(events.WorkerMissed, "alarm_id", area=None),),
        withdrawn_by=(Heard(events.WorkerRecovered, "alarm_id"),),
        audience=administrators,
        resolve=_amiss,
        variables=_NAME,
        channels=LOUD,
        stale_after=A_DAY,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("后台进程失联:{name}", "后台进程 {name} 已无心跳。"),
            Locale.EN: Text("A worker is missed: {name}", "{name} has not been heard of."),
        },
    ),
    NoticeKind(
        code="JOB_LATE",
        category=Category.DUTIES,
        subject_kind="alarm",
        hears=(Heard(events.JobLate, "alarm_id", area=None),),
        withdrawn_by=(Heard(events.JobInTime, "alarm_id"),),
        audience=administrators,
        resolve=_amiss,
        variables=_NAME,
        channels=QUIET,
        stale_after=A_DAY,
        is_digestible=True,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("任务迟延:{name}", "任务 {name} 未按时开始。"),
            Locale.EN: Text("A job is late: {name}", "{name} has not started in time."),
        },
    ),
    NoticeKind(
        code="JOB_FAILING",
        category=Category.DUTIES,
        subject_kind="alarm",
        hears=(Heard(events.JobFailing, "alarm_id", area=None),),
        withdrawn_by=(Heard(events.JobMended, "alarm_id"),),
        audience=administrators,
        resolve=_amiss,
        variables=_NAME,
        channels=LOUD,
        stale_after=A_DAY,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("任务连续失败:{name}", "任务 {name} 连续失败,请检查。"),
            Locale.EN: Text("A job fails: {name}", "{name} has failed several times in a row."),
        },
    ),
    NoticeKind(
        code="EVENTS_PARKED",
        category=Category.DUTIES,
        subject_kind="alarm",
        hears=(Heard(events.EventsParked, "alarm_id", area=None),),
        withdrawn_by=(Heard(events.EventsSettled, "alarm_id"),),
        audience=administrators,
        resolve=_amiss,
        variables=_NAME,
        channels=LOUD,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("有事件处理失败", "有事件多次处理失败后被搁置,请重放或忽略。"),
            Locale.EN: Text(
                "Events were given up", "They failed again and again, and wait for a decision."
            ),
        },
    ),
    NoticeKind(
        code="ADDRESS_BLOCKED",
        category=Category.SAFETY,
        subject_kind="notice_address",
        hears=(Heard(own.AddressBlocked, "address_id", slot=EACH_TIME, area=None),),
        audience=people.person("person_id"),
        resolve=_blocked,
        variables={"channel": VariableKind.TEXT},
        # The blocked one is written to no more: this goes by whatever others there are.
        channels=LOUDEST,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "{channel}已停止发送", "你的{channel}地址无法送达或已拒收,通知不再发往该处。"
            ),
            Locale.EN: Text(
                "Nothing goes by {channel}",
                "Your address is gone, or wants nothing: no notice goes there any more.",
            ),
        },
    ),
)

# Events of which nobody is told by a notice, and why.
UNTOLD: Mapping[type, str] = {
    own.NoticesMade: "live only: it is what tells that notices are there",
    own.NoticesWithdrawn: "live only",
    own.InboxChanged: "live only",
}
