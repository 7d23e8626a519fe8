"""Supervisors and gatherings as the world sees them: all of it is public."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.disclosure.queries import gatherings as queries
from domains.disclosure.queries import questions as names
from domains.disclosure.queries.gatherings import GatheringFilter
from domains.disclosure.values.gatherings import (
    Every,
    GatheringAct,
    GatheringKind,
    GatheringState,
)
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Slice
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.disclosure import gatherings_enums as _enums  # noqa: F401  # describes the enums first
from schema.disclosure.disclosures import Disclosure
from schema.disclosure.places import NOWHERE, OfArea, path_of
from schema.membership.types import Area, Person
from schema.node import Node


@strawberry.type(description="What somebody wants to ask at a gathering, and what was answered.")
class GatheringTopic(Node):
    """Public; who registered it is named as far as they let it, and masked."""

    text: str = strawberry.field(description="What is asked.")
    is_anonymous: bool = strawberry.field(description="Whether who registered it stays unnamed.")
    is_mine: bool = strawberry.field(description="Whether the caller registered it.")
    registered_at: datetime = strawberry.field(description="When it was registered.")
    withdrawn_at: datetime | None = strawberry.field(description="When it was taken back.")
    answer: str | None = strawberry.field(description="What was answered.")
    answered_at: datetime | None = strawberry.field(description="When that was written down.")
    person_id: strawberry.Private[UUID | None]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("gathering_topic", row["id"]),
            text=row["text"],
            is_anonymous=row["anonymous"],
            is_mine=row["is_mine"],
            registered_at=row["registered_at"],
            withdrawn_at=row["withdrawn_at"],
            answer=row["answer"],
            answered_at=row["answered_at"],
            person_id=row["person_id"],
        )

    @strawberry.field(
        description="Who registered it, a surname and a star; null where they stay unnamed.",
        metadata=LOADS,
    )
    async def person_name(self, info: Info) -> str | None:
        """Load it with those of the other topics."""
        if self.person_id is None:
            return None
        return await info.context.load(names.masked_names, self.person_id)


@strawberry.type(description="What became of a gathering at one time.")
class GatheringEvent:
    """One entry of its history."""

    act: GatheringAct = strawberry.field(description="What became of it.")
    note: str | None = strawberry.field(description="Why, where it was moved or called off.")
    starts_at: datetime = strawberry.field(description="When it was to start then.")
    at: datetime = strawberry.field(description="When that was.")


@strawberry.type(description="A day on which a community answers in person.")
class Gathering(Node):
    """An interview day, a round table or a press conference."""

    kind: GatheringKind = strawberry.field(description="Which.")
    title: str = strawberry.field(description="What it is about.")
    place: str = strawberry.field(description="Where.")
    starts_at: datetime = strawberry.field(description="When it starts.")
    ends_at: datetime = strawberry.field(description="When it ends.")
    topics_until: datetime = strawberry.field(
        description="The first instant at which topics are taken no more."
    )
    state: GatheringState = strawberry.field(description="How far it has come.")
    reason: str | None = strawberry.field(description="Why it was called off.")
    every: Every | None = strawberry.field(description="How often it comes again.")
    last_on: date | None = strawberry.field(description="The last day on which it may come again.")
    record: str | None = strawberry.field(
        description="Its record in a small part of HTML; null before it is public, but for staff."
    )
    recorded_at: datetime | None = strawberry.field(description="When the record was written.")
    revision: int = strawberry.field(description="To be given back when moving or confirming.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        goes_on = row["every"] is not None and row["series_ended_at"] is None
        return cls(
            id=node.encode("gathering", row["id"]),
            kind=GatheringKind(row["kind"]),
            title=row["title"],
            place=row["place"],
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            topics_until=row["topics_until"],
            state=GatheringState(row["state"]),
            reason=row["reason"],
            every=Every(row["every"]) if goes_on else None,
            last_on=row["last_on"],
            record=row["record_html"],
            recorded_at=row["recorded_at"],
            revision=row["revision"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, gathering_id: UUID) -> Self | None:
        """Load it with the others of its level."""
        row = await info.context.load(queries.gatherings_by_id, gathering_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The community.", metadata=LOADS)
    async def community(self, info: Info) -> Area | None:
        """Load it with those of the other gatherings."""
        return await Area.load(info, self.row["community_id"])

    @strawberry.field(description="The disclosure that its record became.", metadata=LOADS)
    async def disclosure(self, info: Info) -> Disclosure | None:
        """Load it with those of the other gatherings."""
        disclosure_id = self.row["disclosure_id"]
        return await Disclosure.load(info, disclosure_id) if disclosure_id else None

    @strawberry.field(description="What became of it, the first first.", metadata=LOADS)
    async def history(self, info: Info) -> list[GatheringEvent]:
        """Load it with those of the other gatherings."""
        rows = await info.context.load(queries.histories, self.row["id"])
        return [
            GatheringEvent(
                act=GatheringAct(row["act"]),
                note=row["note"],
                starts_at=row["starts_at"],
                at=row["at"],
            )
            for row in rows
        ]


@strawberry.type(description="Somebody on a supervisors' committee.")
class CommitteeSupervisor:
    """Who, and what they bring."""

    is_head: bool = strawberry.field(description="Whether they lead it.")
    has_finance_skills: bool = strawberry.field(description="Whether they know accounts.")
    person_id: strawberry.Private[UUID]

    @strawberry.field(description="Who; named, since they hold a public role.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with the others."""
        return await Person.load(info, self.person_id)


