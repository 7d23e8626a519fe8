"""What follows for the log: leaves of what was published, and the day's heads."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from domains.disclosure.rules.records import Source
from domains.disclosure.service import copies, log, poll_records
from domains.disclosure.values.log import PollRecord
from domains.kernel.clock import SHANGHAI
from domains.membership.queries import places
from domains.timebank.queries import books as time_books
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


async def log_books(event_id: UUID, payload: Mapping[str, Any]) -> None:
    """Queue the leaf of a day's closed books, under the community and the day as a number."""
    community_id = UUID(payload["community_id"])
    day = datetime.fromisoformat(payload["day"]).astimezone(SHANGHAI).date()
    books, place = await time_books.closed(community_id, day), await places.place_of(community_id)
    assert books is not None, "what the event tells of is there"
    if place is None:
        return
    source = Source(time_books.LEAF, community_id, time_books.leaf_version(day))
    await log.append_leaf(place, source, time_books.parts_of(books))


async def grow_logs() -> int:
    """Append what waits."""
    return await until_none(log.grow_due_log)


async def sign_heads() -> int:
    """Sign the day's heads, over all that was published until now."""
    await grow_logs()
    return await until_none(log.sign_due_head)
