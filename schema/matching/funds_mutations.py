"""Moving purpose-bound money: every movement is an entry that stands."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from domains.matching.service import funds, spending
from domains.matching.service.funds import FundDraft, IncomeDraft, PromiseDraft
from domains.matching.service.spending import Movement, SpendingDraft
from domains.matching.values.funds import FundKind, PayeeKind
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.matching.funds import Fund, Spending
from schema.membership.types import reloaded
from schema.scalars import Fen
from schema.volunteering.inputs import Argument, Key

_FUND = "The fund."
_WHY_NOT = "The fund, or why not."
_PROOF = "The proof, an upload of the caller's that proves nothing else."


@strawberry.input(description="A fund to be opened.")
class OpenFundInput:
    """Its purpose and conditions never change."""

    area_id: strawberry.ID = strawberry.field(description="Where it is for.")
    kind: FundKind = strawberry.field(description="What kind of fund.")
    name: str = strawberry.field(description="What it is called, 2 to 80 characters.")
    purpose: str = strawberry.field(description="What the money is for, 2 to 500 characters.")
    keeper_id: strawberry.ID = strawberry.field(
        description="The organisation that keeps the account."
    )
    service_classes: list[ServiceClass] = strawberry.field(
        default_factory=list, description="The kinds of service that it is for; all, if none."
    )
    project_id: strawberry.ID | None = strawberry.field(
        default=None, description="The one project that it is for."
    )
    most_per_project_fen: Fen | None = strawberry.field(
        default=None, description="The most that a project gets of it."
    )
    most_percent: int | None = strawberry.field(
        default=None, description="The largest share of a project's budget that it covers."
    )
    chosen_only: bool = strawberry.field(
        default=False, description="Whether it is for projects only that a round has chosen."
    )
    idempotency_key: UUID = strawberry.field(description=Key)

    def draft(self) -> FundDraft:
        """Hand it to the domain."""
        return FundDraft(
            area_id=node.decode("area", self.area_id, path=("input", "areaId")),
            kind=self.kind,
            name=self.name,
            purpose=self.purpose,
            keeper_id=node.decode("organisation", self.keeper_id, path=("input", "keeperId")),
            service_classes=tuple(self.service_classes),
            project_id=node.decode_optional(
                "service_project", self.project_id, path=("input", "projectId")
            ),
            most_per_project_fen=self.most_per_project_fen,
            most_percent=self.most_percent,
            chosen_only=self.chosen_only,
        )


@strawberry.input(description="A fund to be closed.")
class CloseFundInput:
    """Once nothing is in it."""

    fund_id: strawberry.ID = strawberry.field(description=_FUND)


@strawberry.input(description="Money that has come in.")
class RecordFundIncomeInput:
    """With proof; of offered money, with its reservation."""

    fund_id: strawberry.ID = strawberry.field(description=_FUND)
    amount_fen: Fen = strawberry.field(description="How much.")
    source: str = strawberry.field(
        description="From whom, as everybody may know it, 2 to 120 characters."
    )
    proof_id: strawberry.ID = strawberry.field(description=_PROOF)
    reservation_id: strawberry.ID | None = strawberry.field(
        default=None, description="The delivered reservation of offered money that it is."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="Money that goes back to who had given it.")
class ReturnFundMoneyInput:
    """Of what is left, with proof."""

    fund_id: strawberry.ID = strawberry.field(description=_FUND)
    amount_fen: Fen = strawberry.field(description="How much.")
    said: str = strawberry.field(description="To whom and why, 2 to 300 characters.")
    proof_id: strawberry.ID = strawberry.field(description=_PROOF)
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A promise to add to what is given to another fund.")
class PromiseMatchingInput:
    """So many fen for each so many, up to a ceiling, from existing money."""

    fund_id: strawberry.ID = strawberry.field(description="The fund that adds, for matching.")
    to_fund_id: strawberry.ID = strawberry.field(description="The fund that it adds to.")
    adds_fen: Fen = strawberry.field(description="So many fen are added, 1,000,000 at most,")
    per_fen: Fen = strawberry.field(description="for each so many given, 1,000,000 at most.")
    ceiling_fen: Fen = strawberry.field(description="Up to how much.")
    until: date = strawberry.field(description="The last day.")


@strawberry.input(description="Money to be set aside for a line of a project's budget.")
class AllotMoneyInput:
    """For its purpose only."""

    fund_id: strawberry.ID = strawberry.field(description=_FUND)
    line_id: strawberry.ID = strawberry.field(description="The line.")
    amount_fen: Fen = strawberry.field(description="How much.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="Money that was set aside, and goes back to the fund.")
class ReleaseMoneyInput:
    """What is neither spent nor about to be."""

    fund_id: strawberry.ID = strawberry.field(description=_FUND)
    line_id: strawberry.ID = strawberry.field(description="The line.")
    amount_fen: Fen = strawberry.field(description="How much.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="Money that was paid.")
class EnterSpendingInput:
    """Somebody else approves it."""

    fund_id: strawberry.ID = strawberry.field(description="Of which fund's money.")
    line_id: strawberry.ID = strawberry.field(description="For which line of the budget.")
    amount_fen: Fen = strawberry.field(description="How much.")
    payee_kind: PayeeKind = strawberry.field(description="What kind of payee.")
    payee: str = strawberry.field(
        description="Who was paid, as everybody may know it, 2 to 120 characters."
    )
    purpose: str = strawberry.field(description="What for, 2 to 300 characters.")
    spent_on: date = strawberry.field(description="On which day.")
    proof_id: strawberry.ID = strawberry.field(description=_PROOF)
    idempotency_key: UUID = strawberry.field(description=Key)

    def draft(self) -> SpendingDraft:
        """Hand it to the domain."""
        return SpendingDraft(
            fund_id=_fund_of(self.fund_id),
            line_id=_line_of(self.line_id),
            amount_fen=self.amount_fen,
            payee_kind=self.payee_kind,
            payee=self.payee,
            purpose=self.purpose,
            spent_on=self.spent_on,
            proof_id=_proof_of(self.proof_id),
        )


@strawberry.input(description="What is said to a spending.")
class DecideSpendingInput:
    """By somebody else than who entered it."""

    spending_id: strawberry.ID = strawberry.field(description="The spending.")
    approves: bool = strawberry.field(description="Whether it goes into the books.")
    reason: str = strawberry.field(default="", description="Why; needed where it does not.")


@strawberry.input(description="Money that a payee paid back.")
class RefundSpendingInput:
    """With proof."""

    spending_id: strawberry.ID = strawberry.field(description="The spending.")
    amount_fen: Fen = strawberry.field(description="How much.")
    said: str = strawberry.field(description="Why, 2 to 300 characters.")
    proof_id: strawberry.ID = strawberry.field(description=_PROOF)
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.type(description="The fund, as things stand now.")
class FundPayload:
    """What was dealt with."""

    fund: Fund | None = strawberry.field(description=_FUND)
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


@strawberry.type(description="The spending, as things stand now.")
class SpendingPayload:
    """What was dealt with."""

    spending: Spending | None = strawberry.field(description="The spending.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


OpenFundResult = Annotated[
    FundPayload | Refused, strawberry.union("OpenFundResult", description=_WHY_NOT)
]
CloseFundResult = Annotated[
    FundPayload | Refused, strawberry.union("CloseFundResult", description=_WHY_NOT)
]
RecordFundIncomeResult = Annotated[
    FundPayload | Refused, strawberry.union("RecordFundIncomeResult", description=_WHY_NOT)
]
ReturnFundMoneyResult = Annotated[
    FundPayload | Refused, strawberry.union("ReturnFundMoneyResult", description=_WHY_NOT)
]
PromiseMatchingResult = Annotated[
    FundPayload | Refused, strawberry.union("PromiseMatchingResult", description=_WHY_NOT)
]
AllotMoneyResult = Annotated[
    FundPayload | Refused, strawberry.union("AllotMoneyResult", description=_WHY_NOT)
]
ReleaseMoneyResult = Annotated[
    FundPayload | Refused, strawberry.union("ReleaseMoneyResult", description=_WHY_NOT)
]
EnterSpendingResult = Annotated[
    SpendingPayload | Refused,
    strawberry.union("EnterSpendingResult", description="The spending, or why not."),
]
DecideSpendingResult = Annotated[
    SpendingPayload | Refused,
    strawberry.union("DecideSpendingResult", description="The spending, or why not."),
]
RefundSpendingResult = Annotated[
    SpendingPayload | Refused,
    strawberry.union("RefundSpendingResult", description="The spending, or why not."),
]


def _fund_of(text: str, field: str = "fundId") -> UUID:
    return node.decode("fund", text, path=("input", field))


def _line_of(text: str) -> UUID:
    return node.decode("budget_line", text, path=("input", "lineId"))


def _proof_of(text: str) -> UUID:
    return node.decode("upload", text, path=("input", "proofId"))


def _spending_of(text: str) -> UUID:
    return node.decode("spending", text, path=("input", "spendingId"))


async def _fund(info: Info, fund_id: UUID, *, replayed: bool = False) -> FundPayload:
    return FundPayload(fund=await reloaded(info, Fund.load, fund_id), replayed=replayed)


async def _spending(info: Info, spending_id: UUID, *, replayed: bool = False) -> SpendingPayload:
    found = await reloaded(info, Spending.load, spending_id)
    return SpendingPayload(spending=found, replayed=replayed)


@strawberry.type
class FundsMutation:
    """From the gift to the last fen spent."""

    @strawberry.mutation(description="Open a fund, with its purpose and conditions.")
    async def open_fund(
        self, info: Info, input: Annotated[OpenFundInput, Argument]
    ) -> OpenFundResult:
        """Open it."""
        fund_id, replayed = await funds.open_fund(
            info.context.actor, input.draft(), idempotency_key=input.idempotency_key
        )
        return await _fund(info, fund_id, replayed=replayed)

    @strawberry.mutation(description="Close a fund in which nothing is left.")
    async def close_fund(
        self, info: Info, input: Annotated[CloseFundInput, Argument]
    ) -> CloseFundResult:
        """Close it."""
        return await _fund(
            info, await funds.close_fund(info.context.actor, _fund_of(input.fund_id))
        )

    @strawberry.mutation(
        description="Record money that has come in; what others promised to add is added at once."
    )
    async def record_fund_income(
        self, info: Info, input: Annotated[RecordFundIncomeInput, Argument]
    ) -> RecordFundIncomeResult:
        """Record it."""
        fund_id = _fund_of(input.fund_id)
        draft = IncomeDraft(
            amount_fen=input.amount_fen,
            source=input.source,
            proof_id=_proof_of(input.proof_id),
            reservation_id=node.decode_optional(
                "resource_reservation", input.reservation_id, path=("input", "reservationId")
            ),
        )
        _, replayed = await funds.record_income(
            info.context.actor, fund_id, draft, idempotency_key=input.idempotency_key
        )
        return await _fund(info, fund_id, replayed=replayed)

    @strawberry.mutation(description="Give money that is left back to who had given it.")
    async def return_fund_money(
        self, info: Info, input: Annotated[ReturnFundMoneyInput, Argument]
    ) -> ReturnFundMoneyResult:
        """Give it back."""
        fund_id = _fund_of(input.fund_id)
        _, replayed = await funds.return_money(
            info.context.actor,
            fund_id,
            amount_fen=input.amount_fen,
            said=input.said,
            proof_id=_proof_of(input.proof_id),
            idempotency_key=input.idempotency_key,
        )
        return await _fund(info, fund_id, replayed=replayed)

    @strawberry.mutation(description="Promise to add to what is given to another fund from now on.")
    async def promise_matching(
        self, info: Info, input: Annotated[PromiseMatchingInput, Argument]
    ) -> PromiseMatchingResult:
        """Promise it."""
        fund_id = _fund_of(input.fund_id)
        draft = PromiseDraft(
            to_fund_id=_fund_of(input.to_fund_id, "toFundId"),
            adds_fen=input.adds_fen,
            per_fen=input.per_fen,
            ceiling_fen=input.ceiling_fen,
            until=input.until,
        )
        await funds.promise_matching(info.context.actor, fund_id, draft)
        return await _fund(info, fund_id)

    @strawberry.mutation(
        description="Set money aside for a line; only for its purpose, and only existing money."
    )
    async def allot_money(
        self, info: Info, input: Annotated[AllotMoneyInput, Argument]
    ) -> AllotMoneyResult:
        """Set it aside."""
        movement = Movement(_fund_of(input.fund_id), _line_of(input.line_id), input.amount_fen)
        _, replayed = await spending.allot(
            info.context.actor, movement, idempotency_key=input.idempotency_key
        )
        return await _fund(info, movement.fund_id, replayed=replayed)

    @strawberry.mutation(description="Give back to the fund what was set aside and not spent.")
    async def release_money(
        self, info: Info, input: Annotated[ReleaseMoneyInput, Argument]
    ) -> ReleaseMoneyResult:
        """Give it back."""
        movement = Movement(_fund_of(input.fund_id), _line_of(input.line_id), input.amount_fen)
        _, replayed = await spending.release(
            info.context.actor, movement, idempotency_key=input.idempotency_key
        )
        return await _fund(info, movement.fund_id, replayed=replayed)

    @strawberry.mutation(description="Enter money that was paid, for somebody else to approve.")
    async def enter_spending(
        self, info: Info, input: Annotated[EnterSpendingInput, Argument]
    ) -> EnterSpendingResult:
        """Enter it."""
        spending_id, replayed = await spending.enter_spending(
            info.context.actor, input.draft(), idempotency_key=input.idempotency_key
        )
        return await _spending(info, spending_id, replayed=replayed)

    @strawberry.mutation(
        description="Approve a spending, which is disclosed then, or refuse it; nobody their own."
    )
    async def decide_spending(
        self, info: Info, input: Annotated[DecideSpendingInput, Argument]
    ) -> DecideSpendingResult:
        """Decide."""
        spending_id = await spending.decide_spending(
            info.context.actor,
            _spending_of(input.spending_id),
            approves=input.approves,
            reason=input.reason,
        )
        return await _spending(info, spending_id)

    @strawberry.mutation(description="Take back into its line what a payee paid back.")
    async def refund_spending(
        self, info: Info, input: Annotated[RefundSpendingInput, Argument]
    ) -> RefundSpendingResult:
        """Take it back."""
        spending_id, replayed = await spending.refund_spending(
            info.context.actor,
            _spending_of(input.spending_id),
            amount_fen=input.amount_fen,
            said=input.said,
            proof_id=_proof_of(input.proof_id),
            idempotency_key=input.idempotency_key,
        )
        return await _spending(info, spending_id, replayed=replayed)
