"""Method of Equal Shares: everybody holds an equal part of the budget and pays for what they want.

Peters, Pierczynski and Skowron, NeurIPS 2021, with the cost of a project as its utility. A
project is bought when its supporters can pay for it; each pays the same, or all that is left
to them. The project with the lowest rate comes next: what a unit of its cost asks of those who
pay in full. An equal rate goes to the lower cost, then to more supporters, then to the seed.

Completion is add1: each endowment is raised by one increment until what is bought would
overspend, and the last affordable purchase stands, though another project might still fit.

Money of voters is kept as whole numbers over one common denominator, which every purchase
refines. Voters who hold the same share of it are one class, whatever else they approve.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush
from itertools import repeat, starmap
from operator import and_, itemgetter, mul
from typing import NamedTuple

from domains.voting.rules.budgets import Groups, Wishes, purse, wishes_of
from domains.voting.rules.lots import lot_of, settle
from domains.voting.rules.records import (
    Count,
    EndowmentStage,
    PurchaseStage,
    Terms,
    TieBreak,
    TieQuestion,
)

# Rates are first compared by their floors in this fine a unit, and exactly where those meet.
_FINE = 64
# So many groups of one size are counted together; fewer are counted by the bits of their size.
_CROWD = 64
# What a class without money has, whatever the unit.
_NOTHING = (0, 0)


@dataclass(frozen=True, slots=True)
class _Project:
    """A project that can be funded, and the groups of its supporters."""

    position: int
    cost: int
    supporters: int
    groups: Sequence[int]

    @property
    def bit(self) -> int:
        """Return the project's bit on a ballot."""
        return 1 << self.position - 1


class _Price(NamedTuple):
    """What a project asks now of each supporter who pays in full: `rest / number` units."""

    floor: int
    project: _Project
    rest: int
    number: int


class _Purchase(NamedTuple):
    """A project that was bought, for what payment, and those that it was level with."""

    project: _Project
    payment: Fraction
    paid_in_full: int
    level: tuple[_Project, ...]


class _Supporters(NamedTuple):
    """The classes among a project's supporters, and how many voters each of them has there."""

    classes: Sequence[int]
    numbers: Sequence[int]


class _Electorate:
    """Who wants which of the projects that were bought: whoever wants the same is one class.

    A class is told by the bits of those projects. It follows from the set of the purchases and
    from no amount, so runs at other endowments, which mostly buy the same, find it known.
    """

    def __init__(self, wishes: Wishes, telling: int) -> None:
        self._ballots = [int.from_bytes(each, "little") for each in wishes.marks]
        self._numbers = wishes.numbers
        self._tell(telling)
        self._known: dict[tuple[int, int], _Supporters] = {}
        self._before: dict[tuple[int, int], _Supporters] = {}

    def begin_run(self) -> None:
        """Forget what the last run did not ask for: memory is bounded by two runs."""
        self._known, self._before = {}, self._known

    def supporters(self, project: _Project, bought: int) -> _Supporters:
        """Return the classes among a project's supporters once these were bought."""
        if not bought:
            return _Supporters((0,), (project.supporters,))
        key = project.position, bought
        known = self._known.get(key)
        if known is None:
            known = self._before.get(key) or self._count(project, bought)
            self._known[key] = known
        return known

    def _tell(self, telling: int) -> None:
        """Tell voters apart by these projects; each project's are merged when it is asked for."""
        self._telling = telling
        told = list(map(and_, self._ballots, repeat(telling)))
        # Equal ones are one object, so that the many are counted out of little memory.
        self._class_of = list(map(dict(zip(told, told, strict=True)).__getitem__, told))
        self._all = self._together(range(len(told)))
        self._merged: dict[int, Mapping[int, int]] = {}

    def _count(self, project: _Project, bought: int) -> _Supporters:
        if bought & ~self._telling:
            self._tell(self._telling | bought)
        merged = self._merged.get(project.position)
        if merged is None:
            merged = self._merged[project.position] = self._merge(project)
        voters: dict[int, int] = {}
        for each, number in merged.items():
            wanted = each & bought
            voters[wanted] = voters.get(wanted, 0) + number
        return _Supporters(tuple(voters), tuple(voters.values()))

    def _merge(self, project: _Project) -> Mapping[int, int]:
        bit = project.bit
        if bit & self._telling:
            return {each: number for each, number in self._all.items() if each & bit}
        return self._together(project.groups)

    def _together(self, groups: Iterable[int]) -> Mapping[int, int]:
        """Return how many voters these groups have in each class.

        Many groups of one size are counted together; others by the bits of their size.
        """
        numbers, class_of = self._numbers, self._class_of
        by_size: defaultdict[int, list[int]] = defaultdict(list)
        for group in groups:
            by_size[numbers[group]].append(class_of[group])
        layers: defaultdict[int, list[int]] = defaultdict(list)
        for size, classes in by_size.items():
            powers = [1 << bit for bit in range(size.bit_length()) if size >> bit & 1]
            for weight in (size,) if len(classes) >= _CROWD else powers:
                layers[weight] += classes
        voters: dict[int, int] = {}
        for weight, classes in layers.items():
            for each, number in Counter(classes).items():
                voters[each] = voters.get(each, 0) + number * weight
        return voters


