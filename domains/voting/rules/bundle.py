"""A decided poll in one sealed file, from which anybody can count it again.

The file is canonical JSON: a format, the parts, the SHA-256 of every part, and the SHA-256 of
those. It holds the question, the frozen rules, the roll by numbers and weights without names,
the ballots, what became of papers, and the result. Ballots of an OPEN poll stand beside their
voters' numbers. Those of a SECRET poll are told as how many say what, so that neither their
order nor the sorted receipts beside them join anything to anybody.

Whoever makes all hashes anew can seal a forgery, but not one whose ballots, roll and rules
give another result; and the seal of the true file is published with the result.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from domains.kernel import canonical as canonical_form
from domains.kernel.errors import DomainError
from domains.kernel.rules import AlteredRules, thaw
from domains.voting.rules.counting import (
    DecisionRule,
    Group,
    Result,
    canonical,
    decide,
    quorum_steps,
)
from domains.voting.rules.counts import count_under
from domains.voting.rules.election import elect
from domains.voting.rules.forms import BallotForm, Marks, Paper, require_marks
from domains.voting.rules.paper import settled, with_void
from domains.voting.rules.preferences import decide_preference, quorum_of, seed_of
from domains.voting.rules.procedure import Procedure
from domains.voting.rules.records import CountingRule, Terms
from domains.voting.rules.slates import Slate
from domains.voting.values import Measure, PaperTotals, PollMethod, PollOption, Secrecy, Stance

FORMAT = "gongyi.poll.bundle/1"
PARTS = ("poll", "rules", "roll", "slate", "terms", "ballots", "receipts", "paper", "result")
Parts = Mapping[str, Any]

_BROKEN = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError),
    *(DomainError, AlteredRules),
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, whether it holds, and what was found."""

    name: str
    holds: bool
    found: str


def seal(parts: Parts) -> bytes:
    """Return the sealed file of a poll's parts."""
    assert tuple(parts) == PARTS, "a bundle has all parts, in their order"
    hashes = {name: canonical_form.sha256(part).hex() for name, part in parts.items()}
    return canonical_form.json_bytes(
        {
            "format": FORMAT,
            "parts": dict(parts),
            "sha256": hashes,
            "seal": canonical_form.sha256(hashes).hex(),
        }
    )


def marks_text(marks: Marks) -> str:
    """Write marks down so that no reader of JSON rounds them."""
    return marks.hex() if isinstance(marks, bytes) else f"{marks:x}"


def marks_from(text: str, *, budget: bool) -> Marks:
    """Read marks back; raises ValueError where they are written in another way than ours."""
    marks: Marks = bytes.fromhex(text) if budget else int(text, 16)
    if marks_text(marks) != text:
        raise ValueError("marks have one way to be written")
    return marks


def slate_part(slate: Slate) -> dict[str, Any]:
    """Write down what an election is judged by besides its ballots, by places on the paper."""
    return {
        "seats": slate.seats,
        "positions": list(slate.positions),
        "women": sorted(slate.women),
        "kin": sorted(sorted(pair) for pair in slate.kin),
        "barred": sorted(slate.barred),
        "seated": slate.seated,
        "womanSeated": slate.woman_seated,
        "unsure": sorted(slate.unsure),
    }


def terms_part(terms: Terms) -> dict[str, Any]:
    """Write down what a rule of preference counts under."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(terms).items()
    }


def verify(content: bytes) -> Iterator[Check]:
    """Open a sealed file and count it again; yields each check, the failed ones included."""
    try:
        sealed = json.loads(content)
        parts, hashes = sealed["parts"], sealed["sha256"]
        known = (
            sorted(sealed) == ["format", "parts", "seal", "sha256"],
            sealed["format"] == FORMAT,
            isinstance(parts, dict) and sorted(parts) == sorted(PARTS),
            isinstance(hashes, dict) and sorted(hashes) == sorted(PARTS),
        )
        whole = all(known) and canonical_form.json_bytes(sealed) == content
    except (*_BROKEN, RecursionError):
        yield Check("file", False, "it is not a sealed bundle")
        return
    if not whole:
        yield Check("file", False, "it is not written as a sealed bundle is")
        return
    yield Check("file", True, f"{FORMAT}, {len(content)} bytes")
    yield from _seals(sealed, parts, hashes)
    for name, check in _CHECKS:
        try:
            yield check(parts)
        except _BROKEN as failure:
            yield Check(name, False, f"it cannot be read: {type(failure).__name__}")


def recount(parts: Parts) -> bytes:
    """Count the parts of a bundle again; returns the result's canonical bytes."""
    return canonical(_Case(parts).result())


