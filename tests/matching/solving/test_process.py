"""The matcher as a process: its answer, and what follows where it fails, hangs or lies."""

import sys
from dataclasses import replace

import pytest

from domains.matching.solving import arranging, checking, process
from domains.matching.solving.proposal import Offer
from domains.matching.solving.snapshot import Snapshot
from tests.matching.solving.cases import a_group, a_need, a_volunteer

SNAPSHOT = Snapshot(
    needs=(a_need("n", a_group("g")), a_need("m", a_group("h", starts=840, ends=960))),
    volunteers=(a_volunteer("v"), a_volunteer("w", turns=3)),
)


def _says(text: str) -> tuple[str, ...]:
    """A solver that reads everything and says what it is told to."""
    return (sys.executable, "-c", f"import sys; sys.stdin.read(); print({text!r})")


async def test_a_process_of_its_own_proposes_what_the_matcher_would():
    proposal = await process.propose(SNAPSHOT)

    expected = arranging.arrange(SNAPSHOT)
    assert (proposal.exact, proposal.offers) == (True, expected.offers)
    assert proposal.selections == expected.selections


def _lies() -> dict[str, str]:
    honest = arranging.arrange(SNAPSHOT)
    stranger = Offer("g", "nobody", 0, 0, 0, 0)
    return {
        "somebody unknown": replace(honest, offers=(stranger,)).to_bytes().decode(),
        "places that nobody tells of": replace(honest, offers=()).to_bytes().decode(),
        "another snapshot": replace(honest, digest="0" * 64).to_bytes().decode(),
    }


@pytest.mark.parametrize(
    ("solver", "said"),
    [
        ((sys.executable, "-c", "raise SystemExit('no licence')"), "it ended with 1: no licence"),
        ((sys.executable, "-c", "import os; os.abort()"), "it ended with -6"),
        (_says("no proposal at all"), "it answered nonsense"),
        (_says("{}"), "it answered nonsense"),
        (_says('{"digest": 1, "offers": 2}'), "it answered nonsense"),
        (_says(_lies()["somebody unknown"]), "it broke rules: nobody or g is not known"),
        (_says(_lies()["places that nobody tells of"]), "it broke rules: m lacks other places"),
        (_says(_lies()["another snapshot"]), "it broke rules: it answers another snapshot"),
        (("/no/such/solver",), "it could not be started"),
    ],
)
async def test_a_solver_that_fails_or_lies_ends_in_a_greedy_arrangement_that_says_so(solver, said):
    proposal = await process.propose(SNAPSHOT, solver=solver)

    assert (proposal.exact, said in proposal.note) == (False, True)
    assert proposal.note.startswith("A greedy arrangement, because the solver failed: ")
    assert checking.breaches(SNAPSHOT, proposal) == []
    assert {offer.group for offer in proposal.offers if not offer.rank} == {"g", "h"}


async def test_a_solver_that_runs_out_of_time_is_stopped():
    forever = (sys.executable, "-c", "import time; time.sleep(600)")

    proposal = await process.propose(SNAPSHOT, solver=forever, wall_s=0.5)

    assert (proposal.exact, "it took more than 0.5 s" in proposal.note) == (False, True)


async def test_a_solver_that_runs_out_of_memory_is_stopped():
    crowd = replace(SNAPSHOT, volunteers=tuple(a_volunteer(f"v{at}") for at in range(5_000)))

    proposal = await process.propose(crowd, memory_bytes=50 << 20)

    assert (proposal.exact, "it ended with" in proposal.note) == (False, True)


async def test_a_solver_knows_no_secret_of_the_servers():
    told = "import os, sys; sys.stdin.read(); raise SystemExit(' '.join(sorted(os.environ)))"

    proposal = await process.propose(SNAPSHOT, solver=(sys.executable, "-c", told))

    names = proposal.note.rsplit(": ", 1)[1].split()
    assert {"DATABASE_URL", "HOME"} & set(names) == set()
