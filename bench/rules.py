"""Every counting rule over 100,000 and 1,000,000 ballots, from the database to the result.

Ballots lie in tables like the product's own, are grouped by PostgreSQL and counted by the pure
rules. Options and projects are unequally liked, as in life, and the draws are always the same.
With PABUTOOLS_PYTHON naming a Python that has pabutools, Equal Shares are measured beside it.
`python -m bench.rules` measures this alone.
"""

import asyncio
import json
import os
import random
import time
from collections.abc import ItemsView, Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from bench import report
from bench.ground import ground
from bench.report import Figure
from domains.kernel import database, settings
from domains.voting.rules import BallotForm, CountingRule, Marks, Paper, count, pack
from domains.voting.rules.tallies import Parts
from tests.voting import published

SIZES = (100_000, 1_000_000)
ROUNDS = 5
OPTIONS = 8
PROJECTS = 30
BUDGET = 20_000_000
_SEED = "bench"
_GROUPS = {
    said: f"SELECT array_agg(said) AS said, array_agg(number) AS numbers FROM ("
    f"SELECT {said} AS said, count(*) AS number FROM bench_sealed"
    f" WHERE poll_id = $1 GROUP BY {said}) AS equal"
    for said in ("marks", "wide")
}
# Scores and grades by four options at a time, and the blank ones.
_PARTS = """
SELECT first, second, blank, count(*) AS number
FROM (SELECT marks & 65535 AS first, marks >> 16 & 65535 AS second, marks = 0 AS blank
      FROM bench_sealed WHERE poll_id = $1) AS part
GROUP BY GROUPING SETS ((first), (second), (blank))
"""
_NAMED = """
INSERT INTO bench_named
    (poll_number, voter_number, revision, marks, idempotency_key, cast_at)
SELECT 1, row_number() OVER (ORDER BY id), 1, marks, gen_random_uuid(), kernel_now()
FROM bench_sealed WHERE poll_id = $1 ORDER BY gen_random_uuid()
"""
_WARD = published.SHARED / "pb" / "Poland_Swiecie_2023.pb"
_PABUTOOLS = """
import json, sys, time
from pabutools.election import Cost_Sat
from pabutools.election.pabulib import parse_pabulib
from pabutools.rules import exhaustion_by_budget_increase, method_of_equal_shares
instance, profile = parse_pabulib(sys.argv[1])
began = time.perf_counter()
bought = exhaustion_by_budget_increase(
    instance, profile, method_of_equal_shares, {"sat_class": Cost_Sat},
    exhaustive_stop=False, budget_step=profile.num_ballots())
print(json.dumps({"s": time.perf_counter() - began, "bought": sorted(map(str, bought))}))
"""


async def rules() -> list[Figure]:
    """Fill tables like the ballot box's, count them by every rule, and weigh a ballot."""
    # Filling is no request: it goes by a connection of its own, without a request's time limit.
    url = settings.current().database_url.get_secret_value()
    filler = await asyncpg.connect(**database.connection_arguments(url))
    try:
        return sorted(await _figures(filler), key=lambda each: each.section)
    finally:
        await filler.close()


async def _figures(filler: "asyncpg.Connection[asyncpg.Record]") -> list[Figure]:
    for table, like in (("sealed", "voting_sealed_ballot"), ("named", "voting_ballot")):
        await filler.execute(f"CREATE TABLE bench_{table} (LIKE {like} INCLUDING ALL)")
    figures: list[Figure] = []
    for form, drawn in _DRAWN.items():
        ballots = drawn(random.Random(form.value), max(SIZES))
        polls = [await _fill(filler, form, ballots[:size]) for size in SIZES]
        await filler.execute("VACUUM ANALYZE bench_sealed")
        for size, poll in zip(SIZES, polls, strict=True):
            for rule in _RULES[form]:
                rounds = [await _count_ms(rule, form, poll, size) for _ in range(ROUNDS)]
                figures.append(Figure(f"rules over {size:,} ballots", rule.value, "ms", rounds))
        if form is BallotForm.RANKING:
            await filler.execute(_NAMED, polls[-1])
            figures += [
                await _bytes_a_ballot(filler, "bench_sealed", "a detached ballot", sum(SIZES)),
                await _bytes_a_ballot(filler, "bench_named", "a named ballot", max(SIZES)),
            ]
        await filler.execute("TRUNCATE bench_sealed")
    return figures + await _beside_pabutools()


