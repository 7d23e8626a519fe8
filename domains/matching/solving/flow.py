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
from domains.matching.solving.candidates import UNMET_POINTS, Pool
from domains.matching.solving.certificates import Network
from domains.matching.solving.cliques import Cliques
from domains.matching.solving.pinning import Board, pinned_turns
from domains.matching.solving.tables import Integers, Mask

ROUNDS = 12


class SolverFailedError(RuntimeError):
    """A solver gave no answer, or one that does not hold."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A network over some pairs of the pool; `node` arrays hold -1 for what is not in it."""

    network: Network
    person_node: Integers
    lane_node: Integers
    set_node: Integers
    group_node: Integers


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


def week_caps(table: Board, pool: Pool) -> Integers:
    """Return how many services each volunteer's week may hold: by number, and by minutes at most.

    By minutes it is the cap over the shortest shift in question, which no answer can exceed.
    """
    columns = table.columns
    lane = pool.volunteers * columns.weeks + columns.week[pool.groups]
    shortest = np.full(len(columns.services_left), 1 << 40, np.int64)
    np.minimum.at(shortest, lane, columns.minutes[pool.groups])
    caps: Integers = np.minimum(columns.services_left, columns.minutes_left // shortest)
    return np.maximum(0, caps)


def graph(table: Board, pool: Pool, sets: Cliques, caps: Integers) -> Graph:
    """Build the network of some pairs; pairs are its last arcs, in their order.

    Weeks are nodes only where there are several: in one week the turns say all. Sets are nodes
    only where they hold several pairs: one pair excludes nobody.
    """
    columns = table.columns
    number = np.bincount(sets.of_pair, minlength=len(sets.lane))
    lanes = np.unique(sets.lane[number > 0])
    used = np.flatnonzero(number > 1)
    people = np.unique(lanes // columns.weeks)
    groups = np.unique(pool.groups)
    counts = (len(people), len(lanes) if columns.weeks > 1 else 0, len(used), len(groups))
    first = 1 + np.cumsum((0, *counts))
    person_node = _numbered(len(columns.volunteers), people, int(first[0]))
    lane_node = _numbered(len(caps), lanes, int(first[1])) if columns.weeks > 1 else person_node
    set_node = _numbered(len(sets.lane), used, int(first[2]))
    group_node = _numbered(len(columns.groups), groups, int(first[3]))
    person_of_lane = lanes // columns.weeks
    # By all sets, not those in the network alone: a pair that joins may want a turn more.
    turns = np.minimum(
        np.bincount(sets.lane // columns.weeks, minlength=len(columns.volunteers)),
        caps.reshape(-1, columns.weeks).sum(axis=1),
    )[people]
    nth = np.arange(int(turns.sum())) - np.repeat(np.cumsum(turns) - turns, turns)
    places = table.places_left[groups]
    between = columns.weeks > 1
    nothing = np.zeros(0, np.int64)
    arcs = (
        # source -> person, a turn each
        (
            np.zeros(len(nth), np.int64),
            np.repeat(person_node[people], turns),
            np.ones(len(nth), np.int64),
            columns.terms.turn_points * (np.repeat(pinned_turns(table)[people], turns) + nth),
        ),
        # person -> week
        (person_node[person_of_lane], lane_node[lanes], caps[lanes], 0 * lanes)
        if between
        else (nothing, nothing, nothing, nothing),
        # week -> set of shifts
        (lane_node[sets.lane[used]], set_node[used], np.ones(len(used), np.int64), 0 * used),
        # Nobody: one more than there are places, so that no group's price is above an empty one's.
        (0 * groups, group_node[groups], places + 1, UNMET_POINTS * columns.urgency[groups]),
        (
            np.where(
                number[sets.of_pair] > 1,
                set_node[sets.of_pair],
                lane_node[sets.lane[sets.of_pair]],
            ),
            group_node[pool.groups],
            np.ones(len(pool.groups), np.int64),
            pool.points,
        ),
    )
    supplies = np.zeros(int(first[-1]), np.int64)
    supplies[0] = places.sum()
    supplies[group_node[groups]] = -places
    tails, heads, capacities, costs = (np.concatenate(each) for each in zip(*arcs, strict=True))
    return Graph(
        Network(tails, heads, capacities, costs, supplies),
        person_node,
        lane_node,
        set_node,
        group_node,
    )


def _numbered(most: int, members: Integers, first: int) -> Integers:
    nodes = np.full(most, -1, np.int64)
    nodes[members] = first + np.arange(len(members))
    return nodes


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
