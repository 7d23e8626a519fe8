"""Plans that PostgreSQL keeps for casting: made while the box was empty, good when it is full."""

from uuid import uuid4

from domains.kernel import database
from tests.voting.factories import a_town, an_open_poll

_CAST = "SELECT outcome FROM voting_cast($1, $2, 1, NULL, $3, NULL, 'online', NULL)"
# What this transaction has done to each table.
_READ_WHOLE = """
SELECT relname, seq_scan FROM pg_stat_xact_user_tables
WHERE relname IN ('voting_poll', 'voting_roll_entry', 'voting_participation', 'voting_ballot')
ORDER BY relname
"""


async def test_no_plan_of_casting_reads_a_whole_table(db):
    town = await a_town()
    poll_id = await an_open_poll(town)
    # As autovacuum leaves them: known to be empty, which makes reading all of them look cheap.
    for table in ("voting_participation", "voting_ballot"):
        await database.execute(f"ANALYZE {table}")

    async with database.transaction():
        before = await database.fetch(_READ_WHOLE)
        # More often than PostgreSQL plans anew, by a first ballot and by others after it.
        outcomes = [
            await database.fetch_value(_CAST, poll_id, resident.person_id, uuid4())
            for resident in town.residents
            for _ in range(12)
        ]
        after = await database.fetch(_READ_WHOLE)

    assert outcomes == (["cast"] + ["recast"] * 11) * len(town.residents)
    assert [tuple(row) for row in after] == [tuple(row) for row in before]
