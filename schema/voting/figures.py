"""What the stages of a count are told in: options by their words, exact figures, ties."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Self
from uuid import UUID

import strawberry

from domains.voting import rules
from domains.voting.rules.records import TieBreak, TieQuestion
from schema import node

_PLACES = 5


@strawberry.type(description="An exact number; numerators and denominators may be long.")
class ExactNumber:
    """A fraction in its lowest terms."""

    numerator: str = strawberry.field(description="Above the line, in decimal digits.")
    denominator: str = strawberry.field(description="Below the line, in decimal digits.")
    decimal: str = strawberry.field(
        description="To be read, not to be counted with: cut off after five decimals."
    )

    @classmethod
    def of(cls, value: Fraction | int) -> Self:
        """Write a number down."""
        exact = Fraction(value)
        whole, rest = divmod(abs(exact.numerator), exact.denominator)
        decimals = f"{rest * 10**_PLACES // exact.denominator:0{_PLACES}d}".rstrip("0")
        sign = "-" if exact < 0 else ""
        return cls(
            numerator=str(exact.numerator),
            denominator=str(exact.denominator),
            decimal=f"{sign}{whole}{'.' if decimals else ''}{decimals}",
        )


@strawberry.type(description="An option that a count speaks of.")
class CountOption:
    """An option by its place and its words."""

    position: int = strawberry.field(description="Its place on the paper.")
    option_id: strawberry.ID = strawberry.field(description="The option.")
    label: str = strawberry.field(description="Its words.")


@strawberry.type(description="An option's figure.")
class OptionFigure:
    """Votes, approvals, scores or points."""

    option: CountOption = strawberry.field(description="The option.")
    figure: ExactNumber = strawberry.field(description="Its figure.")


@strawberry.type(description="Options that stood equal, and how one of them was taken.")
class CountTie:
    """A tie and its breaking."""

    question: TieQuestion = strawberry.field(description="What it was about.")
    positions: list[int] = strawberry.field(description="The places of who stood equal.")
    labels: list[str] = strawberry.field(description="Their words, in the same order.")
    chosen: CountOption = strawberry.field(description="Who was taken.")
    broken_by: TieBreak = strawberry.field(description="By what.")
    stage: int | None = strawberry.field(description="The earlier stage that broke it, if any.")


@strawberry.type(description="One majority: of two options, who is preferred to whom.")
class CountMajority:
    """A pair."""

    winner: CountOption = strawberry.field(description="Who is preferred.")
    loser: CountOption = strawberry.field(description="To whom.")


class Told:
    """Tells positions as options."""

    __slots__ = ("_options",)

    def __init__(self, options: Mapping[int, tuple[UUID, str]]) -> None:
        self._options = options

    def option(self, position: int) -> CountOption:
        """Tell an option."""
        option_id, label = self._options[position]
        return CountOption(
            position=position, option_id=node.encode("option", option_id), label=label
        )

    def options(self, positions: Iterable[int]) -> list[CountOption]:
        """Tell options."""
        return [self.option(position) for position in positions]

    def figures(self, figures: Sequence[Fraction | None]) -> list[OptionFigure]:
        """Tell each option's figure, in the order of the paper; none of who has none."""
        return [
            OptionFigure(option=self.option(position), figure=ExactNumber.of(figure))
            for position, figure in enumerate(figures, start=1)
            if figure is not None
        ]

    def tie(self, tie: rules.Tie) -> CountTie:
        """Tell a tie."""
        return CountTie(
            question=tie.question,
            positions=list(tie.options),
            labels=[self._options[position][1] for position in tie.options],
            chosen=self.option(tie.chosen),
            broken_by=tie.broken_by,
            stage=tie.stage,
        )

    def ties(self, ties: Iterable[rules.Tie]) -> list[CountTie]:
        """Tell ties."""
        return [self.tie(tie) for tie in ties]

    def majority(self, winner: int, loser: int) -> CountMajority:
        """Tell a majority."""
        return CountMajority(winner=self.option(winner), loser=self.option(loser))
