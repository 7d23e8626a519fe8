"""Writing, previewing, sending and approving campaigns."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.kernel.actor import Role
from domains.kernel.errors import NotFound
from domains.notifications.service import campaigns
from domains.notifications.service.campaigns import AudienceDraft, CampaignDraft
from domains.notifications.values import CampaignSubject
from schema import node
from schema.context import Info
from schema.errors import Outdated, Refused
from schema.membership.people_mutations import Argument, Key
from schema.membership.types import reloaded
from schema.notifications.campaigns import SUBJECTS, Campaign


@strawberry.input(description="Whom a campaign is meant for: all criteria hold, of each any.")
class CampaignAudienceInput:
    """What is left out does not narrow."""

    area_ids: list[strawberry.ID] = strawberry.field(description="In these areas, 1 to 50.")
    roles: list[Role] = strawberry.field(
        default_factory=list, description="Who holds one of these; RESIDENT is who lives there."
    )
    person_tags: list[str] = strawberry.field(
        default_factory=list, description="Of whom one of these kinds is said."
    )
    household_tags: list[str] = strawberry.field(
        default_factory=list, description="Of whose household one of these kinds is said."
    )
    without_tags: list[str] = strawberry.field(
        default_factory=list, description="Of whom none of these kinds is said."
    )
    least_age: int | None = strawberry.field(default=None, description="From this age.")
    most_age: int | None = strawberry.field(default=None, description="To this age.")

    def draft(self) -> AudienceDraft:
        """Hand it to the domain."""
        path = ("input", "audience", "areaIds")
        return AudienceDraft(
            area_ids=tuple(node.decode("area", each, path=path) for each in self.area_ids),
            roles=tuple(self.roles),
            person_tags=tuple(self.person_tags),
            household_tags=tuple(self.household_tags),
            without_tags=tuple(self.without_tags),
            least_age=self.least_age,
            most_age=self.most_age,
        )


@strawberry.input(description="What a campaign says, and to whom.")
class CampaignContentInput:
    """In somebody's own words."""

    title: str = strawberry.field(description="Its title, 80 characters.")
    body: str = strawberry.field(description="What it says, 1,000 characters.")
    purpose: str = strawberry.field(description="To what purpose people are found, 200 characters.")
    basis: str = strawberry.field(description="On what basis, 200 characters.")
    audience: CampaignAudienceInput = strawberry.field(description="Whom it is meant for.")
    subject_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="What it draws attention to: a poll, meeting, activity, disclosure or pledge.",
    )

    def draft(self, area_id: UUID) -> CampaignDraft:
        """Hand it to the domain; raises NotFound for a subject of another kind."""
        kind, subject_id = CampaignSubject.NONE, None
        if self.subject_id is not None:
            named = next(
                (name for name in SUBJECTS if node.known(name, self.subject_id) is not None), None
            )
            if named is None:
                raise NotFound(path=("input", "content", "subjectId"))
            kind, subject_id = SUBJECTS[named], node.known(named, self.subject_id)
        return CampaignDraft(
            area_id=area_id,
            title=self.title,
            body=self.body,
            purpose=self.purpose,
            basis=self.basis,
            audience=self.audience.draft(),
            subject_kind=kind,
            subject_id=subject_id,
        )


@strawberry.input(description="A campaign to be written.")
class DraftCampaignInput:
    """For which area, and what."""

    area_id: strawberry.ID = strawberry.field(description="The area that it is written for.")
    content: CampaignContentInput = strawberry.field(description="What it says, and to whom.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A campaign to be changed.")
class EditCampaignInput:
    """Which, what, and the version that was read."""

    campaign_id: strawberry.ID = strawberry.field(description="The campaign.")
    content: CampaignContentInput = strawberry.field(description="As it shall be.")
    expected_version: int = strawberry.field(description="The version that the caller read.")


@strawberry.input(description="A campaign whose audience is to be counted.")
class PreviewCampaignInput:
    """Which."""

    campaign_id: strawberry.ID = strawberry.field(description="The campaign.")


@strawberry.input(description="A campaign to be sent.")
class SendCampaignInput:
    """Which."""

    campaign_id: strawberry.ID = strawberry.field(description="The campaign.")


@strawberry.input(description="A campaign to be approved, and so sent.")
class ApproveCampaignInput:
    """Which."""

    campaign_id: strawberry.ID = strawberry.field(description="The campaign.")


@strawberry.input(description="A campaign to be given back to who wrote it.")
class ReturnCampaignInput:
    """Which, and why."""

    campaign_id: strawberry.ID = strawberry.field(description="The campaign.")
    reason: str = strawberry.field(description="Why, 200 characters.")


@strawberry.input(description="A campaign to be taken back.")
class WithdrawCampaignInput:
    """Which, and why."""

    campaign_id: strawberry.ID = strawberry.field(description="The campaign.")
    reason: str = strawberry.field(description="Why, 200 characters.")


@strawberry.type(description="The campaign as it stands now.")
class CampaignSaved:
    """After the command."""

    campaign: Campaign | None = strawberry.field(description="The campaign.")
    replayed: bool = strawberry.field(default=False, description="Whether it had happened before.")


@strawberry.type(description="How many meet one criterion alone.")
class CriterionCount:
    """In the campaign's areas."""

    criterion: str = strawberry.field(
        description="area, roles, personTags, householdTags, withoutTags or age."
    )
    people: int | None = strawberry.field(
        description="How many; by tags in fives, null where so few, or all but so few, that it"
        " would tell of people."
    )


