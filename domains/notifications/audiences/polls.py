"""Audiences of polls: who is on a roll, and who of them has not voted."""

from collections.abc import Sequence
from uuid import UUID

from domains.notifications.telling import Addressee, Telling
from domains.notifications.values import ReasonCode
from domains.voting.queries import telling as polls


async def not_voted(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    """Address who may vote and has not, by the marks on the roll."""
    found = await polls.not_voted_after(telling.subject_id, after, limit)
    return [Addressee(each, ReasonCode.ON_ROLL_NOT_VOTED) for each in found]


async def on_roll(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    """Address who may vote."""
    found = await polls.voters_after(telling.subject_id, after, limit)
    return [Addressee(each, ReasonCode.ON_ROLL) for each in found]


async def still_to_vote(telling: Telling, people: Sequence[UUID]) -> set[UUID]:
    """Return who of them has not voted meanwhile."""
    return await polls.still_to_vote(telling.subject_id, people)
