"""Sealing anew, under the first field key, whatever an older key has sealed.

To rotate: add the new key behind the old one everywhere; put it first everywhere; run this;
when it reports nothing broken and a second run finds nothing to do, remove the old key.
It goes in batches that commit by themselves, so it may be stopped and run again at any
moment while the product works. Sealed columns are found by their name: they end in
`_sealed`, and stand beside an `id`. The blind index has a key of its own, which stays.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from domains.kernel import crypto, database

_BATCH = 500
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")

_COLUMNS = r"""
SELECT c.relname AS table, a.attname AS column
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
  AND a.atttypid = 'bytea'::regtype AND a.attname LIKE '%\_sealed' AND NOT a.attisdropped
ORDER BY c.relname, a.attname
"""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """Where sealed values stand."""

    table: str
    column: str

    def __post_init__(self) -> None:
        assert _IDENTIFIER.fullmatch(self.table), self.table
        assert _IDENTIFIER.fullmatch(self.column), self.column


@dataclass(slots=True)
class Rotation:
    """What came of a run: how many values were sealed anew, and where one does not open."""

    resealed: int = 0
    broken: list[tuple[SealedColumn, UUID]] = field(default_factory=list)


Progress = Callable[[SealedColumn, int], object]


async def sealed_columns() -> list[SealedColumn]:
    """Return every column of the database that holds sealed values."""
    rows = await database.fetch(_COLUMNS)
    return [SealedColumn(row["table"], row["column"]) for row in rows]


async def waiting(where: SealedColumn) -> int:
    """Return how many values of the column are sealed under another key than the first."""
    found: int = await database.fetch_value(
        f"SELECT count(*) FROM {where.table} WHERE {_is_old(where)}", crypto.keyring().header
    )
    return found


async def rotate(progress: Progress | None = None) -> Rotation:
    """Seal anew whatever is not sealed under the first key; tells progress after each batch.

    A value that does not open is left as it is and reported.
    """
    done = Rotation()
    for where in await sealed_columns():
        await _rotate_column(where, done, progress)
    return done


async def _rotate_column(where: SealedColumn, done: Rotation, progress: Progress | None) -> None:
    after: UUID | None = UUID(int=0)
    while after is not None:
        async with database.transaction():
            after = await _rotate_batch(where, done, after)
        if progress is not None:
            progress(where, done.resealed)


async def _rotate_batch(where: SealedColumn, done: Rotation, after: UUID) -> UUID | None:
    """Seal one batch anew; returns the last id that was looked at, or None at the end."""
    rows = await database.fetch(
        f"SELECT id, {where.column} AS sealed FROM {where.table}"
        f" WHERE {_is_old(where)} AND id > $2 ORDER BY id LIMIT {_BATCH} FOR UPDATE",
        crypto.keyring().header,
        after,
    )
    anew = []
    for row in rows:
        place = {"table": where.table, "column": where.column, "row": row["id"]}
        try:
            text = crypto.unseal(bytes(row["sealed"]), **place)
        except crypto.BrokenSeal:
            done.broken.append((where, row["id"]))
        else:
            anew.append((row["id"], crypto.seal(text, **place)))
    statement = f"UPDATE {where.table} SET {where.column} = $2 WHERE id = $1"
    await database.execute_many(statement, anew)
    done.resealed += len(anew)
    return rows[-1]["id"] if len(rows) == _BATCH else None


def _is_old(where: SealedColumn) -> str:
    return f"substring({where.column} FOR octet_length($1::bytea)) <> $1::bytea"
