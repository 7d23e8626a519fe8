"""Linear and integer programs by HiGHS, each answer with a bound; rows are those of a `Program`."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

from domains.matching.solving.certificates import Program, program_bound
from domains.matching.solving.flow import SolverFailedError
from domains.matching.solving.tables import Integers

Floats = npt.NDArray[np.float64]
NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The answer of a linear program: values, prices of rows, and what they prove in integers."""

    values: Floats
    prices: Floats
    bound: int

    @property
    def integral(self) -> bool:
        """Return whether every value is whole."""
        return bool((np.abs(self.values - np.round(self.values)) < NEAR).all())


@dataclass(frozen=True, slots=True)
class Whole:
    """The answer of an integer program, and the least that HiGHS says it can cost."""

    values: Floats
    bound: int


class Rows:
    """Rows of a program, written one after another."""

    def __init__(self) -> None:
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._values: list[int] = []
        self._limits: list[int] = []
        self._at_least: list[bool] = []

    def add(self, terms: list[tuple[int, int]], limit: int, *, at_least: bool = False) -> None:
        """Add one row of (column, value) terms: at most `limit`, or at least."""
        row = len(self._limits)
        self._limits.append(limit)
        self._at_least.append(at_least)
        for column, value in terms:
            self._rows.append(row)
            self._columns.append(column)
            self._values.append(value)

    def program(self, costs: Integers, most: Integers) -> Program:
        """Return the program of these rows."""
        return Program(
            costs,
            most,
            np.asarray(self._rows, np.int64),
            np.asarray(self._columns, np.int64),
            np.asarray(self._values, np.int64),
            np.asarray(self._limits, np.int64),
            np.asarray(self._at_least, bool),
        )


def _signed(program: Program) -> tuple[Any, Floats, Floats]:
    """Return all rows as `at most`, each divided by its largest number so that none is tiny."""
    sign = np.where(program.at_least, -1.0, 1.0)
    largest = np.ones(len(program.limits))
    np.maximum.at(largest, program.rows, np.abs(program.values).astype(np.float64))
    largest = np.minimum(largest, 1_000.0)
    scale = sign / largest
    matrix = sparse.csr_array(
        (program.values * scale[program.rows], (program.rows, program.columns)),
        shape=(len(program.limits), len(program.costs)),
    )
    return matrix, program.limits * scale, scale


def restricted(program: Program, kept: npt.NDArray[np.bool_]) -> Program:
    """Return the program of some columns only; its rows stay what they are."""
    cells = kept[program.columns]
    at = np.cumsum(kept) - 1
    return Program(
        program.costs[kept],
        program.most[kept],
        program.rows[cells],
        at[program.columns[cells]],
        program.values[cells],
        program.limits,
        program.at_least,
    )


def relax(program: Program, *, seconds: float) -> Relaxed:
    """Solve without asking for whole numbers."""
    matrix, limits, scale = _signed(program)
    limited: Any = np.column_stack((np.zeros(len(program.most)), program.most))
    answer = optimize.linprog(
        program.costs.astype(np.float64),
        A_ub=matrix,
        b_ub=limits,
        bounds=limited,
        method="highs",
        options={"time_limit": max(0.1, seconds)},
    )
    if answer.status != 0:
        raise SolverFailedError(f"the linear program ended as {answer.status}: {answer.message}")
    prices = np.asarray(answer.ineqlin.marginals) * scale
    return Relaxed(np.asarray(answer.x), prices, program_bound(program, prices))


def solve(
    program: Program,
    integral: npt.NDArray[np.bool_],
    *,
    seconds: float,
    most: int,
    sure: npt.NDArray[np.bool_] | None = None,
) -> Whole:
    """Solve in whole numbers where `integral` says so, to a gap of less than one or in time.

    Costs are whole, so that nothing lies within such a gap; `most` is what the answer comes to at
    most, on either side of zero. Where `sure` says so, a value is as large as it may be.
    """
    least = np.zeros(len(program.most)) if sure is None else np.where(sure, program.most, 0)
    matrix, limits, _ = _signed(program)
    answer = optimize.milp(
        program.costs.astype(np.float64),
        integrality=integral.astype(int),
        bounds=optimize.Bounds(least, program.most.astype(np.float64)),
        constraints=optimize.LinearConstraint(matrix, -np.inf, limits),
        options={"time_limit": max(0.1, seconds), "mip_rel_gap": 0.99 / max(1, most)},
    )
    if answer.x is None:
        raise SolverFailedError(f"the integer program ended as {answer.status}: {answer.message}")
    # Costs are whole, so what is dearer than a whole number is as dear as the next.
    bound = int(np.ceil(float(answer.mip_dual_bound) - 1e-4))
    return Whole(np.asarray(answer.x), bound)
