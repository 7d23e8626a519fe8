"""Equal Shares and Phragmén against the plainest way to compute them, voter by voter."""

import random
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domains.voting.rules import BallotForm, CountingRule, Paper, count, equal_shares, pack
from domains.voting.rules.budgets import Wishes
from domains.voting.rules.electorate import Electorate, Project
from domains.voting.rules.market import Market
from domains.voting.rules.records import TieBreak

PROJECTS = tuple("abcde")
POSITIONS = tuple(range(1, 6))

ballots = st.lists(
    st.sets(st.sampled_from(POSITIONS)).map(lambda named: tuple(sorted(named))), max_size=7
)
costs = st.tuples(*[st.integers(1, 40)] * 5)
dear = st.tuples(*[st.integers(20, 600)] * 5)


def counted(rule, form, box, **terms):
    paper = Paper(form, 5)
    groups = [(pack(paper, named), 1) for named in box]
    return count(rule, groups, options=PROJECTS, seed="3c", **terms)


def market_of(masks, costs, endowment):
    """Return the market at an endowment where one voter wants what each mask says."""
    marks = [mask.to_bytes(1, "little") for mask in masks]
    projects = []
    for position, cost in enumerate(costs, start=1):
        own = [voter for voter, mask in enumerate(masks) if mask >> position - 1 & 1]
        if own:
            projects.append(Project(position, cost, len(own), own))
    wishes = Wishes(marks, [1] * len(marks), [], [], 0)
    return Market(
        projects,
        Fraction(endowment),
        electorate=Electorate(wishes, 0),
        lot=POSITIONS,
    )


def buy(box, costs, endowment, lot):
    """Buy in equal shares, trying every project and every voter each time."""
    money = [endowment] * len(box)
    bought: list[int] = []
    while True:
        offers = []
        for position in set(POSITIONS) - set(bought):
            own = [voter for voter, named in enumerate(box) if position in named]
            cost = costs[position - 1]
            if not own or sum(money[voter] for voter in own) < cost:
                continue
            payment = _payment([money[voter] for voter in own], cost)
            rank = (payment / cost, cost, -len(own), lot.index(position))
            offers.append((rank, position, payment))
        if not offers:
            return bought
        _, position, payment = min(offers)
        bought.append(position)
        for voter, named in enumerate(box):
            if position in named:
                money[voter] -= min(payment, money[voter])


def _payment(money, cost):
    """Return the payment at which all together pay the cost: one of the ways of running out."""
    for poorest in range(len(money)):
        spent = sum(sorted(money)[:poorest])
        payment = Fraction(cost - spent, len(money) - poorest)
        if sum(min(payment, each) for each in money) == cost:
            return payment
    raise AssertionError("they can pay")


def raise_endowments(box, costs, budget, *, increment, lot):
    """Return what is bought at last, how often endowments were raised, and whether all was."""
    voters = [named for named in box if named]
    affordable = [tuple(p for p in named if costs[p - 1] <= budget) for named in voters]
    wanted = {position for named in affordable for position in named}
    expected: list[int] = []
    for increments in range(1000):
        if not wanted:
            break
        endowment = Fraction(budget, len(voters)) + increments * increment
        bought = buy(affordable, costs, endowment, lot)
        if sum(costs[position - 1] for position in bought) > budget:
            return expected, increments - 1, False
        expected = bought
        if set(bought) == wanted:
            break
    return expected, None, True


def require_agreement(box, costs, budget, *, increment):
    result = counted(
        CountingRule.EQUAL_SHARES,
        BallotForm.BUDGET_APPROVAL,
        box,
        costs=costs,
        budget=budget,
        increment=increment,
    )

    expected, increments, everything = raise_endowments(
        box, costs, budget, increment=increment, lot=result.lot
    )
    if everything:
        assert set(result.winners) == set(expected)
    else:
        assert list(result.winners) == expected
        assert result.stages[0].increments == increments


@given(ballots, costs, st.integers(10, 120), st.integers(1, 9))
def test_equal_shares_agree_with_raising_endowments_one_by_one(box, costs, budget, increment):
    require_agreement(box, costs, budget, increment=increment)


@settings(max_examples=40)
@given(ballots, dear, st.integers(200, 1200), st.integers(1, 3))
def test_equal_shares_agree_where_many_increments_are_passed_over(box, costs, budget, increment):
    require_agreement(box, costs, budget, increment=increment)


