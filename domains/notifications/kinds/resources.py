"""What is told of resources: verified, wanted, handed over, signed for."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from domains.kernel.actor import Role
from domains.matching.events import resources
from domains.matching.queries import telling as exchange
from domains.notifications.audiences import people
from domains.notifications.kinds.kind import Heard, NoticeKind, Text
from domains.notifications.telling import Facts, Telling
from domains.notifications.values import Category, Locale, ReasonCode, VariableKind

TEXT, DATETIME = VariableKind.TEXT, VariableKind.DATETIME
A_WEEK = timedelta(days=7)
_TITLE: Mapping[str, VariableKind] = {"title": TEXT}
_REASONED: Mapping[str, VariableKind] = {"title": TEXT, "reason": TEXT}
_HELD: Mapping[str, VariableKind] = {"title": TEXT, "expires_at": DATETIME}


async def _resource(telling: Telling) -> Facts | None:
    """Say which resource."""
    row = await exchange.resource_to_tell(telling.subject_id)
    return None if row is None else Facts({"title": row["title"]})


async def _resource_reason(telling: Telling) -> Facts | None:
    """Say why a resource was not taken."""
    row = await exchange.resource_to_tell(telling.subject_id)
    return None if row is None else Facts({"title": row["title"], "reason": row["reason"] or "—"})


async def _reservation(telling: Telling) -> Facts | None:
    """Say what is kept until when."""
    row = await exchange.reservation_to_tell(telling.id("reservation_id"))
    if row is None:
        return None
    return Facts({"title": row["title"], "expires_at": row["expires_at"].isoformat()})


async def _provider(telling: Telling) -> list[UUID | None]:
    row = await exchange.resource_to_tell(telling.subject_id)
    return [] if row is None else [row["provider_id"]]


async def _reserver(telling: Telling) -> list[UUID | None]:
    row = await exchange.reservation_to_tell(telling.id("reservation_id"))
    return [] if row is None else [row["reserved_by_id"]]


_provides = people.few(_provider, ReasonCode.AUTHOR)
_committee = people.holders(Role.COMMITTEE_MEMBER)

KINDS = (
    NoticeKind(
        code="RESOURCE_OFFERED",
        category=Category.DUTIES,
        subject_kind="resource",
        hears=(Heard(resources.ResourceOffered, "resource_id"),),
        audience=_committee,
        resolve=_resource,
        variables=_TITLE,
        stale_after=A_WEEK,
        seconds=False,
        is_digestible=True,
        says={
            Locale.ZH_HANS: Text(
                "资源待核实:{title}",
                "有人提供「{title}」,请核实。",
            ),
            Locale.EN: Text(
                "To be verified: {title}",
                "Somebody offers “{title}”.",
            ),
        },
    ),
    NoticeKind(
        code="RESOURCE_VERIFIED",
        category=Category.SERVICE,
        subject_kind="resource",
        hears=(Heard(resources.ResourceVerified, "resource_id"),),
        audience=_provides,
        resolve=_resource,
        variables=_TITLE,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "资源已核实:{title}",
                "你提供的「{title}」已核实,谢谢。",
            ),
            Locale.EN: Text(
                "Verified: {title}",
                "Thank you: “{title}” has been verified.",
            ),
        },
    ),
    NoticeKind(
        code="RESOURCE_REFUSED",
        category=Category.SERVICE,
        subject_kind="resource",
        hears=(Heard(resources.ResourceRefused, "resource_id"),),
        audience=_provides,
        resolve=_resource_reason,
        variables=_REASONED,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "资源未采纳:{title}",
                "你提供的「{title}」未采纳:{reason}",
            ),
            Locale.EN: Text(
                "Not taken: {title}",
                "“{title}” was not taken: {reason}",
            ),
        },
    ),
    NoticeKind(
        code="RESOURCE_RESERVED",
        category=Category.SERVICE,
        subject_kind="resource",
        hears=(Heard(resources.ResourceReserved, "resource_id", slot="reservation_id"),),
        audience=_provides,
        resolve=_reservation,
        variables=_HELD,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "资源被预约:{title}",
                "你提供的「{title}」被预约,请在 {expires_at} 前确认。",
            ),
            Locale.EN: Text(
                "It is wanted: {title}",
                "“{title}” is kept for somebody; stand by it until {expires_at}.",
            ),
        },
    ),
    NoticeKind(
        code="RESERVATION_EXPIRED",
        category=Category.SERVICE,
        subject_kind="resource",
        hears=(Heard(resources.ReservationExpired, "resource_id", slot="reservation_id"),),
        audience=people.few(_reserver, ReasonCode.AUTHOR),
        resolve=_resource,
        variables=_TITLE,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "预约过期:{title}",
                "「{title}」的预约未按时确认,已释放。",
            ),
            Locale.EN: Text(
                "No longer kept: {title}",
                "Nobody stood by what was kept of “{title}”.",
            ),
        },
    ),
    NoticeKind(
        code="RESOURCE_DELIVERED",
        category=Category.DUTIES,
        subject_kind="resource",
        hears=(Heard(resources.ResourceDelivered, "resource_id", slot="reservation_id"),),
        audience=people.few(_reserver, ReasonCode.RESPONSIBLE),
        resolve=_resource,
        variables=_TITLE,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "资源已交付,请签收:{title}",
                "「{title}」已交付,请签收。",
            ),
            Locale.EN: Text(
                "To be signed for: {title}",
                "“{title}” was handed over; please sign for it.",
            ),
        },
    ),
    NoticeKind(
        code="RESOURCE_RECEIPTED",
        category=Category.SERVICE,
        subject_kind="resource",
        hears=(Heard(resources.ResourceReceipted, "resource_id", slot="reservation_id"),),
        audience=_provides,
        resolve=_resource,
        variables=_TITLE,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "资源已签收:{title}",
                "你提供的「{title}」已签收,谢谢。",
            ),
            Locale.EN: Text(
                "It was received: {title}",
                "Thank you: “{title}” was signed for.",
            ),
        },
    ),
)

# Events of which nobody is told by a notice, and why.
UNTOLD: Mapping[type, str] = {
    resources.ResourceWithdrawn: "whoever withdrew it knows",
    resources.ResourceExpired: "its provider gave its last day",
    resources.ReservationReleased: "whoever gave it back knows",
    resources.ResourceCommitted: "it is told when it is handed over",
}
