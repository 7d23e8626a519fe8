"""Reading resources, projects, rounds, funds and what was spent."""

import json
from collections.abc import AsyncGenerator
from datetime import date, datetime
from typing import Annotated, Self

import strawberry

from domains.kernel.database import Row
from domains.kernel.live import topic
from domains.matching.queries import funds, projects, resources
from domains.matching.queries.projects import ProjectFilter
from domains.matching.queries.resources import ResourceFilter
from domains.matching.values.projects import ServiceProjectState
from domains.matching.values.resources import MatchingSubject, ResourceKind, ResourceState
from domains.membership.queries import places
from domains.volunteering.values.volunteers import ServiceClass
from schema import live, node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.matching.funds import Fund, Spending
from schema.matching.projects import ServiceProject
from schema.matching.resources import Resource
from schema.matching.resources_mutations import MapPositionInput
from schema.matching.rounds import ProjectRound
from schema.membership.types import Person
from schema.scalars import Fen
from schema.volunteering.queries import Within, path_of


@strawberry.input(description="What a list of resources is narrowed to.")
class ResourceFilterInput:
    """Every field narrows."""

    kinds: list[ResourceKind] | None = strawberry.field(
        default=None, description="Resources of one of these kinds."
    )
    states: list[ResourceState] | None = strawberry.field(
        default=None, description="Resources in one of these states."
    )
    service_class: ServiceClass | None = strawberry.field(
        default=None, description="Resources for this kind of service."
    )
    holds: str | None = strawberry.field(
        default=None, description="Resources whose title or text holds this."
    )
    at: datetime | None = strawberry.field(
        default=None, description="Resources that are offered at this time, or from then"
    )
    until: datetime | None = strawberry.field(default=None, description="until this time.")
    favourites_only: bool = strawberry.field(
        default=False, description="Resources that the caller marked."
    )
    near: MapPositionInput | None = strawberry.field(
        default=None, description="From where distances are told."
    )
    within_m: int | None = strawberry.field(
        default=None, description="Resources so many metres from there at most."
    )


@strawberry.input(description="What a list of projects is narrowed to.")
class ServiceProjectFilterInput:
    """Every field narrows."""

    states: list[ServiceProjectState] | None = strawberry.field(
        default=None, description="Projects in one of these states."
    )
    service_class: ServiceClass | None = strawberry.field(
        default=None, description="Projects of this kind of service."
    )
    holds: str | None = strawberry.field(
        default=None, description="Projects whose title or aims hold this."
    )
    since: date | None = strawberry.field(
        default=None, description="Projects that are not over before this day."
    )
    until: date | None = strawberry.field(
        default=None, description="Projects that begin by this day."
    )
    favourites_only: bool = strawberry.field(
        default=False, description="Projects that the caller marked."
    )
    near: MapPositionInput | None = strawberry.field(
        default=None, description="From where distances are told."
    )
    within_m: int | None = strawberry.field(
        default=None, description="Projects so many metres from there at most."
    )
    round_id: strawberry.ID | None = strawberry.field(
        default=None, description="Projects that apply in this round."
    )


