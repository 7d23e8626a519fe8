"""What those served said of a project, told only once enough have spoken. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

HIGHEST = 5


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How many spoke; the rest is None until it tells nobody's own answer."""

    count: int
    mean_hundredths: int | None
    by_score: tuple[int, ...] | None
    remarks: tuple[str, ...]


def evaluation_of(said: Sequence[tuple[int, str | None]], *, least: int) -> Evaluation:
    """Return what may be told of scores and remarks: nothing but their number below the least.

    Remarks come in the order of their letters, apart from the scores.
    """
    if len(said) < least:
        return Evaluation(len(said), None, None, ())
    numbers = Counter(score for score, _ in said)
    return Evaluation(
        count=len(said),
        mean_hundredths=sum(score for score, _ in said) * 100 // len(said),
        by_score=tuple(numbers[score] for score in range(1, HIGHEST + 1)),
        remarks=tuple(sorted(remark for _, remark in said if remark)),
    )
