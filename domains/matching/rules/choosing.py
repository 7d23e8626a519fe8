"""Choosing among applications by the scores of reviewers without a part in them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from domains.matching.errors.projects import ReviewsMissing, ScoresIncomplete

Scores = Mapping[int, int]
# Points of an application are told in thousandths of a point of a hundred.
POINT = 1000


@dataclass(frozen=True, slots=True)
class Application:
    """What a project asks for, and what each valid reviewer gave it by criterion."""

    project_id: UUID
    number: int
    budget_fen: int
    reviews: Sequence[Scores]


@dataclass(frozen=True, slots=True)
class Choice:
    """Where an application came, with how many points, and whether it was chosen."""

    project_id: UUID
    place: int
    points: int
    is_chosen: bool


def require_complete(scores: Scores, weights: Mapping[int, int]) -> None:
    """Refuse unless every criterion has one score from 0 to 100; raises ScoresIncomplete."""
    if set(scores) != set(weights) or not all(0 <= each <= 100 for each in scores.values()):
        raise ScoresIncomplete(path=("input", "scores"))


def points_of(application: Application, weights: Mapping[int, int]) -> Fraction:
    """Return the mean of the reviewers' weighted means, exactly."""
    whole = sum(weights.values())
    given = sum(
        (
            Fraction(weights[at] * score, whole)
            for each in application.reviews
            for at, score in each.items()
        ),
        Fraction(0),
    )
    return given / len(application.reviews)


def choose(
    applications: Sequence[Application],
    weights: Mapping[int, int],
    *,
    budget_fen: int,
    most: int,
    least_reviews: int,
    least_score: int,
) -> list[Choice]:
    """Return every application's place; the best are chosen while they fit into the budget.

    Equal points: the cheaper first, then the one that was numbered first. One that does not
    fit is passed over. Raises ReviewsMissing.
    """
    if any(len(each.reviews) < least_reviews for each in applications):
        raise ReviewsMissing(least=least_reviews)
    ranked = sorted(
        applications,
        key=lambda each: (-points_of(each, weights), each.budget_fen, each.number),
    )
    left, chosen = budget_fen, 0
    choices = []
    for place, each in enumerate(ranked, 1):
        points = points_of(each, weights)
        takes = points >= least_score and each.budget_fen <= left and chosen < most
        left -= each.budget_fen * takes
        chosen += takes
        choices.append(Choice(each.project_id, place, int(points * POINT), takes))
    return choices
