"""The network of stage B: who may be asked for what, as nodes and arcs."""

from dataclasses import dataclass

import numpy as np

from domains.matching.solving.candidates import UNMET_POINTS, Pool
from domains.matching.solving.certificates import Network
from domains.matching.solving.cliques import Cliques
from domains.matching.solving.pinning import Board, pinned_turns
from domains.matching.solving.tables import Columns, Integers

Arcs = tuple[Integers, Integers, Integers, Integers]


@dataclass(frozen=True, slots=True)
class Graph:
    """A network over some pairs of the pool; `node` arrays hold -1 for what is not in it."""

    network: Network
    person_node: Integers
    lane_node: Integers
    set_node: Integers
    group_node: Integers


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


@dataclass(frozen=True, slots=True)
class _Nodes:
    """Who and what is in the network: people, their weeks, their sets of shifts, groups.

    Weeks are nodes only where there are several: in one week the turns say all. Sets are nodes
    only where they hold several pairs: one pair excludes nobody.
    """

    people: Integers
    lanes: Integers
    used: Integers
    groups: Integers
    person: Integers
    lane: Integers
    set_of_shifts: Integers
    group: Integers
    number: int


def _nodes(columns: Columns, pool: Pool, sets: Cliques) -> _Nodes:
    size = np.bincount(sets.of_pair, minlength=len(sets.lane))
    lanes = np.unique(sets.lane[size > 0])
    used = np.flatnonzero(size > 1)
    people = np.unique(lanes // columns.weeks)
    groups = np.unique(pool.groups)
    between = lanes if columns.weeks > 1 else lanes[:0]
    first = 1 + np.cumsum((0, len(people), len(between), len(used), len(groups)))
    person = _numbered(len(columns.volunteers), people, int(first[0]))
    return _Nodes(
        people=people,
        lanes=between,
        used=used,
        groups=groups,
        person=person,
        lane=_numbered(len(columns.services_left), lanes, int(first[1]))
        if columns.weeks > 1
        else person,
        set_of_shifts=_numbered(len(sets.lane), used, int(first[2])),
        group=_numbered(len(columns.groups), groups, int(first[3])),
        number=int(first[-1]),
    )


def _numbered(most: int, members: Integers, first: int) -> Integers:
    nodes = np.full(most, -1, np.int64)
    nodes[members] = first + np.arange(len(members))
    return nodes


def graph(table: Board, pool: Pool, sets: Cliques, caps: Integers) -> Graph:
    """Build the network of some pairs; pairs are its last arcs, in their order."""
    columns = table.columns
    nodes = _nodes(columns, pool, sets)
    places = table.places_left[nodes.groups]
    weeks, used = nodes.lanes, nodes.used
    own_node = nodes.set_of_shifts[sets.of_pair]
    arcs = (
        _turns(table, nodes, sets, caps),
        (nodes.person[weeks // columns.weeks], nodes.lane[weeks], caps[weeks], 0 * weeks),
        (nodes.lane[sets.lane[used]], nodes.set_of_shifts[used], np.ones_like(used), 0 * used),
        # Nobody: one more than there are places, so that no group's price is above an empty one's.
        (
            0 * nodes.groups,
            nodes.group[nodes.groups],
            places + 1,
            UNMET_POINTS * columns.urgency[nodes.groups],
        ),
        (
            np.where(own_node >= 0, own_node, nodes.lane[sets.lane[sets.of_pair]]),
            nodes.group[pool.groups],
            np.ones_like(pool.groups),
            pool.points,
        ),
    )
    supplies = np.zeros(nodes.number, np.int64)
    supplies[0] = places.sum()
    supplies[nodes.group[nodes.groups]] = -places
    tails, heads, capacities, costs = (np.concatenate(each) for each in zip(*arcs, strict=True))
    network = Network(tails, heads, capacities, costs, supplies)
    return Graph(network, nodes.person, nodes.lane, nodes.set_of_shifts, nodes.group)


def _turns(table: Board, nodes: _Nodes, sets: Cliques, caps: Integers) -> Arcs:
    """Return an arc from the source for each turn of somebody, each dearer than the one before.

    They are as many as their sets and weeks allow, sets outside this network included: a pair
    that joins later may want a turn more.
    """
    columns = table.columns
    most = np.minimum(
        np.bincount(sets.lane // columns.weeks, minlength=len(columns.volunteers)),
        caps.reshape(-1, columns.weeks).sum(axis=1),
    )[nodes.people]
    nth = np.arange(int(most.sum())) - np.repeat(np.cumsum(most) - most, most)
    had = np.repeat(pinned_turns(table)[nodes.people], most)
    costs = columns.terms.turn_points * (had + nth)
    return 0 * nth, np.repeat(nodes.person[nodes.people], most), np.ones_like(nth), costs
