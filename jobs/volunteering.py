"""What is due of volunteers' service. Late, twice or on two machines: the same result."""

from domains.volunteering.service import attendance, due, honouring, shift_dues
from jobs.due import until_none


async def lapse_due_attendance() -> int:
    """Close check-ins that nobody checked out of."""
    return await until_none(attendance.lapse_due_attendance)


async def note_overdue_records() -> int:
    """Tell of records that were not confirmed in time."""
    return await until_none(due.note_overdue_record)


async def publicise_due_records() -> int:
    """Put confirmed records on public notice."""
    return await until_none(due.publicise_due_record)


async def finalise_due_records() -> int:
    """Make records final whose notice is over."""
    return await until_none(due.finalise_due_record)


async def check_due_volunteers() -> int:
    """Look whether volunteers have earned honours, once a day each."""
    return await until_none(honouring.check_due_volunteer)


async def grant_due_honours() -> int:
    """Grant approved honours whose notice is over."""
    return await until_none(honouring.grant_due_honour)


async def tell_shifts_tomorrow() -> int:
    """Tell of shifts that are due within a day."""
    return await until_none(shift_dues.tell_shift_tomorrow)


async def tell_shifts_soon() -> int:
    """Tell of shifts that are about to begin."""
    return await until_none(shift_dues.tell_shift_soon)


async def note_absences() -> int:
    """Note who had a place in a shift that is over and never came."""
    return await until_none(shift_dues.note_absences)
