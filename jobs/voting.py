"""What is due in the ballot box. Late, twice or on two machines: the same result."""

from domains.voting import service
from domains.voting.service import afterwards, objections
from jobs.due import until_none


async def freeze_due_rolls() -> int:
    """Freeze the rolls that nobody can object to any more."""
    return await until_none(service.freeze_due_roll)


async def open_due_polls() -> int:
    """Declare open what has opened."""
    return await until_none(service.open_due_poll)


async def remind_closing_rolls() -> int:
    """Tell that rolls may soon no longer be objected to."""
    return await until_none(service.remind_due_roll)


async def remind_closing_polls() -> int:
    """Tell that polls close soon."""
    return await until_none(service.remind_due_poll)


async def close_due_polls() -> int:
    """Close what has run out."""
    return await until_none(service.close_due_poll)


async def tally_closed_polls() -> int:
    """Count what is closed."""
    return await until_none(service.tally_due_poll)


async def tell_overdue_objections() -> int:
    """Tell of objections to rolls that ought to have been decided."""
    return await until_none(objections.tell_overdue_objection)


async def publish_due_proxies() -> int:
    """Make public the proxies of polls for which none can be filed any more."""
    return await until_none(service.publish_due_proxies)


async def publicise_certified_polls() -> int:
    """Put on display what was certified."""
    return await until_none(afterwards.publicise_due_poll)


async def finish_displayed_polls() -> int:
    """End the displays that are over and unchallenged."""
    return await until_none(afterwards.finish_due_poll)
