"""Where it is measured: a migrated database of the benchmark's own, dropped at its end."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from api.postgres import embedded
from domains.kernel import database, settings

# What stands between one caller and many requests a minute is raised, and nothing else.
_SETTINGS = {
    "GONGYI_ENVIRONMENT": "development",
    "GONGYI_COST_PER_MINUTE": str(10**9),
}


@asynccontextmanager
async def ground() -> AsyncIterator[str]:
    """Provide the address of a new database, and settings that name it, here and in children."""
    os.environ.update(_SETTINGS)
    settings.current.cache_clear()
    own = settings.current().database_url.get_secret_value()
    if own:
        async with _database(own) as url:
            yield url
        return
    # Commits are measured, so they must reach the disk: durable, unlike the tests' server.
    data_dir = settings.current().data_dir / "bench"
    async with embedded(data_dir, durable=True) as server, _database(server) as url:
        yield url


@asynccontextmanager
async def _database(server: str) -> AsyncIterator[str]:
    name = f"gongyi_bench_{secrets.token_hex(6)}"
    await _administer(server, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    before = os.environ.get("DATABASE_URL")
    os.environ["DATABASE_URL"] = url
    settings.current.cache_clear()
    try:
        await database.migrate(url)
        async with database.connected(url):
            yield url
    finally:
        if before is None:
            del os.environ["DATABASE_URL"]
        else:
            os.environ["DATABASE_URL"] = before
        settings.current.cache_clear()
        # FORCE refuses while autovacuum is at work; a plain DROP asks it to leave.
        await _administer(
            server,
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            f" WHERE datname = '{name}' AND usename = current_user",
        )
        await _administer(server, f"DROP DATABASE IF EXISTS {name}")


async def _administer(url: str, statement: str) -> None:
    connection = await asyncpg.connect(**database.connection_arguments(url))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
