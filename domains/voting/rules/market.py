"""One run of purchases at one endowment, as far as anybody asks what it buys.

A project is bought when its supporters can pay for it; each pays the same, or all that is left
to them. The project with the lowest rate comes next: what a unit of its cost asks of those who
pay in full. An equal rate goes to the lower cost, then to more supporters, then to the seed.

Money of voters is kept as whole numbers over one common denominator, which every purchase
refines. Voters who hold the same share of it are one class, whatever else they approve.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from domains.voting.rules.electorate import Electorate, Project

# Rates are first compared by their floors in this fine a unit, and exactly where those meet.
_FINE = 64


class Price(NamedTuple):
    """What a project asks now of each supporter who pays in full: `rest / number` units."""

    floor: int
    project: Project
    rest: int
    number: int


class Purchase(NamedTuple):
    """A project that was bought, for what payment, and those that it was level with.

    `floor` bounds its rate from below, in a fine unit, and `others` every other's then;
    `reach` is what it and everything that could still be paid for cost, with all before.
    """

    project: Project
    payment: Fraction
    paid_in_full: int
    level: tuple[Project, ...]
    floor: int
    others: int | None
    reach: int


class Market:
    """The purchases so far at one endowment, and what voters have left."""

    def __init__(
        self,
        projects: Sequence[Project],
        endowment: Fraction,
        *,
        electorate: Electorate,
        lot: Sequence[int],
    ) -> None:
        self.purchases: list[Purchase] = []
        self.cost = 0
        self._lot = lot
        self._electorate = electorate
        self._bought = 0
        self._unit = endowment.denominator
        self._money = {0: endowment.numerator}
        self._asked: dict[int, int] = {}
        self._offers: list[Price] = []
        # Rates only rise as money is spent, so an earlier rate bounds a later one from below.
        self._waiting = [
            ((1 << _FINE) // each.supporters, each.position, each)
            for each in projects
            if each.cost <= each.supporters * endowment
        ]
        heapify(self._waiting)
        self._reach = sum(each.cost for _, _, each in self._waiting)

    def finish(self) -> None:
        """Buy until nothing that is left can be paid for."""
        while self._buy_next():
            pass

    def fits(self, budget: int) -> bool:
        """Return whether what is bought fits; buys only as much as it takes to know."""
        while self.cost <= budget < self._reach and self._buy_next():
            pass
        return self.cost <= budget

    def purchase(self, place: int, *, beside: int = -1) -> Purchase | None:
        """Return what is bought at this place, if anything.

        Whatever else could have been as cheap as `beside` is priced, too.
        """
        while len(self.purchases) <= place:
            if not self._buy_next(beside):
                return None
        return self.purchases[place]

    def reach(self, place: int) -> int:
        """Return what everything that could be bought, after so many purchases, costs at most."""
        return self.purchases[place].reach if place < len(self.purchases) else self._reach

    def _buy_next(self, beside: int = -1) -> bool:
        self._look(beside)
        if not self._offers:
            return False
        chosen, level = self._choose(self._offers)
        for each in self._offers:
            if each is not chosen:
                heappush(self._waiting, (each.floor, each.project.position, each.project))
        self._offers = []
        self._buy(chosen, level)
        return True

    def _look(self, beside: int) -> None:
        """Price projects until none of the others can be as cheap as the cheapest or as this."""
        waiting, least = self._waiting, -1
        while waiting and (least < 0 or waiting[0][0] <= max(least, beside)):
            project = heappop(waiting)[2]
            price = self._price(project)
            if price is None:
                self._reach -= project.cost
                continue
            self._offers.append(price)
            least = price.floor if least < 0 else min(least, price.floor)

    def _price(self, project: Project) -> Price | None:
        """Return what a project asks now, or None if its supporters can no longer pay for it.

        Who has less than an equal part gives all of it, and what is missing falls to the others.
        """
        whole = rest = project.cost * self._unit
        own = self._electorate.supporters(project, self._bought)
        purses: Iterable[tuple[int, int]] = zip(
            map(self._money.__getitem__, own.classes), own.numbers, strict=True
        )
        number = project.supporters
        # What a part was before, it is at least, for money has only been spent since.
        part = self._asked.get(project.position, 0)
        while number:
            part = max(-(-rest // number), part)
            given, poor, rich = 0, 0, []
            for each in purses:
                had, voters = each
                if had < part:
                    given += had * voters
                    poor += voters
                else:
                    rich.append(each)
            if not poor:
                self._asked[project.position] = rest // number
                return Price((rest << _FINE) // (number * whole), project, rest, number)
            rest -= given
            number -= poor
            purses = rich
        return None

    def _choose(self, prices: Sequence[Price]) -> tuple[Price, tuple[Project, ...]]:
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

    def _precedence(self, price: Price) -> tuple[int, int, int]:
        project = price.project
        return project.cost, -project.supporters, self._lot.index(project.position)

    def _buy(self, price: Price, level: tuple[Project, ...]) -> None:
        """Take the payments; whoever had no more than the payment has nothing left."""
        project = price.project
        payment = Fraction(price.rest, price.number)
        own = self._electorate.supporters(project, self._bought).classes
        self.purchases.append(
            Purchase(
                project,
                payment / self._unit,
                price.number,
                level,
                floor=price.floor,
                others=self._waiting[0][0] if self._waiting else None,
                reach=self._reach,
            )
        )
        self.cost += project.cost
        paid, finer, bit = payment.numerator, payment.denominator, project.bit
        if finer > 1:
            self._unit *= finer
            self._money = {each: had * finer for each, had in self._money.items()}
            self._asked = {each: part * finer for each, part in self._asked.items()}
        money = self._money
        for each in own:
            left = money[each] - paid
            money[each | bit] = left if left > 0 else 0
        self._bought |= bit
