"""What is true of a ballot: values in, values out; no clock, no database."""

from domains.voting.rules.ballots import (
    mark_positions,
    marks_of,
    require_well_formed,
)
from domains.voting.rules.counting import (
    DecisionRule,
    Group,
    MeasureTotal,
    OptionCount,
    Result,
    Step,
    canonical,
    decide,
    read_result,
)
from domains.voting.rules.counts import RULES, RuleForm, count, count_under, paper_of
from domains.voting.rules.election import elect
from domains.voting.rules.forms import (
    BallotForm,
    Marks,
    Paper,
    pack,
    ranking_of,
    require_marks,
    unpack,
    write,
)
from domains.voting.rules.lots import lot_of
from domains.voting.rules.records import Count, CountingRule, Stage, Terms, Tie, read_count
from domains.voting.rules.slates import CandidateFinding, ElectionFinding, Slate
from domains.voting.rules.tallies import Parts

__all__ = [
    "RULES",
    "BallotForm",
    "CandidateFinding",
    "Count",
    "CountingRule",
    "DecisionRule",
    "ElectionFinding",
    "Group",
    "Marks",
    "MeasureTotal",
    "OptionCount",
    "Paper",
    "Parts",
    "Result",
    "RuleForm",
    "Slate",
    "Stage",
    "Step",
    "Terms",
    "Tie",
    "canonical",
    "count",
    "count_under",
    "decide",
    "elect",
    "lot_of",
    "mark_positions",
    "marks_of",
    "pack",
    "paper_of",
    "ranking_of",
    "read_count",
    "read_result",
    "require_marks",
    "require_well_formed",
    "unpack",
    "write",
]
