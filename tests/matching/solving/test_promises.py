"""Promises are kept or told of, what was proposed is kept where little is lost, reserves cover."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.matching.solving import arranging, checking, explaining, reserves
from domains.matching.solving.proposal import Lapse
from domains.matching.solving.reasons import Reason
from domains.matching.solving.snapshot import WEEK, Fund, Snapshot, Terms
from tests.matching.solving.cases import CENTRE, a_group, a_need, a_volunteer

NEAR = a_volunteer("near")
FAR = a_volunteer("far", latitude_e6=CENTRE[0] + 4_000)
PLAIN = Terms(most_reserves=0)


def test_a_pinned_acceptance_is_kept_though_another_would_be_cheaper():
    snapshot = Snapshot(
        needs=(a_need("n", a_group("g")),),
        volunteers=(NEAR, FAR),
        pinned=(("g", "far"),),
        terms=PLAIN,
    )

    proposal = arranging.arrange(snapshot)

    assert (proposal.offers, proposal.unmet, proposal.lapses) == ((), (), ())
    assert checking.breaches(snapshot, proposal) == []


def test_a_promise_takes_the_time_and_the_week_of_who_gave_it():
    groups = (a_group("g"), a_group("same time"), a_group("next day", starts=1980, ends=2100))
    snapshot = Snapshot(
        needs=(a_need("n", *groups),),
        volunteers=(a_volunteer("v", weekly_services=1),),
        pinned=(("g", "v"),),
    )

    proposal = arranging.arrange(snapshot)

    assert proposal.offers == ()
    assert [(each.group, each.reason) for each in proposal.unmet] == [
        ("next day", Reason.WEEK_FULL),
        ("same time", Reason.NOT_FREE),
    ]


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        (a_volunteer("v", skills=(("cooking", 1, 600),)), Reason.SKILL_EXPIRED),
        (a_volunteer("v", age=17), Reason.NO_GUARDIAN_CONSENT),
        (a_volunteer("other", skills=(("cooking", 1, WEEK),)), Reason.UNKNOWN),
    ],
)
def test_a_promise_that_would_be_unsafe_by_now_lapses_and_is_told(person, reason):
    snapshot = Snapshot(
        needs=(a_need("n", a_group("g", skill="cooking", level=1)),),
        volunteers=(person,),
        pinned=(("g", "v"),),
    )

    proposal = arranging.arrange(snapshot)

    assert proposal.lapses == (Lapse("g", "v", reason),)


def test_a_promise_stands_though_it_is_far_and_whoever_gave_it_opted_out_since():
    person = a_volunteer("v", automatic=False, radius=0, latitude_e6=CENTRE[0] + 50_000)
    snapshot = Snapshot(
        needs=(a_need("n", a_group("g")),), volunteers=(person,), pinned=(("g", "v"),)
    )

    proposal = arranging.arrange(snapshot)

    assert (proposal.lapses, proposal.unmet) == ((), ())


def test_a_need_with_a_promise_goes_before_a_more_urgent_one():
    needs = (
        a_need("promised", urgency=1, cost=100, purposes=("elders",)),
        a_need("urgent", urgency=4, cost=100, purposes=("elders",)),
    )
    snapshot = Snapshot(
        needs=needs,
        volunteers=(NEAR, FAR),
        funds=(Fund("f", ("elders",), 199),),
        pinned=(("promised-g", "near"),),
    )

    kept = arranging.arrange(snapshot)
    without = arranging.arrange(replace(snapshot, pinned=()))

    assert [each.need for each in kept.selections] == ["promised"]
    assert [each.need for each in without.selections] == ["urgent"]


def test_what_was_proposed_before_is_kept_where_little_is_lost_and_left_where_much_is():
    snapshot = Snapshot(
        needs=(a_need("n", a_group("g")),),
        volunteers=(NEAR, FAR),
        previous=(("g", "far"),),
        terms=PLAIN,
    )

    asked = {
        churn: arranging.arrange(replace(snapshot, terms=replace(PLAIN, churn_points=churn)))
        .offers[0]
        .volunteer
        for churn in (0, 20, 43, 45, 200)
    }

    # 444 metres are 44 points.
    assert asked == {0: "near", 20: "near", 43: "near", 45: "far", 200: "far"}


def test_turns_go_round():
    groups = tuple(
        a_group(f"g{day}", starts=day * 1440 + 540, ends=day * 1440 + 660) for day in range(6)
    )
    people = (*(a_volunteer(f"v{at}") for at in range(3)), a_volunteer("busy", turns=9))
    snapshot = Snapshot(needs=(a_need("n", *groups),), volunteers=people, terms=PLAIN)

    proposal = arranging.arrange(snapshot)

    asked = sorted(offer.volunteer for offer in proposal.offers)
    assert asked == ["v0", "v0", "v1", "v1", "v2", "v2"]


@given(st.lists(st.integers(0, 1000), max_size=7), st.integers(0, 4))
def test_the_chance_that_enough_accept_is_exact(chances, wanted):
    exact = 0
    for answers in product((0, 1), repeat=len(chances)):
        if sum(answers) >= wanted:
            weight = 1
            for answer, chance in zip(answers, chances, strict=True):
                weight *= chance if answer else 1000 - chance
            exact += weight

    told = reserves.chance_permille(chances, wanted)

    assert told == exact * 1000 // 1000 ** len(chances)


def test_reserves_are_named_until_enough_are_expected_and_nobody_waits_in_two_places():
    people = tuple(
        a_volunteer(f"v{at}", accepted=5, declined=5, longitude_e6=CENTRE[1] + 100 * at)
        for at in range(8)
    )
    groups = (a_group("g"), a_group("h"))
    snapshot = Snapshot(needs=(a_need("n", *groups),), volunteers=people)

    proposal = arranging.arrange(snapshot)

    # 12 of 20 by the prior: 600 in a thousand, so that three reach 936.
    assert [(each.offered, each.reserves, each.chance_permille) for each in proposal.covers] == [
        (1, 2, 936),
        (1, 2, 936),
    ]
    assert len({offer.volunteer for offer in proposal.offers}) == 6
    assert sorted(offer.rank for offer in proposal.offers) == [0, 0, 1, 1, 2, 2]


def test_who_said_no_often_is_asked_as_before_with_more_people_behind_them():
    people = tuple(a_volunteer(f"v{at}", longitude_e6=CENTRE[1] + 500 * at) for at in range(6))
    often = (replace(people[0], declined=40), *people[1:])
    needs = (a_need("n", a_group("g")),)

    first, second = (
        arranging.arrange(Snapshot(needs=needs, volunteers=each)) for each in (people, often)
    )

    asked = [
        [each.volunteer for each in found.offers if each.rank == 0] for found in (first, second)
    ]
    assert asked == [["v0"], ["v0"]]
    assert [found.stages[-1].objective for found in (first, second)] == [
        first.stages[-1].objective
    ] * 2
    assert first.covers[0].reserves < second.covers[0].reserves


def test_an_offer_says_why():
    person = a_volunteer(
        "v",
        skills=(("cooking", 3, WEEK),),
        prefers=("meals",),
        turns=2,
        latitude_e6=CENTRE[0] + 4_000,
    )
    snapshot = Snapshot(
        needs=(a_need("n", a_group("g", skill="cooking", level=2)),), volunteers=(person,)
    )

    (why,) = explaining.explain(snapshot, arranging.arrange(snapshot))

    assert (why.skill, why.level_wanted, why.level_held) == ("cooking", 2, 3)
    assert (why.metres, why.radius, why.starts, why.ends) == (444, 1_000, 540, 660)
    assert (why.turns, why.preferred, why.others_in_question) == (2, True, 0)
