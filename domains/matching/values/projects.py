"""Words for projects of service, and for choosing among their applications."""

from enum import StrEnum


class ServiceProjectState(StrEnum):
    """How far a project has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    FUNDED = "funded"
    RUNNING = "running"
    SUSPENDED = "suspended"
    EVALUATED = "evaluated"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class MilestoneState(StrEnum):
    """Whether a milestone is reached; what is late is known by its day."""

    WAITING = "waiting"
    REACHED = "reached"
    MISSED = "missed"


class BudgetShiftState(StrEnum):
    """Whether money may move from one line of a budget to another."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


class ProjectRoundMode(StrEnum):
    """How applications are chosen."""

    CRITERIA = "criteria"
    POLL = "poll"


class ProjectRoundState(StrEnum):
    """How far a round of applications has come."""

    OPEN = "open"
    REVIEWING = "reviewing"
    VOTING = "voting"
    SETTLED = "settled"
    CANCELLED = "cancelled"


# Drafts are their writers' and the community's; what was submitted is for who belongs.
PUBLIC = (
    ServiceProjectState.APPROVED,
    ServiceProjectState.FUNDED,
    ServiceProjectState.RUNNING,
    ServiceProjectState.SUSPENDED,
    ServiceProjectState.EVALUATED,
    ServiceProjectState.CLOSED,
)
# What weighs on a social worker.
SUPERVISED = (
    ServiceProjectState.DRAFT,
    ServiceProjectState.SUBMITTED,
    ServiceProjectState.APPROVED,
    ServiceProjectState.FUNDED,
    ServiceProjectState.RUNNING,
    ServiceProjectState.SUSPENDED,
)
