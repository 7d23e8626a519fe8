"""What stands between a process and serving: here, migrations that the database waits for."""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from domains.kernel import database

Fetch = Callable[[str], Awaitable[Sequence[Any]]]


def committed_migrations() -> list[str]:
    """Return the migrations that this release brings, as `app.name`, in their order."""
    packages = [
        (app, importlib.import_module(f"domains.{app}.migrations")) for app in database.APPS
    ]
    return [
        f"{app}.{module.name}"
        for app, package in packages
        for module in pkgutil.iter_modules(package.__path__)
    ]


async def pending_migrations(fetch: Fetch) -> list[str]:
    """Return the migrations that the database has not seen."""
    known = await fetch("SELECT to_regclass('tortoise_migrations') IS NOT NULL AS known")
    if not known[0]["known"]:
        return committed_migrations()
    applied = await fetch("SELECT app || '.' || name AS name FROM tortoise_migrations")
    seen = {row["name"] for row in applied}
    return [each for each in committed_migrations() if each not in seen]
