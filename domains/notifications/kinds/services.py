"""What is told of needs and the service that answers them: to who asked, serves or looks after."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from domains.kernel.actor import Role
from domains.kernel.database import Row
from domains.matching.events import needs, orders, shortages
from domains.matching.queries import telling as exchange
from domains.matching.values.needs import NeedState
from domains.matching.values.orders import (
    ServiceOfferState,
    ServiceOrderState,
    ServicePlaceState,
)
from domains.membership.queries import addressees
from domains.notifications.audiences import people
from domains.notifications.kinds.kind import EACH_TIME, LOUDEST, Heard, NoticeKind, Text
from domains.notifications.telling import Facts, Telling, Value
from domains.notifications.values import Category, Locale, ReasonCode, Urgency, VariableKind

TEXT, DATETIME, MINUTES = VariableKind.TEXT, VariableKind.DATETIME, VariableKind.MINUTES
A_WEEK = timedelta(days=7)
_TITLE: Mapping[str, VariableKind] = {"title": TEXT}
_REASONED: Mapping[str, VariableKind] = {"title": TEXT, "reason": TEXT}
_WHEN: Mapping[str, VariableKind] = {"title": TEXT, "starts_at": DATETIME, "place": TEXT}
_GONE = frozenset(
    {ServiceOrderState.CANCELLED, ServiceOrderState.REJECTED, ServiceOrderState.CLOSED}
)


async def _need(telling: Telling) -> Facts | None:
    """Say which need."""
    row = await exchange.need_to_tell(telling.subject_id)
    return None if row is None else Facts({"title": row["title"]})


async def _to_verify(telling: Telling) -> Facts | None:
    """Say which need waits, as long as it does."""
    row = await exchange.need_to_tell(telling.subject_id)
    if row is None or row["state"] != NeedState.SUBMITTED:
        return None
    return Facts({"title": row["title"]})


async def _reason(telling: Telling) -> Facts | None:
    """Say why a need goes no further."""
    row = await exchange.need_to_tell(telling.subject_id)
    return None if row is None else Facts({"title": row["title"], "reason": row["reason"] or "—"})


def _when(row: Row) -> dict[str, Value]:
    return {
        "title": row["title"],
        "starts_at": row["starts_at"].isoformat(),
        "place": row["place"],
    }


async def _order(telling: Telling) -> Facts | None:
    """Say what, when and roughly where, as long as it is ahead."""
    row = await exchange.order_to_tell(telling.id("order_id"))
    if row is None or row["state"] in _GONE:
        return None
    return Facts(_when(row), until=row["starts_at"])


async def _offer(telling: Telling) -> Facts | None:
    """Say what is asked and until when it may be answered, as long as it may."""
    offer = await exchange.offer_to_tell(telling.id("offer_id"))
    row = await exchange.order_to_tell(telling.id("order_id"))
    if offer is None or row is None or offer["state"] != ServiceOfferState.OFFERED:
        return None
    answer_by = offer["answer_by"]
    return Facts({**_when(row), "answer_by": answer_by.isoformat()}, until=answer_by)


async def _given(telling: Telling) -> Facts | None:
    """Say which service, once it was."""
    row = await exchange.order_to_tell(telling.id("order_id"))
    return None if row is None else Facts(_when(row))


async def _confirm(telling: Telling) -> Facts | None:
    """Say until when a service is to be confirmed, as long as it waits for that."""
    place = await exchange.place_to_tell(telling.id("place_id"))
    row = await exchange.order_to_tell(telling.id("order_id"))
    if place is None or row is None or place["state"] != ServicePlaceState.COMPLETED:
        return None
    return Facts(_when(row))


async def _credited(telling: Telling) -> Facts | None:
    """Say how long it was recorded to be."""
    row = await exchange.order_to_tell(telling.id("order_id"))
    if row is None:
        return None
    return Facts({"title": row["title"], "minutes": telling.payload["minutes"]})


async def _cancelled(telling: Telling) -> Facts | None:
    """Say which service is not given, and why."""
    row = await exchange.order_to_tell(telling.id("order_id"))
    if row is None:
        return None
    return Facts({**_when(row), "reason": row["move_reason"] or "—"})


async def _served_by_need(telling: Telling) -> list[UUID | None]:
    return await _around(await exchange.need_to_tell(telling.subject_id))


async def _served(telling: Telling) -> list[UUID | None]:
    return await _around(await exchange.order_to_tell(telling.id("order_id")))


async def _around(row: Row | None) -> list[UUID | None]:
    """Return who is served, who asked, and who helps with it.

    Who is told whatever the one served is told hears of it in that way, and not twice.
    """
    if row is None:
        return []
    told_too = {each["helper_id"] for each in await addressees.helpers_of([row["person_id"]])}
    others = [row["posted_by_id"], row["helper_id"]]
    return [row["person_id"], *(each for each in others if each not in told_too)]


async def _serving(telling: Telling) -> list[UUID | None]:
    return list(await exchange.people_at(telling.id("order_id")))


_asked = people.few(_served_by_need, ReasonCode.AUTHOR)
_served_people = people.few(_served, ReasonCode.CONCERNED)
_volunteer = people.person("person_id", ReasonCode.PARTICIPANT)
_volunteers = people.few(_serving, ReasonCode.PARTICIPANT)
_staff = people.holders(Role.COMMITTEE_MEMBER, Role.SOCIAL_WORKER, Role.GRID_WORKER)

KINDS = (
    NoticeKind(
        code="NEED_SUBMITTED",
        category=Category.DUTIES,
        subject_kind="need",
        hears=(Heard(needs.NeedSubmitted, "need_id"),),
        audience=_staff,
        resolve=_to_verify,
        variables=_TITLE,
        seconds=False,
        stale_after=A_WEEK,
        is_digestible=True,
        says={
            Locale.ZH_HANS: Text(
                "需求待核实:{title}",
                "居民提出需求「{title}」,请核实。",
            ),
            Locale.EN: Text(
                "To be verified: {title}",
                "A need waits: “{title}”.",
            ),
        },
    ),
    NoticeKind(
        code="NEED_VERIFIED",
        category=Category.SERVICE,
        subject_kind="need",
        hears=(Heard(needs.NeedVerified, "need_id"),),
        audience=_asked,
        resolve=_need,
        variables=_TITLE,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "需求已受理:{title}",
                "「{title}」已核实,正在寻找志愿者。",
            ),
            Locale.EN: Text(
                "Taken up: {title}",
                "“{title}” is verified; helpers are being found.",
            ),
        },
    ),
    NoticeKind(
        code="NEED_REJECTED",
        category=Category.SERVICE,
        subject_kind="need",
        hears=(Heard(needs.NeedRejected, "need_id"),),
        audience=_asked,
        resolve=_reason,
        variables=_REASONED,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "需求未受理:{title}",
                "「{title}」未予受理:{reason}",
            ),
            Locale.EN: Text(
                "Not taken up: {title}",
                "“{title}” was not taken up: {reason}",
            ),
        },
    ),
    NoticeKind(
        code="NEED_CANCELLED",
        category=Category.SERVICE,
        subject_kind="need",
        hears=(Heard(needs.NeedCancelled, "need_id"),),
        audience=_asked,
        resolve=_reason,
        variables=_REASONED,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "需求已取消:{title}",
                "「{title}」已取消:{reason}",
            ),
            Locale.EN: Text(
                "Cancelled: {title}",
                "“{title}” was cancelled: {reason}",
            ),
        },
    ),
    NoticeKind(
        code="NEED_UNMET",
        category=Category.SERVICE,
        subject_kind="need",
        hears=(Heard(needs.UnmetNeedFound, "need_id", slot="order_id"),),
        audience=people.together(_asked, _staff),
        resolve=_need,
        variables=_TITLE,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "暂未找到志愿者:{title}",
                "很抱歉,「{title}」本次未能找到足够的志愿者,社区将继续跟进。",
            ),
            Locale.EN: Text(
                "Nobody was found: {title}",
                "Not enough helpers were found for “{title}” this time; the community "
                "follows it up.",
            ),
        },
    ),
    NoticeKind(
        code="OFFER_MADE",
        category=Category.SERVICE,
        subject_kind="service_order",
        hears=(Heard(orders.OfferMade, "order_id", slot="offer_id"),),
        withdrawn_by=(
            Heard(orders.OfferWithdrawn, "order_id", slot="offer_id"),
            Heard(orders.OfferAnswered, "order_id", slot="offer_id"),
            Heard(orders.OfferExpired, "order_id", slot="offer_id"),
        ),
        audience=people.person("person_id", ReasonCode.MATCHED),
        resolve=_offer,
        variables={**_WHEN, "answer_by": DATETIME},
        says={
            Locale.ZH_HANS: Text(
                "请你提供服务:{title}",
                "{starts_at} 在{place}的「{title}」想请你帮忙,请在 {answer_by} 前答复,可以谢绝。",
            ),
            Locale.EN: Text(
                "You are asked: {title}",
                "“{title}”, {starts_at}, {place}: please answer by {answer_by}; you are free "
                "to decline.",
            ),
        },
    ),
    NoticeKind(
        code="OFFER_EXPIRING",
        category=Category.SERVICE,
        subject_kind="service_order",
        hears=(Heard(orders.OfferExpiring, "order_id", slot="offer_id"),),
        withdrawn_by=(
            Heard(orders.OfferWithdrawn, "order_id", slot="offer_id"),
            Heard(orders.OfferAnswered, "order_id", slot="offer_id"),
            Heard(orders.OfferExpired, "order_id", slot="offer_id"),
        ),
        audience=people.person("person_id", ReasonCode.MATCHED),
        resolve=_offer,
        variables={**_WHEN, "answer_by": DATETIME},
        urgency=Urgency.URGENT,
        says={
            Locale.ZH_HANS: Text(
                "邀请即将到期:{title}",
                "「{title}」({starts_at},{place})的邀请将于 {answer_by} 到期,请答复。",
            ),
            Locale.EN: Text(
                "Answer soon: {title}",
                "“{title}”, {starts_at}, {place}: your answer is awaited until {answer_by}.",
            ),
        },
    ),
    NoticeKind(
        code="OFFER_WITHDRAWN",
        category=Category.SERVICE,
        subject_kind="service_order",
        hears=(Heard(orders.OfferWithdrawn, "order_id", slot="offer_id"),),
        audience=_volunteer,
        resolve=_given,
        variables=_WHEN,
        stale_after=timedelta(days=1),
        says={
            Locale.ZH_HANS: Text(
                "邀请已撤回:{title}",
                "「{title}」({starts_at},{place})不再需要你帮忙,谢谢。",
            ),
            Locale.EN: Text(
                "No longer needed: {title}",
                "Thank you: “{title}”, {starts_at}, {place}, needs nobody more.",
            ),
        },
    ),
    NoticeKind(
        code="SERVICE_FILLED",
        category=Category.SERVICE,
        subject_kind="service_order",
        hears=(Heard(orders.OrderFilled, "order_id", slot=EACH_TIME),),
        withdrawn_by=(Heard(orders.OrderCancelled, "order_id"),),
        audience=_served_people,
        resolve=_order,
        variables=_WHEN,
        says={
            Locale.ZH_HANS: Text(
                "已找到志愿者:{title}",
                "「{title}」已安排好,{starts_at} 上门({place})。",
            ),
            Locale.EN: Text(
                "Helpers were found: {title}",
                "“{title}” is arranged for {starts_at}, {place}.",
            ),
        },
    ),
    NoticeKind(
        code="SERVICE_PLACE_TAKEN",
        category=Category.SERVICE,
        subject_kind="service_order",
        hears=(Heard(orders.PlaceTaken, "order_id", slot="place_id"),),
        withdrawn_by=(Heard(orders.OrderCancelled, "order_id"),),
        audience=_volunteer,
        resolve=_order,
        variables=_WHEN,
        says={
            Locale.ZH_HANS: Text(
                "服务已确认:{title}",
                "你将参加 {starts_at} 在{place}的「{title}」,地址与注意事项可在服务单中查看。",
            ),
            Locale.EN: Text(
                "You are in: {title}",
                "“{title}”, {starts_at}, {place}: address and details are with the order.",
            ),
        },
    ),
    NoticeKind(
        code="SERVICE_PLACE_LEFT",
        category=Category.SERVICE,
        subject_kind="service_order",
        hears=(Heard(orders.PlaceLeft, "order_id", slot="place_id"),),
        audience=people.together(_served_people, _staff),
        resolve=_order,
        variables=_WHEN,
        says={
            Locale.ZH_HANS: Text(
                "志愿者退出:{title}",
                "{starts_at} 的「{title}」有志愿者退出,正在另行安排。",
            ),
            Locale.EN: Text(
                "A helper gave up: {title}",
                "“{title}”, {starts_at}: somebody else is being found.",
            ),
        },
    ),
    NoticeKind(
        code="SERVICE_TOMORROW",
        category=Category.SERVICE,
        subject_kind="service_order",
        hears=(Heard(orders.ServiceTomorrow, "order_id", slot="place_id"),),
        withdrawn_by=(Heard(orders.OrderCancelled, "order_id"),),
        audience=people.together(_volunteer, _served_people),
        resolve=_order,
        variables=_WHEN,
        says={
            Locale.ZH_HANS: Text(
                "明日服务:{title}",
                "{starts_at},{place}:「{title}」。",
            ),
            Locale.EN: Text(
                "Tomorrow: {title}",
                "“{title}”, {starts_at}, {place}.",
            ),
        },
    ),
    NoticeKind(
        code="SERVICE_SOON",
        category=Category.SERVICE,
        subject_kind="service_order",
        hears=(Heard(orders.ServiceStartsSoon, "order_id", slot="place_id"),),
        withdrawn_by=(Heard(orders.OrderCancelled, "order_id"),),
        audience=people.together(_volunteer, _served_people),
        resolve=_order,
        variables=_WHEN,
        urgency=Urgency.URGENT,
        says={
            Locale.ZH_HANS: Text(
                "服务即将开始:{title}",
                "{starts_at},{place}:「{title}」。",
            ),
            Locale.EN: Text(
                "Soon: {title}",
                "“{title}”, {starts_at}, {place}.",
            ),
        },
    ),
    NoticeKind(
        code="SERVICE_CONFIRM",
        category=Category.SERVICE,
        subject_kind="service_order",
        hears=(Heard(orders.ServiceToConfirm, "order_id", slot="place_id"),),
        withdrawn_by=(Heard(orders.ServiceConfirmed, "order_id", slot="place_id"),),
        audience=_served_people,
        resolve=_confirm,
        variables=_WHEN,
        says={
            Locale.ZH_HANS: Text(
                "请确认服务:{title}",
                "{starts_at} 的「{title}」已完成({place}),请确认。",
            ),
            Locale.EN: Text(
                "Please confirm: {title}",
                "“{title}” of {starts_at}, {place}, was given; please confirm it.",
            ),
        },
    ),
    NoticeKind(
        code="SERVICE_CONFIRM_OVERDUE",
        category=Category.DUTIES,
        subject_kind="service_order",
        hears=(Heard(orders.ServiceConfirmOverdue, "order_id", slot="place_id"),),
        withdrawn_by=(Heard(orders.ServiceConfirmed, "order_id", slot="place_id"),),
        audience=_staff,
        resolve=_confirm,
        variables=_WHEN,
        seconds=False,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "服务逾期未确认:{title}",
                "{starts_at} 的「{title}」({place})尚未确认,请跟进。",
            ),
            Locale.EN: Text(
                "Not confirmed: {title}",
                "“{title}” of {starts_at}, {place}, waits for somebody's word.",
            ),
        },
    ),
    NoticeKind(
        code="SERVICE_CREDITED",
        category=Category.SERVICE,
        subject_kind="service_order",
        hears=(Heard(orders.ServiceConfirmed, "order_id", slot="place_id"),),
        audience=_volunteer,
        resolve=_credited,
        variables={"title": TEXT, "minutes": MINUTES},
        says={
            Locale.ZH_HANS: Text(
                "服务已记录:{title}",
                "「{title}」记录服务时长 {minutes}。",
            ),
            Locale.EN: Text(
                "Recorded: {title}",
                "“{title}” was recorded with {minutes}.",
            ),
        },
    ),
    NoticeKind(
        code="SERVICE_RATE",
        category=Category.SERVICE,
        subject_kind="service_order",
        hears=(Heard(orders.ServiceToRate, "order_id", slot="place_id"),),
        audience=people.together(_volunteer, _served_people),
        resolve=_given,
        variables=_WHEN,
        stale_after=timedelta(days=14),
        is_digestible=True,
        says={
            Locale.ZH_HANS: Text(
                "请评价:{title}",
                "{starts_at} 的「{title}」({place})已完成,欢迎评价。",
            ),
            Locale.EN: Text(
                "How was it? {title}",
                "“{title}” of {starts_at}, {place}: say how it was.",
            ),
        },
    ),
    NoticeKind(
        code="SERVICE_NO_SHOW",
        category=Category.SERVICE,
        subject_kind="service_order",
        hears=(Heard(orders.VolunteerNoShow, "order_id", slot="place_id"),),
        audience=people.together(_volunteer, _staff),
        resolve=_given,
        variables=_WHEN,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "未到岗:{title}",
                "{starts_at} 的「{title}」({place})记为未到岗,如有误请提出。",
            ),
            Locale.EN: Text(
                "Not there: {title}",
                "For “{title}”, {starts_at}, {place}, you are noted not to have come; say so "
                "if that is wrong.",
            ),
        },
    ),
    NoticeKind(
        code="SERVICE_DISPUTED",
        category=Category.DUTIES,
        subject_kind="service_order",
        hears=(Heard(orders.ServiceDisputed, "order_id", slot="place_id"),),
        audience=_staff,
        resolve=_given,
        variables=_WHEN,
        seconds=False,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "服务有争议:{title}",
                "{starts_at} 的「{title}」({place})有争议,请处理。",
            ),
            Locale.EN: Text(
                "A dispute: {title}",
                "What is said of “{title}”, {starts_at}, {place}, is disputed.",
            ),
        },
    ),
    NoticeKind(
        code="SERVICE_ADJUDICATED",
        category=Category.SERVICE,
        subject_kind="service_order",
        hears=(Heard(orders.ServiceAdjudicated, "order_id", slot="place_id"),),
        audience=people.together(_volunteer, _served_people),
        resolve=_given,
        variables=_WHEN,
        is_legal=True,
        says={
            Locale.ZH_HANS: Text(
                "争议已处理:{title}",
                "{starts_at} 的「{title}」({place})的争议已处理,请查看结果。",
            ),
            Locale.EN: Text(
                "Decided: {title}",
                "The dispute about “{title}”, {starts_at}, {place}, has been decided.",
            ),
        },
    ),
    NoticeKind(
        code="SERVICE_CANCELLED",
        category=Category.SERVICE,
        subject_kind="service_order",
        hears=(Heard(orders.OrderCancelled, "order_id"),),
        audience=people.together(_volunteers, _served_people),
        resolve=_cancelled,
        variables={**_WHEN, "reason": TEXT},
        channels=LOUDEST,
        urgency=Urgency.URGENT,
        stale_after=timedelta(days=1),
        says={
            Locale.ZH_HANS: Text(
                "服务取消:{title}",
                "{starts_at} 的「{title}」({place})已取消:{reason}",
            ),
            Locale.EN: Text(
                "Cancelled: {title}",
                "“{title}”, {starts_at}, {place}, will not be given: {reason}",
            ),
        },
    ),
)

# Events of which nobody is told by a notice, and why.
UNTOLD: Mapping[type, str] = {
    needs.NeedChanged: "who is matched reads it again with the reminders",
    needs.NeedClosed: "each service was told of when it was given",
    shortages.ShortageFound: "the issue that is raised of it is told of",
    orders.OrderOpened: "it is on the list; who is asked is told by the offer",
    orders.OfferAnswered: "who asked is told when all are found, or that nobody was",
    orders.OfferExpired: "whoever did not answer knows; the next is asked",
    orders.ServiceBegun: "live only",
    orders.OrderConfirmed: "each part was told of",
    orders.OrderClosed: "nothing is left to be done",
}
