"""Entries of a meeting's log: as it is read, and as all who hear of the room are told it."""

import json
from datetime import datetime
from typing import Self

import strawberry

from domains.kernel.database import Row
from domains.meetings.values import LogKind
from schema import node
from schema.context import LOADS, Info
from schema.meetings import log_enums as _enums  # noqa: F401  # describes the enum first
from schema.membership.types import Person


@strawberry.type(description="Something that happened in or to a meeting, alike for all.")
class MeetingNewsEntry:
    """An entry of the log as all who hear of the room are told it: ids, and no names."""

    seq: int = strawberry.field(description="Its number: from 1, without gaps, in order.")
    kind: LogKind = strawberry.field(description="What happened.")
    at: datetime = strawberry.field(description="When, by the database's clock.")
    actor_id: strawberry.ID | None = strawberry.field(
        description="Who did it; null where the clock did."
    )
    person_id: strawberry.ID | None = strawberry.field(description="Whom it is about.")
    item: strawberry.ID | None = strawberry.field(
        description="The point of the agenda that it is about."
    )
    motion: strawberry.ID | None = strawberry.field(description="The motion that it is about.")
    vote: strawberry.ID | None = strawberry.field(description="The vote that it is about.")
    speaking_request: strawberry.ID | None = strawberry.field(
        description="The hand or speech that it is about."
    )
    reason: str | None = strawberry.field(description="Why, where a reason was asked for.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        kind = LogKind(row["kind"])
        said = json.loads(row["payload"])
        about_item = kind.value.startswith("item_") and row["subject_id"] is not None
        return cls(
            seq=row["seq"],
            kind=kind,
            at=row["at"],
            actor_id=node.encode("person", row["actor_id"]) if row["actor_id"] else None,
            person_id=node.encode("person", row["person_id"]) if row["person_id"] else None,
            item=node.encode("agendaItem", row["subject_id"]) if about_item else None,
            motion=_about(row, "motion", ("motion_", "point_", "ruling_")),
            vote=_about(row, "vote", ("vote_", "hands_counted")),
            speaking_request=_about(row, "speakingRequest", ("hand_", "speaker_", "speech_")),
            reason=said.get("reason"),
            row=row,
        )


@strawberry.type(description="Something that happened in or to a meeting.")
class MeetingLogEntry(MeetingNewsEntry):
    """An entry of a log that is only ever added to."""

    @strawberry.field(description="Whom it is about, as far as they may be known.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with those of the other entries."""
        person_id = self.row["person_id"]
        return None if person_id is None else await Person.load(info, person_id)


def _about(row: Row, kind: str, told_by: tuple[str, ...]) -> strawberry.ID | None:
    """Return the global id of what an entry is about, where its kind tells of such a thing."""
    about = row["subject_id"] if row["kind"].startswith(told_by) else None
    return node.encode(kind, about) if about else None
