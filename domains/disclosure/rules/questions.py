"""The clocks of questions, objections, answers and demands, as their rules have them. Pure.

Which days they are is data (rule set DISCLOSURE_QUESTIONS); how they are counted is the Civil
Code's: the day itself is not counted, and a last day of rest moves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domains.disclosure.rules.periods import period_of_json
from domains.disclosure.values.questions import DemandReach, QuestionKind
from domains.kernel import calendar
from domains.kernel.rules import Threshold

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Count:
    """Who stands behind a demand, and how many could."""

    residents: int
    resident_roll: int
    representatives: int
    representative_roll: int


def _after(content: Content, *names: str, since: datetime) -> datetime:
    found: Any = content
    for name in names:
        found = found[name]
    return calendar.deadline(since, period_of_json(found)).at


def open_until(content: Content, kind: QuestionKind, since: datetime) -> datetime:
    """Return the first instant at which something public since then can be asked about no more."""
    return _after(content, kind.value, "within", since=since)


def answer_due(content: Content, kind: QuestionKind, asked_at: datetime) -> datetime:
    """Return the first instant at which the body's answer is late."""
    return _after(content, kind.value, "answer", since=asked_at)


def street_due(content: Content, since: datetime) -> datetime:
    """Return the first instant at which the street's word is late."""
    return _after(content, "street", since=since)


def appeal_until(content: Content, answered_at: datetime) -> datetime:
    """Return the first instant at which an answer can be taken up no more."""
    return _after(content, "appeal", since=answered_at)


def extension_allowed(content: Content, *, earlier: int, due: datetime, until: datetime) -> bool:
    """Whether the street may put a deadline off until then, having done so `earlier` times."""
    most: Mapping[str, int] = content["extension"]
    return earlier < most["times"] and due < until <= due + timedelta(days=most["days"])


def demand_until(content: Content, raised_at: datetime) -> datetime:
    """Return the first instant at which a demand collects no more."""
    return _after(content, "demand", "collect", since=raised_at)


def demand_due(content: Content, reached_at: datetime) -> datetime:
    """Return the first instant at which what was forced open is late."""
    return _after(content, "demand", "due", since=reached_at)


def reach_of(content: Content, count: Count) -> DemandReach | None:
    """Return whose share forces the item open, if one does; of nobody, no share is reached."""
    demand = content["demand"]
    if Threshold.of(demand["residents"]).met(count.residents, of=count.resident_roll):
        return DemandReach.RESIDENTS
    representatives = Threshold.of(demand["representatives"])
    if representatives.met(count.representatives, of=count.representative_roll):
        return DemandReach.REPRESENTATIVES
    return None
