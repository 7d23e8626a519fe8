"""What a community's rules ask of volunteers and their records, read from data. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Self

from domains.kernel.calendar import WorkingDays
from domains.kernel.rules import RuleSet
from domains.volunteering.values.activities import VolunteerActivityNature
from domains.volunteering.values.volunteers import ServiceClass

# Order 67, article 19; the Regulation, article 37: what is paid for is no volunteer service.
_ALWAYS_EXCLUDED = frozenset({VolunteerActivityNature.PAID_WORK, VolunteerActivityNature.DONATION})


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
        return cls.read(rules.content)

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Self:
        """Read a rule set's content; raises ValueError, KeyError where it is not whole."""
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

    def oddity(self) -> str | None:
        """Return which figure is none that the law leaves open; None where all are.

        Order 67, article 11: recorded within 10 working days. Civil Code, article 17: of age
        at 18. A second person confirms, whatever the community says.
        """
        looks = self.suspicion
        bounds = {
            "leastAge": (self.least_age, 6, 18),
            "adultAge": (self.adult_age, 18, 18),
            "dayCapMinutes": (self.day_cap_minutes, 60, 1440),
            "checkInsADay": (self.check_ins_a_day, 1, 10),
            "checkInBeforeMinutes": (self.check_in_before_minutes, 0, 240),
            "checkOutAfterMinutes": (self.check_out_after_minutes, 0, 240),
            "codeSeconds": (self.code_seconds, 5, 60),
            "recordWorkingDays": (self.record.days, 1, 10),
            "confirmers": (self.confirmers, 2, 5),
            "noticeWorkingDays": (self.notice.days, 1, 60),
            "stationHaves": (len(self.station_haves), 1, 20),
            "ringConfirmations": (looks.ring_confirmations, 1, 100),
            "ringDays": (looks.ring_days, 1, 366),
            "dayMinutes": (looks.day_minutes, 1, 1440),
            "burstDays": (looks.burst_days, 1, 92),
            "burstPercent": (looks.burst_percent, 1, 100),
            "burstLeastMinutes": (looks.burst_least_minutes, 1, 600_000),
        }
        for name, (value, least, most) in bounds.items():
            if type(value) is not int or not least <= value <= most:
                return f"{name} {least}-{most}"
        if looks.duty_begins >= looks.duty_ends:
            return "dutyBegins < dutyEnds"
        if VolunteerActivityNature.SERVICE in self.excluded:
            return "excludedNatures: service"
        if not self.excluded >= _ALWAYS_EXCLUDED:
            return "excludedNatures: " + ", ".join(sorted(_ALWAYS_EXCLUDED - self.excluded))
        codes = {each.code for each in self.station_haves if _is_have(each)}
        if len(codes) != len(self.station_haves):
            return "stationHaves"
        return None


def _is_have(have: Have) -> bool:
    is_code = have.code.isascii() and have.code.isidentifier() and len(have.code) <= 24
    return is_code and 1 <= len(have.title.strip()) <= 30


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
