"""What volunteers bring and agree to: skills, insurance, training, awards, consents."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from domains.volunteering.service import consents, qualifying, registering
from domains.volunteering.service.qualifying import (
    AwardDraft,
    InsuranceDraft,
    SkillDraft,
    TrainingDraft,
)
from domains.volunteering.values.volunteers import VolunteerConsentPurpose
from schema import node
from schema.context import Info
from schema.errors import Outdated, Refused
from schema.volunteering.inputs import Argument, upload_of
from schema.volunteering.volunteers_mutations import (
    VolunteerPayload,
    VolunteerProfileInput,
    volunteer_payload,
)


@strawberry.input(description="What a volunteer offers, written anew.")
class UpdateVolunteerInput:
    """The whole, and the version that was read."""

    volunteer_id: strawberry.ID = strawberry.field(description="The volunteer.")
    profile: VolunteerProfileInput = strawberry.field(description="What is offered.")
    expected_version: int = strawberry.field(description="The version that the caller read.")


@strawberry.input(description="Somebody who is a volunteer no more.")
class WithdrawVolunteerInput:
    """What was given stays recorded."""

    volunteer_id: strawberry.ID = strawberry.field(description="The volunteer.")


@strawberry.input(description="A consent.")
class GiveVolunteerConsentInput:
    """By the volunteer, a minor's guardian, or staff with the signed paper."""

    volunteer_id: strawberry.ID = strawberry.field(description="The volunteer.")
    purpose: VolunteerConsentPurpose = strawberry.field(description="To what.")
    consent_text_version: str = strawberry.field(
        description="The version of the text, 1 to 40 characters."
    )
    paper_consent_id: strawberry.ID | None = strawberry.field(
        default=None, description="The upload of the signed paper, where staff enter it."
    )


@strawberry.input(description="A consent to be withdrawn.")
class WithdrawVolunteerConsentInput:
    """Registration itself is left by withdrawing."""

    volunteer_id: strawberry.ID = strawberry.field(description="The volunteer.")
    purpose: VolunteerConsentPurpose = strawberry.field(description="To what.")


@strawberry.input(description="A skill with its proof.")
class AddVolunteerSkillInput:
    """The proof is an upload of the caller's."""

    volunteer_id: strawberry.ID = strawberry.field(description="The volunteer.")
    name: str = strawberry.field(description="What somebody can do, 2 to 60 characters.")
    issued_by: str = strawberry.field(description="Who says so, 2 to 120 characters.")
    proof_id: strawberry.ID = strawberry.field(description="The upload of the proof.")
    expires_on: date | None = strawberry.field(
        default=None, description="The last day on which the proof holds."
    )


@strawberry.input(description="The judgement of a proof.")
class JudgeVolunteerSkillInput:
    """By somebody other than the volunteer."""

    skill_id: strawberry.ID = strawberry.field(description="The skill.")
    verified: bool = strawberry.field(description="Whether the proof is accepted.")
    reason: str = strawberry.field(description="Why, 2 to 200 characters.")


@strawberry.input(description="That a volunteer is insured.")
class RecordVolunteerInsuranceInput:
    """Before risky work, over its day."""

    volunteer_id: strawberry.ID = strawberry.field(description="The volunteer.")
    insurer: str = strawberry.field(description="Who insures, 2 to 120 characters.")
    covers_risky: bool = strawberry.field(description="Whether risky work is covered.")
    starts_on: date = strawberry.field(description="The first day.")
    ends_on: date = strawberry.field(description="The last day.")


@strawberry.input(description="What a volunteer has learnt.")
class RecordVolunteerTrainingInput:
    """Order 67, article 8; it is no service."""

    volunteer_id: strawberry.ID = strawberry.field(description="The volunteer.")
    title: str = strawberry.field(description="What it was called, 2 to 80 characters.")
    content: str = strawberry.field(description="What it was about, 2 to 1,000 characters.")
    minutes: int = strawberry.field(description="How long, 1 to 60,000 minutes.")
    held_by: str = strawberry.field(description="Who held it, 2 to 120 characters.")
    held_on: date = strawberry.field(description="When; not in the future.")


