"""Refusals of the room that a client needs the figures of."""

from typing import Any

import strawberry

from domains.meetings import errors
from schema.context import Info
from schema.errors import UserError, spoken


@strawberry.type(description="Too few of those who decide are present.")
class QuorumNotMet(UserError):
    """How many are there, and how many must be."""

    present: int = strawberry.field(default=0, description="How many who decide are present.")
    required: int = strawberry.field(default=0, description="How many must be.")


class Quorums(strawberry.ExceptionHandler[errors.QuorumNotMet, QuorumNotMet]):
    """A missed quorum, told with its figures."""

    def handle(self, exception: errors.QuorumNotMet, *, field: Any, info: Info) -> QuorumNotMet:
        """Translate."""
        present, required = exception.details["present"], exception.details["required"]
        assert isinstance(present, int)
        assert isinstance(required, int)
        return QuorumNotMet(present=present, required=required, **spoken(exception, info))


HANDLERS: list[strawberry.ExceptionHandler[Any, Any]] = [Quorums()]
