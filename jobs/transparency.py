"""What follows for the log: leaves of what was published, and the day's heads."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domains.disclosure.service import copies, log, poll_records
from domains.disclosure.values.log import PollRecord
from jobs.due import until_none


async def log_disclosure(event_id: UUID, payload: Mapping[str, Any]) -> None:
    """Queue the leaf of a version that became public."""
    await copies.log_disclosure(UUID(payload["disclosure_id"]), payload["version"])


async def log_roll(event_id: UUID, payload: Mapping[str, Any]) -> None:
    """Queue the leaf of a roll that was frozen."""
    await poll_records.log_poll(PollRecord.ROLL, UUID(payload["poll_id"]))


async def log_result(event_id: UUID, payload: Mapping[str, Any]) -> None:
    """Queue the leaf of a result that was counted."""
    await poll_records.log_poll(PollRecord.RESULT, UUID(payload["poll_id"]))


async def grow_logs() -> int:
    """Append what waits."""
    return await until_none(log.grow_due_log)


async def sign_heads() -> int:
    """Sign the day's heads, over all that was published until now."""
    await grow_logs()
    return await until_none(log.sign_due_head)
