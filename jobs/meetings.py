"""What is due of meetings. Late, twice or on two machines: the same result."""

from domains.meetings.service import (
    attendance,
    floor,
    minutes,
    minutes_after,
    recurring,
    votes,
)
from jobs.due import until_none


async def make_due_meetings() -> int:
    """Plan the regular meetings that are near enough."""
    return await until_none(recurring.make_due_meetings)


async def open_due_check_ins() -> int:
    """Let people into the rooms whose time has come."""
    return await until_none(attendance.open_due_check_in)


async def remind_of_near_meetings() -> int:
    """Tell that meetings are near."""
    return await until_none(recurring.remind_of_near_meeting)


async def end_due_speeches() -> int:
    """End the speeches whose time is up."""
    return await until_none(floor.end_due_speech)


async def end_due_votes() -> int:
    """End the votes whose time is over, and those in which all have voted."""
    return await until_none(votes.end_due_vote)


async def draft_due_minutes() -> int:
    """Draft the minutes of the meetings that are over."""
    return await until_none(minutes.draft_due_minutes)


async def publish_due_minutes() -> int:
    """Publish the minutes to which nobody can object any more."""
    return await until_none(minutes_after.publish_due_minutes)
