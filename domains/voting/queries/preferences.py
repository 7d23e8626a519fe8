"""Ballots that a rule of preference counts: equal ones grouped by PostgreSQL, in their form."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domains.kernel import database
from domains.kernel.database import Row
from domains.voting.rules import BallotForm, Parts
from domains.voting.values import Secrecy

_BOXES = {
    Secrecy.SECRET: "voting_sealed_ballot b WHERE b.poll_id = $1",
    Secrecy.OPEN: """voting_poll p
JOIN voting_ballot b ON b.poll_number = p.number
JOIN voting_participation t ON t.poll_number = b.poll_number
 AND t.voter_number = b.voter_number AND t.casts = b.revision
WHERE p.id = $1""",
}
_OPTIONS_A_PART = 4


async def preference_groups(
    poll_id: UUID, secrecy: Secrecy, form: BallotForm, *, option_count: int
) -> list[tuple[Any, int]] | Parts:
    """Return equal ballots that count, grouped; scores and grades by four options at a time."""
    if form.gives_values and not form.is_budget:
        return await _parts(poll_id, secrecy, option_count)
    said = "b.wide" if form.is_budget else "b.marks"
    rows = await database.fetch(
        f"SELECT {said} AS said, count(*) AS number FROM {_BOXES[secrecy]} GROUP BY {said}",
        poll_id,
    )
    # Up to a million ballots may all differ; who is served meanwhile does not wait for them.
    return await asyncio.to_thread(_pairs, rows)


def _pairs(rows: Sequence[Row]) -> list[tuple[Any, int]]:
    return [(row["said"], row["number"]) for row in rows]


def ballots_in(groups: list[tuple[Any, int]] | Parts) -> tuple[int, int]:
    """Return how many ballots there are, and how many of them are blank."""
    if isinstance(groups, Parts):
        return sum(number for _, number in groups.by_four[0]), groups.blank
    blank = sum(number for said, number in groups if not said)
    return sum(number for _, number in groups), blank


async def _parts(poll_id: UUID, secrecy: Secrecy, option_count: int) -> Parts:
    parts = range(-(-option_count // _OPTIONS_A_PART))
    columns = ", ".join(f"b.marks >> {16 * part} & 65535 AS part{part}" for part in parts)
    names = ", ".join(f"part{part}" for part in parts)
    sets = ", ".join(f"(part{part})" for part in parts)
    rows = await database.fetch(
        f"SELECT {names}, blank, count(*) AS number"
        f" FROM (SELECT {columns}, b.marks = 0 AS blank FROM {_BOXES[secrecy]}) AS part"
        f" GROUP BY GROUPING SETS ({sets}, (blank))",
        poll_id,
    )
    by_four = tuple(
        tuple((row[f"part{part}"], row["number"]) for row in rows if row[f"part{part}"] is not None)
        for part in parts
    )
    return Parts(by_four, sum(row["number"] for row in rows if row["blank"]))
