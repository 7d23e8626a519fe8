"""What follows for the log: leaves of what was published, and the day's heads."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domains.disclosure.service import copies, log
from jobs.due import until_none


async def log_disclosure(event_id: UUID, payload: Mapping[str, Any]) -> None:
    """Queue the leaf of a version that became public."""
    await copies.log_disclosure(UUID(payload["disclosure_id"]), payload["version"])


async def grow_logs() -> int:
    """Append what waits."""
    return await until_none(log.grow_due_log)


async def sign_heads() -> int:
    """Sign the day's heads."""
    return await until_none(log.sign_due_head)
