"""What happened to projects and rounds of applications. Ids, states and dates only."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ProjectEvent(Event):
    """Something that happened to one project."""

    project_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class HostAsked(ProjectEvent):
    """An organisation is asked to host a project."""

    organisation_id: UUID


@dataclass(frozen=True, slots=True)
class HostAnswered(ProjectEvent):
    """The organisation accepted or declined."""

    accepted: bool


@dataclass(frozen=True, slots=True)
class SupervisorAsked(ProjectEvent):
    """A social worker is asked to supervise a project."""

    person_id: UUID


@dataclass(frozen=True, slots=True)
class SupervisorAnswered(ProjectEvent):
    """The social worker accepted or declined."""

    accepted: bool


@dataclass(frozen=True, slots=True)
class ProjectSubmitted(ProjectEvent):
    """An application waits for the community."""


@dataclass(frozen=True, slots=True)
class ProjectReturned(ProjectEvent):
    """An application goes back to its writers."""


@dataclass(frozen=True, slots=True)
class ProjectApproved(ProjectEvent):
    """The community stands by a project."""


@dataclass(frozen=True, slots=True)
class ProjectRejected(ProjectEvent):
    """The community does not stand by it."""


@dataclass(frozen=True, slots=True)
class ProjectFunded(ProjectEvent):
    """All that it needs is allotted."""


@dataclass(frozen=True, slots=True)
class ProjectStarted(ProjectEvent):
    """It has begun."""


@dataclass(frozen=True, slots=True)
class ProjectSuspended(ProjectEvent):
    """It rests until somebody lets it go on."""


@dataclass(frozen=True, slots=True)
class ProjectResumed(ProjectEvent):
    """It goes on."""


@dataclass(frozen=True, slots=True)
class ProjectCancelled(ProjectEvent):
    """It was called off."""


@dataclass(frozen=True, slots=True)
class ProjectEvaluated(ProjectEvent):
    """Those whom it served have spoken."""


@dataclass(frozen=True, slots=True)
class ProjectClosed(ProjectEvent):
    """It is over, and its report stands."""


@dataclass(frozen=True, slots=True)
class BudgetShiftAsked(ProjectEvent):
    """Somebody asks to move money between lines."""

    shift_id: UUID


@dataclass(frozen=True, slots=True)
class BudgetShiftDecided(ProjectEvent):
    """The shift was approved or refused."""

    shift_id: UUID
    approved: bool


@dataclass(frozen=True, slots=True)
class MilestoneEvent(ProjectEvent):
    """Something about one milestone."""

    milestone_id: UUID
    due_on: str


@dataclass(frozen=True, slots=True)
class MilestoneDue(MilestoneEvent):
    """A milestone comes due."""


@dataclass(frozen=True, slots=True)
class MilestoneOverdue(MilestoneEvent):
    """A milestone was not reached by its day."""


@dataclass(frozen=True, slots=True)
class MilestoneReached(MilestoneEvent):
    """A milestone was reached, with proof."""


@dataclass(frozen=True, slots=True)
class RoundEvent(Event):
    """Something that happened to a round of applications."""

    round_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class ProjectRoundOpened(RoundEvent):
    """Applications are asked for."""


@dataclass(frozen=True, slots=True)
class ProjectRoundReviewing(RoundEvent):
    """Applications are in, and are being looked at."""


@dataclass(frozen=True, slots=True)
class ProjectRoundVoting(RoundEvent):
    """Residents choose among the applications."""

    poll_id: UUID


@dataclass(frozen=True, slots=True)
class ProjectRoundSettled(RoundEvent):
    """It is known which applications were chosen."""


@dataclass(frozen=True, slots=True)
class ProjectRoundCancelled(RoundEvent):
    """The round ended without a choice."""


OF_A_PROJECT: tuple[type[Event], ...] = (
    HostAsked,
    HostAnswered,
    SupervisorAsked,
    SupervisorAnswered,
    ProjectSubmitted,
    ProjectReturned,
    ProjectApproved,
    ProjectRejected,
    ProjectFunded,
    ProjectStarted,
    ProjectSuspended,
    ProjectResumed,
    ProjectCancelled,
    ProjectEvaluated,
    ProjectClosed,
    BudgetShiftAsked,
    BudgetShiftDecided,
    MilestoneDue,
    MilestoneOverdue,
    MilestoneReached,
)