@strawberry.input(description="What a volunteer was granted by others.")
class RecordVolunteerAwardInput:
    """Order 67, article 9."""

    volunteer_id: strawberry.ID = strawberry.field(description="The volunteer.")
    title: str = strawberry.field(description="What it is called, 2 to 80 characters.")
    granted_by: str = strawberry.field(description="By whom, 2 to 120 characters.")
    granted_on: date = strawberry.field(description="When; not in the future.")


@strawberry.input(description="What is sealed of a volunteer, to be read.")
class OpenVolunteerDetailsInput:
    """The reading is audited."""

    volunteer_id: strawberry.ID = strawberry.field(description="The volunteer.")


@strawberry.type(description="What is sealed of a volunteer; the reading was audited.")
class VolunteerDetailsOpened:
    """Shown once, to who may."""

    care_note: str | None = strawberry.field(description="What is to be minded, such as health.")
    emergency_contact: str | None = strawberry.field(description="Whom to call in an emergency.")


UpdateVolunteerResult = Annotated[
    VolunteerPayload | Outdated | Refused,
    strawberry.union("UpdateVolunteerResult", description="The volunteer, or why not."),
]
WithdrawVolunteerResult = Annotated[
    VolunteerPayload | Refused,
    strawberry.union("WithdrawVolunteerResult", description="The volunteer, or why not."),
]
GiveVolunteerConsentResult = Annotated[
    VolunteerPayload | Refused,
    strawberry.union("GiveVolunteerConsentResult", description="The volunteer, or why not."),
]
WithdrawVolunteerConsentResult = Annotated[
    VolunteerPayload | Refused,
    strawberry.union("WithdrawVolunteerConsentResult", description="The volunteer, or why not."),
]
AddVolunteerSkillResult = Annotated[
    VolunteerPayload | Refused,
    strawberry.union("AddVolunteerSkillResult", description="The volunteer, or why not."),
]
JudgeVolunteerSkillResult = Annotated[
    VolunteerPayload | Refused,
    strawberry.union("JudgeVolunteerSkillResult", description="The volunteer, or why not."),
]
RecordVolunteerInsuranceResult = Annotated[
    VolunteerPayload | Refused,
    strawberry.union("RecordVolunteerInsuranceResult", description="The volunteer, or why not."),
]
RecordVolunteerTrainingResult = Annotated[
    VolunteerPayload | Refused,
    strawberry.union("RecordVolunteerTrainingResult", description="The volunteer, or why not."),
]
RecordVolunteerAwardResult = Annotated[
    VolunteerPayload | Refused,
    strawberry.union("RecordVolunteerAwardResult", description="The volunteer, or why not."),
]
OpenVolunteerDetailsResult = Annotated[
    VolunteerDetailsOpened | Refused,
    strawberry.union("OpenVolunteerDetailsResult", description="What is sealed, or why not."),
]


def volunteer_of(text: str) -> UUID:
    """Return the volunteer that an input names; raises NotFound."""
    return node.decode("volunteer", text, path=("input", "volunteerId"))


