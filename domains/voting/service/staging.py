"""Where detached ballots wait while a secret poll is open: one table a poll, gone at close.

While the poll is open a staging row and its participation share a transaction id. At
close the ballots and, apart from them, the receipts are moved in a random order by one
statement each, and the table is dropped with its file: afterwards nothing in the tables
joins a voter to a ballot. What the write-ahead log and backups keep is told in docs/secrecy.md.
"""

from uuid import UUID

from domains.kernel import database
from domains.voting.queries.paper import paper_table_of


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


async def join_casting(poll_id: UUID) -> None:
    """Share the lock of casting until this command commits: the poll does not close meanwhile."""
    await database.execute(
        "SELECT pg_advisory_xact_lock_shared(hashtextextended($1::uuid::text, 7))", poll_id
    )


async def prepare_paper(poll_id: UUID) -> None:
    """Make the table of a secret poll's papers, where it is not there yet."""
    await database.execute(
        f"CREATE TABLE IF NOT EXISTS {paper_table_of(poll_id)} ("
        "batch_id uuid NOT NULL, turn smallint NOT NULL, line integer NOT NULL,"
        " verdict varchar(16) NOT NULL, marks bigint, wide bytea, reason varchar(200),"
        " PRIMARY KEY (batch_id, turn, line),"
        " CHECK ((verdict IN ('valid', 'blank')) = (num_nonnulls(marks, wide) > 0)))"
    )


async def is_waiting(poll_id: UUID) -> bool:
    """Whether the poll's secret ballots have not been sealed yet."""
    return await _is_there(table_of(poll_id))


async def seal(poll_id: UUID) -> None:
    """Move the ballots, and apart from them the receipts, in random order; drop the tables.

    Ballots on paper are shuffled in among the others by the same statement.
    """
    table = table_of(poll_id)
    ballots = f"SELECT marks, wide FROM {table}"
    if await _is_there(paper_table_of(poll_id)):
        ballots += (
            f" UNION ALL SELECT COALESCE(l.marks, 0), l.wide FROM {paper_table_of(poll_id)} l"
            " JOIN voting_paper_batch b ON b.id = l.batch_id AND b.state = 'agreed'"
            " WHERE l.turn = 1 AND l.verdict IN ('valid', 'blank')"
        )
    await database.execute(
        "INSERT INTO voting_sealed_ballot (id, poll_id, marks, wide)"
        f" SELECT gen_random_uuid(), $1, marks, wide FROM ({ballots}) AS cast_ballots"
        " ORDER BY gen_random_uuid()",
        poll_id,
    )
    await database.execute(
        "INSERT INTO voting_receipt (poll_id, code)"
        f" SELECT $1, receipt FROM {table} WHERE receipt IS NOT NULL ORDER BY gen_random_uuid()",
        poll_id,
    )
    await destroy(poll_id)


async def destroy(poll_id: UUID) -> None:
    """Drop the tables, and with them what they held."""
    await database.execute(f"DROP TABLE IF EXISTS {table_of(poll_id)}, {paper_table_of(poll_id)}")


async def _is_there(table: str) -> bool:
    there: bool = await database.fetch_value("SELECT to_regclass($1) IS NOT NULL", table)
    return there
