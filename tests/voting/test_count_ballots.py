"""Ballots that are not well formed, and terms under which nothing can be counted."""

import pytest

from domains.voting.errors import (
    BallotMalformed,
    CountUnsettled,
    GradeUnknown,
    OptionRepeated,
    OptionUnknown,
    PointsOutOfRange,
    RankingHasGaps,
    ScoreOutOfRange,
)
from domains.voting.rules import (
    RULES,
    BallotForm,
    CountingRule,
    Paper,
    count,
    lot_of,
    pack,
    ranking_of,
    read_count,
    require_marks,
)
from domains.voting.rules.tallies import Parts

CHOICE = Paper(BallotForm.CHOICE, 3, most=1)
APPROVAL = Paper(BallotForm.APPROVAL, 3, least=1, most=2)
RANKING = Paper(BallotForm.RANKING, 3)
SCORE = Paper(BallotForm.SCORE, 3, highest=5)
GRADE = Paper(BallotForm.GRADE, 3, highest=6)
PROJECTS = Paper(BallotForm.BUDGET_APPROVAL, 300, most=5)
POINTS = Paper(BallotForm.BUDGET_POINTS, 300, highest=10, most_points=10)


@pytest.mark.parametrize(
    ("paper", "written", "marks"),
    [
        (CHOICE, [2], 0x2),
        (APPROVAL, [3, 1], 0x31),
        (RANKING, [3, 1], 0x13),
        (SCORE, {1: 5, 3: 4}, 0x405),
        (GRADE, {2: 6}, 0x60),
        (PROJECTS, [9, 1], bytes([0b1, 0b1])),
        (POINTS, {260: 7, 1: 3}, bytes([0, 1, 0, 3, 1, 4, 0, 7])),
        (RANKING, [], 0),
        (PROJECTS, [], b""),
        (POINTS, {1: 0}, b""),
    ],
)
def test_equal_ballots_are_equal_marks(paper, written, marks):
    assert pack(paper, written) == marks
    require_marks(paper, marks)


@pytest.mark.parametrize(
    ("case", "paper", "written", "refusal"),
    [
        ("two choices", CHOICE, [1, 2], BallotMalformed),
        ("too few", APPROVAL, [], BallotMalformed),
        ("too many", APPROVAL, [1, 2, 3], BallotMalformed),
        ("too many projects", PROJECTS, [1, 2, 3, 4, 5, 6], BallotMalformed),
        ("unknown", RANKING, [1, 4], OptionUnknown),
        ("none such", CHOICE, [0], OptionUnknown),
        ("unknown project", PROJECTS, [301], OptionUnknown),
        ("unknown to score", SCORE, {4: 1}, OptionUnknown),
        ("twice", RANKING, [2, 1, 2], OptionRepeated),
        ("approved twice", APPROVAL, [2, 2], OptionRepeated),
        ("score too high", SCORE, {1: 6}, ScoreOutOfRange),
        ("score below nothing", SCORE, {1: -1}, ScoreOutOfRange),
        ("no such grade", GRADE, {1: 7}, GradeUnknown),
        ("too many points", POINTS, {1: 11}, PointsOutOfRange),
        ("too many points together", POINTS, {1: 6, 2: 5}, PointsOutOfRange),
    ],
)
def test_what_is_not_well_formed_is_refused(case, paper, written, refusal):
    with pytest.raises(refusal) as refused:
        pack(paper, written)

    assert refused.value.path == ("input", "ballot")
    assert refused.value.message("en") != refused.value.message("zh-Hans")


@pytest.mark.parametrize(
    ("case", "places", "refusal"),
    [
        ("a place left out", [(1, 1), (2, 3)], RankingHasGaps),
        ("not from the first place", [(1, 2)], RankingHasGaps),
        ("a place given twice", [(1, 1), (2, 1)], RankingHasGaps),
        ("an option placed twice", [(1, 1), (1, 2)], OptionRepeated),
    ],
)
def test_numerals_that_leave_no_order_are_refused(case, places, refusal):
    with pytest.raises(refusal):
        ranking_of(places)


def test_numerals_give_an_order():
    assert ranking_of([(3, 2), (1, 1), (2, 3)]) == [1, 3, 2]


BAD_MARKS = [
    ("a gap", CountingRule.SCHULZE, 0x201, RankingHasGaps),
    ("a gap in front", CountingRule.SCOTTISH_STV, 0x10, RankingHasGaps),
    ("ranked twice", CountingRule.BORDA, 0x11, OptionRepeated),
    ("too long a ranking", CountingRule.INSTANT_RUN_OFF, 0x2321, OptionRepeated),
    ("an unknown option ranked", CountingRule.RANKED_PAIRS, 0x4, OptionUnknown),
    ("two choices", CountingRule.PLURALITY, 0x21, BallotMalformed),
    ("an unknown choice", CountingRule.PLURALITY, 0x5, OptionUnknown),
    ("approved twice", CountingRule.APPROVAL, 0x22, OptionRepeated),
    ("approved out of order", CountingRule.APPROVAL, 0x12, BallotMalformed),
    ("less than nothing", CountingRule.APPROVAL, -1, BallotMalformed),
    ("less than no ranking", CountingRule.BORDA, -1, BallotMalformed),
    ("an unknown option approved", CountingRule.SEQUENTIAL_PHRAGMEN, 0x4, OptionUnknown),
    ("a score too high", CountingRule.SCORE, 0x6, ScoreOutOfRange),
    ("an unknown option scored", CountingRule.SCORE, 0x1000, OptionUnknown),
    ("a grade unknown", CountingRule.MAJORITY_JUDGEMENT, 0x70, GradeUnknown),
    ("an unknown project", CountingRule.GREEDY_SKIP, b"\x08", OptionUnknown),
    ("a bitmap with an empty tail", CountingRule.EQUAL_SHARES, b"\x01\x00", BallotMalformed),
    ("marks of another form", CountingRule.EQUAL_SHARES, 1, CountUnsettled),
    ("bytes for a bigint", CountingRule.BORDA, b"\x01", CountUnsettled),
]
TERMS = {
    CountingRule.SCORE: {"highest": 5},
    CountingRule.MAJORITY_JUDGEMENT: {"highest": 6},
    CountingRule.GREEDY_SKIP: {"costs": (1, 1, 1), "budget": 2},
    CountingRule.EQUAL_SHARES: {"costs": (1, 1, 1), "budget": 2},
}


