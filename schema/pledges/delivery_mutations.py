"""Delivering what was promised: reports, delivery, acceptance, close and default."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.pledges import service
from domains.pledges.queries import delivery
from schema.context import Info
from schema.errors import Refused
from schema.pledges.delivery import PledgeReport
from schema.pledges.inputs import Argument, Key, PledgeReportInput
from schema.pledges.mutations import PledgePayload, pledge_of, pledge_payload


@strawberry.input(description="Progress to be reported.")
class ReportPledgeProgressInput:
    """Of which pledge, and what."""

    pledge_id: strawberry.ID = strawberry.field(description="The pledge.")
    report: PledgeReportInput = strawberry.field(description="The claim, with its evidence.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A delivery to be claimed.")
class DeliverPledgeInput:
    """Of which pledge, and what."""

    pledge_id: strawberry.ID = strawberry.field(description="The pledge.")
    report: PledgeReportInput = strawberry.field(
        description="The claim, with its evidence and what was achieved."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="Whether what was delivered is accepted.")
class AcceptPledgeInput:
    """Of which pledge, and how."""

    pledge_id: strawberry.ID = strawberry.field(description="The pledge.")
    accepted: bool = strawberry.field(description="Whether it is what was promised.")
    remark: str = strawberry.field(default="", description="Why, 500 characters at most.")


@strawberry.input(description="An accepted pledge, to be closed.")
class ClosePledgeInput:
    """Which, and what it came to."""

    pledge_id: strawberry.ID = strawberry.field(description="The pledge.")
    summary: str = strawberry.field(description="What it came to, 2 to 2,000 characters.")


@strawberry.input(description="A promise that is not kept.")
class DefaultPledgeInput:
    """Which, and why."""

    pledge_id: strawberry.ID = strawberry.field(description="The pledge.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters; everybody reads it.")


@strawberry.type(description="The report, as it is now.")
class PledgeReportPayload:
    """What was claimed."""

    report: PledgeReport = strawberry.field(description="The report.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


ReportPledgeProgressResult = Annotated[
    PledgeReportPayload | Refused,
    strawberry.union("ReportPledgeProgressResult", description="The report, or why there is none."),
]
DeliverPledgeResult = Annotated[
    PledgeReportPayload | Refused,
    strawberry.union("DeliverPledgeResult", description="The report, or why there is none."),
]
AcceptPledgeResult = Annotated[
    PledgePayload | Refused,
    strawberry.union(
        "AcceptPledgeResult", description="The pledge, or why the opinion was not taken."
    ),
]
ClosePledgeResult = Annotated[
    PledgePayload | Refused,
    strawberry.union("ClosePledgeResult", description="The pledge, or why it is not closed."),
]
DefaultPledgeResult = Annotated[
    PledgePayload | Refused,
    strawberry.union("DefaultPledgeResult", description="The pledge, or why it goes on."),
]


async def report_payload(
    info: Info, report_id: UUID, *, replayed: bool = False
) -> PledgeReportPayload:
    """Show a report to who has just dealt with it."""
    row = (await delivery.reports_by_id(info.context.actor, [report_id]))[0]
    assert row is not None, "who deals with a report sees it"
    return PledgeReportPayload(report=PledgeReport.of(row), replayed=replayed)


@strawberry.type
class PledgeDeliveryMutation:
    """From a promise to its end."""

    @strawberry.mutation(
        description="Report progress with evidence, and with it perhaps a milestone reached."
    )
    async def report_pledge_progress(
        self, info: Info, input: Annotated[ReportPledgeProgressInput, Argument]
    ) -> ReportPledgeProgressResult:
        """Report it."""
        pledge_id = pledge_of(input.pledge_id)
        report_id, replayed = await service.report_progress(
            info.context.actor,
            pledge_id,
            await input.report.draft(info, pledge_id),
            idempotency_key=input.idempotency_key,
        )
        return await report_payload(info, report_id, replayed=replayed)

    @strawberry.mutation(
        description="Claim that a pledge is delivered: milestones reached, target met, evidence."
    )
    async def deliver_pledge(
        self, info: Info, input: Annotated[DeliverPledgeInput, Argument]
    ) -> DeliverPledgeResult:
        """Claim it."""
        pledge_id = pledge_of(input.pledge_id)
        report_id, replayed = await service.deliver_pledge(
            info.context.actor,
            pledge_id,
            await input.report.draft(info, pledge_id),
            idempotency_key=input.idempotency_key,
        )
        return await report_payload(info, report_id, replayed=replayed)

    @strawberry.mutation(
        description="Say whether what was delivered is accepted; the rules name who may, and how"
        " many it takes."
    )
    async def accept_pledge(
        self, info: Info, input: Annotated[AcceptPledgeInput, Argument]
    ) -> AcceptPledgeResult:
        """Say it, once a delivery."""
        pledge_id = pledge_of(input.pledge_id)
        await service.accept_pledge(
            info.context.actor, pledge_id, accepted=input.accepted, remark=input.remark
        )
        return await pledge_payload(info, pledge_id)

    @strawberry.mutation(description="Close an accepted pledge, once no contest is open.")
    async def close_pledge(
        self, info: Info, input: Annotated[ClosePledgeInput, Argument]
    ) -> ClosePledgeResult:
        """Close it."""
        pledge_id = pledge_of(input.pledge_id)
        await service.close_pledge(info.context.actor, pledge_id, summary=input.summary)
        return await pledge_payload(info, pledge_id)

    @strawberry.mutation(description="Say that a promise is not kept, and why.")
    async def default_pledge(
        self, info: Info, input: Annotated[DefaultPledgeInput, Argument]
    ) -> DefaultPledgeResult:
        """Say it; it does not come back."""
        pledge_id = pledge_of(input.pledge_id)
        await service.default_pledge(info.context.actor, pledge_id, reason=input.reason)
        return await pledge_payload(info, pledge_id)
