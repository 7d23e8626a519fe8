"""What the rules of a form of meeting say of its minutes. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self

from domains.kernel.calendar import Period
from domains.kernel.rules import Threshold
from domains.meetings.rules import periods
from domains.meetings.values.minutes import NamesShown, SignatoryRole


@dataclass(frozen=True, slots=True)
class MinutesTerms:
    """Who confirms minutes, how long they may be objected to, and how names stand in public.

    `share` is which part of those present who decide has to confirm, beside the offices.
    """

    offices: tuple[SignatoryRole, ...]
    share: Threshold | None
    objections: Period | None
    public_names: NamesShown
    catalogue_item: str

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Self:
        """Read them from a rule set's content."""
        said = content["minutes"]
        return cls(
            offices=tuple(SignatoryRole(each) for each in said["confirmedBy"]),
            share=Threshold.of(said["share"]) if said["share"] else None,
            objections=periods.period(said["objections"]) if said["objections"] else None,
            public_names=NamesShown(said["publicNames"]),
            catalogue_item=said["catalogueItem"],
        )

    def attendees_needed(self, present: int) -> int:
        """Return how many of those present who decide have to confirm."""
        return 0 if self.share is None else self.share.least(present)

    def is_confirmed(
        self, given: Collection[SignatoryRole], *, attendees: int, present: int
    ) -> bool:
        """Whether the offices have confirmed, and enough of those who were present."""
        return set(self.offices) <= set(given) and attendees >= self.attendees_needed(present)