@strawberry.type(description="A community's supervisors' committee (监督委员会).")
class SupervisorsCommittee(Node):
    """One stands at a time; those before it stay to be read."""

    starts_on: date = strawberry.field(description="The first day of its term.")
    ends_on: date = strawberry.field(description="The last day of its term.")
    formed_at: datetime = strawberry.field(description="When it was formed.")
    ended_at: datetime | None = strawberry.field(description="When another took its place.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("supervision", row["id"]),
            starts_on=row["starts_on"],
            ends_on=row["ends_on"],
            formed_at=row["formed_at"],
            ended_at=row["ended_at"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, committee_id: UUID) -> Self | None:
        """Load it with the others of its level."""
        row = await info.context.load(queries.committees_by_id, committee_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The community.", metadata=LOADS)
    async def community(self, info: Info) -> Area | None:
        """Load it with the others."""
        return await Area.load(info, self.row["community_id"])

    @strawberry.field(description="Who sits on it, its head first.", metadata=LOADS)
    async def members(self, info: Info) -> list[CommitteeSupervisor]:
        """Load them with those of the others."""
        rows = await info.context.load(queries.members, self.row["id"])
        return [
            CommitteeSupervisor(
                is_head=row["is_head"],
                has_finance_skills=row["has_finance_skills"],
                person_id=row["person_id"],
            )
            for row in rows
        ]


async def _gatherings(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await queries.gatherings_by_id(actor, ids)
    return [Gathering.of(row) if row else None for row in found]


async def _topics(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await queries.topics_by_id(actor, ids)
    return [GatheringTopic.of(row) if row else None for row in found]


async def _committees(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    found = await queries.committees_by_id(actor, ids)
    return [SupervisorsCommittee.of(row) if row else None for row in found]


node.register("gathering", _gatherings)
node.register("gathering_topic", _topics)
node.register("supervision", _committees)


@strawberry.input(description="What a list of gatherings is narrowed to.")
class GatheringFilterInput:
    """Every field narrows."""

    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of this area and of what lies in it."
    )
    kinds: list[GatheringKind] | None = strawberry.field(
        default=None, description="Of these kinds."
    )
    states: list[GatheringState] | None = strawberry.field(
        default=None, description="In one of these states."
    )
    to_come: bool = strawberry.field(default=False, description="Only those that are not over.")


OfGathering = Annotated[strawberry.ID, strawberry.argument(description="The gathering.")]


@strawberry.type
class SupervisionQuery:
    """Who supervises, and when a community answers in person."""

    @strawberry.field(description="A gathering; null where there is none.")
    async def gathering(self, info: Info, id: OfGathering) -> Gathering | None:
        """Answer alike for malformed and absent."""
        uuid = node.known("gathering", id)
        return None if uuid is None else await Gathering.load(info, uuid)

    @strawberry.field(description="Gatherings, the last to start first.")
    async def gatherings(
        self,
        info: Info,
        where: Annotated[
            GatheringFilterInput | None, strawberry.argument(description="Which.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Gathering]:
        """Read a page of them."""
        given = where or GatheringFilterInput()
        asked = GatheringFilter(
            kinds=tuple(given.kinds) if given.kinds is not None else None,
            states=tuple(given.states) if given.states is not None else None,
            to_come=given.to_come,
        )
        if given.area_id is not None:
            asked = replace(asked, area_path=await path_of(given.area_id) or NOWHERE)
        of = listing("gatherings", {"where": asked})
        at = page(of, first, after)
        found = await queries.gatherings(info.context.actor, asked, at)
        return connection(
            of, found, at, make=Gathering.of, key=lambda row: (row["starts_at"], row["id"])
        )

    @strawberry.field(description="The topics of a gathering, the first registered first.")
    async def gathering_topics(
        self, info: Info, gathering_id: OfGathering, first: First = None, after: After = None
    ) -> Connection[GatheringTopic]:
        """Read a page of them."""
        uuid = node.known("gathering", gathering_id)
        of = listing("gatheringTopics", {"of": uuid})
        at = page(of, first, after)
        found: Slice[Row] = Slice(rows=[], has_more=False)
        if uuid is not None:
            found = await queries.topics(info.context.actor, uuid, at)
        return connection(of, found, at, make=GatheringTopic.of, key=lambda row: (row["id"],))

    @strawberry.field(
        description="A community's supervisors' committees, the one that stands first."
    )
    async def supervisors_committees(
        self, info: Info, community_id: OfArea, first: First = None, after: After = None
    ) -> Connection[SupervisorsCommittee]:
        """Read a page of them."""
        uuid = node.known("area", community_id) or node.NOBODY
        of = listing("supervisorsCommittees", {"of": uuid})
        at = page(of, first, after)
        found = await queries.committees(info.context.actor, uuid, at)
        return connection(of, found, at, make=SupervisorsCommittee.of, key=lambda row: (row["id"],))
