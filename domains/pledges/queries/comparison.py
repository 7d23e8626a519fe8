"""A community beside itself, year on year: three statements whatever the number of years."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.pledges.queries.scoreboard import FIGURES, score_of
from domains.pledges.rules.keeping import Score
from domains.pledges.rules.ratings import Answers, GroupAnswers, weighted
from domains.pledges.values.reviews import Half

MOST_YEARS = 10
MOST_BODIES = 30

_SCORES = f"""
SELECT p.year, {FIGURES} FROM pledges_pledge p
WHERE p.area_id = $1 AND p.year BETWEEN $2 AND $3 AND p.committed_at IS NOT NULL
GROUP BY p.year ORDER BY p.year
"""
_BODIES = f"""
SELECT s.*, o.name FROM (
    SELECT p.year, p.organisation_id, {FIGURES},
           row_number() OVER (PARTITION BY p.year
                              ORDER BY count(*) DESC, p.organisation_id) AS place
    FROM pledges_pledge p
    WHERE p.area_id = $1 AND p.year BETWEEN $2 AND $3 AND p.committed_at IS NOT NULL
    GROUP BY p.year, p.organisation_id) s
JOIN membership_organisation o ON o.id = s.organisation_id
WHERE s.place <= $4 ORDER BY s.year, s.place
"""
# All under review together, by group: what each group said of the community's promises.
_SATISFACTION = """
SELECT v.id, v.year, v.half, v.scheduled_at, v.second_of_id, i.position, i.label, i.is_overall,
       g.weight, sum(r.satisfied)::int AS satisfied,
       sum(r.basically_satisfied)::int AS basically_satisfied,
       sum(r.unsatisfied)::int AS unsatisfied, sum(r.unknown)::int AS unknown,
       coalesce((v.frozen_rules #> '{content,countsUnknown}')::boolean, false) AS counts_unknown
FROM pledges_review v
JOIN pledges_review_item i ON i.review_id = v.id
JOIN pledges_reviewee w ON w.review_id = v.id
JOIN pledges_rating r ON r.reviewee_id = w.id AND r.item = i.position
JOIN pledges_rater_group g ON g.id = r.group_id
WHERE v.area_id = $1 AND v.year BETWEEN $2 AND $3 AND v.published_at IS NOT NULL
GROUP BY v.id, i.review_id, i.position, g.id
ORDER BY v.year, v.half, v.scheduled_at, v.id, i.position, g.position
"""


@dataclass(frozen=True, slots=True)
class ItemSatisfaction:
    """What was said of an item, all under review together; the rate weighs the groups."""

    label: str
    is_overall: bool
    answers: Answers
    rate: Fraction | None


@dataclass(frozen=True, slots=True)
class ReviewSatisfaction:
    """A published review, item by item."""

    review_id: UUID
    half: Half
    is_second: bool
    items: tuple[ItemSatisfaction, ...]

    @property
    def overall(self) -> Fraction | None:
        """Return the rate over all."""
        return next((each.rate for each in self.items if each.is_overall), None)


@dataclass(frozen=True, slots=True)
class BodyScore:
    """How a body kept its pledges of the year."""

    organisation_id: UUID
    name: str
    score: Score


@dataclass(frozen=True, slots=True)
class YearFigures:
    """A year of a community: its score, its bodies, and its published reviews."""

    year: int
    score: Score
    bodies: tuple[BodyScore, ...]
    reviews: tuple[ReviewSatisfaction, ...]


_NOTHING = Score(*(0,) * len(Score.__slots__))


async def years(
    actor: Actor, area_id: UUID, *, first_year: int, last_year: int
) -> list[YearFigures]:
    """Return the years in which a community promised something or was reviewed, in order.

    Of at most ten years, those up to the last; what was promised and published is public.
    """
    span = (area_id, max(first_year, last_year - MOST_YEARS + 1), last_year)
    scores = {row["year"]: score_of(row) for row in await database.fetch(_SCORES, *span)}
    bodies: defaultdict[int, list[BodyScore]] = defaultdict(list)
    for row in await database.fetch(_BODIES, *span, MOST_BODIES):
        body = BodyScore(row["organisation_id"], row["name"], score_of(row))
        bodies[row["year"]].append(body)
    said: defaultdict[int, list[ReviewSatisfaction]] = defaultdict(list)
    for _, rows in groupby(await database.fetch(_SATISFACTION, *span), key=lambda row: row["id"]):
        of_review = list(rows)
        said[of_review[0]["year"]].append(_satisfaction(of_review))
    return [
        YearFigures(year, scores.get(year, _NOTHING), tuple(bodies[year]), tuple(said[year]))
        for year in sorted(scores.keys() | said.keys())
    ]


def _satisfaction(rows: Sequence[Row]) -> ReviewSatisfaction:
    return ReviewSatisfaction(
        review_id=rows[0]["id"],
        half=Half(rows[0]["half"]),
        is_second=rows[0]["second_of_id"] is not None,
        items=tuple(
            _item(list(of_item)) for _, of_item in groupby(rows, key=lambda row: row["position"])
        ),
    )


def _item(rows: Sequence[Row]) -> ItemSatisfaction:
    names = ("satisfied", "basically_satisfied", "unsatisfied", "unknown")
    said = [Answers(**{name: row[name] for name in names}) for row in rows]
    groups = [GroupAnswers(row["weight"], each) for row, each in zip(rows, said, strict=True)]
    return ItemSatisfaction(
        label=rows[0]["label"],
        is_overall=rows[0]["is_overall"],
        answers=sum(said, Answers()),
        rate=weighted(groups, counts_unknown=rows[0]["counts_unknown"]),
    )
