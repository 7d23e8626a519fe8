"""What happened in the ballot box. No event tells of a single ballot."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event
from domains.voting.values import Outcome


@dataclass(frozen=True, slots=True)
class RollPublished(Event):
    """The roll is public and may be objected to."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class PollPublished(Event):
    """The roll is frozen and the question stands."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class PollOpened(Event):
    """Ballots are taken from now on."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class PollClosingSoon(Event):
    """Who has not voted may want to be told; once a poll, and never after its close."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class PollClosed(Event):
    """No more ballots are taken; secret ones are sealed and shuffled."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class PollTallied(Event):
    """The count is done and its result is public."""

    poll_id: UUID
    area_path: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class PollCancelled(Event):
    """The poll ended without a count."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class RollChanged(Event):
    """Somebody was admitted to a public roll, struck off it, or an entry was put right."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class RollClosingSoon(Event):
    """The days in which a roll may be objected to end soon; once a poll, and never after them."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class RollObjectionFiled(Event):
    """Somebody objects to a public roll."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class RollObjectionDecided(Event):
    """An objection to a roll was upheld or dismissed."""

    poll_id: UUID
    area_path: str
    objection_id: UUID


@dataclass(frozen=True, slots=True)
class RollObjectionOverdue(Event):
    """The days for deciding an objection to a roll are over, and it is open still; said once."""

    poll_id: UUID
    area_path: str
    objection_id: UUID


@dataclass(frozen=True, slots=True)
class ProxiesPublished(Event):
    """Principals and holders of proxies are public."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class CandidatesChanged(Event):
    """Somebody was nominated, vetted, withdrew, spoke for themselves or declared a relative."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class CandidateNominated(Event):
    """Somebody was nominated for a seat, or nominated once more."""

    poll_id: UUID
    area_path: str
    candidate_id: UUID


@dataclass(frozen=True, slots=True)
class CandidateVetted(Event):
    """A nominee was let stand, or refused with the grounds."""

    poll_id: UUID
    area_path: str
    candidate_id: UUID


@dataclass(frozen=True, slots=True)
class TellersChanged(Event):
    """Somebody was appointed to count or to watch, or is so no more."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class RunoffCreated(Event):
    """The seats that stayed open are voted on again."""

    poll_id: UUID
    runoff_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class RecallBegun(Event):
    """A petition asks for somebody's recall."""

    recall_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class RecallSupported(Event):
    """Enough have signed: a vote has to be held."""

    recall_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class RecallConvened(Event):
    """The vote on a recall has been drafted."""

    recall_id: UUID
    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class PollExtended(Event):
    """Too few had taken part at the close: the window goes on, once."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class PollCertified(Event):
    """No ground of invalidity is left."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class PollPublicised(Event):
    """The certified result is on display and may be challenged."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class PollChallenged(Event):
    """A voter challenges the result."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class PollChallengeDecided(Event):
    """A challenge was upheld or dismissed."""

    poll_id: UUID
    area_path: str
    challenge_id: UUID


@dataclass(frozen=True, slots=True)
class PollChallengeClosed(Event):
    """Another challenge annulled the poll, so that this one has nothing left to challenge."""

    poll_id: UUID
    area_path: str
    challenge_id: UUID
    author_id: UUID


@dataclass(frozen=True, slots=True)
class PollAnnulled(Event):
    """The result does not stand."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class PollFinished(Event):
    """The display is over; nothing can change the result any more."""

    poll_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class PollHeldAgain(Event):
    """What was annulled or inquorate is voted on again, as a poll of its own."""

    poll_id: UUID
    area_path: str
