"""Papers as the world sees them: what became of all for everybody, batches for who conducts."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.voting import rules
from domains.voting.queries import paper as queries
from domains.voting.rules.paper import Difference, LineVerdict
from domains.voting.values import BatchState
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.node import Node
from schema.voting import paper_enums as _enums  # noqa: F401  # describes the enums first

OfPoll = Annotated[strawberry.ID, strawberry.argument(description="The poll.")]


@strawberry.type(description="What became of a poll's papers.")
class PollPaper:
    """Who was given one and did not return it took no part."""

    issued: int = strawberry.field(description="How many were given out.")
    taken_back: int = strawberry.field(
        description="How many besides were given out by mistake and taken back."
    )
    returned: int = strawberry.field(description="How many were in the box, as far as agreed upon.")
    void: int = strawberry.field(description="How many of these are invalid.")
    spoiled: int = strawberry.field(description="How many were handed back and exchanged.")
    blank: int | None = strawberry.field(
        description="Blank ballots of every channel together, once counted: those on paper"
        " alone would tell of who voted otherwise."
    )
    valid: int | None = strawberry.field(
        description="Valid ballots of every channel together, once counted."
    )
    complete: bool = strawberry.field(description="Whether all paper is in; the count waits.")
    more_returned_than_issued: bool = strawberry.field(
        description="Whether more came back than was given out, which makes the poll invalid."
    )


@strawberry.type(description="What a paper gives to one place on it.")
class PaperMark:
    """A mark."""

    position: int = strawberry.field(description="The option's place on the paper.")
    value: int = strawberry.field(description="Its place in a ranking, what it is given, or 1.")


@strawberry.type(description="Where two entries of a batch part.")
class PaperDifference:
    """What was read differently often."""

    voter_number: int | None = strawberry.field(
        description="The voter's number on the roll, in an OPEN poll."
    )
    verdict: LineVerdict = strawberry.field(description="What the paper was taken for.")
    marks: list[PaperMark] = strawberry.field(description="What was read on it.")
    first_count: int = strawberry.field(description="How many the first entry has of these.")
    second_count: int = strawberry.field(description="How many the second entry has of these.")

    @classmethod
    def of(cls, found: Difference, form: rules.BallotForm) -> Self:
        """Show it."""
        marks = [] if found.marks is None else rules.unpack(form, found.marks)
        return cls(
            voter_number=found.voter,
            verdict=found.verdict,
            marks=[PaperMark(position=position, value=value) for position, value in marks],
            first_count=found.first,
            second_count=found.second,
        )


@strawberry.type(description="A batch of papers, entered by two people.")
class PaperBatch(Node):
    """For who conducts the poll."""

    number: int = strawberry.field(description="Its number within the poll.")
    state: BatchState = strawberry.field(description="How far it has come.")
    entries: int = strawberry.field(description="How many people have entered it.")
    opened_at: datetime = strawberry.field(description="When it was begun.")
    agreed_at: datetime | None = strawberry.field(description="When both entries agreed.")
    returned: int | None = strawberry.field(description="Papers from the box, once agreed upon.")
    void: int | None = strawberry.field(description="Void ones among them, once agreed upon.")
    spoiled: int | None = strawberry.field(description="Exchanged papers, once agreed upon.")
    discard_reason: str | None = strawberry.field(description="Why it was left out.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("paper_batch", row["id"]),
            number=row["number"],
            state=BatchState(row["state"]),
            entries=row["entries"],
            opened_at=row["opened_at"],
            agreed_at=row["agreed_at"],
            returned=row["returned"],
            void=row["void"],
            spoiled=row["spoiled"],
            discard_reason=row["discard_reason"],
            row=row,
        )

    @strawberry.field(description="Where its two entries part, while they do.", metadata=LOADS)
    async def differences(self, info: Info) -> list[PaperDifference]:
        """Load them with those of the other batches."""
        found = await info.context.load(queries.batch_differences, self.row["id"])
        form = rules.BallotForm(self.row["ballot_form"] or rules.BallotForm.APPROVAL)
        return [PaperDifference.of(each, form) for each in found]


@strawberry.type
class PaperQuery:
    """Reading what is on paper."""

    @strawberry.field(
        description="What became of a poll's papers; null where it has none, or is not seen."
    )
    async def poll_paper(self, info: Info, poll_id: OfPoll) -> PollPaper | None:
        """Add up what was agreed upon."""
        seen = await queries.seen_paper(
            info.context.actor, node.known("poll", poll_id) or node.NOBODY
        )
        if seen is None:
            return None
        totals, result, complete = seen
        taken_back = await queries.taken_back(node.decode("poll", poll_id))
        void = totals.void
        return PollPaper(
            issued=totals.issued,
            taken_back=taken_back,
            returned=totals.returned,
            void=void,
            spoiled=totals.spoiled,
            blank=None if result is None else result.blank,
            valid=None if result is None else result.participated - result.blank - void,
            complete=complete,
            more_returned_than_issued=totals.too_many_returned,
        )

    @strawberry.field(description="A poll's batches, for who conducts it; empty for others.")
    async def paper_batches(
        self, info: Info, poll_id: OfPoll, first: First = None, after: After = None
    ) -> Connection[PaperBatch]:
        """Read a page of them."""
        uuid = node.known("poll", poll_id) or node.NOBODY
        of = listing("paperBatches", {"poll": uuid})
        at = page(of, first, after)
        found = await queries.paper_batches(info.context.actor, uuid, at)
        return connection(of, found, at, make=PaperBatch.of, key=lambda row: (row["number"],))


async def _batches(actor: Actor, batch_ids: list[UUID]) -> list[PaperBatch | None]:
    rows = await queries.batches_by_id(actor, batch_ids)
    return [None if row is None else PaperBatch.of(row) for row in rows]


node.register("paper_batch", _batches)
