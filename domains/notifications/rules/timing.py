"""When what leaves the house may leave it: quiet hours, in Shanghai's time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one minute of the day to another, over midnight where need be; equal: none."""

    from_minute: int
    until_minute: int

    def ends_at(self, now: datetime) -> datetime | None:
        """Return when the quiet hours that hold now end; None where none hold."""
        here = now.astimezone(_SHANGHAI)
        minute = here.hour * 60 + here.minute
        length = (self.until_minute - self.from_minute) % _DAY
        passed = (minute - self.from_minute) % _DAY
        if passed >= length:
            return None
        begun = here.replace(second=0, microsecond=0)
        return (begun + timedelta(minutes=length - passed)).astimezone(now.tzinfo)


def leaves_at(
    now: datetime, quiet: QuietHours | None, *, is_urgent: bool, until: datetime | None
) -> datetime | None:
    """Return when a message may leave; None where it would then matter no more.

    What is urgent does not wait for the end of the quiet hours.
    """
    ends = None if is_urgent or quiet is None else quiet.ends_at(now)
    at = now if ends is None else ends
    return None if until is not None and at >= until else at
