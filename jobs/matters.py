"""What is due of issues and resolutions, and what a counted ballot does to an issue."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domains.kernel.actor import SYSTEM
from domains.meetings.service import issue_tables, overdue, resolutions
from domains.voting.values import Outcome
from jobs.due import until_none


async def mark_overdue() -> int:
    """Mark what was not done in time: issues, assignments, departments, resolutions."""
    done = await until_none(overdue.mark_overdue_issue)
    done += await until_none(overdue.mark_overdue_assignment)
    done += await until_none(overdue.mark_overdue_whistle)
    return done + await until_none(overdue.mark_overdue_resolution)


async def settle_resolutions() -> int:
    """Settle resolutions whose proposers let their time go by, by what others said."""
    return await until_none(lambda: resolutions.settle_due_resolution(SYSTEM))


async def settle_ballot(event_id: UUID, payload: Mapping[str, Any]) -> None:
    """Lead an issue on by its counted ballot; a cancelled one leads back to the table."""
    outcome = payload.get("outcome")
    poll_id = UUID(payload["poll_id"])
    await issue_tables.settle_ballot(SYSTEM, poll_id, Outcome(outcome) if outcome else None)


async def undo_ballot(event_id: UUID, payload: Mapping[str, Any]) -> None:
    """Take an issue back to the table whose ballot was annulled."""
    await issue_tables.undo_ballot(SYSTEM, UUID(payload["poll_id"]))
