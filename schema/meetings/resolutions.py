"""Resolutions as the world sees them."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.meetings.queries import resolutions as queries
from domains.meetings.queries.resolutions import ResolutionFilter
from domains.meetings.values.issues import Satisfaction
from domains.meetings.values.resolutions import ResolutionSource, ResolutionState
from domains.membership.queries import places
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.meetings import issues_enums as _enums  # noqa: F401  # describes the enums first
from schema.meetings.matters import (
    ABOUT,
    AttachedFile,
    Handler,
    HistoryEntry,
    files_of,
    history_of,
)
from schema.membership.types import Area, Person
from schema.node import Node


@strawberry.type(description="A report on how far a resolution has been carried out.")
class ResolutionProgress:
    """What was said, by whom, and what shows it."""

    number: int = strawberry.field(description="Its place, from 1.")
    at: datetime = strawberry.field(description="When.")
    text: str = strawberry.field(description="What was said.")
    percent: int = strawberry.field(description="How far, in hundredths.")
    done: bool = strawberry.field(description="Whether it was reported as done.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            number=row["seq"],
            at=row["at"],
            text=row["text"],
            percent=row["percent"],
            done=row["done"],
            row=row,
        )

    @strawberry.field(description="Who reported.", metadata=LOADS)
    async def by(self, info: Info) -> Person | None:
        """Load them with the others."""
        by_id = self.row["by_id"]
        return await Person.load(info, by_id) if by_id else None

    @strawberry.field(description="The files that show it.")
    async def evidence(self, info: Info) -> list[AttachedFile]:
        """Load them with those of the other reports."""
        return await files_of(info, self.row["evidence"])


@strawberry.type(description="What a resident says of a resolution that was reported as done.")
class ResolutionEvaluation:
    """Without the resident's name."""

    round: int = strawberry.field(description="Of which time that it was reported as done.")
    kept: bool = strawberry.field(description="Whether it was kept.")
    satisfaction: Satisfaction = strawberry.field(description="How satisfied they are.")
    text: str = strawberry.field(description="In their words.")
    at: datetime = strawberry.field(description="When.")
    decided: bool = strawberry.field(description="Whether this settled it.")
    is_mine: bool = strawberry.field(description="Whether the caller said so.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            round=row["round"],
            kept=row["kept"],
            satisfaction=Satisfaction(row["satisfaction"]),
            text=row["text"],
            at=row["at"],
            decided=row["decided"],
            is_mine=row["is_mine"],
        )


