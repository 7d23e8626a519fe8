"""What is true of a ballot: values in, values out; no clock, no database."""

from domains.voting.rules.ballots import (
    mark_positions,
    marks_of,
    require_well_formed,
)
from domains.voting.rules.counting import (
    DecisionRule,
    OptionCount,
    Result,
    Step,
    canonical,
    decide,
    read_result,
)

__all__ = [
    "DecisionRule",
    "OptionCount",
    "Result",
    "Step",
    "canonical",
    "decide",
    "mark_positions",
    "marks_of",
    "read_result",
    "require_well_formed",
]