@strawberry.type(description="How many a campaign would reach, and why.")
class CampaignPreviewed:
    """Counted now; where tags are used, the look is audited and small figures are not told."""

    people: int | None = strawberry.field(
        description="How many; by tags in fives, null where so few, or all but so few, that it"
        " would tell of people."
    )
    without_consent: int | None = strawberry.field(
        description="How many more are meant whose tag may not be used; null as above."
    )
    without_birth_date: int | None = strawberry.field(
        description="Of how many the age is not known, where it is asked."
    )
    by_criterion: list[CriterionCount] = strawberry.field(
        description="How many meet each criterion alone."
    )
    campaign: Campaign | None = strawberry.field(description="The campaign.")


DraftCampaignResult = Annotated[
    CampaignSaved | Refused, strawberry.union("DraftCampaignResult", description="Written or not.")
]
EditCampaignResult = Annotated[
    CampaignSaved | Outdated | Refused,
    strawberry.union("EditCampaignResult", description="Changed or refused."),
]
PreviewCampaignResult = Annotated[
    CampaignPreviewed | Refused,
    strawberry.union("PreviewCampaignResult", description="Counted or refused."),
]
SendCampaignResult = Annotated[
    CampaignSaved | Refused,
    strawberry.union("SendCampaignResult", description="Sent, handed in or refused."),
]
ApproveCampaignResult = Annotated[
    CampaignSaved | Refused,
    strawberry.union("ApproveCampaignResult", description="Sent or refused."),
]
ReturnCampaignResult = Annotated[
    CampaignSaved | Refused,
    strawberry.union("ReturnCampaignResult", description="Given back or refused."),
]
WithdrawCampaignResult = Annotated[
    CampaignSaved | Refused,
    strawberry.union("WithdrawCampaignResult", description="Taken back or refused."),
]


def _id(given: strawberry.ID) -> UUID:
    return node.decode("campaign", given, path=("input", "campaignId"))


async def _saved(info: Info, campaign_id: UUID, *, replayed: bool = False) -> CampaignSaved:
    return CampaignSaved(
        campaign=await reloaded(info, Campaign.load, campaign_id), replayed=replayed
    )


@strawberry.type
class CampaignMutation:
    """From the draft to the telling."""

    @strawberry.mutation(description="Write a campaign.")
    async def draft_campaign(
        self, info: Info, input: Annotated[DraftCampaignInput, Argument]
    ) -> DraftCampaignResult:
        """It is previewed before it is sent."""
        area_id = node.decode("area", input.area_id, path=("input", "areaId"))
        campaign_id, replayed = await campaigns.draft_campaign(
            info.context.actor, input.content.draft(area_id), idempotency_key=input.idempotency_key
        )
        return await _saved(info, campaign_id, replayed=replayed)

    @strawberry.mutation(description="Change a campaign that was not sent; preview it anew.")
    async def edit_campaign(
        self, info: Info, input: Annotated[EditCampaignInput, Argument]
    ) -> EditCampaignResult:
        """The version guards against lost changes."""
        campaign_id = _id(input.campaign_id)
        await campaigns.edit_campaign(
            info.context.actor,
            campaign_id,
            input.content.draft(node.NOBODY),
            expected_version=input.expected_version,
        )
        return await _saved(info, campaign_id)

    @strawberry.mutation(description="Count how many a campaign would reach, and why.")
    async def preview_campaign(
        self, info: Info, input: Annotated[PreviewCampaignInput, Argument]
    ) -> PreviewCampaignResult:
        """Figures, never people."""
        campaign_id = _id(input.campaign_id)
        counted = await campaigns.preview_campaign(info.context.actor, campaign_id)
        return CampaignPreviewed(
            people=counted.people,
            without_consent=counted.without_consent,
            without_birth_date=counted.without_birth_date,
            by_criterion=[
                CriterionCount(criterion=name, people=each)
                for name, each in counted.by_criterion.items()
            ],
            campaign=await reloaded(info, Campaign.load, campaign_id),
        )

    @strawberry.mutation(
        description="Send a campaign; where tags find its audience, hand it in for approval."
    )
    async def send_campaign(
        self, info: Info, input: Annotated[SendCampaignInput, Argument]
    ) -> SendCampaignResult:
        """The state says which."""
        campaign_id = _id(input.campaign_id)
        await campaigns.send_campaign(info.context.actor, campaign_id)
        return await _saved(info, campaign_id)

    @strawberry.mutation(description="Approve a campaign that another wrote, and so send it.")
    async def approve_campaign(
        self, info: Info, input: Annotated[ApproveCampaignInput, Argument]
    ) -> ApproveCampaignResult:
        """Never one's own."""
        campaign_id = _id(input.campaign_id)
        await campaigns.approve_campaign(info.context.actor, campaign_id)
        return await _saved(info, campaign_id)

    @strawberry.mutation(description="Give a campaign back to who wrote it.")
    async def return_campaign(
        self, info: Info, input: Annotated[ReturnCampaignInput, Argument]
    ) -> ReturnCampaignResult:
        """With a reason."""
        campaign_id = _id(input.campaign_id)
        await campaigns.return_campaign(info.context.actor, campaign_id, reason=input.reason)
        return await _saved(info, campaign_id)

    @strawberry.mutation(description="Take a campaign back, with what was not read yet.")
    async def withdraw_campaign(
        self, info: Info, input: Annotated[WithdrawCampaignInput, Argument]
    ) -> WithdrawCampaignResult:
        """With a reason."""
        campaign_id = _id(input.campaign_id)
        await campaigns.withdraw_campaign(info.context.actor, campaign_id, reason=input.reason)
        return await _saved(info, campaign_id)
