"""The words of the catalogue: affairs, frequencies, field classes, and how a duty stands."""

from enum import StrEnum


class Affair(StrEnum):
    """The three affairs that a community makes public (三务)."""

    PARTY = "party"
    RESIDENTS = "residents"
    FINANCE = "finance"


class FinanceClass(StrEnum):
    """The eight classes of finance (农经发〔2011〕13号, art. 6)."""

    PLAN = "plan"
    INCOME = "income"
    SPENDING = "spending"
    ASSETS = "assets"
    RESOURCES = "resources"
    DEBTS = "debts"
    DISTRIBUTION = "distribution"
    OTHER = "other"


class Frequency(StrEnum):
    """How often an item is due."""

    ONCE = "once"
    AT_ONCE = "at_once"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    LONG_TERM = "long_term"


class ObligationState(StrEnum):
    """How a duty stands; what became late stays late, also once it is made up for."""

    PENDING = "pending"
    MET = "met"
    LATE = "late"
    WAIVED = "waived"


class FieldClass(StrEnum):
    """How closely a field is kept (P0 to P3): only P0 is public as it stands."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class Mask(StrEnum):
    """What is shown of a field in the public version."""

    NONE = "none"
    NAME = "name"
    PHONE = "phone"
    IDENTITY_NUMBER = "identity_number"
    ADDRESS = "address"
    ACCOUNT = "account"
    HIDDEN = "hidden"
