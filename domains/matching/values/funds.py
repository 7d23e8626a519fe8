"""Words for money that is bound to a purpose."""

from enum import StrEnum


class FundKind(StrEnum):
    """Where a fund's money comes from, and what it is for."""

    PURPOSE = "purpose"
    MATCHING = "matching"
    COMMUNITY = "community"


class FundState(StrEnum):
    """Whether a fund takes and gives."""

    OPEN = "open"
    CLOSED = "closed"


class FundEntryKind(StrEnum):
    """What moved money of a fund; nothing else does."""

    INCOME = "income"
    MATCH_IN = "match_in"
    MATCH_OUT = "match_out"
    ALLOTMENT = "allotment"
    RELEASE = "release"
    SPENDING = "spending"
    REFUND = "refund"
    RETURN = "return"


class PayeeKind(StrEnum):
    """Who was paid, as far as the public knows."""

    ENTERPRISE = "enterprise"
    SOCIAL_ORGANISATION = "social_organisation"
    INSTITUTION = "institution"
    PERSON_SERVED = "person_served"
    VOLUNTEER_EXPENSES = "volunteer_expenses"
    SERVICE_PROVIDER = "service_provider"


class SpendingState(StrEnum):
    """Whether a spending stands."""

    ENTERED = "entered"
    APPROVED = "approved"
    REFUSED = "refused"


MOST_FEN = 2**53 - 1
