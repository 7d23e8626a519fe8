"""Who may, in the ballot box: one declared table, used by commands and by what queries show."""

from dataclasses import dataclass

from domains.kernel.actor import Actor, Authority, Placed, Role, Rule, has, signed_in
from domains.voting.values import PUBLISHED, RESULT_STANDS, PollState

CONVENERS = (Role.COMMITTEE_MEMBER, Role.STREET_REVIEWER, Role.PLATFORM_ADMINISTRATOR)

HELPERS = (Role.GRID_WORKER, Role.BUILDING_CAPTAIN, Role.COMMITTEE_MEMBER)
# Who reads areas and units on a roll besides the voters themselves.
ROLL_READERS = (*CONVENERS, Role.SUPERVISOR)

convenes = has(*CONVENERS)


@dataclass(frozen=True, slots=True)
class PollPlace:
    """What authority judges a poll by; `teller` tells whether the actor is a teller of it."""

    area_path: str
    state: PollState
    teller: bool = False


@dataclass(frozen=True, slots=True)
class VoterPlace:
    """A voter of a poll, at the building where they live, or at the poll's own area."""

    area_path: str
    poll: PollPlace


def sees_area(actor: Actor, area_path: str) -> bool:
    """Whether the actor belongs to the area: to it, to what lies in it, or to what it lies in."""
    return actor.system or any(
        area_path.startswith(held) or held.startswith(area_path) for held in actor.area_paths()
    )


def sees_poll(actor: Actor, target: Placed | None) -> bool:
    """Drafts are seen by conveners, published polls by those who belong, results by everybody."""
    assert isinstance(target, PollPlace)
    if target.state not in PUBLISHED:
        return convenes(actor, target)
    return target.state in RESULT_STANDS or sees_area(actor, target.area_path)


def _sees_the_poll_of(actor: Actor, target: Placed | None) -> bool:
    assert isinstance(target, VoterPlace)
    return sees_poll(actor, target.poll)


def _knows_area(actor: Actor, area: Placed | None) -> bool:
    return area is not None and sees_area(actor, area.area_path)


helps = has(*HELPERS)


def conducts(actor: Actor, target: Placed | None) -> bool:
    """Tellers of the poll, and who convenes it."""
    return convenes(actor, target) or (isinstance(target, PollPlace) and target.teller)


AUTHORITY: Authority = {
    "adoptRuleSet": Rule(may=convenes, sees=_knows_area),
    "createPoll": Rule(may=convenes, sees=_knows_area),
    "updatePoll": Rule(may=convenes, sees=sees_poll),
    "submitPoll": Rule(may=convenes, sees=sees_poll),
    "returnPoll": Rule(may=convenes, sees=sees_poll),
    "publishPoll": Rule(may=convenes, sees=sees_poll),
    "cancelPoll": Rule(may=convenes, sees=sees_poll),
    # Who may cast is not a role but a place on the frozen roll, which the cast itself checks.
    "castBallot": Rule(may=signed_in),
    "castBallotFor": Rule(may=helps, sees=_sees_the_poll_of),
    # Objections are for whoever belongs; deciding and changing a roll are for conveners.
    "objectToRoll": Rule(may=signed_in, sees=sees_poll),
    "decideRollObjection": Rule(may=convenes, sees=sees_poll),
    "admitVoter": Rule(may=convenes, sees=sees_poll),
    "strikeVoter": Rule(may=convenes, sees=sees_poll),
    # Whose proxy it is to give, hold or end, the commands check.
    "fileProxy": Rule(may=signed_in, sees=sees_poll),
    "fileProxyFor": Rule(may=helps, sees=_sees_the_poll_of),
    "endProxy": Rule(may=signed_in, sees=sees_poll),
    "publishProxies": Rule(may=convenes, sees=sees_poll),
    "openProxyDocument": Rule(may=signed_in, sees=sees_poll),
    # Paper is in its tellers' hands; who stands in the poll is kept away by the commands.
    "issuePaperBallot": Rule(may=conducts, sees=sees_poll),
    "takeBackPaperBallot": Rule(may=conducts, sees=sees_poll),
    "openPaperBatch": Rule(may=conducts, sees=sees_poll),
    "enterPaperBatch": Rule(may=conducts, sees=sees_poll),
    "enterPaperBatchFile": Rule(may=conducts, sees=sees_poll),
    "reopenPaperBatch": Rule(may=conducts, sees=sees_poll),
    "discardPaperBatch": Rule(may=convenes, sees=sees_poll),
    "completePaper": Rule(may=conducts, sees=sees_poll),
    # After the count. Who may challenge is on the roll, which the command checks.
    "checkGround": Rule(may=convenes, sees=sees_poll),
    "certifyPoll": Rule(may=convenes, sees=sees_poll),
    "annulPoll": Rule(may=convenes, sees=sees_poll),
    "challengePoll": Rule(may=signed_in, sees=sees_poll),
    "decideChallenge": Rule(may=convenes, sees=sees_poll),
    "createReelection": Rule(may=convenes, sees=sees_poll),
    # Voters on the roll nominate, candidates speak for themselves: the commands check both.
    "nominateCandidate": Rule(may=signed_in, sees=sees_poll),
    "vetCandidate": Rule(may=convenes, sees=sees_poll),
    "withdrawCandidacy": Rule(may=signed_in, sees=sees_poll),
    "writeCandidateStatement": Rule(may=signed_in, sees=sees_poll),
    "declareKinship": Rule(may=signed_in, sees=sees_poll),
    "addWriteIn": Rule(may=signed_in, sees=sees_poll),
    "appointTeller": Rule(may=convenes, sees=sees_poll),
    "endTeller": Rule(may=convenes, sees=sees_poll),
    "createRunoff": Rule(may=convenes, sees=sees_poll),
    # Who may sign for a recall, and who answers it, the commands check.
    "createRecall": Rule(may=signed_in, sees=_knows_area),
    "signRecall": Rule(may=signed_in, sees=_knows_area),
    "answerRecall": Rule(may=signed_in, sees=_knows_area),
    "conveneRecall": Rule(may=convenes, sees=_knows_area),
}
