"""What happened in the time bank, for others to answer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel.events import Event


@dataclass(frozen=True, slots=True)
class BooksClosed(Event):
    """A day's books of a community are closed, and hash to this."""

    community_id: UUID
    day: datetime
    hash: str


@dataclass(frozen=True, slots=True)
class MinutesIssued(Event):
    """A service record earned minutes."""

    community_id: UUID
    account_id: UUID
    record_id: UUID
    credited_minutes: int
    donated_minutes: int
    refused_minutes: int


@dataclass(frozen=True, slots=True)
class MinutesTakenBack(Event):
    """What a record had earned was reversed, because the record no longer stands."""

    community_id: UUID
    account_id: UUID
    record_id: UUID


@dataclass(frozen=True, slots=True)
class MinutesOwed(Event):
    """What a record had earned that no longer stands was spent: staff settle or waive it."""

    community_id: UUID
    account_id: UUID
    person_id: UUID
    shortfall_id: UUID
    minutes: int


@dataclass(frozen=True, slots=True)
class ShortfallClosed(Event):
    """What was owed is settled with the holder, or waived."""

    community_id: UUID
    account_id: UUID
    shortfall_id: UUID
    state: str


@dataclass(frozen=True, slots=True)
class MinutesGiven(Event):
    """Minutes were given or donated."""

    community_id: UUID
    from_id: UUID
    to_id: UUID
    transfer_id: UUID
    minutes: int


@dataclass(frozen=True, slots=True)
class RelativeDeclared(Event):
    """Somebody said another to be a relative, who is asked to confirm it."""

    kinship_id: UUID
    person_id: UUID
    relative_id: UUID


@dataclass(frozen=True, slots=True)
class RelativeConfirmed(Event):
    """Two are relatives, as both said."""

    kinship_id: UUID
    person_id: UUID
    relative_id: UUID


@dataclass(frozen=True, slots=True)
class NeedAssessed(Event):
    """A person's need was assessed, and waits to be approved."""

    need_id: UUID
    community_id: UUID


@dataclass(frozen=True, slots=True)
class NeedDecided(Event):
    """A person's need was approved, or was not."""

    need_id: UUID
    community_id: UUID
    person_id: UUID
    approved: bool


@dataclass(frozen=True, slots=True)
class OrderProposed(Event):
    """Staff asked for something to be set right or given, and another is asked to approve."""

    order_id: UUID
    community_id: UUID
    kind: str


@dataclass(frozen=True, slots=True)
class OrderDecided(Event):
    """An order was carried out, or declined."""

    order_id: UUID
    community_id: UUID
    kind: str
    state: str
    account_id: UUID | None


@dataclass(frozen=True, slots=True)
class SuspensionBegan(Event):
    """An account was suspended."""

    account_id: UUID
    community_id: UUID


@dataclass(frozen=True, slots=True)
class SuspensionEnded(Event):
    """A suspension was lifted."""

    account_id: UUID
    community_id: UUID


@dataclass(frozen=True, slots=True)
class OfferPublished(Event):
    """Something is offered for minutes."""

    offer_id: UUID
    community_id: UUID


@dataclass(frozen=True, slots=True)
class ReservationEvent(Event):
    """Something happened to a reservation."""

    reservation_id: UUID
    offer_id: UUID
    account_id: UUID
    community_id: UUID


@dataclass(frozen=True, slots=True)
class ReservationQueued(ReservationEvent):
    """Somebody waits for their turn."""


@dataclass(frozen=True, slots=True)
class ReservationHeld(ReservationEvent):
    """Somebody's turn has come: the minutes are held until it is honoured."""


@dataclass(frozen=True, slots=True)
class ReservationHonoured(ReservationEvent):
    """What was reserved was given."""


@dataclass(frozen=True, slots=True)
class ReservationCancelled(ReservationEvent):
    """The minutes are free again, or the place in the queue was given up."""


@dataclass(frozen=True, slots=True)
class ReservationLapsed(ReservationEvent):
    """It was not honoured in time, and the minutes are free again."""


@dataclass(frozen=True, slots=True)
class ReservationPassedOver(ReservationEvent):
    """The turn came, but the account did not hold the minutes."""


@dataclass(frozen=True, slots=True)
class ExpiryNear(Event):
    """Minutes will lapse on a day, unless they are used before."""

    account_id: UUID
    community_id: UUID
    due_on: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class MinutesLapsed(Event):
    """Minutes lapsed unused."""

    account_id: UUID
    community_id: UUID
    minutes: int
