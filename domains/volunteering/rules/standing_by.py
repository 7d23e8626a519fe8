"""What a community's rules ask of shifts that people wait for and stand in for. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from domains.kernel.rules import RuleSet


@dataclass(frozen=True, slots=True)
class ShiftProcedure:
    """How long before a shift it is told of, and how long somebody may say no."""

    tomorrow: timedelta
    soon: timedelta
    absent_after: timedelta
    decline_within: timedelta
    most_waiting: int

    @classmethod
    def of(cls, rules: RuleSet) -> Self:
        """Read a rule set."""
        content: Mapping[str, Any] = rules.content
        return cls(
            tomorrow=timedelta(hours=content["tomorrowHours"]),
            soon=timedelta(minutes=content["soonMinutes"]),
            absent_after=timedelta(minutes=content["absentAfterMinutes"]),
            decline_within=timedelta(hours=content["declineHours"]),
            most_waiting=content["mostWaiting"],
        )

    def moments(
        self, starts_at: datetime, ends_at: datetime
    ) -> tuple[datetime, datetime, datetime]:
        """Return when a shift is told of, twice, and when its absences are looked for."""
        return starts_at - self.tomorrow, starts_at - self.soon, ends_at + self.absent_after

    def decline_until(self, now: datetime, starts_at: datetime) -> datetime:
        """Return until when who moved up may say no: never beyond the beginning."""
        return min(now + self.decline_within, starts_at)
