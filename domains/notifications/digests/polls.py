"""What summaries say of polls."""

from domains.notifications.digests.section import Line, Period, Section, alike
from domains.notifications.values import Locale, Rhythm
from domains.voting.queries import telling as polls

_BOTH = frozenset(Rhythm)


async def _open(period: Period) -> list[Line]:
    return [alike(title) for title in await polls.titles_open(period.area_path)]


async def _counted(period: Period) -> list[Line]:
    found = await polls.titles_counted(period.area_path, period.since, period.until)
    return [alike(title) for title in found]


SECTIONS = (
    Section(
        "polls_open",
        {Locale.ZH_HANS: "正在投票", Locale.EN: "Open for votes"},
        _BOTH,
        _open,
    ),
    Section(
        "polls_counted",
        {Locale.ZH_HANS: "投票结果", Locale.EN: "Results of votes"},
        _BOTH,
        _counted,
    ),
)
