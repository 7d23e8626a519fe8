"""Campaigns as far as the actor sees them: who may write them for the area, and whom they reached.

What an addressee reads is the notice; why it reached them is told to them alone.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.disclosure.queries import disclosures
from domains.kernel import database
from domains.kernel.actor import Actor, Role
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.meetings.queries import meetings
from domains.membership.queries.addressing import Audience
from domains.notifications import policy
from domains.notifications.values import CampaignState, CampaignSubject
from domains.pledges.queries import pledges
from domains.volunteering.queries import activities
from domains.voting.queries.polls import polls_by_id

_SEEN = """
SELECT c.*, c.audience::text AS audience_text,
       o.notice_count, o.second_count, o.gone_count, o.muted_count, o.state AS telling
FROM notifications_campaign c
LEFT JOIN notifications_occasion o
  ON o.subject_id = c.id AND o.kind IN ('CAMPAIGN', 'CAMPAIGN_PRIVATE')
WHERE ($1 OR c.area_path LIKE ANY ($2::text[]))
"""
_BY_ID = f"{_SEEN} AND c.id = ANY ($3::uuid[])"
_LIST = f"""
{_SEEN}
  AND ($3::text IS NULL OR c.area_path LIKE $3)
  AND ($4::text[] IS NULL OR c.state = ANY ($4))
  AND ($5::uuid IS NULL OR c.id < $5)
ORDER BY c.id DESC LIMIT $6
"""
_TOLD = "SELECT * FROM notifications_campaign WHERE id = $1"
_NOTICE = """
SELECT n.reason_data::text AS reason_data, c.id AS campaign_id, c.purpose, c.basis, c.area_path,
       c.audience::text AS audience_text
FROM notifications_notice n
JOIN notifications_campaign c ON c.id = n.subject_id
WHERE n.id = $1 AND n.person_id = $2 AND n.second_for_id IS NULL
"""

Look = Callable[[Actor, Sequence[UUID]], Awaitable[Sequence[Row | None]]]
_LOOKS: Mapping[CampaignSubject, Look] = {
    CampaignSubject.POLL: polls_by_id,
    CampaignSubject.MEETING: meetings.meetings_by_id,
    CampaignSubject.DISCLOSURE: disclosures.disclosures_by_id,
    CampaignSubject.PLEDGE: pledges.pledges_by_id,
    CampaignSubject.ACTIVITY: activities.activities_by_id,
}


@dataclass(frozen=True, slots=True)
class CampaignFilter:
    """What a list of campaigns is narrowed to."""

    within_path: str | None = None
    states: tuple[CampaignState, ...] | None = None


def _eyes(actor: Actor) -> tuple[bool, list[str]]:
    return actor.system, [f"{path}%" for path in actor.area_paths(*policy.CAMPAIGNERS)]


async def campaigns_by_id(actor: Actor, campaign_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: these campaigns, None where the actor does not see them."""
    rows = await database.fetch(_BY_ID, *_eyes(actor), list(campaign_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in campaign_ids]


async def campaigns(actor: Actor, asked: CampaignFilter, page: Page) -> Slice[Row]:
    """Return a page of the campaigns of the areas for which the actor may write, newest first."""
    rows = await database.fetch(
        _LIST,
        *_eyes(actor),
        None if asked.within_path is None else f"{asked.within_path}%",
        None if asked.states is None else [str(each) for each in asked.states],
        page.after[0] if page.after else None,
        page.limit,
    )
    return Slice.of(rows, page)


async def campaign_to_tell(campaign_id: UUID) -> Row | None:
    """Return a campaign as it is told, whoever asks."""
    return await database.fetch_one(_TOLD, campaign_id)


async def subject_path(actor: Actor, kind: CampaignSubject, subject_id: UUID) -> str | None:
    """Return where a campaign's subject lies; None where the actor does not see it."""
    (row,) = await _LOOKS[kind](actor, [subject_id])
    return None if row is None else row["area_path"]


def audience_of(row: Row) -> Audience:
    """Return whom a campaign's row is meant for."""
    said = json.loads(row["audience"]) if isinstance(row["audience"], str) else row["audience"]
    return Audience(
        area_paths=tuple(said["paths"]),
        roles=tuple(Role(each) for each in said["roles"]),
        person_tags=tuple(said["personTags"]),
        household_tags=tuple(said["householdTags"]),
        without_tags=tuple(said["withoutTags"]),
        least_age=said["leastAge"],
        most_age=said["mostAge"],
    )


async def why(actor: Actor, notice_id: UUID) -> Row | None:
    """Return why a campaign's notice reached the actor; None for any other notice."""
    if actor.person_id is None:
        return None
    return await database.fetch_one(_NOTICE, notice_id, actor.person_id)
