"""Counts that can be followed by hand, against the literature."""

from fractions import Fraction

import pytest

from domains.voting.rules import BallotForm, CountingRule, count
from domains.voting.rules.records import (
    FigureStage,
    GradeStage,
    LockStage,
    PathStage,
    ProjectDecision,
    TieBreak,
)
from tests.voting import count_fixtures as fixtures
from tests.voting.count_fixtures import letters


def counted(rule, options, groups, **terms):
    return count(rule, groups, options=list(options), seed="2026-07-01", **terms)


def winners(rule, options, groups, **terms):
    return letters(options, counted(rule, options, groups, **terms).winners)


@pytest.mark.parametrize(
    ("rule", "capital"),
    [
        (CountingRule.BORDA, "N"),
        (CountingRule.INSTANT_RUN_OFF, "K"),
        (CountingRule.SCOTTISH_STV, "K"),
        (CountingRule.SCHULZE, "N"),
        (CountingRule.RANKED_PAIRS, "N"),
    ],
)
def test_a_capital_for_tennessee(rule, capital):
    assert winners(rule, "MNCK", fixtures.TENNESSEE) == capital


def test_tennessee_by_first_choices_alone():
    groups = fixtures.approvals("MNCK", (42, "M"), (26, "N"), (15, "C"), (17, "K"))

    assert winners(CountingRule.PLURALITY, "MNCK", groups) == "M"


def test_borda_points_of_tennessee():
    stage = counted(CountingRule.BORDA, "MNCK", fixtures.TENNESSEE).stages[0]

    assert stage.figures == (126, 194, 173, 107)


def test_options_left_unranked_share_the_points_of_the_places_left():
    groups = fixtures.rankings("ABCD", (1, "A"))

    stage = counted(CountingRule.BORDA, "ABCD", groups).stages[0]

    assert stage.figures == (3, 1, 1, 1)


def test_an_instant_run_off_excludes_until_a_majority_stands():
    stages = counted(CountingRule.INSTANT_RUN_OFF, "MNCK", fixtures.TENNESSEE).stages

    assert [stage.votes for stage in stages] == [(42, 26, 15, 17), (42, 26, 0, 32), (42, 0, 0, 58)]
    assert [stage.option for stage in stages] == [None, 3, 2]


def test_schulze_paths_and_winner():
    result = counted(CountingRule.SCHULZE, "ABCDE", fixtures.SCHULZE, seats=5)

    paths = result.stages[1]
    assert isinstance(paths, PathStage)
    support = [[each and each.support for each in row] for row in paths.strongest]
    assert support == fixtures.SCHULZE_PATHS
    assert letters("ABCDE", result.winners) == "EACBD"


def test_ranked_pairs_may_choose_otherwise_than_schulze():
    result = counted(CountingRule.RANKED_PAIRS, "ABCDE", fixtures.SCHULZE)

    assert letters("ABCDE", result.winners) == "A"
    locks = [each for each in result.stages if isinstance(each, LockStage)]
    refused = [letters("ABCDE", (each.winner, each.loser)) for each in locks if not each.locked]
    assert refused == ["DC", "BA", "EA"]


def test_a_circle_is_broken_at_its_weakest_majority():
    assert winners(CountingRule.RANKED_PAIRS, "ABC", fixtures.CIRCLE) == "A"
    assert winners(CountingRule.SCHULZE, "ABC", fixtures.CIRCLE) == "A"


def test_a_surplus_moves_at_a_value_cut_to_five_decimals():
    result = counted(CountingRule.SCOTTISH_STV, "ABCD", fixtures.TWO_SEATS, seats=2)

    assert (result.quota, letters("ABCD", result.winners)) == (34, "AB")
    assert [stage.votes for stage in result.stages] == [
        (60, 0, 22, 18),
        (34, Fraction("21.6665"), Fraction("26.3333"), 18),
        (34, Fraction("39.6665"), Fraction("26.3333"), 0),
    ]
    assert result.stages[1].not_transferable == Fraction("0.0002")
    (parcel,) = result.stages[1].parcels
    assert (parcel.papers, parcel.value_after) == (60, Fraction("0.43333"))


def test_the_last_vacancies_go_to_those_who_are_left():
    groups = fixtures.rankings("ABCD", (5, "A"), (4, "B"), (3, "C"))

    result = counted(CountingRule.SCOTTISH_STV, "ABCD", groups, seats=3)

    assert letters("ABCD", result.winners) == "ABC"
    assert [stage.elected for stage in result.stages] == [(1, 2), (), (3,)]


def test_equal_lowest_votes_are_parted_by_the_latest_stage_at_which_they_differed():
    groups = fixtures.rankings("ABCDE", (9, "A"), (8, "B"), (4, "C"), (3, "D"), (1, "ED"))

    stages = counted(CountingRule.SCOTTISH_STV, "ABCDE", groups).stages

    tie = stages[2].ties[0]
    assert (tie.options, tie.chosen, tie.broken_by, tie.stage) == (
        (3, 4),
        4,
        TieBreak.EARLIER_STAGE,
        1,
    )


def test_phragmens_own_example():
    result = counted(CountingRule.SEQUENTIAL_PHRAGMEN, "ABCPQR", fixtures.PHRAGMEN, seats=3)

    assert letters("ABCPQR", result.winners) == "AQB"
    assert result.stages[0].load == Fraction(1, 1171)
    assert result.stages[1].load == (1 + Fraction(137, 1171)) / 656