@strawberry.type
class QualifyingMutation:
    """What volunteers bring and agree to."""

    @strawberry.mutation(description="Write anew what a volunteer offers.")
    async def update_volunteer(
        self, info: Info, input: Annotated[UpdateVolunteerInput, Argument]
    ) -> UpdateVolunteerResult:
        """Do it."""
        actor = info.context.actor
        volunteer_id = await registering.update_volunteer(
            actor,
            volunteer_of(input.volunteer_id),
            input.profile.profile(),
            expected_version=input.expected_version,
        )
        return await volunteer_payload(info, volunteer_id)

    @strawberry.mutation(
        description="Be a volunteer no more; consents end, and what is sealed is forgotten."
    )
    async def withdraw_volunteer(
        self, info: Info, input: Annotated[WithdrawVolunteerInput, Argument]
    ) -> WithdrawVolunteerResult:
        """Do it."""
        actor = info.context.actor
        volunteer_id = await registering.withdraw_volunteer(actor, volunteer_of(input.volunteer_id))
        return await volunteer_payload(info, volunteer_id)

    @strawberry.mutation(
        description="Agree to a purpose; a minor is a volunteer once the guardian agrees to that."
    )
    async def give_volunteer_consent(
        self, info: Info, input: Annotated[GiveVolunteerConsentInput, Argument]
    ) -> GiveVolunteerConsentResult:
        """Do it."""
        actor = info.context.actor
        volunteer_id = await consents.give_consent(
            actor,
            volunteer_of(input.volunteer_id),
            input.purpose,
            text_version=input.consent_text_version,
            paper_id=upload_of(input.paper_consent_id, path=("input", "paperConsentId")),
        )
        return await volunteer_payload(info, volunteer_id)

    @strawberry.mutation(description="Withdraw a consent, as easily as it was given.")
    async def withdraw_volunteer_consent(
        self, info: Info, input: Annotated[WithdrawVolunteerConsentInput, Argument]
    ) -> WithdrawVolunteerConsentResult:
        """Do it."""
        actor = info.context.actor
        volunteer_id = await consents.withdraw_consent(
            actor, volunteer_of(input.volunteer_id), input.purpose
        )
        return await volunteer_payload(info, volunteer_id)

    @strawberry.mutation(description="Claim a skill with its proof; the same proof counts once.")
    async def add_volunteer_skill(
        self, info: Info, input: Annotated[AddVolunteerSkillInput, Argument]
    ) -> AddVolunteerSkillResult:
        """Do it."""
        actor = info.context.actor
        volunteer_id = await qualifying.add_skill(
            actor,
            volunteer_of(input.volunteer_id),
            SkillDraft(
                input.name,
                input.issued_by,
                node.decode("upload", input.proof_id, path=("input", "proofId")),
                input.expires_on,
            ),
        )
        return await volunteer_payload(info, volunteer_id)

    @strawberry.mutation(description="Accept the proof of a skill, or do not.")
    async def judge_volunteer_skill(
        self, info: Info, input: Annotated[JudgeVolunteerSkillInput, Argument]
    ) -> JudgeVolunteerSkillResult:
        """Do it."""
        actor = info.context.actor
        volunteer_id = await qualifying.judge_skill(
            actor,
            node.decode("volunteer_skill", input.skill_id, path=("input", "skillId")),
            verified=input.verified,
            reason=input.reason,
        )
        return await volunteer_payload(info, volunteer_id)

    @strawberry.mutation(description="Record that a volunteer is insured.")
    async def record_volunteer_insurance(
        self, info: Info, input: Annotated[RecordVolunteerInsuranceInput, Argument]
    ) -> RecordVolunteerInsuranceResult:
        """Do it."""
        actor = info.context.actor
        volunteer_id = await qualifying.record_insurance(
            actor,
            volunteer_of(input.volunteer_id),
            InsuranceDraft(input.insurer, input.covers_risky, input.starts_on, input.ends_on),
        )
        return await volunteer_payload(info, volunteer_id)

    @strawberry.mutation(description="Record what a volunteer has learnt.")
    async def record_volunteer_training(
        self, info: Info, input: Annotated[RecordVolunteerTrainingInput, Argument]
    ) -> RecordVolunteerTrainingResult:
        """Do it."""
        actor = info.context.actor
        volunteer_id = await qualifying.record_training(
            actor,
            volunteer_of(input.volunteer_id),
            TrainingDraft(input.title, input.content, input.minutes, input.held_by, input.held_on),
        )
        return await volunteer_payload(info, volunteer_id)

    @strawberry.mutation(description="Record what a volunteer was granted by others.")
    async def record_volunteer_award(
        self, info: Info, input: Annotated[RecordVolunteerAwardInput, Argument]
    ) -> RecordVolunteerAwardResult:
        """Do it."""
        actor = info.context.actor
        volunteer_id = await qualifying.record_award(
            actor,
            volunteer_of(input.volunteer_id),
            AwardDraft(input.title, input.granted_by, input.granted_on),
        )
        return await volunteer_payload(info, volunteer_id)

    @strawberry.mutation(description="Read what is sealed of a volunteer; the reading is audited.")
    async def open_volunteer_details(
        self, info: Info, input: Annotated[OpenVolunteerDetailsInput, Argument]
    ) -> OpenVolunteerDetailsResult:
        """Open it."""
        found = await qualifying.open_details(info.context.actor, volunteer_of(input.volunteer_id))
        return VolunteerDetailsOpened(
            care_note=found.care_note, emergency_contact=found.emergency_contact
        )
