"""Adopting resolutions and following them. Each result is the payload or the refusal."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from domains.kernel.errors import InvalidInput
from domains.meetings.service import resolutions
from domains.meetings.service.resolutions import Progress, ResolutionDraft
from domains.meetings.values.issues import Satisfaction
from domains.meetings.values.resolutions import ResolutionSource
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.meetings.matters import Argument, HandlerInput, Key
from schema.meetings.resolutions import Resolution
from schema.membership.types import reloaded


@strawberry.input(description="What is to be done, by whom, by when.")
class AdoptResolutionInput:
    """Of which motion or item, and what."""

    motion_id: strawberry.ID | None = strawberry.field(
        default=None, description="The carried motion that it comes of; or an item."
    )
    item_id: strawberry.ID | None = strawberry.field(
        default=None, description="The agenda item that it comes of; or a motion."
    )
    title: str = strawberry.field(description="What it is about, 2 to 120 characters.")
    text: str = strawberry.field(description="What is to be done, 2 to 4,000 characters.")
    handler: HandlerInput = strawberry.field(description="Who does it.")
    due_on: date = strawberry.field(description="The last day to do it.")
    idempotency_key: UUID = strawberry.field(description=Key)

    def source(self) -> tuple[ResolutionSource, UUID]:
        """Hand where it comes from to the domain."""
        at = ("input", "itemId")
        if self.motion_id and not self.item_id:
            path = ("input", "motionId")
            return ResolutionSource.MOTION, node.decode("motion", self.motion_id, path=path)
        if self.item_id and not self.motion_id:
            item_id = node.decode("agendaItem", self.item_id, path=at)
            return ResolutionSource.AGENDA_ITEM, item_id
        raise InvalidInput(
            path=at, zh="须指明一项动议或一个议程项。", en="it names a motion or an agenda item."
        )


@strawberry.input(description="How far a resolution has been carried out.")
class ReportProgressInput:
    """Which, how far, and what shows it."""

    resolution_id: strawberry.ID = strawberry.field(description="The resolution.")
    text: str = strawberry.field(description="What was done, 2 to 2,000 characters.")
    percent: int = strawberry.field(description="How far, 0 to 100.")
    evidence_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Complete uploads of the caller's; nine at most."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A resolution that was carried out.")
class ReportResolutionDoneInput:
    """Which, how, and what shows it."""

    resolution_id: strawberry.ID = strawberry.field(description="The resolution.")
    text: str = strawberry.field(description="What was done, 2 to 2,000 characters.")
    evidence_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Complete uploads of the caller's; nine at most."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="What a resident found of a resolution that was reported as done.")
class EvaluateResolutionInput:
    """Which, whether it was kept, and how."""

    resolution_id: strawberry.ID = strawberry.field(description="The resolution.")
    kept: bool = strawberry.field(description="Whether it was kept.")
    satisfaction: Satisfaction = strawberry.field(description="How satisfied the caller is.")
    text: str = strawberry.field(default="", description="In words, 1,000 characters at most.")


@strawberry.input(description="A resolution that cannot be followed any more.")
class SetAsideResolutionInput:
    """Which, and why."""

    resolution_id: strawberry.ID = strawberry.field(description="The resolution.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters; everybody reads it.")


@strawberry.type(description="The resolution, as it is now.")
class ResolutionPayload:
    """What changed."""

    resolution: Resolution = strawberry.field(description="The resolution.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


AdoptResolutionResult = Annotated[
    ResolutionPayload | Refused,
    strawberry.union("AdoptResolutionResult", description="The resolution, or why there is none."),
]
ReportProgressResult = Annotated[
    ResolutionPayload | Refused,
    strawberry.union("ReportProgressResult", description="The resolution, or why not."),
]
ReportResolutionDoneResult = Annotated[
    ResolutionPayload | Refused,
    strawberry.union("ReportResolutionDoneResult", description="The resolution, or why not."),
]
EvaluateResolutionResult = Annotated[
    ResolutionPayload | Refused,
    strawberry.union("EvaluateResolutionResult", description="The resolution, or why not."),
]
SetAsideResolutionResult = Annotated[
    ResolutionPayload | Refused,
    strawberry.union("SetAsideResolutionResult", description="The resolution, or why it goes on."),
]


async def _payload(info: Info, resolution_id: UUID, *, replayed: bool = False) -> ResolutionPayload:
    resolution = await reloaded(info, Resolution.load, resolution_id)
    assert resolution is not None, "who changed a resolution sees it"
    return ResolutionPayload(resolution=resolution, replayed=replayed)


def _resolution_id(given: str) -> UUID:
    return node.decode("resolution", given, path=("input", "resolutionId"))


def _evidence(given: list[strawberry.ID]) -> tuple[UUID, ...]:
    at = ("input", "evidenceIds")
    return tuple(node.decode("upload", each, path=at) for each in given)


@strawberry.type
class ResolutionsMutation:
    """Following what was decided."""

    @strawberry.mutation(
        description="Write down what a carried motion, or an item that was dealt with, orders."
    )
    async def adopt_resolution(
        self, info: Info, input: Annotated[AdoptResolutionInput, Argument]
    ) -> AdoptResolutionResult:
        """What, who, by when."""
        kind, handler_id = input.handler.chosen()
        resolution_id, replayed = await resolutions.adopt_resolution(
            info.context.actor,
            input.source(),
            ResolutionDraft(input.title, input.text, kind, handler_id, input.due_on),
            idempotency_key=input.idempotency_key,
        )
        return await _payload(info, resolution_id, replayed=replayed)

    @strawberry.mutation(description="Tell how far a resolution has been carried out.")
    async def report_progress(
        self, info: Info, input: Annotated[ReportProgressInput, Argument]
    ) -> ReportProgressResult:
        """With what shows it."""
        resolution_id = _resolution_id(input.resolution_id)
        progress = Progress(input.text, input.percent, _evidence(input.evidence_ids))
        replayed = await resolutions.report_progress(
            info.context.actor, resolution_id, progress, idempotency_key=input.idempotency_key
        )
        return await _payload(info, resolution_id, replayed=replayed)

    @strawberry.mutation(description="Tell that a resolution was carried out.")
    async def report_resolution_done(
        self, info: Info, input: Annotated[ReportResolutionDoneInput, Argument]
    ) -> ReportResolutionDoneResult:
        """Residents then have the word."""
        resolution_id = _resolution_id(input.resolution_id)
        progress = Progress(input.text, 100, _evidence(input.evidence_ids))
        replayed = await resolutions.report_done(
            info.context.actor, resolution_id, progress, idempotency_key=input.idempotency_key
        )
        return await _payload(info, resolution_id, replayed=replayed)

    @strawberry.mutation(description="Say, as a resident, whether a resolution was kept.")
    async def evaluate_resolution(
        self, info: Info, input: Annotated[EvaluateResolutionInput, Argument]
    ) -> EvaluateResolutionResult:
        """Whoever raised the matter speaks first."""
        resolution_id = _resolution_id(input.resolution_id)
        await resolutions.evaluate_resolution(
            info.context.actor,
            resolution_id,
            kept=input.kept,
            satisfaction=input.satisfaction,
            text=input.text,
        )
        return await _payload(info, resolution_id)

    @strawberry.mutation(description="End a resolution that cannot be followed any more.")
    async def set_aside_resolution(
        self, info: Info, input: Annotated[SetAsideResolutionInput, Argument]
    ) -> SetAsideResolutionResult:
        """For a reason."""
        resolution_id = _resolution_id(input.resolution_id)
        await resolutions.set_aside(info.context.actor, resolution_id, reason=input.reason)
        return await _payload(info, resolution_id)
