"""Acting on the ballot box. Each result is the payload or the refusal."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domains.voting import queries, service
from domains.voting.rules import BallotForm, CountingRule
from domains.voting.service import OptionDraft, PollDraft
from domains.voting.values import PollMethod, Secrecy
from schema import node
from schema.context import Info
from schema.errors import Outdated, Refused
from schema.scalars import Fen
from schema.voting.types import Poll


@strawberry.input(description="An option of a choice.")
class PollOptionInput:
    """An option as its author writes it."""

    label: str = strawberry.field(description="Its words, 1 to 120 characters.")
    description: str = strawberry.field(default="", description="What it means.")
    cost_fen: Fen | None = strawberry.field(
        default=None, description="What a project of a budget costs, in fen."
    )


@strawberry.input(description="An exact share, like 1/2.")
class FractionInput:
    """A fraction."""

    numerator: int = strawberry.field(description="Above the line.")
    denominator: int = strawberry.field(description="Below the line.")


@strawberry.input(description="A poll as its author writes it.")
class PollDraftInput:
    """What can be written until it is published."""

    title: str = strawberry.field(description="The question, 2 to 120 characters.")
    body: str = strawberry.field(default="", description="What it is about.")
    method: PollMethod = strawberry.field(
        default=PollMethod.MOTION, description="What a ballot says."
    )
    secrecy: Secrecy = strawberry.field(
        default=Secrecy.SECRET, description="Who can know how somebody voted."
    )
    opens_at: datetime = strawberry.field(description="When ballots are taken from.")
    closes_at: datetime = strawberry.field(description="When they are taken no more.")
    rule_code: str = strawberry.field(
        default="COMMUNITY_CONSULTATION", description="The rule set to run under."
    )
    options: list[PollOptionInput] = strawberry.field(
        default_factory=list, description="The options of a choice; a motion has its own three."
    )
    least_choices: int = strawberry.field(
        default=1, description="The fewest options a ballot of a choice names; 0 lets it be blank."
    )
    most_choices: int | None = strawberry.field(
        default=None,
        description="The most options a ballot of a choice names: 1 unless told, and all of them"
        " where a rule of preference counts more than a single choice.",
    )
    counting_rule: CountingRule | None = strawberry.field(
        default=None, description="The rule that counts a poll of PREFERENCE."
    )
    ballot_form: BallotForm | None = strawberry.field(
        default=None,
        description="What its voters write; unless told, what the rule takes first.",
    )
    highest: int | None = strawberry.field(
        default=None,
        description="The best score, the number of grades, 1 to 15, or the most points for one"
        " project.",
    )
    minimum_score: int = strawberry.field(
        default=0, description="The score that a project of GREEDY_MINIMUM has to reach."
    )
    most_points: int | None = strawberry.field(
        default=None, description="The most points that a ballot gives to all projects together."
    )
    quorum: FractionInput | None = strawberry.field(
        default=None, description="A quorum of the poll's own, where the rule set lets it."
    )

    seats: int = strawberry.field(
        default=1, description="How many an election, or a rule of preference, chooses."
    )
    budget_fen: Fen | None = strawberry.field(
        default=None, description="What a budget has to spend, in fen."
    )

    def draft(self) -> PollDraft:
        """Hand it to the domain."""
        return PollDraft(
            title=self.title,
            body=self.body,
            method=self.method,
            secrecy=self.secrecy,
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            rule_code=self.rule_code,
            options=tuple(
                OptionDraft(each.label, each.description, each.cost_fen) for each in self.options
            ),
            least_choices=self.least_choices,
            most_choices=self.most_choices,
            quorum=(self.quorum.numerator, self.quorum.denominator) if self.quorum else None,
            seats=self.seats,
            budget_fen=self.budget_fen,
            counting_rule=self.counting_rule,
            ballot_form=self.ballot_form,
            highest=self.highest,
            minimum_score=self.minimum_score,
            most_points=self.most_points,
        )


@strawberry.input(description="A new poll.")
class CreatePollInput:
    """Where, what, and the key that makes repeating it safe."""

    area_id: strawberry.ID = strawberry.field(description="The area whose people are asked.")
    poll: PollDraftInput = strawberry.field(description="The poll.")
    idempotency_key: UUID = strawberry.field(description="A key of the client's own.")


@strawberry.input(description="A draft, written anew.")
class UpdatePollInput:
    """Which, what, and the version that was read."""

    poll_id: strawberry.ID = strawberry.field(description="The draft.")
    poll: PollDraftInput = strawberry.field(description="The whole poll, as it shall be.")
    expected_version: int = strawberry.field(description="The version that the caller read.")


@strawberry.input(description="A draft to be looked through by somebody else.")
class SubmitPollInput:
    """Which."""

    poll_id: strawberry.ID = strawberry.field(description="The draft.")


@strawberry.input(description="A poll under review to be given back.")
class ReturnPollInput:
    """Which, and why."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    reason: str = strawberry.field(description="What its author shall put right.")


