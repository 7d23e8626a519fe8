"""Teams and stations: where volunteers gather."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.volunteering.queries import gathering as queries
from domains.volunteering.service import gathering
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.errors import Refused
from schema.membership.types import Area, Organisation, Person, reloaded
from schema.node import Node
from schema.volunteering.inputs import Argument
from schema.volunteering.queries import Within, path_of


@strawberry.type(description="A team of volunteers; public to everybody.")
class VolunteerTeam(Node):
    """Who belongs to it is not told."""

    name: str = strawberry.field(description="What it is called.")
    member_count: int = strawberry.field(description="How many belong to it.")
    created_at: datetime = strawberry.field(description="When it was founded.")
    is_emergency: bool = strawberry.field(description="Whether it is called up in emergencies.")
    agreed_count: int = strawberry.field(description="How many agreed to be called up.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("volunteer_team", row["id"]),
            name=row["name"],
            member_count=row["members"],
            created_at=row["created_at"],
            is_emergency=row["is_emergency"],
            agreed_count=row["agreed"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, team_id: UUID) -> Self | None:
        """Load it with the others of its level."""
        row = await info.context.load(queries.teams_by_id, team_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="Where it serves.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the other teams."""
        return await Area.load(info, self.row["area_id"])

    @strawberry.field(description="Which organisation answers for it.", metadata=LOADS)
    async def organisation(self, info: Info) -> Organisation | None:
        """Load it with those of the other teams."""
        return await Organisation.load(info, self.row["organisation_id"])

    @strawberry.field(description="Who leads it, as far as the caller sees them.", metadata=LOADS)
    async def leader(self, info: Info) -> Person | None:
        """Load them with those of the other teams."""
        return await Person.load(info, self.row["leader_id"])


@strawberry.type(description="One of the things that a station has to have.")
class StationHave:
    """The list is data of the rules."""

    code: str = strawberry.field(description="Its code in the rules.")
    title: str = strawberry.field(description="What it is, 有场所 and so on.")
    has: bool = strawberry.field(description="Whether the station has it.")
    note: str | None = strawberry.field(description="What was seen.")
    seen_on: date | None = strawberry.field(description="On what day.")
    confirmed_at: datetime | None = strawberry.field(
        description="When one of the staff confirmed it."
    )


