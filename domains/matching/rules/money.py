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
