"""A count with all its stages, so that whoever doubts it can follow it."""

from collections.abc import Callable, Sequence
from typing import Self, TypeVar

import strawberry

from domains.kernel.paging import Page, Slice
from domains.voting import rules
from domains.voting.rules import BallotForm, CountingRule
from schema.connection import After, Connection, First, connection, listing, page
from schema.voting.figures import CountOption, CountTie, Told
from schema.voting.stages import CountStage, told_stage

T = TypeVar("T")
S = TypeVar("S")


@strawberry.type(description="How a rule of preference came from ballots to winners.")
class PollCount:
    """A whole count; each of its lists is read in pages."""

    rule: CountingRule = strawberry.field(description="The rule that counted.")
    form: BallotForm = strawberry.field(description="What voters wrote.")
    ballots: int = strawberry.field(description="How many ballots were counted.")
    blank: int = strawberry.field(description="How many of them say nothing.")
    quota: int | None = strawberry.field(description="The quota of a transferable vote.")
    increment_fen: str | None = strawberry.field(
        description="What Equal Shares adds to each endowment at a time, in fen: 100 as a rule."
    )
    seed: str = strawberry.field(
        description="SHA-256, in hex, of the poll's UUID, a colon, and the roll's fingerprint:"
        " it was fixed when the roll was published."
    )
    lot: list[int] = strawberry.field(
        description="The options' places in the order that the seed drew: an earlier one is"
        " favoured where nothing else breaks a tie."
    )
    used_the_seed: bool = strawberry.field(
        description="Whether anything was decided by the seed alone."
    )
    count: strawberry.Private[rules.Count]
    told: strawberry.Private[Told]

    @classmethod
    def of(cls, count: rules.Count, told: Told) -> Self:
        """Tell a count."""
        return cls(
            rule=count.terms.rule,
            form=count.terms.form,
            ballots=count.ballots,
            blank=count.blank,
            quota=count.quota,
            increment_fen=str(count.terms.increment)
            if count.terms.rule is CountingRule.EQUAL_SHARES
            else None,
            seed=count.terms.seed,
            lot=list(count.lot),
            used_the_seed=count.used_the_seed,
            count=count,
            told=told,
        )

    @strawberry.field(description="The winners, in the order in which they won.")
    def winners(self, first: First = None, after: After = None) -> Connection[CountOption]:
        """Read a page of them."""
        return self._page("winners", self.count.winners, self.told.option, first, after)

    @strawberry.field(description="The ties of all stages, and how each was broken.")
    def ties(self, first: First = None, after: After = None) -> Connection[CountTie]:
        """Read a page of them."""
        return self._page("ties", self.count.ties, self.told.tie, first, after)

    @strawberry.field(description="Every stage, in order.")
    def stages(self, first: First = None, after: After = None) -> Connection[CountStage]:
        """Read a page of them."""
        return self._page(
            "stages", self.count.stages, lambda each: told_stage(each, self.told), first, after
        )

    def _page(
        self,
        name: str,
        items: Sequence[S],
        make: Callable[[S], T],
        first: int | None,
        after: str | None,
    ) -> Connection[T]:
        of = listing(f"count:{name}", {"seed": self.count.terms.seed})
        at: Page = page(of, first, after)
        start = int(str(at.after[0])) if at.after else 0
        rows = [
            {"number": number, "item": item}
            for number, item in enumerate(items[start : start + at.limit], start=start + 1)
        ]
        return connection(
            of,
            Slice.of(rows, at),
            at,
            make=lambda row: make(row["item"]),
            key=lambda row: (row["number"],),
        )
