"""What is true of orders, times, distances and ratings, without a database."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from domains.kernel.rules import LegalEffect, RuleSet
from domains.matching.rules import distance, orders, ratings, times
from domains.matching.rules.distance import Point
from domains.matching.rules.procedure import Procedure
from domains.matching.rules.times import Window
from domains.matching.service.presets import _CONTENT
from domains.matching.values.orders import ServiceOrderState, ServicePlaceState
from domains.volunteering.values.volunteers import TimeBlock

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
PROCEDURE = Procedure.of(
    RuleSet(
        id=UUID(int=1),
        code="MATCHING",
        version=1,
        community_id=None,
        title_zh="",
        title_en="",
        legal_basis="",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=date(2026, 1, 1),
        effective_to=None,
        content=_CONTENT,
    )
)
PLACES = st.lists(st.sampled_from(ServicePlaceState), max_size=5)


@given(PLACES, st.integers(1, 5), st.integers(0, 3), st.booleans())
def test_the_order_of_places_means_nothing(places, wanted, offers, is_filling):
    asked = {"wanted": wanted, "offers": offers, "is_filling": is_filling}

    states = {orders.state_of(each, **asked) for each in (places, places[::-1], sorted(places))}

    assert len(states) == 1


@given(PLACES, st.integers(1, 5), st.integers(0, 3))
def test_an_order_whose_time_has_come_is_never_open(places, wanted, offers):
    state = orders.state_of(places, wanted=wanted, offers=offers, is_filling=False)

    assert state not in {ServiceOrderState.OPEN, ServiceOrderState.OFFERED}


def moves(places, wanted, *, is_filling, order):
    """What may happen next to the places of an order; each is its places afterwards."""
    gone = {ServicePlaceState.LEFT, ServicePlaceState.CANCELLED, ServicePlaceState.NO_SHOW}
    seating = {"OPEN", "OFFERED", "ACCEPTED", "CHECKED_IN"}
    if is_filling and order.name in seating and sum(each not in gone for each in places) < wanted:
        yield [*places, ServicePlaceState.ACCEPTED]
    for number, place in enumerate(places):
        for one, other in orders.PLACE_STEPS:
            if one is not place or other is ServicePlaceState.CANCELLED:
                continue
            if (other is ServicePlaceState.LEFT) <= is_filling and (
                (other is ServicePlaceState.NO_SHOW) <= (not is_filling)
            ):
                yield [*places[:number], other, *places[number + 1 :]]


@settings(max_examples=400)
@given(st.data(), st.integers(1, 3))
def test_whatever_happens_to_its_places_an_order_has_a_way(data, wanted):
    places: list[ServicePlaceState] = []
    is_filling, order = True, ServiceOrderState.OPEN
    for _ in range(data.draw(st.integers(1, 14))):
        if is_filling and data.draw(st.integers(0, 4)) == 0:
            is_filling = False
        else:
            possible = list(moves(places, wanted, is_filling=is_filling, order=order))
            if not possible:
                break
            places = data.draw(st.sampled_from(possible))
        offers = data.draw(st.integers(0, 1)) if is_filling else 0
        state = orders.state_of(places, wanted=wanted, offers=offers, is_filling=is_filling)

        way = orders.way(order, state)

        assert order is state or way[-1] is state
        order = state
        if order is ServiceOrderState.UNMET:
            break


def test_every_state_leads_to_an_end():
    ends = {one for one in ServiceOrderState if all(step[0] is not one for step in orders.STEPS)}
    reaching = set(ends)
    while True:
        more = {one for one, other in orders.STEPS if other in reaching} - reaching
        if not more:
            break
        reaching |= more

    assert reaching == set(ServiceOrderState)
    assert {each.name for each in ends} == {"REJECTED", "CANCELLED", "UNMET", "CLOSED"}


RATINGS = st.lists(st.tuples(st.integers(1, 12).map(lambda n: UUID(int=n)), st.integers(1, 5)))


@given(RATINGS, st.integers(2, 6))
def test_one_more_rating_never_tells_itself(given_ratings, k):
    before = ratings.released(given_ratings[:-1], k=k)
    after = ratings.released(given_ratings, k=k)

    told_before = 0 if before is None else before.ratings
    told_after = 0 if after is None else after.ratings
    new = given_ratings[told_before:told_after]
    assert told_after == told_before or len({by for by, _ in new}) >= k


@given(RATINGS, st.integers(2, 6))
def test_a_figure_is_the_average_of_what_it_tells_of(given_ratings, k):
    figure = ratings.released(given_ratings, k=k)

    if figure is not None:
        stars = sum(each for _, each in given_ratings[: figure.ratings])
        assert abs(figure.stars_tenths - 10 * stars / figure.ratings) <= 0.5


def test_fewer_raters_than_the_rules_ask_tell_nothing_however_often_they_rate():
    same = [(UUID(int=1), 5)] * 20

    assert ratings.released(same, k=2) is None


@given(st.integers(1, 400), st.sampled_from([1, 2, 3, 4]))
def test_an_offer_never_waits_beyond_the_service(hours, urgency):
    starts_at = NOW + timedelta(hours=hours)

    until = times.answer_by(NOW, starts_at=starts_at, urgency=urgency, procedure=PROCEDURE)
    remind_at = times.remind_at(NOW, until=until, procedure=PROCEDURE)

    assert NOW < remind_at < until <= starts_at
    assert until - NOW <= timedelta(hours=PROCEDURE.offer_hours)


def test_a_weekly_time_comes_again_until_its_last_day():
    window = Window(NOW, NOW + timedelta(hours=1))

    found = list(times.weekly(window, until=date(2026, 12, 15), not_after=NOW + timedelta(days=30)))

    assert [each.starts_at.day for each in found] == [1, 8, 15]


def test_a_part_of_the_day_is_shanghais():
    assert times.block_of(datetime(2026, 12, 1, 3, 59, tzinfo=UTC)) == (2, TimeBlock.MORNING)
    assert times.block_of(datetime(2026, 12, 1, 4, 0, tzinfo=UTC)) == (2, TimeBlock.AFTERNOON)
    assert times.block_of(datetime(2026, 12, 1, 16, 0, tzinfo=UTC)) == (3, TimeBlock.MORNING)


POINTS = st.builds(
    Point, st.integers(-60_000_000, 60_000_000), st.integers(-179_000_000, 179_000_000)
)


@given(POINTS, POINTS)
def test_it_is_as_far_there_as_back(one, other):
    assert distance.metres_between(one, other) == distance.metres_between(other, one)
    assert distance.metres_between(one, one) == 0


@given(POINTS)
def test_a_rough_place_is_near_and_tells_no_more(point):
    rough = point.rough()

    assert distance.metres_between(point, rough) <= 80
    assert (rough.latitude_e6 % 1000, rough.longitude_e6 % 1000) == (0, 0)
