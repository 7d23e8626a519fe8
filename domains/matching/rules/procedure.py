"""What a community's rules ask of needs, offers and ratings, read from data. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from domains.kernel.rules import RuleSet


@dataclass(frozen=True, slots=True)
class Procedure:
    """How needs are posted, offered, confirmed and rated."""

    needs_a_day: int
    open_needs: int
    longest_ahead_days: int
    orders_ahead_days: int
    offer_hours: int
    urgent_offer_minutes: int
    expiring_minutes: int
    reserves: int
    check_in_before_minutes: int
    check_out_after_minutes: int
    code_seconds: int
    starts_soon_minutes: int
    no_show_after_minutes: int
    confirm_days: int
    confirmers: int
    rate_days: int
    ratings_k: int
    radius_m: int
    week_cap_minutes: int
    daily_run_days: int
    host_needs: int
    # South, west, north, east, where the community's rules say how far it reaches.
    bounds_e6: tuple[int, int, int, int] | None

    @classmethod
    def of(cls, rules: RuleSet) -> Self:
        """Read a rule set."""
        content = rules.content
        return cls(
            needs_a_day=content["needsADay"],
            open_needs=content["openNeeds"],
            longest_ahead_days=content["longestAheadDays"],
            orders_ahead_days=content["ordersAheadDays"],
            offer_hours=content["offerHours"],
            urgent_offer_minutes=content["urgentOfferMinutes"],
            expiring_minutes=content["expiringMinutes"],
            reserves=content["reserves"],
            check_in_before_minutes=content["checkInBeforeMinutes"],
            check_out_after_minutes=content["checkOutAfterMinutes"],
            code_seconds=content["codeSeconds"],
            starts_soon_minutes=content["startsSoonMinutes"],
            no_show_after_minutes=content["noShowAfterMinutes"],
            confirm_days=content["confirmDays"],
            confirmers=content["confirmers"],
            rate_days=content["rateDays"],
            ratings_k=content["ratingsK"],
            radius_m=content["radiusM"],
            week_cap_minutes=content["weekCapMinutes"],
            daily_run_days=content.get("dailyRunDays", 0),
            host_needs=content["hostNeeds"],
            bounds_e6=_bounds(content.get("boundsE6")),
        )


def _bounds(given: Sequence[int] | None) -> tuple[int, int, int, int] | None:
    if given is None:
        return None
    south, west, north, east = given
    return south, west, north, east
