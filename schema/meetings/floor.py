"""The floor of a room, as the world sees it: one clock, one list, one order."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.meetings.queries import floors, motions
from domains.meetings.rules.floor import FloorTerms, SpeechClock
from domains.meetings.rules.motions import KindTerms, MotionTerms
from domains.meetings.values.floor import RequestState, SpeakingSide, SpeechEnd
from domains.meetings.values.motions import Interrupts, MotionKind, VoteForm, Withdrawal
from domains.membership.rules import masks
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.meetings.motions import Motion, MotionVote
from schema.membership.types import Person
from schema.node import Node

MOST_LISTED = 100


@strawberry.type(description="A raised hand, then a speech.")
class SpeakingRequest(Node):
    """Its clock is for all: what is banked, since when it runs, and the limit."""

    side: SpeakingSide = strawberry.field(description="For what.")
    state: RequestState = strawberry.field(description="How far it has come.")
    number: int = strawberry.field(description="The number under which the hand went up.")
    name: str = strawberry.field(description="Who; masked for who does not take part.")
    group_name: str = strawberry.field(description="For which group, or in which capacity.")
    motion_id: strawberry.ID | None = strawberry.field(description="The motion it is spoken to.")
    raised_at: datetime = strawberry.field(description="When the hand went up.")
    called_at: datetime | None = strawberry.field(description="When the floor was given.")
    limit_seconds: int | None = strawberry.field(description="How long the speech may be.")
    spoken_ms: int = strawberry.field(
        description="What has been spoken, in milliseconds, up to running_since or for good."
    )
    running_since: datetime | None = strawberry.field(
        description="Since when the clock runs; null while it stands."
    )
    ends_at: datetime | None = strawberry.field(
        description="When the limit is reached; null while the clock stands."
    )
    ended_at: datetime | None = strawberry.field(description="When it was over.")
    ending: SpeechEnd | None = strawberry.field(description="How it ended.")
    overrule_reason: str | None = strawberry.field(
        description="Why the chair called them before others; null where it was their turn."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        limit_s, running = row["limit_s"], row["running_since"]
        clock = SpeechClock(limit_s, row["banked_ms"], running) if limit_s else None
        return cls(
            id=node.encode("speakingRequest", row["id"]),
            side=SpeakingSide(row["side"]),
            state=RequestState(row["state"]),
            number=row["number"],
            name=row["name"] if row["within"] else masks.name(row["name"]),
            group_name=row["group_name"],
            motion_id=node.encode("motion", row["motion_id"]) if row["motion_id"] else None,
            raised_at=row["raised_at"],
            called_at=row["called_at"],
            limit_seconds=limit_s,
            spoken_ms=row["banked_ms"],
            running_since=running,
            ends_at=clock.ends_at if clock else None,
            ended_at=row["ended_at"],
            ending=SpeechEnd(row["ending"]) if row["ending"] else None,
            overrule_reason=row["overrule_reason"],
            row=row,
        )

    @strawberry.field(description="The person, as far as they may be known.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with those of the other requests."""
        return await Person.load(info, self.row["person_id"])


@strawberry.type(description="How long one side may speak.")
class SpeakingLimit:
    """A limit of the rules."""

    side: SpeakingSide = strawberry.field(description="For what.")
    seconds: int = strawberry.field(description="How long.")


@strawberry.type(description="What the rules of the meeting say of one kind of motion.")
class MotionRule:
    """A row of the table of precedence."""

    kind: MotionKind = strawberry.field(description="The kind.")
    rank: int = strawberry.field(description="What ranks higher goes first.")
    seconders: int = strawberry.field(description="How many others must stand behind it.")
    is_debatable: bool = strawberry.field(description="Whether it is spoken to.")
    interrupts_speech: bool = strawberry.field(description="Whether it breaks into a speech.")
    interrupts_vote: bool = strawberry.field(description="Whether it breaks into a vote.")
    forms: list[VoteForm] = strawberry.field(description="How it may be voted on.")
    ballot_rule_code: str = strawberry.field(
        description="The ballot box's rules that count its vote: they tell the majority needed."
    )

    @classmethod
    def of(cls, kind: MotionKind, terms: KindTerms) -> Self:
        """Show a row."""
        return cls(
            kind=kind,
            rank=terms.rank,
            seconders=terms.seconders,
            is_debatable=terms.debatable,
            interrupts_speech=Interrupts.SPEECH in terms.interrupts,
            interrupts_vote=Interrupts.VOTE in terms.interrupts,
            forms=sorted(terms.forms),
            ballot_rule_code=terms.ballot,
        )


