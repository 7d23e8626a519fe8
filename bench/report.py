"""What was measured: figures as medians of rounds and as ratios, for readers and as JSON."""

import json
import os
import platform
import statistics
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.server import processor
from domains.kernel import database


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure over several rounds: the product's, and the bare endpoint's if it has one."""

    section: str
    measure: str
    unit: str
    ours: Sequence[float]
    bare: Sequence[float] = ()

    @property
    def ratio(self) -> float | None:
        """Return how many times the bare endpoint's median ours is."""
        if not self.bare or not statistics.median(self.bare):
            return None
        return statistics.median(self.ours) / statistics.median(self.bare)


async def machine() -> dict[str, str]:
    """Return what a reader must know to compare."""
    return {
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": str(await database.fetch_value("SHOW server_version")).split(" ")[0],
        "day": datetime.now(UTC).date().isoformat(),
    }


def show(figures: Iterable[Figure], where: dict[str, str]) -> None:
    """Print a table of medians and ratios."""
    console = Console(width=None if sys.stdout.isatty() else 110)
    console.print(", ".join(f"{name} {value}" for name, value in where.items()), style="dim")
    table = Table(title="Medians of all rounds; ratio is ours to bare")
    for name in ("", "measure", "unit"):
        table.add_column(name)
    for name in ("ours", "bare", "ratio", "rounds"):
        table.add_column(name, justify="right")
    section = ""
    for each in figures:
        if each.section != section:
            table.add_section()
        table.add_row(
            each.section if each.section != section else "",
            each.measure,
            each.unit,
            _text(each.ours),
            _text(each.bare),
            "" if each.ratio is None else f"{each.ratio:.2f}",
            str(len(each.ours)),
        )
        section = each.section
    console.print(table)


def write(figures: Iterable[Figure], where: dict[str, str], file: Path) -> None:
    """Write every round as JSON."""
    told = [
        {
            "section": each.section,
            "measure": each.measure,
            "unit": each.unit,
            "ours": {"median": statistics.median(each.ours), "rounds": list(each.ours)},
            "bare": {"median": statistics.median(each.bare), "rounds": list(each.bare)}
            if each.bare
            else None,
            "ratio": each.ratio,
        }
        for each in figures
    ]
    text = json.dumps({"machine": where, "figures": told}, ensure_ascii=False, indent=2)
    file.write_text(text + "\n", encoding="utf-8")


def _text(rounds: Sequence[float]) -> str:
    if not rounds:
        return ""
    middle = statistics.median(rounds)
    if middle >= 100 or middle == int(middle):
        return f"{middle:,.0f}"
    return f"{middle:.3g}"
