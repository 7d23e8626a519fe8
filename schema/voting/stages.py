"""The stages of a count, each kind in its own words, for all who want to follow it by hand."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import strawberry

from domains.voting.rules import Stage, records
from domains.voting.rules.records import ProjectDecision, StageAction
from schema.scalars import Fen
from schema.voting.figures import (
    CountMajority,
    CountOption,
    CountTie,
    ExactNumber,
    OptionFigure,
    Told,
)

_TIES = "The ties of this stage, and how each was broken."


@strawberry.type(description="Each option's figure: votes, approvals, scores or points.")
class FigureStage:
    """A sum for each option."""

    figures: list[OptionFigure] = strawberry.field(description="The figures.")
    ties: list[CountTie] = strawberry.field(description=_TIES)


@strawberry.type(description="What an option received at a stage.")
class CountTransfer:
    """Papers that moved to it."""

    to: CountOption = strawberry.field(description="Who received them.")
    papers: int = strawberry.field(description="How many papers.")
    votes: ExactNumber = strawberry.field(description="What they were worth.")


@strawberry.type(description="Papers that moved together.")
class CountParcel:
    """A parcel, and its value on the way."""

    papers: int = strawberry.field(description="How many papers.")
    value_before: ExactNumber = strawberry.field(description="What each was worth before.")
    value_after: ExactNumber = strawberry.field(description="What each is worth now.")


@strawberry.type(description="One stage of a transferable vote.")
class TransferStage:
    """Whose votes moved, where to, and who stands where."""

    number: int = strawberry.field(description="The stage, from 1.")
    action: StageAction = strawberry.field(description="What moved votes.")
    option: CountOption | None = strawberry.field(description="Whose votes moved.")
    votes: list[OptionFigure] = strawberry.field(description="Who stands where afterwards.")
    not_transferable: ExactNumber = strawberry.field(
        description="Votes that found nobody else on their papers, so far."
    )
    transfers: list[CountTransfer] = strawberry.field(description="Where votes went.")
    parcels: list[CountParcel] = strawberry.field(description="In which parcels they moved.")
    elected: list[CountOption] = strawberry.field(description="Who was elected here.")
    excluded: list[CountOption] = strawberry.field(description="Who was excluded here.")
    ties: list[CountTie] = strawberry.field(description=_TIES)


@strawberry.type(description="How many ballots prefer one option to each other.")
class PairwiseRow:
    """One option against the others; `ballots` follows the order of the paper, 0 to itself."""

    option: CountOption = strawberry.field(description="The option.")
    ballots: list[int] = strawberry.field(
        description="How many ballots prefer it to each option, in the order of the paper."
    )


@strawberry.type(description="How many ballots prefer each option to each other.")
class PairwiseStage:
    """Every comparison."""

    rows: list[PairwiseRow] = strawberry.field(description="A row for each option.")


@strawberry.type(description="The strongest path from one option to another.")
class StrongestPath:
    """The weakest link of the strongest path."""

    to: CountOption = strawberry.field(description="Where it leads.")
    support: int = strawberry.field(description="Ballots for its weakest link.")
    opposition: int = strawberry.field(description="Ballots against it.")


@strawberry.type(description="The strongest paths from one option.")
class PathRow:
    """Whom an option beats, and how strongly."""

    option: CountOption = strawberry.field(description="The option.")
    paths: list[StrongestPath] = strawberry.field(description="Where there is a path.")


@strawberry.type(description="The strongest path from each option to each other.")
class PathStage:
    """Every path."""

    rows: list[PathRow] = strawberry.field(description="A row for each option.")
    ties: list[CountTie] = strawberry.field(description=_TIES)


@strawberry.type(description="One majority of ranked pairs, in the order considered.")
class LockStage:
    """Whether it was locked in."""

    number: int = strawberry.field(description="Its turn, from 1.")
    majority: CountMajority = strawberry.field(description="Who is preferred to whom.")
    support: int = strawberry.field(description="Ballots for it.")
    opposition: int = strawberry.field(description="Ballots against it.")
    locked: bool = strawberry.field(description="Whether it closed no circle.")
    equals: list[CountMajority] = strawberry.field(
        description="Majorities of the same strength that the seed put behind it."
    )


@strawberry.type(description="An option's grades.")
class OptionGrades:
    """How many ballots give it each grade."""

    option: CountOption = strawberry.field(description="The option.")
    ballots: list[int] = strawberry.field(description="Ballots by grade, the worst first.")
    majority_grade: int = strawberry.field(description="The grade of the middle.")
    above: int = strawberry.field(description="Ballots that give it a better one.")
    below: int = strawberry.field(description="Ballots that give it a worse one.")


@strawberry.type(description="The grades of all options, and who stands before whom.")
class GradeStage:
    """Majority judgement."""

    options: list[OptionGrades] = strawberry.field(description="Each option's grades.")
    order: list[CountOption] = strawberry.field(description="All options, the best first.")
    ties: list[CountTie] = strawberry.field(description=_TIES)


@strawberry.type(description="One seat of Phragmén's rule.")
class LoadStage:
    """Who was elected, and the load that the seat left on the supporters."""

    number: int = strawberry.field(description="The seat, from 1.")
    seated: CountOption = strawberry.field(description="Who was elected.")
    load: ExactNumber = strawberry.field(description="What each supporter now carries.")
    loads: list[OptionFigure] = strawberry.field(
        description="What each option would have left on its supporters."
    )
    ties: list[CountTie] = strawberry.field(description=_TIES)


@strawberry.type(description="One project of a greedy budget, in the order considered.")
class ProjectStage:
    """What became of it."""

    number: int = strawberry.field(description="Its turn, from 1.")
    project: CountOption = strawberry.field(description="The project.")
    score: str = strawberry.field(description="Its points, in decimal digits.")
    cost_fen: Fen = strawberry.field(description="What it costs, in fen.")
    decision: ProjectDecision = strawberry.field(description="What became of it.")
    remaining_fen: Fen = strawberry.field(description="What is left afterwards, in fen.")
    ties: list[CountTie] = strawberry.field(description=_TIES)


@strawberry.type(description="The endowment that decided, of a budget in equal shares.")
class EndowmentStage:
    """How far everybody's share was raised."""

    initial_fen: ExactNumber = strawberry.field(description="The budget divided by the voters.")
    increments: str = strawberry.field(description="How often a share was raised by the increment.")
    endowment_fen: ExactNumber = strawberry.field(description="Everybody's share in the end.")
    cost_fen: Fen = strawberry.field(description="What is bought at it.")
    next_cost_fen: str | None = strawberry.field(
        description="What would be bought at one more: above the budget. Null where all is bought."
    )


