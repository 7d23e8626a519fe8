"""The words of publishers: what a body is, and what its people and a chain's steps do."""

from enum import StrEnum


class PublisherKind(StrEnum):
    """What kind of body answers for what it publishes (谁发布谁负责)."""

    COMMUNITY = "community"
    DEPARTMENT = "department"
    PARTY = "party"
    OWNERS_COMMITTEE = "owners_committee"
    PROPERTY_COMPANY = "property_company"


class OfficerPart(StrEnum):
    """What somebody does for a publisher where no role of the register says it."""

    WRITER = "writer"
    PRIVACY_REVIEWER = "privacy_reviewer"
    APPROVER = "approver"


class StepKind(StrEnum):
    """A step of a chain; a version waits at it in the state of the same name."""

    SUPERVISOR_REVIEW = "supervisor_review"
    PRIVACY_REVIEW = "privacy_review"
    APPROVAL = "approval"
