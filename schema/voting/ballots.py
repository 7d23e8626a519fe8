"""What ballots say, of every form."""

import strawberry

from domains.kernel.database import Row
from domains.voting import rules
from domains.voting.rules import BallotForm


@strawberry.type(description="What a ballot gives to an option.")
class GivenValue:
    """A score, a grade, points, or a place."""

    position: int = strawberry.field(description="The option's place on the paper.")
    value: int = strawberry.field(description="What it is given.")


def positions_of(row: Row) -> list[int]:
    """Return the options that a row's ballot names: a ranking's in order of preference."""
    if row["ballot_form"] is None:
        return rules.mark_positions(row["marks"])
    return [position for position, _ in _unpacked(row)]


def values_of(row: Row) -> list[GivenValue]:
    """Return what a row's ballot gives to options; nothing where it only names them."""
    form = row["ballot_form"]
    if form is None or not (BallotForm(form).gives_values or form == BallotForm.RANKING):
        return []
    return [GivenValue(position=position, value=value) for position, value in _unpacked(row)]


def _unpacked(row: Row) -> list[tuple[int, int]]:
    form = BallotForm(row["ballot_form"])
    return rules.unpack(form, bytes(row["wide"]) if form.is_budget else row["marks"])