@strawberry.input(description="A draft to be published.")
class PublishPollInput:
    """Which."""

    poll_id: strawberry.ID = strawberry.field(description="The draft.")


@strawberry.input(description="A poll to be cancelled.")
class CancelPollInput:
    """Which, and why."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    reason: str = strawberry.field(description="Why; everybody can read it.")


@strawberry.input(description="What a ballot gives to an option.")
class OptionValueInput:
    """A score, a grade, points, or a place."""

    option_id: strawberry.ID = strawberry.field(description="The option.")
    value: int = strawberry.field(description="Its score, grade, points, or place from 1.")

    @staticmethod
    def all_of(given: "list[OptionValueInput]") -> list[tuple[UUID, int]]:
        """Hand them to the domain."""
        path = ("input", "values")
        return [(node.decode("option", each.option_id, path=path), each.value) for each in given]


@strawberry.input(description="The caller's ballot.")
class CastBallotInput:
    """Which poll, what, and the key that makes repeating it safe."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    option_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list,
        description="The options to name; in a ranking the most preferred first.",
    )
    values: list[OptionValueInput] = strawberry.field(
        default_factory=list,
        description="What to give to options, where ballots give scores, grades or points; a"
        " ranking may be written as places, too.",
    )
    idempotency_key: UUID = strawberry.field(
        description="A key of the client's own; a secret ballot's is not kept, it stands anyway."
    )
    receipt: str | None = strawberry.field(
        default=None,
        description="A random code drawn by the voter's device, 16 to 64 letters, digits, - or _.",
    )
    on_behalf_of_id: strawberry.ID | None = strawberry.field(
        default=None, description="Whose published proxy the caller holds and casts for."
    )


