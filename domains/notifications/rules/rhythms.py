"""When summaries are due, and of which days: weeks from Monday, days from midnight, in Shanghai."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domains.notifications.values import Rhythm

_SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Issue:
    """One summary: by what it is known, of which days, and when it is due."""

    slot: str
    since: datetime
    until: datetime
    due_at: datetime


def issue_due(
    rhythm: Rhythm, now: datetime, *, at_minute: int, patience: timedelta
) -> Issue | None:
    """Return the summary that is due now; None before its minute, and once it matters no more."""
    here = now.astimezone(_SHANGHAI)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    if rhythm is Rhythm.WEEKLY:
        until = midnight - timedelta(days=midnight.weekday())
        since = until - timedelta(days=7)
        year, week, _ = since.isocalendar()
        slot = f"{year}-W{week:02}"
    else:
        until, since = midnight, midnight - timedelta(days=1)
        slot = since.date().isoformat()
    due_at = until + timedelta(minutes=at_minute)
    if not due_at <= here < due_at + patience:
        return None
    return Issue(slot, since.astimezone(UTC), until.astimezone(UTC), due_at.astimezone(UTC))
