"""Every preset's quorum and majority at one less, at the number itself, and at one more."""

from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.kernel.rules import RuleSet, Threshold
from domains.voting.rules import DecisionRule, Group, decide, marks_of
from domains.voting.service.presets import presets
from domains.voting.values import MajorityBase, Measure, Outcome, PollMethod, PollOption, Stance

MOTION = [PollOption(1, Stance.FOR), PollOption(2, Stance.AGAINST), PollOption(3, Stance.ABSTAIN)]
FOR, AGAINST = marks_of([1]), marks_of([2])
CENTI_M2 = 8_950  # of every unit: area then stands or falls with heads
MOTIONS = {each.code: each for each in presets() if "motion" in each.content["methods"]}
SIZES = st.integers(2, 12_532)


def rule_of(code: str) -> DecisionRule:
    preset = MOTIONS[code]
    return DecisionRule.of(
        RuleSet(
            id=UUID(int=0),
            code=preset.code,
            version=1,
            community_id=None,
            title_zh=preset.title_zh,
            title_en=preset.title_en,
            legal_basis=preset.legal_basis,
            legal_effect=preset.legal_effect,
            effective_from=preset.effective_from,
            effective_to=None,
            content=preset.content,
        )
    )


def outcome(rule: DecisionRule, *, roll: int, in_favour: int, against: int) -> Outcome:
    """Decide a motion by this rule; every head has one unit of the same area."""
    groups = [
        Group(marks, number, number * CENTI_M2)
        for marks, number in ((FOR, in_favour), (AGAINST, against))
        if number
    ]
    whole = {Measure.HEADS: roll, Measure.HOUSEHOLDS: roll, Measure.AREA: roll * CENTI_M2}
    return decide(groups, roll=whole, options=MOTION, method=PollMethod.MOTION, rule=rule).outcome


def least(share: Threshold, whole: int) -> int:
    """The least number that the law's words let through, by exact fractions."""
    bound = share.fraction * whole
    below = int(bound)
    enough = Fraction(below) >= bound if share.inclusive else Fraction(below) > bound
    return below if enough else below + 1


@pytest.mark.parametrize("code", [code for code in MOTIONS if rule_of(code).quorum])
@given(roll=SIZES)
def test_a_quorum_is_reached_at_its_number_and_not_at_one_less(code, roll):
    rule = rule_of(code)
    (share,) = set(rule.quorum.values())
    enough = least(share, roll)

    reached = [
        outcome(rule, roll=roll, in_favour=number, against=0) is not Outcome.INQUORATE
        for number in (enough - 1, enough, enough + 1)
        if number <= roll
    ]

    assert reached == [False, True, True][: len(reached)]


@pytest.mark.parametrize("code", MOTIONS)
@given(roll=SIZES)
def test_a_majority_is_reached_at_its_number_and_not_at_one_less(code, roll):
    """Everybody votes, for or against: all bases of a majority are the same whole then."""
    rule = rule_of(code)
    (share,) = set(rule.majority.values())
    enough = least(share, roll)

    passed = [
        outcome(rule, roll=roll, in_favour=number, against=roll - number) is Outcome.PASSED
        for number in (enough - 1, enough, enough + 1)
        if number <= roll
    ]

    assert passed == [False, True, True][: len(passed)]


@given(roll=SIZES, absent=st.integers(1, 12_532))
def test_of_the_whole_roll_the_absent_count_and_of_those_taking_part_they_do_not(roll, absent):
    every_owner, owners = rule_of("HOME_TO_BUSINESS"), rule_of("OWNERS_GENERAL")

    unanimous = outcome(every_owner, roll=roll + absent, in_favour=roll, against=0)
    agreed = outcome(owners, roll=roll, in_favour=roll, against=0)

    assert every_owner.majority_of is MajorityBase.ROLL
    assert (unanimous, agreed) == (Outcome.REJECTED, Outcome.PASSED)
