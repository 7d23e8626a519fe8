"""The times of needs: judged when they are asked for, and made into orders."""

from datetime import datetime, timedelta

from tortoise.exceptions import IntegrityError

from domains.kernel import clock, database
from domains.kernel.actor import Actor
from domains.kernel.database import savepoint
from domains.matching.errors.needs import NeedPostedTwice, WindowsOverlap, WindowUnsound
from domains.matching.models import Need, ServiceOrder
from domains.matching.rules import times as rules
from domains.matching.rules.procedure import Procedure
from domains.matching.rules.times import Window
from domains.matching.service import moving
from domains.matching.service.shared import Held
from domains.matching.values.needs import NeedRepeats, NeedState
from domains.matching.values.orders import ServiceOrderState

MOST_WINDOWS = 20
_PATH = ("input", "windows")
_NUMBER = "SELECT nextval('matching_order_number_seq')"
_WINDOW = "INSERT INTO matching_window VALUES ($1, $2, $3)"
_WINDOWS = """
SELECT starts_at, ends_at FROM matching_window WHERE need_id = $1 ORDER BY starts_at
"""
_KNOWN = "SELECT starts_at FROM matching_order WHERE need_id = $1"


async def require_sound(windows: tuple[Window, ...], procedure: Procedure) -> None:
    """Refuse times that end before they start, are over, too long, too far, or overlap."""
    now = await clock.now()
    days = procedure.longest_ahead_days
    if not 1 <= len(windows) <= MOST_WINDOWS or not all(
        rules.is_sound(each, now=now, days_ahead=days) for each in windows
    ):
        raise WindowUnsound(path=_PATH, days=days)
    if rules.do_overlap(windows):
        raise WindowsOverlap(path=_PATH)


async def keep(need: Need, windows: tuple[Window, ...]) -> None:
    """Keep the times that were asked for."""
    rows = [(need.id, each.starts_at, each.ends_at) for each in windows]
    await database.execute_many(_WINDOW, rows)


async def make_orders(
    need: Need, procedure: Procedure, actor: Actor, *, strict: bool = True
) -> list[ServiceOrder]:
    """Make the orders of a need that are near enough, as far as they are not made yet.

    Where the same person's order of this class and time stands: raises NeedPostedTwice, or
    goes on without it where not `strict`.
    """
    now = await clock.now()
    kept = [Window(row["starts_at"], row["ends_at"]) for row in await _windows(need)]
    known = {row["starts_at"] for row in await database.fetch(_KNOWN, need.id)}
    ahead = now + timedelta(days=procedure.orders_ahead_days)
    wanted = [
        each
        for window in kept
        for each in _repetitions(need, window, not_after=ahead)
        if each.starts_at > now and each.starts_at not in known
    ]
    made = []
    for each in sorted(wanted):
        try:
            made.append(await _made(need, each, procedure, actor))
        except NeedPostedTwice:
            if strict:
                raise
    return made


async def _windows(need: Need) -> list[database.Row]:
    return list(await database.fetch(_WINDOWS, need.id))


def _repetitions(need: Need, window: Window, *, not_after: datetime) -> list[Window]:
    if need.repeats is NeedRepeats.ONCE or need.repeats_until is None:
        return [window]
    # The first time is asked for by itself, however far it lies ahead.
    later = rules.weekly(window, until=need.repeats_until, not_after=not_after)
    return sorted({window, *later})


async def _made(need: Need, window: Window, procedure: Procedure, actor: Actor) -> ServiceOrder:
    now = await clock.now()
    order = ServiceOrder(
        id=database.new_id(),
        number=await database.fetch_value(_NUMBER),
        need_id=need.id,
        area_id=need.area_id,
        area_path=need.area_path,
        community_id=need.community_id,
        person_id=need.person_id,
        service_class=need.service_class,
        state=ServiceOrderState.SUBMITTED,
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        people_wanted=need.people_wanted,
        soon_at=window.starts_at - timedelta(minutes=procedure.starts_soon_minutes),
        made_at=now,
        moved_at=now,
        moved_by_id=actor.person_id,
    )
    try:
        async with savepoint():
            await order.save(force_create=True)
    except IntegrityError as error:
        if database.broken_constraint(error) == "matching_order_once":
            raise NeedPostedTwice(path=_PATH) from None
        raise
    if need.state is NeedState.VERIFIED:
        await open_now(Held(order, need, procedure), actor)
    return order


async def open_now(held: Held, actor: Actor) -> None:
    """Open an order of a verified need."""
    await moving.move(held, ServiceOrderState.VERIFIED, actor)
    await moving.move(held, ServiceOrderState.OPEN, actor)
