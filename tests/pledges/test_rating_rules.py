"""What reviewers' answers come to."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from domains.kernel.rules import Threshold
from domains.pledges.rules.ratings import (
    Answers,
    GroupAnswers,
    GroupTurnout,
    satisfaction,
    shown,
    turnout_steps,
    weighted,
)

COUNT = st.integers(0, 10_000)
ANSWERS = st.builds(Answers, COUNT, COUNT, COUNT, COUNT)
GROUPS = st.lists(st.builds(GroupAnswers, st.integers(0, 100), ANSWERS), max_size=8)
# From worst to best: who does not know takes the rate neither up nor down by itself.
SCALE = ("unsatisfied", "unknown", "basically_satisfied", "satisfied")


def moved(answers: Answers, *, worse: str, better: str) -> Answers:
    """One reviewer says something better."""
    kept = {name: getattr(answers, name) for name in SCALE}
    kept[worse] -= 1
    kept[better] += 1
    return Answers(**kept)


@given(GROUPS, st.booleans())
def test_a_weighted_rate_lies_between_nothing_and_all(groups, counts_unknown):
    rate = weighted(groups, counts_unknown=counts_unknown)

    assert rate is None or 0 <= rate <= 1


@given(GROUPS.flatmap(lambda groups: st.tuples(st.just(groups), st.permutations(groups))))
def test_a_weighted_rate_is_the_same_in_every_order(given_groups):
    groups, shuffled = given_groups

    assert weighted(groups) == weighted(shuffled)


@given(
    st.lists(st.builds(GroupAnswers, st.integers(0, 100), ANSWERS), min_size=1, max_size=6),
    st.data(),
)
def test_a_better_rating_never_lowers_the_weighted_rate(groups, data):
    place = data.draw(st.integers(0, len(groups) - 1))
    worse, better = sorted(
        data.draw(st.lists(st.sampled_from(SCALE), min_size=2, max_size=2, unique=True)),
        key=SCALE.index,
    )
    of_one = groups[place]
    if not getattr(of_one.answers, worse):
        of_one = GroupAnswers(of_one.weight, of_one.answers + Answers(**{worse: 1}))
    before = [*groups[:place], of_one, *groups[place + 1 :]]
    changed = GroupAnswers(of_one.weight, moved(of_one.answers, worse=worse, better=better))
    after = [*groups[:place], changed, *groups[place + 1 :]]

    low, high = weighted(before), weighted(after)

    # Where one of them says nothing at all, there is nothing to compare.
    assert low is None or high is None or low <= high


@given(ANSWERS, COUNT)
def test_who_does_not_know_is_told_apart(answers, more):
    unsure = answers + Answers(unknown=more)

    assert satisfaction(unsure) == satisfaction(answers)
    assert unsure.total == answers.total + more


@given(ANSWERS, st.integers(1, 100))
def test_a_single_group_weighs_the_whole(answers, weight):
    assert weighted([GroupAnswers(weight, answers)]) == satisfaction(answers)


def test_the_weighted_rate_of_a_worked_example_is_exact():
    groups = [
        GroupAnswers(30, Answers(satisfied=2, basically_satisfied=1, unsatisfied=2)),
        GroupAnswers(10, Answers(satisfied=7)),
        GroupAnswers(60, Answers(satisfied=20, basically_satisfied=10, unsatisfied=6, unknown=4)),
    ]

    # 30 x 3/5 + 10 x 7/7 + 60 x 30/36, of 100.
    assert weighted(groups) == Fraction(78, 100)


def test_a_group_that_says_nothing_has_no_part_in_the_weight():
    groups = [GroupAnswers(40, Answers(satisfied=1, unsatisfied=1)), GroupAnswers(60, Answers())]

    assert weighted(groups) == Fraction(1, 2)
    assert weighted([GroupAnswers(60, Answers(unknown=3))]) is None


def test_the_least_numbers_and_the_share_of_residents_are_compared_one_by_one():
    groups = [
        GroupTurnout("street", 10, 5, is_residents=False),
        GroupTurnout("peers", 5, 5, is_residents=False),
        GroupTurnout("residents", 35, 35, is_residents=True),
    ]
    share = Threshold(7, 10, inclusive=True)

    exact = turnout_steps(groups, least_raters=50, resident_share=share)
    short = turnout_steps(groups[1:], least_raters=50, resident_share=share)

    assert [each.holds for each in exact] == [True] * 5
    assert [(each.name, each.holds) for each in short] == [
        ("raters", False),
        ("residents", True),
        ("group:peers", True),
        ("group:residents", True),
    ]


@given(st.lists(st.integers(0, 30), max_size=8))
def test_what_is_hidden_does_not_follow_from_what_is_told(valid):
    told = shown(valid)
    hidden = [count for place, count in enumerate(valid) if place not in told and count]

    assert all(valid[place] >= 5 for place in told)
    assert not hidden or not told or (len(hidden) > 1 and sum(hidden) >= 5)
