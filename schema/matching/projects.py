"""Projects with their parts, and rounds of applications, as the world sees them."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel import uploads
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.uploads import Upload as KeptUpload
from domains.matching.queries import project_shifts, projects, resources
from domains.matching.rules.evaluation import Evaluation
from domains.matching.service import closing_reports
from domains.matching.values.projects import (
    BudgetShiftState,
    MilestoneState,
    ServiceProjectState,
)
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from schema.context import LOADS, Info
from schema.matching import exchange_enums as _enums  # noqa: F401  # describes the enums first
from schema.matching.funds import ProjectMoney
from schema.matching.resources import HistoryStep, MapPosition, ResourceReservation, position_of
from schema.matching.rounds import ProjectRound
from schema.membership.types import Area, Organisation, Person
from schema.node import Node
from schema.scalars import Fen
from schema.volunteering.activities import VolunteerActivity


async def _addressed(actor: Actor, ids: list[UUID]) -> list[tuple[KeptUpload, str] | None]:
    return await uploads.addressed(ids)


@strawberry.type(description="A part of a project's time.")
class ProjectPhase:
    """Within the project."""

    title: str = strawberry.field(description="What it is called.")
    starts_on: date = strawberry.field(description="Its first day.")
    ends_on: date = strawberry.field(description="Its last day.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(title=row["title"], starts_on=row["starts_on"], ends_on=row["ends_on"])


@strawberry.type(description="What money of a project is for.")
class BudgetLine(Node):
    """Never spent beyond what is allotted, nor allotted beyond what is budgeted."""

    title: str = strawberry.field(description="What for.")
    amount_fen: Fen = strawberry.field(description="How much is budgeted.")
    allotted_fen: Fen = strawberry.field(description="How much funds have set aside for it.")
    spent_fen: Fen = strawberry.field(description="How much of that is spent.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("budget_line", row["id"]),
            title=row["title"],
            amount_fen=Fen(row["amount_fen"]),
            allotted_fen=Fen(row["allotted_fen"]),
            spent_fen=Fen(row["spent_fen"]),
        )


@strawberry.type(description="What is to be reached by a day.")
class ProjectMilestone(Node):
    """Reached with proof."""

    title: str = strawberry.field(description="What.")
    due_on: date = strawberry.field(description="By which day.")
    state: MilestoneState = strawberry.field(description="Whether it is reached.")
    is_late: bool = strawberry.field(description="Whether its day has passed without it.")
    reached_at: datetime | None = strawberry.field(description="When it was reached.")
    note: str | None = strawberry.field(description="What was said of it.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("project_milestone", row["id"]),
            state=MilestoneState(row["state"]),
            **{name: row[name] for name in ("title", "due_on", "is_late", "reached_at", "note")},
            row=row,
        )

    @strawberry.field(
        description="An address that fetches the proof for some minutes; null for who does not"
        " lead the project.",
        metadata=LOADS,
    )
    async def proof_address(self, info: Info) -> str | None:
        """Sign it with those of the other milestones."""
        if self.row["proof_upload_id"] is None or not self.row["may_open_proof"]:
            return None
        found = await info.context.load(_addressed, self.row["proof_upload_id"])
        return found[1] if found else None


@strawberry.type(description="A wish to move money between lines of a budget.")
class BudgetShift(Node):
    """Decided by somebody else than who asked."""

    from_title: str = strawberry.field(description="From which line.")
    to_title: str = strawberry.field(description="To which line.")
    amount_fen: Fen = strawberry.field(description="How much.")
    reason: str = strawberry.field(description="Why.")
    state: BudgetShiftState = strawberry.field(description="Whether it may.")
    asked_at: datetime = strawberry.field(description="When it was asked for.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        names = ("from_title", "to_title", "reason", "asked_at", "decided_at")
        return cls(
            id=node.encode("budget_shift", row["id"]),
            amount_fen=Fen(row["amount_fen"]),
            state=BudgetShiftState(row["state"]),
            **{name: row[name] for name in names},
        )


@strawberry.type(description="What those served said, once enough have spoken.")
class ProjectEvaluation:
    """Below the rules' number nothing but how many."""

    count: int = strawberry.field(description="How many have spoken.")
    mean_hundredths: int | None = strawberry.field(
        description="The mean of 1 to 5, in hundredths, rounded down; null below the number."
    )
    by_score: list[int] | None = strawberry.field(
        description="How many gave 1, 2, 3, 4 and 5; null below the number."
    )
    remarks: list[str] = strawberry.field(
        description="What they wrote, apart from scores and in no order of time."
    )

    @classmethod
    def of(cls, said: Evaluation) -> Self:
        """Make it."""
        return cls(
            count=said.count,
            mean_hundredths=said.mean_hundredths,
            by_score=list(said.by_score) if said.by_score is not None else None,
            remarks=list(said.remarks),
        )


