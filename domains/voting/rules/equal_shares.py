"""Method of Equal Shares: everybody holds an equal part of the budget and pays for what they want.

Peters, Pierczynski and Skowron, NeurIPS 2021, with the cost of a project as its utility.
Completion is add1: each endowment is raised by one increment until what is bought would
overspend, and the last affordable purchase stands, though another project might still fit.

Not every increment is run. Where two runs buy the same in the same order, whoever has more money
in one of them has no less after each purchase: the payment p at which all together pay the cost,
the sum of min(p, money), is no higher where money is more, and so max(money - p, 0) is no less.
Between two endowments, therefore, a rate lies between the rates at both. As long as a project is
cheaper at the lower than any other is at the higher, it is bought at every one between; and when
all that can still be paid for at the higher fits into the budget, none between overspends.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import count

from domains.voting.rules.budgets import Groups, Wishes, purse, wishes_of
from domains.voting.rules.electorate import Electorate, Project
from domains.voting.rules.lots import lot_of, settle
from domains.voting.rules.market import Market, Purchase
from domains.voting.rules.records import (
    Count,
    EndowmentStage,
    PurchaseStage,
    Terms,
    TieBreak,
    TieQuestion,
)


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
        electorate = Electorate(wishes, _likely(projects, budget))
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


def _projects(wishes: Wishes, costs: Sequence[int], *, budget: int) -> list[Project]:
    """Return the projects that somebody wants and the budget could pay for by themselves."""
    return [
        Project(position, cost, supporters, own)
        for position, (cost, supporters, own) in enumerate(
            zip(costs, wishes.scores, wishes.supporters, strict=True), start=1
        )
        if own and cost <= budget
    ]


def _likely(projects: Sequence[Project], budget: int) -> int:
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
    projects: Sequence[Project],
    terms: Terms,
    initial: Fraction,
    electorate: Electorate,
    lot: Sequence[int],
) -> tuple[EndowmentStage | PurchaseStage, ...]:
    """Raise the endowment until the next purchases would overspend; return what stands."""
    assert terms.budget is not None

    def raised(increments: int) -> Market:
        endowment = initial + increments * terms.increment
        return Market(projects, endowment, electorate=electorate, lot=lot)

    increments = _first_increments(projects, terms, initial)
    market, following = raised(increments), None
    if sum(each.cost for each in projects) > terms.budget:
        increments, market, following = _raise(raised, increments, terms.budget)
        following.finish()
    market.finish()
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


def _raise(
    raised: Callable[[int], Market], increments: int, budget: int
) -> tuple[int, Market, Market]:
    """Return the most increments before one overspends, the run there, and the one that does.

    Strides double while nothing between their ends can overspend, and halve where it might;
    a run that was begun ahead is gone on with when its turn comes.
    """
    reached, market = increments, raised(increments)
    ahead: list[tuple[int, Market]] = []
    stride = 1
    while True:
        if not ahead:
            ahead.append((reached + stride, raised(reached + stride)))
            stride *= 2
        further, following = ahead[-1]
        if fit_between(market, following, budget) or (
            further == reached + 1 and following.fits(budget)
        ):
            reached, market = ahead.pop()
        elif further == reached + 1:
            return reached, market, following
        else:
            stride = max(2, stride // 2)
            halfway = (reached + further) // 2
            ahead.append((halfway, raised(halfway)))


def fit_between(lower: Market, higher: Market, budget: int) -> bool:
    """Return whether surely nothing overspends at any endowment above one and up to the other."""
    for place in count():
        if higher.reach(place) <= budget:
            return True
        own = lower.purchase(place)
        if own is None:
            return False
        other = higher.purchase(place, beside=own.floor)
        if other is None or other.project is not own.project:
            return False
        if other.others is not None and other.others <= own.floor:
            return False
    raise AssertionError("a run ends")


def _first_increments(projects: Sequence[Project], terms: Terms, initial: Fraction) -> int:
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


def _stage(number: int, purchase: Purchase, lot: Sequence[int]) -> PurchaseStage:
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
