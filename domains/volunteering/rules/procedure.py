"""What a community's rules ask of volunteers and their records, read from data. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Self

from domains.kernel.calendar import WorkingDays
from domains.kernel.rules import RuleSet
from domains.volunteering.values.activities import VolunteerActivityNature
from domains.volunteering.values.volunteers import ServiceClass


@dataclass(frozen=True, slots=True)
class SuspicionRules:
    """From when on figures are looked into."""

    ring_confirmations: int
    ring_days: int
    day_minutes: int
    burst_days: int
    burst_percent: int
    burst_least_minutes: int
    duty_begins: time
    duty_ends: time


@dataclass(frozen=True, slots=True)
class Have:
    """One of the things that a station has."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """How volunteers are registered, and how their service is recorded."""

    least_age: int
    adult_age: int
    minors_barred: frozenset[ServiceClass]
    excluded: frozenset[VolunteerActivityNature]
    day_cap_minutes: int
    check_ins_a_day: int
    check_in_before_minutes: int
    check_out_after_minutes: int
    code_seconds: int
    record: WorkingDays
    confirmers: int
    notice: WorkingDays
    station_haves: tuple[Have, ...]
    suspicion: SuspicionRules

    @classmethod
    def of(cls, rules: RuleSet) -> Self:
        """Read a rule set."""
        content = rules.content
        return cls(
            least_age=content["leastAge"],
            adult_age=content["adultAge"],
            minors_barred=frozenset(ServiceClass(each) for each in content["minorsBarred"]),
            excluded=frozenset(
                VolunteerActivityNature(each) for each in content["excludedNatures"]
            ),
            day_cap_minutes=content["dayCapMinutes"],
            check_ins_a_day=content["checkInsADay"],
            check_in_before_minutes=content["checkInBeforeMinutes"],
            check_out_after_minutes=content["checkOutAfterMinutes"],
            code_seconds=content["codeSeconds"],
            record=WorkingDays(content["record"]["workingDays"]),
            confirmers=content["confirmers"],
            notice=WorkingDays(content["notice"]["workingDays"]),
            station_haves=tuple(
                Have(each["code"], each["title"]) for each in content["stationHaves"]
            ),
            suspicion=_suspicion(content["suspicion"]),
        )


def _suspicion(content: Mapping[str, Any]) -> SuspicionRules:
    return SuspicionRules(
        ring_confirmations=content["ringConfirmations"],
        ring_days=content["ringDays"],
        day_minutes=content["dayMinutes"],
        burst_days=content["burstDays"],
        burst_percent=content["burstPercent"],
        burst_least_minutes=content["burstLeastMinutes"],
        duty_begins=time.fromisoformat(content["dutyBegins"]),
        duty_ends=time.fromisoformat(content["dutyEnds"]),
    )


def age_on(born: date, on: date) -> int:
    """Return the age in full years on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def minutes_between(seconds: float) -> int:
    """Return the whole minutes actually given; what is begun does not count."""
    return int(seconds // 60)