async def _fill(
    filler: "asyncpg.Connection[asyncpg.Record]", form: BallotForm, ballots: Sequence[Marks]
) -> UUID:
    poll = uuid4()
    await filler.copy_records_to_table(
        "bench_sealed",
        # What is too wide for a bigint leaves it at 0.
        records=[
            (uuid4(), poll, 0, marks) if form.is_budget else (uuid4(), poll, marks, None)
            for marks in ballots
        ],
        columns=("id", "poll_id", "marks", "wide"),
    )
    return poll


async def _count_ms(rule: CountingRule, form: BallotForm, poll: UUID, size: int) -> float:
    began = time.perf_counter()
    groups = await (_parts(poll) if form.gives_values else _groups(form, poll))
    result = count(rule, groups, seed=_SEED, **_terms(rule))
    result.canonical()
    taken = (time.perf_counter() - began) * 1000
    if result.ballots != size or not result.winners:
        raise RuntimeError("ballots were lost")
    return taken


async def _groups(form: BallotForm, poll: UUID) -> ItemsView[Any, int]:
    row = await database.fetch_one(_GROUPS["wide" if form.is_budget else "marks"], poll)
    assert row is not None, "an aggregate always has a row"
    return dict(zip(row["said"], row["numbers"], strict=True)).items()


async def _parts(poll: UUID) -> Parts:
    rows = await database.fetch(_PARTS, poll)
    first, second = (
        tuple((row[name], row["number"]) for row in rows if row[name] is not None)
        for name in ("first", "second")
    )
    return Parts((first, second), sum(row["number"] for row in rows if row["blank"]))


def _terms(rule: CountingRule) -> dict[str, Any]:
    form = next(each for each in _RULES if rule in _RULES[each])
    if form.is_budget:
        draw = random.Random(rule.value)
        return {
            "options": [f"project {number}" for number in range(PROJECTS)],
            "costs": [draw.randint(100, 1500) * 2000 for _ in range(PROJECTS)],
            "budget": BUDGET,
            "minimum_score": 1000 if rule is CountingRule.GREEDY_MINIMUM else 0,
        }
    return {
        "options": [f"option {number}" for number in range(OPTIONS)],
        "seats": 1 if rule is CountingRule.INSTANT_RUN_OFF else 3,
        "highest": 5 if form.gives_values else None,
    }


async def _bytes_a_ballot(
    filler: "asyncpg.Connection[asyncpg.Record]", table: str, measure: str, ballots: int
) -> Figure:
    size = await filler.fetchval(f"SELECT pg_total_relation_size('{table}')")
    return Figure("storage with its indexes", measure, "bytes", [size / ballots])


async def _beside_pabutools() -> list[Figure]:
    """Count a published budget by Equal Shares, and let pabutools count it if it is here."""
    if not _WARD.exists():
        return []
    budget = published.read_pb(_WARD)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        result = count(budget.rule, budget.groups, seed=_SEED, **budget.terms())
        ours.append(time.perf_counter() - began)
    python = os.environ.get("PABUTOOLS_PYTHON")
    if python:
        told = await _pabutools(Path(python))
        theirs.append(told["s"])
        if told["bought"] != sorted(budget.options[each - 1] for each in result.winners):
            raise RuntimeError("pabutools came to another result")
    return [
        Figure(f"{_WARD.stem}, bare is pabutools", CountingRule.EQUAL_SHARES, "s", ours, theirs)
    ]


