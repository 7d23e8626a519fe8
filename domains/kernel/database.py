"""One PostgreSQL, reached through Tortoise's pool: transactions, and rows for reads.

Models are for commands; queries read rows with `fetch` and its sisters, which run
on the open transaction where there is one. They log no values.
"""

import os
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import asyncpg
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.migrations.executor import MigrationTarget
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.schema_editor.asyncpg import AsyncpgSchemaEditor
from tortoise.transactions import in_transaction

from domains.kernel import migrating, settings

# Bottom-up: initial migrations carry no dependencies across apps.
APPS = (
    *("kernel", "membership", "voting", "timebank", "volunteering"),
    *("meetings", "disclosure", "pledges", "matching"),
    "notifications",
)

Row = Mapping[str, Any]
Isolation = Literal["read committed", "serializable"]


def connection_arguments(url: str) -> dict[str, Any]:
    """Return asyncpg's arguments for a postgresql:// address; `host=` may name a socket folder.

    Raises ValueError where the address is not one of PostgreSQL.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres", "asyncpg"}:
        raise ValueError("the database address must begin with postgresql://")
    query = parse_qs(parts.query)
    arguments: dict[str, Any] = {
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password or "") or None,
        "host": query["host"][0] if "host" in query else parts.hostname or "127.0.0.1",
        "port": int(query["port"][0]) if "port" in query else parts.port or 5432,
        "database": unquote(parts.path.lstrip("/")) or "gongyi",
    }
    if "sslmode" in query:
        arguments["ssl"] = query["sslmode"][0]
    return arguments


async def _reset(connection: Any) -> None:
    """Reset a returned connection only where something could leak: it saves a round trip."""
    if connection.is_in_transaction():
        await connection.reset()


def tortoise_config(url: str | None = None) -> dict[str, Any]:
    """Return Tortoise's configuration for this process."""
    chosen = settings.current()
    address = url or chosen.database_url.get_secret_value() or "postgresql://127.0.0.1/gongyi"
    credentials = connection_arguments(address) | {
        "minsize": 1,
        "maxsize": chosen.pool_size,
        "reset": _reset,
        "server_settings": {
            "application_name": "gongyi",
            "timezone": "UTC",
            "jit": "off",  # requests are short; compiling them costs more than it saves
            "statement_timeout": str(chosen.statement_timeout_ms),
            # A failing statement must not put a ballot into the server's log.
            "log_parameter_max_length_on_error": "0",
        },
    }
    return {
        "connections": {
            "default": {"engine": "tortoise.backends.asyncpg", "credentials": credentials}
        },
        "apps": {
            app: {
                "models": [f"domains.{app}.models"],
                "default_connection": "default",
                "migrations": f"domains.{app}.migrations",
            }
            for app in APPS
        },
        "use_tz": True,
        "timezone": "UTC",
    }


def __getattr__(name: str) -> Any:
    """Give Tortoise's own command line its configuration, read when asked for."""
    if name == "TORTOISE":
        return tortoise_config()
    raise AttributeError(name)


@asynccontextmanager
async def connected(url: str | None = None) -> AsyncIterator[None]:
    """Open the pool for a command line, a worker or a test, and close it afterwards."""
    await Tortoise.init(config=tortoise_config(url), _enable_global_fallback=True)
    try:
        yield
    finally:
        await Tortoise.close_connections()


_MIGRATION_LOCK = 0x676F6E6779  # "gongy"


async def migrate(
    url: str | None = None, *, progress: Callable[[str, str, str], object] | None = None
) -> None:
    """Bring the database up to the committed migrations, one process at a time.

    Two at once would crash one another, so a session lock on a connection of its own
    makes the second wait and then find nothing to do. Everything, each migration's record
    included, is one transaction: a kill in the middle leaves the database as it was.
    """
    config = tortoise_config(url)
    credentials = config["connections"]["default"]["credentials"]
    settings_of_server = credentials["server_settings"] | {"statement_timeout": "0"}
    credentials["server_settings"] = settings_of_server
    own = {key: credentials[key] for key in ("user", "password", "host", "port", "database")}
    holder = await asyncpg.connect(**own, ssl=credentials.get("ssl"))
    try:
        await holder.execute("SELECT pg_advisory_lock($1)", _MIGRATION_LOCK)
        await Tortoise.init(config=config)
        targets = [MigrationTarget(app_label=app, name="__latest__") for app in APPS]
        pool = get_connection("default")
        # The table of records is looked into before it is made; inside the transaction
        # that would be its end.
        await MigrationRecorder(pool).ensure_schema(AsyncpgSchemaEditor(pool, atomic=False))
        async with in_transaction("default") as connection:
            await migrating.Executor(connection, config["apps"]).migrate(targets, progress=progress)
    finally:
        await Tortoise.close_connections()
        await holder.close()


