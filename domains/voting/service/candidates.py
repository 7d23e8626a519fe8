"""Who stands for election: nominated while the roll is public, vetted, and free to withdraw.

When the roll is frozen, those who stand become the paper. A teller who comes to stand, or
whose near relative does, is a teller no more.
"""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import calendar, clock, database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import Row, fetch_one, fetch_value, transaction
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.membership.queries import electorate
from domains.voting.errors import (
    CandidateSettled,
    CandidatesTooMany,
    CandidateUnfit,
    NominationsOver,
    NominationsSpent,
    NotAnElection,
    NotANominator,
    OwnCandidacy,
)
from domains.voting.events import CandidateNominated, CandidatesChanged, CandidateVetted
from domains.voting.models import Poll
from domains.voting.rules.entries import Known, of_age
from domains.voting.rules.procedure import ElectionProcedure
from domains.voting.service import tellers
from domains.voting.service.conduct import community_of
from domains.voting.service.polls import hold, told
from domains.voting.service.publishing import procedure_of
from domains.voting.values import (
    LARGEST_OPTION_COUNT,
    CandidateState,
    PollMethod,
    PollState,
    VettingGround,
)

_ON_ROLL = """
SELECT voter_id, name FROM voting_roll_entry
WHERE poll_id = $1 AND standing = 'admitted' AND voter_id = $2
"""
_LIVE = """
SELECT id, state FROM voting_candidate
WHERE poll_id = $1 AND person_id = $2 AND state NOT IN ('refused', 'withdrawn')
"""
_CANDIDATE = """
INSERT INTO voting_candidate (id, poll_id, person_id, name, gender, state, nominated_by_id,
                              nominated_at)
VALUES ($1, $2, $3, $4, $5, 'nominated', $6, kernel_now())
"""
_NOMINATE = """
INSERT INTO voting_nomination (candidate_id, by_id, at) VALUES ($1, $2, kernel_now())
ON CONFLICT DO NOTHING
"""
_NOMINATED_BY = """
SELECT count(*) FROM voting_nomination n JOIN voting_candidate c ON c.id = n.candidate_id
WHERE c.poll_id = $1 AND n.by_id = $2 AND c.state NOT IN ('refused', 'withdrawn')
"""
_NOMINATORS = """
SELECT count(*) FROM voting_nomination n
JOIN voting_roll_entry r ON r.poll_id = $2 AND r.voter_id = n.by_id AND r.standing = 'admitted'
WHERE n.candidate_id = $1
"""
_RUNNING = """
SELECT count(*) FROM voting_candidate WHERE poll_id = $1 AND state IN ('nominated', 'standing')
"""
_STANDING = "SELECT count(*) FROM voting_candidate WHERE poll_id = $1 AND state = 'standing'"
_VET = """
UPDATE voting_candidate SET state = $2, vetted_by_id = $3, vetted_at = kernel_now(),
    grounds = $4, reason = $5
WHERE id = $1
"""
_WORDS = {
    VettingGround.NOT_ON_ROLL: ("不在选民名册上", "not on the roll"),
    VettingGround.UNDER_AGE: ("未达法定年龄", "under age"),
    VettingGround.NO_POLITICAL_RIGHTS: ("被剥夺政治权利", "deprived of political rights"),
    VettingGround.TOO_FEW_NOMINATORS: ("提名人数不足", "nominated by too few"),
    VettingGround.OTHER: ("其他原因", "for another reason"),
}


async def nominate_candidate(actor: Actor, poll_id: UUID, *, person_id: UUID) -> UUID:
    """Nominate somebody on the roll, or join who did; said twice is once.

    Raises NotAnElection, NominationsOver, NotANominator, NominationsSpent.
    """
    async with transaction():
        poll = await hold(actor, poll_id, "nominateCandidate")
        procedure = election_of(poll)
        await _require_nominations(poll)
        nominator = await fetch_one(_ON_ROLL, poll_id, actor.person_id)
        if nominator is None:
            raise NotANominator(path=("input", "pollId"))
        nominee = await fetch_one(_ON_ROLL, poll_id, person_id)
        if nominee is None:
            raise NotFound(path=("input", "personId"))
        if nominee["voter_id"] == actor.person_id and not procedure.self_nomination:
            raise NotANominator(path=("input", "personId"))
        candidate_id = await _candidate(actor, poll, nominee)
        if await database.execute(_NOMINATE, candidate_id, actor.person_id):
            if await fetch_value(_NOMINATED_BY, poll_id, actor.person_id) > poll.seats:
                raise NominationsSpent(path=("input", "pollId"), most=poll.seats)
            await outbox.record(CandidateNominated(poll_id, poll.area_path, candidate_id))
            await _changed(actor, poll, "nominateCandidate", {"candidate": str(candidate_id)})
        return candidate_id