@strawberry.type(description="What the rules of the meeting say of speaking and of motions.")
class FloorRules:
    """The figures of the frozen rules."""

    limits: list[SpeakingLimit] = strawberry.field(description="How long each may speak.")
    turns: int = strawberry.field(description="How often each may speak to one matter.")
    yet_to_speak_first: bool = strawberry.field(
        description="Whether who has spoken less often goes first."
    )
    sides_alternate: bool = strawberry.field(description="Whether the sides take turns.")
    cut_by_clock: bool = strawberry.field(description="Whether the clock itself ends a speech.")
    withdrawal: Withdrawal = strawberry.field(
        description="Whose a motion is once the chair has put it to the meeting."
    )
    motions: list[MotionRule] = strawberry.field(
        description="What each kind of motion needs, from the lowest rank to the highest."
    )

    @classmethod
    def of(cls, terms: FloorTerms, motions: MotionTerms) -> Self:
        """Show them."""
        return cls(
            limits=[
                SpeakingLimit(side=each, seconds=terms.limits_s[each]) for each in SpeakingSide
            ],
            turns=terms.turns,
            yet_to_speak_first=terms.yet_to_speak_first,
            sides_alternate=terms.sides_alternate,
            cut_by_clock=terms.cut_by_clock,
            withdrawal=motions.withdrawal,
            motions=[
                MotionRule.of(kind, said)
                for kind, said in sorted(motions.kinds.items(), key=lambda row: row[1].rank)
            ],
        )


@strawberry.type(description="How often and how long a group has spoken in a meeting.")
class GroupSpeaking:
    """Speeches that are going on count what is banked."""

    group_name: str = strawberry.field(description="The group, or the capacity.")
    speeches: int = strawberry.field(description="How often.")
    spoken_ms: int = strawberry.field(description="How long, in milliseconds.")


@strawberry.type(description="How often and how long somebody has spoken in a meeting.")
class PersonSpeaking:
    """Speeches that are going on count what is banked."""

    speeches: int = strawberry.field(description="How often.")
    spoken_ms: int = strawberry.field(description="How long, in milliseconds.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(speeches=row["speeches"], spoken_ms=row["spoken_ms"], row=row)

    @strawberry.field(description="Who, as far as they may be known.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with the others of the page."""
        return await Person.load(info, self.row["person_id"])


@strawberry.type(description="The floor of a meeting: who speaks, who waits, what is voted on.")
class Floor:
    """All of it from the database: a client or server that comes back finds the same."""

    at: datetime = strawberry.field(
        description="The server's instant, for a client to set its own clock by."
    )
    rules: FloorRules = strawberry.field(description="What the rules say of speaking.")
    speaking: SpeakingRequest | None = strawberry.field(description="Who has the floor.")
    interrupted: SpeakingRequest | None = strawberry.field(
        description="Who goes on after a point of order."
    )
    queue: list[SpeakingRequest] = strawberry.field(
        description="Who waits, in the order in which they will be called; the first 100."
    )
    waiting: int = strawberry.field(description="How many wait.")
    stack: list[Motion] = strawberry.field(
        description="What is before the meeting, the immediately pending question last."
    )
    meeting_uuid: strawberry.Private[UUID]

    @classmethod
    def of(cls, found: floors.Floor) -> Self:
        """Make it of what was read."""
        return cls(
            at=found.at,
            rules=FloorRules.of(found.terms, found.motions),
            speaking=SpeakingRequest.of(found.speaking) if found.speaking else None,
            interrupted=SpeakingRequest.of(found.interrupted) if found.interrupted else None,
            queue=[SpeakingRequest.of(row) for row in found.queue[:MOST_LISTED]],
            waiting=len(found.queue),
            stack=[Motion.of(row) for row in found.stack],
            meeting_uuid=found.meeting_id,
        )

    @classmethod
    async def load(cls, info: Info, meeting_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen or not convened."""
        found = await info.context.load(floors.floors, meeting_id)
        return None if found is None else cls.of(found)

    @strawberry.field(description="The vote that is being taken.", metadata=LOADS)
    async def vote(self, info: Info) -> MotionVote | None:
        """Load it with those of the other meetings."""
        row = await info.context.load(motions.open_votes, self.meeting_uuid)
        return None if row is None else MotionVote.of(row)

    @strawberry.field(description="How long each group has spoken.", metadata=LOADS)
    async def speaking_by_group(self, info: Info) -> list[GroupSpeaking]:
        """Add up with those of the other meetings."""
        rows = await info.context.load(floors.totals_by_group, self.meeting_uuid)
        return [
            GroupSpeaking(
                group_name=row["group_name"],
                speeches=row["speeches"],
                spoken_ms=row["spoken_ms"],
            )
            for row in rows
        ]

    @strawberry.field(description="How long each person has spoken, the longest first.")
    async def speaking_by_person(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[PersonSpeaking]:
        """Add up a page."""
        of = listing("speakingByPerson", {"meeting": self.meeting_uuid})
        asked = page(of, first, after)
        found = await floors.totals_by_person(info.context.actor, self.meeting_uuid, asked)
        return connection(
            of,
            found,
            asked,
            make=PersonSpeaking.of,
            key=lambda row: (row["spoken_ms"], row["person_id"]),
        )


async def _requests(actor: Actor, ids: list[UUID]) -> list[SpeakingRequest | None]:
    rows = await floors.requests_by_id(actor, ids)
    return [None if row is None else SpeakingRequest.of(row) for row in rows]


node.register("speakingRequest", _requests)
