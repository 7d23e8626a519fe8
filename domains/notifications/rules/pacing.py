"""How long to wait: between attempts, between messages to one number, for a channel that is shut.

Attempts back off as stamina's do: doubling from the first wait to a longest one, each with a
random part besides, so that what failed together does not come back together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_ATTEMPTS = 8
# Of answers that leave it open: a repetition may arrive twice. A worker that was killed may not
# have begun with what it held, so that lost leases are bounded by the attempts alone.
MOST_UNANSWERED = 3
FIRST_WAIT_S = 15.0
LONGEST_WAIT_S = 3_600.0
LONGEST_PAUSE_S = 3_600.0
FIRST_PAUSE_S = 1.0
FAILURES_TO_BLOCK = 5


def wait_s(attempts: int, *, chance: float) -> float:
    """Return the seconds before the next attempt: 15, 30, 60 … an hour, and up to half more.

    `chance` is between 0 and 1.
    """
    assert attempts >= 1, "there is no waiting before the first attempt"
    usual = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(attempts - 1, 30))
    return usual * (1 + chance / 2)


def pause_s(faults: int, *, asked_s: float | None) -> float:
    """Return the seconds for which a channel stays shut after so many faults in a row."""
    own = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(max(faults - 1, 0), 30))
    return min(LONGEST_PAUSE_S, max(own, asked_s or 0.0))


@dataclass(frozen=True, slots=True)
class NumberLimits:
    """How often one number is written to."""

    pause_s: int
    per_hour: int
    per_day: int

    def free_at(self, sent: Sequence[datetime], now: datetime) -> datetime:
        """Return when the number may be written to again, after what was sent, newest first."""
        held = [now]
        hour, day = timedelta(hours=1), timedelta(days=1)
        # What a clock that went back shows in the future counts as sent now.
        past = sorted((min(each, now) for each in sent), reverse=True)
        if past:
            held.append(past[0] + timedelta(seconds=self.pause_s))
        if len(past) >= self.per_hour:
            held.append(past[self.per_hour - 1] + hour)
        if len(past) >= self.per_day:
            held.append(past[self.per_day - 1] + day)
        return max(held)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A channel's tokens: so many a second, no more saved up than a second's."""

    rate: int

    def filled(self, tokens: float, *, elapsed_s: float) -> float:
        """Return the tokens after a while; a clock that went back adds none and takes none."""
        return min(float(self.rate), tokens + max(0.0, elapsed_s) * self.rate)
