"""Voting in a room. Each result is the vote, a receipt, or a refusal."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.meetings.service import votes
from domains.meetings.values.motions import VoteCall, VoteForm
from domains.voting.values import Stance
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.meetings.motions import MotionVote
from schema.meetings.payloads import ARGUMENT, KEY
from schema.meetings.refusals import QuorumNotMet
from schema.membership.types import reloaded
from schema.voting.mutations import BallotCast

OF_VOTE = "The vote."


@strawberry.input(description="A motion to be voted on.")
class OpenVoteInput:
    """Which, and how."""

    motion_id: strawberry.ID = strawberry.field(description="The motion, ready for its vote.")
    form: VoteForm = strawberry.field(description="How the vote is taken.")


@strawberry.input(description="Who is called next in a vote.")
class CallVoteInput:
    """Which vote, and whom."""

    vote_id: strawberry.ID = strawberry.field(description=OF_VOTE)
    call: VoteCall = strawberry.field(description="Whom to call; the same twice is once.")


@strawberry.input(description="The caller's vote.")
class CastVoteInput:
    """In which vote, and how."""

    vote_id: strawberry.ID = strawberry.field(description=OF_VOTE)
    stance: Stance = strawberry.field(description="FOR or AGAINST; nobody is asked to abstain.")
    receipt: str | None = strawberry.field(
        default=None,
        description="In a secret vote, a random code of the voter's, 16 to 64 letters, digits, - or"
        " _; the server draws one where there is none.",
    )
    idempotency_key: UUID = strawberry.field(
        description="A key of the client's own; a secret ballot's is not kept, it stands anyway."
    )


@strawberry.input(description="Hands that a helper sees on site.")
class CountHandsInput:
    """Whose, and on which side."""

    vote_id: strawberry.ID = strawberry.field(description=OF_VOTE)
    stance: Stance = strawberry.field(description="The side that is called.")
    person_ids: list[strawberry.ID] = strawberry.field(description="Whose hands, 1 to 500.")
    idempotency_key: UUID = strawberry.field(description=KEY)


@strawberry.input(description="A vote to be ended.")
class EndVoteInput:
    """Which."""

    vote_id: strawberry.ID = strawberry.field(description=OF_VOTE)


@strawberry.type(description="The vote as it is now.")
class VotePayload:
    """What changed."""

    vote: MotionVote = strawberry.field(description=OF_VOTE)


@strawberry.type(description="How many hands were entered, and the vote as it is now.")
class HandsCounted:
    """What changed."""

    entered: int = strawberry.field(description="How many by this; others were there.")
    vote: MotionVote = strawberry.field(description=OF_VOTE)


OpenVoteResult = Annotated[
    VotePayload | QuorumNotMet | Refused,
    strawberry.union("OpenVoteResult", description="The vote, or why there is none."),
]
CallVoteResult = Annotated[
    VotePayload | Refused,
    strawberry.union("CallVoteResult", description="The vote, or why it calls nobody else."),
]
CastVoteResult = Annotated[
    BallotCast | Refused,
    strawberry.union("CastVoteResult", description="The receipt, or why there is none."),
]
CountHandsResult = Annotated[
    HandsCounted | Refused,
    strawberry.union("CountHandsResult", description="How many, or why none."),
]
EndVoteResult = Annotated[
    VotePayload | Refused,
    strawberry.union("EndVoteResult", description="The vote, or why it goes on."),
]


async def _vote(info: Info, vote_id: UUID) -> MotionVote:
    vote = await reloaded(info, MotionVote.load, vote_id)
    assert vote is not None, "who deals with a vote sees it"
    return vote


@strawberry.type
class VotesMutation:
    """Those in favour, then those against, and the chair last."""

    @strawberry.mutation(
        description="Put a motion to the vote of those who are present and decide. For who has the"
        " chair."
    )
    async def open_vote(
        self, info: Info, input: Annotated[OpenVoteInput, ARGUMENT]
    ) -> OpenVoteResult:
        """Open it."""
        motion_id = node.decode("motion", input.motion_id, path=("input", "motionId"))
        vote_id = await votes.open_vote(info.context.actor, motion_id, input.form)
        return VotePayload(vote=await _vote(info, vote_id))

    @strawberry.mutation(
        description="Call those against after those in favour, or the chair last. For who has the"
        " chair."
    )
    async def call_vote(
        self, info: Info, input: Annotated[CallVoteInput, ARGUMENT]
    ) -> CallVoteResult:
        """Call them."""
        vote_id = _id(input.vote_id)
        await votes.call_vote(info.context.actor, vote_id, input.call)
        return VotePayload(vote=await _vote(info, vote_id))

    @strawberry.mutation(
        description="Vote, in the room and when called; the ballot box keeps the ballot."
    )
    async def cast_vote(
        self, info: Info, input: Annotated[CastVoteInput, ARGUMENT]
    ) -> CastVoteResult:
        """Cast it."""
        receipt = await votes.cast_vote(
            info.context.actor,
            _id(input.vote_id),
            input.stance,
            idempotency_key=input.idempotency_key,
            receipt=input.receipt,
        )
        return BallotCast(
            secrecy=receipt.secrecy,
            revision=receipt.revision,
            receipt=receipt.receipt,
            replayed=receipt.replayed,
        )

    @strawberry.mutation(
        description="Enter the hands of those on site, at the call of their side; all or none. For"
        " who helps the meeting."
    )
    async def count_hands(
        self, info: Info, input: Annotated[CountHandsInput, ARGUMENT]
    ) -> CountHandsResult:
        """Enter them."""
        vote_id = _id(input.vote_id)
        entered = await votes.count_hands(
            info.context.actor,
            vote_id,
            input.stance,
            [node.decode("person", each, path=("input", "personIds")) for each in input.person_ids],
            idempotency_key=input.idempotency_key,
        )
        return HandsCounted(entered=entered, vote=await _vote(info, vote_id))

    @strawberry.mutation(
        description="End a vote once both sides were called, and announce it. For who has the"
        " chair."
    )
    async def end_vote(self, info: Info, input: Annotated[EndVoteInput, ARGUMENT]) -> EndVoteResult:
        """End it."""
        vote_id = _id(input.vote_id)
        await votes.end_vote(info.context.actor, vote_id)
        return VotePayload(vote=await _vote(info, vote_id))


def _id(text: str) -> UUID:
    return node.decode("vote", text, path=("input", "voteId"))
