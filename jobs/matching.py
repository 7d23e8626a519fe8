"""What is due on the exchange. Late, twice or on two machines: the same result."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domains.kernel.actor import SYSTEM
from domains.matching.queries import shortages
from domains.matching.rules import shortages as words
from domains.matching.service import due, reviewing_runs, runs
from domains.matching.service import shortages as finding
from domains.meetings.service import issues
from domains.meetings.service.issues import IssueDraft
from domains.meetings.values.issues import IssueCategory
from domains.volunteering.values.volunteers import ServiceClass
from jobs.due import until_none

Payload = Mapping[str, Any]
# What people talk about where a kind of service is short; all else is a matter of welfare.
_CATEGORIES = {
    ServiceClass.ENVIRONMENT: IssueCategory.ENVIRONMENT,
    ServiceClass.SAFETY_PATROL: IssueCategory.PUBLIC_SAFETY,
    ServiceClass.EMERGENCY_RESCUE: IssueCategory.PUBLIC_SAFETY,
    ServiceClass.DISASTER_RELIEF: IssueCategory.PUBLIC_SAFETY,
    ServiceClass.CULTURE_SPORT: IssueCategory.CULTURE,
    ServiceClass.MEDIATION: IssueCategory.NEIGHBOURS,
}


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


async def look_for_shortage(event_id: UUID, payload: Payload) -> None:
    """Look whether what stayed unmet makes its class of service short."""
    await finding.look(UUID(payload["order_id"]))


async def raise_shortage(event_id: UUID, payload: Payload) -> None:
    """Raise an issue of what is short, for the community; one of each shortage."""
    shortage_id = UUID(payload["shortage_id"])
    (row,) = await shortages.shortages_by_id(SYSTEM, [shortage_id])
    assert row is not None, "a shortage stands"
    service_class = ServiceClass(row["service_class"])
    draft = IssueDraft(
        title=words.title(service_class),
        text=words.text(
            service_class,
            (row["first_day"], row["end_day"]),
            times=row["times"],
            places=row["places"],
            reasons=row["reasons"],
        ),
        category=_CATEGORIES.get(service_class, IssueCategory.WELFARE),
    )
    await issues.raise_found(row["community_id"], draft, source=("shortage", shortage_id))
