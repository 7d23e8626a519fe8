"""Who speaks next, for how long, and how often: pure, so that the same hands give one order.

议事规则12条: first hand first; those yet to speak to the matter go before those who have;
sides alternate; a point of order at once; limits of time and of number. The figures are a
rule set's. Order never looks at a clock: hands are numbered as they go up.
"""

from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domains.meetings.values.floor import SpeakingSide

_SIDES = (SpeakingSide.FOR, SpeakingSide.AGAINST)
_OTHER = {SpeakingSide.FOR: SpeakingSide.AGAINST, SpeakingSide.AGAINST: SpeakingSide.FOR}


@dataclass(frozen=True, slots=True)
class FloorTerms:
    """What a rule set says of speaking: seconds by side, turns, and what the order heeds."""

    limits_s: Mapping[SpeakingSide, int]
    turns: int
    counted: frozenset[SpeakingSide]
    yet_to_speak_first: bool
    sides_alternate: bool
    cut_by_clock: bool

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "FloorTerms":
        """Read the terms from a rule set's part about the floor."""
        return cls(
            limits_s={side: int(content["limitsS"][side.value]) for side in SpeakingSide},
            turns=int(content["turns"]),
            counted=frozenset(SpeakingSide(each) for each in content["counted"]),
            yet_to_speak_first=bool(content["yetToSpeakFirst"]),
            sides_alternate=bool(content["sidesAlternate"]),
            cut_by_clock=bool(content["cutByClock"]),
        )


@dataclass(frozen=True, slots=True)
class Hand:
    """A raised hand: whose, for what, and the number under which it went up."""

    id: UUID
    person_id: UUID
    side: SpeakingSide
    number: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A speech that was given, in its order."""

    person_id: UUID
    side: SpeakingSide


def spent(person_id: UUID, said: Iterable[Turn], terms: FloorTerms) -> bool:
    """Whether somebody has spoken to the matter as often as the rules allow."""
    return _turns(said, terms)[person_id] >= terms.turns


def order(hands: Collection[Hand], said: Sequence[Turn], terms: FloorTerms) -> list[Hand]:
    """Return who speaks in which order, were nobody else to raise a hand.

    A point of order goes first and counts as no turn. Among the others, who has spoken
    less often to the matter goes first; among those, the side that did not speak last;
    among those, the hand that went up first. A question is on no side: it stands among
    the hands of whichever side is called. Who has no turn left is not on the list.
    """
    points = [each for each in hands if each.side is SpeakingSide.POINT_OF_ORDER]
    turns = _turns(said, terms)
    waiting = [
        each
        for each in hands
        if each.side is not SpeakingSide.POINT_OF_ORDER
        and (each.side not in terms.counted or turns[each.person_id] < terms.turns)
    ]
    listed = sorted(points, key=lambda each: each.number)
    last = _last_side(said)
    for together in _by_turns(waiting, turns, terms):
        for each in _alternating(together, last, terms):
            listed.append(each)
            last = each.side if each.side in _OTHER else last
    return listed


def _turns(said: Iterable[Turn], terms: FloorTerms) -> Counter[UUID]:
    return Counter(each.person_id for each in said if each.side in terms.counted)


def _last_side(said: Sequence[Turn]) -> SpeakingSide | None:
    return next((each.side for each in reversed(said) if each.side in _OTHER), None)


def _by_turns(
    waiting: Iterable[Hand], turns: Mapping[UUID, int], terms: FloorTerms
) -> Iterable[list[Hand]]:
    groups: dict[int, list[Hand]] = {}
    for each in sorted(waiting, key=lambda hand: hand.number):
        behind = turns[each.person_id] if terms.yet_to_speak_first else 0
        groups.setdefault(behind, []).append(each)
    return (groups[behind] for behind in sorted(groups))


def _alternating(
    hands: Sequence[Hand], last: SpeakingSide | None, terms: FloorTerms
) -> Iterable[Hand]:
    """Yield hands, in the order of their numbers, so that the sides take turns."""
    if not terms.sides_alternate:
        yield from hands
        return
    waiting = {side: deque(each for each in hands if each.side is side) for side in SpeakingSide}
    for _ in hands:
        sides = [_OTHER[last]] if last in _OTHER and waiting[_OTHER[last]] else list(_SIDES)
        fronts = [waiting[side][0] for side in (*sides, SpeakingSide.QUESTION) if waiting[side]]
        first = min(fronts, key=lambda hand: hand.number)
        waiting[first.side].popleft()
        last = first.side if first.side in _OTHER else last
        yield first


@dataclass(frozen=True, slots=True)
class SpeechClock:
    """A speech's clock: what is banked from before, and since when it runs (None: it stands).

    It is judged by the database's clock alone, so that a server may come and go.
    """

    limit_s: int
    banked_ms: int = 0
    running_since: datetime | None = None

    def elapsed_ms(self, now: datetime) -> int:
        """Return how long has been spoken; a clock that was put back takes nothing away."""
        if self.running_since is None:
            return self.banked_ms
        return self.banked_ms + max(0, (now - self.running_since) // timedelta(milliseconds=1))

    def left_ms(self, now: datetime) -> int:
        """Return how long is left."""
        return max(0, self.limit_s * 1000 - self.elapsed_ms(now))

    def is_over(self, now: datetime) -> bool:
        """Whether the limit is reached."""
        return self.left_ms(now) == 0

    def credited_ms(self, now: datetime) -> int:
        """Return what is written down as spoken: the limit at most, however the clock jumped."""
        return min(self.elapsed_ms(now), self.limit_s * 1000)

    def paused(self, now: datetime) -> "SpeechClock":
        """Return the clock standing still."""
        return SpeechClock(self.limit_s, self.credited_ms(now))

    def resumed(self, now: datetime) -> "SpeechClock":
        """Return the clock running on."""
        if self.running_since is not None:
            return self
        return SpeechClock(self.limit_s, self.banked_ms, now)

    @property
    def ends_at(self) -> datetime | None:
        """Return when the limit will be reached; None while the clock stands."""
        if self.running_since is None:
            return None
        return self.running_since + timedelta(milliseconds=self.limit_s * 1000 - self.banked_ms)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one speech adds to the totals: whose, of which group, how long."""

    person_id: UUID
    group: str
    side: SpeakingSide
    spoken_ms: int


@dataclass(frozen=True, slots=True)
class Total:
    """How often and how long somebody, or a group, has spoken."""

    speeches: int
    spoken_ms: int


def totals_by_person(speeches: Iterable[Spoken]) -> dict[UUID, Total]:
    """Add speaking up by person."""
    return _totals((each.person_id, each) for each in speeches)


def totals_by_group(speeches: Iterable[Spoken]) -> dict[str, Total]:
    """Add speaking up by group."""
    return _totals((each.group, each) for each in speeches)


def _totals(keyed: Iterable[tuple[Any, Spoken]]) -> dict[Any, Total]:
    found: dict[Any, Total] = {}
    for key, each in keyed:
        before = found.get(key, Total(0, 0))
        found[key] = Total(before.speeches + 1, before.spoken_ms + each.spoken_ms)
    return found
