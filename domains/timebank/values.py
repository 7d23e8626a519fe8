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
