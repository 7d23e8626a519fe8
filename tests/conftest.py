"""What every test may ask for: a migrated database of this run's own, its clock, its queries."""

import logging
import secrets
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import hypothesis
import pytest
from tortoise import Tortoise

from api.postgres import embedded
from domains.kernel import clock, database, settings

# Machines are shared: no test fails for having been slow.
hypothesis.settings.register_profile("gongyi", deadline=None)
hypothesis.settings.load_profile("gongyi")

_MOVABLE_CLOCK = """
CREATE TABLE test_clock (moved interval NOT NULL);
INSERT INTO test_clock VALUES ('0');
CREATE OR REPLACE FUNCTION kernel_now() RETURNS timestamptz
LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp() + moved FROM test_clock';
"""


def _address_of(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


async def _administer(url: str, statement: str) -> None:
    arguments = database.connection_arguments(url)
    connection = await asyncpg.connect(**arguments)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _drop(url: str, name: str) -> None:
    """Drop a database whoever is still in it.

    FORCE refuses while autovacuum, which belongs to the superuser, is at work in it; a plain
    DROP asks autovacuum to leave, so ours are sent away first.
    """
    connection = await asyncpg.connect(**database.connection_arguments(url))
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = $1 AND usename = current_user",
            name,
        )
        await connection.execute(f"DROP DATABASE IF EXISTS {name}")
    finally:
        await connection.close()


@pytest.fixture(scope="session")
async def server() -> AsyncIterator[str]:
    """The address of the PostgreSQL that tests run on, shared by all who test at the same time."""
    own = settings.current().database_url.get_secret_value()
    if own:
        yield own
        return
    async with embedded(settings.current().data_dir / "test", durable=False) as url:
        yield url


@pytest.fixture(scope="session")
async def database_url(server: str) -> AsyncIterator[str]:
    """A database of this run's own, migrated, whose clock tests may move."""
    name = f"gongyi_test_{secrets.token_hex(6)}"
    await _administer(server, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    url = _address_of(server, name)
    try:
        await database.migrate(url)
        await _administer(url, _MOVABLE_CLOCK)
        yield url
    finally:
        await _drop(server, name)


@pytest.fixture(scope="session")
async def pool(database_url: str) -> AsyncIterator[str]:
    """Tortoise connected to the run's database; yields its address."""
    config = database.tortoise_config(database_url)
    config["connections"]["default"]["credentials"]["init"] = _watch
    await Tortoise.init(config=config, _enable_global_fallback=True)
    yield database_url
    await Tortoise.close_connections()


# A database's owner may not switch foreign keys off, but may truncate tables that refer to one
# another together, and may put the guards of its append-only tables aside for this transaction.
_EMPTY = r"""
DO $$
DECLARE
    filled oid[];
    guarded regclass[];
    forbidden regclass[];
    each regclass;
BEGIN
    -- What polls that no test closed have left: their tables have no migration.
    FOR each IN
        SELECT oid::regclass FROM pg_class
        WHERE relname LIKE 'voting\_staging\_%' AND relkind = 'r'
    LOOP
        EXECUTE format('DROP TABLE %s', each);
    END LOOP;
    WITH RECURSIVE found AS (
        SELECT c.oid FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
          AND c.relname NOT LIKE 'tortoise%' AND c.relname <> 'test_clock'
          AND pg_relation_size(c.oid) > 0
        UNION
        SELECT f.conrelid FROM pg_constraint f JOIN found ON f.confrelid = found.oid
        WHERE f.contype = 'f'
    )
    SELECT array_agg(oid) INTO filled FROM found;
    IF filled IS NOT NULL THEN
        SELECT coalesce(array_agg(DISTINCT tgrelid::regclass), '{}') INTO guarded
        FROM pg_trigger WHERE tgrelid = ANY(filled) AND NOT tgisinternal;
        SELECT coalesce(array_agg(oid::regclass), '{}') INTO forbidden
        FROM unnest(filled) AS oid WHERE NOT has_table_privilege(oid, 'TRUNCATE');
        FOREACH each IN ARRAY guarded LOOP
            EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', each);
        END LOOP;
        FOREACH each IN ARRAY forbidden LOOP
            EXECUTE format('GRANT TRUNCATE ON %s TO CURRENT_USER', each);
        END LOOP;
        EXECUTE 'TRUNCATE ' || array_to_string(filled::regclass[], ', ');
        FOREACH each IN ARRAY forbidden LOOP
            EXECUTE format('REVOKE TRUNCATE ON %s FROM CURRENT_USER', each);
        END LOOP;
        FOREACH each IN ARRAY guarded LOOP
            EXECUTE format('ALTER TABLE %s ENABLE TRIGGER USER', each);
        END LOOP;
    END IF;
    UPDATE test_clock SET moved = '0' WHERE moved <> '0';
END $$
"""


@pytest.fixture
async def db(pool: str) -> str:
    """An empty database for one test; returns its address."""
    await database.execute(_EMPTY)
    return pool


class Clock:
    """Moves the database's clock; it goes on from where it was put."""

    async def advance(self, by: timedelta) -> None:
        """Let time pass."""
        await database.execute("UPDATE test_clock SET moved = moved + $1", by)

    async def set(self, to: datetime) -> None:
        """Put the clock to an instant."""
        await self.advance(to - await clock.now())


@pytest.fixture
def moved_clock(db: str) -> Clock:
    """The database's clock, to be moved."""
    return Clock()


class Statements(list[str]):
    """The statements that ran while it was recording."""


_recorders: list[Statements] = []
# What asyncpg asks by itself, once a connection, to learn a type.
_DRIVERS_OWN = ("typeinfo_tree", "'jit'")


async def _watch(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Tell each recorder what a connection of the pool runs, from its opening on."""

    def note(ran: "asyncpg.connection.LoggedQuery") -> None:
        if any(mark in ran.query for mark in _DRIVERS_OWN):
            return
        for each in _recorders:
            each.append(ran.query)

    connection.add_query_logger(note)


@pytest.fixture
async def statements(db: str) -> AsyncIterator[Statements]:
    """Every SQL statement of the test from here on; `clear()` it before what is counted."""
    seen = Statements()
    _recorders.append(seen)
    yield seen
    _recorders.remove(seen)


logging.getLogger("tortoise.db_client").setLevel(logging.WARNING)
