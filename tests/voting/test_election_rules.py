from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.kernel.calendar import NaturalDays
from domains.kernel.rules import Threshold
from domains.voting import rules
from domains.voting.rules import DecisionRule, Group, Slate, elect
from domains.voting.rules.procedure import (
    ElectionProcedure,
    RunoffFills,
    RunoffProcedure,
    WomanRule,
)
from domains.voting.values import MajorityBase, Measure, Outcome, Verdict

RULE = DecisionRule(
    measures=(Measure.HEADS,),
    quorum={Measure.HEADS: Threshold(1, 2, inclusive=False)},
    majority={Measure.HEADS: Threshold(1, 2, inclusive=False)},
    majority_of=MajorityBase.PARTICIPATING,
    choice_share=Threshold(1, 2, inclusive=False),
)


def procedure(
    *,
    woman: bool = False,
    woman_rules: tuple[WomanRule, ...] = (),
    fills: RunoffFills = RunoffFills.ALL_SEATS,
    least_elected: int = 1,
) -> ElectionProcedure:
    return ElectionProcedure(
        surplus_required=False,
        write_ins=True,
        at_least_one_woman=woman,
        avoids_relatives=True,
        least_elected=least_elected,
        runoff_share=Threshold(1, 3, inclusive=True),
        woman_rules=woman_rules,
        nomination=None,
        least_nominators=1,
        self_nomination=True,
        runoff=RunoffProcedure("VC_RUNOFF", 2, NaturalDays(30), fills),
    )


def slate(seats: int, candidates: int, *, kin=(), women=(), **more) -> Slate:
    given = {"procedure": procedure()} | more
    return Slate(
        seats=seats,
        positions=tuple(range(1, candidates + 1)),
        women=frozenset(women),
        kin=frozenset(frozenset(pair) for pair in kin),
        **given,
    )


def ballots(*groups):
    return [Group(rules.marks_of(names), number) for names, number in groups]


def counted(groups, of: Slate, *, roll: int = 10):
    return elect(ballots(*groups), roll={Measure.HEADS: roll}, rule=RULE, slate=of)


def verdicts(result):
    return {each.position: each.verdict.value for each in result.election.candidates}


def test_the_most_votes_above_half_fill_the_seats():
    result = counted([((1, 2), 6), ((1, 3), 3), ((2,), 1)], slate(2, 3))

    assert (result.outcome, result.chosen) == (Outcome.ELECTED, (1, 2))
    assert verdicts(result) == {1: "elected", 2: "elected", 3: "below_share"}
    assert result.election.runoff == ()


@pytest.mark.parametrize(("votes", "elected"), [(4, ()), (5, ()), (6, (1,))])
def test_more_than_half_of_those_taking_part_is_needed(votes, elected):
    """Blank ballots take part: they weigh on the share."""
    result = counted([((1,), votes), ((), 10 - votes)], slate(1, 2))

    assert result.chosen == elected
    assert [(step.name, step.position, step.count, step.least) for step in result.steps] == [
        ("quorum", None, 10, 6),
        ("share", 1, votes, 6),
        ("share", 2, 0, 6),
    ]


def test_too_few_taking_part_elect_nobody():
    result = counted([((1,), 5)], slate(1, 2))

    assert (result.outcome, result.chosen, result.election) == (Outcome.INQUORATE, (), None)


def test_a_ballot_that_names_too_many_is_void_and_takes_part():
    result = counted([((1, 2, 3), 5), ((1,), 5)], slate(2, 3))

    assert (result.election.void, result.blank, result.participated) == (5, 0, 10)
    assert [each.votes for each in result.counts] == [5, 0, 0]
    assert result.outcome is Outcome.NOT_ELECTED


