"""How often somebody may do something. Pure."""

from datetime import datetime, timedelta
from math import ceil


def wait_s(earlier: datetime | None, *, now: datetime, window: timedelta) -> int:
    """Return the seconds until the act that is `most` acts ago leaves the window; 0 if it has.

    `earlier` is when the act was done that many acts ago, None where there were fewer.
    """
    if earlier is None:
        return 0
    left = (earlier + window - now).total_seconds()
    return ceil(left) if left > 0 else 0