@strawberry.type(description="What a reviewer gave an application.")
class ApplicationReview:
    """One's own; others' are seen by who keeps the exchange, once the round is settled."""

    has_conflict: bool = strawberry.field(description="Whether they declared to have a part.")
    scores: list[int] = strawberry.field(description="By criterion, in order; none with a part.")
    note: str = strawberry.field(description="What they wrote.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            has_conflict=row["has_conflict"],
            scores=list(row["scores"]),
            note=row["note"],
            row=row,
        )

    @strawberry.field(description="Who reviewed.", metadata=LOADS)
    async def reviewer(self, info: Info) -> Person | None:
        """Load them with those of the other reviews."""
        return await Person.load(info, self.row["person_id"])


@strawberry.type(description="The closing report as a file.")
class ClosingReportFile:
    """Fetched for some minutes."""

    address: str = strawberry.field(description="Where it is fetched.")
    sha256: str = strawberry.field(description="What it hashes to, in hexadecimal.")


@strawberry.type(description="What a project that is over came to.")
class ClosingReport:
    """The same facts as text and as PDF."""

    text: str = strawberry.field(description="The report as plain text.")
    project_id: strawberry.Private[UUID]

    @strawberry.field(description="The report as PDF.")
    async def pdf(self, info: Info) -> ClosingReportFile | None:
        """Print it."""
        found = await closing_reports.report_file(info.context.actor, self.project_id)
        if found is None:
            return None
        return ClosingReportFile(address=found.address, sha256=found.sha256.hex())


