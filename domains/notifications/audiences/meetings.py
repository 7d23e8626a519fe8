"""Audiences of meetings: who is invited, who was there, who is not there yet."""

from collections.abc import Sequence
from uuid import UUID

from domains.meetings.queries import telling as meetings
from domains.meetings.queries import telling_matters as matters
from domains.notifications.telling import Addressee, Telling
from domains.notifications.values import ReasonCode


async def invited(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    """Address who is invited."""
    rows = await meetings.invited_after(telling.subject_id, after, limit)
    return [Addressee(row["person_id"], ReasonCode.INVITED) for row in rows]


async def present(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    """Address who was there."""
    found = await matters.present_after(telling.subject_id, after, limit)
    return [Addressee(each, ReasonCode.PARTICIPANT) for each in found]


async def not_there(telling: Telling, people: Sequence[UUID]) -> set[UUID]:
    """Return who of them is invited and has not come."""
    return await matters.not_there(telling.subject_id, people)
