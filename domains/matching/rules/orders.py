"""The machine of an order: its steps, and the state that its places and offers make. Pure."""

from collections.abc import Collection, Sequence

from domains.matching.values.orders import (
    ServiceOrderState as Order,
)
from domains.matching.values.orders import (
    ServicePlaceState as Place,
)

_ENDS = (Order.CANCELLED, Order.UNMET)
_FROM: dict[Order, tuple[Order, ...]] = {
    Order.SUBMITTED: (Order.VERIFIED, Order.REJECTED, Order.CANCELLED, Order.UNMET),
    Order.VERIFIED: (Order.OPEN, *_ENDS),
    Order.OPEN: (Order.OFFERED, Order.ACCEPTED, Order.CHECKED_IN, *_ENDS),
    Order.OFFERED: (Order.OPEN, Order.ACCEPTED, Order.CHECKED_IN, *_ENDS),
    Order.ACCEPTED: (
        *(Order.OPEN, Order.OFFERED, Order.CHECKED_IN, Order.NO_SHOW, Order.DISPUTED),
        *_ENDS,
    ),
    Order.CHECKED_IN: (Order.COMPLETED, Order.DISPUTED),
    Order.COMPLETED: (Order.CONFIRMED, Order.DISPUTED, Order.ADJUDICATED),
    # Who had not come may say otherwise where others' service stands confirmed.
    Order.CONFIRMED: (Order.RATED, Order.DISPUTED, Order.CLOSED),
    Order.RATED: (Order.DISPUTED, Order.CLOSED),
    Order.NO_SHOW: (Order.DISPUTED, Order.CLOSED),
    Order.DISPUTED: (Order.CHECKED_IN, Order.COMPLETED, Order.CONFIRMED, Order.ADJUDICATED),
    Order.ADJUDICATED: (Order.RATED, Order.DISPUTED, Order.CLOSED),
    Order.CLOSED: (),
    Order.REJECTED: (),
    Order.CANCELLED: (),
    Order.UNMET: (),
}
# From which state an order goes to which; a trigger holds the same.
STEPS = frozenset((one, other) for one, others in _FROM.items() for other in others)

# What an order passes on its way where several places move at once, or a worker comes late.
_PASSED = (Order.ACCEPTED, Order.COMPLETED)

PLACE_STEPS = frozenset(
    {
        (Place.ACCEPTED, Place.CHECKED_IN),
        (Place.ACCEPTED, Place.LEFT),
        (Place.ACCEPTED, Place.CANCELLED),
        (Place.ACCEPTED, Place.NO_SHOW),
        (Place.CHECKED_IN, Place.COMPLETED),
        (Place.CHECKED_IN, Place.DISPUTED),
        (Place.COMPLETED, Place.CONFIRMED),
        (Place.COMPLETED, Place.DISPUTED),
        (Place.NO_SHOW, Place.DISPUTED),
        (Place.DISPUTED, Place.ADJUDICATED),
    }
)
_GONE = frozenset({Place.LEFT, Place.CANCELLED, Place.NO_SHOW})
_GIVEN = frozenset({Place.COMPLETED, Place.CONFIRMED, Place.ADJUDICATED})
_SETTLED = frozenset({Place.CONFIRMED, Place.ADJUDICATED})


def way(before: Order, after: Order) -> tuple[Order, ...]:
    """Return the states that an order goes through, its last one included; none where it stays.

    Raises ValueError where there is no way.
    """
    if before is after:
        return ()
    if (before, after) in STEPS:
        return (after,)
    for passed in _PASSED:
        if (before, passed) in STEPS and (passed, after) in STEPS:
            return (passed, after)
    raise ValueError(f"no way leads from {before} to {after}")


def state_of(places: Sequence[Place], *, wanted: int, offers: int, is_filling: bool) -> Order:
    """Return the state that an order is in by its places, its offers, and whether it still fills.

    Whoever came decides: while somebody serves the order is checked in, and it is confirmed
    only with everybody who came.
    """
    held = [place for place in places if place not in _GONE]
    if Place.DISPUTED in held:
        return Order.DISPUTED
    if Place.CHECKED_IN in held or (Place.ACCEPTED in held and any(_is_given(held))):
        return Order.CHECKED_IN
    if held and all(place in _GIVEN for place in held):
        return _state_of_given(held)
    if is_filling and len(held) < wanted:
        return Order.OFFERED if offers else Order.OPEN
    if held:
        return Order.ACCEPTED
    return Order.NO_SHOW if Place.NO_SHOW in places else Order.UNMET


def _is_given(held: Collection[Place]) -> list[bool]:
    return [place in _GIVEN for place in held]


def _state_of_given(held: Collection[Place]) -> Order:
    if any(place not in _SETTLED for place in held):
        return Order.COMPLETED
    return Order.ADJUDICATED if Place.ADJUDICATED in held else Order.CONFIRMED