async def _require_nominations(poll: Poll) -> None:
    """Nominations end by the rule's day, but go on where too few would stand, until the window."""
    now = await clock.now()
    ended = poll.nominations_until is None or now >= poll.nominations_until
    short = poll.least_candidates is not None and (
        await fetch_value(_RUNNING, poll.id) < poll.least_candidates
    )
    over = ended and not (short and now < poll.opens_at)
    if poll.state is not PollState.ROLL_PUBLISHED or over:
        raise NominationsOver(path=("input", "pollId"))


async def _candidate(actor: Actor, poll: Poll, nominee: Row) -> UUID:
    standing = await fetch_one(_LIVE, poll.id, nominee["voter_id"])
    if standing is not None:
        found: UUID = standing["id"]
        return found
    found_row = await known(poll, nominee["voter_id"])
    candidate_id = database.new_id()
    gender = found_row["gender"] if found_row else None
    await database.execute(
        _CANDIDATE,
        *(candidate_id, poll.id, nominee["voter_id"], nominee["name"], gender, actor.person_id),
    )
    return candidate_id


async def vet_candidate(
    actor: Actor,
    candidate_id: UUID,
    *,
    fit: bool,
    grounds: Sequence[VettingGround] = (),
    reason: str = "",
) -> None:
    """Let a nominee stand, or refuse them with the grounds; who stands vets nobody.

    Raises CandidateSettled, OwnCandidacy, CandidateUnfit where the law's conditions are not
    there, and CandidatesTooMany where the paper is full.
    """
    _require_said(fit=fit, grounds=grounds, reason=reason)
    async with transaction():
        poll, candidate = await hold_candidate(actor, candidate_id, "vetCandidate")
        if candidate["state"] != CandidateState.NOMINATED or not _before_paper(poll):
            raise CandidateSettled(path=("input", "candidateId"))
        if await fetch_one(_LIVE, poll.id, actor.person_id):
            raise OwnCandidacy(path=("input", "candidateId"))
        if fit:
            await _require_fit(poll, candidate)
        state = CandidateState.STANDING if fit else CandidateState.REFUSED
        said = sorted({ground.value for ground in grounds})
        await database.execute(
            _VET, candidate_id, state.value, actor.person_id, said, reason.strip() or None
        )
        await outbox.record(CandidateVetted(poll.id, poll.area_path, candidate_id))
        excluded = await tellers.exclude(poll.id)
        details = {"candidate": str(candidate_id), "fit": fit, "tellersExcluded": excluded}
        await _changed(actor, poll, "vetCandidate", details)


def _require_said(*, fit: bool, grounds: Sequence[VettingGround], reason: str) -> None:
    unsaid = not grounds or (VettingGround.OTHER in grounds and not reason.strip())
    if (fit and grounds) or (not fit and unsaid) or len(reason) > 500:
        raise InvalidInput(
            path=("input", "grounds"),
            zh="不予通过须选择理由(其他原因须写明,最多 500 字);通过则不填理由。",
            en="A refusal names its grounds, OTHER with a reason of 500 characters at most;"
            " who is fit has none.",
        )


async def _require_fit(poll: Poll, candidate: Row) -> None:
    grounds = await _unfitness(poll, candidate)
    if grounds:
        raise CandidateUnfit(
            path=("input", "candidateId"),
            reason_zh="、".join(_WORDS[each][0] for each in grounds),
            reason_en=", ".join(_WORDS[each][1] for each in grounds),
        )
    if await fetch_value(_STANDING, poll.id) >= LARGEST_OPTION_COUNT:
        raise CandidatesTooMany(path=("input", "candidateId"), most=LARGEST_OPTION_COUNT)