@strawberry.type(description="Somebody who may supervise projects, and how many they have.")
class SocialWorker:
    """For who writes a project."""

    title: str = strawberry.field(description="The qualification.")
    qualified_until: date = strawberry.field(description="Its last day.")
    load: int = strawberry.field(description="How many projects they have accepted.")
    row: strawberry.Private[Row]

    @strawberry.field(description="Who.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with the others."""
        return await Person.load(info, self.row["person_id"])


@strawberry.type(description="A phase or milestone of a template, by days after the beginning.")
class TemplatePart:
    """Days are counted from the first."""

    title: str = strawberry.field(description="What.")
    starts_after_days: int | None = strawberry.field(description="A phase's first day.")
    ends_after_days: int = strawberry.field(description="A phase's last day, or when it is due.")


@strawberry.type(description="A line of a template's budget.")
class TemplateLine:
    """What it cost."""

    title: str = strawberry.field(description="What for.")
    amount_fen: Fen = strawberry.field(description="How much.")


@strawberry.type(description="A resource or project that is kept as a draft for others.")
class MatchingTemplate:
    """Without people, proofs and money."""

    id: strawberry.ID = strawberry.field(description="Opaque.")
    kind: MatchingSubject = strawberry.field(description="What it is of.")
    title: str = strawberry.field(description="What the template is called.")
    subject_title: str = strawberry.field(description="What the thing is called.")
    text: str = strawberry.field(description="Its aims, or what it is.")
    place: str = strawberry.field(description="Where.")
    service_class: ServiceClass | None = strawberry.field(description="What kind of service.")
    resource_kind: ResourceKind | None = strawberry.field(description="Of a resource, its kind.")
    unit: str | None = strawberry.field(description="Of a resource, its unit.")
    quantity: Fen | None = strawberry.field(description="Of a resource, how much.")
    people_wanted: int | None = strawberry.field(description="Of a project, how many volunteers.")
    phases: list[TemplatePart] = strawberry.field(description="Of a project, its phases.")
    milestones: list[TemplatePart] = strawberry.field(description="Of a project, its milestones.")
    lines: list[TemplateLine] = strawberry.field(description="Of a project, its budget.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        said = json.loads(row["content"])
        kind = said.get("kind")
        given = said.get("service_class")
        return cls(
            id=node.encode("matching_template", row["id"]),
            kind=MatchingSubject(row["subject_kind"]),
            title=row["title"],
            subject_title=said["title"],
            text=said.get("aims") or said.get("content") or "",
            place=said["place"],
            service_class=ServiceClass(given) if given else None,
            resource_kind=ResourceKind(kind) if kind else None,
            unit=said.get("unit"),
            quantity=said.get("quantity"),
            people_wanted=said.get("people_wanted"),
            phases=[
                TemplatePart(
                    title=each["title"],
                    starts_after_days=each["starts_after"],
                    ends_after_days=each["ends_after"],
                )
                for each in said.get("phases", [])
            ],
            milestones=[
                TemplatePart(
                    title=each["title"],
                    starts_after_days=None,
                    ends_after_days=each["due_after"],
                )
                for each in said.get("milestones", [])
            ],
            lines=[
                TemplateLine(title=each["title"], amount_fen=Fen(each["amount_fen"]))
                for each in said.get("lines", [])
            ],
        )


@strawberry.type(description="A project has changed; read it to see how.")
class ServiceProjectChanged:
    """Ids and states only, alike for all who see the project."""

    project_id: strawberry.ID = strawberry.field(description="The project.")
    state: ServiceProjectState = strawberry.field(description="How far it has come.")
    version: int = strawberry.field(description="Its version now.")


@strawberry.type
class ExchangeQuery:
    """Reading resources, projects, rounds, funds and spendings."""

    @strawberry.field(description="Resources of an area that the caller sees, the latest first.")
    async def resources(
        self,
        info: Info,
        area_id: Within,
        filter: Annotated[
            ResourceFilterInput | None, strawberry.argument(description="What to narrow to.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Resource]:
        """Read a page of them."""
        given = filter or ResourceFilterInput()
        asked = ResourceFilter(
            area_path=await path_of(area_id),
            kinds=tuple(given.kinds) if given.kinds is not None else None,
            states=tuple(given.states) if given.states is not None else None,
            service_class=given.service_class,
            holds=given.holds or None,
            at=given.at,
            until=given.until,
            favourites_only=given.favourites_only,
            near=given.near.pair() if given.near else None,
            within_m=given.within_m,
        )
        of = listing("resources", {"asked": asked})
        at = page(of, first, after)
        found = await resources.resources(info.context.actor, asked, at)
        return connection(
            of, found, at, make=Resource.of, key=lambda row: (row["offered_at"], row["id"])
        )

    @strawberry.field(description="Projects of an area that the caller sees, the latest first.")
    async def service_projects(
        self,
        info: Info,
        area_id: Within,
        filter: Annotated[
            ServiceProjectFilterInput | None,
            strawberry.argument(description="What to narrow to."),
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[ServiceProject]:
        """Read a page of them."""
        given = filter or ServiceProjectFilterInput()
        round_id = given.round_id
        asked = ProjectFilter(
            area_path=await path_of(area_id),
            states=tuple(given.states) if given.states is not None else None,
            service_class=given.service_class,
            holds=given.holds or None,
            since=given.since,
            until=given.until,
            favourites_only=given.favourites_only,
            near=given.near.pair() if given.near else None,
            within_m=given.within_m,
            round_id=node.known("project_round", round_id) or node.NOBODY if round_id else None,
        )
        of = listing("serviceProjects", {"asked": asked})
        at = page(of, first, after)
        found = await projects.projects(info.context.actor, asked, at)
        return connection(
            of, found, at, make=ServiceProject.of, key=lambda row: (row["created_at"], row["id"])
        )

    @strawberry.field(description="Rounds of applications of an area, the latest first.")
    async def project_rounds(
        self, info: Info, area_id: Within, first: First = None, after: After = None
    ) -> Connection[ProjectRound]:
        """Read a page of them."""
        of = listing("projectRounds", {"area": area_id})
        at = page(of, first, after)
        found = await projects.rounds(info.context.actor, await path_of(area_id), at)
        return connection(
            of, found, at, make=ProjectRound.of, key=lambda row: (row["opened_at"], row["id"])
        )

    @strawberry.field(description="Funds of an area, the latest first.")
    async def funds(
        self, info: Info, area_id: Within, first: First = None, after: After = None
    ) -> Connection[Fund]:
        """Read a page of them."""
        of = listing("funds", {"area": area_id})
        at = page(of, first, after)
        found = await funds.funds(info.context.actor, await path_of(area_id), at)
        return connection(
            of, found, at, make=Fund.of, key=lambda row: (row["opened_at"], row["id"])
        )

    @strawberry.field(description="What was spent of a project's money, the latest first.")
    async def spendings(
        self,
        info: Info,
        project_id: Annotated[strawberry.ID, strawberry.argument(description="The project.")],
        first: First = None,
        after: After = None,
    ) -> Connection[Spending]:
        """Read a page of it."""
        uuid = node.known("service_project", project_id) or node.NOBODY
        of = listing("spendings", {"project": uuid})
        at = page(of, first, after)
        found = await funds.spendings(info.context.actor, uuid, at)
        return connection(of, found, at, make=Spending.of, key=lambda row: (row["number"],))

    @strawberry.field(
        description="Who may supervise a project in an area up to a day, the freest first."
    )
    async def social_workers(
        self,
        info: Info,
        area_id: Within,
        until: Annotated[date, strawberry.argument(description="The project's last day.")],
    ) -> list[SocialWorker]:
        """Read them, for who belongs there."""
        actor = info.context.actor
        place = await places.place_of(node.known("area", area_id) or node.NOBODY)
        if place is None or not projects.belongs(actor, place.area_path):
            return []
        return [
            SocialWorker(
                title=row["title"],
                qualified_until=row["qualified_until"],
                load=row["load"],
                row=row,
            )
            for row in await projects.supervisors(place.area_path, until=until)
        ]

    @strawberry.field(description="Templates of an area's resources and projects, newest first.")
    async def matching_templates(
        self, info: Info, area_id: Within, first: First = None, after: After = None
    ) -> Connection[MatchingTemplate]:
        """Read a page of them."""
        of = listing("matchingTemplates", {"area": area_id})
        at = page(of, first, after)
        found = await projects.templates(info.context.actor, await path_of(area_id), at)
        return connection(of, found, at, make=MatchingTemplate.of, key=lambda row: (row["id"],))


@strawberry.type
class ExchangeSubscription:
    """News of projects."""

    @strawberry.subscription(
        description="Hear whenever something happens to a project or its money.",
        metadata=live.shared(live.by_person),
    )
    async def service_project_changed(
        self,
        info: Info,
        project_id: Annotated[strawberry.ID, strawberry.argument(description="The project.")],
    ) -> AsyncGenerator[ServiceProjectChanged, None]:
        """Listen to one project; ends where it is out of sight."""
        uuid = node.known("service_project", project_id)
        if uuid is None:
            return
        news = live.listen(info, topic("project", uuid))
        if (await projects.projects_by_id(info.context.actor, [uuid]))[0] is None:
            return
        async for _ in news:
            row = (await projects.projects_by_id(info.context.actor, [uuid]))[0]
            if row is None:
                return
            yield ServiceProjectChanged(
                project_id=node.encode("service_project", uuid),
                state=ServiceProjectState(row["state"]),
                version=row["version"],
            )
