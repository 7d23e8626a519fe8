"""Registering where one is written to. Each result is the payload or the refusal."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.notifications.queries import addresses as queries
from domains.notifications.service import addresses
from schema import node
from schema.context import Info
from schema.errors import Refused, Throttled
from schema.notifications.addresses import NoticeAddress

Argument = strawberry.argument(description="What to do.")


@strawberry.input(description="A browser's push subscription, as PushSubscription.toJSON() has it.")
class SubscribeWebPushInput:
    """Endpoint and keys."""

    endpoint: str = strawberry.field(description="The address at the browser's push service.")
    p256dh: str = strawberry.field(description="The browser's public key, in base64url.")
    auth: str = strawberry.field(description="The browser's secret, in base64url.")


@strawberry.input(description="What wx.requestSubscribeMessage was answered with acceptance.")
class AcceptWechatTemplatesInput:
    """One message of each template, or any number where acceptance lasts."""

    code: str = strawberry.field(description="A fresh code of wx.login, by the same account.")
    template_ids: list[str] = strawberry.field(description="The templates accepted: 1 to 20.")
    idempotency_key: UUID = strawberry.field(
        description="A key of the client's own: the same command with it happens once."
    )


@strawberry.input(description="A mailbox to be written to.")
class RequestEmailCodeInput:
    """A code is sent there."""

    email: str = strawberry.field(description="The address.")


@strawberry.input(description="The code that came by mail.")
class VerifyEmailInput:
    """From then on the mailbox is written to."""

    code: str = strawberry.field(description="Six digits.")


@strawberry.input(description="An address of one's own to be given up.")
class RemoveNoticeAddressInput:
    """It is written to no more; a number that was given up is tried again."""

    address_id: strawberry.ID = strawberry.field(description="The address.")


@strawberry.type(description="The address as it stands now.")
class NoticeAddressPayload:
    """Masked, as its owner sees it."""

    address: NoticeAddress = strawberry.field(description="The address.")
    replayed: bool = strawberry.field(description="Whether this was done before with the same key.")


@strawberry.type(description="A code is on its way to the mailbox.")
class EmailCodeRequested:
    """How long it is valid, and when another may be asked for."""

    valid_for_s: int = strawberry.field(description="Seconds for which the code is valid.")
    next_after_s: int = strawberry.field(description="Seconds until another may be asked for.")


@strawberry.type(description="The address is gone.")
class NoticeAddressRemoved:
    """Which one it was."""

    address_id: strawberry.ID = strawberry.field(description="The address that was.")


SubscribeWebPushResult = Annotated[
    NoticeAddressPayload | Refused,
    strawberry.union("SubscribeWebPushResult", description="The browser, or why it was refused."),
]
AcceptWechatTemplatesResult = Annotated[
    NoticeAddressPayload | Refused,
    strawberry.union(
        "AcceptWechatTemplatesResult", description="The account, or why nothing was accepted."
    ),
]
RequestEmailCodeResult = Annotated[
    EmailCodeRequested | Throttled | Refused,
    strawberry.union("RequestEmailCodeResult", description="The code's times, or why none went."),
]
VerifyEmailResult = Annotated[
    NoticeAddressPayload | Throttled | Refused,
    strawberry.union("VerifyEmailResult", description="The mailbox, or why it was not proved."),
]
RemoveNoticeAddressResult = Annotated[
    NoticeAddressRemoved | Refused,
    strawberry.union("RemoveNoticeAddressResult", description="What is gone, or why nothing is."),
]


async def _payload(info: Info, address_id: UUID, *, replayed: bool = False) -> NoticeAddressPayload:
    (row,) = await queries.addresses_by_id(info.context.actor, [address_id])
    assert row is not None, "who registered an address sees it"
    return NoticeAddressPayload(address=NoticeAddress.of(row), replayed=replayed)


@strawberry.type
class NoticeAddressesMutation:
    """One's own addresses."""

    @strawberry.mutation(description="Be written to in this browser; safe to repeat.")
    async def subscribe_web_push(
        self, info: Info, input: Annotated[SubscribeWebPushInput, Argument]
    ) -> SubscribeWebPushResult:
        """Register the browser."""
        address_id = await addresses.subscribe_web_push(
            info.context.actor, endpoint=input.endpoint, p256dh=input.p256dh, auth=input.auth
        )
        return await _payload(info, address_id)

    @strawberry.mutation(description="Be written to by WeChat, by these templates.")
    async def accept_wechat_templates(
        self, info: Info, input: Annotated[AcceptWechatTemplatesInput, Argument]
    ) -> AcceptWechatTemplatesResult:
        """Link the account and count the acceptances."""
        address_id, replayed = await addresses.accept_wechat_templates(
            info.context.actor,
            code=input.code,
            template_codes=input.template_ids,
            idempotency_key=input.idempotency_key,
        )
        return await _payload(info, address_id, replayed=replayed)

    @strawberry.mutation(
        description="Have a code sent to a mailbox, to prove that it is one's own."
    )
    async def request_email_code(
        self, info: Info, input: Annotated[RequestEmailCodeInput, Argument]
    ) -> RequestEmailCodeResult:
        """Send it."""
        sent = await addresses.request_email_code(info.context.actor, email=input.email)
        return EmailCodeRequested(valid_for_s=sent.valid_for_s, next_after_s=sent.next_after_s)

    @strawberry.mutation(description="Give the code back: the mailbox is written to from now on.")
    async def verify_email(
        self, info: Info, input: Annotated[VerifyEmailInput, Argument]
    ) -> VerifyEmailResult:
        """Prove the mailbox."""
        return await _payload(
            info, await addresses.verify_email(info.context.actor, code=input.code)
        )

    @strawberry.mutation(description="Be written to no more at an address.")
    async def remove_notice_address(
        self, info: Info, input: Annotated[RemoveNoticeAddressInput, Argument]
    ) -> RemoveNoticeAddressResult:
        """Remove it."""
        uuid = node.decode("notice_address", input.address_id, path=("input", "addressId"))
        await addresses.remove_address(info.context.actor, uuid)
        return NoticeAddressRemoved(address_id=input.address_id)