def test_a_tie_for_the_last_seat_leaves_it_to_those_who_tied():
    result = counted([((1, 2), 4), ((1, 3), 4), ((2, 3), 2)], slate(2, 4))

    assert (result.outcome, result.chosen) == (Outcome.PARTLY_ELECTED, (1,))
    assert verdicts(result) == {1: "elected", 2: "tied", 3: "tied", 4: "below_share"}
    assert (result.election.open_seats, result.election.runoff) == (1, (2, 3))


def test_open_seats_are_run_off_among_twice_as_many_of_the_highest():
    result = counted([((1, 2), 4), ((1, 3), 3), ((1, 4), 2), ((1, 5), 1)], slate(2, 5))

    assert result.chosen == (1,)
    assert result.election.runoff == (2, 3)


def test_nobody_is_left_out_of_a_runoff_by_chance():
    result = counted([((1, 2), 4), ((1, 3), 3), ((1, 4), 3)], slate(2, 5))

    assert result.election.runoff == (2, 3, 4)


def test_a_runoff_may_stop_where_the_body_can_work():
    of = procedure(fills=RunoffFills.LEAST_ELECTED, least_elected=3)

    enough = counted([((1,), 10)], slate(2, 3, procedure=of, seated=2))
    too_few = counted([((1,), 10)], slate(2, 3, procedure=of, seated=1))

    assert (enough.election.runoff, enough.election.too_few_elected) == ((), False)
    assert (too_few.election.runoff, too_few.election.too_few_elected) == ((2, 3), True)


def test_of_near_relatives_the_one_with_fewer_votes_gives_way():
    closer = counted([((1, 2, 3), 6), ((1, 2), 1)], slate(3, 3, kin=[(2, 3)]))

    assert closer.chosen == (1, 2)
    assert [(each.position, each.before) for each in closer.election.candidates] == [
        (1, None),
        (2, None),
        (3, 2),
    ]
    assert closer.election.runoff == ()


def test_relatives_with_as_many_votes_run_off_for_the_one_seat_they_can_take():
    result = counted([((1, 2, 4), 7), ((4,), 1), ((1, 2, 3), 2)], slate(3, 4, kin=[(1, 2)]))

    assert result.chosen == (4,)
    assert verdicts(result) == {1: "tied", 2: "tied", 3: "below_share", 4: "elected"}
    assert result.election.open_seats == 2
    assert result.election.runoff == (1, 2, 3)


def test_who_is_related_to_somebody_seated_before_gives_way():
    result = counted([((1, 2), 10)], slate(2, 2, barred=frozenset({1})))

    assert (result.chosen, verdicts(result)) == ((2,), {1: "gave_way", 2: "elected"})


def test_a_missing_woman_is_said():
    result = counted(
        [((1,), 6), ((2,), 4)], slate(1, 2, women=[2], procedure=procedure(woman=True))
    )

    assert (result.chosen, result.election.woman_missing) == ((1,), True)


def test_no_woman_below_the_share_replaces_anybody_and_a_tie_goes_first():
    of = procedure(woman=True, woman_rules=(WomanRule.REPLACE,))
    below = counted([((1, 2), 8), ((1, 3), 1), ((3,), 1)], slate(2, 3, women=[3], procedure=of))
    tied = counted([((1, 2), 4), ((1, 3), 4), ((2, 3), 2)], slate(2, 3, women=[3], procedure=of))

    assert (below.chosen, below.election.woman_missing) == ((1, 2), True)
    assert verdicts(tied) == {1: "elected", 2: "tied", 3: "tied"}


def test_the_last_seat_goes_to_the_best_woman_or_to_a_runoff_of_women():
    voted = [((1, 2), 4), ((1, 3), 3), ((2, 3), 3), ((2,), 1)]

    replacing = procedure(woman=True, woman_rules=(WomanRule.REPLACE,))
    replaced = counted(voted, slate(2, 3, women=[3], procedure=replacing), roll=11)
    running = procedure(woman=True, woman_rules=(WomanRule.RUNOFF,))
    run_off = counted(voted, slate(2, 3, women=[3], procedure=running), roll=11)

    assert (replaced.chosen, replaced.election.woman_missing) == ((2, 3), False)
    assert verdicts(replaced) == {1: "replaced", 2: "elected", 3: "elected"}
    assert (run_off.chosen, run_off.election.runoff) == ((2,), (3,))


