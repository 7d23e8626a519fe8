"""Campaigns as the world sees them, and why a campaign's notice reached the caller."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor, Role
from domains.kernel.database import Row
from domains.membership.queries import areas, tags
from domains.membership.rules.figures import told_roughly
from domains.notifications.queries import campaigns
from domains.notifications.values import CampaignState, CampaignSubject
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.enums import describe
from schema.membership.queries import path_of
from schema.membership.tags import Tag, TagKind
from schema.membership.types import Area, Person
from schema.node import Node

describe(
    CampaignState,
    "How far a campaign has come.",
    DRAFT="It is being written.",
    SUBMITTED="It waits for another's approval, because tags find its audience.",
    SENT="It is told.",
    WITHDRAWN="It was taken back; what was read stays read.",
)
describe(
    CampaignSubject,
    "What a campaign draws attention to.",
    NONE="Nothing else: it is a notice of its own.",
    POLL="A poll.",
    MEETING="A meeting.",
    ACTIVITY="An activity of volunteers.",
    DISCLOSURE="A disclosure.",
    PLEDGE="A pledge.",
)
# The kinds of nodes that campaigns may draw attention to.
SUBJECTS = {
    "poll": CampaignSubject.POLL,
    "meeting": CampaignSubject.MEETING,
    "volunteer_activity": CampaignSubject.ACTIVITY,
    "disclosure": CampaignSubject.DISCLOSURE,
    "pledge": CampaignSubject.PLEDGE,
}
_NODES = {subject: kind for kind, subject in SUBJECTS.items()}


@strawberry.type(description="Whom a campaign is meant for: all criteria hold, of each any.")
class CampaignAudience:
    """Criteria, never people."""

    roles: list[Role] = strawberry.field(description="Who holds one of these; all if empty.")
    least_age: int | None = strawberry.field(description="From this age, in full years.")
    most_age: int | None = strawberry.field(description="To this age, in full years.")
    said: strawberry.Private[dict[str, Any]]

    @classmethod
    def of(cls, said: dict[str, Any]) -> Self:
        """Make it from what is kept."""
        return cls(
            roles=[Role(each) for each in said["roles"]],
            least_age=said["leastAge"],
            most_age=said["mostAge"],
            said=said,
        )

    @strawberry.field(description="Where they live, or hold the role.", metadata=LOADS)
    async def areas(self, info: Info) -> list[Area]:
        """Load them with those of the other campaigns."""
        found = [await Area.load(info, UUID(each)) for each in self.said["areas"]]
        return [each for each in found if each is not None]

    @strawberry.field(description="Of whom one of these is said.", metadata=LOADS)
    async def person_tags(self, info: Info) -> list[TagKind]:
        """Load them with those of the other campaigns."""
        return await _kinds(info, self.said["personTags"])

    @strawberry.field(description="Of whose household one of these is said.", metadata=LOADS)
    async def household_tags(self, info: Info) -> list[TagKind]:
        """Load them with those of the other campaigns."""
        return await _kinds(info, self.said["householdTags"])

    @strawberry.field(description="Of whom none of these is said.", metadata=LOADS)
    async def without_tags(self, info: Info) -> list[TagKind]:
        """Load them with those of the other campaigns."""
        return await _kinds(info, self.said["withoutTags"])


async def _kinds(info: Info, codes: Sequence[str]) -> list[TagKind]:
    rows = [await info.context.load(tags.kinds_by_code, code) for code in codes]
    return [TagKind.of(row, info.context.actor.locale) for row in rows if row is not None]


@strawberry.type(description="What somebody in office tells those whom it is meant for (政策找人).")
class Campaign(Node):
    """Seen by who may write such for the area; who is told reads a notice."""

    title: str = strawberry.field(description="Its title.")
    body: str = strawberry.field(description="What it says.")
    purpose: str = strawberry.field(description="To what purpose people are found.")
    basis: str = strawberry.field(description="On what basis: a law, a plan, a decision.")
    state: CampaignState = strawberry.field(description="How far it has come.")
    subject_kind: CampaignSubject = strawberry.field(description="What it draws attention to.")
    uses_tags: bool = strawberry.field(description="Whether tags find its audience.")
    is_sensitive: bool = strawberry.field(
        description="Whether one of those tags reaches only who has allowed that."
    )
    return_reason: str | None = strawberry.field(description="Why it was given back or taken back.")
    previewed_at: datetime | None = strawberry.field(description="When it was last previewed.")
    previewed_count: int | None = strawberry.field(
        description="How many it was to reach then; by tags in fives, null where so few that it"
        " would tell of people."
    )
    submitted_at: datetime | None = strawberry.field(description="When it was handed in.")
    sent_at: datetime | None = strawberry.field(description="When it was sent.")
    withdrawn_at: datetime | None = strawberry.field(description="When it was taken back.")
    told_count: int | None = strawberry.field(
        description="How many were told so far; by tags in fives, null where so few that it would"
        " tell of people."
    )
    muted_count: int | None = strawberry.field(
        description="How many of them have turned campaigns off; null as above."
    )
    version: int = strawberry.field(description="To be given back when editing.")
    created_at: datetime = strawberry.field(description="When it was written.")
    audience: CampaignAudience = strawberry.field(description="Whom it is meant for.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""

        def figure(name: str) -> int | None:
            count = row[name]
            return count if count is None or not row["uses_tags"] else told_roughly(count)

        return cls(
            id=node.encode("campaign", row["id"]),
            title=row["title"],
            body=row["body"],
            purpose=row["purpose"],
            basis=row["basis"],
            state=CampaignState(row["state"]),
            subject_kind=CampaignSubject(row["subject_kind"]),
            uses_tags=row["uses_tags"],
            is_sensitive=row["is_sensitive"],
            return_reason=row["return_reason"],
            previewed_at=row["previewed_at"],
            previewed_count=figure("previewed_count"),
            submitted_at=row["submitted_at"],
            sent_at=row["sent_at"],
            withdrawn_at=row["withdrawn_at"],
            told_count=figure("notice_count"),
            muted_count=figure("muted_count"),
            version=row["version"],
            created_at=row["created_at"],
            audience=CampaignAudience.of(json.loads(row["audience_text"])),
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, campaign_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(campaigns.campaigns_by_id, campaign_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The area that it is written for.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the other campaigns."""
        return await Area.load(info, self.row["area_id"])

    @strawberry.field(description="Who wrote it.", metadata=LOADS)
    async def author(self, info: Info) -> Person | None:
        """Load them with those of the other campaigns."""
        author_id = self.row["author_id"]
        return None if author_id is None else await Person.load(info, author_id)

    @strawberry.field(description="Who approved it, where that was needed.", metadata=LOADS)
    async def approved_by(self, info: Info) -> Person | None:
        """Load them with those of the other campaigns."""
        person_id = self.row["approved_by_id"]
        return None if person_id is None else await Person.load(info, person_id)

    @strawberry.field(description="What it draws attention to.", metadata=LOADS)
    async def subject(self, info: Info) -> Node | None:
        """Load it with those of the other campaigns."""
        if self.row["subject_id"] is None:
            return None
        return await node.load(info, _NODES[self.subject_kind], self.row["subject_id"])


