from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.kernel.rules import Threshold
from domains.voting import rules
from domains.voting.errors import BallotMalformed
from domains.voting.rules import DecisionRule, Group, decide
from domains.voting.values import MajorityBase, Measure, Outcome, PollMethod, PollOption, Stance

MOTION = [PollOption(1, Stance.FOR), PollOption(2, Stance.AGAINST), PollOption(3, Stance.ABSTAIN)]
CHOICE = [PollOption(position) for position in (1, 2, 3)]
FOR, AGAINST, ABSTAIN = (rules.marks_of([position]) for position in (1, 2, 3))

CONSULTATION = DecisionRule(
    measures=(Measure.HEADS,),
    quorum={Measure.HEADS: Threshold(1, 2, inclusive=True)},
    majority={Measure.HEADS: Threshold(1, 2, inclusive=False)},
    majority_of=MajorityBase.FOR_AND_AGAINST,
    choice_share=Threshold(0, 1, inclusive=True),
)
MEETING = DecisionRule(
    measures=(Measure.HEADS,),
    quorum={Measure.HEADS: Threshold(1, 2, inclusive=False)},
    majority={Measure.HEADS: Threshold(1, 2, inclusive=False)},
    majority_of=MajorityBase.PARTICIPATING,
    choice_share=Threshold(1, 2, inclusive=False),
)


def outcome(groups, *, roll, rule=CONSULTATION, method=PollMethod.MOTION):
    options = MOTION if method is PollMethod.MOTION else CHOICE
    return counted(groups, roll=roll, options=options, method=method, rule=rule).outcome


def counted(groups, *, roll, options, method, rule=CONSULTATION):
    return decide(
        [Group(*each) for each in groups],
        roll={Measure.HEADS: roll},
        options=options,
        method=method,
        rule=rule,
    )


@pytest.mark.parametrize(
    ("case", "groups", "roll", "rule", "expected"),
    [
        ("a majority carries", [(FOR, 2), (AGAINST, 1)], 4, CONSULTATION, Outcome.PASSED),
        ("a tie loses", [(FOR, 2), (AGAINST, 2)], 4, CONSULTATION, Outcome.REJECTED),
        ("abstaining fills the quorum", [(FOR, 1), (ABSTAIN, 1)], 4, CONSULTATION, Outcome.PASSED),
        ("half is a quorum that includes it", [(FOR, 2)], 4, CONSULTATION, Outcome.PASSED),
        ("half is not more than half", [(FOR, 2)], 4, MEETING, Outcome.INQUORATE),
        ("too few decide nothing", [(FOR, 1)], 4, CONSULTATION, Outcome.INQUORATE),
        ("all abstain", [(ABSTAIN, 4)], 4, CONSULTATION, Outcome.REJECTED),
        (
            "abstaining weighs where those present are the base",
            [(FOR, 2), (AGAINST, 1), (ABSTAIN, 1)],
            4,
            MEETING,
            Outcome.REJECTED,
        ),
        ("nobody came", [], 4, CONSULTATION, Outcome.INQUORATE),
    ],
)
def test_a_motion(case, groups, roll, rule, expected):
    assert outcome(groups, roll=roll, rule=rule) is expected


@pytest.mark.parametrize(
    ("case", "groups", "rule", "expected"),
    [
        ("most votes win", [(FOR, 2), (AGAINST, 1)], CONSULTATION, Outcome.CHOSEN),
        ("a tie is broken by nobody", [(FOR, 2), (AGAINST, 2)], CONSULTATION, Outcome.UNDECIDED),
        ("blank ballots choose nothing", [(0, 4)], CONSULTATION, Outcome.UNDECIDED),
        ("a share too small", [(FOR, 2), (AGAINST, 1), (ABSTAIN, 1)], MEETING, Outcome.UNDECIDED),
        ("a share large enough", [(FOR, 3), (AGAINST, 1)], MEETING, Outcome.CHOSEN),
    ],
)
def test_a_choice(case, groups, rule, expected):
    assert outcome(groups, roll=4, rule=rule, method=PollMethod.CHOICE) is expected


def test_the_working_can_be_done_again():
    result = counted(
        [(FOR, 5), (AGAINST, 2), (ABSTAIN, 1)],
        roll=12,
        options=MOTION,
        method=PollMethod.MOTION,
        rule=CONSULTATION,
    )

    quorum, majority = result.steps
    assert (quorum.count, quorum.whole, quorum.least, quorum.holds) == (8, 12, 6, True)
    assert (majority.count, majority.whole, majority.least, majority.holds) == (5, 7, 4, True)
    assert [each.votes for each in result.counts] == [5, 2, 1]
    assert result.chosen == (1,)


def test_a_result_reads_back_from_its_canonical_bytes():
    result = counted(
        [(FOR, 5)], roll=9, options=MOTION, method=PollMethod.MOTION, rule=CONSULTATION
    )

    kept = rules.canonical(result)

    assert rules.read_result(kept) == result
    assert rules.canonical(rules.read_result(kept)) == kept


GROUPS = st.lists(st.tuples(st.sampled_from([0, FOR, AGAINST, ABSTAIN]), st.integers(0, 50)))


@given(GROUPS, st.integers(0, 100))
def test_one_more_in_favour_never_turns_a_motion_from_passed(groups, absent):
    participated = sum(number for _, number in groups)
    roll = participated + absent + 1
    before = outcome(groups, roll=roll)

    after = outcome([*groups, (FOR, 1)], roll=roll)

    assert not (before is Outcome.PASSED and after is not Outcome.PASSED)


@given(GROUPS, st.integers(1, 100))
def test_every_ballot_is_counted_once_however_they_are_grouped(groups, absent):
    roll = sum(number for _, number in groups) + absent
    ballots = [(marks, 1) for marks, number in groups for _ in range(number)]

    grouped, single = (
        counted(each, roll=roll, options=CHOICE, method=PollMethod.CHOICE, rule=CONSULTATION)
        for each in (groups, ballots)
    )

    assert rules.canonical(grouped) == rules.canonical(single)
    assert grouped.blank + sum(each.votes for each in grouped.counts) == grouped.participated


@given(st.sets(st.integers(1, 15)))
def test_marks_hold_a_set_of_positions(positions):
    marks = rules.marks_of(list(positions))

    assert Counter(rules.mark_positions(marks)) == Counter(positions)
    assert marks < 2**63


@pytest.mark.parametrize(
    ("case", "positions", "least", "most"),
    [
        ("too few", [], 1, 1),
        ("too many", [1, 2], 1, 1),
        ("twice", [2, 2], 1, 3),
        ("foreign", [0], 1, 1),
        ("beyond the paper", [4], 1, 1),
    ],
)
def test_a_malformed_ballot_is_refused(case, positions, least, most):
    with pytest.raises(BallotMalformed) as refusal:
        rules.require_well_formed(positions, option_count=3, least=least, most=most)

    assert refusal.value.path == ("input", "optionIds")


def test_a_blank_ballot_is_well_formed_where_the_paper_lets_it():
    rules.require_well_formed([], option_count=3, least=0, most=2)

    assert rules.marks_of([]) == 0
