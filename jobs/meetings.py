"""What is due of meetings. Late, twice or on two machines: the same result."""

from domains.meetings.service import attendance, recurring
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
