"""What the rules of a form of meeting say, read from a rule set. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from domains.kernel import calendar
from domains.kernel.calendar import NaturalDays, WorkingDays
from domains.kernel.rules import RuleSet, Threshold
from domains.meetings.values import AttendeeKind, Capacity, MeetingForm, MeetingMode


@dataclass(frozen=True, slots=True)
class Substitution:
    """Who may have somebody stand in for them, and until how many minutes before the meeting."""

    kinds: frozenset[AttendeeKind]
    until_minutes: int
    most_per_person: int


@dataclass(frozen=True, slots=True)
class Procedure:
    """The rules that a meeting runs under."""

    form: MeetingForm
    decides: bool
    notice: NaturalDays | WorkingDays | None
    quorum: Threshold | None
    capacities: Mapping[AttendeeKind, frozenset[Capacity]]
    modes: frozenset[MeetingMode]
    substitution: Substitution | None
    remind_hours: tuple[int, ...]
    check_in_minutes: int
    code_seconds: int
    month_day: int | None
    shifts_from_rest_days: bool

    @classmethod
    def of(cls, rules: RuleSet) -> Self:
        """Read them; raises KeyError or ValueError where they are not rules of a meeting."""
        said = rules.content
        quorum, month = said["quorum"], said.get("monthDay")
        return cls(
            form=MeetingForm(said["form"]),
            decides=bool(said["decides"]),
            notice=_period(said["notice"]),
            quorum=Threshold.of(quorum) if quorum else None,
            capacities={
                AttendeeKind(kind): frozenset(Capacity(each) for each in capacities)
                for kind, capacities in said["capacities"].items()
            },
            modes=frozenset(MeetingMode(each) for each in said["modes"]),
            substitution=_substitution(said["substitutes"]),
            remind_hours=tuple(said["remindHours"]),
            check_in_minutes=int(said["checkInMinutes"]),
            code_seconds=int(said["codeSeconds"]),
            month_day=None if month is None else int(month),
            shifts_from_rest_days=bool(said["shiftsFromRestDays"]),
        )

    def allows(self, kind: AttendeeKind, capacity: Capacity) -> bool:
        """Whether who comes as this may be invited in this capacity."""
        return capacity in self.capacities.get(kind, frozenset())

    def earliest_start(self, convened_at: datetime) -> datetime:
        """Return the first instant at which a meeting convened now may start.

        民法典 201: the day of the notice is not counted; the days in between are whole ones.
        """
        if self.notice is None:
            return convened_at
        last_day = calendar.add(calendar.day_of(convened_at), self.notice)
        return calendar.start_of(last_day + timedelta(days=1))


def _period(said: Mapping[str, int] | None) -> NaturalDays | WorkingDays | None:
    if not said:
        return None
    if "workingDays" in said:
        return WorkingDays(said["workingDays"])
    return NaturalDays(said["naturalDays"])


def _substitution(said: Mapping[str, Any] | None) -> Substitution | None:
    if not said:
        return None
    return Substitution(
        kinds=frozenset(AttendeeKind(each) for each in said["kinds"]),
        until_minutes=int(said["untilMinutes"]),
        most_per_person=int(said["mostPerPerson"]),
    )
