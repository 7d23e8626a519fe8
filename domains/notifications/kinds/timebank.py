"""What is told of the time bank: minutes received, given, near their end, redeemed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from domains.kernel import clock
from domains.kernel.actor import Role
from domains.membership.queries import addressees
from domains.notifications.audiences import people
from domains.notifications.kinds.kind import EACH_TIME, QUIET, Heard, NoticeKind, Text
from domains.notifications.telling import Addressee, Facts, Telling
from domains.notifications.values import Category, Locale, ReasonCode, VariableKind
from domains.timebank import events
from domains.timebank.queries import telling as bank
from domains.timebank.values import AccountKind

TEXT, DATE, DATETIME, MINUTES = (
    VariableKind.TEXT,
    VariableKind.DATE,
    VariableKind.DATETIME,
    VariableKind.MINUTES,
)
A_WEEK = timedelta(days=7)
_MINUTES: Mapping[str, VariableKind] = {"minutes": MINUTES}
_TURN: Mapping[str, VariableKind] = {"title": TEXT, "minutes": MINUTES}
_STATES: Mapping[str, Mapping[str, str]] = {
    "carried_out": {"zh-Hans": "已办理", "en": "carried out"},
    "declined": {"zh-Hans": "未批准", "en": "declined"},
}


async def _credited(telling: Telling) -> Facts:
    """Say how much a service earned."""
    return Facts({"minutes": telling.payload["credited_minutes"]})


async def _minutes(telling: Telling) -> Facts:
    """Say how much."""
    return Facts({"minutes": telling.payload["minutes"]})


async def _nothing(telling: Telling) -> Facts:
    """Say it without figures."""
    return Facts({})


async def _near(telling: Telling) -> Facts:
    """Say how much lapses when."""
    due_on = datetime.fromisoformat(telling.payload["due_on"]).astimezone(clock.SHANGHAI).date()
    return Facts({"minutes": telling.payload["minutes"], "due_on": due_on.isoformat()})


async def _kin(telling: Telling) -> Facts | None:
    """Ask for the other's word, as long as it is wanted."""
    open_still = await bank.is_kin_open(telling.subject_id)
    return Facts({"person": telling.payload["person_id"]}) if open_still else None


async def _kin_confirmed(telling: Telling) -> Facts:
    """Say who has confirmed it."""
    return Facts({"person": telling.payload["relative_id"]})


async def _need(telling: Telling) -> Facts | None:
    """Say whether a need was approved; of which kind it is, the file says."""
    row = await bank.need_to_tell(telling.subject_id)
    if row is None:
        return None
    decision = (
        {"zh-Hans": "已批准", "en": "approved"}
        if telling.payload.get("approved")
        else {"zh-Hans": "未批准", "en": "not approved"}
    )
    return Facts({"decision": decision})


async def _order(telling: Telling) -> Facts | None:
    """Say what staff ask for, and why."""
    row = await bank.order_to_tell(telling.subject_id)
    return None if row is None else Facts({"reason": row["reason"]})


async def _decided(telling: Telling) -> Facts | None:
    """Say what became of what staff asked for."""
    row = await bank.order_to_tell(telling.subject_id)
    if row is None or telling.payload["state"] not in _STATES:
        return None
    return Facts({"reason": row["reason"], "decision": _STATES[telling.payload["state"]]})


async def _suspended(telling: Telling) -> Facts | None:
    """Say why an account rests."""
    row = await bank.account_to_tell(telling.subject_id)
    return None if row is None else Facts({"reason": row["suspend_reason"] or "—"})


async def _turn(telling: Telling) -> Facts | None:
    """Say what was asked for, and for how many minutes."""
    row = await bank.reservation_to_tell(telling.subject_id)
    return None if row is None else Facts({"title": row["title"], "minutes": row["minutes"]})


async def _held(telling: Telling) -> Facts | None:
    """Say until when it is to be had."""
    row = await bank.reservation_to_tell(telling.subject_id)
    if row is None or row["state"] != "held":
        return None
    until = row["honour_by"]
    return Facts({"title": row["title"], "honour_by": until.isoformat()}, until=until)


async def _owners(telling: Telling) -> list[UUID | None]:
    return await _owner_of(telling.id("account_id"))


async def _receivers(telling: Telling) -> list[UUID | None]:
    return await _owner_of(telling.id("to_id"))


