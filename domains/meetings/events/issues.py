"""What happened to issues; every change of one is told, for whoever raised it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel.events import Event
from domains.meetings.values.issues import HandlerKind, HistoryKind, IssueState, Satisfaction


@dataclass(frozen=True, slots=True)
class IssueRaised(Event):
    """Somebody raised an issue, or staff did for them."""

    issue_id: UUID
    area_path: str
    proposer_id: UUID | None


@dataclass(frozen=True, slots=True)
class IssueSupported(Event):
    """Somebody stands behind an issue, or does so no more."""

    issue_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class IssueMustBeHeard(Event):
    """So many support an issue that it has to be looked at by an instant; once an issue."""

    issue_id: UUID
    area_path: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class IssueMoved(Event):
    """An issue has come on, or something was done about it that its history tells."""

    issue_id: UUID
    area_path: str
    proposer_id: UUID | None
    kind: HistoryKind
    state: IssueState


@dataclass(frozen=True, slots=True)
class IssueEvaluated(Event):
    """Whoever raised an issue said how it was handled."""

    issue_id: UUID
    area_path: str
    evaluation: Satisfaction


@dataclass(frozen=True, slots=True)
class IssueOverdue(Event):
    """An issue has been in a state for longer than the rules allow; once a state."""

    issue_id: UUID
    area_path: str
    state: IssueState
    due_at: datetime


@dataclass(frozen=True, slots=True)
class IssueAssigned(Event):
    """Somebody has to act on an issue by an instant."""

    issue_id: UUID
    area_path: str
    assignment_id: UUID
    handler_kind: HandlerKind
    handler_id: UUID
    due_at: datetime


@dataclass(frozen=True, slots=True)
class AssignmentEnded(Event):
    """An assignment is done, or was taken back."""

    issue_id: UUID
    area_path: str
    assignment_id: UUID
    done: bool


@dataclass(frozen=True, slots=True)
class AssignmentOverdue(Event):
    """An assignment was not done by its instant; once an assignment."""

    issue_id: UUID
    area_path: str
    assignment_id: UUID
    handler_kind: HandlerKind
    handler_id: UUID


@dataclass(frozen=True, slots=True)
class WhistleBlown(Event):
    """The street calls a department, which must answer by an instant."""

    issue_id: UUID
    area_path: str
    whistle_id: UUID
    organisation_id: UUID
    due_at: datetime


@dataclass(frozen=True, slots=True)
class WhistleEnded(Event):
    """A department has answered, or is no longer called."""

    issue_id: UUID
    area_path: str
    whistle_id: UUID
    organisation_id: UUID
    answered: bool


@dataclass(frozen=True, slots=True)
class WhistleOverdue(Event):
    """A department has not answered by its instant; once a whistle."""

    issue_id: UUID
    area_path: str
    whistle_id: UUID
    organisation_id: UUID


OF_AN_ISSUE: tuple[type[Event], ...] = (
    IssueRaised,
    IssueSupported,
    IssueMustBeHeard,
    IssueMoved,
    IssueEvaluated,
    IssueOverdue,
    IssueAssigned,
    AssignmentEnded,
    AssignmentOverdue,
    WhistleBlown,
    WhistleEnded,
    WhistleOverdue,
)
