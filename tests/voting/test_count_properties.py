"""What holds of every count, whatever the ballots."""

import random
from fractions import Fraction
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domains.voting.rules import (
    BallotForm,
    CountingRule,
    Paper,
    count,
    count_under,
    pack,
    read_count,
    unpack,
)
from domains.voting.rules.tallies import Parts

OPTIONS = ("north", "east", "south", "west")
POSITIONS = (1, 2, 3, 4)
RANKING_RULES = (
    CountingRule.BORDA,
    CountingRule.INSTANT_RUN_OFF,
    CountingRule.SCOTTISH_STV,
    CountingRule.SCHULZE,
    CountingRule.RANKED_PAIRS,
)
COSTS: dict[str, Any] = {"costs": (70, 30, 45, 20), "budget": 100}
FORMS = {
    **dict.fromkeys(RANKING_RULES, BallotForm.RANKING),
    CountingRule.PLURALITY: BallotForm.CHOICE,
    CountingRule.APPROVAL: BallotForm.APPROVAL,
    CountingRule.SEQUENTIAL_PHRAGMEN: BallotForm.APPROVAL,
    CountingRule.SCORE: BallotForm.SCORE,
    CountingRule.MAJORITY_JUDGEMENT: BallotForm.GRADE,
    CountingRule.GREEDY_SKIP: BallotForm.BUDGET_APPROVAL,
    CountingRule.GREEDY_STOP: BallotForm.BUDGET_POINTS,
    CountingRule.GREEDY_MINIMUM: BallotForm.BUDGET_APPROVAL,
    CountingRule.EQUAL_SHARES: BallotForm.BUDGET_APPROVAL,
}
TERMS: dict[CountingRule, dict[str, Any]] = {
    CountingRule.SCORE: {"highest": 5},
    CountingRule.MAJORITY_JUDGEMENT: {"highest": 5},
    CountingRule.GREEDY_SKIP: COSTS,
    CountingRule.GREEDY_STOP: COSTS | {"highest": 5, "form": BallotForm.BUDGET_POINTS},
    CountingRule.GREEDY_MINIMUM: COSTS | {"minimum_score": 3},
    CountingRule.EQUAL_SHARES: COSTS,
}
HIGHEST = 5

orders = st.permutations(POSITIONS).flatmap(
    lambda order: st.integers(0, 4).map(lambda length: tuple(order[:length]))
)
sets = st.sets(st.sampled_from(POSITIONS)).map(lambda named: tuple(sorted(named)))
values = st.tuples(*[st.integers(0, HIGHEST)] * 4)
WRITTEN = {
    BallotForm.RANKING: orders,
    BallotForm.CHOICE: st.sampled_from([(), *((each,) for each in POSITIONS)]),
    BallotForm.APPROVAL: sets,
    BallotForm.BUDGET_APPROVAL: sets,
    BallotForm.SCORE: values,
    BallotForm.GRADE: values,
    BallotForm.BUDGET_POINTS: values,
}
rules = pytest.mark.parametrize("rule", list(CountingRule))


def boxes(rule, *, least=0, most=9):
    """Ballots as they are written, each with how many wrote so; the fewer, the more ties."""
    ballot = st.tuples(WRITTEN[FORMS[rule]], st.integers(1, most))
    return st.lists(ballot, min_size=least, max_size=8)


def marked(form, written):
    paper = Paper(form, max(4, len(written)), highest=HIGHEST if form.gives_values else 0)
    if form.gives_values:
        return pack(paper, dict(enumerate(written, start=1)))
    return pack(paper, written)


def packed(rule, box):
    return [(marked(FORMS[rule], written), number) for written, number in box]


def counted(rule, box, *, options=OPTIONS, seats=1, **terms):
    given_terms = TERMS.get(rule, {}) | terms
    return count(rule, packed(rule, box), options=options, seats=seats, seed="7f", **given_terms)


def names(result):
    return {result.terms.options[position - 1] for position in result.winners}


def seats_of(rule):
    several = rule not in TERMS and rule is not CountingRule.INSTANT_RUN_OFF
    return st.integers(1, 4) if several else st.just(1)


@rules
@given(data=st.data())
def test_neither_the_order_of_ballots_nor_their_grouping_changes_a_byte(rule, data):
    box = data.draw(boxes(rule))
    seats = data.draw(seats_of(rule))
    alone = [(written, 1) for written, number in box for _ in range(number)]
    nobody = data.draw(WRITTEN[FORMS[rule]])
    alone.append((nobody, 0))
    data.draw(st.randoms(use_true_random=False)).shuffle(alone)

    grouped, single = (counted(rule, each, seats=seats) for each in (box, alone))

    assert grouped.canonical() == single.canonical()
    assert grouped.ballots == len(alone) - 1


