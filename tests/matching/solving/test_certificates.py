"""Proofs: a true optimum passes, a false one is found out, and no prices prove too much."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.matching.solving import candidates, certificates, cliques, flow, network, programs
from domains.matching.solving.certificates import Network, Program
from domains.matching.solving.pinning import board
from tests.matching.solving.cases import a_case

DIAMOND = Network(
    tails=np.asarray([0, 0, 1, 2]),
    heads=np.asarray([1, 2, 3, 3]),
    capacities=np.asarray([1, 1, 1, 1]),
    costs=np.asarray([1, 5, 1, 1]),
    supplies=np.asarray([1, 0, 0, -1]),
)
BEST, WORSE = np.asarray([1, 0, 1, 0]), np.asarray([0, 1, 0, 1])


def test_the_best_flow_has_prices_that_prove_it():
    prices = certificates.potentials(DIAMOND, BEST, source=0)

    # The full arcs lead nowhere any more: the way to 1 is over 2, 3 and back.
    assert prices.tolist() == [0, 5, 5, 6]
    assert certificates.flow_bound(DIAMOND, prices) == int(DIAMOND.costs @ BEST) == 2


def test_a_worse_flow_has_a_cycle_that_betters_it():
    assert certificates.is_conserving(DIAMOND, WORSE)
    assert certificates.potentials(DIAMOND, WORSE, source=0).size == 0


@pytest.mark.parametrize("false", [[1, 0, 0, 0], [2, 0, 2, 0], [1, 1, 1, 1], [-1, 0, -1, 0]])
def test_a_flow_that_loses_something_is_found_out(false):
    assert not certificates.is_conserving(DIAMOND, np.asarray(false))


@given(st.lists(st.integers(-20, 20), min_size=4, max_size=4))
def test_no_prices_prove_more_of_a_flow_than_is_true(prices):
    assert certificates.flow_bound(DIAMOND, np.asarray(prices)) <= 2


def test_every_flow_of_a_random_case_is_conserving_and_of_complementary_slackness():
    for seed in range(150):
        table = board(a_case(seed))
        pool = candidates.pool(table.columns, table.places_left > 0)
        if not len(pool.groups):
            continue
        sets = cliques.partition(table.columns, pool.volunteers, pool.groups)
        drawn = network.graph(table, pool, sets, network.week_caps(table, pool)).network

        flows = flow.solve_network(drawn)
        prices = certificates.potentials(drawn, flows, source=0)

        reduced = drawn.costs + prices[drawn.tails] - prices[drawn.heads]
        assert certificates.is_conserving(drawn, flows)
        assert (reduced[flows < drawn.capacities] >= 0).all()
        assert (reduced[flows > 0] <= 0).all()
        assert certificates.flow_bound(drawn, prices) == int(drawn.costs @ flows)


# Two people and three places: at most one each, at least two in all, at 3, 4 and 9 points.
SMALL = Program(
    costs=np.asarray([3, 4, 9]),
    most=np.asarray([1, 1, 1]),
    rows=np.asarray([0, 0, 0, 1, 1]),
    columns=np.asarray([0, 1, 2, 0, 1]),
    values=np.asarray([1, 1, 1, 1, 1]),
    limits=np.asarray([2, 1]),
    at_least=np.asarray([True, False]),
)


def test_the_prices_of_a_linear_program_prove_its_answer_in_integers():
    answer = programs.relax(SMALL, seconds=10)

    assert (answer.values.tolist(), answer.integral, answer.bound) == ([1, 0, 1], True, 12)


@given(st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=2))
def test_no_prices_prove_more_of_a_program_than_is_true(prices):
    assert certificates.program_bound(SMALL, np.asarray(prices)) <= 12


def test_whole_numbers_are_asked_for_where_fractions_would_be_cheaper():
    triangle = Program(
        costs=-np.ones(3, np.int64),
        most=np.ones(3, np.int64),
        rows=np.asarray([0, 0, 1, 1, 2, 2]),
        columns=np.asarray([0, 1, 1, 2, 0, 2]),
        values=np.ones(6, np.int64),
        limits=np.ones(3, np.int64),
        at_least=np.zeros(3, bool),
    )

    relaxed = programs.relax(triangle, seconds=10)
    whole = programs.solve(triangle, np.ones(3, bool), seconds=10, most=20)

    assert (relaxed.integral, relaxed.bound) == (False, -1)
    assert (int(triangle.costs @ whole.values), whole.bound) == (-1, -1)


def test_a_program_that_nothing_fulfils_is_a_failure():
    impossible = replace(SMALL, limits=np.asarray([4, 1]))

    with pytest.raises(flow.SolverFailedError):
        programs.relax(impossible, seconds=10)
    with pytest.raises(flow.SolverFailedError):
        programs.solve(impossible, np.ones(3, bool), seconds=10, most=20)
