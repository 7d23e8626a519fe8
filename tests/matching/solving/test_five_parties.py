"""Hosts, supervision, money and rooms: what is scarce goes to what is urgent, and only lawfully."""

import pytest

from domains.matching.solving import arranging, checking
from domains.matching.solving.proposal import Selection
from domains.matching.solving.reasons import Reason
from domains.matching.solving.snapshot import (
    WEEK,
    Fund,
    Group,
    Organisation,
    Snapshot,
    Terms,
    Venue,
    Worker,
)
from tests.matching.solving.cases import a_group, a_need, a_volunteer

PEOPLE = tuple(a_volunteer(f"v{at}") for at in range(6))


def _arranged(*needs, **given):
    snapshot = Snapshot(needs=needs, volunteers=given.pop("volunteers", PEOPLE), **given)
    proposal = arranging.arrange(snapshot)
    assert checking.breaches(snapshot, proposal) == []
    return proposal


def _out(proposal):
    return {each.need: each.reason for each in proposal.unmet if not each.group}


def test_a_need_gets_its_host_supervisor_room_and_money_together():
    need = a_need(
        "clinic",
        wants_host=True,
        hosts=("body",),
        supervision=2,
        qualification="health",
        cost=300,
        purposes=("health",),
        wants_venue=True,
        venues=("hall",),
        room=20,
    )

    proposal = _arranged(
        need,
        organisations=(Organisation("body", 1),),
        workers=(Worker("wang", ("health",), 2, "town/"),),
        funds=(Fund("any", ("health", "elders"), 500), Fund("only", ("health",), 200)),
        venues=(Venue("hall", 20, ((0, WEEK),)),),
    )

    # Money of fewest purposes goes first.
    money = (("any", 100), ("only", 200))
    assert proposal.selections == (Selection("clinic", "body", "wang", "hall", money),)
    assert proposal.exact


@pytest.mark.parametrize(
    "fund",
    [
        Fund("f", ("children",), 1_000),
        Fund("f", (), 1_000),
        Fund("f", ("elders",), 99),
        Fund("f", ("elders",), 1_000, "town/b/"),
    ],
)
def test_money_for_another_purpose_or_place_or_too_little_of_it_pays_for_nothing(fund):
    proposal = _arranged(a_need("n", cost=100, purposes=("elders",)), funds=(fund,))

    assert (_out(proposal), proposal.offers) == ({"n": Reason.NO_MONEY}, ())


def test_money_is_spent_once_and_on_what_is_urgent():
    needs = [a_need(f"n{at}", urgency=at, cost=100, purposes=("elders",)) for at in (1, 2, 3, 4)]

    proposal = _arranged(*needs, funds=(Fund("f", ("elders",), 250),))

    assert [each.need for each in proposal.selections] == ["n3", "n4"]
    assert _out(proposal) == {"n1": Reason.NO_MONEY, "n2": Reason.NO_MONEY}
    assert (proposal.stages[0].objective, proposal.stages[0].gap) == (7, 0)


def test_two_small_needs_go_before_one_that_is_more_urgent_than_either():
    needs = (
        a_need("large", urgency=3, cost=200, purposes=("elders",)),
        a_need("one", urgency=2, cost=100, purposes=("elders",)),
        a_need("two", urgency=2, cost=100, purposes=("elders",)),
    )

    proposal = _arranged(*needs, funds=(Fund("f", ("elders",), 200),))

    assert [each.need for each in proposal.selections] == ["one", "two"]


def test_a_social_worker_supervises_within_load_qualification_and_area_only():
    needs = [a_need(f"n{at}", supervision=2, qualification="elders") for at in range(3)]
    workers = (
        Worker("able", ("elders",), 5, "town/a/"),
        Worker("elsewhere", ("elders",), 9, "town/b/"),
        Worker("unqualified", ("families",), 9),
    )

    proposal = _arranged(*needs, workers=workers)

    assert [each.worker for each in proposal.selections] == ["able", "able"]
    assert list(_out(proposal).values()) == [Reason.NO_SUPERVISION]


def test_an_organisation_hosts_no_more_than_it_can():
    needs = [a_need(f"n{at}", wants_host=True, hosts=("body", "gone")) for at in range(3)]

    proposal = _arranged(*needs, organisations=(Organisation("body", 2),))

    assert [each.host for each in proposal.selections] == ["body", "body"]
    assert list(_out(proposal).values()) == [Reason.NO_HOST]


def test_a_room_is_full_at_its_fullest_moment_and_closed_when_it_is_closed():
    def need(name: str, starts: int, ends: int):
        group = Group(f"{name}-g", starts, ends, 1)
        return a_need(name, group, wants_venue=True, venues=("hall",), room=10)

    needs = (
        need("early", 540, 660),
        need("crossing", 600, 720),
        need("later", 660, 780),
        need("at night", 1_300, 1_400),
    )

    proposal = _arranged(*needs, venues=(Venue("hall", 15, ((480, 1_200),), ((480, 540, 15),)),))

    assert [each.need for each in proposal.selections] == ["early", "later"]
    assert _out(proposal) == {"at night": Reason.NO_VENUE, "crossing": Reason.NO_VENUE}


def test_a_need_for_all_or_none_leaves_its_money_to_one_that_finds_its_people():
    short = a_need(
        "short",
        a_group("short-g", places=2),
        a_group("short-h", places=2),
        urgency=4,
        partial=False,
        cost=100,
        purposes=("elders",),
    )
    other = a_need("other", urgency=1, cost=100, purposes=("elders",))

    proposal = _arranged(short, other, volunteers=PEOPLE[:3], funds=(Fund("f", ("elders",), 100),))

    assert [each.need for each in proposal.selections] == ["other"]
    assert _out(proposal) == {"short": Reason.TOO_FEW_PEOPLE}
    assert (proposal.rounds, proposal.exact) == (2, True)


def test_what_the_last_round_leaves_short_is_left_out_and_the_answer_says_so():
    needs = [
        a_need(f"n{at}", a_group(f"g{at}", places=2), a_group(f"h{at}", places=2), partial=False)
        for at in range(3)
    ]

    proposal = _arranged(*needs, volunteers=PEOPLE[:3], terms=Terms(rounds=1))

    assert (proposal.exact, proposal.selections, proposal.offers) == (False, (), ())
    assert proposal.note == ("In round 1, the last, 3 needs were left out for want of people.")


@pytest.mark.parametrize(
    ("people", "reason"),
    [
        ((a_volunteer(),), Reason.NO_SKILL),
        ((a_volunteer(skills=(("cooking", 1, WEEK),), radius=0, latitude_e6=0),), Reason.TOO_FAR),
        ((a_volunteer(skills=(("cooking", 1, WEEK),), free=()),), Reason.NOT_FREE),
        (
            (
                a_volunteer(),
                a_volunteer("w", skills=(("cooking", 1, WEEK),), free=()),
                a_volunteer("x", skills=(("cooking", 1, 5),)),
            ),
            Reason.NOT_FREE,
        ),
    ],
)
def test_an_empty_place_says_what_hindered_whoever_came_nearest(people, reason):
    proposal = _arranged(a_need("n", a_group("g", skill="cooking", level=1)), volunteers=people)

    assert [(each.group, each.places, each.reason) for each in proposal.unmet] == [("g", 1, reason)]


def test_a_place_whose_candidates_serve_elsewhere_says_so():
    needs = (a_need("n", urgency=4), a_need("m", urgency=1))

    proposal = _arranged(*needs, volunteers=PEOPLE[:1])

    assert [(each.group, each.reason) for each in proposal.unmet] == [("m-g", Reason.ALL_TAKEN)]
