"""The one clock: the database's. Deadlines are judged by it, in the command's own transaction.

In SQL it is `kernel_now()`. Tests replace that function in their own database to move time.
"""

from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from domains.kernel import database

SHANGHAI = ZoneInfo("Asia/Shanghai")


async def now() -> datetime:
    """Return the database's present instant, in UTC."""
    return cast(datetime, await database.fetch_value("SELECT kernel_now()"))


async def today() -> date:
    """Return the present day in Shanghai, where the product's days begin and end."""
    return (await now()).astimezone(SHANGHAI).date()