@strawberry.type(description="One project bought in equal shares.")
class PurchaseStage:
    """Who paid what."""

    number: int = strawberry.field(description="Its turn, from 1.")
    project: CountOption = strawberry.field(description="The project.")
    cost_fen: Fen = strawberry.field(description="What it costs, in fen.")
    supporters: int = strawberry.field(description="How many want it.")
    paid_in_full: int = strawberry.field(
        description="How many paid the payment; the others paid all that was left to them."
    )
    payment_fen: ExactNumber = strawberry.field(description="What each pays in full.")
    rate: ExactNumber = strawberry.field(description="That payment per fen of cost.")
    ties: list[CountTie] = strawberry.field(description=_TIES)


CountStage = Annotated[
    FigureStage
    | TransferStage
    | PairwiseStage
    | PathStage
    | LockStage
    | GradeStage
    | LoadStage
    | ProjectStage
    | EndowmentStage
    | PurchaseStage,
    strawberry.union("CountStage", description="One stage of a count, of the rule's own kind."),
]


def _figures(stage: records.FigureStage, told: Told) -> FigureStage:
    return FigureStage(figures=told.figures(stage.figures), ties=told.ties(stage.ties))


def _transfer(stage: records.TransferStage, told: Told) -> TransferStage:
    return TransferStage(
        number=stage.number,
        action=stage.action,
        option=None if stage.option is None else told.option(stage.option),
        votes=told.figures(stage.votes),
        not_transferable=ExactNumber.of(stage.not_transferable),
        transfers=[
            CountTransfer(
                to=told.option(each.to), papers=each.papers, votes=ExactNumber.of(each.votes)
            )
            for each in stage.transfers
        ],
        parcels=[
            CountParcel(
                papers=each.papers,
                value_before=ExactNumber.of(each.value_before),
                value_after=ExactNumber.of(each.value_after),
            )
            for each in stage.parcels
        ],
        elected=told.options(stage.elected),
        excluded=told.options(stage.excluded),
        ties=told.ties(stage.ties),
    )


