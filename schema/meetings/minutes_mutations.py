"""Keeping minutes. Each result is the minutes or a refusal."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.meetings.service import minutes as service
from domains.meetings.service import minutes_after
from schema import node
from schema.context import Info
from schema.errors import Outdated, Refused
from schema.meetings.minutes import Minutes
from schema.meetings.payloads import ARGUMENT
from schema.membership.types import reloaded

MEETING = "The meeting."
VERSION = "The version of the minutes that the caller has read."


@strawberry.input(description="Minutes to be drafted.")
class DraftMinutesInput:
    """Of which meeting."""

    meeting_id: strawberry.ID = strawberry.field(description="The meeting, which is over.")


@strawberry.input(description="A line to be told in other words.")
class EditMinutesLineInput:
    """Which, how, and why; what the log said stays beside it."""

    meeting_id: strawberry.ID = strawberry.field(description=MEETING)
    line_id: strawberry.ID = strawberry.field(description="The line; no remark.")
    text: str | None = strawberry.field(
        default=None, description="The words, 4,000 characters at most; null for the log's own."
    )
    reason: str = strawberry.field(description="Why, for all to read, 200 characters at most.")
    expected_version: int = strawberry.field(description=VERSION)


@strawberry.input(description="A remark of who keeps the minutes.")
class AddMinutesRemarkInput:
    """What, and where."""

    meeting_id: strawberry.ID = strawberry.field(description=MEETING)
    text: str = strawberry.field(description="What it says, 4,000 characters at most.")
    after_seq: int = strawberry.field(
        description="Behind which entry of the meeting's log it stands."
    )
    expected_version: int = strawberry.field(description=VERSION)


@strawberry.input(description="A remark to be taken out.")
class RemoveMinutesRemarkInput:
    """Which."""

    meeting_id: strawberry.ID = strawberry.field(description=MEETING)
    line_id: strawberry.ID = strawberry.field(description="The remark.")
    expected_version: int = strawberry.field(description=VERSION)


@strawberry.input(description="Minutes to be confirmed as they stand.")
class ConfirmMinutesInput:
    """Which version."""

    meeting_id: strawberry.ID = strawberry.field(description=MEETING)
    expected_version: int = strawberry.field(description=VERSION)


@strawberry.input(description="An objection to confirmed minutes.")
class ObjectToMinutesInput:
    """What is wrong in them."""

    meeting_id: strawberry.ID = strawberry.field(description=MEETING)
    text: str = strawberry.field(description="What is wrong, 1,000 characters at most.")


@strawberry.input(description="An objection to be answered.")
class DecideMinutesObjectionInput:
    """Whether it is right, and why."""

    objection_id: strawberry.ID = strawberry.field(description="The objection.")
    upheld: bool = strawberry.field(description="Whether it is right: then the draft is open.")
    answer: str = strawberry.field(description="The answer, 1,000 characters at most.")


@strawberry.input(description="Minutes to be made public.")
class PublishMinutesInput:
    """Of which meeting."""

    meeting_id: strawberry.ID = strawberry.field(description=MEETING)


@strawberry.type(description="The minutes as they are now.")
class MinutesPayload:
    """What changed."""

    minutes: Minutes = strawberry.field(description="The minutes.")


DraftMinutesResult = Annotated[
    MinutesPayload | Refused,
    strawberry.union("DraftMinutesResult", description="The minutes, or why there are none."),
]
EditMinutesLineResult = Annotated[
    MinutesPayload | Outdated | Refused,
    strawberry.union("EditMinutesLineResult", description="The minutes, or why they stand."),
]
AddMinutesRemarkResult = Annotated[
    MinutesPayload | Outdated | Refused,
    strawberry.union("AddMinutesRemarkResult", description="The minutes, or why they stand."),
]
RemoveMinutesRemarkResult = Annotated[
    MinutesPayload | Outdated | Refused,
    strawberry.union("RemoveMinutesRemarkResult", description="The minutes, or why they stand."),
]
ConfirmMinutesResult = Annotated[
    MinutesPayload | Outdated | Refused,
    strawberry.union("ConfirmMinutesResult", description="The minutes, or why not."),
]
ObjectToMinutesResult = Annotated[
    MinutesPayload | Refused,
    strawberry.union("ObjectToMinutesResult", description="The minutes, or why not."),
]
DecideMinutesObjectionResult = Annotated[
    MinutesPayload | Refused,
    strawberry.union("DecideMinutesObjectionResult", description="The minutes, or why not."),
]
PublishMinutesResult = Annotated[
    MinutesPayload | Refused,
    strawberry.union("PublishMinutesResult", description="The minutes, or why not yet."),
]


def _meeting(text: str) -> UUID:
    return node.decode("meeting", text, path=("input", "meetingId"))


def _line(text: str) -> UUID:
    return node.decode("minutesLine", text, path=("input", "lineId"))


async def _payload(info: Info, meeting_id: UUID) -> MinutesPayload:
    minutes = await reloaded(info, Minutes.load_of, meeting_id)
    assert minutes is not None, "who keeps or confirms minutes sees them"
    return MinutesPayload(minutes=minutes)


@strawberry.type
class MinutesMutation:
    """From draft to publication."""

    @strawberry.mutation(
        description="Draft the minutes of a meeting from its log; twice is once, and the worker"
        " does so where nobody does."
    )
    async def draft_minutes(
        self, info: Info, input: Annotated[DraftMinutesInput, ARGUMENT]
    ) -> DraftMinutesResult:
        """Draft them."""
        meeting_id = _meeting(input.meeting_id)
        await service.draft(info.context.actor, meeting_id)
        return await _payload(info, meeting_id)

    @strawberry.mutation(description="Tell a line in other words, for a stated reason.")
    async def edit_minutes_line(
        self, info: Info, input: Annotated[EditMinutesLineInput, ARGUMENT]
    ) -> EditMinutesLineResult:
        """Edit it."""
        meeting_id = _meeting(input.meeting_id)
        await service.edit_line(
            info.context.actor,
            meeting_id,
            _line(input.line_id),
            text=input.text,
            reason=input.reason,
            expected_version=input.expected_version,
        )
        return await _payload(info, meeting_id)

    @strawberry.mutation(description="Add a remark in a block of its own.")
    async def add_minutes_remark(
        self, info: Info, input: Annotated[AddMinutesRemarkInput, ARGUMENT]
    ) -> AddMinutesRemarkResult:
        """Add it."""
        meeting_id = _meeting(input.meeting_id)
        await service.add_remark(
            info.context.actor,
            meeting_id,
            text=input.text,
            after_seq=input.after_seq,
            expected_version=input.expected_version,
        )
        return await _payload(info, meeting_id)

    @strawberry.mutation(description="Take a remark out again.")
    async def remove_minutes_remark(
        self, info: Info, input: Annotated[RemoveMinutesRemarkInput, ARGUMENT]
    ) -> RemoveMinutesRemarkResult:
        """Take it out."""
        meeting_id = _meeting(input.meeting_id)
        await service.remove_remark(
            info.context.actor,
            meeting_id,
            _line(input.line_id),
            expected_version=input.expected_version,
        )
        return await _payload(info, meeting_id)

    @strawberry.mutation(
        description="Confirm minutes as they stand; once all whom the rules name have, they close."
    )
    async def confirm_minutes(
        self, info: Info, input: Annotated[ConfirmMinutesInput, ARGUMENT]
    ) -> ConfirmMinutesResult:
        """Confirm them."""
        meeting_id = _meeting(input.meeting_id)
        await minutes_after.confirm(
            info.context.actor, meeting_id, expected_version=input.expected_version
        )
        return await _payload(info, meeting_id)

    @strawberry.mutation(description="Object to confirmed minutes, as one who was there.")
    async def object_to_minutes(
        self, info: Info, input: Annotated[ObjectToMinutesInput, ARGUMENT]
    ) -> ObjectToMinutesResult:
        """Object."""
        meeting_id = _meeting(input.meeting_id)
        await minutes_after.file_objection(info.context.actor, meeting_id, text=input.text)
        return await _payload(info, meeting_id)

    @strawberry.mutation(description="Answer an objection; upheld, the minutes are a draft again.")
    async def decide_minutes_objection(
        self, info: Info, input: Annotated[DecideMinutesObjectionInput, ARGUMENT]
    ) -> DecideMinutesObjectionResult:
        """Decide it."""
        objection_id = node.decode(
            "minutesObjection", input.objection_id, path=("input", "objectionId")
        )
        meeting_id = await minutes_after.decide_objection(
            info.context.actor, objection_id, upheld=input.upheld, answer=input.answer
        )
        return await _payload(info, meeting_id)

    @strawberry.mutation(
        description="Make confirmed minutes public once nobody can object any more; the worker"
        " does so where nobody does."
    )
    async def publish_minutes(
        self, info: Info, input: Annotated[PublishMinutesInput, ARGUMENT]
    ) -> PublishMinutesResult:
        """Publish them."""
        meeting_id = _meeting(input.meeting_id)
        await minutes_after.publish(info.context.actor, meeting_id)
        return await _payload(info, meeting_id)
