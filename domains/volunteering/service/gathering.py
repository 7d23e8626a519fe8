"""Where volunteers gather: teams, and stations with what a station has to have."""

from datetime import date
from uuid import UUID

from domains.kernel import clock, database
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.membership.queries import organisations, places
from domains.membership.queries.places import AreaPlace
from domains.volunteering import policy
from domains.volunteering.queries.rules import procedure_at
from domains.volunteering.service.activities import is_of
from domains.volunteering.service.shared import hold_person, line, one, told

_TEAM = """
INSERT INTO volunteering_team VALUES ($1, $2, $3, $4, $5, $6, kernel_now())
ON CONFLICT (area_id, name) DO NOTHING
"""
_OF_NAME = "SELECT id FROM volunteering_{} WHERE area_id = $1 AND name = $2"
_JOIN = """
INSERT INTO volunteering_team_member VALUES ($1, $2, kernel_now()) ON CONFLICT DO NOTHING
"""
_LEAVE = "DELETE FROM volunteering_team_member WHERE team_id = $1 AND volunteer_id = $2"
_STATION = """
INSERT INTO volunteering_station
    (id, area_id, area_path, organisation_id, name, place, created_at)
VALUES ($1, $2, $3, $4, $5, $6, kernel_now())
ON CONFLICT (area_id, name) DO NOTHING
"""
_HAVE = """
INSERT INTO volunteering_station_have
    (station_id, code, note, seen_on, confirmed_by_id, confirmed_at)
VALUES ($1, $2, $3, $4, $5, kernel_now())
ON CONFLICT (station_id, code) DO UPDATE
SET note = $3, seen_on = $4, confirmed_by_id = $5, confirmed_at = kernel_now()
"""
_HAVE_NOT = "DELETE FROM volunteering_station_have WHERE station_id = $1 AND code = $2"


async def create_team(
    actor: Actor, area_id: UUID, *, name: str, organisation_id: UUID, leader_id: UUID
) -> UUID:
    """Found a team; one of the same name in the area is that team."""
    async with transaction():
        place = await _place(actor, area_id, "createVolunteerTeam")
        called = line(name, path=("input", "name"), longest=60)
        await _require_organisation(actor, organisation_id, place)
        if not await is_of(leader_id, place.area_path, organisation_id):
            raise NotFound(path=("input", "leaderId"))
        await database.execute(
            _TEAM,
            *(database.new_id(), area_id, place.area_path, organisation_id, called, leader_id),
        )
        team_id: UUID = await database.fetch_value(_OF_NAME.format("team"), area_id, called)
        await _told(actor, "createVolunteerTeam", area_id, ("volunteer_team", team_id))
    return team_id


async def join_team(actor: Actor, team_id: UUID) -> UUID:
    """Join a team of one's own area; raises NotVolunteer."""
    async with transaction():
        team = await _team(actor, team_id, "joinVolunteerTeam")
        volunteer = await hold_person(actor.person_id)
        await database.execute(_JOIN, team_id, volunteer.id)
        await _told(actor, "joinVolunteerTeam", team["area_id"], ("volunteer_team", team_id))
    return team_id


async def leave_team(actor: Actor, team_id: UUID) -> UUID:
    """Leave a team."""
    async with transaction():
        team = await _team(actor, team_id, "leaveVolunteerTeam")
        volunteer = await hold_person(actor.person_id)
        await database.execute(_LEAVE, team_id, volunteer.id)
        await _told(actor, "leaveVolunteerTeam", team["area_id"], ("volunteer_team", team_id))
    return team_id


async def create_station(
    actor: Actor, area_id: UUID, *, name: str, where: str, organisation_id: UUID
) -> UUID:
    """Open a station; one of the same name in the area is that station."""
    async with transaction():
        place = await _place(actor, area_id, "createVolunteerStation")
        called = line(name, path=("input", "name"), longest=60)
        await _require_organisation(actor, organisation_id, place)
        await database.execute(
            _STATION,
            *(database.new_id(), area_id, place.area_path, organisation_id, called),
            line(where, path=("input", "place"), longest=120),
        )
        found: UUID = await database.fetch_value(_OF_NAME.format("station"), area_id, called)
        await _told(actor, "createVolunteerStation", area_id, ("volunteer_station", found))
    return found


async def mark_station(
    actor: Actor, station_id: UUID, *, code: str, has: bool, note: str, seen_on: date
) -> UUID:
    """Say that a station has one of the things that the rules ask for, as somebody saw it.

    Raises InvalidInput where the rules know no such thing, or the day is still to come.
    """
    sql = "SELECT area_id, area_path FROM volunteering_station WHERE id = $1"
    async with transaction():
        row = await one(sql, station_id, path=("input", "stationId"))
        place = await places.place_of(row["area_id"])
        require(policy.AUTHORITY, "markVolunteerStation", actor, place)
        known = {each.code for each in (await procedure_at(row["area_id"])).station_haves}
        if code not in known or seen_on > await clock.today():
            raise InvalidInput(
                path=("input", "code"),
                zh="规则中没有此项,或查看日期晚于今天。",
                en="The rules know no such thing, or the day is still to come.",
            )
        if has:
            said = line(note, path=("input", "note"), longest=200)
            await database.execute(_HAVE, station_id, code, said, seen_on, actor.person_id)
        else:
            await database.execute(_HAVE_NOT, station_id, code)
        subject = ("volunteer_station", station_id)
        await _told(actor, "markVolunteerStation", row["area_id"], subject)
    return station_id


async def _place(actor: Actor, area_id: UUID, action: str) -> AreaPlace:
    place = await places.place_of(area_id)
    require(policy.AUTHORITY, action, actor, place)
    if place is None:
        raise NotFound(path=("input", "areaId"))
    return place


async def _team(actor: Actor, team_id: UUID, action: str) -> Row:
    sql = "SELECT area_id FROM volunteering_team WHERE id = $1"
    row = await one(sql, team_id, path=("input", "teamId"))
    require(policy.AUTHORITY, action, actor, await places.place_of(row["area_id"]))
    return row


async def _require_organisation(actor: Actor, organisation_id: UUID, place: AreaPlace) -> None:
    (row,) = await organisations.organisations_by_id(actor, [organisation_id])
    there = None if row is None else await places.place_of(row["area_id"])
    if there is None or not (
        there.area_path.startswith(place.area_path) or place.area_path.startswith(there.area_path)
    ):
        raise NotFound(path=("input", "organisationId"))


async def _told(actor: Actor, command: str, area_id: UUID, subject: tuple[str, UUID]) -> None:
    await told(actor, command=command, area_id=area_id, subject=subject)
