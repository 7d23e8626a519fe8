"""What happened in disclosure. Events carry ids, never words of what is disclosed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ObligationDue(Event):
    """A duty has come up: a period began, or something occurred that is to be made public."""

    obligation_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class ObligationDueSoon(Event):
    """A duty is not met yet, and its last day is near; told once."""

    obligation_id: UUID
    area_path: str
    community_id: UUID
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ObligationMissed(Event):
    """A duty was not met in time; everybody sees it."""

    obligation_id: UUID
    area_path: str
    community_id: UUID
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ObligationMet(Event):
    """A duty was met, in time or late."""

    obligation_id: UUID
    disclosure_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class ObligationWaived(Event):
    """A duty was waived, for a reason that everybody reads."""

    obligation_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class DisclosureSubmitted(Event):
    """A version waits at a step of its chain."""

    disclosure_id: UUID
    version: int
    step: str
    area_path: str


@dataclass(frozen=True, slots=True)
class DisclosureReturned(Event):
    """A version went back to its author, with a reason."""

    disclosure_id: UUID
    version: int
    area_path: str


@dataclass(frozen=True, slots=True)
class DisclosureApproved(Event):
    """A version has passed its whole chain and may be published."""

    disclosure_id: UUID
    version: int
    area_path: str


@dataclass(frozen=True, slots=True)
class DisclosurePublished(Event):
    """A version is public, and will not change."""

    disclosure_id: UUID
    version: int
    area_path: str


@dataclass(frozen=True, slots=True)
class DisclosureWithdrawn(Event):
    """A version that withdraws the disclosure is public."""

    disclosure_id: UUID
    version: int
    area_path: str


@dataclass(frozen=True, slots=True)
class DisclosureExpired(Event):
    """The display is over."""

    disclosure_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class DisclosureTakenDown(Event):
    """The content is out of public sight; that it was there, and its hash, stay."""

    disclosure_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class DisclosureArchived(Event):
    """The retention on display is over."""

    disclosure_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class LogHeadSigned(Event):
    """The day's head of a log is signed; the log's id is its area's."""

    log_id: UUID
    head_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class QuestionAsked(Event):
    """Somebody asked about, or objected to, something public; its answer has a deadline."""

    question_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class QuestionWithdrawn(Event):
    """Its asker took a question back."""

    question_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class AnswerDueSoon(Event):
    """A question is not answered yet, and its deadline is near; told once for each deadline."""

    question_id: UUID
    area_path: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class QuestionAnswered(Event):
    """The body that answers for it gave its word."""

    question_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class QuestionEscalated(Event):
    """A question was not answered in time; it is before the street."""

    question_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class QuestionExtended(Event):
    """The street put the deadline of an answer off, for a public reason."""

    question_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class QuestionAppealed(Event):
    """An answer did not satisfy its asker, who took it up to the street."""

    question_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class QuestionDecided(Event):
    """The street decided a question."""

    question_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class QuestionDecisionOverdue(Event):
    """The street has not decided in time; everybody sees it."""

    question_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class AnswerRatedByAsker(Event):
    """The asker said whether an answer satisfied."""

    question_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class QuestionCorrected(Event):
    """A version that puts right what was objected to is public."""

    question_id: UUID
    disclosure_id: UUID
    version: int
    area_path: str


@dataclass(frozen=True, slots=True)
class DemandRaised(Event):
    """Somebody collects support for making an item public."""

    demand_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class DemandReached(Event):
    """So many stand behind a demand that the item is owed."""

    demand_id: UUID
    obligation_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class DemandLapsed(Event):
    """A demand did not find enough support in its days."""

    demand_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class SupervisorsFormed(Event):
    """A community has a supervisors' committee, in place of the one before."""

    committee_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class GatheringPlanned(Event):
    """A day on which a community answers in person is planned."""

    gathering_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class GatheringMoved(Event):
    """It was moved, for a public reason."""

    gathering_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class GatheringCancelled(Event):
    """It was called off, for a public reason."""

    gathering_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class GatheringNear(Event):
    """It is near; told once for each time that it is set for."""

    gathering_id: UUID
    area_path: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class TopicRegistered(Event):
    """Somebody wants to ask something there."""

    gathering_id: UUID
    topic_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class TopicAnswered(Event):
    """A topic was answered."""

    gathering_id: UUID
    topic_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class GatheringRecordPublished(Event):
    """Its record is confirmed and public."""

    gathering_id: UUID
    disclosure_id: UUID
    area_path: str
