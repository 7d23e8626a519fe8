"""Emergency teams: agreed to beforehand, called up by staff, answered by each."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.volunteering.queries import gathering as gathering_queries
from domains.volunteering.queries import standing_by
from domains.volunteering.service import emergency
from domains.volunteering.service.emergency import TeamCallDraft
from domains.volunteering.values.shifts import TeamCallAnswer, TeamCallState
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.errors import Refused
from schema.membership.types import Area, reloaded
from schema.node import Node
from schema.volunteering.activities import VolunteerShift
from schema.volunteering.gathering import VolunteerTeam, VolunteerTeamPayload
from schema.volunteering.inputs import Argument, Key
from schema.volunteering.queries import Within, path_of


@strawberry.type(description="A call to an emergency team.")
class TeamCall(Node):
    """For who keeps the area's volunteers, who leads the team, and who was called."""

    state: TeamCallState = strawberry.field(description="Whether it stands.")
    reason: str = strawberry.field(description="Why.")
    place: str = strawberry.field(description="Where.")
    directed_by: str = strawberry.field(
        description="The emergency command under whose direction everybody works."
    )
    starts_at: datetime = strawberry.field(description="From when.")
    ends_at: datetime = strawberry.field(description="To when at most.")
    called_at: datetime = strawberry.field(description="When it went out.")
    ended_at: datetime | None = strawberry.field(description="When it was ended.")
    end_note: str | None = strawberry.field(description="What was said at its end.")
    called: int = strawberry.field(description="How many were called.")
    coming: int = strawberry.field(description="How many come.")
    unable: int = strawberry.field(description="How many cannot.")
    came: int = strawberry.field(description="How many checked in.")
    is_mine: bool = strawberry.field(description="Whether the caller was called.")
    my_answer: TeamCallAnswer | None = strawberry.field(description="What the caller answered.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("team_call", row["id"]),
            state=TeamCallState(row["state"]),
            my_answer=TeamCallAnswer(row["my_answer"]) if row["my_answer"] else None,
            **{name: row[name] for name in _PLAIN},
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, call_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(standing_by.calls_by_id, call_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="Which team.", metadata=LOADS)
    async def team(self, info: Info) -> VolunteerTeam | None:
        """Load it with those of the other calls."""
        return await VolunteerTeam.load(info, self.row["team_id"])

    @strawberry.field(description="The shift that who comes checks in to.", metadata=LOADS)
    async def shift(self, info: Info) -> VolunteerShift | None:
        """Load it with those of the other calls."""
        return await VolunteerShift.load(info, self.row["shift_id"])

    @strawberry.field(description="Where it lies.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the other calls."""
        return await Area.load(info, self.row["area_id"])


_PLAIN = (
    *("reason", "place", "directed_by", "starts_at", "ends_at", "called_at", "ended_at"),
    *("end_note", "called", "coming", "unable", "came", "is_mine"),
)


@strawberry.type(description="The caller's part in a team.")
class TeamMembership:
    """Told to the caller alone."""

    team: VolunteerTeam = strawberry.field(description="The team.")
    joined_at: datetime = strawberry.field(description="When the caller joined.")
    agreed_at: datetime | None = strawberry.field(
        description="Since when the caller agrees to be called up; null where they do not."
    )


@strawberry.input(description="A team that is to be called up in emergencies, or no more.")
class MarkEmergencyTeamInput:
    """Which."""

    team_id: strawberry.ID = strawberry.field(description="The team.")
    is_emergency: bool = strawberry.field(description="Whether it is one.")


@strawberry.input(description="Agreeing to be called up with one's team.")
class AgreeToTeamCallsInput:
    """Taken back at any time."""

    team_id: strawberry.ID = strawberry.field(description="The team.")
    agrees: bool = strawberry.field(description="Whether the caller agrees.")


@strawberry.input(description="A team to be called up.")
class CallUpTeamInput:
    """Why, where, from when to when, and who directs."""

    team_id: strawberry.ID = strawberry.field(description="The team.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")
    place: str = strawberry.field(description="Where to come, 2 to 120 characters.")
    directed_by: str = strawberry.field(
        description="The emergency command that directs, 2 to 120 characters."
    )
    starts_at: datetime = strawberry.field(description="From when.")
    ends_at: datetime = strawberry.field(description="To when at most, within 24 hours.")
    risks: str = strawberry.field(description="What the risks are, 2 to 500 characters.")
    service_class: ServiceClass = strawberry.field(
        default=ServiceClass.EMERGENCY_RESCUE, description="What kind of service."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="An answer to a call.")
class AnswerTeamCallInput:
    """By who was called; it may change until the call ends."""

    call_id: strawberry.ID = strawberry.field(description="The call.")
    comes: bool = strawberry.field(description="Whether the caller comes.")


@strawberry.input(description="A call to be ended.")
class EndTeamCallInput:
    """With a word to all who were called."""

    call_id: strawberry.ID = strawberry.field(description="The call.")
    note: str = strawberry.field(description="What is said, 2 to 500 characters.")


@strawberry.type(description="The call, as things stand now.")
class TeamCallPayload:
    """What was dealt with."""

    call: TeamCall | None = strawberry.field(description="The call.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


MarkEmergencyTeamResult = Annotated[
    VolunteerTeamPayload | Refused,
    strawberry.union("MarkEmergencyTeamResult", description="The team, or why not."),
]
AgreeToTeamCallsResult = Annotated[
    VolunteerTeamPayload | Refused,
    strawberry.union("AgreeToTeamCallsResult", description="The team, or why not."),
]
CallUpTeamResult = Annotated[
    TeamCallPayload | Refused,
    strawberry.union("CallUpTeamResult", description="The call, or why there is none."),
]
AnswerTeamCallResult = Annotated[
    TeamCallPayload | Refused,
    strawberry.union("AnswerTeamCallResult", description="The call, or why not."),
]
EndTeamCallResult = Annotated[
    TeamCallPayload | Refused,
    strawberry.union("EndTeamCallResult", description="The call, or why not."),
]


def _team_of(text: str) -> UUID:
    return node.decode("volunteer_team", text, path=("input", "teamId"))


def _call_of(text: str) -> UUID:
    return node.decode("team_call", text, path=("input", "callId"))


async def _call(info: Info, call_id: UUID, *, replayed: bool = False) -> TeamCallPayload:
    found = await reloaded(info, TeamCall.load, call_id)
    return TeamCallPayload(call=found, replayed=replayed)


@strawberry.type
class EmergencyQuery:
    """Reading one's teams, and calls."""

    @strawberry.field(description="The teams that the caller belongs to, by name; 100 at most.")
    async def my_volunteer_teams(self, info: Info) -> list[TeamMembership]:
        """Read them."""
        return [
            TeamMembership(
                team=VolunteerTeam.of(row), joined_at=row["joined_at"], agreed_at=row["agreed_at"]
            )
            for row in await gathering_queries.own_teams(info.context.actor)
        ]

    @strawberry.field(
        description="Calls to emergency teams of an area that the caller sees, the latest first."
    )
    async def team_calls(
        self, info: Info, area_id: Within, first: First = None, after: After = None
    ) -> Connection[TeamCall]:
        """Read a page of them."""
        path = await path_of(area_id)
        of = listing("teamCalls", {"path": path})
        at = page(of, first, after)
        found = await standing_by.calls(info.context.actor, path, at)
        return connection(of, found, at, make=TeamCall.of, key=lambda row: (row["id"],))


@strawberry.type
class EmergencyMutation:
    """From the agreement to the end of a call."""

    @strawberry.mutation(
        description="Say that a team is called up in emergencies, or no more: then nobody's"
        " agreement stands."
    )
    async def mark_emergency_team(
        self, info: Info, input: Annotated[MarkEmergencyTeamInput, Argument]
    ) -> MarkEmergencyTeamResult:
        """Do it."""
        found = await emergency.mark_emergency_team(
            info.context.actor, _team_of(input.team_id), is_emergency=input.is_emergency
        )
        return VolunteerTeamPayload(team=await reloaded(info, VolunteerTeam.load, found))

    @strawberry.mutation(description="Agree to be called up with one's team, or take it back.")
    async def agree_to_team_calls(
        self, info: Info, input: Annotated[AgreeToTeamCallsInput, Argument]
    ) -> AgreeToTeamCallsResult:
        """Do it."""
        found = await emergency.agree_to_calls(
            info.context.actor, _team_of(input.team_id), agrees=input.agrees
        )
        return VolunteerTeamPayload(team=await reloaded(info, VolunteerTeam.load, found))

    @strawberry.mutation(
        description="Call up the members of a team who agreed, are of age and are insured."
    )
    async def call_up_team(
        self, info: Info, input: Annotated[CallUpTeamInput, Argument]
    ) -> CallUpTeamResult:
        """Do it."""
        draft = TeamCallDraft(
            reason=input.reason,
            place=input.place,
            directed_by=input.directed_by,
            starts_at=input.starts_at,
            ends_at=input.ends_at,
            risks=input.risks,
            service_class=input.service_class,
        )
        call_id, replayed = await emergency.call_up_team(
            info.context.actor,
            _team_of(input.team_id),
            draft,
            idempotency_key=input.idempotency_key,
        )
        return await _call(info, call_id, replayed=replayed)

    @strawberry.mutation(description="Say whether one comes; nobody is compelled.")
    async def answer_team_call(
        self, info: Info, input: Annotated[AnswerTeamCallInput, Argument]
    ) -> AnswerTeamCallResult:
        """Do it."""
        found = await emergency.answer_call(
            info.context.actor, _call_of(input.call_id), comes=input.comes
        )
        return await _call(info, found)

    @strawberry.mutation(description="End a call; all who were called are told.")
    async def end_team_call(
        self, info: Info, input: Annotated[EndTeamCallInput, Argument]
    ) -> EndTeamCallResult:
        """Do it."""
        found = await emergency.end_call(
            info.context.actor, _call_of(input.call_id), note=input.note
        )
        return await _call(info, found)


async def _calls(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await standing_by.calls_by_id(actor, ids)
    return [None if row is None else TeamCall.of(row) for row in rows]


node.register("team_call", _calls)
