"""What a community says of its own rules of volunteering."""

from datetime import date
from typing import Any
from uuid import UUID

import strawberry

from domains.kernel.actor import Role
from domains.volunteering.service.adopting import Adoption
from domains.volunteering.values.activities import VolunteerActivityNature
from domains.volunteering.values.volunteers import ServiceClass
from schema.volunteering import enums as _enums  # noqa: F401  # describes the enums first
from schema.volunteering.inputs import Key


@strawberry.input(description="What a star asks for.")
class StarLevelInput:
    """Levels rise: each asks for more hours, and for no less of the rest."""

    hours: int = strawberry.field(description="How many hours.")
    months: int = strawberry.field(description="How many months since the first service.")
    quality_tenths: int = strawberry.field(description="The least average quality, in tenths.")
    approved_by: list[Role] = strawberry.field(description="Which roles may approve it.")


@strawberry.input(description="What a medal asks for.")
class VolunteerMedalInput:
    """A medal keeps its code in every version."""

    code: str = strawberry.field(description="Its code: one word of ASCII.")
    title_zh: str = strawberry.field(description="What it is called, in Chinese.")
    title_en: str = strawberry.field(description="What it is called, in English.")
    hours: int = strawberry.field(description="How many hours in all.")
    community_hours: int = strawberry.field(
        default=0, description="How many of them in the volunteer's own community."
    )
    approved_by: list[Role] = strawberry.field(description="Which roles may approve it.")


@strawberry.input(description="A community's own star policy.")
class AdoptStarPolicyInput:
    """What is left out stays as it is."""

    community_id: strawberry.ID = strawberry.field(description="The community.")
    effective_from: date = strawberry.field(description="The first day on which it holds.")
    legal_basis: str = strawberry.field(description="The text that it rests on.")
    notice_working_days: int | None = strawberry.field(
        default=None, description="Working days of public notice, 1 to 60."
    )
    levels: list[StarLevelInput] | None = strawberry.field(
        default=None, description="The stars, the lowest first, 1 to 9."
    )
    medals: list[VolunteerMedalInput] | None = strawberry.field(
        default=None, description="The medals, 9 at most; they replace all that were."
    )
    ban_years_least: int | None = strawberry.field(
        default=None, description="The shortest ban for fraud, in years."
    )
    ban_years_most: int | None = strawberry.field(
        default=None, description="The longest ban for fraud, in years, 10 at most."
    )
    idempotency_key: UUID = strawberry.field(description=Key)

    def adoption(self) -> Adoption:
        """Hand it to the domain, as the rule set says it."""
        bans = {"least": self.ban_years_least, "most": self.ban_years_most}
        return _adoption(
            self,
            {
                "notice": _days(self.notice_working_days),
                "levels": None
                if self.levels is None
                else [
                    {
                        "level": at,
                        "hours": each.hours,
                        "months": each.months,
                        "qualityTenths": each.quality_tenths,
                        "approvers": [role.value for role in each.approved_by],
                    }
                    for at, each in enumerate(self.levels, start=1)
                ],
                "medals": None
                if self.medals is None
                else [
                    {
                        "code": each.code,
                        "titleZh": each.title_zh,
                        "titleEn": each.title_en,
                        "hours": each.hours,
                        "communityHours": each.community_hours,
                        "approvers": [role.value for role in each.approved_by],
                    }
                    for each in self.medals
                ],
                "banYears": _told(bans),
            },
        )


@strawberry.input(description="One of the things that a station has to have.")
class StationHaveInput:
    """A code and a title."""

    code: str = strawberry.field(description="Its code: one word of ASCII.")
    title: str = strawberry.field(description="What it is.")