BOTH = (WomanRule.REPLACE, WomanRule.RUNOFF)


def kept_for_a_woman(*rules_in_order, women=(3,), groups=None, seats=2, candidates=4, **more):
    """Elect men only, and see what the rules make of it."""
    of = procedure(woman=True, woman_rules=rules_in_order)
    cast = sum(number for _, number in groups)
    return counted(groups, slate(seats, candidates, women=women, procedure=of, **more), roll=cast)


def test_the_rules_for_a_missing_woman_are_tried_in_their_order():
    """No woman reached the share: nobody can replace, so women run off for the last seat."""
    groups = [((1, 2), 6), ((1, 3), 3), ((2, 4), 2)]

    result = kept_for_a_woman(*BOTH, women=(3, 4), groups=groups)
    first = kept_for_a_woman(WomanRule.REPLACE, women=(3, 4), groups=groups)

    assert (result.chosen, result.election.runoff) == ((1,), (3, 4))
    assert verdicts(result)[2] == "replaced"
    assert (first.chosen, first.election.runoff) == ((1, 2), ())
    assert result.election.woman_missing is first.election.woman_missing is True


def test_women_above_the_share_with_as_many_votes_run_off_for_the_last_seat():
    """Men have 9, 10 and 10 of 15 ballots, both women 8: either could take the place of the 9."""
    groups = [
        *[((2, 3, 5), 3), ((2, 3, 4), 2), ((1, 3, 5), 2), ((1, 3, 4), 3)],
        *[((1, 2, 5), 2), ((1, 2, 4), 2), ((2, 4, 5), 1)],
    ]

    result = kept_for_a_woman(WomanRule.REPLACE, women=(4, 5), groups=groups, seats=3, candidates=5)

    assert result.chosen == (2, 3)
    assert verdicts(result) == {
        1: "replaced",
        2: "elected",
        3: "elected",
        4: "tied",
        5: "tied",
    }
    assert (result.election.open_seats, result.election.runoff) == (1, (4, 5))


def test_where_the_last_seats_are_tied_no_man_loses_his_by_chance():
    """Two seats went to men with as many votes; the woman above the share takes one of them."""
    groups = [((1, 2), 5), ((1, 3), 3), ((2, 3), 3)]

    result = kept_for_a_woman(WomanRule.REPLACE, groups=groups, candidates=3)

    assert result.chosen == (3,)
    assert verdicts(result) == {1: "tied", 2: "tied", 3: "elected"}
    assert (result.election.open_seats, result.election.runoff) == (1, (1, 2))
    assert result.election.woman_missing is False


def test_where_the_last_seats_are_tied_women_and_men_run_off_for_them_together():
    groups = [((1, 2), 8), ((3,), 2)]

    result = kept_for_a_woman(WomanRule.RUNOFF, groups=groups, candidates=3)

    assert result.chosen == ()
    assert (result.election.open_seats, result.election.runoff) == (2, (1, 2, 3))


def test_a_runoff_for_open_seats_has_a_woman_in_it_though_others_have_more_votes():
    groups = [((1, 2), 5), ((1, 3), 4), ((1, 4), 3), ((1, 5), 1)]

    with_rule = kept_for_a_woman(WomanRule.RUNOFF, women=(5,), groups=groups, candidates=5)
    without = kept_for_a_woman(women=(5,), groups=groups, candidates=5)

    assert with_rule.chosen == without.chosen == (1,)
    assert (with_rule.election.runoff, without.election.runoff) == ((2, 3, 5), (2, 3))


