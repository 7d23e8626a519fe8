"""What becomes of service records."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.volunteering.service import confirming
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.membership.types import reloaded
from schema.volunteering.inputs import Argument
from schema.volunteering.records import ServiceRecord


@strawberry.input(description="A record to be confirmed.")
class ConfirmServiceRecordInput:
    """Which; by somebody other than the volunteer."""

    record_id: strawberry.ID = strawberry.field(description="The record.")


@strawberry.type(description="The record, as things stand now.")
class ServiceRecordPayload:
    """What was dealt with."""

    record: ServiceRecord | None = strawberry.field(description="The record.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


ConfirmServiceRecordResult = Annotated[
    ServiceRecordPayload | Refused,
    strawberry.union("ConfirmServiceRecordResult", description="The record, or why not."),
]


def record_of(text: str) -> UUID:
    """Return the record that an input names; raises NotFound."""
    return node.decode("service_record", text, path=("input", "recordId"))


async def record_payload(
    info: Info, record_id: UUID, *, replayed: bool = False
) -> ServiceRecordPayload:
    """Show a record to who has just dealt with it."""
    record = await reloaded(info, ServiceRecord.load, record_id)
    return ServiceRecordPayload(record=record, replayed=replayed)


@strawberry.type
class ServiceRecordsMutation:
    """From a record to its end."""

    @strawberry.mutation(
        description="Confirm that the service was given. With enough confirmations its minutes"
        " are credited, unless a rule puts the record under review."
    )
    async def confirm_service_record(
        self, info: Info, input: Annotated[ConfirmServiceRecordInput, Argument]
    ) -> ConfirmServiceRecordResult:
        """Confirm it."""
        record_id = await confirming.confirm_record(info.context.actor, record_of(input.record_id))
        return await record_payload(info, record_id)
