"""Grounds on which a poll is invalid: which the poll's own record answers, and what is left.

Which grounds there are is the rule set's to say (重庆市居民委员会选举办法 34, for instance).
Some are facts of the record: those are clear by themselves or not at all. The others are
looked through by a person; until then they are not clear.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domains.voting.rules.counting import Result

MORE_RETURNED_THAN_ISSUED = "more_returned_than_issued"
QUORUM_NOT_REACHED = "quorum_not_reached"
ROLL_NOT_PUBLISHED = "roll_not_published"

NAMES: Mapping[str, tuple[str, str]] = {
    MORE_RETURNED_THAN_ISSUED: ("收回选票多于发出选票", "more papers returned than issued"),
    ROLL_NOT_PUBLISHED: ("未按规定公布名册", "the roll was not published as the rules want"),
    "unentitled_voters": ("无选举权的人参加投票", "people without a vote took part"),
    "candidates_not_published": ("未按规定公布候选人", "the candidates were not published"),
    "not_secret": ("未实行无记名投票", "the ballot was not secret"),
    "bribery_or_threat": ("以贿赂、威胁等手段妨害投票", "bribery or threats"),
    "count_not_public": ("未公开唱票、计票", "the count was not public"),
    QUORUM_NOT_REACHED: ("参加投票人数不足", "too few took part"),
}


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground as it stands: whether the record answers it, and whether it is clear.

    `clear` is None while nobody has looked.
    """

    code: str
    computed: bool
    clear: bool | None


def recorded(result: Result, *, roll_in_time: bool) -> dict[str, bool]:
    """Return the grounds that a poll's own record answers, and whether they are clear."""
    quorum = [step.holds for step in result.steps if step.name == "quorum"]
    return {
        MORE_RETURNED_THAN_ISSUED: result.paper is None or not result.paper.too_many_returned,
        QUORUM_NOT_REACHED: all(quorum),
        ROLL_NOT_PUBLISHED: roll_in_time,
    }


def standing(
    grounds: Sequence[str], facts: Mapping[str, bool], checks: Mapping[str, bool]
) -> tuple[Ground, ...]:
    """Return how each ground stands: a fact is not checked away, but may be found wanting."""
    return tuple(
        Ground(code, code in facts, _clear(facts.get(code), checks.get(code))) for code in grounds
    )


def _clear(fact: bool | None, checked: bool | None) -> bool | None:
    if fact is None:
        return checked
    return fact and checked is not False


def named(codes: Sequence[str]) -> tuple[str, str]:
    """Name grounds in Chinese and in English; a community's own go by their code."""
    pairs = [NAMES.get(code, (code, code)) for code in codes]
    return "、".join(zh for zh, _ in pairs), "; ".join(en for _, en in pairs)
