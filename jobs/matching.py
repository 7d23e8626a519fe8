"""What is due on the exchange. Late, twice or on two machines: the same result."""

from domains.matching.service import due, reviewing_runs, runs
from jobs.due import until_none


async def expire_due_offers() -> int:
    """Let offers expire that nobody answered in time, and ask the next."""
    return await until_none(due.expire_due_offer)


async def remind_expiring_offers() -> int:
    """Remind of offers whose time is nearly over."""
    return await until_none(due.remind_expiring_offer)


async def begin_due_orders() -> int:
    """End the filling of orders whose time has come."""
    return await until_none(due.begin_due_order)


async def tell_near_services() -> int:
    """Tell volunteers of services tomorrow, and of those about to begin."""
    return await until_none(due.tell_tomorrow) + await until_none(due.tell_soon)


async def settle_due_places() -> int:
    """Settle places after their time: who never came, who forgot to go."""
    return await until_none(due.settle_due_place)


async def note_unconfirmed_services() -> int:
    """Tell of services that nobody confirmed in time."""
    return await until_none(due.note_unconfirmed_service)


async def close_due_orders() -> int:
    """Close orders whose time to be rated is over."""
    return await until_none(due.close_due_order)


async def repeat_due_needs() -> int:
    """Make the orders of weekly needs ahead."""
    return await until_none(due.repeat_due_need)


async def close_ended_needs() -> int:
    """Close needs all of whose orders have come to their end."""
    return await until_none(due.close_ended_need)


async def queue_daily_runs() -> int:
    """Ask for the day's arrangement where a community's rules want one."""
    return await runs.queue_daily_runs()


async def solve_due_runs() -> int:
    """Solve the arrangements that were asked for, one after the other."""
    return await until_none(runs.solve_due_run)


async def dispatch_due_runs() -> int:
    """Ask whom staff have let be asked, an order at a time."""
    return await until_none(reviewing_runs.dispatch_due_order)


async def settle_due_runs() -> int:
    """End arrangements whose offers have all been answered."""
    return await until_none(reviewing_runs.settle_due_run)
