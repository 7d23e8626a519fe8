"""Membership's tables. Only membership touches them; others ask its queries."""

from domains.membership.models.care import Departure, PersonHelper
from domains.membership.models.organisations import Organisation, RoleGrant
from domains.membership.models.people import (
    AssistedEntry,
    Household,
    Person,
    RegisterImport,
    RegisterRowRefusal,
    Residency,
)
from domains.membership.models.places import Area
from domains.membership.models.sign_in import (
    ExternalIdentity,
    OidcAttempt,
    SecondFactor,
    Session,
    SignInCode,
)
from domains.membership.models.tags import Tag, TagKind

__all__ = [
    "Area",
    "AssistedEntry",
    "Departure",
    "ExternalIdentity",
    "Household",
    "OidcAttempt",
    "Organisation",
    "Person",
    "PersonHelper",
    "RegisterImport",
    "RegisterRowRefusal",
    "Residency",
    "RoleGrant",
    "SecondFactor",
    "Session",
    "SignInCode",
    "Tag",
    "TagKind",
]
