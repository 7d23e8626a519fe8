"""How a poll of a kind goes: what its rule set says besides the arithmetic. Figures are data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domains.kernel.calendar import Months, NaturalDays, Period, WorkingDays
from domains.kernel.rules import RuleSet, Threshold
from domains.voting.rules.records import CountingRule
from domains.voting.values import ElectorateKind, PollMethod, Secrecy


class ProxyHolders(StrEnum):
    """Who may hold a proxy."""

    VOTERS = "voters"
    NEAR_RELATIVES = "near_relatives"


@dataclass(frozen=True, slots=True)
class RollProcedure:
    """How long before the window a roll is published, objected to, and decided upon.

    `one_place`: nobody stands on another place's roll meanwhile. `residence`: how long
    somebody who is not registered must have lived here to be admitted.
    """

    published: Period
    objection: Period
    decision: Period
    one_place: bool
    residence: Period | None


@dataclass(frozen=True, slots=True)
class ProxyProcedure:
    """Who may hold proxies, how many, and until when they are filed and published.

    `carries_over`: whether a run-off under these rules begins with the proxies of the round
    before that these rules would let stand.
    """

    holders: ProxyHolders
    most_per_holder: int
    filed_days: int
    published_days: int
    candidates_may_hold: bool
    carries_over: bool = False


class WomanRule(StrEnum):
    """What is done, besides saying so, where no woman is elected though the law wants one.

    The woman with the most votes above the share takes the last seat; or the last seat stays
    open, and women run off for it.
    """

    REPLACE = "replace"
    RUNOFF = "runoff"


class RunoffFills(StrEnum):
    """Which seats a run-off is held for: all that are open, or until the body can work."""

    ALL_SEATS = "all_seats"
    LEAST_ELECTED = "least_elected"


@dataclass(frozen=True, slots=True)
class RunoffProcedure:
    """What follows where seats stay open: under which rules, who stands, and until when."""

    code: str
    per_seat: int
    within: Period
    fills: RunoffFills


@dataclass(frozen=True, slots=True)
class ElectionProcedure:
    """What an election asks of candidates and of who is elected.

    `woman_rules` are tried in their order until one of them settles who has the seat.
    """

    surplus_required: bool
    write_ins: bool
    at_least_one_woman: bool
    avoids_relatives: bool
    least_elected: int
    runoff_share: Threshold | None
    woman_rules: tuple[WomanRule, ...]
    nomination: Period | None
    least_nominators: int
    self_nomination: bool
    runoff: RunoffProcedure | None

    def least_candidates(self, seats: int) -> int:
        """Return how many have to stand: as many as there are seats, or one more."""
        return seats + 1 if self.surplus_required else seats


@dataclass(frozen=True, slots=True)
class RecallProcedure:
    """How many sign for a recall, of the voters or of the representatives, and when to vote."""

    voters: Threshold
    representatives: Threshold
    vote_within: Period


@dataclass(frozen=True, slots=True)
class AfterCount:
    """What follows a count: grounds to look through, publicity, challenges."""

    grounds: tuple[str, ...]
    publicity: Period
    answer: Period


@dataclass(frozen=True, slots=True)
class Procedure:
    """The whole procedure of a kind of poll."""

    electorate: ElectorateKind
    least_age: int
    methods: frozenset[PollMethod]
    counting_rules: frozenset[CountingRule]
    secrecies: frozenset[Secrecy]
    reviewed: bool
    adjustable: frozenset[str]
    notice: Period | None
    extension: Period | None
    roll: RollProcedure | None
    proxies: ProxyProcedure | None
    election: ElectionProcedure | None
    after_count: AfterCount | None
    recall: RecallProcedure | None

    @classmethod
    def of(cls, rule_set: RuleSet) -> "Procedure":
        """Read the procedure from a rule set's content; what it leaves out is not done."""
        content = rule_set.content
        return cls(
            electorate=ElectorateKind(content["electorate"]),
            least_age=int(content.get("leastAge", 18)),
            methods=frozenset(PollMethod(each) for each in content["methods"]),
            counting_rules=frozenset(
                CountingRule(each) for each in content.get("countingRules", ())
            ),
            secrecies=frozenset(Secrecy(each) for each in content["secrecies"]),
            reviewed=bool(content.get("reviewed", False)),
            adjustable=frozenset(content.get("adjustable", ())),
            notice=_period(content.get("notice")),
            extension=_period(content.get("extension")),
            roll=_roll(content.get("roll")),
            proxies=_proxies(content.get("proxies")),
            election=_election(content.get("election")),
            after_count=_after_count(content.get("afterCount")),
            recall=_recall(content.get("recall")),
        )


