"""Acting on elections. Each result is the payload or the refusal."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domains.voting import queries
from domains.voting.queries import elections
from domains.voting.service import candidates, runoffs, tellers, write_ins
from domains.voting.values import Kin, TellerDuty, VettingGround
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.voting.elections import Candidate
from schema.voting.mutations import PollPayload
from schema.voting.types import Poll

Argument = strawberry.argument(description="What to do.")


@strawberry.input(description="A nomination.")
class NominateCandidateInput:
    """Where, and whom."""

    poll_id: strawberry.ID = strawberry.field(description="The election.")
    person_id: strawberry.ID = strawberry.field(description="Whom: somebody on its roll.")


@strawberry.input(description="The vetting of a nominee.")
class VetCandidateInput:
    """Whom, whether they may stand, and why not."""

    candidate_id: strawberry.ID = strawberry.field(description="The nominee.")
    fit: bool = strawberry.field(description="Whether they may stand.")
    grounds: list[VettingGround] = strawberry.field(
        default_factory=list, description="Why they may not; at least one for a refusal."
    )
    reason: str = strawberry.field(
        default="", description="The refusal in words, 500 characters at most; OTHER needs it."
    )


@strawberry.input(description="That one stands no more.")
class WithdrawCandidacyInput:
    """Which candidacy, and why."""

    candidate_id: strawberry.ID = strawberry.field(description="The caller's candidacy.")
    reason: str = strawberry.field(default="", description="Why, 500 characters at most.")


@strawberry.input(description="Why one stands.")
class WriteCandidateStatementInput:
    """Which candidacy, and the words."""

    candidate_id: strawberry.ID = strawberry.field(description="The caller's candidacy.")
    statement: str = strawberry.field(description="The words, 2,000 characters at most.")


@strawberry.input(description="That a candidate has a near relative among voters or tellers.")
class DeclareKinshipInput:
    """Of whom, and how."""

    poll_id: strawberry.ID = strawberry.field(description="The election.")
    person_id: strawberry.ID = strawberry.field(description="The candidate, as a person.")
    relative_id: strawberry.ID = strawberry.field(description="The relative, as a person.")
    relation: Kin = strawberry.field(description="How they are related.")


@strawberry.input(description="Somebody who does not stand and is to be written in.")
class AddWriteInInput:
    """Where, and whom."""

    poll_id: strawberry.ID = strawberry.field(description="The election.")
    person_id: strawberry.ID = strawberry.field(description="Whom: somebody on its roll.")


@strawberry.input(description="Somebody to count, or to watch the count.")
class AppointTellerInput:
    """Where, whom, and for what."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    person_id: strawberry.ID = strawberry.field(description="Whom.")
    duty: TellerDuty = strawberry.field(
        default=TellerDuty.TELLER, description="What they are to do."
    )


