"""Membership's words: closed lists that the database and the schema share."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID


class AreaKind(StrEnum):
    """A level of the tree of areas."""

    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"
    ESTATE = "estate"
    BUILDING = "building"


class AreaBasis(StrEnum):
    """Where a floor area comes from; register before survey before contract (解释 8)."""

    REGISTER = "register"
    SURVEY = "survey"
    CONTRACT = "contract"


class Gender(StrEnum):
    """As a household register records it."""

    FEMALE = "female"
    MALE = "male"


class ResidencyKind(StrEnum):
    """What binds a person to a household."""

    OWNER = "owner"
    TENANT = "tenant"
    MEMBER = "member"


class ResidencyState(StrEnum):
    """How far a residency is believed."""

    CLAIMED = "claimed"
    VERIFIED = "verified"
    REFUSED = "refused"
    ENDED = "ended"


class OrganisationKind(StrEnum):
    """The five parties, and the others that a community deals with."""

    COMMUNITY_BODY = "community_body"
    SOCIAL_ORGANISATION = "social_organisation"
    SOCIAL_WORK_STATION = "social_work_station"
    CHARITY_FUND = "charity_fund"
    ENTERPRISE = "enterprise"
    PROPERTY_COMPANY = "property_company"
    OWNERS_COMMITTEE = "owners_committee"
    DEPARTMENT = "department"


class TagSubject(StrEnum):
    """What a tag is said of."""

    PERSON = "person"
    HOUSEHOLD = "household"


class TagSensitivity(StrEnum):
    """How much a tag of this kind could hurt whom it is said of (PIPL, articles 28 to 32)."""

    ORDINARY = "ordinary"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class ConsentForm(StrEnum):
    """How a person agreed that a helper enters something for them."""

    WRITTEN = "written"
    SPOKEN = "spoken"
    GUARDIAN = "guardian"


class HelperKind(StrEnum):
    """As what somebody is told what another is told."""

    GUARDIAN = "guardian"
    HELPER = "helper"


class DepartureKind(StrEnum):
    """Why somebody is here no more."""

    DECEASED = "deceased"
    CLOSED = "closed"


class ImportMode(StrEnum):
    """What an import does when rows are refused."""

    ALL_OR_NOTHING = "all_or_nothing"
    GOOD_ROWS = "good_rows"


class SignInMethod(StrEnum):
    """How a session was opened."""

    ONE_TIME_CODE = "one_time_code"
    WECHAT = "wechat"
    OIDC = "oidc"


@dataclass(frozen=True, slots=True)
class Made:
    """What a command made, or had made when it was first asked with the same key."""

    id: UUID
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """What is entered about a person; numbers as people write them."""

    name: str
    gender: Gender | None = None
    birth_date: date | None = None
    phone: str | None = field(default=None, repr=False)
    identity_number: str | None = field(default=None, repr=False)
    has_political_rights: bool = True


@dataclass(frozen=True, slots=True)
class TagDraft:
    """What is said of somebody: the kind's code, how it is known, and from when until when."""

    code: str
    source: str = field(repr=False)
    since: date | None = None
    review_on: date | None = None


@dataclass(frozen=True, slots=True)
class TagConsent:
    """How somebody allowed that a tag is used to reach them, and the version of what they read."""

    form: ConsentForm
    text_version: int
    note: str = ""
