"""Ballots that a rule of preference counts: equal ones grouped by PostgreSQL, in their form."""

import asyncio
from collections.abc import ItemsView
from typing import Any
from uuid import UUID

from domains.kernel import database
from domains.kernel.database import Row
from domains.voting.rules import BallotForm, Parts
from domains.voting.values import Secrecy

_BOXES = {
    Secrecy.SECRET: "voting_sealed_ballot b WHERE b.poll_id = $1",
    Secrecy.OPEN: """voting_ballot b
JOIN voting_participation t ON t.poll_number = b.poll_number
 AND t.voter_number = b.voter_number AND t.casts = b.revision
WHERE b.poll_number = (SELECT number FROM voting_poll WHERE id = $1)""",
}
_OPTIONS_A_PART = 4

# What ballots say, and how many say it.
Groups = ItemsView[Any, int]


async def preference_groups(
    poll_id: UUID, secrecy: Secrecy, form: BallotForm, *, option_count: int
) -> Groups | Parts:
    """Return equal ballots that count, grouped; scores and grades by four options at a time."""
    if form.gives_values and not form.is_budget:
        return await _parts(poll_id, secrecy, option_count)
    said = "b.wide" if form.is_budget else "b.marks"
    # Up to a million ballots may all differ: as two arrays they are read at once, where a row
    # for each would keep the garbage collector busy for longer than the count takes.
    row = await database.fetch_one(
        "SELECT array_agg(said) AS said, array_agg(number) AS numbers FROM ("
        f"SELECT {said} AS said, count(*) AS number FROM {_BOXES[secrecy]} GROUP BY {said}"
        ") AS equal",
        poll_id,
    )
    assert row is not None, "an aggregate always has a row"
    # Whoever is served meanwhile does not wait for them.
    return await asyncio.to_thread(_groups, row)


def _groups(row: Row) -> Groups:
    return dict(zip(row["said"] or (), row["numbers"] or (), strict=True)).items()


def ballots_in(groups: Groups | Parts) -> tuple[int, int]:
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
