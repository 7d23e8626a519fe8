"""Runs of the matcher as who keeps the exchange sees them: figures, proposals, what is unmet."""

import json
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.matching.queries import runs
from domains.matching.solving.reasons import Reason
from domains.matching.values.runs import (
    MatchingRunState,
    ProposalDecision,
    ProposalOrigin,
    RulingKind,
)
from domains.membership.queries import areas
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.enums import describe
from schema.matching.needs import Need
from schema.matching.orders import ServiceOrder
from schema.matching.requirements import RunSelection
from schema.membership.types import Area, Person
from schema.node import Node
from schema.volunteering.volunteers import Volunteer

describe(
    MatchingRunState,
    "How far a run of the matcher has come.",
    QUEUED="It waits for a worker.",
    SNAPSHOT="What waits and who may be asked is being read.",
    SOLVING="The best arrangement is being sought.",
    PROPOSED="An arrangement is there, for staff to look at.",
    REVIEWED="Staff let it be offered; offers are being made.",
    DISPATCHED="Whoever is proposed was asked.",
    SETTLED="All have answered, or their time is over.",
    FAILED="No arrangement could be made.",
    CANCELLED="It was given up before anybody was asked.",
)
describe(
    ProposalOrigin,
    "Who proposes somebody.",
    MATCHER="The matcher.",
    STAFF="Staff, with a reason.",
)
describe(
    ProposalDecision,
    "What staff say of somebody who is proposed, and what became of it.",
    PROPOSED="Nothing yet: asked in the order of ranks, once the run is approved.",
    PINNED="To be asked first.",
    TAKEN_OUT="Not to be asked.",
    OFFERED="Asked, or standing behind as a reserve.",
    REFUSED="Could not be asked any more; the refusal says why.",
)
describe(
    RulingKind,
    "What staff have ruled for every run to come.",
    PIN="This volunteer serves this need.",
    FORBID="This volunteer is not proposed for this need.",
)
describe(
    Reason,
    "Why nobody was found for a place.",
    OPTED_OUT="Who is fit does not want to be matched automatically.",
    FORBIDDEN="Who is fit said no before, or was ruled out.",
    UNDER_AGE="Who is near is too young for it.",
    NO_GUARDIAN_CONSENT="A guardian has not agreed.",
    NOT_INSURED="Who is near is not insured for it.",
    NO_SKILL="Nobody has the skill.",
    SKILL_TOO_LOW="The skill of who is near is not enough.",
    SKILL_EXPIRED="The proof of the skill ends before.",
    TOO_FAR="Who is fit lives too far.",
    NOT_FREE="Who is near is not free then.",
    WEEK_FULL="Who is near has promised enough of that week.",
    ELSEWHERE="Who is near serves elsewhere then.",
    ALL_TAKEN="Whoever is fit is proposed for something more urgent or nearer.",
    GROUP_FULL="All places are taken.",
    UNKNOWN="It is not known any more.",
    TOO_FEW_PEOPLE="There are too few people.",
    NO_HOST="No organisation can host it.",
    NO_SUPERVISION="No social worker can supervise it.",
    NO_MONEY="No money is there for this purpose.",
    NO_VENUE="No room is free.",
    NOT_CHOSEN="Other needs were more urgent for what is there.",
)


@strawberry.type(description="How good one stage's answer is.")
class MatchingStage:
    """A bound is what no answer can beat; a gap of nought is proof that it is the best."""

    name: str = strawberry.field(
        description="A: which needs go ahead; B: who is asked, in points of drawback."
    )
    objective: str = strawberry.field(description="What the answer is worth, as a whole number.")
    bound: str = strawberry.field(description="What no answer can beat, as a whole number.")
    gap: str | None = strawberry.field(description="What lies between; null where unknown.")
    method: str = strawberry.field(description="By what the bound is known.")
    milliseconds: int = strawberry.field(description="How long it took.")


