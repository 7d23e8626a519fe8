"""The words of disclosures: kinds, states of a disclosure and of one version of it."""

from enum import StrEnum


class DisclosureKind(StrEnum):
    """What residents know it as."""

    NOTICE = "notice"
    ACTIVITY = "activity"
    ANNOUNCEMENT = "announcement"
    POLICY = "policy"
    NEWS = "news"
    STRUCTURED = "structured"


class DisclosureState(StrEnum):
    """How far a disclosure has come, by its first version until that is public."""

    DRAFT = "draft"
    SUPERVISOR_REVIEW = "supervisor_review"
    PRIVACY_REVIEW = "privacy_review"
    APPROVAL = "approval"
    APPROVED = "approved"
    PUBLISHED = "published"
    OBJECTED = "objected"
    ANSWERED = "answered"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ARCHIVED = "archived"


class VersionState(StrEnum):
    """How far one version has come; nothing of a published one changes any more."""

    DRAFT = "draft"
    SUPERVISOR_REVIEW = "supervisor_review"
    PRIVACY_REVIEW = "privacy_review"
    APPROVAL = "approval"
    APPROVED = "approved"
    PUBLISHED = "published"


# A version of it is public.
PUBLIC = frozenset(
    {
        DisclosureState.PUBLISHED,
        DisclosureState.OBJECTED,
        DisclosureState.ANSWERED,
        DisclosureState.CORRECTED,
        DisclosureState.WITHDRAWN,
        DisclosureState.EXPIRED,
        DisclosureState.ARCHIVED,
    }
)
# It is on display: residents find it in the feed.
STANDING = PUBLIC - {DisclosureState.EXPIRED, DisclosureState.ARCHIVED}


class Change(StrEnum):
    """What a version is to the one before it."""

    FIRST = "first"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"


class Decision(StrEnum):
    """What was decided at a step of a chain."""

    APPROVED = "approved"
    RETURNED = "returned"


class AttachmentUse(StrEnum):
    """What an attachment is to the text."""

    PICTURE = "picture"
    FILE = "file"
