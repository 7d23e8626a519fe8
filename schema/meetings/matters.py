"""What issues and resolutions share: files, whom something was given to, histories."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel import uploads
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.errors import InvalidInput
from domains.kernel.paging import Slice
from domains.kernel.uploads import Upload
from domains.meetings.queries import handlers
from domains.meetings.queries import issues as queries
from domains.meetings.values.issues import HandlerKind, HistoryKind
from schema import node
from schema.connection import Connection, connection, listing, page
from schema.context import LOADS, Info
from schema.meetings import issues_enums as _enums  # noqa: F401  # describes the enums first
from schema.membership.types import Person

Key = "A key of the client's own: the same command with it happens once."
Argument = strawberry.argument(description="What to do.")


@strawberry.type(description="A file that belongs to a matter.")
class AttachedFile:
    """Seen by whoever sees the matter."""

    file_name: str = strawberry.field(description="What it is called.")
    media_type: str = strawberry.field(description="What it is.")
    size_bytes: int = strawberry.field(description="How large it is.")
    address: str = strawberry.field(
        description="An address that fetches it for some minutes: a path on this origin, or a URL."
    )


async def _addressed(actor: Actor, ids: list[UUID]) -> list[tuple[Upload, str] | None]:
    return await uploads.addressed(ids)


async def files_of(info: Info, upload_ids: Sequence[UUID]) -> list[AttachedFile]:
    """Load files with the others of their level, in one statement."""
    asked = [info.context.load(_addressed, each) for each in upload_ids]
    return [_file(*found) for each in asked if (found := await each) is not None]


def _file(upload: Upload, address: str) -> AttachedFile:
    return AttachedFile(
        file_name=upload.file_name,
        media_type=upload.media_type,
        size_bytes=upload.size_bytes,
        address=address,
    )


@strawberry.type(description="Whom something was given to.")
class Handler:
    """A person, a body or an organisation."""

    kind: HandlerKind = strawberry.field(description="Which of the three.")
    id: strawberry.ID = strawberry.field(description="Their id, by kind.")
    key: strawberry.Private[tuple[str, UUID]]

    @classmethod
    def of(cls, kind: str, handler_id: UUID) -> Self:
        """Make it from its two columns."""
        return cls(kind=HandlerKind(kind), id=node.encode(kind, handler_id), key=(kind, handler_id))

    @strawberry.field(
        description="What they are called; null for a person whose name the caller may not know.",
        metadata=LOADS,
    )
    async def name(self, info: Info) -> str | None:
        """Load it with the others of the level."""
        return await info.context.load(handlers.names, self.key)


@strawberry.input(description="Whom something is given to: exactly one of the three.", one_of=True)
class HandlerInput:
    """One of them."""

    person_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="A person with a role there."
    )
    body_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="A body that meets for the place."
    )
    organisation_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="An organisation that works there."
    )

    def chosen(self) -> tuple[HandlerKind, UUID]:
        """Hand it to the domain."""
        for kind, given in (
            (HandlerKind.PERSON, self.person_id),
            (HandlerKind.BODY, self.body_id),
            (HandlerKind.ORGANISATION, self.organisation_id),
        ):
            if given:
                return kind, node.decode(kind.value, given, path=("input", "handler"))
        raise InvalidInput(
            path=("input", "handler"), zh="须指定承办方。", en="it names one of the three."
        )


# What kinds of the domain are called in global ids.
ABOUT: dict[str, str] = {"agenda_item": "agendaItem"}


@strawberry.type(description="A line of a public history; none is ever altered.")
class HistoryEntry:
    """What happened, when, and what was said."""

    number: int = strawberry.field(description="Its place, from 1 without gaps.")
    kind: HistoryKind = strawberry.field(description="What it tells of.")
    at: datetime = strawberry.field(description="When.")
    state: str = strawberry.field(description="The state that the matter was in afterwards.")
    note: str = strawberry.field(description="What was said; empty where nothing was.")
    about_id: strawberry.ID | None = strawberry.field(
        description="What else it is about: an agenda item, a poll, an assignment and so on."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        about: str = row["about_kind"] or ""
        return cls(
            number=row["seq"],
            kind=HistoryKind(row["kind"]),
            at=row["at"],
            state=row["state"].upper(),
            note=row["note"],
            about_id=node.encode(ABOUT.get(about, about), row["about_id"]) if about else None,
            row=row,
        )

    @strawberry.field(
        description="Who did it; null for the system, and for whoever raised the matter where"
        " the caller may not know them.",
        metadata=LOADS,
    )
    async def actor(self, info: Info) -> Person | None:
        """Load them with the others."""
        actor_id = self.row["actor_id"]
        return await Person.load(info, actor_id) if actor_id else None


async def history_of(
    info: Info, subject: tuple[str, UUID], first: int | None, after: str | None
) -> Connection[HistoryEntry]:
    """Read a page of a subject's history with those of the others."""
    from_list = listing("history", {"of": subject})
    asked = page(from_list, first, after)
    seq = asked.after[0] if asked.after else 0
    assert isinstance(seq, int), "the key of a history is a number"
    rows = await info.context.load(queries.histories, (*subject, seq, asked.limit))
    return connection(
        from_list,
        Slice.of(rows, asked),
        asked,
        make=HistoryEntry.of,
        key=lambda row: (row["seq"],),
    )
