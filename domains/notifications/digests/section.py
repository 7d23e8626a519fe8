"""What a summary is made of: sections, each a heading and lines that a domain's queries give.

A section's lines are read once a community and period, and kept with the occasion.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.notifications.values import Locale, Rhythm

MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a community's summary is about: from the first instant to before the last."""

    community_id: UUID
    area_path: str
    since: datetime
    until: datetime


# A line in each language; most are titles, and alike in both.
Line = Mapping[Locale, str]
Lines = Callable[[Period], Awaitable[Sequence[Line]]]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines, in the summaries of some rhythms; left out where it has none."""

    code: str
    title: Mapping[Locale, str]
    rhythms: frozenset[Rhythm]
    lines: Lines


def alike(text: str) -> Line:
    """Return a line that is the same in every language."""
    return dict.fromkeys(Locale, text)


def written(found: Sequence[tuple[Section, Sequence[Line]]], locale: Locale) -> str:
    """Write sections with their lines, eight of each at most, and how many more there are."""
    parts: list[str] = []
    for section, lines in found:
        if not lines:
            continue
        shown = [f"· {line[locale]}" for line in lines[:MOST_LINES]]
        more = len(lines) - len(shown)
        if more > 0:
            shown.append(f"· 另有 {more} 项" if locale is Locale.ZH_HANS else f"· and {more} more")
        parts.append("\n".join([section.title[locale], *shown]))
    return "\n\n".join(parts)
