"""What summaries say of meetings."""

from datetime import datetime, timedelta

from domains.meetings.queries import telling as meetings
from domains.notifications.digests.section import Line, Period, Section
from domains.notifications.rules import wording
from domains.notifications.values import Locale, Rhythm, VariableKind

_WEEK = timedelta(days=7)


def _line(title: str, starts_at: datetime) -> Line:
    return {
        locale: f"{wording.said_as(starts_at.isoformat(), VariableKind.DATETIME, locale)} {title}"
        for locale in Locale
    }


async def _ahead(period: Period) -> list[Line]:
    rows = await meetings.meetings_between(period.area_path, period.until, period.until + _WEEK)
    return [_line(row["title"], row["starts_at"]) for row in rows]


SECTIONS = (
    Section(
        "meetings_ahead",
        {Locale.ZH_HANS: "近期会议", Locale.EN: "Meetings ahead"},
        frozenset(Rhythm),
        _ahead,
    ),
)
