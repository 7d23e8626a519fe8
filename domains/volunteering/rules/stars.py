"""Stars and medals: a policy is data; what is earned follows from hours, time and quality. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Self

from domains.kernel import calendar
from domains.kernel.actor import Role
from domains.kernel.calendar import Months, WorkingDays
from domains.kernel.rules import RuleSet
from domains.volunteering.values.honours import VolunteerHonourKind

MOST_HOURS = 100_000


@dataclass(frozen=True, slots=True)
class Level:
    """A star: hours, months since the first service, least average quality, who approves."""

    level: int
    hours: int
    months: int
    quality_tenths: int
    approvers: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Medal:
    """A medal: hours in all, and in the volunteer's own community."""

    code: str
    title_zh: str
    title_en: str
    hours: int
    community_hours: int
    approvers: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a volunteer has given, in final records: minutes that count, and how good it was."""

    minutes: int
    community_minutes: int
    first_day: date | None
    quality_tenths: int | None
    is_banned: bool = False


@dataclass(frozen=True, slots=True)
class Earned:
    """An honour that the figures earn."""

    kind: VolunteerHonourKind
    code: str
    level: int
    title_zh: str
    title_en: str
    approvers: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class StarPolicy:
    """What is asked for each star and medal, and how long it is on notice."""

    notice: WorkingDays
    levels: tuple[Level, ...]
    medals: tuple[Medal, ...]
    ban_years: tuple[int, int]

    @classmethod
    def of(cls, rules: RuleSet) -> Self:
        """Read a rule set; raises ValueError where the levels do not rise."""
        return cls.read(rules.content)

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Self:
        """Read a rule set's content; raises ValueError where the levels do not rise."""
        policy = cls(
            notice=WorkingDays(content["notice"]["workingDays"]),
            levels=tuple(_level(each) for each in content["levels"]),
            medals=tuple(_medal(each) for each in content["medals"]),
            ban_years=(content["banYears"]["least"], content["banYears"]["most"]),
        )
        if not policy.is_sound():
            raise ValueError("levels rise by hours, and ask for no less of the rest")
        return policy

    def is_sound(self) -> bool:
        """Whether each level asks for more hours than the one below, and no less of the rest."""
        if [each.level for each in self.levels] != list(range(1, len(self.levels) + 1)):
            return False
        asked = [(each.hours, each.months, each.quality_tenths) for each in self.levels]
        rising = all(
            low[0] < high[0] and low[1] <= high[1] and low[2] <= high[2]
            for low, high in pairwise(asked)
        )
        return (
            1 <= len(self.levels) <= 9
            and 1 <= self.notice.days <= 60
            and rising
            and all(
                0 < hours <= MOST_HOURS and months >= 0 and 0 <= quality <= 50
                for hours, months, quality in asked
            )
            and all(each.approvers for each in self.levels)
            and all(_is_medal(each) for each in self.medals)
            and len({each.code for each in self.medals}) == len(self.medals) <= 9
            and 1 <= self.ban_years[0] <= self.ban_years[1] <= 10
        )

    def star(self, figures: Figures, *, on: date) -> Level | None:
        """Return the highest star that the figures earn on a day; None while banned."""
        if figures.is_banned:
            return None
        earned = [each for each in self.levels if _meets(each, figures, on=on)]
        return earned[-1] if earned else None

    def earned(self, figures: Figures, *, on: date) -> Iterator[Earned]:
        """Yield the highest star and every medal that the figures earn on a day."""
        star = self.star(figures, on=on)
        if star is not None:
            yield Earned(
                VolunteerHonourKind.STAR,
                f"star{star.level}",
                star.level,
                f"{'一二三四五六七八九'[star.level - 1]}星志愿者",
                f"Volunteer of {star.level} star{'s' * (star.level > 1)}",
                star.approvers,
            )
        for at, medal in enumerate(self.medals, start=1):
            if (
                not figures.is_banned
                and figures.minutes >= medal.hours * 60
                and figures.community_minutes >= medal.community_hours * 60
            ):
                yield Earned(
                    VolunteerHonourKind.MEDAL,
                    medal.code,
                    at,
                    medal.title_zh,
                    medal.title_en,
                    medal.approvers,
                )


def _meets(level: Level, figures: Figures, *, on: date) -> bool:
    if figures.first_day is None or figures.minutes < level.hours * 60:
        return False
    if level.months and calendar.add(figures.first_day, Months(level.months)) > on:
        return False
    return level.quality_tenths == 0 or (figures.quality_tenths or 0) >= level.quality_tenths


def _is_medal(medal: Medal) -> bool:
    return (
        bool(medal.approvers)
        and 0 < medal.hours <= MOST_HOURS
        and 0 <= medal.community_hours <= medal.hours
        and medal.code.isascii()
        and medal.code.isidentifier()
        and len(medal.code) <= 40
        and all(1 <= len(title.strip()) <= 60 for title in (medal.title_zh, medal.title_en))
    )


def _level(given: Mapping[str, Any]) -> Level:
    return Level(
        level=given["level"],
        hours=given["hours"],
        months=given["months"],
        quality_tenths=given["qualityTenths"],
        approvers=tuple(Role(each) for each in given["approvers"]),
    )


def _medal(given: Mapping[str, Any]) -> Medal:
    return Medal(
        code=given["code"],
        title_zh=given["titleZh"],
        title_en=given["titleEn"],
        hours=given["hours"],
        community_hours=given["communityHours"],
        approvers=tuple(Role(each) for each in given["approvers"]),
    )