@strawberry.type(description="Somebody who is proposed for an order, and why.")
class ProposedOffer(Node):
    """For who keeps the exchange."""

    rank: int = strawberry.field(description="1 is asked first; later ones stand behind.")
    origin: ProposalOrigin = strawberry.field(description="Who proposes it.")
    decision: ProposalDecision = strawberry.field(description="What staff say of it.")
    skills: list[str] = strawberry.field(description="Which of the asked skills they have.")
    distance_m: int | None = strawberry.field(
        description="How far it is, roughly; null where a position is not known."
    )
    is_free: bool | None = strawberry.field(
        description="Whether they gave this time; null where they gave none."
    )
    turns: int | None = strawberry.field(description="How many services they had lately.")
    reason: str | None = strawberry.field(description="Staff's reason.")
    refusal: str | None = strawberry.field(
        description="The code of what kept them from being asked in the end."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("proposed_offer", row["id"]),
            rank=row["rank"],
            origin=ProposalOrigin(row["origin"]),
            decision=ProposalDecision(row["decision"]),
            skills=list(row["skills"]),
            distance_m=row["distance_m"],
            is_free=row["is_free"],
            turns=row["turns"],
            reason=row["reason"],
            refusal=row["refusal"],
            row=row,
        )

    @strawberry.field(description="The order.", metadata=LOADS)
    async def order(self, info: Info) -> ServiceOrder | None:
        """Load it with those of the other proposals."""
        return await ServiceOrder.load(info, self.row["order_id"])

    @strawberry.field(description="As which volunteer.", metadata=LOADS)
    async def volunteer(self, info: Info) -> Volunteer | None:
        """Load them with those of the other proposals."""
        return await Volunteer.load(info, self.row["volunteer_id"])

    @strawberry.field(description="Who is proposed.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with those of the other proposals."""
        person_id = self.row["person_id"]
        return None if person_id is None else await Person.load(info, person_id)


@strawberry.type(description="Places for which a run found nobody, and why.")
class UnmetPlaces:
    """What to recruit for."""

    places: int = strawberry.field(description="How many.")
    reason: Reason = strawberry.field(description="Why.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(places=row["places"], reason=Reason(row["reason"]), row=row)

    @strawberry.field(description="The order.", metadata=LOADS)
    async def order(self, info: Info) -> ServiceOrder | None:
        """Load it with those of the others."""
        return await ServiceOrder.load(info, self.row["order_id"])


@strawberry.type(description="A whole arrangement, asked of the matcher and decided by people.")
class MatchingRun(Node):
    """Seen by who keeps the exchange of the area."""

    number: int = strawberry.field(description="Its number.")
    state: MatchingRunState = strawberry.field(description="How far it has come.")
    asked_at: datetime = strawberry.field(description="When it was asked for.")
    starts_at: datetime = strawberry.field(description="Services from here on.")
    ends_at: datetime = strawberry.field(description="Services before here.")
    seed: int = strawberry.field(description="It decides between equals, and makes it repeatable.")
    seconds: int = strawberry.field(description="How long the solver may take.")
    exact: bool | None = strawberry.field(
        description="Whether the arrangement is proved to be the best; null until there is one."
    )
    note: str | None = strawberry.field(description="Why it is not, where it is not.")
    digest: str | None = strawberry.field(description="The SHA-256 of what it was made from.")
    orders_count: int | None = strawberry.field(description="How many orders waited.")
    volunteers_count: int | None = strawberry.field(description="How many could be asked.")
    proposed_count: int = strawberry.field(description="How many are proposed, reserves too.")
    served_count: int = strawberry.field(description="For how many orders somebody is proposed.")
    unmet_places: int = strawberry.field(description="For how many places nobody is.")
    stages: list[MatchingStage] = strawberry.field(description="How good each stage is.")
    proposed_at: datetime | None = strawberry.field(description="When it was there.")
    reviewed_at: datetime | None = strawberry.field(description="When staff approved it.")
    dispatched_at: datetime | None = strawberry.field(description="When all were asked.")
    settled_at: datetime | None = strawberry.field(description="When all had answered.")
    reason: str | None = strawberry.field(description="Why it failed or was given up.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        stages = json.loads(row["stages_text"] or "[]")
        plain = {
            name: row[name]
            for name in (
                *("number", "asked_at", "starts_at", "ends_at", "seed", "seconds", "exact"),
                *("note", "digest", "orders_count", "volunteers_count", "proposed_count"),
                *("served_count", "unmet_places", "proposed_at", "reviewed_at"),
                *("dispatched_at", "settled_at", "reason"),
            )
        }
        return cls(
            id=node.encode("matching_run", row["id"]),
            state=MatchingRunState(row["state"]),
            stages=[_stage(each) for each in stages],
            row=row,
            **plain,
        )

    @classmethod
    async def load(cls, info: Info, run_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(runs.runs_by_id, run_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The area.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the other runs."""
        return await Area.load(info, self.row["area_id"])

    @strawberry.field(description="Who asked; null where the day did.", metadata=LOADS)
    async def asked_by(self, info: Info) -> Person | None:
        """Load them with those of the other runs."""
        person_id = self.row["asked_by_id"]
        return None if person_id is None else await Person.load(info, person_id)

    @strawberry.field(description="Who approved it.", metadata=LOADS)
    async def reviewed_by(self, info: Info) -> Person | None:
        """Load them with those of the other runs."""
        person_id = self.row["reviewed_by_id"]
        return None if person_id is None else await Person.load(info, person_id)

    @strawberry.field(description="Who is proposed, by the time of the service.")
    async def proposals(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[ProposedOffer]:
        """A page of them."""
        of = listing("run.proposals", {"run": self.row["id"]})
        asked = page(of, first, after)
        found = await runs.proposals(info.context.actor, self.row["id"], asked)
        return connection(
            of,
            found,
            asked,
            make=ProposedOffer.of,
            key=lambda row: (row["starts_at"], row["order_id"], row["rank"], row["id"]),
        )

    @strawberry.field(description="What is proposed besides people, by the time of the service.")
    async def selections(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[RunSelection]:
        """A page of it; orders that take people alone have none."""
        of = listing("run.selections", {"run": self.row["id"]})
        asked = page(of, first, after)
        found = await runs.selections(info.context.actor, self.row["id"], asked)
        return connection(
            of,
            found,
            asked,
            make=RunSelection.of,
            key=lambda row: (row["starts_at"], row["order_id"]),
        )

    @strawberry.field(description="The places for which nobody was found, and why.")
    async def unmet(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[UnmetPlaces]:
        """A page of them."""
        of = listing("run.unmet", {"run": self.row["id"]})
        asked = page(of, first, after)
        found = await runs.unmet(info.context.actor, self.row["id"], asked)
        return connection(
            of,
            found,
            asked,
            make=UnmetPlaces.of,
            key=lambda row: (row["starts_at"], row["order_id"]),
        )


def _stage(said: dict[str, object]) -> MatchingStage:
    gap = said["gap"]
    return MatchingStage(
        name=str(said["name"]),
        objective=str(said["objective"]),
        bound=str(said["bound"]),
        gap=None if gap is None else str(gap),
        method=str(said["method"]),
        milliseconds=int(str(said["milliseconds"])),
    )


@strawberry.type(description="What staff have ruled of a volunteer and a need.")
class MatchingRuling(Node):
    """It holds for every run to come, until it is ended."""

    kind: RulingKind = strawberry.field(description="Pinned or forbidden.")
    reason: str = strawberry.field(description="Why.")
    at: datetime = strawberry.field(description="Since when.")
    ended_at: datetime | None = strawberry.field(description="When it was ended.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("matching_ruling", row["id"]),
            kind=RulingKind(row["kind"]),
            reason=row["reason"],
            at=row["at"],
            ended_at=row["ended_at"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, ruling_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(runs.rulings_by_id, ruling_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The need.", metadata=LOADS)
    async def need(self, info: Info) -> Need | None:
        """Load it with those of the other rulings."""
        return await Need.load(info, self.row["need_id"])

    @strawberry.field(description="Whom it is about.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with those of the other rulings."""
        person_id = self.row["person_id"]
        return None if person_id is None else await Person.load(info, person_id)

    @strawberry.field(description="Who ruled.", metadata=LOADS)
    async def by(self, info: Info) -> Person | None:
        """Load them with those of the other rulings."""
        return await Person.load(info, self.row["by_id"])


@strawberry.input(description="What a list of runs is narrowed to.")
class MatchingRunFilterInput:
    """Every field narrows."""

    area_id: strawberry.ID = strawberry.field(description="Of this area and of what lies in it.")
    states: list[MatchingRunState] | None = strawberry.field(
        default=None, description="In one of these states."
    )


@strawberry.type
class MatchingRunQuery:
    """For who keeps the exchange."""

    @strawberry.field(description="The runs of an area that the caller sees, the latest first.")
    async def matching_runs(
        self,
        info: Info,
        where: Annotated[
            MatchingRunFilterInput, strawberry.argument(description="What to narrow to.")
        ],
        first: First = None,
        after: After = None,
    ) -> Connection[MatchingRun]:
        """Empty for who does not keep the exchange."""
        of = listing("matchingRuns", strawberry.asdict(where))
        asked = page(of, first, after)
        uuid = node.known("area", where.area_id)
        area = None if uuid is None else await info.context.load(areas.areas_by_id, uuid)
        narrowed = runs.RunFilter(
            area_path="//" if area is None else area["path"],
            states=tuple(where.states) if where.states is not None else None,
        )
        found = await runs.runs(info.context.actor, narrowed, asked)
        return connection(of, found, asked, make=MatchingRun.of, key=lambda row: (row["id"],))

    @strawberry.field(description="A run; null where the caller does not see it.")
    async def matching_run(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The run.")],
    ) -> MatchingRun | None:
        """For who keeps the exchange."""
        uuid = node.known("matching_run", id)
        return None if uuid is None else await MatchingRun.load(info, uuid)

    @strawberry.field(
        description="What staff have ruled of a need and what holds still; 2,000 at most."
    )
    async def matching_rulings(
        self,
        info: Info,
        need_id: Annotated[strawberry.ID, strawberry.argument(description="The need.")],
    ) -> list[MatchingRuling]:
        """For who keeps the exchange."""
        uuid = node.known("need", need_id)
        if uuid is None:
            return []
        rows = await info.context.load(runs.rulings_by_need, uuid)
        return [MatchingRuling.of(row) for row in rows]


async def _runs(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    return [MatchingRun.of(row) if row else None for row in await runs.runs_by_id(actor, ids)]


async def _proposals(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await runs.proposals_by_id(actor, ids)
    return [ProposedOffer.of(row) if row else None for row in rows]


async def _rulings(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await runs.rulings_by_id(actor, ids)
    return [MatchingRuling.of(row) if row else None for row in rows]


node.register("matching_run", _runs)
node.register("proposed_offer", _proposals)
node.register("matching_ruling", _rulings)
