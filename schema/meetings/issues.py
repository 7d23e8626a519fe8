"""Issues as the world sees them."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.meetings.queries import issues as queries
from domains.meetings.queries import resolutions as resolution_queries
from domains.meetings.rules import issues as rules
from domains.meetings.values import AgendaItemState
from domains.meetings.values.issues import (
    AssignmentState,
    IssueAct,
    IssueCategory,
    IssueState,
    IssueStep,
    RiskLevel,
    Satisfaction,
    WhistleState,
)
from domains.membership.queries import organisations
from domains.voting import queries as voting_queries
from schema import node
from schema.connection import After, Connection, First
from schema.context import LOADS, Info
from schema.meetings import issues_enums as _enums  # noqa: F401  # describes the enums first
from schema.meetings.matters import AttachedFile, Handler, HistoryEntry, files_of, history_of
from schema.meetings.resolutions import Resolution
from schema.membership.types import Area, Organisation, Person
from schema.node import Node
from schema.voting.types import Poll


@strawberry.type(description="Somebody has to act on an issue by a deadline.")
class Assignment(Node):
    """Seen by whoever sees the issue."""

    handler: Handler = strawberry.field(description="Who has to.")
    task: str = strawberry.field(description="What they have to do.")
    state: AssignmentState = strawberry.field(description="What became of it.")
    assigned_at: datetime = strawberry.field(description="When it was given.")
    due_at: datetime = strawberry.field(description="The first instant at which it is late.")
    is_overdue: bool = strawberry.field(description="Whether it was not done in time.")
    ended_at: datetime | None = strawberry.field(description="When it was done or taken back.")
    note: str | None = strawberry.field(description="How it was done, or why it was taken back.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("assignment", row["id"]),
            handler=Handler.of(row["handler_kind"], row["handler_id"]),
            task=row["task"],
            state=AssignmentState(row["state"]),
            assigned_at=row["assigned_at"],
            due_at=row["due_at"],
            is_overdue=row["overdue_at"] is not None,
            ended_at=row["ended_at"],
            note=row["note"],
        )


@strawberry.type(description="The street called a department for an issue (街道吹哨、部门报到).")
class Whistle(Node):
    """Seen by whoever sees the issue."""

    asked: str = strawberry.field(description="What the department is asked.")
    state: WhistleState = strawberry.field(description="What became of it.")
    blown_at: datetime = strawberry.field(description="When it was called.")
    due_at: datetime = strawberry.field(
        description="The first instant at which its answer is late."
    )
    is_overdue: bool = strawberry.field(description="Whether it did not answer in time.")
    ended_at: datetime | None = strawberry.field(
        description="When it answered, or was no longer called."
    )
    comes_at: datetime | None = strawberry.field(description="When the department comes.")
    answer: str | None = strawberry.field(
        description="What it answered, or why it is no longer called."
    )
    organisation_id: strawberry.Private[UUID]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("whistle", row["id"]),
            asked=row["asked"],
            state=WhistleState(row["state"]),
            blown_at=row["blown_at"],
            due_at=row["due_at"],
            is_overdue=row["overdue_at"] is not None,
            ended_at=row["ended_at"],
            comes_at=row["comes_at"],
            answer=row["answer"],
            organisation_id=row["organisation_id"],
        )

    @strawberry.field(description="The department.", metadata=LOADS)
    async def department(self, info: Info) -> Organisation | None:
        """Load it with the others."""
        return await Organisation.load(info, self.organisation_id)


@strawberry.type(description="An issue comes, or came, before a meeting.")
class IssueHearing:
    """One item on the list of a body."""

    item_id: strawberry.ID = strawberry.field(description="The agenda item.")
    state: AgendaItemState = strawberry.field(description="How far the item has come.")
    body_id: strawberry.ID = strawberry.field(description="The body that meets.")
    body: str = strawberry.field(description="What the body is called.")
    meeting_id: strawberry.ID | None = strawberry.field(
        description="The meeting; null while the item waits for one."
    )
    starts_at: datetime | None = strawberry.field(description="When the meeting starts.")
    closed_at: datetime | None = strawberry.field(description="When the item was dealt with.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        meeting_id = row["meeting_id"]
        return cls(
            item_id=node.encode("agendaItem", row["id"]),
            state=AgendaItemState(row["state"]),
            body_id=node.encode("body", row["body_id"]),
            body=row["body"],
            meeting_id=node.encode("meeting", meeting_id) if meeting_id else None,
            starts_at=row["starts_at"],
            closed_at=row["closed_at"],
        )


@strawberry.type(description="How much may come of an issue, as somebody judged it.")
class RiskAssessment:
    """Level, reason, who, when."""

    level: RiskLevel = strawberry.field(description="The level.")
    note: str = strawberry.field(description="Why.")
    at: datetime = strawberry.field(description="When it was judged.")
    by_id: strawberry.Private[UUID | None]

    @strawberry.field(description="Who judged it.", metadata=LOADS)
    async def by(self, info: Info) -> Person | None:
        """Load them with the others."""
        return await Person.load(info, self.by_id) if self.by_id else None


@strawberry.type(description="What whoever raised an issue thinks of how it was handled.")
class IssueEvaluation:
    """Their word, and when."""

    satisfaction: Satisfaction = strawberry.field(description="How satisfied they are.")
    text: str = strawberry.field(description="In their words.")
    at: datetime = strawberry.field(description="When.")


@strawberry.type(description="A matter that a resident raised (议题), followed to its end.")
class Issue(Node):
    """Seen by who belongs to the area, who raised it, and whom it was given to."""

    title: str = strawberry.field(description="What it is about.")
    text: str = strawberry.field(description="What was raised, as plain text.")
    place: str = strawberry.field(description="Where it is, in words.")
    category: IssueCategory = strawberry.field(description="Its category.")
    state: IssueState = strawberry.field(description="How far it has come.")
    step: IssueStep = strawberry.field(description="At which of the six steps it is.")
    state_since: datetime = strawberry.field(description="Since when it is so.")
    due_at: datetime | None = strawberry.field(
        description="The first instant at which this state has lasted too long; null without limit."
    )
    is_overdue: bool = strawberry.field(description="Whether the state has lasted too long.")
    look_due_at: datetime | None = strawberry.field(
        description="By when it must come before a meeting, since so many support it."
    )
    supporters: int = strawberry.field(description="How many stand behind it.")
    i_support: bool = strawberry.field(description="Whether the caller does.")
    is_mine: bool = strawberry.field(description="Whether the caller raised it.")
    was_entered: bool = strawberry.field(description="Whether staff entered it for somebody.")
    risk: RiskAssessment | None = strawberry.field(description="Its risk; null until assessed.")
    reason: str | None = strawberry.field(description="Why it was declined or merged.")
    outcome: str | None = strawberry.field(description="What was decided.")
    feedback: str | None = strawberry.field(description="What whoever raised it was told.")
    findings: str | None = strawberry.field(description="What the revisit found.")
    evaluation: IssueEvaluation | None = strawberry.field(
        description="What whoever raised it thinks of how it was handled."
    )
    evaluation_until: datetime | None = strawberry.field(
        description="From when on it may be closed without an evaluation."
    )
    reopened: int = strawberry.field(description="How often it was opened again.")
    merged_into_id: strawberry.ID | None = strawberry.field(description="The issue it is part of.")
    created_at: datetime = strawberry.field(description="When it was raised.")
    ended_at: datetime | None = strawberry.field(description="When it came to its end.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        state = IssueState(row["state"])
        merged_into_id = row["merged_into_id"]
        alike = ("title", "text", "place", "state_since", "due_at", "look_due_at", "supporters")
        more = ("i_support", "is_mine", "was_entered", "reason", "outcome", "feedback", "findings")
        last = ("evaluation_until", "reopened", "created_at", "ended_at")
        return cls(
            id=node.encode("issue", row["id"]),
            category=IssueCategory(row["category"]),
            state=state,
            step=rules.STEP_OF[state],
            is_overdue=row["overdue_at"] is not None,
            risk=_risk(row),
            evaluation=_evaluation(row),
            merged_into_id=node.encode("issue", merged_into_id) if merged_into_id else None,
            row=row,
            **{name: row[name] for name in (*alike, *more, *last)},
        )

    @classmethod
    async def load(cls, info: Info, issue_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(queries.issues_by_id, issue_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="What may lead it on from here, by whoever is entitled.")
    def acts(self) -> list[IssueAct]:
        """Read the table."""
        found = rules.acts_from(self.state)
        return [act for act in IssueAct if act in found]

    @strawberry.field(description="The area it is about.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with the others."""
        return await Area.load(info, self.row["area_id"])

    @strawberry.field(
        description="What it was found from, where nobody raised it; null where it is out of sight."
    )
    async def found_from(self, info: Info) -> Node | None:
        """Load it with the others of its kind."""
        source_id = self.row["source_id"]
        return await node.load(info, self.row["source_kind"], source_id) if source_id else None

    @strawberry.field(
        description="Who raised it; for themselves, and for staff of the area.", metadata=LOADS
    )
    async def proposer(self, info: Info) -> Person | None:
        """Load them with the others."""
        person_id = self.row["proposer_id"]
        return await Person.load(info, person_id) if person_id else None

    @strawberry.field(
        description="Who entered it for them; for themselves and for staff.", metadata=LOADS
    )
    async def entered_by(self, info: Info) -> Person | None:
        """Load them with the others."""
        person_id = self.row["entered_by_id"]
        return await Person.load(info, person_id) if person_id else None

    @strawberry.field(description="Its pictures, nine at most.")
    async def pictures(self, info: Info) -> list[AttachedFile]:
        """Load them with those of the other issues, in two statements."""
        rows = await info.context.load(queries.pictures_of, self.row["id"])
        return await files_of(info, [row["upload_id"] for row in rows])

    @strawberry.field(description="Who has to act on it, the first first.", metadata=LOADS)
    async def assignments(self, info: Info) -> list[Assignment]:
        """Load them with those of the other issues."""
        rows = await info.context.load(queries.assignments_of, self.row["id"])
        return [Assignment.of(row) for row in rows]

    @strawberry.field(description="Which departments were called for it.", metadata=LOADS)
    async def whistles(self, info: Info) -> list[Whistle]:
        """Load them with those of the other issues."""
        rows = await info.context.load(queries.whistles_of, self.row["id"])
        return [Whistle.of(row) for row in rows]

    @strawberry.field(
        description="The departments of the place that the rules name for such an issue: those the"
        " street would call."
    )
    async def departments(self, info: Info) -> list[Organisation]:
        """Load them with those of the other issues, in two statements."""
        rows = await info.context.load(queries.routes_of, self.row["id"])
        asked = [info.context.load(organisations.organisations_by_id, row["id"]) for row in rows]
        return [Organisation.of(row) for each in asked if (row := await each) is not None]

    @strawberry.field(description="The meetings before which it comes or came.", metadata=LOADS)
    async def hearings(self, info: Info) -> list[IssueHearing]:
        """Load them with those of the other issues."""
        rows = await info.context.load(queries.hearings_of, self.row["id"])
        return [IssueHearing.of(row) for row in rows]

    @strawberry.field(
        description="The ballot it was put to; null where none, or not yet to be seen.",
        metadata=LOADS,
    )
    async def poll(self, info: Info) -> Poll | None:
        """Load it with the others."""
        poll_id = self.row["poll_id"]
        row = await info.context.load(voting_queries.polls_by_id, poll_id) if poll_id else None
        return None if row is None else Poll.of(row)

    @strawberry.field(description="What came of it, the first hundred.", metadata=LOADS)
    async def resolutions(self, info: Info) -> list[Resolution]:
        """Load them with those of the other issues."""
        load = resolution_queries.resolutions_of_issues
        return [Resolution.of(row) for row in await info.context.load(load, self.row["id"])]

    @strawberry.field(description="What it went through, from its beginning.")
    async def history(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[HistoryEntry]:
        """Load a page with those of the other issues."""
        return await history_of(info, ("issue", self.row["id"]), first, after)


def _risk(row: Row) -> RiskAssessment | None:
    if row["risk"] is None:
        return None
    return RiskAssessment(
        level=RiskLevel(row["risk"]),
        note=row["risk_note"],
        at=row["assessed_at"],
        by_id=row["assessed_by_id"],
    )


def _evaluation(row: Row) -> IssueEvaluation | None:
    if row["evaluation"] is None:
        return None
    return IssueEvaluation(
        satisfaction=Satisfaction(row["evaluation"]),
        text=row["evaluation_text"] or "",
        at=row["evaluated_at"],
    )


async def _fetch(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await queries.issues_by_id(actor, ids)
    return [Issue.of(row) if row else None for row in found]


async def _fetch_assignments(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await queries.assignments_by_id(actor, ids)
    return [Assignment.of(row) if row else None for row in found]


async def _fetch_whistles(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await queries.whistles_by_id(actor, ids)
    return [Whistle.of(row) if row else None for row in found]


node.register("issue", _fetch)
node.register("assignment", _fetch_assignments)
node.register("whistle", _fetch_whistles)
