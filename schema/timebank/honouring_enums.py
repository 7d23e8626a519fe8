"""Enums of reservations, described once for the contract."""

from domains.timebank.values import ReservationState
from schema.enums import describe

describe(
    ReservationState,
    "What has become of a reservation.",
    QUEUED="Waits for its turn: by need, then by who asked first.",
    HELD="Its turn has come: the minutes are held until it is honoured.",
    HONOURED="What was reserved was given, and the minutes are spent.",
    CANCELLED="Given up, or the offer was closed; the minutes are free.",
    LAPSED="Not honoured in time; the minutes are free.",
    PASSED_OVER="Its turn came, but the account did not hold the minutes.",
)
