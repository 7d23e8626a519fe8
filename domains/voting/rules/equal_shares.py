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

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush
from operator import itemgetter
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


@dataclass(frozen=True, slots=True)
class _Project:
    """A project that can be funded, and the groups of its supporters.

    `layers` holds `(weight, groups)`, and the weights of a group add up to its size: many groups
    of one size are one layer, and others lie in those of the powers of two that make their size.
    """

    position: int
    cost: int
    supporters: int
    groups: Sequence[int]
    layers: Sequence[tuple[int, Sequence[int]]]


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


class _Classes:
    """Which groups support the same of what was bought so far: they hold the same money.

    That follows from the purchases and from no amount, so runs at other endowments, which
    mostly buy the same in the same order, find the groups parted already.
    """

    def __init__(self, class_of: list[int], number: int) -> None:
        self._class_of = class_of
        self._number = number
        self._supporters: dict[int, Mapping[int, int]] = {}
        self._after: dict[int, _Classes] = {}

    def supporters(self, project: _Project) -> Mapping[int, int]:
        """Return the classes among a project's supporters, and how many voters each has there."""
        known = self._supporters.get(project.position)
        if known is None:
            known = self._supporters[project.position] = self._count(project)
        return known

    def _count(self, project: _Project) -> Mapping[int, int]:
        voters: dict[int, int] = {}
        class_of = self._class_of
        for weight, groups in project.layers:
            for each, number in Counter(map(class_of.__getitem__, groups)).items():
                voters[each] = voters.get(each, 0) + number * weight
        return voters

    def after(self, project: _Project) -> "_Classes":
        """Return the classes once a project is bought.

        Each class among its supporters makes a new one, in the order in which they are told.
        """
        known = self._after.get(project.position)
        if known is None:
            own = self.supporters(project)
            became = {each: self._number + place for place, each in enumerate(own)}
            class_of = list(self._class_of)
            for group in project.groups:
                class_of[group] = became[class_of[group]]
            known = _Classes(class_of, self._number + len(own))
            # One way on is kept, so that memory is bounded by the purchases of one run.
            self._after = {project.position: known}
        return known


class _Market:
    """One run of purchases at one endowment.

    A class tells its money in the unit of the time when it arose; `_refined` says by how much
    the unit was refined since.
    """

    def __init__(self, endowment: Fraction, *, classes: _Classes, lot: Sequence[int]) -> None:
        self.purchases: list[_Purchase] = []
        self.cost = 0
        self._lot = lot
        self._unit = endowment.denominator
        self._classes = classes
        self._money = [endowment.numerator]
        self._since = [0]
        self._refined = [1]

    def run(self, projects: Sequence[_Project]) -> None:
        """Buy until nothing that is left can be paid for."""
        waiting = [
            ((1 << _FINE) // each.supporters, each.position, each)
            for each in projects
            if each.cost * self._unit <= each.supporters * self._money[0]
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
        """Return what a project asks now, or None if its supporters can no longer pay for it."""
        whole = rest = project.cost * self._unit
        number = project.supporters
        if self.purchases:
            purses = self._purses(project)
            number = sum(voters for _, voters in purses)
            for money, voters in purses:
                if money * number >= rest:
                    break
                rest -= money * voters
                number -= voters
            else:
                return None
        return _Price((rest << _FINE) // (number * whole), project, rest, number)

    def _purses(self, project: _Project) -> list[tuple[int, int]]:
        """Return each class of supporters that has money, and its number, the poorest first."""
        money, since, refined = self._money, self._since, self._refined
        purses = [
            (money[each] * refined[since[each]], number)
            for each, number in self._classes.supporters(project).items()
            if money[each]
        ]
        purses.sort(key=itemgetter(0))
        return purses

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
        refined = [each * payment.denominator for each in self._refined]
        self.purchases.append(_Purchase(project, payment / self._unit, price.number, level))
        self.cost += project.cost
        self._unit *= payment.denominator
        money, since = self._money, self._since
        for each in self._classes.supporters(project):
            had = money[each]
            money.append(max(had * refined[since[each]] - payment.numerator, 0) if had else 0)
            since.append(len(self.purchases))
        self._classes = self._classes.after(project)
        self._refined = [*refined, 1]


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
        stages = _complete(
            projects, terms, Fraction(budget, wishes.voters), len(wishes.numbers), lot
        )
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
        _project(position, cost, own, wishes)
        for position, (cost, own) in enumerate(zip(costs, wishes.supporters, strict=True), start=1)
        if own and cost <= budget
    ]


def _project(position: int, cost: int, own: Sequence[int], wishes: Wishes) -> _Project:
    by_size: dict[int, list[int]] = {}
    for group in own:
        by_size.setdefault(wishes.numbers[group], []).append(group)
    layers: dict[int, list[int]] = {}
    for size, groups in by_size.items():
        powers = [1 << bit for bit in range(size.bit_length()) if size >> bit & 1]
        for weight in (size,) if len(groups) >= _CROWD else powers:
            layers.setdefault(weight, []).extend(groups)
    return _Project(
        position=position,
        cost=cost,
        supporters=wishes.scores[position - 1],
        groups=own,
        layers=tuple(layers.items()),
    )


def _complete(
    projects: Sequence[_Project],
    terms: Terms,
    initial: Fraction,
    group_count: int,
    lot: Sequence[int],
) -> tuple[EndowmentStage | PurchaseStage, ...]:
    """Raise the endowment until the next purchases would overspend; return what stands."""
    assert terms.budget is not None

    classes = _Classes([0] * group_count, 1)

    def bought_at(increments: int) -> _Market:
        endowment = initial + increments * terms.increment
        market = _Market(endowment, classes=classes, lot=lot)
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