@rules
@given(data=st.data())
def test_a_recount_under_the_terms_that_were_kept_gives_the_same_bytes(rule, data):
    box = data.draw(boxes(rule))
    kept = counted(rule, box, seats=data.draw(seats_of(rule))).canonical()

    again = count_under(read_count(kept).terms, packed(rule, box))

    assert again.canonical() == kept
    assert read_count(kept) == again


@rules
@given(data=st.data())
def test_the_place_of_an_option_on_the_paper_changes_nothing(rule, data):
    box = data.draw(boxes(rule))
    seats = data.draw(seats_of(rule))
    place = data.draw(st.permutations(POSITIONS))
    options = tuple(OPTIONS[place.index(position)] for position in POSITIONS)

    moved_box = [(_move(FORMS[rule], written, place), number) for written, number in box]
    terms = {}
    if "costs" in TERMS.get(rule, {}):
        terms["costs"] = tuple(COSTS["costs"][place.index(position)] for position in POSITIONS)
    moved = counted(rule, moved_box, options=options, seats=seats, **terms)

    assert names(moved) == names(counted(rule, box, seats=seats))


def _move(form, written, place):
    if form.gives_values:
        return tuple(written[place.index(position)] for position in POSITIONS)
    return tuple(place[position - 1] for position in written)


@rules
@given(data=st.data())
def test_without_a_draw_the_seed_and_the_names_change_nothing(rule, data):
    box = data.draw(boxes(rule, least=1, most=9_999))
    seats = data.draw(seats_of(rule))
    result = counted(rule, box, seats=seats)

    other = counted(rule, box, seats=seats, options=("a", "b", "c", "d"))

    assert result.used_the_seed or set(other.winners) == set(result.winners)


@rules
@given(data=st.data())
def test_no_more_are_elected_than_there_are_seats_and_no_more_spent_than_the_budget(rule, data):
    seats = data.draw(seats_of(rule))

    result = counted(rule, data.draw(boxes(rule)), seats=seats)

    assert len(set(result.winners)) == len(result.winners)
    if result.terms.budget is None:
        assert len(result.winners) <= seats
    else:
        costs = result.terms.costs
        assert sum(costs[position - 1] for position in result.winners) <= result.terms.budget


MONOTONE = [
    CountingRule.PLURALITY,
    CountingRule.APPROVAL,
    CountingRule.SCORE,
    CountingRule.BORDA,
    CountingRule.SCHULZE,
    CountingRule.RANKED_PAIRS,
    CountingRule.MAJORITY_JUDGEMENT,
    CountingRule.GREEDY_SKIP,
]


@pytest.mark.parametrize("rule", MONOTONE)
@given(data=st.data())
def test_more_support_never_costs_a_winner_the_election(rule, data):
    box = data.draw(boxes(rule, least=3, most=9_999))
    before = counted(rule, box)
    assume(before.winners)
    winner = before.winners[0]
    at = data.draw(st.integers(0, len(box) - 1))
    written, number = box[at]

    box[at] = (_raise(FORMS[rule], written, winner), number)
    after = counted(rule, box)

    assert winner in after.winners or before.used_the_seed or after.used_the_seed


def _raise(form, written, winner):
    """Say the same, and more for one option."""
    if form.gives_values:
        raised = list(written)
        raised[winner - 1] = min(HIGHEST, raised[winner - 1] + 1)
        return tuple(raised)
    if form is BallotForm.CHOICE:
        return (winner,)
    if form is not BallotForm.RANKING:
        return tuple(sorted({*written, winner}))
    if winner not in written:
        return (*written, winner)
    at = written.index(winner)
    others = [each for each in written if each != winner]
    return (*others[: max(0, at - 1)], winner, *others[max(0, at - 1) :])


@pytest.mark.parametrize("rule", [CountingRule.SCHULZE, CountingRule.RANKED_PAIRS])
@given(box=boxes(CountingRule.SCHULZE, least=1))
def test_whoever_beats_every_other_is_chosen(rule, box):
    beats_all = [each for each in POSITIONS if all(_beats(box, each, o) for o in POSITIONS)]
    assume(beats_all)

    assert counted(rule, box).winners == tuple(beats_all)


def _prefer(box, own, other):
    return sum(
        number
        for written, number in box
        if own in written and (other not in written or written.index(own) < written.index(other))
    )


def _beats(box, own, other):
    return own == other or _prefer(box, own, other) > _prefer(box, other, own)


@given(box=boxes(CountingRule.SCHULZE))
def test_preferences_are_those_of_every_ballot_by_itself(box):
    matrix = counted(CountingRule.SCHULZE, box).stages[0].preferred

    expected = [[own != o and _prefer(box, own, o) for o in POSITIONS] for own in POSITIONS]
    assert [list(row) for row in matrix] == expected


