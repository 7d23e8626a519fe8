"""What happened to a pledge; its followers are told from these alone."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event
from domains.pledges.values.pledges import ObjectionAbout


@dataclass(frozen=True, slots=True)
class ProgrammeOpened(Event):
    """A community takes proposals for the year's pledges."""

    programme_id: UUID
    area_path: str
    year: int


@dataclass(frozen=True, slots=True)
class PledgeEvent(Event):
    """Something that happened to one pledge."""

    pledge_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class PledgeProposed(PledgeEvent):
    """A pledge waits to be screened."""


@dataclass(frozen=True, slots=True)
class PledgeScreened(PledgeEvent):
    """A proposal was accepted or declined, with a reason."""

    accepted: bool


@dataclass(frozen=True, slots=True)
class PledgeNoticed(PledgeEvent):
    """A pledge is on public notice and may be objected to."""


@dataclass(frozen=True, slots=True)
class PledgeObjectionFiled(PledgeEvent):
    """A resident objects to a notice, or contests a claim."""

    objection_id: UUID
    about: ObjectionAbout


@dataclass(frozen=True, slots=True)
class PledgeObjectionAnswered(PledgeEvent):
    """An objection or contest was answered."""

    objection_id: UUID
    about: ObjectionAbout
    upheld: bool


@dataclass(frozen=True, slots=True)
class PledgeAnswerLate(PledgeEvent):
    """An objection or contest was not answered in time; once each."""

    objection_id: UUID
    about: ObjectionAbout


@dataclass(frozen=True, slots=True)
class PledgeWithdrawn(PledgeEvent):
    """A pledge was withdrawn before it was committed."""


@dataclass(frozen=True, slots=True)
class PledgeCommitted(PledgeEvent):
    """The promise is given."""


@dataclass(frozen=True, slots=True)
class PledgeChangeNoticed(PledgeEvent):
    """A change of the promise is on public notice and may be objected to."""

    change_id: UUID


@dataclass(frozen=True, slots=True)
class PledgeChanged(PledgeEvent):
    """A change came into force; the first deadline stands beside the new one."""

    change_id: UUID


@dataclass(frozen=True, slots=True)
class PledgeChangeDropped(PledgeEvent):
    """A change was rejected or withdrawn; the promise stands as it was."""

    change_id: UUID


@dataclass(frozen=True, slots=True)
class PledgeProgressed(PledgeEvent):
    """A report claims progress, with evidence."""

    report_id: UUID


@dataclass(frozen=True, slots=True)
class PledgeClaimStruck(PledgeEvent):
    """A contested claim does not stand."""

    report_id: UUID


@dataclass(frozen=True, slots=True)
class PledgeMilestoneDue(PledgeEvent):
    """A milestone comes due soon and has not been reached; once for each day it is due on."""

    milestone_key: UUID
    due_on: str


@dataclass(frozen=True, slots=True)
class PledgeOverdue(PledgeEvent):
    """The deadline passed without delivery; once for each deadline."""

    deadline: str


@dataclass(frozen=True, slots=True)
class PledgeDelivered(PledgeEvent):
    """The promise is said to be kept; who may accept it is asked to."""

    report_id: UUID


@dataclass(frozen=True, slots=True)
class PledgeSentBack(PledgeEvent):
    """Those who may accept it did not, or the claim of delivery was struck."""


@dataclass(frozen=True, slots=True)
class PledgeAccepted(PledgeEvent):
    """Residents or their representatives accepted what was delivered."""


@dataclass(frozen=True, slots=True)
class PledgeClosed(PledgeEvent):
    """Nothing is left to be done."""


@dataclass(frozen=True, slots=True)
class PledgeDefaulted(PledgeEvent):
    """The promise was not kept, and the reason is public."""


@dataclass(frozen=True, slots=True)
class PledgeCommented(PledgeEvent):
    """Somebody wrote a comment."""

    comment_id: UUID


OF_A_PLEDGE: tuple[type[PledgeEvent], ...] = (
    PledgeProposed,
    PledgeScreened,
    PledgeNoticed,
    PledgeObjectionFiled,
    PledgeObjectionAnswered,
    PledgeAnswerLate,
    PledgeWithdrawn,
    PledgeCommitted,
    PledgeChangeNoticed,
    PledgeChanged,
    PledgeChangeDropped,
    PledgeProgressed,
    PledgeClaimStruck,
    PledgeMilestoneDue,
    PledgeOverdue,
    PledgeDelivered,
    PledgeSentBack,
    PledgeAccepted,
    PledgeClosed,
    PledgeDefaulted,
    PledgeCommented,
)
