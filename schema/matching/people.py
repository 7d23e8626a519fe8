"""What people say to the exchange and keep on it: preferences, favourites, templates."""

import json
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.errors import NotFound
from domains.matching import policy
from domains.matching.queries import people
from domains.matching.rules.ratings import Figure
from domains.matching.service import favourites, preferences, templates
from domains.matching.service.templates import TemplateDraft
from domains.matching.values.lists import FavouriteKind
from domains.matching.values.needs import SkillLevel
from domains.matching.values.orders import RatingSide
from domains.membership.queries import places
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from schema.context import LOADS, Info
from schema.errors import Refused
from schema.matching.needs import NeedSkill
from schema.matching.needs_inputs import NeedSkillInput, point_of, skills_of
from schema.matching.orders import RatingFigure
from schema.membership.types import Area
from schema.node import Node
from schema.volunteering.activities_mutations import PositionInput
from schema.volunteering.inputs import Argument

# Which nodes are kept as which favourites.
KINDS = {
    "need": FavouriteKind.NEED,
    "resource": FavouriteKind.RESOURCE,
    "service_project": FavouriteKind.PROJECT,
}
_NODES = {kind: name for name, kind in KINDS.items()}


@strawberry.type(description="What a volunteer has said to the matcher.")
class MatchingPreferences:
    """Whoever says nothing may be asked."""

    is_automatic: bool = strawberry.field(
        description="Whether the matcher may propose the volunteer."
    )
    has_position: bool = strawberry.field(
        description="Whether it knows roughly where they set out from; it is sealed."
    )


