"""Audiences of meetings: who is invited."""

from uuid import UUID

from domains.meetings.queries import telling as meetings
from domains.notifications.telling import Addressee, Telling
from domains.notifications.values import ReasonCode


async def invited(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    """Address who is invited."""
    rows = await meetings.invited_after(telling.subject_id, after, limit)
    return [Addressee(row["person_id"], ReasonCode.INVITED) for row in rows]
