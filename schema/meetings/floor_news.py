"""The floor as all who hear of a room are told of it: ids and figures, alike for everybody."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel.actor import SYSTEM
from domains.kernel.database import Row
from domains.meetings.queries import floors, motions
from domains.meetings.rules.floor import SpeechClock
from domains.meetings.values.floor import RequestState, SpeakingSide
from domains.meetings.values.motions import MotionKind, MotionState, VoteCall, VoteForm
from schema import node
from schema.meetings.floor import MOST_LISTED


@strawberry.type(description="A hand or a speech, told to all: who, by id, and the clock.")
class HandNews:
    """Without names: who may know them reads them once."""

    request_id: strawberry.ID = strawberry.field(description="The request to speak.")
    person_id: strawberry.ID = strawberry.field(description="Whose.")
    side: SpeakingSide = strawberry.field(description="For what.")
    state: RequestState = strawberry.field(description="How far it has come.")
    number: int = strawberry.field(description="The number under which the hand went up.")
    limit_seconds: int | None = strawberry.field(description="How long the speech may be.")
    spoken_ms: int = strawberry.field(description="What is banked, in milliseconds.")
    running_since: datetime | None = strawberry.field(
        description="Since when the clock runs; null while it stands."
    )
    ends_at: datetime | None = strawberry.field(description="When the limit is reached.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        limit_s, running = row["limit_s"], row["running_since"]
        clock = SpeechClock(limit_s, row["banked_ms"], running) if limit_s else None
        return cls(
            request_id=node.encode("speakingRequest", row["id"]),
            person_id=node.encode("person", row["person_id"]),
            side=SpeakingSide(row["side"]),
            state=RequestState(row["state"]),
            number=row["number"],
            limit_seconds=limit_s,
            spoken_ms=row["banked_ms"],
            running_since=running,
            ends_at=clock.ends_at if clock else None,
        )


@strawberry.type(description="A motion before the meeting, told to all.")
class MotionNews:
    """Its text is read anew where its version has risen."""

    motion_id: strawberry.ID = strawberry.field(description="The motion.")
    kind: MotionKind = strawberry.field(description="What it asks for.")
    state: MotionState = strawberry.field(description="How far it has come.")
    version: int = strawberry.field(description="Rises with every change.")


@strawberry.type(description="A vote that is being taken, told to all.")
class VoteNews:
    """Never how anybody votes, nor how many on which side."""

    vote_id: strawberry.ID = strawberry.field(description="The vote.")
    motion_id: strawberry.ID = strawberry.field(description="The motion.")
    form: VoteForm = strawberry.field(description="How it is taken.")
    call: VoteCall = strawberry.field(description="Whom it calls.")
    entitled: int = strawberry.field(description="How many are on its roll.")
    closes_at: datetime = strawberry.field(description="When it ends at the latest.")


@strawberry.type(description="The floor, told to all who hear of the room.")
class FloorNews:
    """Queue, clock, motions and vote as they stand."""

    at: datetime = strawberry.field(description="The server's instant of all this.")
    speaking: HandNews | None = strawberry.field(description="Who has the floor.")
    interrupted: HandNews | None = strawberry.field(description="Who goes on after a point.")
    queue: list[HandNews] = strawberry.field(
        description="Who waits, in the order in which they will be called; the first 100."
    )
    waiting: int = strawberry.field(description="How many wait.")
    stack: list[MotionNews] = strawberry.field(
        description="What is before the meeting, the immediately pending question last."
    )
    vote: VoteNews | None = strawberry.field(description="The vote that is being taken.")

    @classmethod
    def of(cls, found: floors.Floor, vote: Row | None) -> Self:
        """Make it of what was read."""
        return cls(
            at=found.at,
            speaking=HandNews.of(found.speaking) if found.speaking else None,
            interrupted=HandNews.of(found.interrupted) if found.interrupted else None,
            queue=[HandNews.of(row) for row in found.queue[:MOST_LISTED]],
            waiting=len(found.queue),
            stack=[
                MotionNews(
                    motion_id=node.encode("motion", row["id"]),
                    kind=MotionKind(row["kind"]),
                    state=MotionState(row["state"]),
                    version=row["version"],
                )
                for row in found.stack
            ],
            vote=_vote(vote) if vote else None,
        )


def _vote(row: Row) -> VoteNews:
    return VoteNews(
        vote_id=node.encode("vote", row["id"]),
        motion_id=node.encode("motion", row["motion_id"]),
        form=VoteForm(row["form"]),
        call=VoteCall(row["call"]),
        entitled=row["entitled"],
        closes_at=row["closes_at"],
    )


async def floor_news(meeting_id: UUID) -> FloorNews | None:
    """Read a room's floor for all who may hear of it; None until it is convened."""
    found = (await floors.floors(SYSTEM, [meeting_id]))[0]
    if found is None:
        return None
    return FloorNews.of(found, (await motions.open_votes(SYSTEM, [meeting_id]))[0])
