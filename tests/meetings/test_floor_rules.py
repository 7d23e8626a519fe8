"""The speaking list as a pure function: an order that anybody can check by hand."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domains.meetings.rules import floor
from domains.meetings.rules.floor import FloorTerms, Hand, SpeechClock, Spoken, Total, Turn
from domains.meetings.values.floor import SpeakingSide

TERMS = FloorTerms(
    limits_s={
        SpeakingSide.FOR: 120,
        SpeakingSide.AGAINST: 120,
        SpeakingSide.QUESTION: 60,
        SpeakingSide.POINT_OF_ORDER: 60,
    },
    turns=2,
    counted=frozenset({SpeakingSide.FOR, SpeakingSide.AGAINST, SpeakingSide.QUESTION}),
    yet_to_speak_first=True,
    sides_alternate=True,
    cut_by_clock=True,
)
NOON = datetime(2026, 3, 17, 4, tzinfo=UTC)
DEBATE = (SpeakingSide.FOR, SpeakingSide.AGAINST)
LIN, CHEN, WU, ZHAO = (UUID(int=number) for number in range(1, 5))


def hand(person_id: UUID, side: SpeakingSide, number: int) -> Hand:
    return Hand(UUID(int=1000 + number), person_id, side, number)


def people(listed: list[Hand]) -> list[UUID]:
    return [each.person_id for each in listed]


def test_the_first_hand_speaks_first() -> None:
    hands = [hand(CHEN, SpeakingSide.FOR, 2), hand(LIN, SpeakingSide.FOR, 1)]

    listed = floor.order(hands, [], TERMS)

    assert people(listed) == [LIN, CHEN]


def test_who_has_not_spoken_goes_before_who_has() -> None:
    hands = [hand(LIN, SpeakingSide.FOR, 1), hand(CHEN, SpeakingSide.FOR, 2)]

    listed = floor.order(hands, [Turn(LIN, SpeakingSide.AGAINST)], TERMS)

    assert people(listed) == [CHEN, LIN]


def test_sides_alternate_from_the_side_that_spoke_last() -> None:
    hands = [
        hand(LIN, SpeakingSide.FOR, 1),
        hand(CHEN, SpeakingSide.FOR, 2),
        hand(WU, SpeakingSide.AGAINST, 3),
    ]

    listed = floor.order(hands, [Turn(ZHAO, SpeakingSide.FOR)], TERMS)

    assert people(listed) == [WU, LIN, CHEN]


def test_a_question_keeps_its_place_and_turns_no_side() -> None:
    hands = [
        hand(LIN, SpeakingSide.FOR, 1),
        hand(CHEN, SpeakingSide.QUESTION, 2),
        hand(WU, SpeakingSide.FOR, 3),
        hand(ZHAO, SpeakingSide.AGAINST, 4),
    ]

    listed = floor.order(hands, [], TERMS)

    assert people(listed) == [LIN, CHEN, ZHAO, WU]


def test_a_point_of_order_goes_before_everybody_and_costs_no_turn() -> None:
    hands = [hand(LIN, SpeakingSide.FOR, 1), hand(CHEN, SpeakingSide.POINT_OF_ORDER, 9)]
    said = [Turn(CHEN, SpeakingSide.FOR), Turn(CHEN, SpeakingSide.AGAINST)]

    listed = floor.order(hands, said, TERMS)

    assert people(listed) == [CHEN, LIN]


def test_who_has_used_up_their_turns_is_not_on_the_list() -> None:
    hands = [hand(LIN, SpeakingSide.FOR, 1), hand(CHEN, SpeakingSide.FOR, 2)]
    said = [
        Turn(LIN, SpeakingSide.FOR),
        Turn(WU, SpeakingSide.AGAINST),
        Turn(LIN, SpeakingSide.FOR),
    ]

    listed = floor.order(hands, said, TERMS)

    assert people(listed) == [CHEN]
    assert floor.spent(LIN, said, TERMS)
    assert not floor.spent(WU, said, TERMS)


def test_a_rule_set_may_heed_hands_alone() -> None:
    terms = FloorTerms(
        limits_s=TERMS.limits_s,
        turns=9,
        counted=TERMS.counted,
        yet_to_speak_first=False,
        sides_alternate=False,
        cut_by_clock=False,
    )
    hands = [
        hand(LIN, SpeakingSide.FOR, 1),
        hand(CHEN, SpeakingSide.FOR, 2),
        hand(WU, SpeakingSide.AGAINST, 3),
    ]

    listed = floor.order(hands, [Turn(LIN, SpeakingSide.FOR)], terms)

    assert people(listed) == [LIN, CHEN, WU]


_hands = st.lists(
    st.tuples(st.integers(1, 40), st.sampled_from(SpeakingSide)),
    max_size=40,
    unique_by=lambda each: each[0],
).map(
    lambda given_hands: [
        hand(UUID(int=person), side, number)
        for number, (person, side) in enumerate(given_hands, start=1)
    ]
)
_said = st.lists(
    st.builds(Turn, st.integers(1, 40).map(lambda n: UUID(int=n)), st.sampled_from(SpeakingSide)),
    max_size=30,
)


@given(_hands, _said, st.randoms())
def test_the_order_is_the_same_however_the_hands_are_read(hands, said, random) -> None:
    shuffled = list(hands)
    random.shuffle(shuffled)

    assert floor.order(shuffled, said, TERMS) == floor.order(hands, said, TERMS)


@given(_hands, _said)
def test_nobody_who_may_speak_is_left_out_and_nobody_comes_twice(hands, said) -> None:
    listed = floor.order(hands, said, TERMS)

    may = {
        each.id
        for each in hands
        if each.side is SpeakingSide.POINT_OF_ORDER or not floor.spent(each.person_id, said, TERMS)
    }
    assert sorted(each.id for each in listed) == sorted(may)


@given(_hands, _said)
def test_the_list_is_what_calling_the_first_again_and_again_gives(hands, said) -> None:
    listed = floor.order(hands, said, TERMS)

    called, waiting, so_far = [], list(hands), list(said)
    while first := next(iter(floor.order(waiting, so_far, TERMS)), None):
        called.append(first)
        waiting.remove(first)
        so_far.append(Turn(first.person_id, first.side))
    assert called == listed


@given(_hands, _said)
def test_a_side_speaks_twice_running_only_where_nobody_of_the_other_waits(hands, said) -> None:
    listed = [each for each in floor.order(hands, said, TERMS) if each.side in DEBATE]
    turns = {
        each.id: sum(t.person_id == each.person_id and t.side in TERMS.counted for t in said)
        for each in listed
    }

    for place, (one, next_one) in enumerate(pairwise(listed)):
        if one.side is next_one.side:
            behind = [
                each
                for each in listed[place + 1 :]
                if each.side is not one.side and turns[each.id] <= turns[next_one.id]
            ]
            assert behind == []


@given(
    st.integers(1, 600),
    st.lists(st.tuples(st.booleans(), st.integers(-7200, 7200)), max_size=12),
)
def test_no_jump_of_the_clock_gives_or_takes_more_than_the_limit(limit_s, steps) -> None:
    clock, now = SpeechClock(limit_s).resumed(NOON), NOON

    for pauses, jump_s in steps:
        before = clock.banked_ms
        now += timedelta(seconds=jump_s)
        clock = clock.paused(now) if pauses else clock.resumed(now)
        assert before <= clock.banked_ms <= limit_s * 1000

    assert 0 <= clock.credited_ms(now) <= limit_s * 1000
    assert 0 <= clock.left_ms(now) <= limit_s * 1000


def test_a_clock_stands_in_recess_and_runs_on_after_it() -> None:
    clock = SpeechClock(120).resumed(NOON)

    standing = clock.paused(NOON + timedelta(seconds=50))
    running = standing.resumed(NOON + timedelta(hours=1))

    assert standing.left_ms(NOON + timedelta(minutes=30)) == 70_000
    assert running.ends_at == NOON + timedelta(hours=1, seconds=70)
    assert running.is_over(NOON + timedelta(hours=1, seconds=70))


def test_speaking_adds_up_by_person_and_by_group() -> None:
    speeches = [
        Spoken(LIN, "decide", SpeakingSide.FOR, 60_000),
        Spoken(CHEN, "advise", SpeakingSide.QUESTION, 5_000),
        Spoken(LIN, "decide", SpeakingSide.AGAINST, 30_000),
    ]

    assert floor.totals_by_person(speeches) == {LIN: Total(2, 90_000), CHEN: Total(1, 5_000)}
    assert floor.totals_by_group(speeches) == {
        "decide": Total(2, 90_000),
        "advise": Total(1, 5_000),
    }


class Debate(RuleBasedStateMachine):
    """Hands go up and down and speakers are called, in any order, against a model of lists."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: dict[UUID, Hand] = {}
        self.said: list[Turn] = []
        self.number = 0

    @rule(person=st.integers(1, 8), side=st.sampled_from(SpeakingSide))
    def raise_hand(self, person: int, side: SpeakingSide) -> None:
        person_id = UUID(int=person)
        if person_id in self.waiting:
            return
        if side is not SpeakingSide.POINT_OF_ORDER and floor.spent(person_id, self.said, TERMS):
            return
        self.number += 1
        self.waiting[person_id] = hand(person_id, side, self.number)

    @rule(person=st.integers(1, 8))
    def withdraw(self, person: int) -> None:
        self.waiting.pop(UUID(int=person), None)

    @precondition(lambda self: self.waiting)
    @rule()
    def call_next(self) -> None:
        listed = floor.order(self.waiting.values(), self.said, TERMS)
        first = listed[0]
        self._require_rightful(first)
        del self.waiting[first.person_id]
        self.said.append(Turn(first.person_id, first.side))

    def _require_rightful(self, first: Hand) -> None:
        """Judge the first by reading the rules aloud, apart from how the list was made."""
        others = [each for each in self.waiting.values() if each is not first]
        points = [each for each in others if each.side is SpeakingSide.POINT_OF_ORDER]
        if first.side is SpeakingSide.POINT_OF_ORDER:
            assert all(each.number > first.number for each in points)
            return
        assert points == []
        least = min(map(self._turns, self.waiting))
        assert self._turns(first.person_id) == least
        peers = [each for each in others if self._turns(each.person_id) == least]
        debate = [
            turn.side for turn in self.said if turn.side in (SpeakingSide.FOR, SpeakingSide.AGAINST)
        ]
        last = debate[-1] if debate else None
        opposite = any(
            each.side in (SpeakingSide.FOR, SpeakingSide.AGAINST) and each.side is not last
            for each in (*peers, first)
        )
        if last is not None and opposite:
            assert first.side is not last
            peers = [each for each in peers if each.side is not last]
        assert all(each.number > first.number for each in peers)

    def _turns(self, person_id: UUID) -> int:
        return sum(
            turn.person_id == person_id and turn.side is not SpeakingSide.POINT_OF_ORDER
            for turn in self.said
        )

    @invariant()
    def nobody_speaks_more_often_than_the_rules_allow(self) -> None:
        assert all(self._turns(UUID(int=person)) <= TERMS.turns for person in range(1, 9))

    @invariant()
    def all_who_wait_are_listed(self) -> None:
        listed = floor.order(self.waiting.values(), self.said, TERMS)

        assert sorted(each.number for each in listed) == sorted(
            each.number for each in self.waiting.values()
        )


TestDebate = Debate.TestCase


def test_a_room_of_two_thousand_hands_is_put_in_order() -> None:
    hands = [
        hand(UUID(int=number), SpeakingSide.FOR if number % 2 else SpeakingSide.AGAINST, number)
        for number in range(1, 2_001)
    ]

    listed = floor.order(hands, [], TERMS)

    assert listed == hands