@strawberry.type(description="A service that an organisation hosts, with all its parties.")
class ServiceProject(Node):
    """Public once the community stands by it."""

    number: str = strawberry.field(description="Its number.")
    state: ServiceProjectState = strawberry.field(description="How far it has come.")
    service_class: ServiceClass = strawberry.field(description="What kind of service.")
    title: str = strawberry.field(description="What it is called.")
    aims: str = strawberry.field(description="What it is to reach.")
    place: str = strawberry.field(description="Where it takes place.")
    position: MapPosition | None = strawberry.field(description="Where on the map.")
    distance_m: int | None = strawberry.field(
        description="Metres from the place that the list was asked from."
    )
    organisation_name: str = strawberry.field(description="Who hosts it, as it was called then.")
    host_accepted_at: datetime | None = strawberry.field(description="When the host accepted.")
    supervisor_accepted_at: datetime | None = strawberry.field(
        description="When the social worker accepted."
    )
    standing: str | None = strawberry.field(description="Why the community stands by it.")
    starts_on: date = strawberry.field(description="Its first day.")
    ends_on: date = strawberry.field(description="Its last day.")
    people_wanted: int = strawberry.field(description="How many volunteers it looks for.")
    needs_venue: bool = strawberry.field(description="Whether it starts only with a venue.")
    appeal_url: str | None = strawberry.field(
        description="Where it appeals to the public: on a designated platform, never here."
    )
    budget_fen: Fen = strawberry.field(description="What it costs.")
    allotted_fen: Fen = strawberry.field(description="What funds have set aside.")
    spent_fen: Fen = strawberry.field(description="What is spent.")
    is_chosen: bool | None = strawberry.field(description="Whether it was chosen in its round.")
    round_place: int | None = strawberry.field(description="Where it came in its round.")
    round_points: str | None = strawberry.field(
        description="Its points of 100, in thousandths, where reviewers chose."
    )
    outcome: str | None = strawberry.field(description="What came of it, once it is closed.")
    reason: str | None = strawberry.field(description="Why it was returned, refused or stopped.")
    created_at: datetime = strawberry.field(description="When it was first written.")
    is_favourite: bool = strawberry.field(description="Whether the caller marked it.")
    version: int = strawberry.field(description="Goes up with every change.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        points = row["round_points"]
        return cls(
            id=node.encode("service_project", row["id"]),
            number=str(row["number"]),
            state=ServiceProjectState(row["state"]),
            service_class=ServiceClass(row["service_class"]),
            position=position_of(row),
            distance_m=row.get("distance_m"),
            budget_fen=Fen(row["budget_fen"]),
            allotted_fen=Fen(row["allotted_fen"]),
            spent_fen=Fen(row["spent_fen"]),
            round_points=None if points is None else str(points),
            **{name: row[name] for name in _OF_PROJECT},
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, project_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(projects.projects_by_id, project_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="Its phases, in order.", metadata=LOADS)
    async def phases(self, info: Info) -> list[ProjectPhase]:
        """Load them with those of the other projects; 50 at most."""
        rows = await info.context.load(projects.phases_by_project, self.row["id"])
        return [ProjectPhase.of(row) for row in rows]

    @strawberry.field(description="The lines of its budget, in order.", metadata=LOADS)
    async def lines(self, info: Info) -> list[BudgetLine]:
        """Load them with those of the other projects; 50 at most."""
        rows = await info.context.load(projects.lines_by_project, self.row["id"])
        return [BudgetLine.of(row) for row in rows]

    @strawberry.field(description="Its milestones, in order.", metadata=LOADS)
    async def milestones(self, info: Info) -> list[ProjectMilestone]:
        """Load them with those of the other projects; 50 at most."""
        rows = await info.context.load(projects.milestones_by_project, self.row["id"])
        return [ProjectMilestone.of(row) for row in rows]

    @strawberry.field(description="What was asked to move in its budget.", metadata=LOADS)
    async def budget_shifts(self, info: Info) -> list[BudgetShift]:
        """Load them with those of the other projects."""
        rows = await info.context.load(projects.shifts_by_project, self.row["id"])
        return [BudgetShift.of(row) for row in rows]

    @strawberry.field(
        description="Which fund covers which line, and how much of it is spent.", metadata=LOADS
    )
    async def money(self, info: Info) -> list[ProjectMoney]:
        """Load it with that of the other projects."""
        return await ProjectMoney.of_project(info, self.row["id"])

    @strawberry.field(
        description="Venues, goods, time and expertise that are or were kept for it.",
        metadata=LOADS,
    )
    async def reservations(self, info: Info) -> list[ResourceReservation]:
        """Load them with those of the other projects."""
        rows = await info.context.load(resources.reservations_by_project, self.row["id"])
        return [ResourceReservation.of(row) for row in rows]

    @strawberry.field(
        description="The calls to its shifts that the caller sees, the first published first.",
        metadata=LOADS,
    )
    async def shift_calls(self, info: Info) -> list[VolunteerActivity]:
        """Load them with those of the other projects."""
        rows = await info.context.load(project_shifts.calls_by_project, self.row["id"])
        return [VolunteerActivity.of(row) for row in rows]

    @strawberry.field(description="What those served said.", metadata=LOADS)
    async def evaluation(self, info: Info) -> ProjectEvaluation:
        """Load it with that of the other projects."""
        said = await info.context.load(projects.evaluations_by_project, self.row["id"])
        return ProjectEvaluation.of(said)

    @strawberry.field(description="What reviewers gave it, as far as one may know.", metadata=LOADS)
    async def reviews(self, info: Info) -> list[ApplicationReview]:
        """Load them with those of the other projects."""
        rows = await info.context.load(projects.reviews_by_project, self.row["id"])
        return [ApplicationReview.of(row) for row in rows]

    @strawberry.field(description="What became of it, in order.", metadata=LOADS)
    async def history(self, info: Info) -> list[HistoryStep]:
        """Load it with that of the other projects."""
        rows = await info.context.load(resources.steps_by_subject, self.row["id"])
        return [HistoryStep.of(row) for row in rows]

    @strawberry.field(description="What it came to; null until it is closed.")
    async def closing_report(self, info: Info) -> ClosingReport | None:
        """Write it."""
        text = await closing_reports.report_text(info.context.actor, self.row["id"])
        return None if text is None else ClosingReport(text=text, project_id=self.row["id"])

    @strawberry.field(description="Who hosts it.", metadata=LOADS)
    async def organisation(self, info: Info) -> Organisation | None:
        """Load it with those of the other projects."""
        return await Organisation.load(info, self.row["organisation_id"])

    @strawberry.field(description="Who supervises it, or is asked to.", metadata=LOADS)
    async def supervisor(self, info: Info) -> Person | None:
        """Load them with those of the other projects."""
        if self.row["supervisor_id"] is None:
            return None
        return await Person.load(info, self.row["supervisor_id"])

    @strawberry.field(description="The round that it takes part in.", metadata=LOADS)
    async def round(self, info: Info) -> ProjectRound | None:
        """Load it with those of the other projects."""
        if self.row["round_id"] is None:
            return None
        return await ProjectRound.load(info, self.row["round_id"])

    @strawberry.field(description="Where it lies.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the other projects."""
        return await Area.load(info, self.row["area_id"])


_OF_PROJECT = (
    *("title", "aims", "place", "organisation_name", "host_accepted_at", "starts_on", "ends_on"),
    *("supervisor_accepted_at", "standing", "people_wanted", "needs_venue", "appeal_url"),
    *("is_chosen", "round_place", "outcome", "reason", "created_at", "is_favourite", "version"),
)


async def _projects(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await projects.projects_by_id(actor, ids)
    return [None if row is None else ServiceProject.of(row) for row in rows]


node.register("service_project", _projects)