@strawberry.type(description="The poll, as it is now.")
class PollPayload:
    """What changed."""

    poll: Poll = strawberry.field(description="The poll.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


@strawberry.type(description="The ballot is in the box.")
class BallotCast:
    """What the voter keeps; it never tells a choice."""

    secrecy: Secrecy = strawberry.field(description="Who can know how it was cast.")
    revision: int = strawberry.field(description="1 for the first; higher where it was cast anew.")
    receipt: str | None = strawberry.field(
        description="In a SECRET poll, the code that will be found among the receipts."
    )
    replayed: bool = strawberry.field(
        description="Whether this repeats the answer to an earlier request."
    )


CreatePollResult = Annotated[
    PollPayload | Refused,
    strawberry.union("CreatePollResult", description="The draft, or why there is none."),
]
UpdatePollResult = Annotated[
    PollPayload | Outdated | Refused,
    strawberry.union("UpdatePollResult", description="The draft, or why it is as it was."),
]
PublishPollResult = Annotated[
    PollPayload | Refused,
    strawberry.union("PublishPollResult", description="The poll, or why it is still a draft."),
]
SubmitPollResult = Annotated[
    PollPayload | Refused,
    strawberry.union("SubmitPollResult", description="The poll, or why it is still a draft."),
]
ReturnPollResult = Annotated[
    PollPayload | Refused,
    strawberry.union("ReturnPollResult", description="The draft, or why it was not returned."),
]
CancelPollResult = Annotated[
    PollPayload | Refused,
    strawberry.union("CancelPollResult", description="The poll, or why it goes on."),
]
CastBallotResult = Annotated[
    BallotCast | Refused,
    strawberry.union("CastBallotResult", description="The receipt, or why there is none."),
]


async def _payload(info: Info, poll_id: UUID, *, replayed: bool = False) -> PollPayload:
    row = (await queries.polls_by_id(info.context.actor, [poll_id]))[0]
    assert row is not None, "who changed a poll sees it"
    return PollPayload(poll=Poll.of(row), replayed=replayed)


@strawberry.type
class VotingMutation:
    """The ballot box's commands."""

    @strawberry.mutation(description="Draft a poll for an area.")
    async def create_poll(
        self,
        info: Info,
        input: Annotated[CreatePollInput, strawberry.argument(description="Where, and what.")],
    ) -> CreatePollResult:
        """Draft it."""
        area_id = node.decode("area", input.area_id, path=("input", "areaId"))
        poll_id, replayed = await service.create_poll(
            info.context.actor,
            area_id,
            input.poll.draft(),
            idempotency_key=input.idempotency_key,
        )
        return await _payload(info, poll_id, replayed=replayed)

    @strawberry.mutation(description="Write a draft anew.")
    async def update_poll(
        self,
        info: Info,
        input: Annotated[
            UpdatePollInput, strawberry.argument(description="Which, and what it shall be.")
        ],
    ) -> UpdatePollResult:
        """Write it."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        await service.update_poll(
            info.context.actor,
            poll_id,
            input.poll.draft(),
            expected_version=input.expected_version,
        )
        return await _payload(info, poll_id)

    @strawberry.mutation(description="Hand a draft in to be looked through by somebody else.")
    async def submit_poll(
        self,
        info: Info,
        input: Annotated[SubmitPollInput, strawberry.argument(description="Which.")],
    ) -> SubmitPollResult:
        """Hand it in."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        await service.submit_poll(info.context.actor, poll_id)
        return await _payload(info, poll_id)

    @strawberry.mutation(description="Give a poll under review back to its author.")
    async def return_poll(
        self,
        info: Info,
        input: Annotated[ReturnPollInput, strawberry.argument(description="Which, and why.")],
    ) -> ReturnPollResult:
        """Give it back."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        await service.return_poll(info.context.actor, poll_id, reason=input.reason)
        return await _payload(info, poll_id)

    @strawberry.mutation(
        description="Freeze the roll and the rules of a draft, and let its question stand."
    )
    async def publish_poll(
        self,
        info: Info,
        input: Annotated[PublishPollInput, strawberry.argument(description="Which.")],
    ) -> PublishPollResult:
        """Publish it; published twice is once."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        await service.publish_poll(info.context.actor, poll_id)
        return await _payload(info, poll_id)

    @strawberry.mutation(description="End a poll without a count, for a reason that all can read.")
    async def cancel_poll(
        self,
        info: Info,
        input: Annotated[CancelPollInput, strawberry.argument(description="Which, and why.")],
    ) -> CancelPollResult:
        """Cancel it."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        await service.cancel_poll(info.context.actor, poll_id, reason=input.reason)
        return await _payload(info, poll_id)

    @strawberry.mutation(description="Cast the caller's ballot.")
    async def cast_ballot(
        self,
        info: Info,
        input: Annotated[CastBallotInput, strawberry.argument(description="Which poll, and what.")],
    ) -> CastBallotResult:
        """Cast it: the hot path, one statement."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        options = [
            node.decode("option", each, path=("input", "optionIds")) for each in input.option_ids
        ]
        receipt = await service.cast_ballot(
            info.context.actor,
            poll_id,
            options,
            idempotency_key=input.idempotency_key,
            values=OptionValueInput.all_of(input.values),
            receipt=input.receipt,
            on_behalf_of=node.decode_optional(
                "person", input.on_behalf_of_id, path=("input", "onBehalfOfId")
            ),
        )
        return BallotCast(
            secrecy=receipt.secrecy,
            revision=receipt.revision,
            receipt=receipt.receipt,
            replayed=receipt.replayed,
        )