def _seals(sealed: Mapping[str, Any], parts: Parts, hashes: Mapping[str, str]) -> Iterator[Check]:
    for name in PARTS:
        same = canonical_form.sha256(parts[name]).hex() == hashes[name]
        words = f"sha256 {hashes[name]}" if same else "altered since it was sealed"
        yield Check(name, same, words)
    same = canonical_form.sha256(hashes).hex() == sealed["seal"]
    yield Check("seal", same, sealed["seal"] if same else "it does not seal these parts")


@dataclass(frozen=True, slots=True)
class _Case:
    """A bundle's parts, as the rules read them."""

    parts: Parts

    def result(self) -> Result:
        paper = self.paper()
        return settled(_COUNTERS[PollMethod(self.parts["poll"]["method"])](self), paper)

    @property
    def secret(self) -> bool:
        return Secrecy(self.parts["poll"]["secrecy"]) is Secrecy.SECRET

    @property
    def budget(self) -> bool:
        form = self.parts["poll"]["ballotForm"]
        return form is not None and BallotForm(form).is_budget

    def rule(self) -> DecisionRule:
        return DecisionRule.of(thaw(self.parts["rules"]))

    def weights(self) -> dict[int, int]:
        return dict(self.parts["roll"]["entries"])

    def roll(self) -> dict[Measure, int]:
        weights = self.weights()
        heads, area = len(weights), sum(weights.values())
        return {Measure.HEADS: heads, Measure.HOUSEHOLDS: heads, Measure.AREA: area}

    def paper(self) -> PaperTotals | None:
        kept = self.parts["paper"]
        if kept is None:
            return None
        weights = self.weights()
        void_area = sum(weights[number] for number in kept["voidNumbers"])
        return PaperTotals(
            *(kept["issued"], kept["returned"], kept["void"], kept["spoiled"], void_area)
        )

    def said(self) -> Counter[Marks]:
        """Return how many ballots say what."""
        said: Counter[Marks] = Counter()
        for first, second in self.parts["ballots"]:
            marks, number = (first, second) if self.secret else (second, 1)
            said[marks_from(marks, budget=self.budget)] += number
        return said

    def groups(self) -> list[Group]:
        """Return the ballots grouped, with the area behind them where area counts."""
        area: Counter[Marks] = Counter()
        if Measure.AREA in self.rule().measures:
            weights = self.weights()
            for number, marks in self.parts["ballots"]:
                area[marks_from(marks, budget=False)] += weights[number]
        groups = [
            Group(marks, number, area[marks])
            for marks, number in sorted(self.said().items())
            if isinstance(marks, int)
        ]
        return with_void(groups, self.paper())


def _decided(case: _Case) -> Result:
    poll = case.parts["poll"]
    return decide(
        case.groups(),
        roll=case.roll(),
        options=[
            PollOption(each["position"], Stance(each["stance"]) if each["stance"] else None)
            for each in poll["options"]
        ],
        method=PollMethod(poll["method"]),
        rule=case.rule(),
    )


def _elected(case: _Case) -> Result:
    procedure = Procedure.of(thaw(case.parts["rules"])).election
    assert procedure is not None, "an election's rules know elections"
    kept = case.parts["slate"]
    slate = Slate(
        seats=kept["seats"],
        positions=tuple(kept["positions"]),
        procedure=procedure,
        women=frozenset(kept["women"]),
        kin=frozenset(frozenset(pair) for pair in kept["kin"]),
        barred=frozenset(kept["barred"]),
        seated=kept["seated"],
        woman_seated=kept["womanSeated"],
        unsure=frozenset(kept["unsure"]),
    )
    return elect(case.groups(), roll=case.roll(), rule=case.rule(), slate=slate)