@strawberry.type(description="A volunteer station; public to everybody.")
class VolunteerStation(Node):
    """With what it has of the things that it has to have."""

    name: str = strawberry.field(description="What it is called.")
    place: str = strawberry.field(description="Where it is.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("volunteer_station", row["id"]),
            name=row["name"],
            place=row["place"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, station_id: UUID) -> Self | None:
        """Load it with the others of its level."""
        row = await info.context.load(queries.stations_by_id, station_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="What it has, and has not.", metadata=LOADS)
    async def haves(self, info: Info) -> list[StationHave]:
        """Load it with that of the other stations."""
        return await self._haves(info)

    async def _haves(self, info: Info) -> list[StationHave]:
        rows = {row["code"]: row for row in await info.context.load(queries.haves, self.row["id"])}
        asked = await info.context.load(queries.asked_of, self.row["area_id"])
        return [
            StationHave(
                code=each.code,
                title=each.title,
                has=each.code in rows,
                note=rows[each.code]["note"] if each.code in rows else None,
                seen_on=rows[each.code]["seen_on"] if each.code in rows else None,
                confirmed_at=rows[each.code]["confirmed_at"] if each.code in rows else None,
            )
            for each in asked
        ]

    @strawberry.field(
        description="Whether it has all that the rules ask for, 六有 (六有齐全).", metadata=LOADS
    )
    async def has_all(self, info: Info) -> bool:
        """Compare what it has with what is asked."""
        return all(each.has for each in await self._haves(info))


@strawberry.input(description="A team to be founded.")
class CreateVolunteerTeamInput:
    """One of the same name in the area is that team."""

    area_id: strawberry.ID = strawberry.field(description="The area.")
    name: str = strawberry.field(description="What it is called, 2 to 60 characters.")
    organisation_id: strawberry.ID = strawberry.field(
        description="Which organisation answers for it."
    )
    leader_id: strawberry.ID = strawberry.field(description="Who leads it.")


@strawberry.input(description="A team to be joined.")
class JoinVolunteerTeamInput:
    """By a registered volunteer."""

    team_id: strawberry.ID = strawberry.field(description="The team.")


@strawberry.input(description="A team to be left.")
class LeaveVolunteerTeamInput:
    """Which."""

    team_id: strawberry.ID = strawberry.field(description="The team.")


@strawberry.input(description="A station to be opened.")
class CreateVolunteerStationInput:
    """One of the same name in the area is that station."""

    area_id: strawberry.ID = strawberry.field(description="The area.")
    name: str = strawberry.field(description="What it is called, 2 to 60 characters.")
    place: str = strawberry.field(description="Where it is, 2 to 120 characters.")
    organisation_id: strawberry.ID = strawberry.field(
        description="Which organisation answers for it."
    )


@strawberry.input(description="What a station has or has not.")
class MarkVolunteerStationInput:
    """As somebody saw it."""

    station_id: strawberry.ID = strawberry.field(description="The station.")
    code: str = strawberry.field(description="Which of the things that the rules ask for.")
    has: bool = strawberry.field(description="Whether it has it.")
    note: str = strawberry.field(
        default="", description="What was seen, 2 to 200 characters; not needed where it has not."
    )
    seen_on: date = strawberry.field(description="On what day; not in the future.")


@strawberry.type(description="The team, as things stand now.")
class VolunteerTeamPayload:
    """What was dealt with."""

    team: VolunteerTeam | None = strawberry.field(description="The team.")


@strawberry.type(description="The station, as things stand now.")
class VolunteerStationPayload:
    """What was dealt with."""

    station: VolunteerStation | None = strawberry.field(description="The station.")


CreateVolunteerTeamResult = Annotated[
    VolunteerTeamPayload | Refused,
    strawberry.union("CreateVolunteerTeamResult", description="The team, or why not."),
]
JoinVolunteerTeamResult = Annotated[
    VolunteerTeamPayload | Refused,
    strawberry.union("JoinVolunteerTeamResult", description="The team, or why not."),
]
LeaveVolunteerTeamResult = Annotated[
    VolunteerTeamPayload | Refused,
    strawberry.union("LeaveVolunteerTeamResult", description="The team, or why not."),
]
CreateVolunteerStationResult = Annotated[
    VolunteerStationPayload | Refused,
    strawberry.union("CreateVolunteerStationResult", description="The station, or why not."),
]
MarkVolunteerStationResult = Annotated[
    VolunteerStationPayload | Refused,
    strawberry.union("MarkVolunteerStationResult", description="The station, or why not."),
]


def _area(text: str) -> UUID:
    return node.decode("area", text, path=("input", "areaId"))


def _team(text: str) -> UUID:
    return node.decode("volunteer_team", text, path=("input", "teamId"))


def _organisation(text: str) -> UUID:
    return node.decode("organisation", text, path=("input", "organisationId"))


@strawberry.type
class GatheringQuery:
    """Reading teams and stations."""

    @strawberry.field(description="The teams of an area, by name.")
    async def volunteer_teams(
        self, area_id: Within, first: First = None, after: After = None
    ) -> Connection[VolunteerTeam]:
        """Read a page of them."""
        path = await path_of(area_id)
        of = listing("volunteerTeams", {"path": path})
        at = page(of, first, after)
        found = await queries.teams(path, at)
        return connection(
            of, found, at, make=VolunteerTeam.of, key=lambda row: (row["name"], row["id"])
        )

    @strawberry.field(description="The stations of an area, by name.")
    async def volunteer_stations(
        self, area_id: Within, first: First = None, after: After = None
    ) -> Connection[VolunteerStation]:
        """Read a page of them."""
        path = await path_of(area_id)
        of = listing("volunteerStations", {"path": path})
        at = page(of, first, after)
        found = await queries.stations(path, at)
        return connection(
            of, found, at, make=VolunteerStation.of, key=lambda row: (row["name"], row["id"])
        )


@strawberry.type
class GatheringMutation:
    """Founding, joining and opening."""

    @strawberry.mutation(description="Found a team of volunteers.")
    async def create_volunteer_team(
        self, info: Info, input: Annotated[CreateVolunteerTeamInput, Argument]
    ) -> CreateVolunteerTeamResult:
        """Do it."""
        actor = info.context.actor
        found = await gathering.create_team(
            actor,
            _area(input.area_id),
            name=input.name,
            organisation_id=_organisation(input.organisation_id),
            leader_id=node.decode("person", input.leader_id, path=("input", "leaderId")),
        )
        return VolunteerTeamPayload(team=await reloaded(info, VolunteerTeam.load, found))

    @strawberry.mutation(description="Join a team; joining again changes nothing.")
    async def join_volunteer_team(
        self, info: Info, input: Annotated[JoinVolunteerTeamInput, Argument]
    ) -> JoinVolunteerTeamResult:
        """Do it."""
        actor = info.context.actor
        found = await gathering.join_team(actor, _team(input.team_id))
        return VolunteerTeamPayload(team=await reloaded(info, VolunteerTeam.load, found))

    @strawberry.mutation(description="Leave a team.")
    async def leave_volunteer_team(
        self, info: Info, input: Annotated[LeaveVolunteerTeamInput, Argument]
    ) -> LeaveVolunteerTeamResult:
        """Do it."""
        actor = info.context.actor
        found = await gathering.leave_team(actor, _team(input.team_id))
        return VolunteerTeamPayload(team=await reloaded(info, VolunteerTeam.load, found))

    @strawberry.mutation(description="Open a volunteer station.")
    async def create_volunteer_station(
        self, info: Info, input: Annotated[CreateVolunteerStationInput, Argument]
    ) -> CreateVolunteerStationResult:
        """Do it."""
        actor = info.context.actor
        found = await gathering.create_station(
            actor,
            _area(input.area_id),
            name=input.name,
            where=input.place,
            organisation_id=_organisation(input.organisation_id),
        )
        return VolunteerStationPayload(station=await reloaded(info, VolunteerStation.load, found))

    @strawberry.mutation(
        description="Say that a station has one of the six things, or has it no more."
    )
    async def mark_volunteer_station(
        self, info: Info, input: Annotated[MarkVolunteerStationInput, Argument]
    ) -> MarkVolunteerStationResult:
        """Do it."""
        actor = info.context.actor
        found = await gathering.mark_station(
            actor,
            node.decode("volunteer_station", input.station_id, path=("input", "stationId")),
            code=input.code,
            has=input.has,
            note=input.note,
            seen_on=input.seen_on,
        )
        return VolunteerStationPayload(station=await reloaded(info, VolunteerStation.load, found))


async def _teams(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await queries.teams_by_id(actor, ids)
    return [None if row is None else VolunteerTeam.of(row) for row in rows]


async def _stations(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await queries.stations_by_id(actor, ids)
    return [None if row is None else VolunteerStation.of(row) for row in rows]


node.register("volunteer_team", _teams)
node.register("volunteer_station", _stations)
