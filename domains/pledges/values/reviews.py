"""What a half-yearly review is made of."""

from enum import StrEnum


class Half(StrEnum):
    """Which half of the year is under review."""

    H1 = "h1"
    H2 = "h2"


class ReviewState(StrEnum):
    """How far a review has come."""

    SCHEDULED = "scheduled"
    REPORTS_DUE = "reports_due"
    RATING = "rating"
    TALLIED = "tallied"
    VOID = "void"
    PUBLISHED = "published"
    RECTIFYING = "rectifying"
    RE_REVIEWED = "re_reviewed"
    LINKED = "linked"


class RevieweeKind(StrEnum):
    """Who is under review."""

    PERSON = "person"
    BODY = "body"


class RaterSource(StrEnum):
    """How the reviewers of a group come together."""

    ROLE = "role"
    DRAWN = "drawn"
    OPEN = "open"
    LIST = "list"


class ReviewAnswer(StrEnum):
    """What a reviewer says of an item."""

    SATISFIED = "satisfied"
    BASICALLY_SATISFIED = "basically_satisfied"
    UNSATISFIED = "unsatisfied"
    UNKNOWN = "unknown"


class RectificationState(StrEnum):
    """How far an order to put something right has come."""

    ORDERED = "ordered"
    REPORTED = "reported"
    PASSED = "passed"
    FAILED = "failed"


class AppraisalGrade(StrEnum):
    """What a year's appraisal comes to."""

    EXCELLENT = "excellent"
    COMPETENT = "competent"
    BASICALLY_COMPETENT = "basically_competent"
    NOT_COMPETENT = "not_competent"


class ReportFormat(StrEnum):
    """As what kind of file a year's report is."""

    PDF = "pdf"
    XLSX = "xlsx"
