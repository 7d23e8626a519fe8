"""The words of the log: what a poll leaves in it."""

from enum import StrEnum


class PollRecord(StrEnum):
    """Which of a poll's facts a leaf tells of."""

    ROLL = "poll_roll"
    RESULT = "poll_result"