_UNITS: dict[str, type[NaturalDays] | type[WorkingDays] | type[Months]] = {
    "naturalDays": NaturalDays,
    "workingDays": WorkingDays,
    "months": Months,
}


def _period(kept: Mapping[str, int] | None) -> Period | None:
    """Read `{"naturalDays": 20}`."""
    if kept is None:
        return None
    ((unit, count),) = kept.items()
    return _UNITS[unit](count)


def _required(kept: Mapping[str, int]) -> Period:
    period = _period(kept)
    assert period is not None, "the rule set names this period"
    return period


def _roll(kept: Mapping[str, Any] | None) -> RollProcedure | None:
    if kept is None:
        return None
    return RollProcedure(
        published=_required(kept["published"]),
        objection=_required(kept["objection"]),
        decision=_required(kept["decision"]),
        one_place=bool(kept.get("onePlace", False)),
        residence=_period(kept.get("residence")),
    )


def _proxies(kept: Mapping[str, Any] | None) -> ProxyProcedure | None:
    if kept is None:
        return None
    return ProxyProcedure(
        holders=ProxyHolders(kept["holders"]),
        most_per_holder=int(kept["mostPerHolder"]),
        filed_days=int(kept["filedDays"]),
        published_days=int(kept["publishedDays"]),
        candidates_may_hold=bool(kept["candidatesMayHold"]),
        carries_over=bool(kept.get("carriesOver", False)),
    )


def _election(kept: Mapping[str, Any] | None) -> ElectionProcedure | None:
    if kept is None:
        return None
    share = kept.get("runoffShare")
    return ElectionProcedure(
        surplus_required=bool(kept["surplusRequired"]),
        write_ins=bool(kept["writeIns"]),
        at_least_one_woman=bool(kept["atLeastOneWoman"]),
        avoids_relatives=bool(kept["avoidsRelatives"]),
        least_elected=int(kept["leastElected"]),
        runoff_share=Threshold.of(share) if share else None,
        woman_rules=tuple(WomanRule(each) for each in kept.get("womanRules", ())),
        nomination=_period(kept.get("nomination")),
        least_nominators=int(kept.get("leastNominators", 1)),
        self_nomination=bool(kept.get("selfNomination", True)),
        runoff=_runoff(kept.get("runoff")),
    )


def _runoff(kept: Mapping[str, Any] | None) -> RunoffProcedure | None:
    if kept is None:
        return None
    return RunoffProcedure(
        code=str(kept["code"]),
        per_seat=int(kept["perSeat"]),
        within=_required(kept["within"]),
        fills=RunoffFills(kept["fills"]),
    )


def _recall(kept: Mapping[str, Any] | None) -> RecallProcedure | None:
    if kept is None:
        return None
    return RecallProcedure(
        voters=Threshold.of(kept["voters"]),
        representatives=Threshold.of(kept["representatives"]),
        vote_within=_required(kept["voteWithin"]),
    )


def _after_count(kept: Mapping[str, Any] | None) -> AfterCount | None:
    if kept is None:
        return None
    return AfterCount(
        grounds=tuple(kept["grounds"]),
        publicity=_required(kept["publicity"]),
        answer=_required(kept["answer"]),
    )
