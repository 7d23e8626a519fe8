"""What happened to an order, its offers and places."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event


@dataclass(frozen=True, slots=True)
class OrderEvent(Event):
    """Something that happened to one order."""

    order_id: UUID
    need_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class OfferEvent(OrderEvent):
    """Something that happened to an offer made to one person."""

    offer_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class PlaceEvent(OrderEvent):
    """Something that happened to one person's place."""

    place_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class OrderOpened(OrderEvent):
    """An order waits for volunteers, for the first time or again."""

    again: bool


@dataclass(frozen=True, slots=True)
class OrderFilled(OrderEvent):
    """Everybody who is wanted has accepted."""


@dataclass(frozen=True, slots=True)
class OfferMade(OfferEvent):
    """Somebody is asked to serve, until a time."""

    answer_by: str


@dataclass(frozen=True, slots=True)
class OfferExpiring(OfferEvent):
    """The time to answer an offer will soon be over."""

    answer_by: str


@dataclass(frozen=True, slots=True)
class OfferAnswered(OfferEvent):
    """An offer was accepted or declined."""

    accepted: bool


@dataclass(frozen=True, slots=True)
class OfferExpired(OfferEvent):
    """Nobody answered an offer in time."""


@dataclass(frozen=True, slots=True)
class OfferWithdrawn(OfferEvent):
    """An offer that had been made stands no more."""


@dataclass(frozen=True, slots=True)
class PlaceTaken(PlaceEvent):
    """Somebody has a place, by an offer or from the list."""

    origin: str


@dataclass(frozen=True, slots=True)
class PlaceLeft(PlaceEvent):
    """A volunteer gave a place back, with a reason."""


@dataclass(frozen=True, slots=True)
class ServiceTomorrow(PlaceEvent):
    """A service is due within a day."""

    starts_at: str


@dataclass(frozen=True, slots=True)
class ServiceStartsSoon(PlaceEvent):
    """A service is about to begin."""

    starts_at: str


@dataclass(frozen=True, slots=True)
class ServiceBegun(PlaceEvent):
    """A volunteer has checked in."""


@dataclass(frozen=True, slots=True)
class ServiceToConfirm(PlaceEvent):
    """A service was given and waits to be confirmed."""

    confirm_by: str


@dataclass(frozen=True, slots=True)
class ServiceConfirmOverdue(PlaceEvent):
    """Nobody confirmed a service in time: staff look after it."""


@dataclass(frozen=True, slots=True)
class ServiceConfirmed(PlaceEvent):
    """A service is confirmed, recorded and credited."""

    record_id: UUID | None
    minutes: int


@dataclass(frozen=True, slots=True)
class ServiceToRate(PlaceEvent):
    """A service was confirmed and may be rated by both sides."""


@dataclass(frozen=True, slots=True)
class VolunteerNoShow(PlaceEvent):
    """A volunteer did not come."""


@dataclass(frozen=True, slots=True)
class ServiceDisputed(PlaceEvent):
    """One side disagrees with what is said of a service: staff judge it."""


@dataclass(frozen=True, slots=True)
class ServiceAdjudicated(PlaceEvent):
    """Staff judged a dispute."""

    outcome: str


@dataclass(frozen=True, slots=True)
class OrderConfirmed(OrderEvent):
    """Everybody's service in an order is confirmed."""


@dataclass(frozen=True, slots=True)
class OrderCancelled(OrderEvent):
    """An order was called off, with a reason."""


@dataclass(frozen=True, slots=True)
class OrderClosed(OrderEvent):
    """An order has come to its end."""


OF_AN_ORDER = (
    OrderOpened,
    OrderFilled,
    OfferMade,
    OfferAnswered,
    OfferExpired,
    OfferWithdrawn,
    PlaceTaken,
    PlaceLeft,
    ServiceBegun,
    ServiceToConfirm,
    ServiceConfirmed,
    VolunteerNoShow,
    ServiceDisputed,
    ServiceAdjudicated,
    OrderConfirmed,
    OrderCancelled,
    OrderClosed,
)
# What a person's own list of offers hears of.
OF_A_PERSONS_OFFERS = (
    OfferMade,
    OfferExpiring,
    OfferAnswered,
    OfferExpired,
    OfferWithdrawn,
)