@given(
    st.lists(st.integers(1, 31), min_size=1, max_size=9),
    dear,
    st.integers(20, 200),
    st.integers(1, 60),
    st.integers(200, 1200),
)
def test_no_endowment_overspends_between_two_that_surely_fit(masks, costs, start, rise, budget):
    """What is passed over unrun, run all the same."""
    lower, higher = (market_of(masks, costs, each) for each in (start, start + rise))
    lower.finish()
    assume(lower.cost <= budget)

    assume(equal_shares.fit_between(lower, higher, budget))

    for endowment in range(start, start + rise + 1):
        between = market_of(masks, costs, endowment)
        between.finish()
        assert between.cost <= budget


@pytest.mark.parametrize("seed", range(12))
def test_equal_shares_agree_where_many_groups_are_of_a_size(seed):
    draw = random.Random(seed)
    box = [tuple(sorted(draw.sample(POSITIONS, draw.randint(0, 5)))) for _ in range(30)]
    prices = tuple(draw.randint(100, 900) for _ in POSITIONS)

    require_agreement(box, prices, draw.randint(800, 2000), increment=3)


@given(ballots, costs, st.integers(10, 120))
def test_what_supporters_pay_is_what_a_project_costs(box, costs, budget):
    result = counted(
        CountingRule.EQUAL_SHARES, BallotForm.BUDGET_APPROVAL, box, costs=costs, budget=budget
    )

    if not result.stages:
        return
    reached, *purchases = result.stages
    money = [reached.endowment if named else Fraction(0) for named in box]
    for each in purchases:
        own = [voter for voter, named in enumerate(box) if each.project in named]
        paid = {voter: min(each.payment, money[voter]) for voter in own}
        assert sum(paid.values()) == each.cost == costs[each.project - 1]
        assert len(own) == each.supporters
        assert sum(1 for amount in paid.values() if amount == each.payment) == each.paid_in_full
        for voter, amount in paid.items():
            money[voter] -= amount
    assert reached.cost == sum(each.cost for each in purchases) <= budget
    assert reached.next_cost is None or reached.next_cost > budget


@given(ballots, st.integers(1, 5))
def test_phragmen_agrees_with_loading_voter_by_voter(box, seats):
    result = counted(CountingRule.SEQUENTIAL_PHRAGMEN, BallotForm.APPROVAL, box, seats=seats)

    loads = [Fraction(0)] * len(box)
    elected: list[int] = []
    for _ in range(seats):
        asked: dict[int, Fraction] = {}
        for position in set(POSITIONS) - set(elected):
            own = [voter for voter, named in enumerate(box) if position in named]
            if own:
                asked[position] = sum((loads[voter] for voter in own), Fraction(1)) / len(own)
        if not asked:
            break
        chosen = min(asked, key=lambda each: (asked[each], result.lot.index(each)))
        elected.append(chosen)
        loads = [
            asked[chosen] if chosen in named else load
            for named, load in zip(box, loads, strict=True)
        ]

    assert list(result.winners) == elected
    assert sum(loads) == len(elected)


def test_a_tie_at_the_same_rate_goes_to_the_lower_cost_then_to_more_supporters():
    """Alone, b (10 for two) and c (20 for two) ask the same of a unit of cost."""
    result = counted(
        CountingRule.EQUAL_SHARES,
        BallotForm.BUDGET_APPROVAL,
        [(2, 3), (2, 3)],
        costs=(1, 10, 20, 1, 1),
        budget=30,
    )

    assert result.winners == (2, 3)
    assert [(tie.options, tie.chosen, tie.broken_by) for tie in result.ties] == [
        ((2, 3), 2, TieBreak.LOWER_COST)
    ]


def test_a_project_of_one_voter_is_reached_in_few_steps_however_dear_it_is():
    """Nothing can overspend before that voter's endowment alone reaches the cost."""
    dear = 9_000_000

    result = counted(
        CountingRule.EQUAL_SHARES,
        BallotForm.BUDGET_APPROVAL,
        [(1,), (1,), (2,)],
        costs=(dear, dear, 1, 1, 1),
        budget=10_000_000,
    )

    assert result.winners == (1,)
    assert result.stages[0].next_cost == 2 * dear