@strawberry.input(description="A teller whose duty ends.")
class EndTellerInput:
    """Where, whose, and why."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    person_id: strawberry.ID = strawberry.field(description="Whose.")
    reason: str = strawberry.field(description="Why, 1 to 200 characters.")


@strawberry.input(description="A vote on the seats that stayed open.")
class CreateRunoffInput:
    """Of which election, and when."""

    poll_id: strawberry.ID = strawberry.field(description="The election whose seats are open.")
    opens_at: datetime = strawberry.field(description="When ballots are taken from.")
    closes_at: datetime = strawberry.field(description="When they are taken no more.")
    idempotency_key: UUID = strawberry.field(description="A key of the client's own.")


@strawberry.type(description="The candidate, as they are now.")
class CandidatePayload:
    """Who was nominated, vetted, withdrew or spoke."""

    candidate: Candidate = strawberry.field(description="The candidate.")


@strawberry.type(description="A place on the paper for whom the caller wants to write in.")
class WriteInAdded:
    """The option to name in a ballot; nobody else is shown it before the count."""

    option_id: strawberry.ID = strawberry.field(description="The option.")
    position: int = strawberry.field(description="Its place, by which a paper's line names it.")


NominateCandidateResult = Annotated[
    CandidatePayload | Refused,
    strawberry.union("NominateCandidateResult", description="The nominee, or why not."),
]
VetCandidateResult = Annotated[
    CandidatePayload | Refused,
    strawberry.union("VetCandidateResult", description="The candidate, or why it was not done."),
]
WithdrawCandidacyResult = Annotated[
    CandidatePayload | Refused,
    strawberry.union("WithdrawCandidacyResult", description="The candidate, or why they stand."),
]
WriteCandidateStatementResult = Annotated[
    CandidatePayload | Refused,
    strawberry.union("WriteCandidateStatementResult", description="The candidate, or why not."),
]
DeclareKinshipResult = Annotated[
    PollPayload | Refused,
    strawberry.union("DeclareKinshipResult", description="The poll, or why it was not declared."),
]
AddWriteInResult = Annotated[
    WriteInAdded | Refused,
    strawberry.union("AddWriteInResult", description="The option, or why there is none."),
]
AppointTellerResult = Annotated[
    PollPayload | Refused,
    strawberry.union("AppointTellerResult", description="The poll, or why nobody was appointed."),
]
EndTellerResult = Annotated[
    PollPayload | Refused,
    strawberry.union("EndTellerResult", description="The poll, or why the duty goes on."),
]
CreateRunoffResult = Annotated[
    PollPayload | Refused,
    strawberry.union("CreateRunoffResult", description="The run-off, or why there is none."),
]


async def _poll(info: Info, poll_id: UUID, *, replayed: bool = False) -> PollPayload:
    row = (await queries.polls_by_id(info.context.actor, [poll_id]))[0]
    assert row is not None, "who changed a poll sees it"
    return PollPayload(poll=Poll.of(row), replayed=replayed)


async def _candidate(info: Info, candidate_id: UUID) -> CandidatePayload:
    row = (await elections.candidates_by_id(info.context.actor, [candidate_id]))[0]
    assert row is not None, "who changed a candidacy sees it"
    return CandidatePayload(candidate=Candidate.of(row))


def _poll_id(text: str) -> UUID:
    return node.decode("poll", text, path=("input", "pollId"))


def _person_id(text: str) -> UUID:
    return node.decode("person", text, path=("input", "personId"))


def _candidate_id(text: str) -> UUID:
    return node.decode("candidate", text, path=("input", "candidateId"))


@strawberry.type
class CandidatesMutation:
    """The commands of those who nominate, stand, vet and write in."""

    @strawberry.mutation(description="Nominate somebody on the roll, or join who did.")
    async def nominate_candidate(
        self, info: Info, input: Annotated[NominateCandidateInput, Argument]
    ) -> NominateCandidateResult:
        """Nominate them; said twice is once."""
        candidate_id = await candidates.nominate_candidate(
            info.context.actor, _poll_id(input.poll_id), person_id=_person_id(input.person_id)
        )
        return await _candidate(info, candidate_id)

    @strawberry.mutation(description="Let a nominee stand, or refuse them with the grounds.")
    async def vet_candidate(
        self, info: Info, input: Annotated[VetCandidateInput, Argument]
    ) -> VetCandidateResult:
        """Vet them."""
        candidate_id = _candidate_id(input.candidate_id)
        await candidates.vet_candidate(
            info.context.actor,
            candidate_id,
            fit=input.fit,
            grounds=input.grounds,
            reason=input.reason,
        )
        return await _candidate(info, candidate_id)

    @strawberry.mutation(description="Decline a nomination, or stand no more.")
    async def withdraw_candidacy(
        self, info: Info, input: Annotated[WithdrawCandidacyInput, Argument]
    ) -> WithdrawCandidacyResult:
        """Withdraw."""
        candidate_id = _candidate_id(input.candidate_id)
        await candidates.withdraw_candidacy(info.context.actor, candidate_id, reason=input.reason)
        return await _candidate(info, candidate_id)

    @strawberry.mutation(description="Say why one stands; the candidate's own words.")
    async def write_candidate_statement(
        self, info: Info, input: Annotated[WriteCandidateStatementInput, Argument]
    ) -> WriteCandidateStatementResult:
        """Say it."""
        candidate_id = _candidate_id(input.candidate_id)
        await candidates.write_candidate_statement(
            info.context.actor, candidate_id, statement=input.statement
        )
        return await _candidate(info, candidate_id)

    @strawberry.mutation(
        description="Give somebody who does not stand a place on the paper. In a SECRET election"
        " tellers and conveners do so, for what they read on paper."
    )
    async def add_write_in(
        self, info: Info, input: Annotated[AddWriteInInput, Argument]
    ) -> AddWriteInResult:
        """Write them in; the same person has one place."""
        written = await write_ins.add_write_in(
            info.context.actor, _poll_id(input.poll_id), person_id=_person_id(input.person_id)
        )
        return WriteInAdded(
            option_id=node.encode("option", written.option_id), position=written.position
        )


@strawberry.type
class ElectionsMutation:
    """The commands of those who conduct an election."""

    @strawberry.mutation(
        description="Say that a candidate is a near relative of a voter or teller: they are not"
        " both elected, and a teller counts no more."
    )
    async def declare_kinship(
        self, info: Info, input: Annotated[DeclareKinshipInput, Argument]
    ) -> DeclareKinshipResult:
        """Declare it; said twice is once."""
        poll_id = _poll_id(input.poll_id)
        await tellers.declare_kinship(
            info.context.actor,
            poll_id,
            candidate_id=_person_id(input.person_id),
            relative_id=node.decode("person", input.relative_id, path=("input", "relativeId")),
            relation=input.relation,
        )
        return await _poll(info, poll_id)

    @strawberry.mutation(description="Let somebody count, or watch the count.")
    async def appoint_teller(
        self, info: Info, input: Annotated[AppointTellerInput, Argument]
    ) -> AppointTellerResult:
        """Appoint them; appointed twice is once."""
        poll_id = _poll_id(input.poll_id)
        await tellers.appoint_teller(
            info.context.actor, poll_id, person_id=_person_id(input.person_id), duty=input.duty
        )
        return await _poll(info, poll_id)

    @strawberry.mutation(description="End a teller's duty, for a reason.")
    async def end_teller(
        self, info: Info, input: Annotated[EndTellerInput, Argument]
    ) -> EndTellerResult:
        """End it."""
        poll_id = _poll_id(input.poll_id)
        await tellers.end_teller(
            info.context.actor,
            poll_id,
            person_id=_person_id(input.person_id),
            reason=input.reason,
        )
        return await _poll(info, poll_id)

    @strawberry.mutation(
        description="Vote again on the seats that stayed open: the same roll, the candidates that"
        " the count named."
    )
    async def create_runoff(
        self, info: Info, input: Annotated[CreateRunoffInput, Argument]
    ) -> CreateRunoffResult:
        """Create it."""
        runoff_id, replayed = await runoffs.create_runoff(
            info.context.actor,
            _poll_id(input.poll_id),
            runoffs.Window(input.opens_at, input.closes_at),
            idempotency_key=input.idempotency_key,
        )
        return await _poll(info, runoff_id, replayed=replayed)
