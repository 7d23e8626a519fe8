"""The proposal beside what others do with the same places."""

import numpy as np

from domains.matching.solving import arranging, comparators
from domains.matching.solving.comparators import gini_permille
from tests.matching.solving.cases import a_crowd


def test_unevenness_is_none_where_all_have_as_many_and_near_all_where_one_has_all():
    assert gini_permille(np.asarray([2, 2, 2, 2])) == 0
    assert gini_permille(np.asarray([0, 0, 0, 8])) == 750
    assert gini_permille(np.asarray([0, 0])) == 0


def test_no_other_way_fills_the_same_places_at_less_points():
    for seed in range(25):
        snapshot = a_crowd(seed)
        proposal = arranging.arrange(snapshot)

        fares = comparators.compare(snapshot, proposal)

        assert fares["proposal"].points == proposal.stages[1].objective
        assert fares["proposal"].points <= fares["greedy"].points
        assert fares["proposal"].points <= fares["broadcast"].points
