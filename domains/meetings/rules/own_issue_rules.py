"""A community's own rules for issues: sooner, earlier and for more matters, never less. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domains.kernel.errors import InvalidInput
from domains.meetings.errors import MeetingRulesLooser
from domains.meetings.values.issues import IssueCategory, IssueState, RiskLevel

_MOST_WORDS = 10


@dataclass(frozen=True, slots=True)
class OwnIssueRules:
    """What a community changes; the rest stays as the general rules have it.

    Days are counted as the general rules count them. `ballots` name a rule set for categories
    that the general rules leave to meetings; `routes` replace the words of departments' names.
    """

    support_count: int | None = None
    look_days: int | None = None
    step_days: Mapping[IssueState, int] = field(default_factory=dict)
    assignment_days: Mapping[RiskLevel, int] = field(default_factory=dict)
    whistle_days: Mapping[RiskLevel, int] = field(default_factory=dict)
    evaluation_days: int | None = None
    ballots: Mapping[IssueCategory, str] = field(default_factory=dict)
    routes: Mapping[IssueCategory, tuple[str, ...]] = field(default_factory=dict)

    def put_into(self, base: Mapping[str, Any]) -> dict[str, Any]:
        """Return the general content with these changes; raises MeetingRulesLooser."""
        content = dict(base)
        if self.support_count is not None:
            _require(1 <= self.support_count <= base["supportCount"], "supportCount")
            content["supportCount"] = self.support_count
        if self.look_days is not None:
            content["look"] = _sooner(base["look"], self.look_days, "lookDays")
        for name, at, given in (
            ("steps", "stepDays", self.step_days),
            ("assignment", "assignmentDays", self.assignment_days),
            ("whistle", "whistleDays", self.whistle_days),
        ):
            content[name] = _all_sooner(base[name], given, at)
        if self.evaluation_days is not None:
            content["evaluation"] = _longer(base["evaluation"], self.evaluation_days)
        content["ballots"] = self._ballots(base["ballots"])
        content["routes"] = {**base["routes"], **self._routes()}
        return content

    def _ballots(self, general: Mapping[str, str]) -> dict[str, str]:
        # What the law puts to the ballot stays there, under the same rules.
        for category, code in self.ballots.items():
            _require(general.get(category.value, code) == code, "ballots")
        return {**general, **{each.value: code for each, code in self.ballots.items()}}

    def _routes(self) -> dict[str, list[str]]:
        for words in self.routes.values():
            if len(words) > _MOST_WORDS or not all(2 <= len(each) <= 40 for each in words):
                raise InvalidInput(
                    path=("input", "routes"),
                    zh=f"每类最多 {_MOST_WORDS} 个部门名称,每个 2 至 40 字。",
                    en=f"a category has {_MOST_WORDS} names at most, of 2 to 40 characters.",
                )
        return {each.value: list(words) for each, words in self.routes.items()}


def _require(stricter: bool, name: str) -> None:
    if not stricter:
        raise MeetingRulesLooser(path=("input", name))


def _sooner(general: Mapping[str, int], days: int, name: str) -> dict[str, int]:
    ((unit, most),) = general.items()
    _require(1 <= days <= most, name)
    return {unit: days}


def _longer(general: Mapping[str, int], days: int) -> dict[str, int]:
    ((unit, least),) = general.items()
    _require(least <= days <= 60, "evaluationDays")
    return {unit: days}


def _all_sooner(
    general: Mapping[str, Mapping[str, int]], given: Mapping[Any, int], name: str
) -> dict[str, Mapping[str, int]]:
    content = dict(general)
    for key, days in given.items():
        # Where the general rules set no limit, a community sets one in working days.
        limit = general.get(key.value, {"workingDays": 366})
        content[key.value] = _sooner(limit, days, name)
    return content
