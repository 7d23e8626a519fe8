"""Every section of the summaries, in the order in which they are read."""

from domains.notifications.digests import disclosure, meetings, polls
from domains.notifications.digests.section import Section

ALL: tuple[Section, ...] = (
    *meetings.SECTIONS,
    *polls.SECTIONS,
    *disclosure.SECTIONS,
)