async def _pabutools(python: Path) -> Any:
    process = await asyncio.create_subprocess_exec(
        python, "-c", _PABUTOOLS, _WARD, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    return json.loads(told.splitlines()[-1])


def _liking(number: int) -> list[float]:
    return [1 / (place + 1) for place in range(number)]


def _choices(draw: random.Random, number: int) -> list[Marks]:
    return list(draw.choices(range(1, OPTIONS + 1), _liking(OPTIONS), k=number))


def _approvals(draw: random.Random, number: int) -> list[Marks]:
    likes = [
        [position if draw.random() < liking else 0 for _ in range(number)]
        for position, liking in enumerate(_liking(OPTIONS), start=1)
    ]
    paper = Paper(BallotForm.APPROVAL, OPTIONS)
    known: dict[tuple[int, ...], Marks] = {}
    for named in set(zip(*likes, strict=True)):
        known[named] = pack(paper, [position for position in named if position])
    return [known[named] for named in zip(*likes, strict=True)]


def _rankings(draw: random.Random, number: int) -> list[Marks]:
    """Rank by liking, one place after another; one voter in seven stops after each place."""
    marks: list[Marks] = []
    shares: list[float] = []

    def go_on(so_far: int, places: int, left: Sequence[int], share: float) -> None:
        whole = sum(1 / position for position in left)
        for position in left:
            own = share / position / whole
            longer = so_far | position << 4 * places
            rest = [each for each in left if each != position]
            marks.append(longer)
            shares.append(own / 7 if rest else own)
            if rest:
                go_on(longer, places + 1, rest, own * 6 / 7)

    go_on(0, 0, range(1, OPTIONS + 1), 1.0)
    return draw.choices(marks, shares, k=number)


def _values(draw: random.Random, number: int) -> list[Marks]:
    """Give every option a value by itself, so that hardly two ballots are equal."""
    columns: Iterable[list[int]] = (
        draw.choices(range(6), [1 + abs(place % 5 - value) for value in range(6)], k=number)
        for place in range(OPTIONS)
    )
    packed = [0] * number
    for place, column in enumerate(columns):
        packed = [marks | value << 4 * place for marks, value in zip(packed, column, strict=True)]
    return list(packed)


def _wishes(draw: random.Random, number: int) -> list[Marks]:
    """Approve of one to five projects."""
    bits = [1 << project for project in range(PROJECTS)]
    picks = [draw.choices(bits, _liking(PROJECTS + 3)[3:], k=number) for _ in range(5)]
    together = [a | b | c | d | e for a, b, c, d, e in zip(*picks, strict=True)]
    return [each.to_bytes((each.bit_length() + 7) // 8, "little") for each in together]


_DRAWN = {
    BallotForm.RANKING: _rankings,
    BallotForm.CHOICE: _choices,
    BallotForm.APPROVAL: _approvals,
    BallotForm.SCORE: _values,
    BallotForm.BUDGET_APPROVAL: _wishes,
}
_RULES = {
    BallotForm.RANKING: (
        CountingRule.BORDA,
        CountingRule.INSTANT_RUN_OFF,
        CountingRule.SCOTTISH_STV,
        CountingRule.SCHULZE,
        CountingRule.RANKED_PAIRS,
    ),
    BallotForm.CHOICE: (CountingRule.PLURALITY,),
    BallotForm.APPROVAL: (CountingRule.APPROVAL, CountingRule.SEQUENTIAL_PHRAGMEN),
    BallotForm.SCORE: (CountingRule.SCORE, CountingRule.MAJORITY_JUDGEMENT),
    BallotForm.BUDGET_APPROVAL: (
        CountingRule.GREEDY_SKIP,
        CountingRule.GREEDY_STOP,
        CountingRule.GREEDY_MINIMUM,
        CountingRule.EQUAL_SHARES,
    ),
}


async def _alone() -> None:
    async with ground():
        where = await report.machine()
        report.show(await rules(), where)


if __name__ == "__main__":
    asyncio.run(_alone())
