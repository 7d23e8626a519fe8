"""Rules that transfer: instant run-off, and the single transferable vote as Scotland counts it.

A pile holds parcels of papers, each worth the same, by what they rank after the option that has
them now. Votes are whole numbers of hundred-thousandths, because transfer values are cut to five
decimals.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from domains.voting.rules.lots import disfavoured, favoured, lot_of
from domains.voting.rules.rankings import Rankings, gather
from domains.voting.rules.records import (
    Count,
    Parcel,
    StageAction,
    Terms,
    Tie,
    TieBreak,
    TieQuestion,
    Transfer,
    TransferStage,
)

ONE = 100_000
Groups = Iterable[tuple[int, int]]
# Papers by the marks that are still to be read.
Papers = Mapping[int, int]


@dataclass(slots=True)
class _Table:
    """The counting table: piles of papers, who stands, and what was noted so far."""

    rankings: Rankings
    lot: tuple[int, ...]
    piles: dict[int, list[tuple[int, Papers]]] = field(default_factory=dict)
    votes: dict[int, int] = field(default_factory=dict)
    continuing: set[int] = field(default_factory=set)
    winners: list[int] = field(default_factory=list)
    history: list[dict[int, int]] = field(default_factory=list)
    stages: list[TransferStage] = field(default_factory=list)

    def deal(self, papers: Papers) -> dict[int, dict[int, int]]:
        """Return the papers by the continuing option that each names next, if it names any."""
        dealt: dict[int, dict[int, int]] = {position: {} for position in self.continuing}
        for marks, number in papers.items():
            rest = marks
            while rest:
                pile = dealt.get(rest & 0xF)
                rest >>= 4
                if pile is not None:
                    pile[rest] = pile.get(rest, 0) + number
                    break
        return dealt

    def give(self, papers: Papers, value: int) -> dict[int, int]:
        """Pass papers on at a value and return how many each option received."""
        received: dict[int, int] = {}
        for position, parcel in self.deal(papers).items():
            if parcel:
                received[position] = sum(parcel.values())
                self.piles[position].append((value, parcel))
                self.votes[position] += received[position] * value
        return received

    def note(
        self,
        action: StageAction,
        option: int | None,
        moved: "_Moved",
        *,
        elected: Sequence[int] = (),
        excluded: Sequence[int] = (),
        ties: Sequence[Tie] = (),
    ) -> None:
        """Write the stage down."""
        positions = range(1, self.rankings.option_count + 1)
        self.history.append(dict(self.votes))
        standing = sum(self.votes.values())
        self.stages.append(
            TransferStage(
                number=len(self.history),
                action=action,
                option=option,
                votes=tuple(Fraction(self.votes[each], ONE) for each in positions),
                not_transferable=Fraction(self.rankings.valid * ONE - standing, ONE),
                transfers=moved.transfers(),
                parcels=moved.parcels(),
                elected=tuple(elected),
                excluded=tuple(excluded),
                ties=tuple(ties),
            )
        )

    def move(self, option: int, *, surplus: int | None) -> "_Moved":
        """Move an option's papers on: all of their value, or their share of its surplus."""
        moved = _Moved()
        total = self.votes[option]
        for before, papers in self.piles[option]:
            after = before if surplus is None else surplus * before // total
            moved.add_parcel(sum(papers.values()), before, after)
            for position, number in self.give(papers, after).items():
                moved.add_transfer(position, number, number * after)
        self.votes[option] = 0 if surplus is None else total - surplus
        self.piles[option] = []
        return moved

    def narrow(
        self, question: TieQuestion, tied: Sequence[int], *, greatest: bool
    ) -> tuple[int, tuple[Tie, ...]]:
        """Return one of the tied: by the latest stage at which they differed, else by lot."""
        if len(tied) == 1:
            return tied[0], ()
        chosen_from = list(tied)
        pick = max if greatest else min
        for number in range(len(self.history), 0, -1):
            votes = self.history[number - 1]
            extreme = pick(votes[position] for position in chosen_from)
            chosen_from = [position for position in chosen_from if votes[position] == extreme]
            if len(chosen_from) == 1:
                by_stage = Tie(
                    question, tuple(tied), chosen_from[0], TieBreak.EARLIER_STAGE, number
                )
                return chosen_from[0], (by_stage,)
        draw = favoured if greatest else disfavoured
        chosen = draw(self.lot, chosen_from)
        return chosen, (Tie(question, tuple(tied), chosen, TieBreak.SEED),)

    def lowest(self) -> tuple[int, tuple[Tie, ...]]:
        """Return the continuing option to exclude."""
        least = min(self.votes[position] for position in self.continuing)
        tied = sorted(each for each in self.continuing if self.votes[each] == least)
        return self.narrow(TieQuestion.EXCLUSION, tied, greatest=False)

    def elect(self, positions: Iterable[int]) -> tuple[int, ...]:
        """Deem options elected, the one with most votes first."""
        elected = tuple(sorted(positions, key=lambda each: (-self.votes[each], each)))
        self.winners += elected
        self.continuing.difference_update(elected)
        return elected


