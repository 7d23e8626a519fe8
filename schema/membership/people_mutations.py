"""Acting on people, households and residencies. Each result is the payload or the refusal."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from domains.membership.service import areas, people, residencies
from domains.membership.values import (
    AreaBasis,
    ConsentForm,
    Gender,
    PersonDetails,
    ResidencyKind,
)
from schema import node
from schema.context import Info
from schema.errors import Outdated, Refused
from schema.membership.types import Household, Person, Residency, reloaded

Key = "A key of the client's own: the same command with it happens once."
Argument = strawberry.argument(description="What to do.")


@strawberry.input(description="What is entered about a person.")
class PersonDetailsInput:
    """Numbers as people write them."""

    name: str = strawberry.field(description="The name, as on the identity card.")
    gender: Gender | None = strawberry.field(default=None, description="Null where unknown.")
    birth_date: date | None = strawberry.field(
        default=None, description="Null where unknown; an identity number tells it."
    )
    phone: str | None = strawberry.field(
        default=None, description="A mobile number of mainland China; null leaves what is kept."
    )
    identity_number: str | None = strawberry.field(
        default=None, description="A resident identity number; null leaves what is kept."
    )
    has_political_rights: bool = strawberry.field(
        default=True, description="Whether the person may vote."
    )

    def details(self) -> PersonDetails:
        """Hand it to the domain."""
        return PersonDetails(
            name=self.name,
            gender=self.gender,
            birth_date=self.birth_date,
            phone=self.phone,
            identity_number=self.identity_number,
            has_political_rights=self.has_political_rights,
        )


@strawberry.input(description="A person to be entered, as resident of a household or as staff.")
class CreatePersonInput:
    """Who, and where."""

    area_id: strawberry.ID = strawberry.field(description="The area that enters the person.")
    person: PersonDetailsInput = strawberry.field(description="The person.")
    household_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Where the person lives, verified; only administrators may leave it open.",
    )
    kind: ResidencyKind = strawberry.field(
        default=ResidencyKind.MEMBER, description="What binds the person to the household."
    )
    since: date | None = strawberry.field(default=None, description="From when; today if null.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A person, put right.")
class EditPersonInput:
    """Which, what, and the version that was read."""

    person_id: strawberry.ID = strawberry.field(description="The person.")
    person: PersonDetailsInput = strawberry.field(description="As it shall be.")
    expected_version: int = strawberry.field(description="The version that the caller read.")


@strawberry.input(description="Whose numbers to read unmasked.")
class RevealPersonalNumbersInput:
    """One person."""

    person_id: strawberry.ID = strawberry.field(description="The person.")


@strawberry.input(description="A household to be entered.")
class CreateHouseholdInput:
    """One unit of a building."""

    building_id: strawberry.ID = strawberry.field(description="The building.")
    unit: str = strawberry.field(description="The unit's number in the building.")
    floor_area_centi_m2: int | None = strawberry.field(
        default=None, description="Floor area in hundredths of a square metre, with its basis."
    )
    area_basis: AreaBasis | None = strawberry.field(
        default=None, description="Where the floor area comes from."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A household, put right.")
class EditHouseholdInput:
    """Which, what, and the version that was read."""

    household_id: strawberry.ID = strawberry.field(description="The household.")
    unit: str = strawberry.field(description="The unit's number in the building.")
    floor_area_centi_m2: int | None = strawberry.field(
        default=None, description="Floor area in hundredths of a square metre; null for unknown."
    )
    area_basis: AreaBasis | None = strawberry.field(
        default=None, description="Where the floor area comes from."
    )
    expected_version: int = strawberry.field(description="The version that the caller read.")


@strawberry.input(description="Where the caller says to live.")
class ClaimResidencyInput:
    """A unit of a building."""

    building_id: strawberry.ID = strawberry.field(description="The building.")
    unit: str = strawberry.field(description="The unit's number in the building.")
    kind: ResidencyKind = strawberry.field(description="What binds the caller to it.")
    since: date = strawberry.field(description="From when; not in the future.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="Where somebody says to live who asked for help.")
class ClaimResidencyForInput:
    """Who, where, and how they agreed."""

    person_id: strawberry.ID = strawberry.field(description="Who is helped.")
    household_id: strawberry.ID = strawberry.field(description="The household.")
    kind: ResidencyKind = strawberry.field(description="What binds the person to it.")
    since: date = strawberry.field(description="From when; not in the future.")
    consent: ConsentForm = strawberry.field(description="How the person agreed.")
    note: str = strawberry.field(default="", description="What else to keep, 200 characters.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A claim found true.")
class VerifyResidencyInput:
    """Which."""

    residency_id: strawberry.ID = strawberry.field(description="The claim.")


@strawberry.input(description="A claim found not to be true.")
class RefuseResidencyInput:
    """Which, and why."""

    residency_id: strawberry.ID = strawberry.field(description="The claim.")
    reason: str = strawberry.field(description="Why; the claimant reads it.")


@strawberry.input(description="A residency to be ended.")
class EndResidencyInput:
    """Which, and its last day."""

    residency_id: strawberry.ID = strawberry.field(description="The residency.")
    last_day: date | None = strawberry.field(
        default=None, description="The last day, which still counts; today if null."
    )
    reason: str | None = strawberry.field(default=None, description="Why.")


@strawberry.type(description="The person as it stands now.")
class PersonSaved:
    """After the command."""

    person: Person | None = strawberry.field(description="The person; null where out of sight.")
    replayed: bool = strawberry.field(default=False, description="Whether it had happened before.")


@strawberry.type(description="A person's numbers, unmasked. The reading has been audited.")
class PersonalNumbersRevealed:
    """Told to who may, and to nobody else."""

    phone: str | None = strawberry.field(description="The mobile number; null where unknown.")
    identity_number: str | None = strawberry.field(
        description="The resident identity number; null where unknown."
    )


@strawberry.type(description="The household as it stands now.")
class HouseholdSaved:
    """After the command."""

    household: Household | None = strawberry.field(description="The household.")
    replayed: bool = strawberry.field(default=False, description="Whether it had happened before.")


@strawberry.type(description="The residency as it stands now.")
class ResidencySaved:
    """After the command."""

    residency: Residency | None = strawberry.field(
        description="The residency; null where the caller sees it no more."
    )
    replayed: bool = strawberry.field(default=False, description="Whether it had happened before.")


CreatePersonResult = Annotated[
    PersonSaved | Refused, strawberry.union("CreatePersonResult", description="Entered or refused.")
]
EditPersonResult = Annotated[
    PersonSaved | Outdated | Refused,
    strawberry.union("EditPersonResult", description="Changed or refused."),
]
RevealPersonalNumbersResult = Annotated[
    PersonalNumbersRevealed | Refused,
    strawberry.union("RevealPersonalNumbersResult", description="Told or refused."),
]
CreateHouseholdResult = Annotated[
    HouseholdSaved | Refused,
    strawberry.union("CreateHouseholdResult", description="Entered or refused."),
]
EditHouseholdResult = Annotated[
    HouseholdSaved | Outdated | Refused,
    strawberry.union("EditHouseholdResult", description="Changed or refused."),
]
ClaimResidencyResult = Annotated[
    ResidencySaved | Refused,
    strawberry.union("ClaimResidencyResult", description="Claimed or refused."),
]
ClaimResidencyForResult = Annotated[
    ResidencySaved | Refused,
    strawberry.union("ClaimResidencyForResult", description="Claimed or refused."),
]
VerifyResidencyResult = Annotated[
    ResidencySaved | Refused,
    strawberry.union("VerifyResidencyResult", description="Verified or refused."),
]
RefuseResidencyResult = Annotated[
    ResidencySaved | Refused,
    strawberry.union("RefuseResidencyResult", description="Done or refused."),
]
EndResidencyResult = Annotated[
    ResidencySaved | Refused,
    strawberry.union("EndResidencyResult", description="Ended or refused."),
]


@strawberry.type
class PeopleMutation:
    """People and households."""

    @strawberry.mutation(description="Enter a person into the register.")
    async def create_person(
        self, info: Info, input: Annotated[CreatePersonInput, Argument]
    ) -> CreatePersonResult:
        """Staff vouch for the residency."""
        made = await people.create_person(
            info.context.actor,
            area_id=node.decode("area", input.area_id, path=("input", "areaId")),
            details=input.person.details(),
            household_id=node.decode_optional(
                "household", input.household_id, path=("input", "householdId")
            ),
            kind=input.kind,
            since=input.since,
            idempotency_key=input.idempotency_key,
        )
        return PersonSaved(
            person=await reloaded(info, Person.load, made.id), replayed=made.replayed
        )

    @strawberry.mutation(description="Put right what is known of a person.")
    async def edit_person(
        self, info: Info, input: Annotated[EditPersonInput, Argument]
    ) -> EditPersonResult:
        """Numbers left open stay."""
        person_id = node.decode("person", input.person_id, path=("input", "personId"))
        await people.edit_person(
            info.context.actor,
            person_id,
            details=input.person.details(),
            expected_version=input.expected_version,
        )
        return PersonSaved(person=await reloaded(info, Person.load, person_id))

    @strawberry.mutation(description="Read a person's numbers unmasked; the reading is audited.")
    async def reveal_personal_numbers(
        self, info: Info, input: Annotated[RevealPersonalNumbersInput, Argument]
    ) -> RevealPersonalNumbersResult:
        """A mutation, because it leaves a trace."""
        person_id = node.decode("person", input.person_id, path=("input", "personId"))
        found = await people.reveal_personal_numbers(info.context.actor, person_id)
        return PersonalNumbersRevealed(phone=found.phone, identity_number=found.identity_number)

    @strawberry.mutation(description="Enter a household of a building.")
    async def create_household(
        self, info: Info, input: Annotated[CreateHouseholdInput, Argument]
    ) -> CreateHouseholdResult:
        """One household a unit."""
        made = await areas.create_household(
            info.context.actor,
            building_id=node.decode("area", input.building_id, path=("input", "buildingId")),
            unit=input.unit,
            floor_area_centi_m2=input.floor_area_centi_m2,
            area_basis=input.area_basis,
            idempotency_key=input.idempotency_key,
        )
        return HouseholdSaved(
            household=await reloaded(info, Household.load, made.id), replayed=made.replayed
        )

    @strawberry.mutation(description="Put a household's number and floor area right.")
    async def edit_household(
        self, info: Info, input: Annotated[EditHouseholdInput, Argument]
    ) -> EditHouseholdResult:
        """The version guards against lost changes."""
        household_id = node.decode("household", input.household_id, path=("input", "householdId"))
        await areas.edit_household(
            info.context.actor,
            household_id,
            unit=input.unit,
            floor_area_centi_m2=input.floor_area_centi_m2,
            area_basis=input.area_basis,
            expected_version=input.expected_version,
        )
        return HouseholdSaved(household=await reloaded(info, Household.load, household_id))


@strawberry.type
class ResidencyMutation:
    """Claims and what becomes of them."""

    @strawberry.mutation(description="Say that one belongs to a household; staff decide.")
    async def claim_residency(
        self, info: Info, input: Annotated[ClaimResidencyInput, Argument]
    ) -> ClaimResidencyResult:
        """For oneself."""
        made = await residencies.claim_residency(
            info.context.actor,
            building_id=node.decode("area", input.building_id, path=("input", "buildingId")),
            unit=input.unit,
            kind=input.kind,
            since=input.since,
            idempotency_key=input.idempotency_key,
        )
        return ResidencySaved(
            residency=await reloaded(info, Residency.load, made.id), replayed=made.replayed
        )

    @strawberry.mutation(description="Claim a residency for somebody, with their consent kept.")
    async def claim_residency_for(
        self, info: Info, input: Annotated[ClaimResidencyForInput, Argument]
    ) -> ClaimResidencyForResult:
        """The helper's name is kept."""
        made = await residencies.claim_residency_for(
            info.context.actor,
            person_id=node.decode("person", input.person_id, path=("input", "personId")),
            household_id=node.decode(
                "household", input.household_id, path=("input", "householdId")
            ),
            kind=input.kind,
            since=input.since,
            consent=input.consent,
            note=input.note,
            idempotency_key=input.idempotency_key,
        )
        return ResidencySaved(
            residency=await reloaded(info, Residency.load, made.id), replayed=made.replayed
        )

    @strawberry.mutation(description="Find a claim to be true.")
    async def verify_residency(
        self, info: Info, input: Annotated[VerifyResidencyInput, Argument]
    ) -> VerifyResidencyResult:
        """Never one's own."""
        residency_id = node.decode("residency", input.residency_id, path=("input", "residencyId"))
        await residencies.verify_residency(info.context.actor, residency_id)
        return ResidencySaved(residency=await reloaded(info, Residency.load, residency_id))

    @strawberry.mutation(description="Find a claim not to be true.")
    async def refuse_residency(
        self, info: Info, input: Annotated[RefuseResidencyInput, Argument]
    ) -> RefuseResidencyResult:
        """Never one's own."""
        residency_id = node.decode("residency", input.residency_id, path=("input", "residencyId"))
        await residencies.refuse_residency(info.context.actor, residency_id, reason=input.reason)
        return ResidencySaved(residency=await reloaded(info, Residency.load, residency_id))

    @strawberry.mutation(description="Give a verified residency its last day.")
    async def end_residency(
        self, info: Info, input: Annotated[EndResidencyInput, Argument]
    ) -> EndResidencyResult:
        """By oneself or by staff."""
        residency_id = node.decode("residency", input.residency_id, path=("input", "residencyId"))
        await residencies.end_residency(
            info.context.actor, residency_id, last_day=input.last_day, reason=input.reason
        )
        return ResidencySaved(residency=await reloaded(info, Residency.load, residency_id))