_open: ContextVar[bool] = ContextVar("transaction_open", default=False)


@asynccontextmanager
async def transaction(
    *, isolation: Isolation = "read committed", timeout_ms: int | None = None
) -> AsyncIterator[None]:
    """Run one command as one transaction; nesting is a programming error and raises.

    `timeout_ms` replaces the statement timeout where a command is long by nature.
    """
    if _open.get():
        raise RuntimeError("a command called another command: transactions do not nest")
    token = _open.set(True)
    try:
        async with in_transaction("default"):
            if isolation == "serializable":
                await execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
            if timeout_ms is not None:
                await execute(f"SET LOCAL statement_timeout = {int(timeout_ms)}")
            yield
    finally:
        _open.reset(token)


@asynccontextmanager
async def savepoint() -> AsyncIterator[None]:
    """Contain a failure inside the open transaction: for the relay and for row-by-row imports."""
    require_open_transaction()
    async with in_transaction("default"):
        yield


_MINE = "SELECT pg_try_advisory_lock(hashtextextended($1, 13))"
_NO_MORE = "SELECT pg_advisory_unlock(hashtextextended($1, 13))"


@asynccontextmanager
async def claimed(what: str) -> AsyncIterator[bool]:
    """Claim long work that no transaction spans; yields whether it is this caller's to do.

    The claim lies on a connection of its own and ends with it, so that what a killed process
    had claimed is free at once. Nothing may rest on it: it only spares doing work twice.
    """
    if _open.get():
        raise RuntimeError("a claim is for work outside of transactions")
    async with get_connection("default").acquire_connection() as connection:
        own: bool = await connection.fetchval(_MINE, what)
        try:
            yield own
        finally:
            if own:
                await connection.execute(_NO_MORE, what)


def is_open() -> bool:
    """Whether a command's transaction is open here."""
    return _open.get()


def require_open_transaction() -> None:
    """Raise where no command is open: what runs here must commit with one."""
    if not _open.get():
        raise RuntimeError("this must run inside a command's transaction")


async def fetch(sql: str, *values: Any) -> Sequence[Row]:
    """Return the rows of a statement."""
    async with get_connection("default").acquire_connection() as connection:
        rows: Sequence[Row] = await connection.fetch(sql, *values)
        return rows


async def fetch_one(sql: str, *values: Any) -> Row | None:
    """Return the first row of a statement, or None."""
    async with get_connection("default").acquire_connection() as connection:
        row: Row | None = await connection.fetchrow(sql, *values)
        return row


async def fetch_value(sql: str, *values: Any) -> Any:
    """Return the first column of the first row, or None."""
    async with get_connection("default").acquire_connection() as connection:
        return await connection.fetchval(sql, *values)


async def execute(sql: str, *values: Any) -> int:
    """Run a statement and return how many rows it touched (0 where it tells none)."""
    async with get_connection("default").acquire_connection() as connection:
        status: str = await connection.execute(sql, *values)
    last = status.rsplit(" ", 1)[-1]
    return int(last) if last.isdigit() else 0


async def execute_many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run a statement once a row, in one batch."""
    async with get_connection("default").acquire_connection() as connection:
        await connection.executemany(sql, rows)


async def copy(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Bring many rows in at once."""
    async with get_connection("default").acquire_connection() as connection:
        await connection.copy_records_to_table(table, records=rows, columns=columns)


def broken_constraint(error: BaseException) -> str | None:
    """Return the name of the constraint that an error reports, also through Tortoise's wrapping."""
    for each in (error, error.__cause__, *error.args):
        if isinstance(each, asyncpg.IntegrityConstraintViolationError):
            return each.constraint_name
    return None


_last_id = 0


def new_id() -> UUID:
    """Make a time-ordered id (RFC 9562, version 7); never for a secret ballot: it holds the time.

    Ids of one process rise strictly: within a millisecond the next one adds to the last.
    """
    global _last_id  # noqa: PLW0603  # the order of a process's ids is the process's state
    milliseconds = time.time_ns() // 1_000_000
    fresh = (milliseconds & (1 << 48) - 1) << 74 | int.from_bytes(os.urandom(10)) >> 6
    # 74 bits of the id are free; a step of up to 2^32 keeps the next one hard to guess.
    _last_id = max(fresh, _last_id + 1 + int.from_bytes(os.urandom(4)))
    high, low = _last_id >> 62, _last_id & (1 << 62) - 1
    return UUID(int=high >> 12 << 80 | 7 << 76 | (high & 0xFFF) << 64 | 2 << 62 | low)