def test_the_best_middle_grade_wins_and_the_next_middles_part_equals():
    """Both middles are 3; taking them away leaves A's lower middle at 2 and B's at 3."""
    groups = fixtures.values(
        BallotForm.GRADE, 5, (1, (5, 4)), (1, (5, 4)), (1, (3, 3)), (1, (2, 3)), (1, (1, 1))
    )

    result = counted(CountingRule.MAJORITY_JUDGEMENT, "AB", groups, highest=5)

    stage = result.stages[0]
    assert isinstance(stage, GradeStage)
    assert [each.majority_grade for each in stage.options] == [3, 3]
    assert [(each.above, each.below) for each in stage.options] == [(2, 2), (2, 1)]
    assert letters("AB", result.winners) == "B"


def test_an_option_left_ungraded_has_the_worst_grade():
    groups = fixtures.values(BallotForm.GRADE, 3, (1, (3, 0)), (2, (1, 0)), (1, (0, 0)))

    stage = counted(CountingRule.MAJORITY_JUDGEMENT, "AB", groups, highest=3).stages[0]

    assert [each.ballots for each in stage.options] == [(2, 0, 1), (3, 0, 0)]


def test_scores_add_up():
    groups = fixtures.values(BallotForm.SCORE, 5, (3, (5, 0, 2)), (2, (0, 4, 5)))

    stage = counted(CountingRule.SCORE, "ABC", groups, highest=5).stages[0]

    assert stage.figures == (15, 8, 16)


def test_approvals_fill_seats_and_the_seed_parts_what_competes_for_the_last():
    groups = fixtures.approvals("ABCD", (3, "AB"), (3, "AC"), (1, ""))

    result = counted(CountingRule.APPROVAL, "ABCD", groups, seats=2)

    stage = result.stages[0]
    assert isinstance(stage, FigureStage)
    assert stage.figures == (6, 3, 3, 0)
    assert [(tie.options, tie.broken_by) for tie in stage.ties] == [((2, 3), TieBreak.SEED)]
    earlier = min((2, 3), key=result.lot.index)
    assert result.winners == (1, earlier)
    assert (result.ballots, result.blank) == (7, 1)


def test_nobody_is_elected_where_nobody_said_anything():
    for rule, form in (
        (CountingRule.PLURALITY, {}),
        (CountingRule.APPROVAL, {}),
        (CountingRule.SCORE, {"highest": 5}),
        (CountingRule.BORDA, {}),
        (CountingRule.INSTANT_RUN_OFF, {}),
        (CountingRule.SCOTTISH_STV, {}),
        (CountingRule.SCHULZE, {}),
        (CountingRule.RANKED_PAIRS, {}),
        (CountingRule.MAJORITY_JUDGEMENT, {"highest": 5}),
        (CountingRule.SEQUENTIAL_PHRAGMEN, {}),
    ):
        result = counted(rule, "AB", [(0, 7)], **form)

        assert (rule, result.ballots, result.blank, result.winners) == (rule, 7, 7, ())


PROJECTS = fixtures.wishes("ABCD", (5, "AB"), (3, "ACD"), (1, "BC"))
COSTS = {"costs": (60, 50, 40, 10), "budget": 105}


@pytest.mark.parametrize(
    ("rule", "minimum", "funded", "decisions"),
    [
        (CountingRule.GREEDY_SKIP, 0, "AC", ["funded", "too_costly", "funded", "too_costly"]),
        (CountingRule.GREEDY_STOP, 0, "A", ["funded", "too_costly", "after_stop", "after_stop"]),
        (CountingRule.GREEDY_MINIMUM, 5, "A", ["funded", "too_costly", *["below_minimum"] * 2]),
    ],
)
def test_greedy_takes_what_fits_by_score(rule, minimum, funded, decisions):
    result = counted(rule, "ABCD", PROJECTS, minimum_score=minimum, **COSTS)

    assert letters("ABCD", result.winners) == funded
    assert [stage.decision for stage in result.stages] == [
        ProjectDecision(each) for each in decisions
    ]


def test_greedy_takes_the_cheaper_of_two_equal_scores_first():
    groups = fixtures.wishes("AB", (2, "AB"))

    result = counted(CountingRule.GREEDY_SKIP, "AB", groups, costs=(30, 20), budget=40)

    assert letters("AB", result.winners) == "B"
    assert [(tie.chosen, tie.broken_by) for tie in result.ties] == [(2, TieBreak.LOWER_COST)]


def test_equal_shares_give_each_group_what_its_own_share_pays_for():
    """Six of ten want A and B, four want C: greedy would give the six all of the money.

    A and B ask the same rate of the six, so the cheaper is bought. C is bought once each of the
    four has 10, and A would be once each of the six has 10 beyond their 20/3.
    """
    groups = fixtures.wishes("ABC", (6, "AB"), (4, "C"))

    result = counted(CountingRule.EQUAL_SHARES, "ABC", groups, costs=(60, 40, 40), budget=100)

    assert letters("ABC", result.winners) == "BC"
    reached, *purchases = result.stages
    assert (reached.endowment, reached.cost, reached.next_cost) == (16, 80, 140)
    assert [(each.payment, each.rate) for each in purchases] == [
        (Fraction(20, 3), Fraction(1, 6)),
        (10, Fraction(1, 4)),
    ]


def test_a_project_beyond_the_budget_does_not_keep_the_others_from_completion():
    groups = fixtures.wishes("AB", (9, "A"), (1, "B"))

    result = counted(CountingRule.EQUAL_SHARES, "AB", groups, costs=(500, 50), budget=100)

    assert letters("AB", result.winners) == "B"
    assert result.stages[0].next_cost is None
