"""Money to needs, fen by fen: a flow of whole fen, so that none is made and none is lost."""

from collections.abc import Mapping, Sequence

import numpy as np
from ortools.graph.python import min_cost_flow

from domains.matching.solving.flow import SolverFailedError
from domains.matching.solving.options import Options
from domains.matching.solving.snapshot import Fund, Need

Allotments = dict[str, tuple[tuple[str, int], ...]]


def allot(
    needs: Sequence[Need], options: Mapping[str, Options], funds: Mapping[str, Fund]
) -> tuple[Allotments, set[str]]:
    """Pay for needs out of the funds that may pay, those of fewest purposes first.

    Returns what each need gets, and the needs that could not be paid in full.
    """
    paid = [need for need in needs if need.cost]
    names = sorted({name for need in paid for name in options[need.id].funds})
    if not paid:
        return {}, set()
    node = {name: 1 + len(paid) + at for at, name in enumerate(names)}
    end = 1 + len(paid) + len(names)
    rows = [(0, 1 + at, need.cost, 0) for at, need in enumerate(paid)]
    links = [
        (1 + at, node[name], need.cost, len(funds[name].purposes))
        for at, need in enumerate(paid)
        for name in options[need.id].funds
    ]
    tills = [(node[name], end, funds[name].remaining, 0) for name in names]
    columns = np.asarray(rows + links + tills, np.int64).T
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(*(np.ascontiguousarray(row) for row in columns))
    total = sum(need.cost for need in paid)
    solver.set_nodes_supplies(np.asarray([0, end]), np.asarray([total, -total]))
    if solver.solve_max_flow_with_min_cost() != solver.OPTIMAL:
        raise SolverFailedError("the money found no way")
    flows = np.asarray(solver.flows(np.arange(columns.shape[1])), np.int64)
    money: dict[str, list[tuple[str, int]]] = {need.id: [] for need in paid}
    for (tail, head, _, _), fen in zip(links, flows[len(rows) :].tolist(), strict=False):
        if fen:
            money[paid[tail - 1].id].append((names[head - 1 - len(paid)], fen))
    short = {
        need.id
        for need, fen in zip(paid, flows[: len(rows)].tolist(), strict=False)
        if fen < need.cost
    }
    return {name: tuple(sorted(parts)) for name, parts in money.items()}, short
