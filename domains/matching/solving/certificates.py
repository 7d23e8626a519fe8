"""Proof that an answer is the best one, made anew in integers and owing the solvers nothing.

A solver's answer is a claim. A bound from here holds whatever prices it is made of: by weak
duality any prices give one, good prices give the best one.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from domains.matching.solving.candidates import ranges
from domains.matching.solving.tables import Integers

FAR = 1 << 50
FINE = 1 << 20


@dataclass(frozen=True, slots=True)
class Network:
    """Arcs of a min-cost flow, and what each node supplies."""

    tails: Integers
    heads: Integers
    capacities: Integers
    costs: Integers
    supplies: Integers


def potentials(network: Network, flows: Integers, *, source: int) -> Integers:
    """Return the nodes' distances from the source in the residual graph (Bellman-Ford).

    Nothing at all means a cycle of negative cost, by which the flow could be bettered.
    """
    ahead, back = flows < network.capacities, flows > 0
    tails = np.concatenate((network.tails[ahead], network.heads[back]))
    heads = np.concatenate((network.heads[ahead], network.tails[back]))
    costs = np.concatenate((network.costs[ahead], -network.costs[back]))
    order = np.argsort(tails, kind="stable")
    heads, costs = heads[order], costs[order]
    nodes = len(network.supplies)
    begins = np.searchsorted(tails[order], np.arange(nodes + 1))
    distance = np.full(nodes, FAR, np.int64)
    distance[source] = 0
    # Nodes that the source does not reach are reached from outside, at a price beyond all others.
    front = np.arange(nodes)
    for _ in range(nodes + 1):
        at = ranges(begins[front], begins[front + 1])
        offered = np.repeat(distance[front], begins[front + 1] - begins[front]) + costs[at]
        before = distance.copy()
        np.minimum.at(distance, heads[at], offered)
        front = np.flatnonzero(distance < before)
        if not len(front):
            return distance
    return np.zeros(0, np.int64)


def is_conserving(network: Network, flows: Integers) -> bool:
    """Tell whether a flow keeps within capacities and loses nothing at any node."""
    sums = np.zeros(len(network.supplies), np.int64)
    np.add.at(sums, network.tails, flows)
    np.subtract.at(sums, network.heads, flows)
    within = bool(((flows >= 0) & (flows <= network.capacities)).all())
    return within and bool((sums == network.supplies).all())


def flow_bound(network: Network, prices: Integers) -> int:
    """Return what every flow costs at least, by the nodes' prices."""
    reduced = network.costs + prices[network.tails] - prices[network.heads]
    gained = int((np.minimum(reduced, 0) * network.capacities).sum())
    return gained - int((network.supplies * prices).sum())


@dataclass(frozen=True, slots=True)
class Program:
    """Minimise costs·x, with A x >= lower or A x <= upper row by row and 0 <= x <= most.

    A is in triplets of integers (row, column, value); `at_least` tells a row's direction.
    """

    costs: Integers
    most: Integers
    rows: Integers
    columns: Integers
    values: Integers
    limits: Integers
    at_least: npt.NDArray[np.bool_]


def fine_prices(program: Program, prices: npt.NDArray[np.float64]) -> Integers:
    """Return rows' prices in whole fractions of 2^20, each on the side of zero it has to be on."""
    right = np.where(program.at_least, np.maximum(prices, 0.0), np.minimum(prices, 0.0))
    return np.round(right * FINE).astype(np.int64)


def fine_reduced(program: Program, fine: Integers) -> Integers:
    """Return what is left of each column's cost, in fractions of 2^20, when its rows are paid."""
    reduced = program.costs * FINE
    np.subtract.at(reduced, program.columns, program.values * fine[program.rows])
    return reduced


def fine_bound(program: Program, fine: Integers, reduced: Integers) -> int:
    """Return what every solution costs at least, in fractions of 2^20, whatever the prices are.

    From the rounded prices on all is integers, so no rounding can make the bound too good.
    """
    return _exact_dot(fine, program.limits) + _exact_dot(np.minimum(reduced, 0), program.most)


def program_bound(program: Program, prices: npt.NDArray[np.float64]) -> int:
    """Return what every solution of whole costs costs at least."""
    fine = fine_prices(program, prices)
    return -(-fine_bound(program, fine, fine_reduced(program, fine)) // FINE)


def _exact_dot(left: Integers, right: Integers) -> int:
    """Multiply without overflow: Python's integers where 64 bits might not do."""
    most = int(np.abs(left).max(initial=0)) * int(np.abs(right).max(initial=0))
    if most * max(1, len(left)) < 1 << 62:
        return int(left @ right)
    return sum(one * other for one, other in zip(left.tolist(), right.tolist(), strict=True))
