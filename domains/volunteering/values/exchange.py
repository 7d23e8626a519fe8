"""Words for the exchange of records with another system."""

from enum import StrEnum


class ExchangeAnswer(StrEnum):
    """What the other end says of a record that it was sent."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class ExchangeState(StrEnum):
    """How a record stands between both ends."""

    UNSENT = "unsent"
    UNANSWERED = "unanswered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DIFFERS = "differs"