async def _unfitness(poll: Poll, candidate: Row) -> list[VettingGround]:
    procedure = procedure_of(poll)
    row = await known(poll, candidate["person_id"])
    grounds = []
    if await fetch_one(_ON_ROLL, poll.id, candidate["person_id"]) is None:
        grounds.append(VettingGround.NOT_ON_ROLL)
    if row is None or not row["has_political_rights"]:
        grounds.append(VettingGround.NO_POLITICAL_RIGHTS)
    elif not of_age(
        Known(
            birth_date=row["birth_date"],
            has_political_rights=True,
            lives_since=row["lives_since"],
            was_ever_bound=row["was_ever_bound"],
            represents=row["represents"],
        ),
        on=calendar.day_of(poll.opens_at),
        least_age=procedure.least_age,
    ):
        grounds.append(VettingGround.UNDER_AGE)
    least = election_of(poll).least_nominators
    if await fetch_value(_NOMINATORS, candidate["id"], poll.id) < least:
        grounds.append(VettingGround.TOO_FEW_NOMINATORS)
    return grounds


async def known(poll: Poll, person_id: UUID) -> Row | None:
    """Return what the register knows of somebody on the day of the vote."""
    on = calendar.day_of(poll.opens_at)
    return await electorate.known_in(poll.area_path, on, person_id)


async def withdraw_candidacy(actor: Actor, candidate_id: UUID, *, reason: str = "") -> None:
    """Decline a nomination or withdraw from standing, before the paper is fixed.

    Raises Forbidden for who is not the candidate, CandidateSettled once it is too late.
    """
    _require_length(reason, most=500, path="reason")
    async with transaction():
        poll, candidate = await hold_candidate(actor, candidate_id, "withdrawCandidacy")
        _require_own(actor, candidate)
        if candidate["state"] == CandidateState.WITHDRAWN:
            return
        _require_open(poll, candidate)
        await database.execute(
            "UPDATE voting_candidate SET state = 'withdrawn', reason = $2 WHERE id = $1",
            candidate_id,
            reason.strip() or None,
        )
        await _changed(actor, poll, "withdrawCandidacy", {"candidate": str(candidate_id)})


async def write_candidate_statement(actor: Actor, candidate_id: UUID, *, statement: str) -> None:
    """Say why one stands, in at most 2000 characters; the candidate's own words, before the paper.

    Raises Forbidden for who is not the candidate, CandidateSettled once it is too late.
    """
    _require_length(statement, most=2000, path="statement")
    async with transaction():
        poll, candidate = await hold_candidate(actor, candidate_id, "writeCandidateStatement")
        _require_own(actor, candidate)
        _require_open(poll, candidate)
        await database.execute(
            "UPDATE voting_candidate SET statement = $2 WHERE id = $1",
            candidate_id,
            statement.strip(),
        )
        await _changed(actor, poll, "writeCandidateStatement", {"candidate": str(candidate_id)})


async def hold_candidate(actor: Actor, candidate_id: UUID, action: str) -> tuple[Poll, Row]:
    """Lock a candidate's poll for a command that the table allows; raises NotFound, Forbidden."""
    poll_id = await fetch_value("SELECT poll_id FROM voting_candidate WHERE id = $1", candidate_id)
    if poll_id is None:
        raise NotFound(path=("input", "candidateId"))
    poll = await hold(actor, poll_id, action)
    row = await fetch_one(
        "SELECT id, person_id, state FROM voting_candidate WHERE id = $1", candidate_id
    )
    assert row is not None, "a candidate is never removed"
    return poll, row


def election_of(poll: Poll) -> ElectionProcedure:
    """Return the election procedure of a published poll; raises NotAnElection."""
    if poll.method is not PollMethod.ELECTION or poll.frozen_rules is None:
        raise NotAnElection(path=("input", "pollId"))
    procedure = procedure_of(poll).election
    assert procedure is not None, "no election is drafted under rules that know none"
    return procedure


def _require_own(actor: Actor, candidate: Row) -> None:
    if actor.person_id is None or candidate["person_id"] != actor.person_id:
        raise Forbidden(path=("input", "candidateId"))


def _require_open(poll: Poll, candidate: Row) -> None:
    running = candidate["state"] in {CandidateState.NOMINATED, CandidateState.STANDING}
    if not (running and _before_paper(poll)):
        raise CandidateSettled(path=("input", "candidateId"))


def _before_paper(poll: Poll) -> bool:
    return poll.state is PollState.ROLL_PUBLISHED


def _require_length(text: str, *, most: int, path: str) -> None:
    if len(text) > most:
        raise InvalidInput(
            path=("input", path),
            zh=f"最多 {most} 字。",
            en=f"{most} characters at most.",
        )


async def _changed(actor: Actor, poll: Poll, command: str, details: dict[str, object]) -> None:
    await outbox.record(CandidatesChanged(poll.id, poll.area_path))
    await told(actor, poll.id, await community_of(poll), command, details)
