"""What an election's count found: of each candidate, of the seats, and of what has to follow."""

from collections.abc import Mapping
from typing import Self
from uuid import UUID

import strawberry

from domains.voting.rules import ElectionFinding
from domains.voting.values import Verdict
from schema import node
from schema.voting import elections_enums as _enums  # noqa: F401  # describes the enums first

Labels = Mapping[int, tuple[UUID, str]]


@strawberry.type(description="What an election's count found of a candidate.")
class CandidateResult:
    """One candidate, the best first."""

    position: int = strawberry.field(description="Their place on the paper.")
    option_id: strawberry.ID = strawberry.field(description="Their option.")
    name: str = strawberry.field(description="Their name on the paper.")
    votes: int = strawberry.field(description="How many ballots name them.")
    verdict: Verdict = strawberry.field(description="What was found.")
    before: int | None = strawberry.field(
        description="The place of whom they gave way to, or who took their seat."
    )


@strawberry.type(description="How the seats of an election were filled, and what is left to do.")
class ElectionResult:
    """Elected, open seats, and what the law wants besides."""

    seats: int = strawberry.field(description="How many were to be elected.")
    open_seats: int = strawberry.field(description="How many seats stay open.")
    seated_before: int = strawberry.field(
        description="How many were elected in earlier rounds, where this is a run-off."
    )
    void: int = strawberry.field(
        description="How many ballots are void because they name more candidates than seats."
    )
    candidates: list[CandidateResult] = strawberry.field(
        description="Every candidate, the best first."
    )
    elected: list[CandidateResult] = strawberry.field(description="Who is elected.")
    runoff: list[CandidateResult] = strawberry.field(
        description="Who stands in the run-off that has to follow; empty where none has."
    )
    woman_missing: bool = strawberry.field(
        description="Whether the rules want a woman, and none is elected."
    )
    too_few_elected: bool = strawberry.field(
        description="Whether fewer are elected, in all rounds, than the body needs."
    )

    @classmethod
    def of(cls, finding: ElectionFinding, labels: Labels) -> Self:
        """Show a finding; `labels` are option ids and names by place."""
        candidates = [
            CandidateResult(
                position=each.position,
                option_id=node.encode("option", labels[each.position][0]),
                name=labels[each.position][1],
                votes=each.votes,
                verdict=each.verdict,
                before=each.before,
            )
            for each in finding.candidates
        ]
        return cls(
            seats=finding.seats,
            open_seats=finding.open_seats,
            seated_before=finding.seated,
            void=finding.void,
            candidates=candidates,
            elected=[each for each in candidates if each.verdict is Verdict.ELECTED],
            runoff=[each for each in candidates if each.position in finding.runoff],
            woman_missing=finding.woman_missing,
            too_few_elected=finding.too_few_elected,
        )
