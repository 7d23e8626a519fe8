from collections import Counter
from uuid import uuid4

import pytest

from api.limits import Budget, Budgets, key_of
from api.refusals import RequestRefused
from domains.kernel.actor import Actor
from schema.guard import Measured


class Watch:
    def __init__(self) -> None:
        self.now = 1_000_020.0

    def __call__(self) -> float:
        return self.now


def at(address: str) -> Actor:
    return Actor(person_id=None, address=address)


def test_a_budget_slides_so_that_it_is_not_spent_twice_around_the_minute():
    budget = Budget(100)

    budget.spend("a", 100, 59.0)

    assert budget.left("a", 59.0) == 0
    assert budget.left("a", 61.0) == 2
    assert budget.left("a", 90.0) == 50
    assert budget.left("a", 120.0) == 100
    assert budget.left("b", 61.0) == 100


def test_a_budget_forgets_what_was_spent_two_minutes_ago():
    budget = Budget(100)
    for key in range(1_000):
        budget.spend(str(key), 1, 10.0)

    budget.left("x", 200.0)

    assert budget.left("1", 200.0) == 100


def test_a_tight_field_is_counted_by_occurrence_and_nothing_is_taken_when_refused():
    watch = Watch()
    budgets = Budgets(1_000, tight={"castBallot": 3}, clock=watch)
    actor = Actor(person_id=uuid4())

    with pytest.raises(RequestRefused) as refusal:
        budgets.charge(actor, Measured(flat_cost=40, root_fields=Counter(castBallot=4)))

    assert refusal.value.status == 429
    assert refusal.value.errors[0]["extensions"]["field"] == "castBallot"
    assert budgets.cost.left(key_of(actor), watch.now) == 1_000
    assert budgets.tight["castBallot"].left(key_of(actor), watch.now) == 3


def test_a_person_has_one_budget_from_everywhere_and_the_nameless_one_an_address():
    person = uuid4()

    assert key_of(Actor(person_id=person, address="::1")) == key_of(Actor(person_id=person))
    assert key_of(at("203.0.113.7")) != key_of(at("203.0.113.8"))


def test_an_ipv6_network_of_one_subscriber_has_one_budget():
    assert key_of(at("2001:db8:1:2::7")) == key_of(at("2001:db8:1:2:9::8"))
    assert key_of(at("2001:db8:1:2::7")) != key_of(at("2001:db8:1:3::7"))
    assert key_of(at("fe80::1%eth0")) == key_of(at("fe80::2"))
