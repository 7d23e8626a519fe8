"""What becomes of service records."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domains.volunteering.service import back_entry, confirming, contests, revoking
from domains.volunteering.service.back_entry import BackEntry
from domains.volunteering.service.revoking import Correction
from schema import node
from schema.context import Info
from schema.errors import Outdated, Refused
from schema.membership.types import reloaded
from schema.volunteering.inputs import Argument, Key
from schema.volunteering.records import ServiceRecord


@strawberry.input(description="A record to be confirmed.")
class ConfirmServiceRecordInput:
    """Which; by somebody other than the volunteer."""

    record_id: strawberry.ID = strawberry.field(description="The record.")


@strawberry.input(description="Service that nobody checked in to.")
class EnterServiceRecordInput:
    """Whose, in what, from when to when, and why it comes so late."""

    activity_id: strawberry.ID = strawberry.field(description="The activity.")
    volunteer_id: strawberry.ID = strawberry.field(description="The volunteer.")
    started_at: datetime = strawberry.field(description="From when.")
    ended_at: datetime = strawberry.field(description="To when; never in the future.")
    content: str = strawberry.field(description="What was done, 2 to 2,000 characters.")
    reason: str = strawberry.field(description="Why it was not checked in, 2 to 500 characters.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A record that was not confirmed in time.")
class MoveRecordToBackEntryInput:
    """Which, and why."""

    record_id: strawberry.ID = strawberry.field(description="The record.")
    reason: str = strawberry.field(description="Why it was not confirmed, 2 to 500 characters.")


@strawberry.input(description="The approval of what another entered back.")
class ApproveServiceRecordInput:
    """Which, whether, and why."""

    record_id: strawberry.ID = strawberry.field(description="The record.")
    accepted: bool = strawberry.field(description="Whether it is approved; else it is revoked.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")


@strawberry.input(description="The end of a record's review.")
class SettleRecordReviewInput:
    """Which, how, and why; by somebody who had no part in it."""

    record_id: strawberry.ID = strawberry.field(description="The record.")
    cleared: bool = strawberry.field(description="Whether it goes on; else it is revoked.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")


@strawberry.input(description="How good a service was.")
class RateServiceRecordInput:
    """Once; by somebody other than the volunteer."""

    record_id: strawberry.ID = strawberry.field(description="The record.")
    quality: int = strawberry.field(description="1 to 5, 5 is best.")


@strawberry.input(description="That a record is not right.")
class ContestServiceRecordInput:
    """Which, and why."""

    record_id: strawberry.ID = strawberry.field(description="The record.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")


@strawberry.input(description="What a record shall say instead.")
class RecordCorrectionInput:
    """The whole of it, and why."""

    started_at: datetime = strawberry.field(description="From when.")
    ended_at: datetime = strawberry.field(description="To when.")
    content: str = strawberry.field(description="What was done, 2 to 2,000 characters.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")

    def correction(self) -> Correction:
        """Hand it to the domain."""
        return Correction(self.started_at, self.ended_at, self.content, self.reason)


@strawberry.input(description="The answer to a contest.")
class AnswerRecordContestInput:
    """A contest that is upheld corrects or revokes the record with the answer."""

    contest_id: strawberry.ID = strawberry.field(description="The contest.")
    upheld: bool = strawberry.field(description="Whether it is right.")
    answer: str = strawberry.field(description="The answer, 2 to 500 characters.")
    correction: RecordCorrectionInput | None = strawberry.field(
        default=None, description="What the record shall say instead."
    )
    revoke: bool = strawberry.field(default=False, description="Whether it does not stand.")


@strawberry.input(description="A correction of a record.")
class CorrectServiceRecordInput:
    """Which, what, and the version that was read."""

    record_id: strawberry.ID = strawberry.field(description="The record.")
    correction: RecordCorrectionInput = strawberry.field(description="What it shall say.")
    expected_version: int = strawberry.field(description="The version that the caller read.")


@strawberry.input(description="A record that does not stand.")
class RevokeServiceRecordInput:
    """Which, and why."""

    record_id: strawberry.ID = strawberry.field(description="The record.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")


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
EnterServiceRecordResult = Annotated[
    ServiceRecordPayload | Refused,
    strawberry.union("EnterServiceRecordResult", description="The record, or why not."),
]
MoveRecordToBackEntryResult = Annotated[
    ServiceRecordPayload | Refused,
    strawberry.union("MoveRecordToBackEntryResult", description="The record, or why not."),
]
ApproveServiceRecordResult = Annotated[
    ServiceRecordPayload | Refused,
    strawberry.union("ApproveServiceRecordResult", description="The record, or why not."),
]
SettleRecordReviewResult = Annotated[
    ServiceRecordPayload | Refused,
    strawberry.union("SettleRecordReviewResult", description="The record, or why not."),
]
RateServiceRecordResult = Annotated[
    ServiceRecordPayload | Refused,
    strawberry.union("RateServiceRecordResult", description="The record, or why not."),
]
ContestServiceRecordResult = Annotated[
    ServiceRecordPayload | Refused,
    strawberry.union("ContestServiceRecordResult", description="The record, or why not."),
]
AnswerRecordContestResult = Annotated[
    ServiceRecordPayload | Refused,
    strawberry.union("AnswerRecordContestResult", description="The record, or why not."),
]
CorrectServiceRecordResult = Annotated[
    ServiceRecordPayload | Outdated | Refused,
    strawberry.union("CorrectServiceRecordResult", description="The record, or why not."),
]
RevokeServiceRecordResult = Annotated[
    ServiceRecordPayload | Refused,
    strawberry.union("RevokeServiceRecordResult", description="The record, or why not."),
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

    @strawberry.mutation(
        description="Enter service that nobody checked in to; another has to approve it."
    )
    async def enter_service_record(
        self, info: Info, input: Annotated[EnterServiceRecordInput, Argument]
    ) -> EnterServiceRecordResult:
        """Enter it."""
        given = BackEntry(
            activity_id=node.decode(
                "volunteer_activity", input.activity_id, path=("input", "activityId")
            ),
            volunteer_id=node.decode(
                "volunteer", input.volunteer_id, path=("input", "volunteerId")
            ),
            started_at=input.started_at,
            ended_at=input.ended_at,
            content=input.content,
            reason=input.reason,
        )
        record_id, replayed = await back_entry.enter_record(
            info.context.actor, given, idempotency_key=input.idempotency_key
        )
        return await record_payload(info, record_id, replayed=replayed)

    @strawberry.mutation(
        description="Let a record that was not confirmed in time wait for another's approval."
    )
    async def move_record_to_back_entry(
        self, info: Info, input: Annotated[MoveRecordToBackEntryInput, Argument]
    ) -> MoveRecordToBackEntryResult:
        """Move it."""
        record_id = await back_entry.move_to_back_entry(
            info.context.actor, record_of(input.record_id), reason=input.reason
        )
        return await record_payload(info, record_id)

    @strawberry.mutation(description="Approve what another entered back, or do not.")
    async def approve_service_record(
        self, info: Info, input: Annotated[ApproveServiceRecordInput, Argument]
    ) -> ApproveServiceRecordResult:
        """Approve it."""
        record_id = await back_entry.approve_record(
            info.context.actor,
            record_of(input.record_id),
            accepted=input.accepted,
            reason=input.reason,
        )
        return await record_payload(info, record_id)

    @strawberry.mutation(description="Decide about a record under review.")
    async def settle_record_review(
        self, info: Info, input: Annotated[SettleRecordReviewInput, Argument]
    ) -> SettleRecordReviewResult:
        """Decide it."""
        record_id = await contests.settle_review(
            info.context.actor,
            record_of(input.record_id),
            cleared=input.cleared,
            reason=input.reason,
        )
        return await record_payload(info, record_id)

    @strawberry.mutation(description="Say how good a confirmed service was, once.")
    async def rate_service_record(
        self, info: Info, input: Annotated[RateServiceRecordInput, Argument]
    ) -> RateServiceRecordResult:
        """Rate it."""
        record_id = await revoking.rate_record(
            info.context.actor, record_of(input.record_id), quality=input.quality
        )
        return await record_payload(info, record_id)

    @strawberry.mutation(
        description="Say that a record is not right; doing it again changes nothing."
    )
    async def contest_service_record(
        self, info: Info, input: Annotated[ContestServiceRecordInput, Argument]
    ) -> ContestServiceRecordResult:
        """Contest it."""
        record_id = record_of(input.record_id)
        await contests.contest_record(info.context.actor, record_id, reason=input.reason)
        return await record_payload(info, record_id)

    @strawberry.mutation(description="Answer a contest, and put right what is not.")
    async def answer_record_contest(
        self, info: Info, input: Annotated[AnswerRecordContestInput, Argument]
    ) -> AnswerRecordContestResult:
        """Answer it."""
        record_id = await contests.answer_contest(
            info.context.actor,
            node.decode("record_contest", input.contest_id, path=("input", "contestId")),
            upheld=input.upheld,
            answer=input.answer,
            correction=input.correction.correction() if input.correction else None,
            revoke=input.revoke,
        )
        return await record_payload(info, record_id)

    @strawberry.mutation(description="Correct a record by a new version.")
    async def correct_service_record(
        self, info: Info, input: Annotated[CorrectServiceRecordInput, Argument]
    ) -> CorrectServiceRecordResult:
        """Correct it."""
        record_id = await revoking.correct_record(
            info.context.actor,
            record_of(input.record_id),
            input.correction.correction(),
            expected_version=input.expected_version,
        )
        return await record_payload(info, record_id)

    @strawberry.mutation(description="Let a record not stand.")
    async def revoke_service_record(
        self, info: Info, input: Annotated[RevokeServiceRecordInput, Argument]
    ) -> RevokeServiceRecordResult:
        """Revoke it."""
        record_id = await revoking.revoke_record(
            info.context.actor, record_of(input.record_id), reason=input.reason
        )
        return await record_payload(info, record_id)