@strawberry.type(
    description="What was decided (决议): what, who, by when; followed until it was kept."
)
class Resolution(Node):
    """Seen by who belongs to the area, who raised the matter, and whom it was given to."""

    title: str = strawberry.field(description="What it is about.")
    text: str = strawberry.field(description="What is to be done.")
    handler: Handler = strawberry.field(description="Who does it.")
    due_on: date = strawberry.field(description="The last day to do it.")
    state: ResolutionState = strawberry.field(description="How far it has been followed.")
    percent: int = strawberry.field(description="How far, in hundredths, by the latest report.")
    is_overdue: bool = strawberry.field(description="Whether it was not done by its day.")
    round: int = strawberry.field(description="How often it was to be done: 1 for the first time.")
    source: ResolutionSource = strawberry.field(description="Where it comes from.")
    source_id: strawberry.ID = strawberry.field(description="The motion or agenda item.")
    meeting_id: strawberry.ID | None = strawberry.field(description="The meeting.")
    issue_id: strawberry.ID | None = strawberry.field(description="The issue it comes of.")
    evaluation_until: datetime | None = strawberry.field(
        description="Until when whoever raised the matter speaks first."
    )
    reason: str | None = strawberry.field(description="Why it was set aside.")
    adopted_at: datetime = strawberry.field(description="When it was adopted.")
    done_at: datetime | None = strawberry.field(description="When it was reported as done.")
    ended_at: datetime | None = strawberry.field(description="When it was kept or set aside.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        state = ResolutionState(row["state"])
        working = state in {ResolutionState.ADOPTED, ResolutionState.IN_PROGRESS}
        kind: str = row["source_kind"]
        meeting_id, issue_id = row["meeting_id"], row["issue_id"]
        alike = ("title", "text", "due_on", "percent", "round", "evaluation_until", "reason")
        more = ("adopted_at", "done_at", "ended_at")
        return cls(
            id=node.encode("resolution", row["id"]),
            handler=Handler.of(row["handler_kind"], row["handler_id"]),
            state=state,
            is_overdue=working and row["overdue_at"] is not None,
            source=ResolutionSource(kind),
            source_id=node.encode(ABOUT.get(kind, kind), row["source_id"]),
            meeting_id=node.encode("meeting", meeting_id) if meeting_id else None,
            issue_id=node.encode("issue", issue_id) if issue_id else None,
            row=row,
            **{name: row[name] for name in (*alike, *more)},
        )

    @classmethod
    async def load(cls, info: Info, resolution_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(queries.resolutions_by_id, resolution_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The area it is about.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with the others."""
        return await Area.load(info, self.row["area_id"])

    @strawberry.field(description="The latest hundred reports on it.", metadata=LOADS)
    async def progress(self, info: Info) -> list[ResolutionProgress]:
        """Load them with those of the others."""
        rows = await info.context.load(queries.progress_of, self.row["id"])
        return [ResolutionProgress.of(row) for row in rows]

    @strawberry.field(description="What residents say of it, the latest hundred.", metadata=LOADS)
    async def evaluations(self, info: Info) -> list[ResolutionEvaluation]:
        """Load them with those of the others."""
        rows = await info.context.load(queries.evaluations_of, self.row["id"])
        return [ResolutionEvaluation.of(row) for row in rows]

    @strawberry.field(description="What it went through, from its beginning.")
    async def history(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[HistoryEntry]:
        """Load a page with those of the others."""
        return await history_of(info, ("resolution", self.row["id"]), first, after)


async def _fetch(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await queries.resolutions_by_id(actor, ids)
    return [Resolution.of(row) if row else None for row in found]


node.register("resolution", _fetch)


@strawberry.input(description="What a list of resolutions is narrowed to.")
class ResolutionFilterInput:
    """Every field narrows."""

    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="Resolutions of this area and of what lies in it."
    )
    states: list[ResolutionState] | None = strawberry.field(
        default=None, description="Resolutions in one of these states."
    )
    mine: bool = strawberry.field(
        default=False, description="Resolutions that came of what the caller raised."
    )
    given_to_me: bool = strawberry.field(
        default=False, description="Resolutions that the caller has to carry out."
    )
    overdue: bool = strawberry.field(
        default=False, description="Resolutions that were not done by their day."
    )
    issue_id: strawberry.ID | None = strawberry.field(
        default=None, description="Resolutions that came of this issue."
    )
    meeting_id: strawberry.ID | None = strawberry.field(
        default=None, description="Resolutions of this meeting."
    )


@strawberry.type
class ResolutionsQuery:
    """Reading resolutions."""

    @strawberry.field(description="A resolution; null where it cannot be seen.")
    async def resolution(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The resolution.")],
    ) -> Resolution | None:
        """Answer alike for malformed, absent and invisible."""
        resolution_id = node.known("resolution", id)
        return await Resolution.load(info, resolution_id) if resolution_id else None

    @strawberry.field(description="The resolutions that the caller sees, the newest first.")
    async def resolutions(
        self,
        info: Info,
        where: Annotated[
            ResolutionFilterInput | None, strawberry.argument(description="What to narrow it to.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Resolution]:
        """Read a page of them."""
        asked = where or ResolutionFilterInput()
        area_id = _known("area", asked.area_id)
        area = await places.place_of(area_id) if area_id else None
        nowhere = asked.area_id is not None and area is None
        states = tuple(asked.states) if asked.states is not None else None
        narrowed = ResolutionFilter(
            area_path=area.area_path if area else None,
            states=() if nowhere else states,
            mine=asked.mine,
            given_to_me=asked.given_to_me,
            overdue=asked.overdue,
            issue_id=_known("issue", asked.issue_id),
            meeting_id=_known("meeting", asked.meeting_id),
        )
        of = listing("resolutions", {"where": narrowed})
        at = page(of, first, after)
        found = await queries.resolutions(info.context.actor, narrowed, at)
        return connection(
            of, found, at, make=Resolution.of, key=lambda row: (row["adopted_at"], row["id"])
        )


def _known(kind: str, given: str | None) -> UUID | None:
    """Read an id to narrow by; a malformed one narrows to nothing."""
    return None if given is None else node.known(kind, given) or node.NOBODY
