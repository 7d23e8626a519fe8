"""What a body may publish, who writes for it, and whose approval it needs: data, read. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domains.disclosure.values import (
    Affair,
    DisclosureKind,
    OfficerPart,
    PublisherKind,
    StepKind,
)
from domains.kernel.actor import Role


class Capacity(StrEnum):
    """In which capacity somebody acts for a body."""

    ROLE = "role"
    ORGANISATION_ROLE = "organisation_role"
    OFFICER = "officer"


@dataclass(frozen=True, slots=True)
class Taker:
    """Who may act: by a role over the body's area, a role within it, or a part in it."""

    capacity: Capacity
    name: Role | OfficerPart

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Taker":
        """Read `{"role": ...}`, `{"organisation_role": ...}` or `{"officer": ...}`."""
        ((capacity, name),) = given.items()
        chosen = Capacity(capacity)
        return cls(chosen, OfficerPart(name) if chosen is Capacity.OFFICER else Role(name))


@dataclass(frozen=True, slots=True)
class Step:
    """One approval of a chain."""

    kind: StepKind
    takers: tuple[Taker, ...]


@dataclass(frozen=True, slots=True)
class PublisherRules:
    """What a kind of body may publish, and its chain."""

    kinds: frozenset[DisclosureKind]
    affairs: frozenset[Affair]
    writers: tuple[Taker, ...]
    steps: tuple[Step, ...]
    each_another: bool

    def allows(self, kind: DisclosureKind, affair: Affair | None) -> bool:
        """Whether such a body may publish this at all."""
        return kind in self.kinds and (affair is None or affair in self.affairs)


def rules_of(content: Mapping[str, Any], kind: PublisherKind) -> PublisherRules:
    """Read what a rule set says of a kind of body."""
    said = content["publishers"][kind.value]
    return PublisherRules(
        kinds=frozenset(DisclosureKind(each) for each in said["kinds"]),
        affairs=frozenset(Affair(each) for each in said["affairs"]),
        writers=tuple(Taker.of(each) for each in said["writers"]),
        steps=tuple(
            Step(StepKind(each["step"]), tuple(Taker.of(by) for by in each["by"]))
            for each in said["chain"]
        ),
        each_another=said["eachAnother"],
    )
