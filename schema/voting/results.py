"""A result with its working, so that who doubts it can do the sum again."""

from fractions import Fraction
from typing import Self
from uuid import UUID

import strawberry

from domains.voting import rules
from domains.voting.values import Measure, Outcome
from schema import node
from schema.voting.counts import PollCount
from schema.voting.election_results import ElectionResult
from schema.voting.figures import Told

_SENTENCES = {
    "quorum": (
        "名册{whole},参加{count};{law}为{bound}{share},即至少{least}:{verdict}。",
        "{count} of {whole} on the roll took part; the quorum is {bound} {share},"
        " that is {least} at least: {verdict}.",
    ),
    "majority": (
        "应计{whole},所得{count};须{bound}{share},即至少{least}:{verdict}。",
        "{count} of {whole} that count; {bound} {share} is needed,"
        " that is {least} at least: {verdict}.",
    ),
    "share": (
        "{name}:应计{whole},得{count};当选须{bound}{share},即至少{least}:{verdict}。",
        "{name}: {count} of {whole} that count; {bound} {share} is needed to be elected,"
        " that is {least} at least: {verdict}.",
    ),
}
_UNITS = {
    ("quorum", Measure.HEADS): ("人", " persons"),
    ("majority", Measure.HEADS): ("票", " ballots"),
    ("quorum", Measure.HOUSEHOLDS): ("户", " households"),
    ("majority", Measure.HOUSEHOLDS): ("票", " ballots"),
    ("share", Measure.HEADS): ("票", " ballots"),
    ("share", Measure.HOUSEHOLDS): ("票", " ballots"),
}


def _figure(step: rules.Step, figure: int, *, english: bool) -> str:
    """Say a figure with its unit: persons, households, ballots or square metres."""
    if step.measure is Measure.AREA:
        metres = f"{figure // 100}.{figure % 100:02d}"
        return f"{metres} m²" if english else f" {metres} 平方米"
    unit = _UNITS[step.name, step.measure][1 if english else 0]
    return f"{figure}{unit}" if english else f" {figure} {unit}"


@strawberry.type(description="One comparison of the working.")
class ResultStep:
    """A count against a share of a whole."""

    name: str = strawberry.field(
        description="What is tested: `quorum`, `majority`, or a candidate's `share`."
    )
    position: int | None = strawberry.field(
        description="The place of the candidate whose share is tested."
    )
    measure: Measure = strawberry.field(description="What is counted.")
    count: int = strawberry.field(description="What there is.")
    whole: int = strawberry.field(description="Of how many.")
    numerator: int = strawberry.field(description="The share that is asked, above the line.")
    denominator: int = strawberry.field(description="The share that is asked, below the line.")
    inclusive: bool = strawberry.field(description="Whether the share itself is enough.")
    least: int = strawberry.field(description="The least count that is enough.")
    holds: bool = strawberry.field(description="Whether it is reached.")
    sentence: str = strawberry.field(description="The comparison in the caller's language.")

    @classmethod
    def of(cls, step: rules.Step, *, locale: str, label: str = "") -> Self:
        """Say a step in a language; `label` names the candidate that it is about."""
        english = locale.startswith("en")
        if english:
            bound = "at least" if step.inclusive else "more than"
            verdict = "reached" if step.holds else "not reached"
        else:
            bound = "不少于" if step.inclusive else "超过"
            verdict = "达到" if step.holds else "未达到"
        share = str(Fraction(step.numerator, step.denominator))
        sentence = _SENTENCES[step.name][1 if english else 0].format(
            name=label,
            whole=_figure(step, step.whole, english=english),
            count=_figure(step, step.count, english=english),
            least=_figure(step, step.least, english=english),
            share=share if english else f" {share}",
            bound=bound,
            verdict=verdict,
            law="法定面积" if step.measure is Measure.AREA else "法定人数",
        )
        return cls(
            name=step.name,
            position=step.position,
            measure=step.measure,
            count=step.count,
            whole=step.whole,
            numerator=step.numerator,
            denominator=step.denominator,
            inclusive=step.inclusive,
            least=step.least,
            holds=step.holds,
            sentence=sentence,
        )


@strawberry.type(description="How many ballots name an option.")
class OptionResult:
    """One option's count."""

    position: int = strawberry.field(description="The option's place on the paper.")
    option_id: strawberry.ID = strawberry.field(description="The option.")
    label: str = strawberry.field(description="The option's words.")
    votes: int = strawberry.field(description="How many ballots name it.")
    area_centi_m2: int = strawberry.field(
        description="The floor area behind them, in hundredths of a square metre; 0 where"
        " area does not count."
    )
    chosen: bool = strawberry.field(description="Whether it won.")


@strawberry.type(description="A poll's result: counts, outcome, and every comparison behind it.")
class PollResult:
    """What was counted and why it decided so."""

    outcome: Outcome = strawberry.field(description="What was decided.")
    roll: int = strawberry.field(description="How many were entitled.")
    participated: int = strawberry.field(description="How many cast a ballot.")
    blank: int = strawberry.field(description="How many of the ballots named no option.")
    options: list[OptionResult] = strawberry.field(
        description="The count by option; none where a rule of preference counts: see `count`."
    )
    steps: list[ResultStep] = strawberry.field(description="The working, in order.")
    told: strawberry.Private[Told]
    election: ElectionResult | None = strawberry.field(
        description="How the seats were filled; null where nobody is elected by the poll's kind."
    )
    canonical: str = strawberry.field(
        description="The result as canonical JSON: a recount gives the same bytes."
    )

    @classmethod
    def of(cls, kept: str, options: dict[int, tuple[UUID, str]], *, locale: str) -> Self:
        """Read a stored result; `options` are ids and labels by position."""
        result = rules.read_result(kept, with_count=False)
        return cls(
            outcome=result.outcome,
            roll=result.roll,
            participated=result.participated,
            blank=result.blank,
            options=[
                OptionResult(
                    position=each.position,
                    option_id=node.encode("option", options[each.position][0]),
                    label=options[each.position][1],
                    votes=each.votes,
                    area_centi_m2=each.area,
                    chosen=each.position in result.chosen,
                )
                for each in result.counts
            ],
            steps=[
                ResultStep.of(
                    step,
                    locale=locale,
                    label=options[step.position][1] if step.position else "",
                )
                for step in result.steps
            ],
            election=ElectionResult.of(result.election, options) if result.election else None,
            canonical=kept,
            told=Told(options),
        )

    @strawberry.field(
        description="The count by a rule of preference, stage by stage; null where none counted,"
        " for want of a quorum for instance."
    )
    def count(self) -> PollCount | None:
        """Read it from what was stored."""
        count = rules.read_result(self.canonical).count
        return None if count is None else PollCount.of(count, self.told)
