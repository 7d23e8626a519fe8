"""Reading published elections: BLT papers, stage tables, and Pabulib's budgets."""

import csv
import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from domains.voting.rules import BallotForm, CountingRule, Marks, Paper, pack

SHARED = Path(__file__).parents[2].parent / "shared" / "data"


@dataclass(frozen=True)
class Ward:
    """A ward's papers, seats and candidates."""

    options: list[str]
    seats: int
    groups: list[tuple[Marks, int]]


def read_blt(file: Path) -> Ward:
    lines = file.read_text(encoding="utf-8").splitlines()
    candidate_count, seats = (int(each) for each in lines[0].split())
    paper = Paper(BallotForm.RANKING, candidate_count)
    groups = []
    end = lines.index("0")
    for line in lines[1:end]:
        number, *order, _ = (int(each) for each in line.split())
        groups.append((pack(paper, order), number))
    names = [line.strip('"') for line in lines[end + 1 : end + 1 + candidate_count]]
    return Ward(names, seats, groups)


def read_table(file: Path) -> Any:
    """Read a stage table; its figures exactly, not as floats."""
    return json.loads(file.read_text(encoding="utf-8"), parse_float=Fraction)


@dataclass(frozen=True)
class Budget:
    """A budget's terms and ballots, and what was selected."""

    rule: CountingRule
    form: BallotForm
    options: list[str]
    costs: list[int]
    budget: int
    minimum_score: int
    highest: int | None
    groups: list[tuple[Marks, int]]
    selected: set[str]

    def terms(self) -> dict[str, Any]:
        return {
            "options": self.options,
            "costs": self.costs,
            "budget": self.budget,
            "minimum_score": self.minimum_score,
            "highest": self.highest,
            "form": self.form,
        }


RULES = {
    "equalshares/add1": CountingRule.EQUAL_SHARES,
    "greedy": CountingRule.GREEDY_SKIP,
    "greedy-no-skip": CountingRule.GREEDY_STOP,
    "greedy-threshold": CountingRule.GREEDY_MINIMUM,
}


def read_pb(file: Path) -> Budget:
    parts: dict[str, list[list[str]]] = {}
    for row in csv.reader(file.read_text(encoding="utf-8").splitlines(), delimiter=";"):
        if row and row[0] in {"META", "PROJECTS", "VOTES"}:
            part = parts.setdefault(row[0], [])
        else:
            part.append(row)
    meta = {row[0]: row[1] for row in parts["META"][1:]}
    header, *rows = parts["PROJECTS"]
    projects = [dict(zip(header, row, strict=False)) for row in rows]
    place = {each["project_id"]: at for at, each in enumerate(projects, start=1)}
    gives_points = meta["vote_type"] in {"cumulative", "ordinal"}
    form = BallotForm.BUDGET_POINTS if gives_points else BallotForm.BUDGET_APPROVAL
    scale = 100 if "." in meta["budget"] else 1
    ballots = [dict(zip(parts["VOTES"][0], row, strict=False)) for row in parts["VOTES"][1:]]
    highest = int(meta.get("max_sum_points", meta.get("max_length", 0)))
    paper = Paper(form, len(place), highest=highest)
    return Budget(
        rule=RULES[meta["rule"]],
        form=form,
        options=list(place),
        costs=[int(each["cost"]) * scale for each in projects],
        budget=int(Fraction(meta["budget"]) * scale),
        minimum_score=int(meta.get("min_project_score_threshold", 0)),
        highest=highest if gives_points else None,
        groups=[(pack(paper, _written(each, meta, place)), 1) for each in ballots],
        selected={each["project_id"] for each in projects if each["selected"] == "1"},
    )


def _written(
    ballot: dict[str, str], meta: dict[str, str], place: dict[str, int]
) -> list[int] | dict[int, int]:
    named = [place[each] for each in ballot["vote"].split(",")] if ballot["vote"] else []
    if meta["vote_type"] == "cumulative":
        points = [int(each) for each in ballot["points"].split(",")]
        return dict(zip(named, points, strict=True))
    if meta["vote_type"] == "ordinal":
        most = int(meta["max_length"])
        return {each: most - at for at, each in enumerate(named)}
    return named
