"""Motions and the votes on them, as the world sees them."""

import json
from datetime import date, datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.meetings.queries import motions
from domains.meetings.values.motions import (
    MotionKind,
    MotionState,
    VoidReason,
    VoteCall,
    VoteForm,
    VoteState,
)
from domains.membership.queries import people
from domains.voting import queries as ballots
from schema import node
from schema.context import LOADS, Info
from schema.meetings import floor_enums as _enums  # noqa: F401  # describes the enums first
from schema.membership.types import Person
from schema.node import Node
from schema.voting.types import Poll


@strawberry.type(description="One difference of an amendment from the text that it amends.")
class TextDifference:
    """Instead of what stands there, something else."""

    start: int = strawberry.field(description="Before which character of the base text, from 0.")
    removed: str = strawberry.field(description="What is taken out; empty where nothing is.")
    inserted: str = strawberry.field(description="What is put in; empty where nothing is.")


@strawberry.type(description="A vote on a motion, over those who were present and decide.")
class MotionVote(Node):
    """The ballots are in the box; here is who is called, and what came of it."""

    form: VoteForm = strawberry.field(description="How it is taken.")
    call: VoteCall = strawberry.field(description="Whom it calls, or called last.")
    state: VoteState = strawberry.field(description="How far it has come.")
    present: int = strawberry.field(description="How many who decide were there at its begin.")
    required: int = strawberry.field(description="How many had to be.")
    entitled: int = strawberry.field(description="How many are on its roll.")
    chair_votes: bool = strawberry.field(description="Whether the chair is one of them.")
    opened_at: datetime = strawberry.field(description="When it began.")
    closes_at: datetime = strawberry.field(description="When it ends at the latest.")
    ends_not_before: datetime = strawberry.field(
        description="Until when the chair does not end it, for who would object."
    )
    ended_at: datetime | None = strawberry.field(description="When it ended.")
    in_favour: int | None = strawberry.field(description="How many were in favour, once counted.")
    against: int | None = strawberry.field(description="How many were against, once counted.")
    silent: int | None = strawberry.field(description="How many said nothing, once counted.")
    void_reason: VoidReason | None = strawberry.field(description="Why it does not stand.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        void = row["void_reason"]
        return cls(
            id=node.encode("vote", row["id"]),
            form=VoteForm(row["form"]),
            call=VoteCall(row["call"]),
            state=VoteState(row["state"]),
            present=row["present"],
            required=row["required"],
            entitled=row["entitled"],
            chair_votes=row["chair_votes"],
            opened_at=row["opened_at"],
            closes_at=row["closes_at"],
            ends_not_before=row["least_until"],
            ended_at=row["ended_at"],
            in_favour=row["in_favour"],
            against=row["against"],
            silent=row["silent"],
            void_reason=VoidReason(void) if void else None,
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, vote_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(motions.votes_by_id, vote_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="How many have voted, never how.", metadata=LOADS)
    async def turnout(self, info: Info) -> int:
        """Count it with those of the other votes."""
        return await info.context.load(ballots.turnouts, self.row["poll_id"])

    @strawberry.field(description="Whether the caller has voted.", metadata=LOADS)
    async def has_voted(self, info: Info) -> bool:
        """Look it up with those of the other votes."""
        return await info.context.load(ballots.my_ballots, self.row["poll_id"]) is not None

    @strawberry.field(
        description="The poll in the ballot box: its rules, its result, and the ballots by name"
        " where they are; null where the caller does not see it yet.",
        metadata=LOADS,
    )
    async def poll(self, info: Info) -> Poll | None:
        """Load it with those of the other votes."""
        row = await info.context.load(ballots.polls_by_id, self.row["poll_id"])
        return None if row is None else Poll.of(row)

    @strawberry.field(description="Who has the chair in it, and votes last.", metadata=LOADS)
    async def chair(self, info: Info) -> Person | None:
        """Load them with those of the other votes."""
        return await Person.load(info, self.row["chair_id"])

    @strawberry.field(description="The motion.", metadata=LOADS)
    async def motion(self, info: Info) -> "Motion | None":
        """Load it with those of the other votes."""
        return await Motion.load(info, self.row["motion_id"])


@strawberry.type(description="What somebody moved.")
class Motion(Node):
    """An amendment's text is the whole text as it would be."""

    kind: MotionKind = strawberry.field(description="What it asks for.")
    state: MotionState = strawberry.field(description="How far it has come.")
    number: int = strawberry.field(description="The number of the log's entry that tells of it.")
    title: str = strawberry.field(description="What it is called.")
    text: str = strawberry.field(description="What it says now, amendments included.")
    moved_text: str = strawberry.field(description="What it said when it was moved.")
    base_text: str | None = strawberry.field(
        description="Of an amendment: the text that it was found in."
    )
    differences: list[TextDifference] = strawberry.field(
        description="Of an amendment: how its text differs from the base text, in order."
    )
    depth: int = strawberry.field(description="Of an amendment: 1, or 2 for one of an amendment.")
    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    item_id: strawberry.ID | None = strawberry.field(description="The point of the agenda.")
    body_id: strawberry.ID | None = strawberry.field(description="To which body it refers.")
    postponed_to: date | None = strawberry.field(description="To which day it postpones.")
    recess_minutes: int | None = strawberry.field(description="How long a recess it asks for.")
    ruling: str | None = strawberry.field(description="What the chair said to a point of order.")
    is_reversed: bool = strawberry.field(description="Whether the meeting reversed the ruling.")
    reason: str | None = strawberry.field(description="Why it fell without a vote.")
    version: int = strawberry.field(description="Rises with every change.")
    proposed_at: datetime = strawberry.field(description="When it was moved.")
    stated_at: datetime | None = strawberry.field(description="When the chair put it to all.")
    settled_at: datetime | None = strawberry.field(description="When it was settled.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        edits = json.loads(row["edits"]) if row["edits"] else []
        return cls(
            id=node.encode("motion", row["id"]),
            kind=MotionKind(row["kind"]),
            state=MotionState(row["state"]),
            differences=[TextDifference(**each) for each in edits],
            meeting_id=node.encode("meeting", row["meeting_id"]),
            item_id=node.encode("agendaItem", row["item_id"]) if row["item_id"] else None,
            body_id=node.encode("body", row["body_id"]) if row["body_id"] else None,
            is_reversed=row["reversed"],
            row=row,
            **{name: row[name] for name in _PLAIN},
        )

    @classmethod
    async def load(cls, info: Info, motion_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(motions.motions_by_id, motion_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="Who moved it.", metadata=LOADS)
    async def proposer(self, info: Info) -> Person | None:
        """Load them with those of the other motions."""
        return await Person.load(info, self.row["proposer_id"])

    @strawberry.field(description="Who seconded it, in order.", metadata=LOADS)
    async def seconders(self, info: Info) -> list[Person]:
        """Load them with those of the other motions."""
        seconders = await info.context.load(motions.seconders_by_motion, self.row["id"])
        asked = [info.context.load(people.people_by_id, each) for each in seconders]
        return [Person.of(row) for each in asked if (row := await each) is not None]

    @strawberry.field(description="What it applies to.", metadata=LOADS)
    async def target(self, info: Info) -> "Motion | None":
        """Load it with those of the other motions."""
        target_id = self.row["target_id"]
        return None if target_id is None else await Motion.load(info, target_id)

    @strawberry.field(
        description="The votes that were taken on it, void ones included.", metadata=LOADS
    )
    async def votes(self, info: Info) -> list[MotionVote]:
        """Load them with those of the other motions."""
        rows = await info.context.load(motions.votes_by_motion, self.row["id"])
        return [MotionVote.of(row) for row in rows]


_PLAIN = (
    *("number", "title", "text", "moved_text", "base_text", "depth", "postponed_to"),
    *("recess_minutes", "ruling", "reason", "version", "proposed_at", "stated_at", "settled_at"),
)


async def _motions(actor: Actor, ids: list[UUID]) -> list[Motion | None]:
    rows = await motions.motions_by_id(actor, ids)
    return [None if row is None else Motion.of(row) for row in rows]


async def _votes(actor: Actor, ids: list[UUID]) -> list[MotionVote | None]:
    rows = await motions.votes_by_id(actor, ids)
    return [None if row is None else MotionVote.of(row) for row in rows]


node.register("motion", _motions)
node.register("vote", _votes)