def test_a_woman_who_is_kin_to_who_stays_does_not_take_the_last_seat():
    groups = [((1, 2), 6), ((1, 3), 5)]

    result = kept_for_a_woman(*BOTH, groups=groups, candidates=3, kin=[(1, 3)])

    assert (result.chosen, result.election.runoff) == ((1, 2), ())
    assert result.election.woman_missing is True


def test_nobody_loses_a_seat_because_the_register_does_not_say_who_they_are():
    groups = [((1, 2), 6), ((1, 3), 3), ((2, 3), 1)]

    result = kept_for_a_woman(*BOTH, groups=groups, candidates=3, unsure=frozenset({2}))

    assert (result.chosen, result.election.woman_missing) == ((1, 2), True)


def test_a_runoff_without_a_woman_elected_before_keeps_the_seat_for_one_again():
    """The second round elected a man: its last seat is kept again, until a woman has one."""
    result = kept_for_a_woman(
        WomanRule.RUNOFF, women=(2,), groups=[((1,), 9), ((2,), 3)], seats=1, candidates=2, seated=2
    )
    elected_before = kept_for_a_woman(
        WomanRule.RUNOFF, women=(2,), groups=[((1,), 9)], seats=1, candidates=2, woman_seated=True
    )

    assert (result.chosen, result.election.runoff) == ((), (2,))
    assert (elected_before.chosen, elected_before.election.woman_missing) == ((1,), False)


def test_a_result_reads_back_as_it_was_written():
    result = counted([((1, 2), 4), ((1, 3), 4), ((2, 3), 2)], slate(2, 4))

    assert rules.read_result(rules.canonical(result)) == result


PAPERS = st.lists(
    st.tuples(st.sets(st.integers(1, 6), max_size=4).map(sorted).map(tuple), st.integers(1, 9)),
    max_size=12,
)
PAIRS = st.sets(st.sampled_from(list(combinations(range(1, 7), 2))), max_size=5)
WOMAN_RULES = st.lists(st.sampled_from(WomanRule), unique=True).map(tuple)


@given(PAPERS, st.integers(1, 4), PAIRS, st.sets(st.integers(1, 6)), WOMAN_RULES)
def test_nobody_is_elected_below_the_share_nor_more_than_there_are_seats(
    papers, seats, kin, women, woman_rules
):
    of = slate(
        seats, 6, kin=kin, women=women, procedure=procedure(woman=True, woman_rules=woman_rules)
    )
    cast = sum(number for _, number in papers)
    result = counted(papers, of, roll=max(cast, 1))

    votes = {each.position: each.votes for each in result.counts}
    assert len(result.chosen) <= seats
    assert all(2 * votes[each] > cast for each in result.chosen)
    assert all(frozenset(pair) not in of.kin for pair in combinations(result.chosen, 2))
    assert (result.outcome is Outcome.ELECTED) == (len(result.chosen) == seats)
    if result.election is not None:
        assert sorted(verdicts(result)) == list(of.positions)
        assert set(result.election.runoff).isdisjoint(result.chosen)


@given(st.data(), PAPERS, st.integers(1, 4), PAIRS)
def test_the_order_of_ballots_changes_nothing(data, papers, seats, kin):
    of, shuffled = slate(seats, 6, kin=kin), data.draw(st.permutations(papers))
    roll = max(sum(number for _, number in papers), 1)

    once, again = counted(papers, of, roll=roll), counted(shuffled, of, roll=roll)

    assert rules.canonical(once) == rules.canonical(again)


@given(PAPERS, st.integers(1, 4))
def test_without_relatives_nobody_with_fewer_votes_is_elected_instead(papers, seats):
    roll = max(sum(number for _, number in papers), 1)
    result = counted(papers, slate(seats, 6), roll=roll)

    votes = {each.position: each.votes for each in result.counts}
    left = [votes[each] for each in votes if each not in result.chosen]
    assert all(votes[each] > max(left) for each in result.chosen if left)
    assert Verdict.GAVE_WAY.value not in verdicts(result).values() if result.election else True
