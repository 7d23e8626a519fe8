"""What happened to a run of the matcher: ids and figures, never who is proposed."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event


@dataclass(frozen=True, slots=True)
class RunEvent(Event):
    """Something that happened to one run."""

    run_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class RunQueued(RunEvent):
    """Somebody, or the day, asks for an arrangement."""


@dataclass(frozen=True, slots=True)
class RunProposed(RunEvent):
    """An arrangement is there, for people to look at."""

    exact: bool


@dataclass(frozen=True, slots=True)
class RunFailed(RunEvent):
    """No arrangement could be made, not even greedily."""


@dataclass(frozen=True, slots=True)
class RunReviewed(RunEvent):
    """Staff let the arrangement be offered."""


@dataclass(frozen=True, slots=True)
class RunDispatched(RunEvent):
    """Who was proposed has been asked."""

    offers: int
    refused: int


@dataclass(frozen=True, slots=True)
class RunSettled(RunEvent):
    """Everybody who was asked has answered, or the time is over."""


@dataclass(frozen=True, slots=True)
class RunCancelled(RunEvent):
    """A run was given up."""


OF_A_RUN = (
    RunQueued,
    RunProposed,
    RunFailed,
    RunReviewed,
    RunDispatched,
    RunSettled,
    RunCancelled,
)


@dataclass(frozen=True, slots=True)
class MoneyProposed(RunEvent):
    """An approved run asks who keeps a fund to set money aside for a need; nothing has moved."""

    fund_id: UUID
    need_id: UUID
    proposal_id: UUID
    keeper_id: UUID


@dataclass(frozen=True, slots=True)
class MoneyProposalAnswered(RunEvent):
    """Who keeps the fund has said yes or no."""

    fund_id: UUID
    need_id: UUID
    proposal_id: UUID
    is_accepted: bool
