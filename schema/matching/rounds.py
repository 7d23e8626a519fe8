"""Rounds of applications, as the world sees them."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.matching.queries import projects
from domains.matching.values.projects import ProjectRoundMode, ProjectRoundState
from schema import node
from schema.context import LOADS, Info
from schema.matching import exchange_enums as _enums  # noqa: F401  # describes the enums first
from schema.node import Node
from schema.scalars import Fen


@strawberry.type(description="What applications are weighed by.")
class RoundCriterion:
    """With its weight."""

    position: int = strawberry.field(description="Its place, from 1.")
    title: str = strawberry.field(description="What is looked at.")
    weight: int = strawberry.field(description="How much it weighs.")


@strawberry.type(description="A time in which applications are taken, and one choice among them.")
class ProjectRound(Node):
    """Seen by who belongs."""

    number: str = strawberry.field(description="Its number.")
    state: ProjectRoundState = strawberry.field(description="How far it has come.")
    mode: ProjectRoundMode = strawberry.field(description="How is chosen.")
    title: str = strawberry.field(description="What it is called.")
    content: str = strawberry.field(description="What is asked for.")
    budget_fen: Fen = strawberry.field(description="What those chosen may cost together.")
    most_chosen: int = strawberry.field(description="How many may be chosen.")
    least_reviews: int = strawberry.field(description="How many valid reviews each needs.")
    least_score: int = strawberry.field(description="Below how many points of 100 none is chosen.")
    applications_until: datetime = strawberry.field(description="Until when one may apply.")
    opened_at: datetime = strawberry.field(description="When it was opened.")
    settled_at: datetime | None = strawberry.field(description="When it ended.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("project_round", row["id"]),
            number=str(row["number"]),
            state=ProjectRoundState(row["state"]),
            mode=ProjectRoundMode(row["mode"]),
            budget_fen=Fen(row["budget_fen"]),
            **{name: row[name] for name in _OF_ROUND},
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, round_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(projects.rounds_by_id, round_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="Its criteria, in order.", metadata=LOADS)
    async def criteria(self, info: Info) -> list[RoundCriterion]:
        """Load them with those of the other rounds; 20 at most."""
        rows = await info.context.load(projects.criteria_by_round, self.row["id"])
        return [
            RoundCriterion(position=row["position"], title=row["title"], weight=row["weight"])
            for row in rows
        ]

    @strawberry.field(description="The poll of the residents; null where there is none.")
    async def poll(self, info: Info) -> Node | None:
        """Load it."""
        if self.row["poll_id"] is None:
            return None
        return await node.load(info, "poll", self.row["poll_id"])


_OF_ROUND = (
    *("title", "content", "most_chosen", "least_reviews", "least_score", "applications_until"),
    *("opened_at", "settled_at"),
)


async def _rounds(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await projects.rounds_by_id(actor, ids)
    return [None if row is None else ProjectRound.of(row) for row in rows]


node.register("project_round", _rounds)
