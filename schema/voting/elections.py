"""Candidates and tellers, as the world sees them."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.membership.values import Gender
from domains.voting.queries import elections
from domains.voting.values import CandidateState, Kin, TellerDuty, VettingGround
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.node import Node
from schema.voting import elections_enums as _enums  # noqa: F401  # describes the enums first

OfPoll = Annotated[strawberry.ID, strawberry.argument(description="The poll.")]
_EXCLUDED = {
    "stands": ("本人成为候选人,依规回避", "Stands for election, and so may not count"),
    "relative_stands": (
        "近亲属成为候选人,依规回避",
        "A near relative stands for election, and so this person may not count",
    ),
}


@strawberry.type(description="Somebody who was nominated in an election.")
class Candidate(Node):
    """Who nominated them is told to nobody, only how many did."""

    name: str = strawberry.field(description="Their name on the roll.")
    person_id: strawberry.ID = strawberry.field(description="The person, for other commands.")
    gender: Gender | None = strawberry.field(
        description="As registered when they were nominated; the law wants a woman elected."
    )
    state: CandidateState = strawberry.field(description="How far they have come.")
    statement: str = strawberry.field(description="Why they stand, in their own words.")
    nominators: int = strawberry.field(description="How many voters nominated them.")
    write_in: bool = strawberry.field(
        description="Whether voters wrote them in; shown once the poll is counted."
    )
    position: int | None = strawberry.field(
        description="Their place on the paper, once it is fixed."
    )
    option_id: strawberry.ID | None = strawberry.field(
        description="The option that a ballot names them by, once the paper is fixed."
    )
    grounds: list[VettingGround] = strawberry.field(
        description="Why they may not stand; for conveners and themselves."
    )
    reason: str | None = strawberry.field(
        description="The words of a refusal or withdrawal; for conveners and themselves."
    )
    nominated_at: datetime = strawberry.field(description="When they were first nominated.")
    vetted_at: datetime | None = strawberry.field(description="When they were vetted.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("candidate", row["id"]),
            name=row["name"],
            person_id=node.encode("person", row["person_id"]),
            gender=Gender(row["gender"]) if row["gender"] else None,
            state=CandidateState(row["state"]),
            statement=row["statement"],
            nominators=row["nominators"],
            write_in=row["write_in"],
            position=row["position"],
            option_id=node.encode("option", row["option_id"]) if row["option_id"] else None,
            grounds=[VettingGround(each) for each in row["grounds"]],
            reason=row["reason"],
            nominated_at=row["nominated_at"],
            vetted_at=row["vetted_at"],
        )


@strawberry.type(description="Somebody who counts, or watches the count.")
class Teller:
    """Candidates and their near relatives are excluded at once, with the reason."""

    person_id: strawberry.ID = strawberry.field(description="The person.")
    name: str = strawberry.field(description="Their name.")
    duty: TellerDuty = strawberry.field(description="What they do.")
    appointed_at: datetime = strawberry.field(description="When they were appointed.")
    ended_at: datetime | None = strawberry.field(description="When that ended.")
    end_reason: str | None = strawberry.field(description="Why it ended.")

    @classmethod
    def of(cls, row: Row, *, locale: str) -> Self:
        """Make it from its row, in a language."""
        why = _EXCLUDED.get(row["end_reason"] or "")
        return cls(
            person_id=node.encode("person", row["person_id"]),
            name=row["name"],
            duty=TellerDuty(row["duty"]),
            appointed_at=row["appointed_at"],
            ended_at=row["ended_at"],
            end_reason=why[locale.startswith("en")] if why else row["end_reason"],
        )


@strawberry.type(description="Two people who were declared near relatives in an election.")
class Kinship:
    """One pair, told once."""

    one_id: strawberry.ID = strawberry.field(description="The one, as a person.")
    one: str = strawberry.field(description="Their name.")
    other_id: strawberry.ID = strawberry.field(description="The other, as a person.")
    other: str = strawberry.field(description="Their name.")
    relation: Kin = strawberry.field(description="How they are related.")
    declared_at: datetime = strawberry.field(description="When it was declared.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            one_id=node.encode("person", row["one_id"]),
            one=row["one"],
            other_id=node.encode("person", row["other_id"]),
            other=row["other"],
            relation=Kin(row["relation"]),
            declared_at=row["declared_at"],
        )


@strawberry.type(description="How the nominations of an election stand.")
class Nominations:
    """What the law asks is told while it can still be met."""

    until: datetime | None = strawberry.field(
        description="When they end; they go on while too few would stand. Null in a run-off."
    )
    least: int | None = strawberry.field(description="How many have to stand at least.")
    nominated: int = strawberry.field(description="How many are to be vetted.")
    standing: int = strawberry.field(description="How many stand, or stood.")
    too_few: bool = strawberry.field(description="Whether fewer stand than have to.")
    woman_missing: bool = strawberry.field(
        description="Whether the rules want a woman elected, and none stands."
    )

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            until=row["nominations_until"],
            least=row["least_candidates"],
            nominated=row["nominated"],
            standing=row["standing"],
            too_few=row["standing"] < (row["least_candidates"] or 0),
            woman_missing=row["wants_woman"] and not row["women"],
        )


@strawberry.type
class ElectionsQuery:
    """An election's questions."""

    @strawberry.field(description="Who was nominated in an election, in that order.")
    async def candidates(
        self, info: Info, poll_id: OfPoll, first: First = None, after: After = None
    ) -> Connection[Candidate]:
        """Read a page of them."""
        uuid = node.known("poll", poll_id) or node.NOBODY
        of = listing("candidates", {"poll": uuid})
        at = page(of, first, after)
        found = await elections.candidates(info.context.actor, uuid, at)
        return connection(
            of, found, at, make=Candidate.of, key=lambda row: (row["nominated_at"], row["id"])
        )

    @strawberry.field(
        description="Who was declared near relatives in an election: all for conveners and"
        " supervisors, one's own for everybody, and for who belongs those of two who both stand."
    )
    async def kinships(
        self, info: Info, poll_id: OfPoll, first: First = None, after: After = None
    ) -> Connection[Kinship]:
        """Read a page of them."""
        uuid = node.known("poll", poll_id) or node.NOBODY
        of = listing("kinships", {"poll": uuid})
        at = page(of, first, after)
        found = await elections.kinships(info.context.actor, uuid, at)
        return connection(
            of,
            found,
            at,
            make=Kinship.of,
            key=lambda row: (row["declared_at"], row["one_id"], row["other_id"]),
        )

    @strawberry.field(description="Who counts a poll's paper and who watches, as appointed.")
    async def tellers(
        self, info: Info, poll_id: OfPoll, first: First = None, after: After = None
    ) -> Connection[Teller]:
        """Read a page of them."""
        uuid = node.known("poll", poll_id) or node.NOBODY
        of = listing("tellers", {"poll": uuid})
        at = page(of, first, after)
        found = await elections.tellers(info.context.actor, uuid, at)
        locale = info.context.actor.locale
        return connection(
            of,
            found,
            at,
            make=lambda row: Teller.of(row, locale=locale),
            key=lambda row: (row["appointed_at"], row["person_id"]),
        )


async def _candidates(actor: Actor, candidate_ids: list[UUID]) -> list[Candidate | None]:
    rows = await elections.candidates_by_id(actor, candidate_ids)
    return [None if row is None else Candidate.of(row) for row in rows]


node.register("candidate", _candidates)