@given(box=boxes(CountingRule.SCHULZE))
def test_strongest_paths_are_the_best_of_all_paths(box):
    paths = counted(CountingRule.SCHULZE, box).stages[1].strongest

    for own, other in permutations(POSITIONS, 2):
        best = max(
            min(_links(box, (own, *between, other)))
            for length in range(3)
            for between in permutations(set(POSITIONS) - {own, other}, length)
        )
        found = paths[own - 1][other - 1]
        assert (found and (found.support, -found.opposition)) == (best if best[0] >= 0 else None)


def _links(box, path):
    for own, other in pairwise(path):
        strength = (_prefer(box, own, other), -_prefer(box, other, own))
        yield strength if strength[0] > -strength[1] else (-1, 0)


@given(box=boxes(CountingRule.SCOTTISH_STV), seats=st.integers(1, 4))
def test_a_quota_is_a_whole_number_that_no_more_than_the_seats_can_reach(box, seats):
    result = counted(CountingRule.SCOTTISH_STV, box, seats=seats)
    valid = result.ballots - result.blank

    assume(valid)
    assert type(result.quota) is int
    assert seats * result.quota <= valid + seats < (seats + 1) * result.quota + seats
    assert len(result.winners) == seats


@given(box=boxes(CountingRule.SCOTTISH_STV), seats=st.integers(1, 4))
def test_no_vote_is_lost_at_any_stage(box, seats):
    result = counted(CountingRule.SCOTTISH_STV, box, seats=seats)

    for stage in result.stages:
        assert sum(stage.votes) + stage.not_transferable == result.ballots - result.blank
        assert all((100_000 * votes).denominator == 1 for votes in stage.votes)
        assert stage.not_transferable >= 0


@given(box=boxes(CountingRule.MAJORITY_JUDGEMENT, least=1))
def test_majority_values_are_the_middles_taken_away_one_by_one(box):
    result = counted(CountingRule.MAJORITY_JUDGEMENT, box)
    graded = [[max(1, each) for each in written] for written, n in box for _ in range(n)]
    valid = [row for row, blank in zip(graded, _blanks(box), strict=True) if not blank]
    assume(valid)

    worth = {each: _middles([row[each - 1] for row in valid]) for each in POSITIONS}

    best = max(worth.values())
    order = [worth[each] for each in result.stages[0].order]
    assert worth[result.winners[0]] == best
    assert order == sorted(order, reverse=True)


def _blanks(box):
    return [not any(written) for written, number in box for _ in range(number)]


def _middles(grades):
    left = sorted(grades)
    taken = []
    while left:
        taken.append(left.pop((len(left) - 1) // 2))
    return taken


@given(box=boxes(CountingRule.INSTANT_RUN_OFF, least=1))
def test_an_instant_run_off_agrees_with_one_counted_ballot_by_ballot(box):
    result = counted(CountingRule.INSTANT_RUN_OFF, box)

    excluded = set()
    for stage in result.stages:
        excluded.update(stage.excluded)
        tops = [next((o for o in written if o not in excluded), 0) for written, _ in box]
        votes = dict.fromkeys(POSITIONS, 0)
        for top, (_, number) in zip(tops, box, strict=True):
            votes[top] = votes.get(top, 0) + number
        assert stage.votes == tuple(votes[each] for each in POSITIONS)
        leaders = [each for each in POSITIONS if 2 * votes[each] > sum(stage.votes)]
        assert list(stage.elected) == leaders or stage is result.stages[-1]


@given(st.data())
def test_marks_unpack_to_what_was_written(data):
    form = data.draw(st.sampled_from(list(BallotForm)))
    written = data.draw(WRITTEN[form])

    entries = unpack(form, marked(form, written))

    if form.gives_values:
        assert entries == [(at, each) for at, each in enumerate(written, start=1) if each]
    else:
        assert [position for position, _ in entries] == list(written)


def test_borda_hands_out_the_same_sum_for_every_ballot():
    draw = random.Random(1)
    box = [(tuple(draw.sample(POSITIONS, draw.randint(1, 4))), 1) for _ in range(50)]

    figures = counted(CountingRule.BORDA, box).stages[0].figures

    assert sum(figures) == 50 * Fraction(4 * 3, 2)


@pytest.mark.parametrize("rule", [CountingRule.SCORE, CountingRule.MAJORITY_JUDGEMENT])
@given(box=boxes(CountingRule.SCORE))
def test_grouping_by_four_options_at_a_time_changes_no_byte(rule, box):
    groups = packed(rule, [((*written, *written[:2]), number) for written, number in box])
    terms = {"options": "abcdef", "seed": "7f", "highest": HIGHEST}
    by_four = tuple(tuple((marks >> shift & 0xFFFF, n) for marks, n in groups) for shift in (0, 16))
    blank = sum(number for marks, number in groups if not marks)

    parts = count(rule, Parts(by_four, blank), **terms)

    assert parts.canonical() == count(rule, groups, **terms).canonical()
