"""What happened to resolutions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel.events import Event
from domains.meetings.values.issues import HandlerKind
from domains.meetings.values.resolutions import ResolutionState


@dataclass(frozen=True, slots=True)
class ResolutionAdopted(Event):
    """Something is to be done by somebody by a day."""

    resolution_id: UUID
    area_path: str
    handler_kind: HandlerKind
    handler_id: UUID
    due_at: datetime
    issue_id: UUID | None
    proposer_id: UUID | None


@dataclass(frozen=True, slots=True)
class ResolutionMoved(Event):
    """Progress, done, kept, not kept or set aside: whoever raised the matter is told."""

    resolution_id: UUID
    area_path: str
    state: ResolutionState
    issue_id: UUID | None
    proposer_id: UUID | None


@dataclass(frozen=True, slots=True)
class ResolutionOverdue(Event):
    """A resolution was not done by its day; once a resolution and round."""

    resolution_id: UUID
    area_path: str
    handler_kind: HandlerKind
    handler_id: UUID
    due_at: datetime
    issue_id: UUID | None
    proposer_id: UUID | None
