"""What the machine room refuses."""

from domains.kernel.errors import DomainError


class EventNotDelivered(DomainError):
    """Only an event that was delivered is delivered again; this one waits, or was parked."""

    zh = "该事件尚未送达,不能重放。"
    en = "This event was not delivered yet, so it cannot be replayed."


class EventNotParked(DomainError):
    """The event is not among those that were given up."""

    zh = "该事件未被搁置。"
    en = "This event is not parked."
