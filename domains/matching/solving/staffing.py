"""Stage B: who is asked for which place. The flow where it says all, else the linear program."""

import time

from domains.matching.solving import flow, overlapping
from domains.matching.solving.candidates import Pool
from domains.matching.solving.flow import Staffing
from domains.matching.solving.pinning import Board
from domains.matching.solving.proposal import Stage


def staff(table: Board, pool: Pool, *, seconds: float) -> tuple[Staffing, Stage]:
    """Fill places at the least price, with the proof of it."""
    began = time.perf_counter()
    answer = flow.solve(table, pool)
    if not overlapping.keeps_side_rules(table, pool, answer.picked):
        left = seconds - (time.perf_counter() - began)
        answer = overlapping.solve(table, pool, answer, seconds=left)
    spent = round((time.perf_counter() - began) * 1000)
    return answer, Stage("B", answer.objective, answer.bound, answer.method, spent)
