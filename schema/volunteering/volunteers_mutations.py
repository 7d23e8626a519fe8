"""Registering volunteers."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.volunteering.service import registering
from domains.volunteering.service.registering import Registration, VolunteerProfile
from domains.volunteering.values.volunteers import ServiceClass, TimeBlock
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.membership.types import reloaded
from schema.volunteering.inputs import Argument, Key, upload_of
from schema.volunteering.volunteers import Volunteer


@strawberry.input(description="A part of a weekday.")
class VolunteerTimeInput:
    """Week by week."""

    weekday: int = strawberry.field(description="1 is Monday, 7 is Sunday.")
    block: TimeBlock = strawberry.field(description="The part of the day.")


@strawberry.input(description="What a volunteer offers.")
class VolunteerProfileInput:
    """Kinds of service, hours of the week, how far from home."""

    service_classes: list[ServiceClass] = strawberry.field(description="One at least.")
    availability: list[VolunteerTimeInput] = strawberry.field(
        default_factory=list, description="When the volunteer is free."
    )
    radius_m: int | None = strawberry.field(
        default=None, description="How many metres from home at most, 1 to 100,000."
    )
    care_note: str = strawberry.field(
        default="", description="What is to be minded, such as health; it is kept sealed."
    )
    emergency_contact: str = strawberry.field(
        default="", description="Whom to call in an emergency; it is kept sealed."
    )

    def profile(self) -> VolunteerProfile:
        """Hand it to the domain."""
        return VolunteerProfile(
            service_classes=tuple(self.service_classes),
            availability=tuple((each.weekday, each.block) for each in self.availability),
            radius_m=self.radius_m,
            care_note=self.care_note,
            emergency_contact=self.emergency_contact,
        )


@strawberry.input(description="Somebody who wishes to volunteer.")
class RegisterVolunteerInput:
    """Oneself, or somebody whom staff enter with a signed paper."""

    community_id: strawberry.ID = strawberry.field(description="The community.")
    person_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who; the caller unless told."
    )
    profile: VolunteerProfileInput = strawberry.field(description="What is offered.")
    consent_text_version: str = strawberry.field(
        description="The version of the text that was agreed to, 1 to 40 characters."
    )
    guardian_id: strawberry.ID | None = strawberry.field(
        default=None, description="A minor's guardian, who has to agree as well."
    )
    paper_consent_id: strawberry.ID | None = strawberry.field(
        default=None, description="The upload of the signed paper, where staff enter somebody."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.type(description="The volunteer, as things stand now.")
class VolunteerPayload:
    """Who was dealt with."""

    volunteer: Volunteer | None = strawberry.field(
        description="The volunteer; null where the caller does not see them."
    )
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


RegisterVolunteerResult = Annotated[
    VolunteerPayload | Refused,
    strawberry.union("RegisterVolunteerResult", description="The volunteer, or why not."),
]


async def volunteer_payload(
    info: Info, volunteer_id: UUID, *, replayed: bool = False
) -> VolunteerPayload:
    """Show a volunteer to who has just dealt with them."""
    volunteer = await reloaded(info, Volunteer.load, volunteer_id)
    return VolunteerPayload(volunteer=volunteer, replayed=replayed)


@strawberry.type
class VolunteersMutation:
    """Becoming a volunteer."""

    @strawberry.mutation(
        description="Register a volunteer: oneself, or somebody whom staff enter from paper. A"
        " minor becomes one when the guardian agrees."
    )
    async def register_volunteer(
        self, info: Info, input: Annotated[RegisterVolunteerInput, Argument]
    ) -> RegisterVolunteerResult:
        """Register them."""
        path = ("input", "personId")
        person_id = node.decode_optional("person", input.person_id, path=path)
        given = Registration(
            area_id=node.decode("area", input.community_id, path=("input", "communityId")),
            person_id=person_id or info.context.actor.person_id or node.NOBODY,
            profile=input.profile.profile(),
            consent_text_version=input.consent_text_version,
            guardian_id=node.decode_optional(
                "person", input.guardian_id, path=("input", "guardianId")
            ),
            paper_consent_id=upload_of(input.paper_consent_id, path=("input", "paperConsentId")),
        )
        volunteer_id, replayed = await registering.register_volunteer(
            info.context.actor, given, idempotency_key=input.idempotency_key
        )
        return await volunteer_payload(info, volunteer_id, replayed=replayed)
