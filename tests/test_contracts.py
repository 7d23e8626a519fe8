"""The import law holds, and would be missed: planted breaches are found."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("api", "schema", "domains", "jobs", "seeds")


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of a tree."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree, to plant in."""
    folder = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "static")
        )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_import_law_holds(copy):
    found = linted(copy)

    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize(
    ("breach", "file", "line"),
    [
        (
            "siblings never import one another",
            "domains/timebank/__init__.py",
            "from domains.voting import service",
        ),
        ("siblings never import", "domains/membership/values.py", "import domains.voting.values"),
        ("commands above policy", "domains/voting/policy.py", "import domains.voting.service"),
        ("rules are pure", "domains/voting/rules/lots.py", "import domains.kernel.clock"),
        ("know nothing of the web", "domains/voting/values.py", "import starlette"),
        ("never speak SQL", "schema/voting/types.py", "import asyncpg"),
        ("tables are its own", "jobs/voting.py", "import domains.voting.models"),
        ("api -> schema -> domains", "domains/kernel/clock.py", "import jobs.due"),
    ],
)
def test_a_planted_breach_is_found(copy, breach, file, line):
    planted = copy / file
    before = planted.read_text() if planted.exists() else None
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(f"{before or ''}\n{line}\n")
    try:
        found = linted(copy)
    finally:
        if before is None:
            shutil.rmtree(planted.parent)
        else:
            planted.write_text(before)

    broken = [row for row in found.stdout.splitlines() if row.endswith("BROKEN")]
    assert found.returncode == 1, found.stdout
    assert any(breach in row for row in broken), broken
