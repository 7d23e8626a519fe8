"""How promises were kept, as the world sees it."""

from typing import Self
from uuid import UUID

import strawberry

from domains.kernel.database import Row
from domains.pledges.queries import scoreboard
from domains.pledges.rules.keeping import Score
from schema.context import LOADS, Info
from schema.membership.types import Area, Organisation
from schema.voting.figures import ExactNumber


@strawberry.type(description="How the pledges of a year were kept; shares are exact.")
class PledgeScore:
    """Judged by the first deadline of each; what is delivered counts once it is accepted."""

    promised: int = strawberry.field(description="How many were promised.")
    pending: int = strawberry.field(description="How many are not settled yet.")
    overdue: int = strawberry.field(description="How many of those are overdue.")
    on_time: int = strawberry.field(description="How many were kept by their first deadline.")
    late: int = strawberry.field(description="How many were kept later.")
    defaulted: int = strawberry.field(description="How many were not kept.")
    moved: int = strawberry.field(description="How many have another deadline than their first.")
    kept_on_time: ExactNumber | None = strawberry.field(
        description="The share kept on time of those that are settled; null where none is."
    )
    progress: ExactNumber | None = strawberry.field(
        description="The mean progress, weighted by milestones; null where nothing is promised."
    )

    @classmethod
    def of(cls, score: Score) -> Self:
        """Show a score."""
        kept, progress = score.kept_on_time, score.progress
        return cls(
            promised=score.promised,
            pending=score.pending,
            overdue=score.overdue,
            on_time=score.on_time,
            late=score.late,
            defaulted=score.defaulted,
            moved=score.moved,
            kept_on_time=None if kept is None else ExactNumber.of(kept),
            progress=None if progress is None else ExactNumber.of(progress),
        )


@strawberry.type(description="An area's line of the scoreboard.")
class AreaPledgeScore:
    """A community, street, district or city."""

    score: PledgeScore = strawberry.field(description="Its figures.")
    area_id: strawberry.Private[UUID]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(score=PledgeScore.of(scoreboard.score_of(row)), area_id=row["area_id"])

    @strawberry.field(description="The area.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with the others."""
        return await Area.load(info, self.area_id)


@strawberry.type(description="A responsible body's line of the scoreboard.")
class BodyPledgeScore:
    """An organisation."""

    score: PledgeScore = strawberry.field(description="Its figures.")
    organisation_id: strawberry.Private[UUID]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            score=PledgeScore.of(scoreboard.score_of(row)),
            organisation_id=row["organisation_id"],
        )

    @strawberry.field(description="The body.", metadata=LOADS)
    async def organisation(self, info: Info) -> Organisation | None:
        """Load it with the others."""
        return await Organisation.load(info, self.organisation_id)
