"""What a community may choose of the rules of minutes: stricter than the general ones. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domains.kernel.errors import InvalidInput
from domains.kernel.rules import Threshold
from domains.meetings.errors.bodies import MeetingRulesLooser

_LONGEST_DAYS = 30


@dataclass(frozen=True, slots=True)
class OwnMinutes:
    """Who confirms besides, and how long may be objected; None leaves it as it is."""

    objection_days: int | None = None
    objections_in_working_days: bool = False
    share: Threshold | None = None

    def put_into(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return a rule set's content with these figures.

        Raises InvalidInput out of bounds, MeetingRulesLooser where less is asked for.
        """
        kept = dict(content["minutes"])
        if self.objection_days is not None:
            kept["objections"] = self._objections(kept["objections"])
        if self.share is not None:
            general = Threshold.of(kept["share"]) if kept["share"] else None
            if general is not None and _strictness(self.share) < _strictness(general):
                raise MeetingRulesLooser(path=("input", "minutes", "share"))
            kept["share"] = self.share.as_json()
        return dict(content) | {"minutes": kept}

    def _objections(self, general: Mapping[str, int] | None) -> dict[str, int]:
        """Return the period; of working days, a number is never shorter than of natural ones."""
        path = ("input", "minutes", "objectionDays")
        days = self.objection_days or 0
        if not 1 <= days <= _LONGEST_DAYS:
            raise InvalidInput(
                path=path,
                zh=f"须在 1 与 {_LONGEST_DAYS} 之间。",
                en=f"It lies between 1 and {_LONGEST_DAYS}.",
            )
        unit = "workingDays" if self.objections_in_working_days else "naturalDays"
        ((general_unit, least),) = (general or {unit: 0}).items()
        if days < least or (unit == "naturalDays" and general_unit == "workingDays"):
            raise MeetingRulesLooser(path=path)
        return {unit: days}


def _strictness(share: Threshold) -> tuple[Any, bool]:
    return share.fraction, not share.inclusive
