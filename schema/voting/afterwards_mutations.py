"""Acting on a counted poll. Each result is the payload or the refusal."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domains.voting import queries
from domains.voting.queries.afterwards import challenges_by_id
from domains.voting.service import afterwards, repetition
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.voting.afterwards import PollChallenge
from schema.voting.mutations import PollPayload
from schema.voting.types import Poll

Argument = strawberry.argument(description="What to do.")


@strawberry.input(description="What somebody found of a ground of invalidity.")
class CheckGroundInput:
    """Which, and whether it is absent."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    ground: str = strawberry.field(description="The ground's code.")
    clear: bool = strawberry.field(description="Whether it is absent.")
    note: str = strawberry.field(
        default="", description="What was found; wanted where it is not absent."
    )


@strawberry.input(description="A result to be certified.")
class CertifyPollInput:
    """Which."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")


@strawberry.input(description="A counted poll to be declared invalid, on a ground that was found.")
class AnnulPollInput:
    """Which, and why."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    reason: str = strawberry.field(description="Why; everybody can read it.")


@strawberry.input(description="A voter's challenge of a result on display.")
class ChallengePollInput:
    """Which, and what is wrong."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    text: str = strawberry.field(description="What is wrong, 1 to 2,000 characters.")
    idempotency_key: UUID = strawberry.field(description="A key of the client's own.")


@strawberry.input(description="The answer to a challenge.")
class DecideChallengeInput:
    """Which, how, and why."""

    challenge_id: strawberry.ID = strawberry.field(description="The challenge.")
    upheld: bool = strawberry.field(description="Whether it is right; then the poll is annulled.")
    reason: str = strawberry.field(description="Why; everybody who belongs there can read it.")


@strawberry.input(description="A poll to be held again.")
class CreateReelectionInput:
    """Which, and when."""

    poll_id: strawberry.ID = strawberry.field(description="The annulled or inquorate poll.")
    opens_at: datetime = strawberry.field(description="When ballots are taken from.")
    closes_at: datetime = strawberry.field(description="When they are taken no more.")
    idempotency_key: UUID = strawberry.field(description="A key of the client's own.")


@strawberry.type(description="A challenge, and the poll that it is about, as they are now.")
class PollChallengePayload:
    """What changed."""

    challenge: PollChallenge = strawberry.field(description="The challenge.")
    poll: Poll = strawberry.field(description="The poll.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


CheckGroundResult = Annotated[
    PollPayload | Refused,
    strawberry.union("CheckGroundResult", description="The poll, or why nothing was noted."),
]
CertifyPollResult = Annotated[
    PollPayload | Refused,
    strawberry.union("CertifyPollResult", description="The poll, or why it is not certified."),
]
AnnulPollResult = Annotated[
    PollPayload | Refused,
    strawberry.union("AnnulPollResult", description="The poll, or why it stands."),
]
ChallengePollResult = Annotated[
    PollChallengePayload | Refused,
    strawberry.union("ChallengePollResult", description="The challenge, or why there is none."),
]
DecideChallengeResult = Annotated[
    PollChallengePayload | Refused,
    strawberry.union("DecideChallengeResult", description="The challenge, or why it waits."),
]
CreateReelectionResult = Annotated[
    PollPayload | Refused,
    strawberry.union("CreateReelectionResult", description="The new draft, or why there is none."),
]


async def _poll(info: Info, poll_id: UUID) -> Poll:
    row = (await queries.polls_by_id(info.context.actor, [poll_id]))[0]
    assert row is not None, "who acts on a counted poll sees it"
    return Poll.of(row)


async def _challenge(
    info: Info, challenge_id: UUID, poll_id: UUID, *, replayed: bool = False
) -> PollChallengePayload:
    row = (await challenges_by_id(info.context.actor, [challenge_id]))[0]
    assert row is not None, "who files or answers a challenge sees it"
    return PollChallengePayload(
        challenge=PollChallenge.of(row), poll=await _poll(info, poll_id), replayed=replayed
    )


@strawberry.type
class AfterwardsMutation:
    """From the count to what is final."""

    @strawberry.mutation(description="Say of a ground of invalidity whether it is absent.")
    async def check_ground(
        self, info: Info, input: Annotated[CheckGroundInput, Argument]
    ) -> CheckGroundResult:
        """Note it; the last word stands."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        await afterwards.check_ground(
            info.context.actor, poll_id, input.ground, clear=input.clear, note=input.note
        )
        return PollPayload(poll=await _poll(info, poll_id))

    @strawberry.mutation(description="Certify a result once no ground of invalidity is left.")
    async def certify_poll(
        self, info: Info, input: Annotated[CertifyPollInput, Argument]
    ) -> CertifyPollResult:
        """Certify it; certified twice is once."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        await afterwards.certify_poll(info.context.actor, poll_id)
        return PollPayload(poll=await _poll(info, poll_id))

    @strawberry.mutation(description="Declare a counted poll invalid, on a ground that was found.")
    async def annul_poll(
        self, info: Info, input: Annotated[AnnulPollInput, Argument]
    ) -> AnnulPollResult:
        """Annul it."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        await afterwards.annul_poll(info.context.actor, poll_id, reason=input.reason)
        return PollPayload(poll=await _poll(info, poll_id))

    @strawberry.mutation(description="Challenge a result while it is on display.")
    async def challenge_poll(
        self, info: Info, input: Annotated[ChallengePollInput, Argument]
    ) -> ChallengePollResult:
        """File it."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        challenge_id, replayed = await afterwards.challenge_poll(
            info.context.actor, poll_id, input.text, idempotency_key=input.idempotency_key
        )
        return await _challenge(info, challenge_id, poll_id, replayed=replayed)

    @strawberry.mutation(description="Answer a challenge; upheld, it annuls the poll.")
    async def decide_challenge(
        self, info: Info, input: Annotated[DecideChallengeInput, Argument]
    ) -> DecideChallengeResult:
        """Answer it."""
        challenge_id = node.decode(
            "poll_challenge", input.challenge_id, path=("input", "challengeId")
        )
        poll_id = await afterwards.decide_challenge(
            info.context.actor, challenge_id, upheld=input.upheld, reason=input.reason
        )
        return await _challenge(info, challenge_id, poll_id)

    @strawberry.mutation(description="Hold an annulled or inquorate poll again, as a new draft.")
    async def create_reelection(
        self, info: Info, input: Annotated[CreateReelectionInput, Argument]
    ) -> CreateReelectionResult:
        """Draft it."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        child_id, replayed = await repetition.create_reelection(
            info.context.actor,
            poll_id,
            opens_at=input.opens_at,
            closes_at=input.closes_at,
            idempotency_key=input.idempotency_key,
        )
        return PollPayload(poll=await _poll(info, child_id), replayed=replayed)