@dataclass(slots=True)
class _Moved:
    """What moved at a stage."""

    to: dict[int, tuple[int, int]] = field(default_factory=dict)
    values: dict[tuple[int, int], int] = field(default_factory=dict)

    def add_transfer(self, position: int, papers: int, votes: int) -> None:
        before = self.to.get(position, (0, 0))
        self.to[position] = (before[0] + papers, before[1] + votes)

    def add_parcel(self, papers: int, before: int, after: int) -> None:
        self.values[before, after] = self.values.get((before, after), 0) + papers

    def transfers(self) -> tuple[Transfer, ...]:
        return tuple(
            Transfer(position, papers, Fraction(votes, ONE))
            for position, (papers, votes) in sorted(self.to.items())
        )

    def parcels(self) -> tuple[Parcel, ...]:
        return tuple(
            Parcel(papers, Fraction(before, ONE), Fraction(after, ONE))
            for (before, after), papers in sorted(self.values.items(), reverse=True)
        )


def _table(groups: Groups, terms: Terms) -> _Table:
    rankings = gather(groups, option_count=len(terms.options))
    table = _Table(rankings, lot_of(terms.options, seed=terms.seed))
    table.continuing = set(range(1, len(terms.options) + 1))
    table.piles = {position: [] for position in table.continuing}
    table.votes = dict.fromkeys(table.continuing, 0)
    table.give(rankings.papers, ONE)
    return table


def _count(table: _Table, terms: Terms, *, quota: int | None) -> Count:
    return Count(
        terms=terms,
        ballots=table.rankings.ballots,
        blank=table.rankings.blank,
        lot=table.lot,
        quota=quota,
        winners=tuple(table.winners),
        stages=tuple(table.stages),
    )


def instant_run_off(groups: Groups, terms: Terms) -> Count:
    """Exclude the last until one option holds more than half of the votes still in play."""
    table = _table(groups, terms)
    if not table.rankings.valid:
        return _count(table, terms, quota=None)
    action, moved = StageAction.FIRST_PREFERENCES, _Moved()
    option: int | None = None
    excluded: tuple[int, ...] = ()
    ties: tuple[Tie, ...] = ()
    while True:
        in_play = sum(table.votes.values())
        ahead = [each for each in table.continuing if 2 * table.votes[each] > in_play]
        if ahead or len(table.continuing) == 1:
            elected = table.elect(ahead or table.continuing)
            table.note(action, option, moved, elected=elected, excluded=excluded, ties=ties)
            return _count(table, terms, quota=None)
        table.note(action, option, moved, excluded=excluded, ties=ties)
        option, ties = table.lowest()
        table.continuing.discard(option)
        action, excluded = StageAction.EXCLUSION, (option,)
        moved = table.move(option, surplus=None)


def scottish_stv(groups: Groups, terms: Terms) -> Count:
    """Fill the seats as the Scottish Local Government Elections Order 2007 asks.

    Quota: valid papers divided by seats + 1, cut to a whole, plus 1. Surpluses go first, one at
    a time and the largest first; every paper of the pile moves on at surplus x value / votes,
    cut to five decimals. Then the lowest is excluded. Equal surpluses and equal lowest votes
    are parted by the latest stage at which they differed, then by lot. Where those continuing
    are as many as the vacancies, they are elected.
    """
    table = _table(groups, terms)
    if not table.rankings.valid:
        return _count(table, terms, quota=None)
    quota = table.rankings.valid // (terms.seats + 1) + 1
    surpluses: set[int] = set()
    action, moved = StageAction.FIRST_PREFERENCES, _Moved()
    option: int | None = None
    excluded: tuple[int, ...] = ()
    ties: tuple[Tie, ...] = ()
    while True:
        elected = table.elect(
            each for each in list(table.continuing) if table.votes[each] >= quota * ONE
        )
        surpluses.update(each for each in elected if table.votes[each] > quota * ONE)
        if len(table.continuing) <= terms.seats - len(table.winners):
            elected += table.elect(table.continuing)
        table.note(action, option, moved, elected=elected, excluded=excluded, ties=ties)
        if len(table.winners) >= terms.seats or not table.continuing:
            return _count(table, terms, quota=quota)
        if surpluses:
            option, ties = _largest_surplus(table, surpluses)
            surpluses.discard(option)
            action, excluded = StageAction.SURPLUS, ()
            moved = table.move(option, surplus=table.votes[option] - quota * ONE)
            continue
        option, ties = table.lowest()
        table.continuing.discard(option)
        action, excluded = StageAction.EXCLUSION, (option,)
        moved = table.move(option, surplus=None)


def _largest_surplus(table: _Table, surpluses: set[int]) -> tuple[int, tuple[Tie, ...]]:
    most = max(table.votes[position] for position in surpluses)
    tied = sorted(position for position in surpluses if table.votes[position] == most)
    return table.narrow(TieQuestion.SURPLUS, tied, greatest=True)
