"""Refusals of statements whose figures a client needs."""

from typing import Any

import strawberry

from domains.disclosure.errors import StatementUnbalanced
from domains.kernel.errors import DomainError
from schema.context import Info
from schema.errors import UserError, spoken
from schema.scalars import Fen


@strawberry.type(description="Opening balance, lines and closing balance do not add up.")
class UnbalancedStatement(UserError):
    """By how much."""

    expected_fen: Fen = strawberry.field(
        default=Fen(0), description="The closing balance that the lines make, in fen."
    )
    difference_fen: Fen = strawberry.field(
        default=Fen(0), description="By how much the given one is above it, in fen."
    )


class _Unbalanced(strawberry.ExceptionHandler[StatementUnbalanced, UnbalancedStatement]):
    """What does not add up, told with the difference."""

    def handle(
        self, exception: StatementUnbalanced, *, field: Any, info: Info
    ) -> UnbalancedStatement:
        """Translate."""
        return UnbalancedStatement(
            expected_fen=_fen(exception, "expected_fen"),
            difference_fen=_fen(exception, "difference_fen"),
            **spoken(exception, info),
        )


def _fen(exception: DomainError, name: str) -> Fen:
    figure = exception.details[name]
    assert isinstance(figure, int), "a refusal of money tells fen"
    return Fen(figure)


HANDLERS: list[strawberry.ExceptionHandler[Any, Any]] = [_Unbalanced()]
