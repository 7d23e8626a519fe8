"""What staff order and assess, and what relatives say, in the contract."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from domains.timebank.service import accounts as account_service
from domains.timebank.service import kin, needs, orders
from domains.timebank.service.orders import OrderDraft
from domains.timebank.values import OrderKind, Relation
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.membership.types import reloaded
from schema.scalars import TimeMinutes
from schema.timebank.accounts_mutations import TimeAccountPayload, loaded
from schema.timebank.inputs import Argument, Key, Replayed
from schema.timebank.staff import TimeNeed, TimeOrder, TimeRelative


@strawberry.input(description="A relative.")
class DeclareRelativeInput:
    """By their account, which they tell."""

    account_id: strawberry.ID = strawberry.field(description="The relative's account.")
    relation: Relation = strawberry.field(description="What they are to the caller.")


@strawberry.input(description="Which relative.")
class ConfirmRelativeInput:
    """What the other declared."""

    relative_id: strawberry.ID = strawberry.field(description="What was declared.")


@strawberry.input(description="Which relative.")
class EndRelativeInput:
    """What was declared."""

    relative_id: strawberry.ID = strawberry.field(description="What was declared.")


@strawberry.input(description="An assessment of need.")
class AssessNeedInput:
    """Whose, of which group, until when."""

    community_id: strawberry.ID = strawberry.field(description="The community.")
    person_id: strawberry.ID = strawberry.field(description="Whose need.")
    group: str = strawberry.field(description="The code of a group of the scheme.")
    valid_until: date = strawberry.field(description="The last day: within two years.")


@strawberry.input(description="Which assessment.")
class OpenNeedGroupInput:
    """Whose group is read."""

    need_id: strawberry.ID = strawberry.field(description="The assessment.")


@strawberry.input(description="A decision on an assessment.")
class DecideNeedInput:
    """Which, and whether."""

    need_id: strawberry.ID = strawberry.field(description="The assessment.")
    approved: bool = strawberry.field(description="Whether it is approved.")


@strawberry.input(description="Which assessment.")
class EndNeedInput:
    """What ends."""

    need_id: strawberry.ID = strawberry.field(description="The assessment.")


@strawberry.input(description="What is asked for.")
class ProposeTimeOrderInput:
    """Of which kind, over what, why."""

    community_id: strawberry.ID = strawberry.field(description="The community.")
    kind: OrderKind = strawberry.field(description="What for.")
    reason: str = strawberry.field(description="Why, 200 characters at most.")
    account_id: strawberry.ID | None = strawberry.field(
        default=None, description="The account that it is about; none for reversals, endowments."
    )
    other_id: strawberry.ID | None = strawberry.field(
        default=None, description="The account of the heir, or of who moved away."
    )
    transfer_id: strawberry.ID | None = strawberry.field(
        default=None, description="The transfer that is to be reversed."
    )
    shortfall_id: strawberry.ID | None = strawberry.field(
        default=None, description="What could not be taken back, to be settled or waived."
    )
    minutes: TimeMinutes | None = strawberry.field(
        default=None,
        description="How many, for adjustments, grants, endowments and settlements.",
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A decision on an order.")
class DecideTimeOrderInput:
    """Which, whether, why."""

    order_id: strawberry.ID = strawberry.field(description="The order.")
    approved: bool = strawberry.field(description="Whether it is carried out.")
    reason: str = strawberry.field(description="Why, 200 characters at most.")


@strawberry.input(description="An account to be suspended.")
class SuspendTimeAccountInput:
    """Which, and why."""

    account_id: strawberry.ID = strawberry.field(description="The account.")
    reason: str = strawberry.field(description="Why, 200 characters at most; the holder reads it.")


@strawberry.input(description="A suspension to be lifted.")
class LiftTimeSuspensionInput:
    """Whose."""

    account_id: strawberry.ID = strawberry.field(description="The account.")


@strawberry.type(description="The relative, as it is now.")
class TimeRelativePayload:
    """What was said."""

    relative: TimeRelative = strawberry.field(description="The relative.")


@strawberry.type(description="The assessment, as it is now.")
class TimeNeedPayload:
    """What changed."""

    need: TimeNeed = strawberry.field(description="The assessment.")


@strawberry.type(description="The group that somebody is in.")
class NeedGroupOpened:
    """What was read."""

    group: str = strawberry.field(description="Its code.")


@strawberry.type(description="The order, as it is now.")
class TimeOrderPayload:
    """What was asked for, or decided."""

    order: TimeOrder = strawberry.field(description="The order.")
    replayed: bool = strawberry.field(default=False, description=Replayed)


_RELATIVE = "The relative, or why not."
_NEED = "The assessment, or why not."
_ORDER = "The order, or why not."
DeclareRelativeResult = Annotated[
    TimeRelativePayload | Refused, strawberry.union("DeclareRelativeResult", description=_RELATIVE)
]
ConfirmRelativeResult = Annotated[
    TimeRelativePayload | Refused, strawberry.union("ConfirmRelativeResult", description=_RELATIVE)
]
EndRelativeResult = Annotated[
    TimeRelativePayload | Refused, strawberry.union("EndRelativeResult", description=_RELATIVE)
]
AssessNeedResult = Annotated[
    TimeNeedPayload | Refused, strawberry.union("AssessNeedResult", description=_NEED)
]
OpenNeedGroupResult = Annotated[
    NeedGroupOpened | Refused,
    strawberry.union("OpenNeedGroupResult", description="The group, or why not."),
]
DecideNeedResult = Annotated[
    TimeNeedPayload | Refused, strawberry.union("DecideNeedResult", description=_NEED)
]
EndNeedResult = Annotated[
    TimeNeedPayload | Refused, strawberry.union("EndNeedResult", description=_NEED)
]
ProposeTimeOrderResult = Annotated[
    TimeOrderPayload | Refused, strawberry.union("ProposeTimeOrderResult", description=_ORDER)
]
DecideTimeOrderResult = Annotated[
    TimeOrderPayload | Refused, strawberry.union("DecideTimeOrderResult", description=_ORDER)
]
SuspendTimeAccountResult = Annotated[
    TimeAccountPayload | Refused,
    strawberry.union("SuspendTimeAccountResult", description="The account, or why not."),
]
LiftTimeSuspensionResult = Annotated[
    TimeAccountPayload | Refused,
    strawberry.union("LiftTimeSuspensionResult", description="The account, or why not."),
]


async def _relative(info: Info, kinship_id: UUID) -> TimeRelativePayload:
    found = await reloaded(info, TimeRelative.load, kinship_id)
    assert found is not None, "either of the two sees it"
    return TimeRelativePayload(relative=found)


async def _need(info: Info, need_id: UUID) -> TimeNeedPayload:
    found = await reloaded(info, TimeNeed.load, need_id)
    assert found is not None, "who assesses or decides sees it"
    return TimeNeedPayload(need=found)


async def _order(info: Info, order_id: UUID, *, replayed: bool) -> TimeOrderPayload:
    found = await reloaded(info, TimeOrder.load, order_id)
    assert found is not None, "who asks or decides sees it"
    return TimeOrderPayload(order=found, replayed=replayed)


def _needed(text: str) -> UUID:
    return node.decode("time_need", text, path=("input", "needId"))


@strawberry.type
class TimeRelativesMutation:
    """What relatives say of one another."""

    @strawberry.mutation(description="Say that somebody is a relative; they are asked to confirm.")
    async def declare_relative(
        self, info: Info, input: Annotated[DeclareRelativeInput, Argument]
    ) -> DeclareRelativeResult:
        """Declare it."""
        account_id = node.decode("time_account", input.account_id, path=("input", "accountId"))
        made = await kin.declare_relative(info.context.actor, account_id, relation=input.relation)
        return await _relative(info, made)

    @strawberry.mutation(description="Agree to be the relative that somebody said one is.")
    async def confirm_relative(
        self, info: Info, input: Annotated[ConfirmRelativeInput, Argument]
    ) -> ConfirmRelativeResult:
        """Confirm it."""
        uuid = node.decode("time_relative", input.relative_id, path=("input", "relativeId"))
        await kin.confirm_relative(info.context.actor, uuid)
        return await _relative(info, uuid)

    @strawberry.mutation(description="End what was declared of one, or by one.")
    async def end_relative(
        self, info: Info, input: Annotated[EndRelativeInput, Argument]
    ) -> EndRelativeResult:
        """End it."""
        uuid = node.decode("time_relative", input.relative_id, path=("input", "relativeId"))
        await kin.end_relative(info.context.actor, uuid)
        return await _relative(info, uuid)


@strawberry.type
class TimeStaffMutation:
    """What who keeps the time bank does."""

    @strawberry.mutation(description="Assess somebody's need; another approves it.")
    async def assess_need(
        self, info: Info, input: Annotated[AssessNeedInput, Argument]
    ) -> AssessNeedResult:
        """Assess it."""
        made = await needs.assess_need(
            info.context.actor,
            node.decode("area", input.community_id, path=("input", "communityId")),
            node.decode("person", input.person_id, path=("input", "personId")),
            group=input.group,
            valid_until=input.valid_until,
        )
        return await _need(info, made)

    @strawberry.mutation(description="Read the group that somebody is in; the reading is audited.")
    async def open_need_group(
        self, info: Info, input: Annotated[OpenNeedGroupInput, Argument]
    ) -> OpenNeedGroupResult:
        """Read it."""
        return NeedGroupOpened(
            group=await needs.open_need_group(info.context.actor, _needed(input.need_id))
        )

    @strawberry.mutation(description="Approve an assessment or not; never one's own.")
    async def decide_need(
        self, info: Info, input: Annotated[DecideNeedInput, Argument]
    ) -> DecideNeedResult:
        """Decide it."""
        uuid = _needed(input.need_id)
        await needs.decide_need(info.context.actor, uuid, approved=input.approved)
        return await _need(info, uuid)

    @strawberry.mutation(description="End an assessment before its time.")
    async def end_need(self, info: Info, input: Annotated[EndNeedInput, Argument]) -> EndNeedResult:
        """End it."""
        uuid = _needed(input.need_id)
        await needs.end_need(info.context.actor, uuid)
        return await _need(info, uuid)

    @strawberry.mutation(
        description="Ask for a reversal, an adjustment, a grant, an endowment, a succession or a"
        " move; another approves it."
    )
    async def propose_time_order(
        self, info: Info, input: Annotated[ProposeTimeOrderInput, Argument]
    ) -> ProposeTimeOrderResult:
        """Ask."""
        at = "input"
        draft = OrderDraft(
            kind=input.kind,
            reason=input.reason,
            account_id=node.decode_optional(
                "time_account", input.account_id, path=(at, "accountId")
            ),
            other_id=node.decode_optional("time_account", input.other_id, path=(at, "otherId")),
            reverses_id=node.decode_optional(
                "time_transfer", input.transfer_id, path=(at, "transferId")
            ),
            shortfall_id=node.decode_optional(
                "time_shortfall", input.shortfall_id, path=(at, "shortfallId")
            ),
            minutes=input.minutes,
        )
        order_id, replayed = await orders.propose_order(
            info.context.actor,
            node.decode("area", input.community_id, path=(at, "communityId")),
            draft,
            idempotency_key=input.idempotency_key,
        )
        return await _order(info, order_id, replayed=replayed)

    @strawberry.mutation(description="Approve an order, which carries it out, or decline it.")
    async def decide_time_order(
        self, info: Info, input: Annotated[DecideTimeOrderInput, Argument]
    ) -> DecideTimeOrderResult:
        """Decide it."""
        uuid = node.decode("time_order", input.order_id, path=("input", "orderId"))
        _, replayed = await orders.decide_order(
            info.context.actor, uuid, approved=input.approved, reason=input.reason
        )
        return await _order(info, uuid, replayed=replayed)

    @strawberry.mutation(description="Let nothing be spent from an account or given to it.")
    async def suspend_time_account(
        self, info: Info, input: Annotated[SuspendTimeAccountInput, Argument]
    ) -> SuspendTimeAccountResult:
        """Suspend it."""
        uuid = node.decode("time_account", input.account_id, path=("input", "accountId"))
        await account_service.suspend_account(info.context.actor, uuid, reason=input.reason)
        return TimeAccountPayload(account=await loaded(info, uuid))

    @strawberry.mutation(description="Let a suspended account be used again.")
    async def lift_time_suspension(
        self, info: Info, input: Annotated[LiftTimeSuspensionInput, Argument]
    ) -> LiftTimeSuspensionResult:
        """Lift it."""
        uuid = node.decode("time_account", input.account_id, path=("input", "accountId"))
        await account_service.lift_suspension(info.context.actor, uuid)
        return TimeAccountPayload(account=await loaded(info, uuid))
