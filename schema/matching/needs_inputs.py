"""What the inputs of needs say."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from domains.matching.rules.distance import Point
from domains.matching.rules.times import Window
from domains.matching.service.details import Private
from domains.matching.service.needs import NeedEdit
from domains.matching.service.posting import NeedDraft
from domains.matching.values.needs import NeedOrigin, NeedRepeats, SkillLevel
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from schema.matching import needs_enums as _enums  # noqa: F401  # describes the enums first
from schema.volunteering.activities_mutations import PositionInput
from schema.volunteering.inputs import Key


def point_of(position: PositionInput | None) -> Point | None:
    """Hand a position to the domain."""
    if position is None:
        return None
    return Point(position.latitude_e6, position.longitude_e6)


@strawberry.input(description="A time of a need.")
class NeedWindowInput:
    """From when to when, within 24 hours."""

    starts_at: datetime = strawberry.field(description="From when; still to come.")
    ends_at: datetime = strawberry.field(description="To when.")


@strawberry.input(description="A skill that a need asks for.")
class NeedSkillInput:
    """By the name under which volunteers have it."""

    name: str = strawberry.field(description="What, 1 to 60 characters.")
    level: SkillLevel = strawberry.field(
        default=SkillLevel.VERIFIED, description="How sure it has to be."
    )


@strawberry.input(description="What only those matched may know.")
class NeedPrivateInput:
    """Sealed; every reading is audited."""

    details: str | None = strawberry.field(
        default=None, description="What is to be minded, 2 to 1,000 characters."
    )
    exact_place: str | None = strawberry.field(
        default=None, description="Where exactly, 2 to 200 characters."
    )
    position: PositionInput | None = strawberry.field(
        default=None,
        description="Where exactly; everybody sees it to a thousandth of a degree.",
    )

    def private(self) -> Private:
        """Hand it to the domain."""
        return Private(self.details, self.exact_place, point_of(self.position))


def skills_of(skills: list[NeedSkillInput]) -> tuple[tuple[str, SkillLevel], ...]:
    """Hand skills to the domain."""
    return tuple((each.name, each.level) for each in skills)


@strawberry.input(description="A need to be posted.")
class PostNeedInput:
    """Who needs what, where, when, and by how many of which kind."""

    area_id: strawberry.ID = strawberry.field(
        description="Where it lies: a community, or what lies in one."
    )
    origin: NeedOrigin = strawberry.field(description="How it came to be known.")
    service_class: ServiceClass = strawberry.field(description="What kind of service.")
    title: str = strawberry.field(description="What it is called, 2 to 80 characters.")
    public_text: str = strawberry.field(
        description="What everybody may know of it, 2 to 1,000 characters."
    )
    place: str = strawberry.field(description="Where, roughly, 2 to 120 characters.")
    windows: list[NeedWindowInput] = strawberry.field(
        description="Its times, 1 to 20; each becomes an order."
    )
    person_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who is served; the caller unless told."
    )
    helper_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who speaks for the one served: checks in, confirms, rates."
    )
    organisation_id: strawberry.ID | None = strawberry.field(
        default=None, description="The organisation that asks; the caller administers it."
    )
    private: NeedPrivateInput | None = strawberry.field(
        default=None, description="What only those matched may know."
    )
    urgency: int = strawberry.field(default=2, description="How urgent: 1 can wait, 4 cannot.")
    people_wanted: int = strawberry.field(
        default=1, description="How many people each time takes, 1 to 200."
    )
    skills: list[NeedSkillInput] = strawberry.field(
        default_factory=list, description="What who serves can do, 5 at most."
    )
    least_age: int | None = strawberry.field(
        default=None, description="The least age of who serves."
    )
    is_risky: bool = strawberry.field(
        default=False, description="Whether only who is insured for it may serve."
    )
    risks: str = strawberry.field(
        default="", description="What the risks are; needed where it is risky."
    )
    time_bank_class: str | None = strawberry.field(
        default=None,
        description="The time bank's class that it earns in; the kind of service unless told.",
    )
    may_be_taken: bool = strawberry.field(
        default=False, description="Whether it may be taken directly from the list."
    )
    repeats: NeedRepeats = strawberry.field(
        default=NeedRepeats.ONCE, description="Whether its times come again."
    )
    repeats_until: date | None = strawberry.field(
        default=None, description="Up to which day; for a weekly need."
    )
    idempotency_key: UUID = strawberry.field(description=Key)

    def draft(self) -> NeedDraft:
        """Hand it to the domain."""
        return NeedDraft(
            area_id=node.decode("area", self.area_id, path=("input", "areaId")),
            origin=self.origin,
            service_class=self.service_class,
            title=self.title,
            public_text=self.public_text,
            place=self.place,
            windows=tuple(Window(each.starts_at, each.ends_at) for each in self.windows),
            person_id=node.decode_optional("person", self.person_id, path=("input", "personId")),
            helper_id=node.decode_optional("person", self.helper_id, path=("input", "helperId")),
            organisation_id=node.decode_optional(
                "organisation", self.organisation_id, path=("input", "organisationId")
            ),
            private=Private() if self.private is None else self.private.private(),
            urgency=self.urgency,
            people_wanted=self.people_wanted,
            skills=skills_of(self.skills),
            least_age=self.least_age,
            is_risky=self.is_risky,
            risks=self.risks,
            time_bank_class=self.time_bank_class,
            may_be_taken=self.may_be_taken,
            repeats=self.repeats,
            repeats_until=self.repeats_until,
        )


@strawberry.input(description="What changes of a need; what is left out stays as it is.")
class UpdateNeedInput:
    """While it stands; times and skills do not change: withdraw it and post it anew."""

    need_id: strawberry.ID = strawberry.field(description="The need.")
    expected_version: int = strawberry.field(description="The version that the caller read.")
    title: str | None = strawberry.field(default=None, description="What it is called.")
    public_text: str | None = strawberry.field(
        default=None, description="What everybody may know of it."
    )
    place: str | None = strawberry.field(default=None, description="Where, roughly.")
    private: NeedPrivateInput | None = strawberry.field(
        default=None, description="What only those matched may know, all of it anew."
    )
    urgency: int | None = strawberry.field(default=None, description="How urgent, 1 to 4.")
    may_be_taken: bool | None = strawberry.field(
        default=None, description="Whether it may be taken directly from the list."
    )

    def edit(self) -> NeedEdit:
        """Hand it to the domain."""
        return NeedEdit(
            title=self.title,
            public_text=self.public_text,
            place=self.place,
            private=None if self.private is None else self.private.private(),
            urgency=self.urgency,
            may_be_taken=self.may_be_taken,
        )
