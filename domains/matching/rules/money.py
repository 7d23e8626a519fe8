"""Figures of purpose-bound money. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Promise:
    """What a fund adds to gifts to another: so many fen for each so many, up to a ceiling."""

    adds_fen: int
    per_fen: int
    ceiling_fen: int
    given_fen: int
    added_fen: int


def matching_due(promise: Promise, *, left_fen: int) -> int:
    """Return how much a promise adds now.

    The share is rounded down over all that was given, so that many small gifts earn what one
    large gift does. Only existing money is added: no more than is left in the fund.
    """
    earned = promise.given_fen * promise.adds_fen // promise.per_fen
    return max(0, min(min(earned, promise.ceiling_fen) - promise.added_fen, left_fen))


def yuan(amount_fen: int) -> str:
    """Return an amount as people read it."""
    return f"{amount_fen // 100:,}.{amount_fen % 100:02d}"


@dataclass(frozen=True, slots=True)
class Terms:
    """For what a fund's money may be used; no classes are all of them."""

    classes: frozenset[str]
    project: str | None
    chosen_only: bool
    most_per_project_fen: int | None
    most_percent: int | None


@dataclass(frozen=True, slots=True)
class Cost:
    """What a need costs and for what; of its project: the budget, what the fund gave it already."""

    fen: int
    purpose: str
    project: str | None = None
    is_chosen: bool = False
    budget_fen: int = 0
    given_fen: int = 0


def may_fund(terms: Terms, cost: Cost) -> bool:
    """Tell whether a fund's purpose and conditions let it carry all of a cost.

    A need of no project is judged as one of its own: it is chosen in no round, and has no budget
    of which a share could be taken.
    """
    given = cost.given_fen + cost.fen
    return (
        (not terms.classes or cost.purpose in terms.classes)
        and (terms.project is None or terms.project == cost.project)
        and (not terms.chosen_only or cost.is_chosen)
        and (terms.most_per_project_fen is None or given <= terms.most_per_project_fen)
        and (terms.most_percent is None or given * 100 <= cost.budget_fen * terms.most_percent)
    )
