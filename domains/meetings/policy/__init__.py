"""Who may, in bodies and meetings: one declared table, gathered from one file a noun."""

from domains.kernel.actor import Authority
from domains.meetings.policy.places import (
    CONVENERS,
    BodyPlace,
    MeetingPlace,
)

AUTHORITY: Authority = {}

__all__ = ["AUTHORITY", "CONVENERS", "BodyPlace", "MeetingPlace"]