def _pairwise(stage: records.PairwiseStage, told: Told) -> PairwiseStage:
    return PairwiseStage(
        rows=[
            PairwiseRow(option=told.option(position), ballots=list(row))
            for position, row in enumerate(stage.preferred, start=1)
        ]
    )


def _paths(stage: records.PathStage, told: Told) -> PathStage:
    return PathStage(
        rows=[
            PathRow(
                option=told.option(position),
                paths=[
                    StrongestPath(
                        to=told.option(to), support=link.support, opposition=link.opposition
                    )
                    for to, link in enumerate(row, start=1)
                    if link is not None
                ],
            )
            for position, row in enumerate(stage.strongest, start=1)
        ],
        ties=told.ties(stage.ties),
    )


def _lock(stage: records.LockStage, told: Told) -> LockStage:
    return LockStage(
        number=stage.number,
        majority=told.majority(stage.winner, stage.loser),
        support=stage.strength.support,
        opposition=stage.strength.opposition,
        locked=stage.locked,
        equals=[told.majority(winner, loser) for winner, loser in stage.equals],
    )


def _grades(stage: records.GradeStage, told: Told) -> GradeStage:
    return GradeStage(
        options=[
            OptionGrades(
                option=told.option(each.position),
                ballots=list(each.ballots),
                majority_grade=each.majority_grade,
                above=each.above,
                below=each.below,
            )
            for each in stage.options
        ],
        order=told.options(stage.order),
        ties=told.ties(stage.ties),
    )


def _load(stage: records.LoadStage, told: Told) -> LoadStage:
    return LoadStage(
        number=stage.number,
        seated=told.option(stage.elected),
        load=ExactNumber.of(stage.load),
        loads=told.figures(stage.loads),
        ties=told.ties(stage.ties),
    )


def _project(stage: records.ProjectStage, told: Told) -> ProjectStage:
    return ProjectStage(
        number=stage.number,
        project=told.option(stage.project),
        score=str(stage.score),
        cost_fen=Fen(stage.cost),
        decision=stage.decision,
        remaining_fen=Fen(stage.remaining),
        ties=told.ties(stage.ties),
    )


def _endowment(stage: records.EndowmentStage, _told: Told) -> EndowmentStage:
    return EndowmentStage(
        initial_fen=ExactNumber.of(stage.initial),
        increments=str(stage.increments),
        endowment_fen=ExactNumber.of(stage.endowment),
        cost_fen=Fen(stage.cost),
        next_cost_fen=None if stage.next_cost is None else str(stage.next_cost),
    )


def _purchase(stage: records.PurchaseStage, told: Told) -> PurchaseStage:
    return PurchaseStage(
        number=stage.number,
        project=told.option(stage.project),
        cost_fen=Fen(stage.cost),
        supporters=stage.supporters,
        paid_in_full=stage.paid_in_full,
        payment_fen=ExactNumber.of(stage.payment),
        rate=ExactNumber.of(stage.rate),
        ties=told.ties(stage.ties),
    )


_TOLD: Mapping[type, Callable[[Any, Told], Any]] = {
    records.FigureStage: _figures,
    records.TransferStage: _transfer,
    records.PairwiseStage: _pairwise,
    records.PathStage: _paths,
    records.LockStage: _lock,
    records.GradeStage: _grades,
    records.LoadStage: _load,
    records.ProjectStage: _project,
    records.EndowmentStage: _endowment,
    records.PurchaseStage: _purchase,
}


def told_stage(stage: Stage, told: Told) -> Any:
    """Tell a stage in its own words."""
    return _TOLD[type(stage)](stage, told)
