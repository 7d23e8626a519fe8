"""What puts a record under review, with its reason; it never refuses anything by itself. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domains.kernel.calendar import is_working_day
from domains.volunteering.rules.procedure import SuspicionRules
from domains.volunteering.values.records import RecordSuspicion

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a record when it has its confirmations."""

    started_at: datetime
    ended_at: datetime
    day: date
    confirmed_back: int
    day_minutes: int
    burst_minutes: int
    year_minutes: int
    is_staff: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A rule that met the record, and why, in both languages."""

    rule: RecordSuspicion
    zh: str
    en: str


def suspicions(facts: Facts, rules: SuspicionRules) -> Iterator[Found]:
    """Yield what asks for a look at a record."""
    if facts.confirmed_back:
        yield Found(
            RecordSuspicion.RING,
            f"{rules.ring_days} 天内,确认人与志愿者相互(或经他人循环)确认达"
            f" {rules.ring_confirmations} 次以上。",
            f"Within {rules.ring_days} days confirmer and volunteer confirmed one another,"
            f" or in a circle, {rules.ring_confirmations} times or more.",
        )
    if facts.day_minutes > rules.day_minutes:
        yield Found(
            RecordSuspicion.IMPOSSIBLE_DAY,
            f"当日服务合计 {facts.day_minutes} 分钟,超过 {rules.day_minutes} 分钟。",
            f"The day holds {facts.day_minutes} minutes of service, above {rules.day_minutes}.",
        )
    if _bursts(facts, rules):
        yield Found(
            RecordSuspicion.YEAR_END_BURST,
            f"年末 {rules.burst_days} 天内集中 {facts.burst_minutes} 分钟,"
            f"占全年 {facts.year_minutes} 分钟的 {rules.burst_percent}% 以上。",
            f"The last {rules.burst_days} days of the year hold {facts.burst_minutes} of its"
            f" {facts.year_minutes} minutes, {rules.burst_percent}% or more.",
        )
    if facts.is_staff and on_duty(facts.started_at, facts.ended_at, rules):
        yield Found(
            RecordSuspicion.STAFF_ON_DUTY,
            "社区工作人员在工作日的工作时间内服务。",
            "Staff of the community served in office hours of a working day.",
        )


def burst_begins(year: int, rules: SuspicionRules) -> date:
    """Return the first of the last days of a year."""
    return date(year + 1, 1, 1) - timedelta(days=rules.burst_days)


def _bursts(facts: Facts, rules: SuspicionRules) -> bool:
    return (
        facts.day >= burst_begins(facts.day.year, rules)
        and facts.burst_minutes >= rules.burst_least_minutes
        and facts.burst_minutes * 100 >= facts.year_minutes * rules.burst_percent
    )


def on_duty(started_at: datetime, ended_at: datetime, rules: SuspicionRules) -> bool:
    """Whether a time touches the office hours of a working day."""
    first, last = started_at.astimezone(SHANGHAI), ended_at.astimezone(SHANGHAI)
    if not is_working_day(first.date()):
        return False
    begins = datetime.combine(first.date(), rules.duty_begins, tzinfo=SHANGHAI)
    ends = datetime.combine(first.date(), rules.duty_ends, tzinfo=SHANGHAI)
    return first < ends and last > begins
