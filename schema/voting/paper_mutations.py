"""Handling paper. Each result is the payload or the refusal."""

from collections.abc import Sequence
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.voting import queries
from domains.voting.queries import paper as papers
from domains.voting.rules.paper import LineVerdict
from domains.voting.rules.paper_sheets import LineDraft, RowRefusal
from domains.voting.service import issuing, paper, paper_files
from domains.voting.service.paper import MOST_LINES
from schema import node
from schema.context import Info
from schema.errors import ErrorCode, Refused
from schema.voting.mutations import PollPayload
from schema.voting.paper import PaperBatch
from schema.voting.types import Poll

Argument = strawberry.argument(description="What to do.")


@strawberry.input(description="A paper to be given out.")
class IssuePaperBallotInput:
    """To whom."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    number: int = strawberry.field(description="The voter's number on the roll.")


@strawberry.input(description="A paper that was given out by mistake.")
class TakeBackPaperBallotInput:
    """Whose, and why; who takes it back has it in their hands."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    number: int = strawberry.field(description="The voter's number on the roll.")
    reason: str = strawberry.field(description="Why, 1 to 500 characters.")


@strawberry.input(description="A batch of papers to be begun, after the close.")
class OpenPaperBatchInput:
    """Of which poll."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    idempotency_key: UUID = strawberry.field(description="A key of the client's own.")


@strawberry.input(description="What a paper gives to one place on it.")
class PaperValueInput:
    """A value at its place."""

    position: int = strawberry.field(description="The option's place on the paper.")
    value: int = strawberry.field(description="Its place in a ranking, or what it is given.")


@strawberry.input(description="One paper as its reader enters it.")
class PaperLineInput:
    """In an OPEN poll it names its voter; in a SECRET one it does not."""

    verdict: LineVerdict = strawberry.field(description="What the paper came to.")
    positions: list[int] = strawberry.field(
        default_factory=list,
        description="The places of the options that it names; a ranking's in its order. A paper"
        " that names too many is void by itself.",
    )
    values: list[PaperValueInput] = strawberry.field(
        default_factory=list, description="What it gives to options, where the paper asks for it."
    )
    voter_number: int | None = strawberry.field(
        default=None, description="The voter's number on the roll, in an OPEN poll."
    )
    reason: str | None = strawberry.field(
        default=None, description="Why it is void or spoiled, 200 characters at most."
    )

    def draft(self) -> LineDraft:
        """Hand it to the domain."""
        return LineDraft(
            verdict=self.verdict,
            positions=tuple(self.positions),
            voter=self.voter_number,
            reason=self.reason,
            values=tuple((each.position, each.value) for each in self.values),
        )


@strawberry.input(description="A batch as one of its two readers enters it.")
class EnterPaperBatchInput:
    """All its papers."""

    batch_id: strawberry.ID = strawberry.field(description="The batch.")
    lines: list[PaperLineInput] = strawberry.field(description="Its papers, 1 to 500.")


@strawberry.input(
    description="A batch as one of its two readers enters it, from a CSV or XLSX file: a paper a"
    " row, under the heading 结论 (有效, 空白, 废票, 作废), 选项, 评分, 名册号, 理由, or in English"
    " verdict (VALID, BLANK, VOID, SPOILED), options, values, voter, reason. Options are places"
    " parted by spaces; values are written as 1=5."
)
class EnterPaperBatchFileInput:
    """Which batch, and the file."""

    batch_id: strawberry.ID = strawberry.field(description="The batch.")
    upload_id: strawberry.ID = strawberry.field(
        description="The caller's own completed upload; it is forgotten once it was entered."
    )


@strawberry.input(description="A batch whose entries differ, to be entered anew.")
class ReopenPaperBatchInput:
    """Which."""

    batch_id: strawberry.ID = strawberry.field(description="The batch.")


@strawberry.input(description="A batch to be left out of the count.")
class DiscardPaperBatchInput:
    """Which, and why."""

    batch_id: strawberry.ID = strawberry.field(description="The batch.")
    reason: str = strawberry.field(description="Why; everybody can read it.")


@strawberry.input(description="A poll whose paper is all in.")
class CompletePaperInput:
    """Which."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")


