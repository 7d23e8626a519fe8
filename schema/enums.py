"""Enums of the contract: the domains' own classes, described once for the world."""

from enum import Enum
from typing import Any

import strawberry


def describe(
    enum: type[Enum], description: str, *, called: str | None = None, **members: str
) -> None:
    """Register a domain's enum with a description for it and for each of its members.

    `called` is its name in the contract, where another domain's has the same.
    """
    assert set(members) == {member.name for member in enum}, f"{enum.__name__}: describe them all"
    strawberry.enum(enum, name=called, description=description)
    definition: Any = enum.__dict__["__strawberry_definition__"]
    for value in definition.values:
        value.description = members[value.name]
