"""The words of discussion: subjects, sides, reactions, moderation, statements."""

from enum import StrEnum


class SubjectKind(StrEnum):
    """What is discussed."""

    ISSUE = "issue"
    AGENDA_ITEM = "agenda_item"
    MEETING = "meeting"


class Side(StrEnum):
    """Where a comment stands."""

    FOR = "for"
    AGAINST = "against"
    NEUTRAL = "neutral"
    QUESTION = "question"


class ReactionKind(StrEnum):
    """What a reader answers to a comment without words."""

    AGREE = "agree"
    THANKS = "thanks"
    DOUBT = "doubt"


class ReportGround(StrEnum):
    """Why somebody reports a comment."""

    ABUSE = "abuse"
    PERSONAL_DATA = "personal_data"
    SPAM = "spam"
    OFF_TOPIC = "off_topic"
    UNTRUE = "untrue"
    OTHER = "other"


class ReportState(StrEnum):
    """What became of a report."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class HidingState(StrEnum):
    """Whether a hidden text stays hidden."""

    STANDS = "stands"
    APPEALED = "appealed"
    CONFIRMED = "confirmed"
    LIFTED = "lifted"


class Attitude(StrEnum):
    """What somebody says to a statement."""

    AGREE = "agree"
    DISAGREE = "disagree"
    PASS = "pass"  # noqa: S105  # an answer, no password
