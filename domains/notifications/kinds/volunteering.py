"""What is told of volunteering: records, certificates, stars, activities."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from domains.kernel.actor import Role
from domains.kernel.database import Row
from domains.notifications.audiences import people
from domains.notifications.kinds.kind import EACH_TIME, LOUDEST, QUIET, Heard, NoticeKind, Text
from domains.notifications.telling import Addressee, Facts, Telling, Value
from domains.notifications.values import Category, Locale, ReasonCode, Urgency, VariableKind
from domains.volunteering.events import honours, records, volunteers
from domains.volunteering.queries import telling as service
from domains.volunteering.values.activities import VolunteerActivityState
from domains.volunteering.values.records import ServiceRecordState

TEXT, DATE, DATETIME, MINUTES = (
    VariableKind.TEXT,
    VariableKind.DATE,
    VariableKind.DATETIME,
    VariableKind.MINUTES,
)
A_WEEK = timedelta(days=7)
_RECORD: Mapping[str, VariableKind] = {"title": TEXT, "day": DATE, "minutes": MINUTES}
_TITLE: Mapping[str, VariableKind] = {"title": TEXT}
_ANSWER: Mapping[str, VariableKind] = {"title": TEXT, "decision": TEXT, "answer": TEXT}
_UPHELD: Mapping[bool, Mapping[str, str]] = {
    True: {"zh-Hans": "成立", "en": "upheld"},
    False: {"zh-Hans": "不成立", "en": "dismissed"},
}


async def _record(telling: Telling) -> Facts | None:
    """Say which service, of which day, with how many minutes."""
    row = await service.record_to_tell(telling.subject_id)
    return None if row is None else Facts(_of(row))


async def _to_confirm(telling: Telling) -> Facts | None:
    """Say which service waits to be confirmed, as long as it does."""
    row = await service.record_to_tell(telling.subject_id)
    if row is None or row["state"] != ServiceRecordState.PENDING:
        return None
    return Facts(_of(row))


def _of(row: Row) -> dict[str, Value]:
    return {
        "title": row["title"],
        "day": row["day"].isoformat(),
        "minutes": row["counted_minutes"],
    }


async def _publicised(telling: Telling) -> Facts | None:
    """Say until when a record may be contested."""
    row = await service.record_to_tell(telling.subject_id)
    if row is None or row["notice_until"] is None:
        return None
    until = row["notice_until"]
    return Facts({**_of(row), "notice_until": until.isoformat()}, until=until)


async def _revoked(telling: Telling) -> Facts | None:
    """Say why a record does not stand."""
    row = await service.record_to_tell(telling.subject_id)
    return None if row is None else Facts({**_of(row), "reason": row["revoke_reason"] or "—"})


async def _contest(telling: Telling) -> Facts | None:
    """Say what became of a contest."""
    row = await service.contest_to_tell(telling.id("contest_id"))
    if row is None or row["answer"] is None:
        return None
    decision = _UPHELD[telling.payload["upheld"]]
    return Facts({"title": row["title"], "decision": decision, "answer": row["answer"]})


def _titled(row: Row) -> Mapping[str, str]:
    return {"zh-Hans": row["title_zh"], "en": row["title_en"]}


async def _honour(telling: Telling) -> Facts | None:
    """Say which star or medal."""
    row = await service.honour_to_tell(telling.id("honour_id"))
    return None if row is None else Facts({"title": _titled(row)})


async def _honour_noticed(telling: Telling) -> Facts | None:
    """Say until when an honour is on notice."""
    row = await service.honour_to_tell(telling.id("honour_id"))
    if row is None or row["state"] != "notice":
        return None
    return Facts({"title": _titled(row), "notice_until": row["notice_until"].isoformat()})


async def _honour_objection(telling: Telling) -> Facts | None:
    """Say what became of an objection to an honour."""
    row = await service.honour_objection_to_tell(telling.id("objection_id"))
    if row is None or row["answer"] is None:
        return None
    decision = _UPHELD[telling.payload["upheld"]]
    return Facts({"title": _titled(row), "decision": decision, "answer": row["answer"]})


async def _activity(telling: Telling) -> Facts | None:
    """Say what volunteers are called to, as long as it is ahead."""
    row = await service.activity_to_tell(telling.subject_id)
    if row is None or row["state"] != VolunteerActivityState.PUBLISHED or row["starts_at"] is None:
        return None
    starts_at = row["starts_at"]
    values = {"title": row["title"], "place": row["place"], "starts_at": starts_at.isoformat()}
    return Facts(values, until=starts_at)


async def _activity_cancelled(telling: Telling) -> Facts | None:
    """Say why an activity does not take place."""
    row = await service.activity_to_tell(telling.subject_id)
    return (
        None
        if row is None
        else Facts({"title": row["title"], "reason": row["cancel_reason"] or "—"})
    )


async def _skill(telling: Telling) -> Facts | None:
    """Say whether the proof of a skill was accepted, and why not."""
    row = await service.skill_to_tell(telling.id("skill_id"))
    if row is None:
        return None
    decision = (
        {"zh-Hans": "已核实", "en": "accepted"}
        if telling.payload["verified"]
        else {"zh-Hans": "未通过核实", "en": "not accepted"}
    )
    return Facts({"title": row["name"], "decision": decision, "answer": row["judge_reason"] or "—"})


async def _certificate(telling: Telling) -> Facts | None:
    """Say which certificate."""
    row = await service.certificate_to_tell(telling.id("certificate_id"))
    return None if row is None else Facts({"number": row["number"]})


async def _nothing(telling: Telling) -> Facts:
    """Say it without figures."""
    return Facts({})


async def _banned(telling: Telling) -> Facts:
    """Say until when."""
    return Facts({"until": telling.payload["until"]})


async def _volunteers(telling: Telling) -> list[UUID | None]:
    row = await service.volunteer_to_tell(telling.id("volunteer_id"))
    return [] if row is None else [row["person_id"]]


async def _leaders(telling: Telling) -> list[UUID | None]:
    row = await service.record_to_tell(telling.subject_id)
    return [] if row is None else [row["leader_id"]]


async def _contesters(telling: Telling) -> list[UUID | None]:
    row = await service.contest_to_tell(telling.id("contest_id"))
    return [] if row is None else [row["by_id"]]


async def _objectors(telling: Telling) -> list[UUID | None]:
    row = await service.honour_objection_to_tell(telling.id("objection_id"))
    return [] if row is None else [row["by_id"]]


async def _signed_up(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    """Address who signed up."""
    found = await service.signed_up_after(telling.subject_id, after, limit)
    return [Addressee(each, ReasonCode.PARTICIPANT) for each in found]


_volunteer = people.few(_volunteers, ReasonCode.PARTICIPANT)
_leader = people.few(_leaders, ReasonCode.RESPONSIBLE)
_keepers = people.holders(Role.COMMITTEE_MEMBER, Role.SOCIAL_WORKER)

KINDS = (
    NoticeKind(
        code="ACTIVITY_CALLED",
        category=Category.SERVICE,
        subject_kind="volunteer_activity",
        hears=(Heard(records.ActivityPublished, "activity_id"),),
        withdrawn_by=(Heard(records.ActivityCancelled, "activity_id"),),
        audience=people.residents(),
        resolve=_activity,
        variables={"title": TEXT, "place": TEXT, "starts_at": DATETIME},
        stale_after=A_WEEK,
        is_digestible=True,
        channels=QUIET,
        says={
            Locale.ZH_HANS: Text(
                "招募志愿者:{title}",
                "{starts_at},{place}:「{title}」招募志愿者。",
            ),
            Locale.EN: Text(
                "Volunteers wanted: {title}",
                "“{title}”, {starts_at}, {place}.",
            ),
        },
    ),
    NoticeKind(
        code="ACTIVITY_CANCELLED",
        category=Category.SERVICE,
        subject_kind="volunteer_activity",
        hears=(Heard(records.ActivityCancelled, "activity_id"),),
        audience=_signed_up,
        resolve=_activity_cancelled,
        variables={"title": TEXT, "reason": TEXT},
        stale_after=A_WEEK,
        channels=LOUDEST,
        urgency=Urgency.URGENT,
        says={
            Locale.ZH_HANS: Text(
                "活动取消:{title}",
                "「{title}」已取消:{reason}",
            ),
            Locale.EN: Text(
                "Cancelled: {title}",
                "“{title}” will not take place: {reason}",
            ),
        },
    ),
    NoticeKind(
        code="RECORD_TO_CONFIRM",
        category=Category.DUTIES,
        subject_kind="service_record",
        hears=(Heard(records.RecordMade, "record_id"),),
        audience=_leader,
        resolve=_to_confirm,
        variables=_RECORD,
        stale_after=A_WEEK,
        seconds=False,
        is_digestible=True,
        says={
            Locale.ZH_HANS: Text(
                "服务记录待确认:{title}",
                "{day} 的「{title}」({minutes})待确认。",
            ),
            Locale.EN: Text(
                "A record to confirm: {title}",
                "“{title}”, {day}, {minutes}.",
            ),
        },
    ),
    NoticeKind(
        code="RECORD_OVERDUE",
        category=Category.SERVICE,
        subject_kind="service_record",
        hears=(Heard(records.RecordOverdue, "record_id"),),
        audience=people.together(_volunteer, _leader, _keepers),
        resolve=_record,
        variables=_RECORD,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "服务记录逾期未确认:{title}",
                "{day} 的「{title}」({minutes})未在规定工作日内确认,只能补录。",
            ),
            Locale.EN: Text(
                "Not confirmed in time: {title}",
                "“{title}”, {day}, {minutes}: only back-entry is left.",
            ),
        },
    ),
    NoticeKind(
        code="RECORD_PUBLICISED",
        category=Category.SERVICE,
        subject_kind="service_record",
        hears=(Heard(records.RecordPublicised, "record_id"),),
        audience=_volunteer,
        resolve=_publicised,
        variables={**_RECORD, "notice_until": DATETIME},
        stale_after=A_WEEK,
        is_digestible=True,
        channels=QUIET,
        says={
            Locale.ZH_HANS: Text(
                "服务记录公示:{title}",
                "{day} 的「{title}」({minutes})公示至 {notice_until}。",
            ),
            Locale.EN: Text(
                "On notice: {title}",
                "Your service “{title}”, {day}, {minutes}, may be contested until {notice_until}.",
            ),
        },
    ),
    NoticeKind(
        code="RECORD_FINAL",
        category=Category.SERVICE,
        subject_kind="service_record",
        hears=(Heard(records.RecordFinal, "record_id"),),
        audience=_volunteer,
        resolve=_record,
        variables=_RECORD,
        stale_after=A_WEEK,
        is_digestible=True,
        channels=QUIET,
        says={
            Locale.ZH_HANS: Text(
                "服务记录生效:{title}",
                "{day} 的「{title}」({minutes})已生效。",
            ),
            Locale.EN: Text(
                "It stands: {title}",
                "Your service “{title}”, {day}, {minutes}, stands.",
            ),
        },
    ),
    NoticeKind(
        code="RECORD_CORRECTED",
        category=Category.SERVICE,
        subject_kind="service_record",
        hears=(Heard(records.RecordCorrected, "record_id", slot="version"),),
        audience=_volunteer,
        resolve=_record,
        variables=_RECORD,
        stale_after=A_WEEK,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "服务记录更正:{title}",
                "{day} 的「{title}」已更正为 {minutes}。",
            ),
            Locale.EN: Text(
                "Corrected: {title}",
                "Your record of “{title}”, {day}, now says {minutes}.",
            ),
        },
    ),
    NoticeKind(
        code="RECORD_REVOKED",
        category=Category.SERVICE,
        subject_kind="service_record",
        hears=(Heard(records.RecordRevoked, "record_id"),),
        audience=_volunteer,
        resolve=_revoked,
        variables={**_RECORD, "reason": TEXT},
        stale_after=A_WEEK,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "服务记录撤销:{title}",
                "{day} 的「{title}」({minutes})已撤销:{reason}",
            ),
            Locale.EN: Text(
                "Revoked: {title}",
                "Your record of “{title}”, {day}, {minutes}, does not stand: {reason}",
            ),
        },
    ),
    NoticeKind(
        code="RECORD_UNDER_REVIEW",
        category=Category.SERVICE,
        subject_kind="service_record",
        hears=(Heard(records.RecordSuspected, "record_id", slot=EACH_TIME),),
        audience=people.together(_volunteer, _keepers),
        resolve=_record,
        variables=_RECORD,
        stale_after=A_WEEK,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "服务记录核查:{title}",
                "{day} 的「{title}」({minutes})正在核查,不影响你说明情况。",
            ),
            Locale.EN: Text(
                "It is being looked at: {title}",
                "Your record of “{title}”, {day}, {minutes}, is under review; you may explain it.",
            ),
        },
    ),
    NoticeKind(
        code="RECORD_REVIEWED",
        category=Category.SERVICE,
        subject_kind="service_record",
        hears=(Heard(records.RecordReviewed, "record_id", slot=EACH_TIME),),
        audience=_volunteer,
        resolve=_record,
        variables=_RECORD,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "服务记录核查结束:{title}",
                "{day} 的「{title}」({minutes})核查结束。",
            ),
            Locale.EN: Text(
                "The review is over: {title}",
                "The review of “{title}”, {day}, {minutes}, has ended.",
            ),
        },
    ),
    NoticeKind(
        code="RECORD_CONTESTED",
        category=Category.DUTIES,
        subject_kind="service_record",
        hears=(Heard(records.RecordContested, "record_id", slot="contest_id"),),
        audience=_keepers,
        resolve=_record,
        variables=_RECORD,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "服务记录有异议:{title}",
                "{day} 的「{title}」({minutes})有异议,请答复。",
            ),
            Locale.EN: Text(
                "A record is contested: {title}",
                "“{title}”, {day}, {minutes}, is contested.",
            ),
        },
    ),
    NoticeKind(
        code="RECORD_CONTEST_ANSWERED",
        category=Category.SERVICE,
        subject_kind="service_record",
        hears=(Heard(records.RecordContestAnswered, "record_id", slot="contest_id"),),
        audience=people.few(_contesters, ReasonCode.AUTHOR),
        resolve=_contest,
        variables=_ANSWER,
        stale_after=A_WEEK,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "服务记录异议答复:{title}",
                "你对「{title}」的异议{decision}:{answer}",
            ),
            Locale.EN: Text(
                "Your contest: {title}",
                "Your contest of “{title}” is {decision}: {answer}",
            ),
        },
    ),
    NoticeKind(
        code="HONOUR_NOTICED",
        category=Category.SERVICE,
        subject_kind="volunteer_honour",
        hears=(Heard(honours.HonourNoticed, "honour_id"),),
        audience=_volunteer,
        resolve=_honour_noticed,
        variables={"title": TEXT, "notice_until": DATETIME},
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "嘉许公示:{title}",
                "你符合「{title}」条件,公示至 {notice_until}。",
            ),
            Locale.EN: Text(
                "On notice: {title}",
                "You have earned “{title}”; it is on notice until {notice_until}.",
            ),
        },
    ),
    NoticeKind(
        code="HONOUR_GRANTED",
        category=Category.SERVICE,
        subject_kind="volunteer_honour",
        hears=(Heard(honours.HonourGranted, "honour_id"),),
        audience=_volunteer,
        resolve=_honour,
        variables=_TITLE,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "祝贺你获得:{title}",
                "「{title}」已授予你,感谢你的付出。",
            ),
            Locale.EN: Text(
                "Congratulations: {title}",
                "“{title}” was granted to you. Thank you.",
            ),
        },
    ),
    NoticeKind(
        code="HONOUR_REFUSED",
        category=Category.SERVICE,
        subject_kind="volunteer_honour",
        hears=(Heard(honours.HonourRefused, "honour_id"),),
        audience=_volunteer,
        resolve=_honour,
        variables=_TITLE,
        stale_after=A_WEEK,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "嘉许未通过:{title}",
                "「{title}」未获批准。",
            ),
            Locale.EN: Text(
                "Not granted: {title}",
                "“{title}” was not approved.",
            ),
        },
    ),
    NoticeKind(
        code="HONOUR_REVOKED",
        category=Category.SERVICE,
        subject_kind="volunteer_honour",
        hears=(Heard(honours.HonourRevoked, "honour_id"),),
        audience=_volunteer,
        resolve=_honour,
        variables=_TITLE,
        stale_after=A_WEEK,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "嘉许撤销:{title}",
                "「{title}」已撤销。",
            ),
            Locale.EN: Text(
                "Taken back: {title}",
                "“{title}” was taken back.",
            ),
        },
    ),
    NoticeKind(
        code="HONOUR_OBJECTED",
        category=Category.DUTIES,
        subject_kind="volunteer_honour",
        hears=(Heard(honours.HonourObjectionFiled, "honour_id", slot="objection_id"),),
        audience=_keepers,
        resolve=_honour,
        variables=_TITLE,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "嘉许有异议:{title}",
                "公示中的「{title}」有异议,请处理。",
            ),
            Locale.EN: Text(
                "An honour is objected to: {title}",
                "Somebody objects to “{title}” while it is on notice.",
            ),
        },
    ),
    NoticeKind(
        code="HONOUR_OBJECTION_DECIDED",
        category=Category.SERVICE,
        subject_kind="volunteer_honour",
        hears=(Heard(honours.HonourObjectionDecided, "honour_id", slot="objection_id"),),
        audience=people.few(_objectors, ReasonCode.AUTHOR),
        resolve=_honour_objection,
        variables=_ANSWER,
        stale_after=A_WEEK,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "嘉许异议答复:{title}",
                "你对「{title}」的异议{decision}:{answer}",
            ),
            Locale.EN: Text(
                "Your objection: {title}",
                "Your objection to “{title}” is {decision}: {answer}",
            ),
        },
    ),
    NoticeKind(
        code="CERTIFICATE_ISSUED",
        category=Category.SERVICE,
        subject_kind="volunteer_certificate",
        hears=(Heard(honours.CertificateIssued, "certificate_id"),),
        audience=_volunteer,
        resolve=_certificate,
        variables={"number": TEXT},
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "服务记录证明已出具",
                "编号 {number} 的平台记录已出具,可下载。",
            ),
            Locale.EN: Text(
                "Your record of service is ready",
                "Number {number}; you may fetch it.",
            ),
        },
    ),
    NoticeKind(
        code="CERTIFICATE_REVOKED",
        category=Category.SERVICE,
        subject_kind="volunteer_certificate",
        hears=(Heard(honours.CertificateRevoked, "certificate_id"),),
        audience=_volunteer,
        resolve=_certificate,
        variables={"number": TEXT},
        stale_after=A_WEEK,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "服务记录证明已失效",
                "编号 {number} 的平台记录不再有效。",
            ),
            Locale.EN: Text(
                "A record of service stands no more",
                "Number {number} is no longer valid.",
            ),
        },
    ),
    NoticeKind(
        code="GUARDIAN_ASKED",
        category=Category.SERVICE,
        subject_kind="volunteer",
        hears=(Heard(volunteers.GuardianAsked, "volunteer_id"),),
        audience=people.person("guardian_id"),
        resolve=_nothing,
        variables={},
        stale_after=A_WEEK,
        is_legal=True,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "请确认未成年人志愿服务",
                "你监护的未成年人希望成为志愿者,请确认。",
            ),
            Locale.EN: Text(
                "A minor wishes to volunteer",
                "Somebody whose guardian you are wishes to volunteer; please say whether you "
                "agree.",
            ),
        },
    ),
    NoticeKind(
        code="VOLUNTEER_REGISTERED",
        category=Category.SERVICE,
        subject_kind="volunteer",
        hears=(Heard(volunteers.VolunteerRegistered, "volunteer_id"),),
        audience=_volunteer,
        resolve=_nothing,
        variables={},
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "志愿者注册成功",
                "你已注册为志愿者,欢迎参加服务。",
            ),
            Locale.EN: Text(
                "You are a volunteer",
                "Welcome: you are registered.",
            ),
        },
    ),
    NoticeKind(
        code="SKILL_JUDGED",
        category=Category.SERVICE,
        subject_kind="volunteer",
        hears=(Heard(volunteers.SkillJudged, "volunteer_id", slot="skill_id"),),
        audience=_volunteer,
        resolve=_skill,
        variables=_ANSWER,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "技能核实结果:{title}",
                "你的技能「{title}」{decision}。{answer}",
            ),
            Locale.EN: Text(
                "About your skill: {title}",
                "The proof of “{title}” was {decision}. {answer}",
            ),
        },
    ),
    NoticeKind(
        code="VOLUNTEER_BANNED",
        category=Category.SERVICE,
        subject_kind="volunteer",
        hears=(Heard(volunteers.VolunteerBanned, "volunteer_id", slot="ban_id"),),
        audience=_volunteer,
        resolve=_banned,
        variables={"until": DATE},
        stale_after=A_WEEK,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "嘉许资格受限",
                "因核实的不实记录,{until} 前不授予星级与奖章。",
            ),
            Locale.EN: Text(
                "No honours for a while",
                "Because of records that were not true, you get no stars or medals until {until}.",
            ),
        },
    ),
)

# Events of which nobody is told by a notice, and why.
UNTOLD: Mapping[type, str] = {
    records.ShiftPlacesChanged: "live only",
    records.RecordConfirmed: "the time bank tells what it earned",
    volunteers.VolunteerWithdrawn: "whoever withdrew knows",
}