async def _owner_of(account_id: UUID) -> list[UUID | None]:
    row = await bank.account_to_tell(account_id)
    return [row["owner_id"]] if row is not None and row["kind"] == AccountKind.PERSON else []


async def _reservers(telling: Telling) -> list[UUID | None]:
    row = await bank.reservation_to_tell(telling.subject_id)
    return [] if row is None else [row["person_id"]]


async def _proposers(telling: Telling) -> list[UUID | None]:
    row = await bank.order_to_tell(telling.subject_id)
    return [] if row is None else [row["proposed_by"]]


async def _keepers(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    """Address who keeps the bank where the account, need or order lies."""
    row = (
        await bank.need_to_tell(telling.subject_id)
        or await bank.order_to_tell(telling.subject_id)
        or await bank.account_to_tell(telling.subject_id)
    )
    if row is None:
        return []
    found = await addressees.holders_after(row["area_path"], (Role.COMMITTEE_MEMBER,), after, limit)
    return [
        Addressee(each["person_id"], ReasonCode.HOLDS_ROLE, {"role": each["role"]})
        for each in found
    ]


_owner = people.few(_owners)
_receiver = people.few(_receivers)
_reserver = people.few(_reservers, ReasonCode.AUTHOR)

KINDS = (
    NoticeKind(
        code="POINTS_RECEIVED",
        category=Category.POINTS,
        subject_kind="time_account",
        hears=(Heard(events.MinutesIssued, "account_id", slot="record_id", area=None),),
        audience=_owner,
        resolve=_credited,
        variables=_MINUTES,
        stale_after=A_WEEK,
        is_digestible=True,
        says={
            Locale.ZH_HANS: Text(
                "时间积分入账",
                "你的服务存入 {minutes}。",
            ),
            Locale.EN: Text(
                "Minutes received",
                "Your service earned {minutes}.",
            ),
        },
    ),
    NoticeKind(
        code="POINTS_TAKEN_BACK",
        category=Category.POINTS,
        subject_kind="time_account",
        hears=(Heard(events.MinutesTakenBack, "account_id", slot="record_id", area=None),),
        audience=_owner,
        resolve=_nothing,
        variables={},
        stale_after=A_WEEK,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "时间积分冲回",
                "一条服务记录已失效,相应积分已冲回。",
            ),
            Locale.EN: Text(
                "Minutes taken back",
                "A record no longer stands, and what it earned was taken back.",
            ),
        },
    ),
    NoticeKind(
        code="POINTS_OWED",
        category=Category.POINTS,
        subject_kind="time_account",
        hears=(Heard(events.MinutesOwed, "account_id", slot="shortfall_id", area=None),),
        audience=_owner,
        resolve=_minutes,
        variables=_MINUTES,
        stale_after=A_WEEK,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "时间积分待处理",
                "一条服务记录已失效,其 {minutes} 已使用,请与社区协商。",
            ),
            Locale.EN: Text(
                "Minutes to be settled",
                "A record no longer stands, but its {minutes} were spent; the community will "
                "speak with you.",
            ),
        },
    ),
    NoticeKind(
        code="POINTS_OWED_CLOSED",
        category=Category.POINTS,
        subject_kind="time_account",
        hears=(Heard(events.ShortfallClosed, "account_id", slot="shortfall_id", area=None),),
        audience=_owner,
        resolve=_nothing,
        variables={},
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "时间积分事项已了结",
                "待处理的积分已了结。",
            ),
            Locale.EN: Text(
                "It is settled",
                "What was owed has been settled or waived.",
            ),
        },
    ),
    NoticeKind(
        code="POINTS_GIVEN_TO_YOU",
        category=Category.POINTS,
        subject_kind="time_account",
        hears=(Heard(events.MinutesGiven, "to_id", slot="transfer_id", area=None),),
        audience=_receiver,
        resolve=_minutes,
        variables=_MINUTES,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "收到时间积分",
                "你收到转赠的 {minutes}。",
            ),
            Locale.EN: Text(
                "Minutes given to you",
                "You were given {minutes}.",
            ),
        },
    ),
    NoticeKind(
        code="POINTS_EXPIRING",
        category=Category.POINTS,
        subject_kind="time_account",
        hears=(Heard(events.ExpiryNear, "account_id", slot="due_on", area=None),),
        audience=_owner,
        resolve=_near,
        variables={"minutes": MINUTES, "due_on": DATE},
        stale_after=A_WEEK,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "时间积分即将到期",
                "{minutes} 将于 {due_on} 到期,请及时使用、转赠或捐赠。",
            ),
            Locale.EN: Text(
                "Minutes lapse soon",
                "{minutes} lapse on {due_on}, unless you use, give or donate them.",
            ),
        },
    ),
    NoticeKind(
        code="POINTS_LAPSED",
        category=Category.POINTS,
        subject_kind="time_account",
        hears=(Heard(events.MinutesLapsed, "account_id", slot=EACH_TIME, area=None),),
        audience=_owner,
        resolve=_minutes,
        variables=_MINUTES,
        stale_after=A_WEEK,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "时间积分已到期",
                "{minutes} 已到期。",
            ),
            Locale.EN: Text(
                "Minutes have lapsed",
                "{minutes} have lapsed.",
            ),
        },
    ),
    NoticeKind(
        code="RELATIVE_TO_CONFIRM",
        category=Category.POINTS,
        subject_kind="time_relative",
        hears=(Heard(events.RelativeDeclared, "kinship_id", area=None),),
        audience=people.person("relative_id"),
        resolve=_kin,
        variables={"person": VariableKind.PERSON},
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "请确认亲属关系:{person}",
                "{person} 将你登记为亲属,请确认。",
            ),
            Locale.EN: Text(
                "Are you relatives? {person}",
                "{person} says that you are relatives; please confirm it.",
            ),
        },
    ),
    NoticeKind(
        code="RELATIVE_CONFIRMED",
        category=Category.POINTS,
        subject_kind="time_relative",
        hears=(Heard(events.RelativeConfirmed, "kinship_id", area=None),),
        audience=people.person("person_id", ReasonCode.AUTHOR),
        resolve=_kin_confirmed,
        variables={"person": VariableKind.PERSON},
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "亲属关系已确认:{person}",
                "{person} 已确认与你的亲属关系。",
            ),
            Locale.EN: Text(
                "Confirmed: {person}",
                "{person} has confirmed that you are relatives.",
            ),
        },
    ),
    NoticeKind(
        code="TIME_NEED_TO_APPROVE",
        category=Category.DUTIES,
        subject_kind="time_need",
        hears=(Heard(events.NeedAssessed, "need_id", area=None),),
        audience=_keepers,
        resolve=_nothing,
        variables={},
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "困难认定待审核",
                "有一件时间银行优先对象认定待审核。",
            ),
            Locale.EN: Text(
                "A need to approve",
                "Somebody's need was assessed and waits for approval.",
            ),
        },
    ),
    NoticeKind(
        code="TIME_NEED_DECIDED",
        category=Category.POINTS,
        subject_kind="time_need",
        hears=(Heard(events.NeedDecided, "need_id", area=None),),
        audience=people.person("person_id"),
        resolve=_need,
        variables={"decision": TEXT},
        stale_after=A_WEEK,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "时间银行优先认定结果",
                "你的优先对象认定{decision}。",
            ),
            Locale.EN: Text(
                "About your need",
                "What was assessed of you was {decision}.",
            ),
        },
    ),
    NoticeKind(
        code="TIME_ORDER_TO_APPROVE",
        category=Category.DUTIES,
        subject_kind="time_order",
        hears=(Heard(events.OrderProposed, "order_id", area=None),),
        audience=_keepers,
        resolve=_order,
        variables={"reason": TEXT},
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "时间银行调整待审核",
                "待审核:{reason}",
            ),
            Locale.EN: Text(
                "To be approved",
                "Staff ask for: {reason}",
            ),
        },
    ),
    NoticeKind(
        code="TIME_ORDER_DECIDED",
        category=Category.POINTS,
        subject_kind="time_order",
        hears=(Heard(events.OrderDecided, "order_id", area=None),),
        audience=people.few(_proposers, ReasonCode.AUTHOR),
        resolve=_decided,
        variables={"reason": TEXT, "decision": TEXT},
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "时间银行调整结果",
                "{reason}:{decision}。",
            ),
            Locale.EN: Text(
                "It was decided",
                "{reason}: {decision}.",
            ),
        },
    ),
    NoticeKind(
        code="ACCOUNT_SUSPENDED",
        category=Category.POINTS,
        subject_kind="time_account",
        hears=(Heard(events.SuspensionBegan, "account_id", slot=EACH_TIME, area=None),),
        audience=_owner,
        resolve=_suspended,
        variables={"reason": TEXT},
        stale_after=A_WEEK,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "时间银行账户暂停",
                "你的账户已暂停使用:{reason}",
            ),
            Locale.EN: Text(
                "Your account rests",
                "Your account was suspended: {reason}",
            ),
        },
    ),
    NoticeKind(
        code="ACCOUNT_RESUMED",
        category=Category.POINTS,
        subject_kind="time_account",
        hears=(Heard(events.SuspensionEnded, "account_id", slot=EACH_TIME, area=None),),
        audience=_owner,
        resolve=_nothing,
        variables={},
        stale_after=A_WEEK,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "时间银行账户恢复",
                "你的账户已恢复使用。",
            ),
            Locale.EN: Text(
                "Your account works again",
                "The suspension was lifted.",
            ),
        },
    ),
    NoticeKind(
        code="RESERVATION_QUEUED",
        category=Category.POINTS,
        subject_kind="time_reservation",
        hears=(Heard(events.ReservationQueued, "reservation_id", area=None),),
        audience=_reserver,
        resolve=_turn,
        variables=_TURN,
        stale_after=A_WEEK,
        channels=QUIET,
        says={
            Locale.ZH_HANS: Text(
                "已排队:{title}",
                "「{title}」({minutes})已为你排队。",
            ),
            Locale.EN: Text(
                "You are in the queue: {title}",
                "You wait for “{title}”, {minutes}.",
            ),
        },
    ),
    NoticeKind(
        code="RESERVATION_HELD",
        category=Category.POINTS,
        subject_kind="time_reservation",
        hears=(Heard(events.ReservationHeld, "reservation_id", area=None),),
        withdrawn_by=(
            Heard(events.ReservationCancelled, "reservation_id", area=None),
            Heard(events.ReservationLapsed, "reservation_id", area=None),
        ),
        audience=_reserver,
        resolve=_held,
        variables={"title": TEXT, "honour_by": DATETIME},
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "轮到你了:{title}",
                "「{title}」已为你保留至 {honour_by}。",
            ),
            Locale.EN: Text(
                "It is your turn: {title}",
                "“{title}” is kept for you until {honour_by}.",
            ),
        },
    ),
    NoticeKind(
        code="RESERVATION_HONOURED",
        category=Category.POINTS,
        subject_kind="time_reservation",
        hears=(Heard(events.ReservationHonoured, "reservation_id", area=None),),
        audience=_reserver,
        resolve=_turn,
        variables=_TURN,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "兑换完成:{title}",
                "「{title}」已兑换,使用 {minutes}。",
            ),
            Locale.EN: Text(
                "Given: {title}",
                "You were given “{title}” for {minutes}.",
            ),
        },
    ),
    NoticeKind(
        code="RESERVATION_LAPSED",
        category=Category.POINTS,
        subject_kind="time_reservation",
        hears=(Heard(events.ReservationLapsed, "reservation_id", area=None),),
        audience=_reserver,
        resolve=_turn,
        variables=_TURN,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "兑换未成:{title}",
                "「{title}」未按时兑换,{minutes} 已退回。",
            ),
            Locale.EN: Text(
                "Not given in time: {title}",
                "“{title}” was not given in time; {minutes} are yours again.",
            ),
        },
    ),
    NoticeKind(
        code="RESERVATION_PASSED_OVER",
        category=Category.POINTS,
        subject_kind="time_reservation",
        hears=(Heard(events.ReservationPassedOver, "reservation_id", area=None),),
        audience=_reserver,
        resolve=_turn,
        variables=_TURN,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "积分不足:{title}",
                "轮到「{title}」时你的积分不足 {minutes}。",
            ),
            Locale.EN: Text(
                "Too few minutes: {title}",
                "When your turn for “{title}” came, you did not hold {minutes}.",
            ),
        },
    ),
)

# Events of which nobody is told by a notice, and why.
UNTOLD: Mapping[type, str] = {
    events.BooksClosed: "the books are public",
    events.OfferPublished: "it is on the list, and in the week's digest",
    events.ReservationCancelled: "whoever cancelled it knows; what was told of it is taken back",
}
