"""What summaries say of disclosures: published, owed, demanded, and answered in person."""

from datetime import datetime, timedelta

from domains.disclosure.queries import telling as disclosures
from domains.notifications.digests.section import Line, Period, Section, alike
from domains.notifications.rules import wording
from domains.notifications.values import Locale, Rhythm, VariableKind

_WEEK = timedelta(days=7)
_WEEKLY, _DAILY = frozenset({Rhythm.WEEKLY}), frozenset({Rhythm.DAILY})


async def _published(period: Period) -> list[Line]:
    of = (period.area_path, period.since, period.until)
    return [alike(title) for title in await disclosures.titles_published(*of)]


async def _owed(period: Period) -> list[Line]:
    """Say what is late already or due within a week, and by when."""
    rows = await disclosures.duties_owed(period.area_path, period.until + _WEEK)
    return [
        {
            Locale.ZH_HANS: f"{_at(row['due_at'], Locale.ZH_HANS)} {row['title_zh']}",
            Locale.EN: f"{_at(row['due_at'], Locale.EN)} {row['title_en']}",
        }
        for row in rows
    ]


async def _demanded(period: Period) -> list[Line]:
    return [alike(title) for title in await disclosures.titles_demanded(period.area_path)]


async def _ahead(period: Period) -> list[Line]:
    until = period.until + _WEEK
    rows = await disclosures.gatherings_between(period.area_path, period.until, until)
    return [
        {locale: f"{_at(row['starts_at'], locale)} {row['title']}" for locale in Locale}
        for row in rows
    ]


def _at(instant: datetime, locale: Locale) -> str:
    return wording.said_as(instant.isoformat(), VariableKind.DATETIME, locale)


SECTIONS = (
    Section(
        "disclosures_published",
        {Locale.ZH_HANS: "新公开", Locale.EN: "Made public"},
        _WEEKLY,
        _published,
    ),
    Section(
        "gatherings_ahead",
        {Locale.ZH_HANS: "访谈与发布会", Locale.EN: "Answered in person"},
        frozenset(Rhythm),
        _ahead,
    ),
    Section(
        "demands_collecting",
        {Locale.ZH_HANS: "居民要求公开", Locale.EN: "Demanded by residents"},
        frozenset(Rhythm),
        _demanded,
    ),
    Section(
        "duties_owed",
        {Locale.ZH_HANS: "待公开", Locale.EN: "To be made public"},
        _DAILY,
        _owed,
    ),
)