@strawberry.input(description="What a list of campaigns is narrowed to.")
class CampaignFilterInput:
    """Every field narrows."""

    within_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of this area and of what lies in it."
    )
    states: list[CampaignState] | None = strawberry.field(
        default=None, description="In one of these states: SUBMITTED is what waits for approval."
    )


@strawberry.type(description="Why a campaign's notice reached the caller: every criterion met.")
class CampaignReason:
    """For the addressee alone."""

    purpose: str = strawberry.field(description="To what purpose people were found.")
    basis: str = strawberry.field(description="On what basis.")
    areas: list[Area] = strawberry.field(description="By living or holding a role in one of these.")
    roles: list[Role] = strawberry.field(description="By holding one of these; empty for all.")
    least_age: int | None = strawberry.field(description="By having reached this age.")
    most_age: int | None = strawberry.field(description="By not being older than this.")
    tags: list[Tag] = strawberry.field(
        description="By what is recorded of the caller or the household; withdraw, contest or end"
        " it where it should not be."
    )


@strawberry.type
class CampaignQuery:
    """Campaigns, for who writes and approves them; reasons, for who was told."""

    @strawberry.field(description="The campaigns that the caller sees, the newest first.")
    async def campaigns(
        self,
        info: Info,
        where: Annotated[
            CampaignFilterInput | None, strawberry.argument(description="What to narrow to.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Campaign]:
        """Those of the areas for which the caller may write."""
        asked = where or CampaignFilterInput()
        narrowed = campaigns.CampaignFilter(
            within_path=await path_of(info, asked.within_id),
            states=tuple(asked.states) if asked.states is not None else None,
        )
        of = listing("campaigns", strawberry.asdict(asked))
        paged = page(of, first, after)
        found = await campaigns.campaigns(info.context.actor, narrowed, paged)
        return connection(of, found, paged, make=Campaign.of, key=lambda row: (row["id"],))

    @strawberry.field(
        description="Why a campaign's notice reached the caller; null for any other notice."
    )
    async def why_addressed(
        self,
        info: Info,
        notice_id: Annotated[strawberry.ID, strawberry.argument(description="One's own notice.")],
    ) -> CampaignReason | None:
        """The tags are the caller's own."""
        uuid = node.known("notice", notice_id)
        row = None if uuid is None else await campaigns.why(info.context.actor, uuid)
        return None if row is None else await _reason(info, row)


async def _reason(info: Info, row: Row) -> CampaignReason:
    said = json.loads(row["audience_text"])
    places = await areas.areas_by_id(info.context.actor, [UUID(each) for each in said["areas"]])
    by = json.loads(row["reason_data"] or "{}").get("tags") or ""
    ids = [UUID(each) for each in by.split(",") if each]
    own = await tags.own_by_id(info.context.actor, ids)
    return CampaignReason(
        purpose=row["purpose"],
        basis=row["basis"],
        areas=[Area.of(each) for each in places if each is not None],
        roles=[Role(each) for each in said["roles"]],
        least_age=said["leastAge"],
        most_age=said["mostAge"],
        tags=[Tag.of(tags.told(each)) for each in own if each is not None],
    )


async def _campaigns(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await campaigns.campaigns_by_id(actor, ids)
    return [Campaign.of(row) if row else None for row in rows]


node.register("campaign", _campaigns)