@pytest.mark.parametrize(("case", "rule", "marks", "refusal"), BAD_MARKS)
def test_a_count_refuses_marks_that_no_ballot_packs_to(case, rule, marks, refusal):
    with pytest.raises(refusal):
        count(rule, [(marks, 1)], options="abc", seed="1", **TERMS.get(rule, {}))


@pytest.mark.parametrize(
    ("marks", "refusal"),
    [
        (bytes([0, 1, 0]), BallotMalformed),
        (bytes([0, 1, 0, 0]), BallotMalformed),
        (bytes([0, 2, 0, 1, 0, 1, 0, 1]), BallotMalformed),
        (bytes([0, 1, 0, 1, 0, 1, 0, 1]), OptionRepeated),
        (bytes([0, 4, 0, 1]), OptionUnknown),
        (bytes([0, 1, 0, 9]), PointsOutOfRange),
    ],
)
def test_a_count_refuses_points_that_are_not_well_formed(marks, refusal):
    terms = {"costs": (1, 1, 1), "budget": 2, "highest": 8, "form": BallotForm.BUDGET_POINTS}

    with pytest.raises(refusal):
        count(CountingRule.GREEDY_SKIP, [(marks, 1)], options="abc", seed="1", **terms)


@pytest.mark.parametrize(
    ("case", "rule", "terms"),
    [
        ("an option twice", CountingRule.BORDA, {"options": "aa"}),
        ("no option", CountingRule.BORDA, {"options": ""}),
        ("more options than a ballot holds", CountingRule.BORDA, {"options": "abcdefghijklmnop"}),
        ("no seat", CountingRule.SCOTTISH_STV, {"seats": 0}),
        ("two seats for a run-off", CountingRule.INSTANT_RUN_OFF, {"seats": 2}),
        ("no highest score", CountingRule.SCORE, {}),
        ("a score that no nibble holds", CountingRule.SCORE, {"highest": 16}),
        ("no costs", CountingRule.GREEDY_SKIP, {"budget": 1}),
        ("a cost of nothing", CountingRule.EQUAL_SHARES, {"budget": 1, "costs": (1, 0, 1)}),
        ("a cost too few", CountingRule.EQUAL_SHARES, {"budget": 1, "costs": (1, 1)}),
        ("no budget", CountingRule.EQUAL_SHARES, {"costs": (1, 1, 1)}),
        ("no minimum", CountingRule.GREEDY_MINIMUM, {"budget": 1, "costs": (1, 1, 1)}),
        ("no increment", CountingRule.BORDA, {"increment": 0}),
        ("another rule's form", CountingRule.BORDA, {"form": BallotForm.APPROVAL}),
    ],
)
def test_terms_that_settle_nothing_are_refused(case, rule, terms):
    with pytest.raises(CountUnsettled):
        count(rule, [], **({"options": "abc", "seed": "1"} | terms))


def test_fewer_than_no_ballots_are_refused():
    with pytest.raises(CountUnsettled):
        count(CountingRule.BORDA, [(1, -1)], options="abc", seed="1")


@pytest.mark.parametrize(
    ("case", "rule", "parts", "refusal"),
    [
        ("a part too few", CountingRule.SCORE, Parts((((1, 1),),), 0), CountUnsettled),
        (
            "parts of other ballots",
            CountingRule.SCORE,
            Parts((((1, 1),), ((1, 2),)), 0),
            CountUnsettled,
        ),
        (
            "an unknown option",
            CountingRule.SCORE,
            Parts((((1, 1),), ((0x100, 1),)), 0),
            OptionUnknown,
        ),
        (
            "more than four",
            CountingRule.SCORE,
            Parts((((0x10000, 1),), ((1, 1),)), 0),
            OptionUnknown,
        ),
        ("a rule that needs the whole", CountingRule.BORDA, Parts((((1, 1),),), 0), CountUnsettled),
    ],
)
def test_parts_that_do_not_fit_are_refused(case, rule, parts, refusal):
    with pytest.raises(refusal):
        count(rule, parts, options="abcde", seed="1", **TERMS.get(rule, {}))


def test_every_rule_takes_some_form_of_ballot():
    assert set(RULES) == set(CountingRule)
    assert all(RULES[rule].forms for rule in CountingRule)


def test_a_lot_depends_on_the_seed_and_on_nothing_else():
    order = lot_of(["x", "y", "z"], seed="1")

    named = [["x", "y", "z"][position - 1] for position in order]
    turned = [["z", "x", "y"][position - 1] for position in lot_of(["z", "x", "y"], seed="1")]
    assert named == turned
    assert len({lot_of(["x", "y", "z"], seed=str(seed)) for seed in range(60)}) == 6


@pytest.mark.parametrize("kept", ["{}", "[]", "1", '{"terms": {}}', "null", "x"])
def test_what_is_no_record_of_a_count_is_not_read_as_one(kept):
    with pytest.raises(ValueError, match=r".+"):
        read_count(kept)
