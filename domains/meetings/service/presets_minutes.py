"""What every installation begins with for minutes, by form of meeting.

《村民委员会组织法》第三十条, by analogy: what a meeting decided is made public.
Who confirms, and for how long those who were present may object, is left to a community's own
rules; what stands here is a beginning.
"""

from typing import Any

from domains.meetings.values import MeetingForm
from domains.meetings.values.minutes import NamesShown, SignatoryRole

# 居务公开目录: decisions of meetings; hearing, coordination and review meetings.
_DECISIONS, _THREE_MEETINGS = "R01", "R02"
_OF_THREE = frozenset({MeetingForm.HEARING, MeetingForm.COORDINATION, MeetingForm.REVIEW_MEETING})
_OVER_HALF = {"numerator": 1, "denominator": 2, "inclusive": False}


def content(form: MeetingForm) -> dict[str, Any]:
    """Return the rules of minutes of a form of meeting."""
    by_members = form is MeetingForm.RESIDENTS_REPRESENTATIVES
    return {
        "minutes": {
            "confirmedBy": [SignatoryRole.CHAIR.value, SignatoryRole.SECRETARY.value],
            "share": _OVER_HALF if by_members else None,
            "objections": {"naturalDays": 3},
            "publicNames": NamesShown.MASKED.value,
            "catalogueItem": _THREE_MEETINGS if form in _OF_THREE else _DECISIONS,
        }
    }