@strawberry.input(description="What puts a record under review.")
class SuspicionFiguresInput:
    """What is left out stays as it is."""

    ring_confirmations: int | None = strawberry.field(
        default=None, description="How often people confirm one another."
    )
    ring_days: int | None = strawberry.field(default=None, description="Within how many days.")
    day_minutes: int | None = strawberry.field(
        default=None, description="Above how many minutes a day is looked into."
    )
    burst_days: int | None = strawberry.field(
        default=None, description="How many last days of a year are weighed."
    )
    burst_percent: int | None = strawberry.field(
        default=None, description="What share of the year they may hold."
    )
    burst_least_minutes: int | None = strawberry.field(
        default=None, description="From how many minutes on."
    )
    duty_begins: str | None = strawberry.field(
        default=None, description="When office hours begin, like 09:00."
    )
    duty_ends: str | None = strawberry.field(default=None, description="When they end.")

    def said(self) -> dict[str, Any] | None:
        """Return what is said of them, as the rule set says it."""
        return _told(
            {
                "ringConfirmations": self.ring_confirmations,
                "ringDays": self.ring_days,
                "dayMinutes": self.day_minutes,
                "burstDays": self.burst_days,
                "burstPercent": self.burst_percent,
                "burstLeastMinutes": self.burst_least_minutes,
                "dutyBegins": self.duty_begins,
                "dutyEnds": self.duty_ends,
            }
        )


@strawberry.input(description="A community's own rules of registering and recording.")
class AdoptVolunteerRulesInput:
    """What is left out stays as it is."""

    community_id: strawberry.ID = strawberry.field(description="The community.")
    effective_from: date = strawberry.field(description="The first day on which they hold.")
    legal_basis: str = strawberry.field(description="The text that they rest on.")
    least_age: int | None = strawberry.field(
        default=None, description="From what age somebody registers, 6 to 18."
    )
    minors_barred: list[ServiceClass] | None = strawberry.field(
        default=None, description="What minors may not do."
    )
    excluded_natures: list[VolunteerActivityNature] | None = strawberry.field(
        default=None, description="What does not count; gifts and paid work never do."
    )
    day_cap_minutes: int | None = strawberry.field(
        default=None, description="How many minutes of a day count, 60 to 1,440."
    )
    check_ins_a_day: int | None = strawberry.field(
        default=None, description="How many check-ins an activity takes of one person a day."
    )
    check_in_before_minutes: int | None = strawberry.field(
        default=None, description="How many minutes before a shift check-in begins."
    )
    check_out_after_minutes: int | None = strawberry.field(
        default=None, description="How many minutes after a shift check-out still counts as it is."
    )
    code_seconds: int | None = strawberry.field(
        default=None, description="How long a code on the spot is shown, 5 to 60 seconds."
    )
    record_working_days: int | None = strawberry.field(
        default=None, description="Within how many working days a record is confirmed, 1 to 10."
    )
    confirmers: int | None = strawberry.field(
        default=None, description="How many others confirm a record, 2 to 5."
    )
    notice_working_days: int | None = strawberry.field(
        default=None, description="Working days of public notice, 1 to 60."
    )
    station_haves: list[StationHaveInput] | None = strawberry.field(
        default=None, description="What a station has to have, 1 to 20 things."
    )
    suspicion: SuspicionFiguresInput | None = strawberry.field(
        default=None, description="What asks for a look."
    )
    idempotency_key: UUID = strawberry.field(description=Key)

    def adoption(self) -> Adoption:
        """Hand it to the domain, as the rule set says it."""
        return _adoption(
            self,
            {
                "leastAge": self.least_age,
                "minorsBarred": _values(self.minors_barred),
                "excludedNatures": _values(self.excluded_natures),
                "dayCapMinutes": self.day_cap_minutes,
                "checkInsADay": self.check_ins_a_day,
                "checkInBeforeMinutes": self.check_in_before_minutes,
                "checkOutAfterMinutes": self.check_out_after_minutes,
                "codeSeconds": self.code_seconds,
                "record": _days(self.record_working_days),
                "confirmers": self.confirmers,
                "notice": _days(self.notice_working_days),
                "stationHaves": None
                if self.station_haves is None
                else [{"code": each.code, "title": each.title} for each in self.station_haves],
                "suspicion": None if self.suspicion is None else self.suspicion.said(),
            },
        )


def _adoption(
    given: AdoptStarPolicyInput | AdoptVolunteerRulesInput, changes: dict[str, Any]
) -> Adoption:
    return Adoption(given.effective_from, given.legal_basis, _told(changes) or {})


def _told(said: dict[str, Any]) -> dict[str, Any] | None:
    kept = {name: value for name, value in said.items() if value is not None}
    return kept or None


def _days(days: int | None) -> dict[str, int] | None:
    return None if days is None else {"workingDays": days}


def _values(
    given: list[ServiceClass] | list[VolunteerActivityNature] | None,
) -> list[str] | None:
    return None if given is None else sorted({each.value for each in given})
