"""Audiences of campaigns: whom their criteria mean, and by which of their own tags."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import clock
from domains.kernel.database import Row
from domains.membership.queries import addressing
from domains.notifications.queries import campaigns
from domains.notifications.telling import Addressee, Telling
from domains.notifications.values import ReasonCode


async def meant(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    """Address whom the campaign is meant for today; the reason names their own tags by id."""
    row = await campaigns.campaign_to_tell(telling.subject_id)
    if row is None:
        return []
    found = await addressing.after(
        campaigns.audience_of(row), on=await clock.today(), last=after, limit=limit
    )
    return [
        Addressee(each["person_id"], ReasonCode.MATCHED, {"tags": _ids(each)}) for each in found
    ]


def _ids(row: Row) -> str:
    return ",".join(str(each) for each in (*row["person_tags"], *row["household_tags"]))


async def still_meant(telling: Telling, people: Sequence[UUID]) -> set[UUID]:
    """Return whom of these it still means: who withdrew a consent meanwhile is not told."""
    row = await campaigns.campaign_to_tell(telling.subject_id)
    if row is None:
        return set()
    found = await addressing.among(
        campaigns.audience_of(row), on=await clock.today(), people=people
    )
    return {each["person_id"] for each in found}
