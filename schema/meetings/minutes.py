"""Minutes, as the world sees them: drafts for who has part in the meeting, then for all."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self, cast
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.meetings.queries import minutes as queries
from domains.meetings.rules import minutes_page
from domains.meetings.service import minutes_after
from domains.meetings.values.minutes import (
    LineOrigin,
    MinutesFormat,
    MinutesObjectionState,
    MinutesPart,
    SignatoryRole,
)
from domains.membership.rules import masks
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.meetings import minutes_enums as _enums  # noqa: F401  # describes the enums first
from schema.node import Node

if TYPE_CHECKING:
    from schema.meetings.types import Meeting

OfMeeting = Annotated[strawberry.ID, strawberry.argument(description="The meeting.")]


@strawberry.type(description="A column of a table in minutes, and what stands in it.")
class MinutesCell:
    """Of an attendee, or of a vote."""

    label: str = strawberry.field(description="What it is.")
    value: str = strawberry.field(description="What stands there.")


@strawberry.type(description="A line of minutes.")
class MinutesLine:
    """What the log said stays beside what was made of it."""

    id: strawberry.ID = strawberry.field(description="To be given back when editing.")
    part: MinutesPart = strawberry.field(description="Where it stands.")
    origin: LineOrigin = strawberry.field(description="What it comes from.")
    seq: int = strawberry.field(description="The entry of the meeting's log that it tells of.")
    covers: list[int] = strawberry.field(description="The entries of the log it is made of.")
    at: datetime = strawberry.field(description="When that happened.")
    text: str = strawberry.field(description="What is valid: what was edited, or the draft.")
    drafted: str = strawberry.field(description="What it was drafted as; never changed.")
    is_edited: bool = strawberry.field(description="Whether the two differ by an edit.")
    edit_reason: str | None = strawberry.field(description="Why it was edited.")
    edited_at: datetime | None = strawberry.field(description="When it was edited.")
    is_heading: bool = strawberry.field(description="Whether a part of the meeting begins here.")
    cells: list[MinutesCell] = strawberry.field(description="Its table, as of a vote.")

    @classmethod
    def of(cls, row: Row, *, masked: bool, officers: frozenset[str]) -> Self:
        """Make it from its row, with the names that the reader may see."""
        line = minutes_page.line_for(queries.line_of(row), masked=masked, officers=officers)
        return cls(
            id=node.encode("minutesLine", row["id"]),
            part=line.part,
            origin=line.origin,
            seq=line.seq,
            covers=list(line.covers),
            at=line.at,
            text=line.text,
            drafted=line.drafted,
            is_edited=line.edited is not None,
            edit_reason=line.edit_reason,
            edited_at=row["edited_at"],
            is_heading=line.is_heading,
            cells=[MinutesCell(label=label, value=value) for label, value in line.cells],
        )


@strawberry.type(description="Somebody's confirmation of minutes as they stand.")
class MinutesSignature:
    """Who, and as what."""

    name: str = strawberry.field(description="Who; masked for who has no part in the meeting.")
    role: SignatoryRole = strawberry.field(description="As what.")
    at: datetime = strawberry.field(description="When.")


@strawberry.type(description="What somebody who was present objected to minutes.")
class MinutesObjection(Node):
    """And what became of it."""

    name: str = strawberry.field(description="Who; masked for who has no part in the meeting.")
    version: int = strawberry.field(description="The version that it is about.")
    text: str = strawberry.field(description="What they say.")
    state: MinutesObjectionState = strawberry.field(description="What became of it.")
    filed_at: datetime = strawberry.field(description="When it was filed.")
    answer: str | None = strawberry.field(description="The answer.")
    decided_at: datetime | None = strawberry.field(description="When it was answered.")

    @classmethod
    def of(cls, row: Row, *, masked: bool) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("minutesObjection", row["id"]),
            name=masks.name(row["name"]) if masked else row["name"],
            version=row["version"],
            text=row["text"],
            state=MinutesObjectionState(row["state"]),
            filed_at=row["filed_at"],
            answer=row["answer"],
            decided_at=row["decided_at"],
        )


@strawberry.type(description="The minutes of a meeting, drafted from its log.")
class Minutes(Node):
    """Seen by who has part in the meeting; by all who see the meeting once published."""

    version: int = strawberry.field(description="To be given back when editing and confirming.")
    log_seq: int = strawberry.field(description="Up to which entry of the log they tell.")
    drafted_at: datetime = strawberry.field(description="When they were drafted.")
    confirmed_at: datetime | None = strawberry.field(description="When they were confirmed.")
    objections_until: datetime | None = strawberry.field(
        description="Until when those who were present may object."
    )
    published_at: datetime | None = strawberry.field(description="When they became public.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("minutes", row["id"]),
            version=row["version"],
            log_seq=row["log_seq"],
            drafted_at=row["drafted_at"],
            confirmed_at=row["confirmed_at"],
            objections_until=row["objections_until"],
            published_at=row["published_at"],
            row=row,
        )

    @classmethod
    async def load_of(cls, info: Info, meeting_id: UUID) -> Self | None:
        """Load those of a meeting with those of others; None where unseen."""
        row = await info.context.load(queries.minutes_by_meeting, meeting_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The meeting.", metadata=LOADS)
    async def meeting(
        self, info: Info
    ) -> Annotated["Meeting", strawberry.lazy("schema.meetings.types")] | None:
        """Load it with those of the other minutes."""
        found = await node.load(info, "meeting", self.row["meeting_id"])
        return cast("Meeting | None", found)

    @strawberry.field(description="Their lines, in order.")
    async def lines(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[MinutesLine]:
        """Read a page of them."""
        of = listing("minutesLines", {"minutes": self.row["id"]})
        at = page(of, first, after)
        found = await queries.lines(self.row["id"], at)
        masked = queries.is_masked(self.row)
        officers = frozenset(filter(None, (self.row["chair"], self.row["secretary"])))

        def make(row: Row) -> MinutesLine:
            return MinutesLine.of(row, masked=masked, officers=officers)

        return connection(of, found, at, make=make, key=queries.place_of)

    @strawberry.field(description="Who has confirmed them as they stand.", metadata=LOADS)
    async def signatures(self, info: Info) -> list[MinutesSignature]:
        """Load them with those of the other minutes."""
        masked = queries.is_masked(self.row)
        rows = await info.context.load(queries.signatures_by_minutes, self.row["id"])
        return [
            MinutesSignature(
                name=masks.name(row["name"]) if masked else row["name"],
                role=SignatoryRole(row["role"]),
                at=row["at"],
            )
            for row in rows
        ]

    @strawberry.field(description="What was objected to them.", metadata=LOADS)
    async def objections(self, info: Info) -> list[MinutesObjection]:
        """Load them with those of the other minutes."""
        masked = queries.is_masked(self.row)
        rows = await info.context.load(queries.objections_by_minutes, self.row["id"])
        return [MinutesObjection.of(row, masked=masked) for row in rows]


@strawberry.type(description="Where minutes are fetched as a file.")
class MinutesFile:
    """The same bytes each time, as long as the minutes stand."""

    address: str = strawberry.field(
        description="Where it is fetched for some minutes, on this server where it begins with /."
    )
    sha256: str = strawberry.field(description="What the file hashes to, in hexadecimal.")
    size_bytes: int = strawberry.field(description="How long it is.")


InFormat = Annotated[MinutesFormat, strawberry.argument(description="As what kind of file.")]


@strawberry.type
class MinutesQuery:
    """Reading minutes."""

    @strawberry.field(
        description="The minutes of a meeting; null where there are none that the caller sees.",
        name="minutes",
    )
    async def minutes(self, info: Info, meeting_id: OfMeeting) -> Minutes | None:
        """Answer alike for malformed, absent and invisible."""
        uuid = node.known("meeting", meeting_id)
        return None if uuid is None else await Minutes.load_of(info, uuid)

    @strawberry.field(
        description="The minutes of a meeting as a file, with names for who has part in it and as"
        " all may read them for others; null where the caller sees none."
    )
    async def minutes_file(
        self, info: Info, meeting_id: OfMeeting, format: InFormat = MinutesFormat.PDF
    ) -> MinutesFile | None:
        """Put it in place."""
        uuid = node.known("meeting", meeting_id)
        file = await minutes_after.minutes_file(info.context.actor, uuid, format) if uuid else None
        if file is None:
            return None
        return MinutesFile(
            address=file.address, sha256=file.sha256.hex(), size_bytes=file.size_bytes
        )


async def _minutes(actor: Actor, ids: list[UUID]) -> list[Minutes | None]:
    rows = await queries.minutes_by_id(actor, ids)
    return [None if row is None else Minutes.of(row) for row in rows]


async def _objections(actor: Actor, ids: list[UUID]) -> list[MinutesObjection | None]:
    found = await queries.objections_by_id(actor, ids)
    return [
        None if each is None else MinutesObjection.of(each[0], masked=each[1]) for each in found
    ]


node.register("minutes", _minutes)
node.register("minutesObjection", _objections)
