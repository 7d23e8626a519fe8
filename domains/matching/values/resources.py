"""Words for what is offered to others: people's time, venues, goods, money, expertise."""

from enum import StrEnum


class ResourceKind(StrEnum):
    """What is offered."""

    TIME = "time"
    VENUE = "venue"
    GOODS = "goods"
    MONEY = "money"
    EXPERTISE = "expertise"


class ResourceState(StrEnum):
    """How far a resource has come; what is free of it is available."""

    OFFERED = "offered"
    REFUSED = "refused"
    VERIFIED = "verified"
    AVAILABLE = "available"
    RESERVED = "reserved"
    COMMITTED = "committed"
    DELIVERED = "delivered"
    RECEIPTED = "receipted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class ResourceReservationState(StrEnum):
    """How far a part of a resource has come that is kept for something."""

    RESERVED = "reserved"
    COMMITTED = "committed"
    DELIVERED = "delivered"
    RECEIPTED = "receipted"
    RELEASED = "released"
    EXPIRED = "expired"


class MatchingSubject(StrEnum):
    """What a favourite, a template or a step of history is of."""

    RESOURCE = "resource"
    PROJECT = "project"


# What everybody who belongs sees: the rest is for who offers and who verifies.
LISTED = (
    ResourceState.VERIFIED,
    ResourceState.AVAILABLE,
    ResourceState.RESERVED,
    ResourceState.COMMITTED,
    ResourceState.DELIVERED,
    ResourceState.RECEIPTED,
)
FEN = "分"
