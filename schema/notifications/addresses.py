"""Where the caller is written to, and by which channels notices go at all."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel import settings
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.notifications.channels import opening, web_push
from domains.notifications.queries import addresses, templates
from domains.notifications.values import OUTGOING, AddressState, Channel
from schema import node
from schema.context import Info
from schema.node import Node
from schema.notifications import enums as _enums  # noqa: F401  # describes the enums first


@strawberry.type(description="An address of the caller's own, masked.")
class NoticeAddress(Node):
    """Nobody else sees it, not even so."""

    channel: Channel = strawberry.field(description="The channel that writes to it.")
    state: AddressState = strawberry.field(description="Whether it is written to.")
    masked: str = strawberry.field(description="Enough of it for its owner to know it.")
    reason: str | None = strawberry.field(description="The provider's code, where it is blocked.")
    created_at: datetime = strawberry.field(description="When it was registered.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("notice_address", row["id"]),
            channel=Channel(row["channel"]),
            state=AddressState(row["state"]),
            masked=row["masked"],
            reason=row["reason"],
            created_at=row["created_at"],
        )


@strawberry.type(description="What the caller accepted of a WeChat template.")
class WechatConsent:
    """How many messages of it are left."""

    template_id: str = strawberry.field(description="WeChat's id of the template.")
    left: int | None = strawberry.field(
        description="How many messages may still come; null where the acceptance lasts."
    )


@strawberry.type(description="A channel, as this installation has it.")
class NoticeChannelInfo:
    """Whether notices go by it, and what a client needs to register."""

    channel: Channel = strawberry.field(description="The channel.")
    is_on: bool = strawberry.field(description="Whether notices go by it.")
    web_push_key: str | None = strawberry.field(
        description="The applicationServerKey that a browser subscribes with, for web push."
    )
    wechat_template_ids: list[str] = strawberry.field(
        description="The templates that a mini-program may ask consent for, for WeChat."
    )


@strawberry.type
class NoticeAddressesQuery:
    """One's own addresses, and the channels."""

    @strawberry.field(description="Where the caller is written to; empty where signed out.")
    async def my_notice_addresses(self, info: Info) -> list[NoticeAddress]:
        """Read them: a few at most."""
        rows = await addresses.my_addresses(info.context.actor)
        return [NoticeAddress.of(row) for row in rows]

    @strawberry.field(description="What the caller accepted of WeChat's templates and has left.")
    async def my_wechat_consents(self, info: Info) -> list[WechatConsent]:
        """Read them: one a template."""
        rows = await addresses.my_consents(info.context.actor)
        return [
            WechatConsent(template_id=row["template_code"], left=row["left_count"]) for row in rows
        ]

    @strawberry.field(description="The channels by which notices leave the house.")
    async def notice_channels(self, info: Info) -> list[NoticeChannelInfo]:
        """Tell of each whether it is on."""
        chosen = settings.current()
        on = opening.are_on(chosen)
        offered = await templates.wechat_templates() if Channel.WECHAT in on else []
        return [
            NoticeChannelInfo(
                channel=each,
                is_on=each in on,
                web_push_key=web_push.public_key(chosen)
                if each is Channel.WEB_PUSH and each in on
                else None,
                wechat_template_ids=list(offered) if each is Channel.WECHAT else [],
            )
            for each in OUTGOING
        ]


async def _addresses(actor: Actor, ids: list[UUID]) -> list[NoticeAddress | None]:
    rows = await addresses.addresses_by_id(actor, ids)
    return [None if row is None else NoticeAddress.of(row) for row in rows]


node.register("notice_address", _addresses)