def _preferred(case: _Case) -> Result:
    terms, said = _terms(case.parts["terms"]), case.said()
    paper, rule, roll = case.paper(), case.rule(), case.roll()
    void = paper.void if paper is not None else 0
    blank = sum(number for marks, number in said.items() if not marks) + void
    totals = quorum_of(said.total() + void, roll=roll, rule=rule)
    counted = None
    if all(step.holds for step in quorum_steps(totals, rule)):
        counted = count_under(terms, list(said.items()))
    return decide_preference(counted, totals=totals, blank=blank, roll=roll, rule=rule)


_COUNTERS: Mapping[PollMethod, Callable[[_Case], Result]] = {
    PollMethod.MOTION: _decided,
    PollMethod.CHOICE: _decided,
    PollMethod.ELECTION: _elected,
    PollMethod.PREFERENCE: _preferred,
}


def _terms(kept: Mapping[str, Any]) -> Terms:
    costs = kept["costs"]
    return Terms(
        **{
            **kept,
            "rule": CountingRule(kept["rule"]),
            "form": BallotForm(kept["form"]),
            "options": tuple(kept["options"]),
            "costs": None if costs is None else tuple(costs),
        }
    )


def _rules_whole(parts: Parts) -> Check:
    rule_set = thaw(parts["rules"])
    return Check("frozen rules", True, f"{rule_set.code} version {rule_set.version}")


def _roll_whole(parts: Parts) -> Check:
    entries: Sequence[Sequence[int]] = parts["roll"]["entries"]
    numbers = [number for number, _ in entries]
    poll = parts["poll"]
    whole = (
        numbers == sorted(set(numbers)),
        all(weight >= 0 for _, weight in entries),
        len(entries) == poll["rollSize"],
        parts["roll"]["fingerprint"] == poll["rollFingerprint"],
    )
    if not all(whole):
        return Check("roll entries", False, "they are not the roll that the poll names")
    return Check("roll entries", True, f"{len(entries)} entitled, each once")


def _ballots_whole(parts: Parts) -> Check:
    case = _Case(parts)
    paper = _paper_of(parts)
    for marks in case.said():
        require_marks(paper, marks)
    named = [] if case.secret else [number for number, _ in parts["ballots"]]
    weights = case.weights()
    if named != sorted(set(named)) or not all(number in weights for number in named):
        return Check("ballots cast", False, "a voter is named twice, or is not on the roll")
    if case.secret and not _grouped(parts["ballots"]):
        return Check("ballots cast", False, "they are not told once each")
    if len(parts["receipts"]) > case.said().total():
        return Check("ballots cast", False, "there are more receipts than ballots")
    return Check("ballots cast", True, f"{case.said().total()} ballots, well formed")


def _grouped(ballots: Sequence[Sequence[Any]]) -> bool:
    said = [marks for marks, _ in ballots]
    return len(set(said)) == len(said) and all(number > 0 for _, number in ballots)


def _paper_of(parts: Parts) -> Paper:
    poll = parts["poll"]
    if poll["ballotForm"] is None:
        return Paper(BallotForm.APPROVAL, len(poll["options"]))
    return Paper(
        BallotForm(poll["ballotForm"]),
        len(poll["options"]),
        most=poll["mostChoices"],
        highest=poll["highest"] or 0,
        most_points=poll["mostPoints"],
    )


def _lot_drawn(parts: Parts) -> Check:
    if parts["terms"] is None:
        return Check("lot", True, "none is drawn")
    poll = parts["poll"]
    seed = seed_of(poll["id"], bytes.fromhex(poll["rollFingerprint"]))
    same = seed == parts["terms"]["seed"]
    return Check("lot", same, f"seed {seed}" if same else "it was not drawn from poll and roll")


def _counted_again(parts: Parts) -> Check:
    again = recount(parts)
    kept = canonical_form.json_bytes(parts["result"])
    if again == kept:
        return Check("recount", True, f"the same {len(kept)} bytes")
    counted = json.loads(again)
    told = parts["result"]
    differing = sorted(
        name for name in counted.keys() | told.keys() if counted.get(name) != told.get(name)
    )
    return Check("recount", False, f"another result: {', '.join(differing)}")


_CHECKS: tuple[tuple[str, Callable[[Parts], Check]], ...] = (
    ("frozen rules", _rules_whole),
    ("roll entries", _roll_whole),
    ("ballots cast", _ballots_whole),
    ("lot", _lot_drawn),
    ("recount", _counted_again),
)