class _Market:
    """One run of purchases at one endowment.

    A class tells its money in the unit of the time when it arose; `_refined` says by how much
    the unit was refined since.
    """

    def __init__(self, endowment: Fraction, *, electorate: _Electorate, lot: Sequence[int]) -> None:
        self.purchases: list[_Purchase] = []
        self.cost = 0
        self._lot = lot
        self._unit = endowment.denominator
        self._electorate = electorate
        self._endowment = endowment.numerator
        self._bought = 0
        self._money = {0: (endowment.numerator, 0)}
        self._refined = [1]
        self._asked: dict[int, tuple[int, int]] = {}

    def run(self, projects: Sequence[_Project]) -> None:
        """Buy until nothing that is left can be paid for."""
        waiting = [
            ((1 << _FINE) // each.supporters, each.position, each)
            for each in projects
            if each.cost * self._unit <= each.supporters * self._endowment
        ]
        heapify(waiting)
        while prices := self._cheapest(waiting):
            chosen, level = self._choose(prices)
            for each in prices:
                if each is not chosen:
                    heappush(waiting, (each.floor, each.project.position, each.project))
            self._buy(chosen, level)

    def _cheapest(self, waiting: list[tuple[int, int, _Project]]) -> list[_Price]:
        """Price projects until none of the others can be as cheap.

        Rates only rise as money is spent, so an earlier rate bounds a later one from below.
        """
        prices: list[_Price] = []
        least = -1
        while waiting and (least < 0 or waiting[0][0] <= least):
            price = self._price(heappop(waiting)[2])
            if price is None:
                continue
            prices.append(price)
            least = price.floor if least < 0 else min(least, price.floor)
        return prices

    def _price(self, project: _Project) -> _Price | None:
        """Return what a project asks now, or None if its supporters can no longer pay for it.

        Who has less than an equal part gives all of it, and what is missing falls to the others.
        """
        whole = rest = project.cost * self._unit
        purses = self._purses(project)
        number = sum(map(itemgetter(1), purses))
        asked, since = self._asked.get(project.position, _NOTHING)
        asked *= self._refined[since]
        while number:
            # What a part was before, it is at least, for money has only been spent since.
            part = max(-(-rest // number), asked)
            poor = [each for each in purses if each[0] < part]
            if not poor:
                self._asked[project.position] = rest // number, len(self.purchases)
                return _Price((rest << _FINE) // (number * whole), project, rest, number)
            rest -= sum(starmap(mul, poor))
            number -= sum(map(itemgetter(1), poor))
            purses = [each for each in purses if each[0] >= part]
        return None

    def _purses(self, project: _Project) -> list[tuple[int, int]]:
        """Return what each voter of a class of supporters has, and how many these are."""
        refined = self._refined
        own = self._electorate.supporters(project, self._bought)
        kept = map(self._money.__getitem__, own.classes)
        return [
            (money * refined[since], number)
            for (money, since), number in zip(kept, own.numbers, strict=True)
            if money
        ]

    def _choose(self, prices: Sequence[_Price]) -> tuple[_Price, tuple[_Project, ...]]:
        """Return the lowest price and the projects that are level with it."""
        floor = min(each.floor for each in prices)
        close = [each for each in prices if each.floor == floor]
        if len(close) == 1:
            return close[0], (close[0].project,)
        rates = [Fraction(each.rest, each.number * each.project.cost) for each in close]
        lowest = min(rates)
        level = [each for each, rate in zip(close, rates, strict=True) if rate == lowest]
        chosen = min(level, key=self._precedence)
        return chosen, tuple(each.project for each in level)

    def _precedence(self, price: _Price) -> tuple[int, int, int]:
        project = price.project
        return project.cost, -project.supporters, self._lot.index(project.position)

    def _buy(self, price: _Price, level: tuple[_Project, ...]) -> None:
        """Take the payments; whoever had no more than the payment has nothing left."""
        project = price.project
        payment = Fraction(price.rest, price.number)
        own = self._electorate.supporters(project, self._bought).classes
        self.purchases.append(_Purchase(project, payment / self._unit, price.number, level))
        self.cost += project.cost
        paid, finer = payment.numerator, payment.denominator
        self._unit *= finer
        refined = self._refined = [each * finer for each in self._refined]
        refined.append(1)
        money, now, bit = self._money, len(self.purchases), project.bit
        for each in own:
            had, since = money[each]
            left = had * refined[since] - paid if had else 0
            money[each | bit] = (left, now) if left > 0 else _NOTHING
        self._bought |= bit


def equal_shares(groups: Groups, terms: Terms) -> Count:
    """Fund what voters can pay for out of equal endowments, raised as far as the budget goes.

    Endowments are the budget in equal parts among those who did not leave their ballot blank.
    """
    costs, budget = purse(terms)
    wishes = wishes_of(groups, terms)
    lot = lot_of(terms.options, seed=terms.seed)
    projects = _projects(wishes, costs, budget=budget)
    stages: tuple[EndowmentStage | PurchaseStage, ...] = ()
    if projects:
        electorate = _Electorate(wishes, _likely(projects, budget))
        stages = _complete(projects, terms, Fraction(budget, wishes.voters), electorate, lot)
    return Count(
        terms=terms,
        ballots=wishes.voters + wishes.blank,
        blank=wishes.blank,
        lot=lot,
        quota=None,
        winners=tuple(each.project for each in stages if isinstance(each, PurchaseStage)),
        stages=stages,
    )


def _projects(wishes: Wishes, costs: Sequence[int], *, budget: int) -> list[_Project]:
    """Return the projects that somebody wants and the budget could pay for by themselves."""
    return [
        _Project(position, cost, supporters, own)
        for position, (cost, supporters, own) in enumerate(
            zip(costs, wishes.scores, wishes.supporters, strict=True), start=1
        )
        if own and cost <= budget
    ]


def _likely(projects: Sequence[_Project], budget: int) -> int:
    """Return the bits of the projects that ask least of a supporter, until they outspend it.

    Most of them will be bought, so voters who agree on them are counted together from the
    beginning; by whatever else is bought they are told apart when it comes.
    """
    likely = together = 0
    for each in sorted(projects, key=lambda project: Fraction(project.cost, project.supporters)):
        likely |= each.bit
        together += each.cost
        if together > budget:
            break
    return likely


def _complete(
    projects: Sequence[_Project],
    terms: Terms,
    initial: Fraction,
    electorate: _Electorate,
    lot: Sequence[int],
) -> tuple[EndowmentStage | PurchaseStage, ...]:
    """Raise the endowment until the next purchases would overspend; return what stands."""
    assert terms.budget is not None

    def bought_at(increments: int) -> _Market:
        endowment = initial + increments * terms.increment
        electorate.begin_run()
        market = _Market(endowment, electorate=electorate, lot=lot)
        market.run(projects)
        return market

    increments = _first_increments(projects, terms, initial)
    market = bought_at(increments)
    following: _Market | None = None
    while len(market.purchases) < len(projects):
        following = bought_at(increments + 1)
        if following.cost > terms.budget:
            break
        market, following, increments = following, None, increments + 1
    reached = EndowmentStage(
        initial=initial,
        increments=increments,
        endowment=initial + increments * terms.increment,
        cost=market.cost,
        next_cost=None if following is None else following.cost,
    )
    return reached, *(
        _stage(number, purchase, lot) for number, purchase in enumerate(market.purchases, start=1)
    )


def _first_increments(projects: Sequence[_Project], terms: Terms, initial: Fraction) -> int:
    """Return how often the endowment can be raised before anything could overspend.

    No project is bought before its supporters' endowments together reach its cost. As long as
    all projects of which that is true fit into the budget, so does whatever is bought.
    """
    assert terms.budget is not None
    asked = sorted((Fraction(each.cost, each.supporters), each.cost) for each in projects)
    together = 0
    for endowment, cost in asked:
        together += cost
        if together > terms.budget:
            return max(0, _rises(endowment - initial, terms.increment) - 1)
    # Everything fits: endowments suffice once nobody runs out of money on the way.
    return max(0, _rises(sum((each for each, _ in asked), Fraction(0)) - initial, terms.increment))


def _rises(missing: Fraction, increment: int) -> int:
    """Return the least number of increments that make up what is missing."""
    return -(-missing.numerator // (missing.denominator * increment))


def _stage(number: int, purchase: _Purchase, lot: Sequence[int]) -> PurchaseStage:
    by_position = {each.position: each for each in purchase.level}
    chosen, ties = settle(
        TieQuestion.FUNDING,
        tuple(by_position),
        lot=lot,
        rules=(
            (TieBreak.LOWER_COST, lambda position: -by_position[position].cost),
            (TieBreak.MORE_VOTES, lambda position: by_position[position].supporters),
        ),
    )
    assert chosen == purchase.project.position, "the tie was broken another way in the run"
    return PurchaseStage(
        number=number,
        project=chosen,
        cost=purchase.project.cost,
        supporters=purchase.project.supporters,
        paid_in_full=purchase.paid_in_full,
        payment=purchase.payment,
        rate=purchase.payment / purchase.project.cost,
        ties=ties,
    )
