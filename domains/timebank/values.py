"""The time bank's words: closed lists that the database and the schema share."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

# Ten thousand hours: nobody gives as much in one transfer, and sums stay far from overflow.
MOST_MINUTES = 600_000


class AccountKind(StrEnum):
    """Whose account it is; the last five belong to the scheme itself."""

    PERSON = "person"
    HOUSEHOLD = "household"
    ORGANISATION = "organisation"
    COMMUNITY = "community"
    ISSUANCE = "issuance"
    DONATION_POOL = "donation_pool"
    RESERVE = "reserve"
    EXPIRED = "expired"
    ADJUSTMENT = "adjustment"


HELD = (
    AccountKind.PERSON,
    AccountKind.HOUSEHOLD,
    AccountKind.ORGANISATION,
    AccountKind.COMMUNITY,
)
SYSTEM_KINDS = tuple(kind for kind in AccountKind if kind not in HELD)


class TransferKind(StrEnum):
    """Why minutes move."""

    ISSUE = "issue"
    GIFT = "gift"
    DONATION = "donation"
    GRANT = "grant"
    REDEMPTION = "redemption"
    EXPIRY = "expiry"
    SUCCESSION = "succession"
    ADJUSTMENT = "adjustment"
    REVERSAL = "reversal"


class TransferState(StrEnum):
    """What has become of a transfer."""

    PENDING = "pending"
    POSTED = "posted"
    PARTLY_POSTED = "partly_posted"
    VOIDED = "voided"
    EXPIRED = "expired"
    REVERSED = "reversed"


class Resolution(StrEnum):
    """How a pending transfer ends, once."""

    POSTED = "posted"
    VOIDED = "voided"
    EXPIRED = "expired"


class MoveOutcome(StrEnum):
    """What the database answers to a transfer."""

    MOVED = "moved"
    REPLAYED = "replayed"
    KEY_REUSED = "key_reused"
    NO_ACCOUNT = "no_account"
    ACCOUNT_CLOSED = "account_closed"
    OTHER_COMMUNITY = "other_community"
    SUSPENDED = "suspended"
    FLOOR = "floor"
    CEILING = "ceiling"
    NOT_POSTED = "not_posted"
    REVERSED_ALREADY = "reversed_already"


class ResolveOutcome(StrEnum):
    """What the database answers to the end of a pending transfer."""

    RESOLVED = "resolved"
    REPLAYED = "replayed"
    NOT_PENDING = "not_pending"
    RESOLVED_ALREADY = "resolved_already"
    TOO_MUCH = "too_much"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Reference:
    """What a transfer is for: a service record, a redemption, a donation, by kind and id."""

    kind: str
    id: UUID


class Excess(StrEnum):
    """What becomes of minutes over a cap."""

    DONATE = "donate"
    REFUSE = "refuse"


class CapKind(StrEnum):
    """Over what a cap is reckoned; the balance is the account's own."""

    DAY = "day"
    YEAR = "year"
    TOTAL = "total"
    BALANCE = "balance"


class GiftTo(StrEnum):
    """To whom people may give minutes."""

    HOUSEHOLD = "household"
    RELATIVES = "relatives"
    NEEDY = "needy"
    ANYONE = "anyone"


class Crossing(StrEnum):
    """How far from home minutes may go: the level that both communities lie under."""

    NONE = "none"
    STREET = "street"
    DISTRICT = "district"
    CITY = "city"


class Succession(StrEnum):
    """What becomes of the minutes of somebody who died."""

    HEIR = "heir"
    DONATE = "donate"
    LAPSE = "lapse"


class MovingAway(StrEnum):
    """What becomes of the minutes of somebody who moved away."""

    KEEP = "keep"
    TRANSFER = "transfer"
    DONATE = "donate"


class OfferKind(StrEnum):
    """What minutes are honoured with, in the order in which it is offered."""

    SERVICE = "service"
    GOODS = "goods"
    BENEFIT = "benefit"


class IssueReason(StrEnum):
    """Why not all minutes of a service were credited to who gave them."""

    NO_SCHEME = "no_scheme"
    CLASS_NOT_COUNTED = "class_not_counted"
    TOO_YOUNG = "too_young"
    AGE_UNKNOWN = "age_unknown"
    GROUP_DONATES = "group_donates"
    DAY_CAP = "day_cap"
    YEAR_CAP = "year_cap"
    TOTAL_CAP = "total_cap"
    BALANCE_CAP = "balance_cap"


class Relation(StrEnum):
    """What a relative is to somebody."""

    SPOUSE = "spouse"
    PARENT = "parent"
    CHILD = "child"
    GRANDPARENT = "grandparent"
    GRANDCHILD = "grandchild"
    SIBLING = "sibling"
    IN_LAW = "in_law"


class OrderKind(StrEnum):
    """What staff ask for, and another approves."""

    REVERSAL = "reversal"
    ADJUSTMENT = "adjustment"
    GRANT = "grant"
    ENDOWMENT = "endowment"
    SUCCESSION = "succession"
    MOVING_AWAY = "moving_away"
    SETTLEMENT = "settlement"
    WAIVER = "waiver"


class ShortfallState(StrEnum):
    """What has become of minutes that could not be taken back."""

    OPEN = "open"
    SETTLED = "settled"
    WAIVED = "waived"


class OrderState(StrEnum):
    """What has become of an order."""

    PROPOSED = "proposed"
    CARRIED_OUT = "carried_out"
    DECLINED = "declined"


class ReservationState(StrEnum):
    """What has become of a reservation."""

    QUEUED = "queued"
    HELD = "held"
    HONOURED = "honoured"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    PASSED_OVER = "passed_over"
