"""Opening accounts, giving and donating."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.timebank.service import accounts as service
from domains.timebank.service import giving
from domains.timebank.service.ledger import Moved
from domains.timebank.values import AccountKind
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.membership.types import reloaded
from schema.scalars import TimeMinutes
from schema.timebank.accounts import TimeAccount
from schema.timebank.inputs import Argument, Key, Replayed

# What an owner is a node of.
OWNERS = {AccountKind.HOUSEHOLD: "household", AccountKind.ORGANISATION: "organisation"}


@strawberry.input(description="An account to be opened: the open one, where there is one.")
class OpenTimeAccountInput:
    """Where, and whose."""

    community_id: strawberry.ID = strawberry.field(description="The community.")
    kind: AccountKind = strawberry.field(description="Whose: one's own unless told.")
    owner_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The household that one lives in, or the organisation that one runs.",
    )


@strawberry.input(description="Minutes to be given.")
class GiveMinutesInput:
    """From where, to where, how many."""

    from_id: strawberry.ID = strawberry.field(description="An account of the caller's.")
    to_id: strawberry.ID = strawberry.field(description="The account that receives.")
    minutes: TimeMinutes = strawberry.field(description="How many, 1 to 600,000.")
    memo: str = strawberry.field(default="", description="A word with it, 200 characters at most.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="Minutes to be donated to the community's pool.")
class DonateMinutesInput:
    """From where, and how many."""

    from_id: strawberry.ID = strawberry.field(description="An account of the caller's.")
    minutes: TimeMinutes = strawberry.field(description="How many, 1 to 600,000.")
    memo: str = strawberry.field(default="", description="A word with it, 200 characters at most.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.type(description="The account, as it is now.")
class TimeAccountPayload:
    """What was opened or changed."""

    account: TimeAccount = strawberry.field(description="The account.")


@strawberry.type(description="Minutes moved.")
class MinutesMoved:
    """The transfer, and the giver's account afterwards."""

    transfer_id: strawberry.ID = strawberry.field(description="The transfer.")
    account: TimeAccount = strawberry.field(description="The account that they came from.")
    replayed: bool = strawberry.field(default=False, description=Replayed)


OpenTimeAccountResult = Annotated[
    TimeAccountPayload | Refused,
    strawberry.union("OpenTimeAccountResult", description="The account, or why there is none."),
]
GiveMinutesResult = Annotated[
    MinutesMoved | Refused,
    strawberry.union("GiveMinutesResult", description="What moved, or why nothing did."),
]
DonateMinutesResult = Annotated[
    MinutesMoved | Refused,
    strawberry.union("DonateMinutesResult", description="What moved, or why nothing did."),
]


async def loaded(info: Info, account_id: UUID) -> TimeAccount:
    """Load an account that the command has just acted on."""
    account = await reloaded(info, TimeAccount.load, account_id)
    assert account is not None, "who may act on an account sees it"
    return account


@strawberry.type
class TimeAccountsMutation:
    """What holders do."""

    @strawberry.mutation(description="Open an account in a community; the open one if there is.")
    async def open_time_account(
        self, info: Info, input: Annotated[OpenTimeAccountInput, Argument]
    ) -> OpenTimeAccountResult:
        """Open it."""
        owner_kind = OWNERS.get(input.kind, "person")
        account_id = await service.open_time_account(
            info.context.actor,
            node.decode("area", input.community_id, path=("input", "communityId")),
            kind=input.kind,
            owner_id=node.decode_optional(owner_kind, input.owner_id, path=("input", "ownerId")),
        )
        return TimeAccountPayload(account=await loaded(info, account_id))

    @strawberry.mutation(
        description="Give minutes to a relative, a household, somebody in need: as the scheme lets."
    )
    async def give_minutes(
        self, info: Info, input: Annotated[GiveMinutesInput, Argument]
    ) -> GiveMinutesResult:
        """Give them."""
        from_id = node.decode("time_account", input.from_id, path=("input", "fromId"))
        moved = await giving.give_minutes(
            info.context.actor,
            from_id,
            node.decode("time_account", input.to_id, path=("input", "toId")),
            minutes=input.minutes,
            memo=input.memo,
            idempotency_key=input.idempotency_key,
        )
        return await _moved(info, from_id, moved)

    @strawberry.mutation(description="Donate minutes to the community's pool for those in need.")
    async def donate_minutes(
        self, info: Info, input: Annotated[DonateMinutesInput, Argument]
    ) -> DonateMinutesResult:
        """Donate them."""
        from_id = node.decode("time_account", input.from_id, path=("input", "fromId"))
        moved = await giving.donate_minutes(
            info.context.actor,
            from_id,
            minutes=input.minutes,
            memo=input.memo,
            idempotency_key=input.idempotency_key,
        )
        return await _moved(info, from_id, moved)


async def _moved(info: Info, from_id: UUID, moved: Moved) -> MinutesMoved:
    return MinutesMoved(
        transfer_id=node.encode("time_transfer", moved.transfer_id),
        account=await loaded(info, from_id),
        replayed=moved.replayed,
    )
