"""How a command ends: an exit code that scripts can rely on, and words instead of a traceback.

Only what is expected is put into words here; anything else is a bug and keeps its traceback.
"""

from enum import IntEnum
from typing import Any

import asyncpg
import typer
from pydantic import ValidationError
from tortoise.exceptions import DBConnectionError
from typer.core import TyperGroup

from api.postgres import PostgresUnavailable
from domains.kernel import database, settings
from domains.kernel.errors import DomainError

EXIT_CODES = (
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 settings or database unavailable,"
    " 130 interrupted."
)


class ExitCode(IntEnum):
    """What a command's end means; 2, wrong usage, is given by the parser of the command line."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    UNAVAILABLE = 3


class CommandFailed(Exception):
    """A command cannot do its work, for a reason that its reader can act upon."""

    def __init__(self, message: str, *, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.code = code


class Commands(TyperGroup):
    """The commands of `gongyi`, whose expected failures are said in words."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command, and translate how it failed."""
        try:
            return super().invoke(ctx)
        except EXPECTED as failure:
            typer.echo(f"gongyi: {in_words(failure)}", err=True)
            raise typer.Exit(code_of(failure)) from failure


EXPECTED = (
    CommandFailed,
    DomainError,
    PostgresUnavailable,
    ValidationError,
    DBConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.TooManyConnectionsError,
    asyncpg.CannotConnectNowError,
    ConnectionError,
)


def code_of(failure: BaseException) -> ExitCode:
    """Return the exit code of an expected failure."""
    if isinstance(failure, CommandFailed):
        return failure.code
    return ExitCode.FAILED if isinstance(failure, DomainError) else ExitCode.UNAVAILABLE


def in_words(failure: BaseException) -> str:
    """Say an expected failure so that its reader knows what to do."""
    if isinstance(failure, ValidationError):
        return "the settings do not fit\n" + "\n".join(settings_faults(failure))
    if isinstance(failure, (CommandFailed, PostgresUnavailable)):
        return str(failure)
    if isinstance(failure, DomainError):
        return failure.message("en")
    reason = str(failure) or type(failure).__name__
    return (
        f"the database{_where()} is not available: {reason}\nDATABASE_URL says which one is used."
    )


def _where() -> str:
    """Name the database that was asked for, without its password."""
    try:
        chosen = database.connection_arguments(settings.current().database_url.get_secret_value())
    except ValueError:
        return ""
    return f" {chosen['database']} at {chosen['host']} port {chosen['port']} for {chosen['user']}"


def settings_faults(error: ValidationError) -> list[str]:
    """Return one line a faulty setting, by its variable's name and without its value."""
    return [
        f"  {_variable(each['loc'])}{each['msg'].removeprefix('Value error, ')}"
        for each in error.errors(include_input=False, include_url=False)
    ]


def _variable(location: tuple[int | str, ...]) -> str:
    if not location:
        return ""
    name = str(location[0])
    known = name if name.isupper() else f"GONGYI_{name.upper()}"
    return f"{known}: "
