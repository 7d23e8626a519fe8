"""Where detached ballots wait while a secret poll is open: one table a poll, gone at close.

While the poll is open a staging row and its participation share a transaction id. At
close the ballots and, apart from them, the receipts are moved in a random order by one
statement each, and the table is dropped with its file: afterwards nothing in the tables
joins a voter to a ballot. What the write-ahead log and backups keep is told in docs/secrecy.md.
"""

from uuid import UUID

from domains.kernel import database


def table_of(poll_id: UUID) -> str:
    """Name the staging table of a poll."""
    return f"voting_staging_{poll_id.hex}"


async def prepare(poll_id: UUID) -> None:
    """Make the table when the poll is published."""
    await database.execute(
        f"CREATE TABLE {table_of(poll_id)} (marks bigint NOT NULL CHECK (marks >= 0), wide bytea,"
        f" receipt varchar(64) CONSTRAINT {table_of(poll_id)}_receipt UNIQUE)"
    )


async def exclude_casting(poll_id: UUID) -> None:
    """Wait for ballots under way, and let no other in until this command commits."""
    await database.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 7))", poll_id
    )


async def seal(poll_id: UUID) -> None:
    """Move the ballots, and apart from them the receipts, in random order; drop the table."""
    table = table_of(poll_id)
    await database.execute(
        "INSERT INTO voting_sealed_ballot (id, poll_id, marks, wide)"
        f" SELECT gen_random_uuid(), $1, marks, wide FROM {table} ORDER BY gen_random_uuid()",
        poll_id,
    )
    await database.execute(
        "INSERT INTO voting_receipt (poll_id, code)"
        f" SELECT $1, receipt FROM {table} WHERE receipt IS NOT NULL ORDER BY gen_random_uuid()",
        poll_id,
    )
    await destroy(poll_id)


async def destroy(poll_id: UUID) -> None:
    """Drop the table, and with it what it held."""
    await database.execute(f"DROP TABLE IF EXISTS {table_of(poll_id)}")
