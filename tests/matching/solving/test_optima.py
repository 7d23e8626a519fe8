"""Small cases are solved to what trying everything finds, and every bound is proven."""

import numpy as np
import pytest

from domains.matching.solving import arranging, candidates, selecting, staffing
from domains.matching.solving.options import options_of
from domains.matching.solving.pinning import board
from tests.matching.solving.cases import a_case, a_crowd
from tests.matching.solving.oracle import Rules


@pytest.mark.parametrize("crossing", [False, True])
def test_places_are_filled_as_well_as_trying_everything_would(crossing):
    for seed in range(250):
        snapshot = a_case(seed, crossing=crossing)
        table = board(snapshot)
        pool = candidates.pool(table.columns, table.places_left > 0)

        answer, stage = staffing.staff(table, pool, seconds=60)

        best = Rules(snapshot).best_staffing({need.id for need in snapshot.needs})
        assert (seed, answer.objective, stage.bound, stage.exact) == (seed, best, best, True)


def test_crossing_shifts_and_weekly_minutes_are_solved_as_well_as_trying_everything_would():
    methods = set()
    for seed in range(30):
        snapshot = a_crowd(seed)
        table = board(snapshot)
        pool = candidates.pool(table.columns, table.places_left > 0)

        answer, stage = staffing.staff(table, pool, seconds=60)

        methods.add(stage.method)
        best = Rules(snapshot).best_staffing({need.id for need in snapshot.needs})
        assert (seed, answer.objective, stage.bound, stage.exact) == (seed, best, best, True)
    assert methods == {"potentials", "lp_dual", "tree"}


def test_needs_are_chosen_as_well_as_trying_everything_would():
    for seed in range(250):
        snapshot = a_case(seed)
        options = dict(
            zip(
                (need.id for need in snapshot.needs),
                options_of(snapshot, snapshot.needs),
                strict=True,
            )
        )
        possible = [need for need in snapshot.needs if not options[need.id].impossible]

        chosen = selecting.select(snapshot, possible, options, seconds=60)

        counts = selecting.weights(snapshot, snapshot.needs)
        best = Rules(snapshot).best_selection(list(snapshot.needs), counts)
        counts = selecting.weights(snapshot, possible)
        best_possible = Rules(snapshot).best_selection(possible, counts)
        assert (seed, chosen.stage.objective, chosen.stage.bound) == (
            seed,
            best_possible,
            best_possible,
        )
        assert (best > 0) == (best_possible > 0)


def test_the_last_round_is_the_optimum_of_the_needs_that_went_ahead():
    exact = 0
    for seed in range(100):
        snapshot = a_case(seed, crossing=seed % 2 == 0)

        proposal = arranging.arrange(snapshot)

        chosen = {each.need for each in proposal.selections}
        if proposal.exact:
            exact += 1
            best = Rules(snapshot).best_staffing(chosen)
            assert (seed, proposal.stages[1].objective) == (seed, best)
    assert exact > 80


def test_a_pool_that_was_cut_short_still_tells_a_true_bound():
    told = []
    for seed in range(60):
        snapshot = a_case(seed, needs=4, volunteers=7)
        table = board(snapshot)
        pool = candidates.pool(table.columns, table.places_left > 0)
        ranks = pool.ranks()
        first_out = np.flatnonzero(ranks == 1)
        cut = dict(
            zip(pool.groups[first_out].tolist(), pool.points[first_out].tolist(), strict=True)
        )
        short = candidates.Pool(
            pool.volunteers[ranks < 1], pool.groups[ranks < 1], pool.points[ranks < 1], cut
        )

        _, stage = staffing.staff(table, short, seconds=60)

        best = Rules(snapshot).best_staffing({need.id for need in snapshot.needs})
        assert (seed, stage.bound <= best <= stage.objective) == (seed, True)
        told.append(stage.exact)
    assert set(told) == {True, False}
