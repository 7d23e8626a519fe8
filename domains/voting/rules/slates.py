"""What an election is judged by besides its ballots, and what was found of each candidate."""

from collections.abc import Sequence
from dataclasses import dataclass

from domains.voting.rules.procedure import ElectionProcedure
from domains.voting.values import Verdict


@dataclass(frozen=True, slots=True)
class Slate:
    """The candidates of an election by their place on the paper, and who holds a seat already.

    `kin` are pairs of near relatives among them; `barred` are near relatives of somebody who
    was elected in an earlier round; `seated` is how many were. Of `unsure` the register does not
    say whether they are women.
    """

    seats: int
    positions: tuple[int, ...]
    procedure: ElectionProcedure
    women: frozenset[int] = frozenset()
    kin: frozenset[frozenset[int]] = frozenset()
    barred: frozenset[int] = frozenset()
    seated: int = 0
    woman_seated: bool = False
    unsure: frozenset[int] = frozenset()

    def related(self, one: int, others: Sequence[int]) -> int | None:
        """Return the first of the others who is a near relative, or None."""
        return next((each for each in others if frozenset((one, each)) in self.kin), None)

    @property
    def least_elected(self) -> int:
        """Return how many the whole body needs, of those that it can have."""
        return min(self.procedure.least_elected, self.seated + self.seats)


@dataclass(frozen=True, slots=True)
class CandidateFinding:
    """What was found of a candidate; `before` is whom they gave way to, or who replaced them."""

    position: int
    votes: int
    verdict: Verdict
    before: int | None = None


@dataclass(frozen=True, slots=True)
class ElectionFinding:
    """How the seats were filled, the best candidates first, and what is left to be done."""

    seats: int
    seated: int
    open_seats: int
    void: int
    candidates: tuple[CandidateFinding, ...]
    runoff: tuple[int, ...]
    woman_missing: bool
    too_few_elected: bool
