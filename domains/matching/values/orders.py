"""Words for orders, offers, places and ratings."""

from enum import StrEnum


class ServiceOrderState(StrEnum):
    """How far one time of a need has come."""

    SUBMITTED = "submitted"
    VERIFIED = "verified"
    REJECTED = "rejected"
    OPEN = "open"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    CHECKED_IN = "checked_in"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    RATED = "rated"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    UNMET = "unmet"
    NO_SHOW = "no_show"
    DISPUTED = "disputed"
    ADJUDICATED = "adjudicated"


class ServiceOfferState(StrEnum):
    """What became of an offer; a reserve has not been asked yet."""

    RESERVE = "reserve"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class ServicePlaceState(StrEnum):
    """How far one volunteer's part in an order has come."""

    ACCEPTED = "accepted"
    CHECKED_IN = "checked_in"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    LEFT = "left"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    DISPUTED = "disputed"
    ADJUDICATED = "adjudicated"


class ServicePlaceOrigin(StrEnum):
    """How a volunteer came to a place."""

    OFFERED = "offered"
    TAKEN = "taken"
    PINNED = "pinned"


class DisputeOutcome(StrEnum):
    """What staff found when a service was in dispute."""

    SERVED = "served"
    EXCUSED = "excused"
    NO_SHOW = "no_show"


class RatingSide(StrEnum):
    """Who rates whom."""

    OF_VOLUNTEER = "of_volunteer"
    OF_SERVED = "of_served"


# Orders whose places may still be filled.
FILLING = frozenset({ServiceOrderState.OPEN, ServiceOrderState.OFFERED})
# Orders that nothing was given in yet, and that may be called off.
BEFORE_SERVICE = frozenset(
    {
        ServiceOrderState.SUBMITTED,
        ServiceOrderState.VERIFIED,
        ServiceOrderState.OPEN,
        ServiceOrderState.OFFERED,
        ServiceOrderState.ACCEPTED,
    }
)
# Places that somebody has: they fill an order.
HELD = frozenset(
    {
        ServicePlaceState.ACCEPTED,
        ServicePlaceState.CHECKED_IN,
        ServicePlaceState.COMPLETED,
        ServicePlaceState.CONFIRMED,
        ServicePlaceState.DISPUTED,
        ServicePlaceState.ADJUDICATED,
    }
)
# Offers that stand: at most one a volunteer and order.
STANDING_OFFERS = frozenset({ServiceOfferState.RESERVE, ServiceOfferState.OFFERED})