@strawberry.type(description="The batch, as it is now.")
class PaperBatchPayload:
    """What changed."""

    batch: PaperBatch = strawberry.field(description="The batch.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


@strawberry.type(description="A row of a file that was refused.")
class PaperRowRefusal:
    """Where, and why."""

    row: int = strawberry.field(description="Its place in the file; the heading is row 1.")
    column: str | None = strawberry.field(
        description="verdict, options, values, voter or reason; null where the row is at fault."
    )
    code: ErrorCode = strawberry.field(description="Which refusal, for programs.")
    message: str = strawberry.field(description="The refusal in the caller's language.")


@strawberry.type(description="Nothing was entered: rows of the file were refused.")
class PaperFileRefused:
    """Every row that was."""

    refused_count: int = strawberry.field(description="How many refusals there are.")
    rows: list[PaperRowRefusal] = strawberry.field(
        description="The first 500 of them, in the order of the file."
    )

    @classmethod
    def of(cls, refused: Sequence[RowRefusal], *, locale: str) -> Self:
        """Tell them."""
        return cls(
            refused_count=len(refused),
            rows=[
                PaperRowRefusal(
                    row=each.row,
                    column=each.column,
                    code=ErrorCode[each.refusal.code],
                    message=each.refusal.message(locale),
                )
                for each in refused[:MOST_LINES]
            ],
        )


IssuePaperBallotResult = Annotated[
    PollPayload | Refused,
    strawberry.union("IssuePaperBallotResult", description="Given out, or why not."),
]
TakeBackPaperBallotResult = Annotated[
    PollPayload | Refused,
    strawberry.union("TakeBackPaperBallotResult", description="Taken back, or why not."),
]
EnterPaperBatchFileResult = Annotated[
    PaperBatchPayload | PaperFileRefused | Refused,
    strawberry.union(
        "EnterPaperBatchFileResult", description="The batch, the rows at fault, or why not."
    ),
]
OpenPaperBatchResult = Annotated[
    PaperBatchPayload | Refused,
    strawberry.union("OpenPaperBatchResult", description="The batch, or why there is none."),
]
EnterPaperBatchResult = Annotated[
    PaperBatchPayload | Refused,
    strawberry.union("EnterPaperBatchResult", description="The batch, or why it was not entered."),
]
ReopenPaperBatchResult = Annotated[
    PaperBatchPayload | Refused,
    strawberry.union("ReopenPaperBatchResult", description="The batch, or why it is as it was."),
]
DiscardPaperBatchResult = Annotated[
    PaperBatchPayload | Refused,
    strawberry.union("DiscardPaperBatchResult", description="The batch, or why it counts."),
]
CompletePaperResult = Annotated[
    PollPayload | Refused,
    strawberry.union("CompletePaperResult", description="The poll, or why its paper is not in."),
]


async def _poll(info: Info, poll_id: UUID) -> PollPayload:
    row = (await queries.polls_by_id(info.context.actor, [poll_id]))[0]
    assert row is not None, "who conducts a poll sees it"
    return PollPayload(poll=Poll.of(row))


async def _batch(info: Info, batch_id: UUID, *, replayed: bool = False) -> PaperBatchPayload:
    row = (await papers.batches_by_id(info.context.actor, [batch_id]))[0]
    assert row is not None, "who conducts a poll sees its batches"
    return PaperBatchPayload(batch=PaperBatch.of(row), replayed=replayed)


@strawberry.type
class PaperMutation:
    """Giving papers out, and entering them."""

    @strawberry.mutation(description="Give a paper to a voter, who then casts in no other way.")
    async def issue_paper_ballot(
        self, info: Info, input: Annotated[IssuePaperBallotInput, Argument]
    ) -> IssuePaperBallotResult:
        """Give it out, once a voter."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        await issuing.issue_paper(info.context.actor, poll_id, input.number)
        return await _poll(info, poll_id)

    @strawberry.mutation(
        description="Take back a paper that was given out by mistake, before the close; its voter"
        " may cast in any way again."
    )
    async def take_back_paper_ballot(
        self, info: Info, input: Annotated[TakeBackPaperBallotInput, Argument]
    ) -> TakeBackPaperBallotResult:
        """Take it back."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        await issuing.take_back_paper(
            info.context.actor, poll_id, input.number, reason=input.reason
        )
        return await _poll(info, poll_id)

    @strawberry.mutation(description="Begin a batch of papers, after the close.")
    async def open_paper_batch(
        self, info: Info, input: Annotated[OpenPaperBatchInput, Argument]
    ) -> OpenPaperBatchResult:
        """Begin it."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        batch_id, replayed = await paper.open_paper_batch(
            info.context.actor, poll_id, idempotency_key=input.idempotency_key
        )
        return await _batch(info, batch_id, replayed=replayed)

    @strawberry.mutation(
        description="Enter a batch as one of two people; read alike by both, it counts."
    )
    async def enter_paper_batch(
        self, info: Info, input: Annotated[EnterPaperBatchInput, Argument]
    ) -> EnterPaperBatchResult:
        """Enter it."""
        batch_id = node.decode("paper_batch", input.batch_id, path=("input", "batchId"))
        lines = [each.draft() for each in input.lines]
        await paper.enter_paper_batch(info.context.actor, batch_id, lines)
        return await _batch(info, batch_id)

    @strawberry.mutation(
        description="Enter a batch from a file, as one of two people; compared as what is typed"
        " in is. Where one row is refused, nothing is entered."
    )
    async def enter_paper_batch_file(
        self, info: Info, input: Annotated[EnterPaperBatchFileInput, Argument]
    ) -> EnterPaperBatchFileResult:
        """Enter it, or tell every row at fault."""
        batch_id = node.decode("paper_batch", input.batch_id, path=("input", "batchId"))
        upload_id = node.decode("upload", input.upload_id, path=("input", "uploadId"))
        actor = info.context.actor
        refused = await paper_files.enter_paper_batch_file(actor, batch_id, upload_id)
        if refused:
            return PaperFileRefused.of(refused, locale=actor.locale)
        return await _batch(info, batch_id)

    @strawberry.mutation(description="Put both entries of a batch that differs aside.")
    async def reopen_paper_batch(
        self, info: Info, input: Annotated[ReopenPaperBatchInput, Argument]
    ) -> ReopenPaperBatchResult:
        """Reopen it."""
        batch_id = node.decode("paper_batch", input.batch_id, path=("input", "batchId"))
        await paper.reopen_paper_batch(info.context.actor, batch_id)
        return await _batch(info, batch_id)

    @strawberry.mutation(description="Leave a batch out of the count, for a stated reason.")
    async def discard_paper_batch(
        self, info: Info, input: Annotated[DiscardPaperBatchInput, Argument]
    ) -> DiscardPaperBatchResult:
        """Leave it out."""
        batch_id = node.decode("paper_batch", input.batch_id, path=("input", "batchId"))
        await paper.discard_paper_batch(info.context.actor, batch_id, reason=input.reason)
        return await _batch(info, batch_id)

    @strawberry.mutation(description="Say that all paper is in; the poll is counted then.")
    async def complete_paper(
        self, info: Info, input: Annotated[CompletePaperInput, Argument]
    ) -> CompletePaperResult:
        """Say so; said twice is once."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        await paper.complete_paper(info.context.actor, poll_id)
        return await _poll(info, poll_id)