@strawberry.type(description="Something that the caller wants to find again.")
class Favourite:
    """Nobody else sees it."""

    kind: FavouriteKind = strawberry.field(description="What it is.")
    at: datetime = strawberry.field(description="Since when.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(kind=FavouriteKind(row["kind"]), at=row["at"], row=row)

    @strawberry.field(
        description="The thing itself; null where it is out of sight.", metadata=LOADS
    )
    async def subject(self, info: Info) -> Node | None:
        """Load it with the others of its kind."""
        return await node.load(info, _NODES[self.kind], self.row["subject_id"])


@strawberry.type(description="What comes often, written once.")
class NeedTemplate(Node):
    """One's own, or shared by who keeps the area's exchange."""

    name: str = strawberry.field(description="What it is called in the list.")
    is_shared: bool = strawberry.field(description="Whether others see it.")
    service_class: ServiceClass = strawberry.field(description="What kind of service.")
    title: str = strawberry.field(description="What the need is called.")
    public_text: str = strawberry.field(description="What everybody may know of it.")
    urgency: int = strawberry.field(description="How urgent, 1 to 4.")
    people_wanted: int = strawberry.field(description="How many people each time takes.")
    skills: list[NeedSkill] = strawberry.field(description="The skills that it asks for.")
    least_age: int | None = strawberry.field(description="The least age of who serves.")
    is_risky: bool = strawberry.field(description="Whether only who is insured may serve.")
    risks: str = strawberry.field(description="What the risks are; may be empty.")
    may_be_taken: bool = strawberry.field(description="Whether it may be taken from the list.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        content: dict[str, Any] = json.loads(row["content"])
        return cls(
            id=node.encode("need_template", row["id"]),
            name=row["name"],
            is_shared=row["is_shared"],
            service_class=ServiceClass(content["serviceClass"]),
            title=content["title"],
            public_text=content["publicText"],
            urgency=content["urgency"],
            people_wanted=content["peopleWanted"],
            skills=[
                NeedSkill(name=each["name"], level=SkillLevel(each["level"]))
                for each in content["skills"]
            ],
            least_age=content["leastAge"],
            is_risky=content["isRisky"],
            risks=content["risks"],
            may_be_taken=content["mayBeTaken"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, template_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(people.templates_by_id, template_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="Where it is kept.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the other templates."""
        return await Area.load(info, self.row["area_id"])


@strawberry.input(description="What a volunteer says to the matcher.")
class UpdateMatchingPreferencesInput:
    """Opting out changes nothing else: offers by name, and the list, stay open."""

    is_automatic: bool = strawberry.field(description="Whether the matcher may propose the caller.")
    position: PositionInput | None = strawberry.field(
        default=None,
        description="Where the caller sets out from; kept roughly, and sealed. Left out, it stays.",
    )
    forgets_position: bool = strawberry.field(
        default=False, description="Whether the position is to be forgotten."
    )


@strawberry.input(description="Something to be kept as a favourite, or no more.")
class SetFavouriteInput:
    """A need, a resource or a project."""

    id: strawberry.ID = strawberry.field(description="What.")
    is_favourite: bool = strawberry.field(description="Whether to keep it.")


@strawberry.input(description="A template of needs to be kept.")
class SaveNeedTemplateInput:
    """Everything of a need but who, where exactly, and when."""

    area_id: strawberry.ID = strawberry.field(description="Where it is kept.")
    name: str = strawberry.field(description="What it is called in the list, 2 to 60 characters.")
    service_class: ServiceClass = strawberry.field(description="What kind of service.")
    title: str = strawberry.field(description="What the need is called, 2 to 80 characters.")
    public_text: str = strawberry.field(
        description="What everybody may know of it, 2 to 1,000 characters."
    )
    is_shared: bool = strawberry.field(
        default=False, description="Whether others see it; for who keeps the area's exchange."
    )
    urgency: int = strawberry.field(default=2, description="How urgent, 1 to 4.")
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
        default=False, description="Whether only who is insured may serve."
    )
    risks: str = strawberry.field(default="", description="What the risks are.")
    may_be_taken: bool = strawberry.field(
        default=False, description="Whether it may be taken directly from the list."
    )

    def draft(self) -> TemplateDraft:
        """Hand it to the domain."""
        return TemplateDraft(
            area_id=node.decode("area", self.area_id, path=("input", "areaId")),
            name=self.name,
            service_class=self.service_class,
            title=self.title,
            public_text=self.public_text,
            is_shared=self.is_shared,
            urgency=self.urgency,
            people_wanted=self.people_wanted,
            skills=skills_of(self.skills),
            least_age=self.least_age,
            is_risky=self.is_risky,
            risks=self.risks,
            may_be_taken=self.may_be_taken,
        )


@strawberry.input(description="A template to be kept no more.")
class RemoveNeedTemplateInput:
    """One's own, or a shared one by who keeps the area's exchange."""

    template_id: strawberry.ID = strawberry.field(description="The template.")


@strawberry.type(description="What the volunteer has said to the matcher now.")
class MatchingPreferencesPayload:
    """As things stand."""

    preferences: MatchingPreferences | None = strawberry.field(description="What was said.")


@strawberry.type(description="Whether something is a favourite now.")
class FavouriteSet:
    """As things stand."""

    subject: Node | None = strawberry.field(description="The thing itself.")
    is_favourite: bool = strawberry.field(description="Whether it is kept.")


@strawberry.type(description="The template, as things stand now.")
class NeedTemplatePayload:
    """What was dealt with; null where it is kept no more."""

    template: NeedTemplate | None = strawberry.field(description="The template.")


UpdateMatchingPreferencesResult = Annotated[
    MatchingPreferencesPayload | Refused,
    strawberry.union("UpdateMatchingPreferencesResult", description="What was said, or why not."),
]
SetFavouriteResult = Annotated[
    FavouriteSet | Refused,
    strawberry.union("SetFavouriteResult", description="Whether it is kept, or why not."),
]
SaveNeedTemplateResult = Annotated[
    NeedTemplatePayload | Refused,
    strawberry.union("SaveNeedTemplateResult", description="The template, or why not."),
]
RemoveNeedTemplateResult = Annotated[
    NeedTemplatePayload | Refused,
    strawberry.union("RemoveNeedTemplateResult", description="Nothing, or why not."),
]


async def _preferences(actor: Actor) -> MatchingPreferences | None:
    row = await people.preference(actor)
    if row is None:
        return None
    return MatchingPreferences(is_automatic=row["is_automatic"], has_position=row["has_position"])


@strawberry.type
class MatchingPeopleQuery:
    """What is the caller's own."""

    @strawberry.field(description="What the caller has said to the matcher; null where nothing.")
    async def my_matching_preferences(self, info: Info) -> MatchingPreferences | None:
        """Read it."""
        return await _preferences(info.context.actor)

    @strawberry.field(description="The caller's favourites, the newest first; 500 at most.")
    async def my_favourites(
        self,
        info: Info,
        kind: Annotated[
            FavouriteKind | None, strawberry.argument(description="Only of this kind.")
        ] = None,
    ) -> list[Favourite]:
        """Read them."""
        rows = await people.favourites(info.context.actor, kind)
        return [Favourite.of(row) for row in rows]

    @strawberry.field(
        description="Templates that fit an area, by name: the caller's own and shared ones;"
        " 250 at most."
    )
    async def need_templates(
        self,
        info: Info,
        area_id: Annotated[strawberry.ID, strawberry.argument(description="The area.")],
    ) -> list[NeedTemplate]:
        """Read them."""
        actor = info.context.actor
        place = await places.place_of(node.known("area", area_id) or node.NOBODY)
        if place is None or actor.person_id is None:
            return []
        belongs = policy.knows_area(actor, place)
        rows = await people.templates(actor, place.area_path, belongs=belongs)
        return [NeedTemplate.of(row) for row in rows]

    @strawberry.field(description="How the caller is rated; null while there are too few raters.")
    async def my_rating(
        self,
        info: Info,
        side: Annotated[RatingSide, strawberry.argument(description="As whom.")],
    ) -> RatingFigure | None:
        """Read it."""
        actor = info.context.actor
        if actor.person_id is None:
            return None
        found: Figure | None = await info.context.load(people.figures, (actor.person_id, side))
        return RatingFigure.of(found)


@strawberry.type
class MatchingPeopleMutation:
    """What is the caller's own."""

    @strawberry.mutation(description="Say whether the matcher may propose the caller.")
    async def update_matching_preferences(
        self, info: Info, input: Annotated[UpdateMatchingPreferencesInput, Argument]
    ) -> UpdateMatchingPreferencesResult:
        """Hand it to the domain."""
        actor = info.context.actor
        await preferences.update_preferences(
            actor,
            is_automatic=input.is_automatic,
            position=point_of(input.position),
            forgets_position=input.forgets_position,
        )
        return MatchingPreferencesPayload(preferences=await _preferences(actor))

    @strawberry.mutation(description="Keep something as a favourite, or no more.")
    async def set_favourite(
        self, info: Info, input: Annotated[SetFavouriteInput, Argument]
    ) -> SetFavouriteResult:
        """Hand it to the domain."""
        kind, uuid = _named(input.id)
        subject = await node.load(info, _NODES[kind], uuid)
        if subject is None:
            raise NotFound(path=("input", "id"))
        await favourites.set_favourite(
            info.context.actor, kind, uuid, is_favourite=input.is_favourite
        )
        info.context.become(info.context.actor)
        subject = await node.load(info, _NODES[kind], uuid)
        return FavouriteSet(subject=subject, is_favourite=input.is_favourite)

    @strawberry.mutation(description="Keep a template of needs.")
    async def save_need_template(
        self, info: Info, input: Annotated[SaveNeedTemplateInput, Argument]
    ) -> SaveNeedTemplateResult:
        """Hand it to the domain."""
        template_id = await templates.save_template(info.context.actor, input.draft())
        return NeedTemplatePayload(template=await NeedTemplate.load(info, template_id))

    @strawberry.mutation(description="Keep a template of needs no more.")
    async def remove_need_template(
        self, info: Info, input: Annotated[RemoveNeedTemplateInput, Argument]
    ) -> RemoveNeedTemplateResult:
        """Hand it to the domain."""
        template_id = node.decode("need_template", input.template_id, path=("input", "templateId"))
        await templates.remove_template(info.context.actor, template_id)
        return NeedTemplatePayload(template=None)


def _named(text: str) -> tuple[FavouriteKind, UUID]:
    for name, kind in KINDS.items():
        uuid = node.known(name, text)
        if uuid is not None:
            return kind, uuid
    raise NotFound(path=("input", "id"))


async def _templates(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await people.templates_by_id(actor, ids)
    return [None if row is None else NeedTemplate.of(row) for row in rows]


node.register("need_template", _templates)
