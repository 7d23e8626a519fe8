"""Stage B where shifts do not overlap partly: a min-cost flow, integral by nature.

source -> volunteer (one arc a turn, each dearer than the last) -> volunteer's week (its cap)
-> set of overlapping shifts (at most one) -> group; and source -> group for places left empty.
What weekly caps in minutes and partial overlaps ask besides is relaxed here, so that the flow's
bound holds in any case; where its answer keeps to them all the same, it is the best one.
"""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from domains.matching.solving import certificates, cliques
from domains.matching.solving.candidates import Pool
from domains.matching.solving.certificates import Network
from domains.matching.solving.cliques import Cliques
from domains.matching.solving.network import Graph, graph, week_caps
from domains.matching.solving.pinning import Board, pinned_turns
from domains.matching.solving.tables import Integers, Mask

ROUNDS = 12


class SolverFailedError(RuntimeError):
    """A solver gave no answer, or one that does not hold."""


@dataclass(frozen=True, slots=True)
class Staffing:
    """Which pairs of the pool were picked, what it costs, and what it costs at least.

    `reduced` are the pool's reduced costs by the prices of the bound.
    """

    picked: Integers
    objective: int
    bound: int
    method: str
    reduced: Integers
    left_out: int = 0


def solve(table: Board, pool: Pool) -> Staffing:
    """Fill the groups' places at the least price, proven over the whole pool.

    The cheapest candidates of each group come first; whoever would better the answer at its
    prices joins them, until nobody would.
    """
    if not len(pool.groups):
        return Staffing(np.zeros(0, np.int64), 0, 0, "potentials", np.zeros(0, np.int64))
    sets = cliques.partition(table.columns, pool.volunteers, pool.groups)
    caps = week_caps(table, pool)
    inside = pool.ranks() < table.columns.terms.nearest
    for _ in range(ROUNDS):
        at = np.flatnonzero(inside)
        drawn = graph(table, pool.only(inside), sets.only(inside), caps)
        flows = solve_network(drawn.network)
        prices = certificates.potentials(drawn.network, flows, source=0)
        if not len(prices) or not certificates.is_conserving(drawn.network, flows):
            raise SolverFailedError("the flow is no optimum")
        set_prices = _prices_of_sets(table, drawn, sets, at, prices)
        reduced = pool.points + set_prices[sets.of_pair] - prices[drawn.group_node[pool.groups]]
        better = ~inside & (reduced < 0)
        if not better.any():
            break
        inside |= better
    objective = int((flows * drawn.network.costs).sum())
    bound = certificates.flow_bound(drawn.network, prices)
    bound += _left_out(
        table,
        pool,
        reduced,
        better=better,
        group_prices=prices[drawn.group_node],
        set_prices=set_prices,
    )
    picked = at[flows[len(flows) - len(at) :] > 0]
    return Staffing(picked, objective, bound, "potentials", reduced, left_out=int(better.sum()))


def _prices_of_sets(
    table: Board, drawn: Graph, sets: Cliques, inside: Integers, prices: Integers
) -> Integers:
    """Return every set's price, of those not in the network too: what its first arc would cost."""
    first_turn = table.columns.terms.turn_points * pinned_turns(table)
    of_person = np.where(drawn.person_node >= 0, prices[drawn.person_node], first_turn)
    lane_node = drawn.lane_node[sets.lane]
    of_lane = np.where(
        lane_node >= 0, prices[lane_node], of_person[sets.lane // table.columns.weeks]
    )
    of_set = np.where(drawn.set_node >= 0, prices[drawn.set_node], of_lane)
    # A set without a node of its own is worth what its only pair yields, if that pair is taken.
    alone = drawn.set_node[sets.of_pair[inside]] < 0
    arcs = np.arange(len(drawn.network.tails) - len(inside), len(drawn.network.tails))[alone]
    yields = prices[drawn.network.heads[arcs]] - drawn.network.costs[arcs]
    np.maximum.at(of_set, sets.of_pair[inside[alone]], yields)
    return of_set


def solve_network(network: Network) -> Integers:
    """Return a cheapest flow, by OR-tools."""
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        network.tails, network.heads, network.capacities, network.costs
    )
    solver.set_nodes_supplies(np.arange(len(network.supplies)), network.supplies)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise SolverFailedError(f"the flow ended as {status}")
    return np.asarray(solver.flows(arcs), np.int64)


def _left_out(
    table: Board,
    pool: Pool,
    reduced: Integers,
    *,
    better: Mask,
    group_prices: Integers,
    set_prices: Integers,
) -> int:
    """Return (as a sum of at most nothing) by how much pairs that were left out might better it."""
    gained = np.zeros(len(group_prices), np.int64)
    np.minimum.at(gained, pool.groups[better], reduced[better])
    cheapest = min(0, int(set_prices.min()))
    for group, points in pool.cut.items():
        gained[group] = min(gained[group], points + cheapest - int(group_prices[group]))
    return int((gained * table.places_left).sum())
