"""A community's year, whole: what its report says; everything in it is public."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from domains.kernel import calendar, clock, database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.pledges.queries import comparison, results
from domains.pledges.queries.comparison import MOST_YEARS, YearFigures
from domains.pledges.rules.annual_report import (
    AnnualReport,
    ItemRates,
    OrderLine,
    PledgeLine,
    YearLine,
)
from domains.pledges.rules.keeping import Score, keeping
from domains.pledges.values.pledges import PledgeState
from domains.pledges.values.reviews import Half, RectificationState

MOST_PLEDGES = 500

_PLEDGES = """
SELECT p.number, p.title, o.name AS body, t.budget_fen, p.first_deadline, p.deadline,
       p.delivered_on, p.state, p.reached_weight
FROM pledges_pledge p
JOIN pledges_terms t ON t.pledge_id = p.id AND t.version = p.terms_version
JOIN membership_organisation o ON o.id = p.organisation_id
WHERE p.area_id = $1 AND p.year = $2 AND p.committed_at IS NOT NULL
ORDER BY p.number LIMIT $3
"""
_ORDERS = """
SELECT v.half, coalesce(p.name, o.name) AS name, r.demand, r.due_at, r.late_since, r.state
FROM pledges_rectification r
JOIN pledges_review v ON v.id = r.review_id
JOIN pledges_reviewee w ON w.id = r.reviewee_id
LEFT JOIN membership_person p ON p.id = w.person_id
LEFT JOIN membership_organisation o ON o.id = w.organisation_id
WHERE v.area_id = $1 AND v.year = $2 ORDER BY v.half, r.ordered_at, r.id
"""
_NAME = "SELECT name FROM membership_area WHERE id = $1"


async def report_of(actor: Actor, area_id: UUID, year: int) -> AnnualReport:
    """Return what a community's year came to, as of today."""
    years = await comparison.years(actor, area_id, first_year=year - MOST_YEARS + 1, last_year=year)
    now = next((each for each in years if each.year == year), None)
    rows = await database.fetch(_PLEDGES, area_id, year, MOST_PLEDGES)
    return AnnualReport(
        community=await database.fetch_value(_NAME, area_id),
        year=year,
        as_of=await clock.today(),
        score=now.score if now else Score(*(0,) * len(Score.__slots__)),
        pledges=[_line(row) for row in rows],
        bodies=[(each.name, each.score) for each in now.bodies] if now else [],
        reviews=await results.of_year(area_id, year),
        items=_items(now) if now else [],
        orders=[_order(row) for row in await database.fetch(_ORDERS, area_id, year)],
        years=[_year(each) for each in years],
    )


def _line(row: Row) -> PledgeLine:
    state = PledgeState(row["state"])
    names = ("number", "title", "body", "budget_fen", "first_deadline", "deadline")
    return PledgeLine(
        **{name: row[name] for name in (*names, "delivered_on")},
        state=state,
        keeping=keeping(
            state, first_deadline=row["first_deadline"], delivered_on=row["delivered_on"]
        ),
        reached=row["reached_weight"],
    )


def _order(row: Row) -> OrderLine:
    return OrderLine(
        half=Half(row["half"]),
        name=row["name"],
        demand=row["demand"],
        # A period is over at the first instant after its last day.
        due_on=calendar.day_of(row["due_at"] - timedelta(microseconds=1)),
        is_late=row["late_since"] is not None,
        state=RectificationState(row["state"]),
    )


def _items(year: YearFigures) -> Sequence[ItemRates]:
    """Return each item with its rate in every review; reviews may have other items."""
    labels = dict.fromkeys(
        item.label
        for overall in (False, True)
        for review in year.reviews
        for item in review.items
        if item.is_overall is overall
    )
    said = [{item.label: item.rate for item in review.items} for review in year.reviews]
    return [ItemRates(label, [each.get(label) for each in said]) for label in labels]


def _year(each: YearFigures) -> YearLine:
    rates = [(review.half, review.overall) for review in each.reviews if not review.is_second]
    return YearLine(each.year, each.score, rates)
