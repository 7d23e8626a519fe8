"""What somebody is in a meeting, and who is in its room: for commands, whoever asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.kernel.database import Row
from domains.kernel.rules import Threshold
from domains.meetings.policy.places import MeetingPlace
from domains.meetings.rules.quorum import Quorum
from domains.meetings.values import AttendeeKind, Capacity, MeetingState, SeatOffice, Standing

_MINE = """
SELECT m.area_path, m.state, m.chair_id, m.secretary_id,
       s.office, i.capacity, i.kind, i.votes, i.standing
FROM meetings_meeting m
LEFT JOIN meetings_seat s ON s.body_id = m.body_id AND s.person_id = $2 AND s.ended_at IS NULL
LEFT JOIN meetings_invitation i
  ON i.meeting_id = m.id AND i.person_id = $2 AND i.revoked_at IS NULL
WHERE m.id = $1
"""
_HEADS = """
SELECT count(*) FILTER (WHERE votes) AS entitled,
       count(*) FILTER (WHERE votes AND standing = 'present') AS voters_present,
       count(*) FILTER (WHERE standing = 'present') AS present,
       count(*) FILTER (WHERE standing = 'excused') AS excused,
       count(*) AS invited
FROM meetings_invitation WHERE meeting_id = $1 AND revoked_at IS NULL
"""
_VOTERS = """
SELECT person_id FROM meetings_invitation
WHERE meeting_id = $1 AND revoked_at IS NULL AND votes AND standing = 'present'
ORDER BY person_id
"""
_ATTENDEE = """
SELECT id, person_id, capacity, kind, votes, group_name, standing FROM meetings_invitation
WHERE meeting_id = $1 AND person_id = $2 AND revoked_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who is invited, and whether they are in the room."""

    invitation_id: UUID
    person_id: UUID
    capacity: Capacity
    kind: AttendeeKind
    votes: bool
    group_name: str | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class Heads:
    """How many are invited, there, excused, and decide."""

    invited: int
    present: int
    excused: int
    entitled: int
    voters_present: int

    def quorum(self, share: Threshold | None) -> Quorum:
        """Return them as a quorum is judged by."""
        return Quorum(share, self.entitled, self.voters_present)


async def place_in(meeting_id: UUID, person_id: UUID | None) -> MeetingPlace | None:
    """Return what authority judges somebody by in a meeting; None where there is no such one."""
    row = await database.fetch_one(_MINE, meeting_id, person_id)
    return None if row is None else place_of_row(row, person_id)


def place_of_row(row: Row, person_id: UUID | None) -> MeetingPlace:
    """Read the columns of a meeting joined with somebody's seat and invitation."""
    return MeetingPlace(
        area_path=row["area_path"],
        state=MeetingState(row["state"]),
        office=SeatOffice(row["office"]) if row["office"] else None,
        capacity=Capacity(row["capacity"]) if row["capacity"] else None,
        kind=AttendeeKind(row["kind"]) if row["kind"] else None,
        votes=bool(row["votes"]),
        is_present=row["standing"] == Standing.PRESENT,
        is_chair=person_id is not None and row["chair_id"] == person_id,
        is_secretary=person_id is not None and row["secretary_id"] == person_id,
    )


async def heads(meeting_id: UUID) -> Heads:
    """Count who is invited to a meeting, and who of them is there."""
    row = await database.fetch_one(_HEADS, meeting_id)
    assert row is not None, "an aggregate is one row"
    return Heads(**{name: row[name] for name in Heads.__slots__})


async def voters_present(meeting_id: UUID) -> Sequence[UUID]:
    """Return who is in the room and has a vote, by person."""
    return [row["person_id"] for row in await database.fetch(_VOTERS, meeting_id)]


async def attendee(meeting_id: UUID, person_id: UUID) -> Attendee | None:
    """Return somebody's part in a meeting; None where they are not invited."""
    row = await database.fetch_one(_ATTENDEE, meeting_id, person_id)
    if row is None:
        return None
    return Attendee(
        invitation_id=row["id"],
        person_id=row["person_id"],
        capacity=Capacity(row["capacity"]),
        kind=AttendeeKind(row["kind"]),
        votes=row["votes"],
        group_name=row["group_name"],
        standing=Standing(row["standing"]),
    )
