"""Why somebody may not serve, and why a place stays empty: one list of words for both."""

from enum import StrEnum


class Reason(StrEnum):
    """Why not. The first group is about a person, the second about a place or a need."""

    OPTED_OUT = "OPTED_OUT"
    FORBIDDEN = "FORBIDDEN"
    UNDER_AGE = "UNDER_AGE"
    NO_GUARDIAN_CONSENT = "NO_GUARDIAN_CONSENT"
    NOT_INSURED = "NOT_INSURED"
    NO_SKILL = "NO_SKILL"
    SKILL_TOO_LOW = "SKILL_TOO_LOW"
    SKILL_EXPIRED = "SKILL_EXPIRED"
    TOO_FAR = "TOO_FAR"
    NOT_FREE = "NOT_FREE"
    WEEK_FULL = "WEEK_FULL"

    ELSEWHERE = "ELSEWHERE"
    ALL_TAKEN = "ALL_TAKEN"
    GROUP_FULL = "GROUP_FULL"
    UNKNOWN = "UNKNOWN"
    TOO_FEW_PEOPLE = "TOO_FEW_PEOPLE"
    NO_HOST = "NO_HOST"
    NO_SUPERVISION = "NO_SUPERVISION"
    NO_MONEY = "NO_MONEY"
    NO_VENUE = "NO_VENUE"
    NOT_CHOSEN = "NOT_CHOSEN"
