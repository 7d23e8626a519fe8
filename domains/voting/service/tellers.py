"""Tellers and scrutineers, and who is a near relative of whom: those who stand do not count.

A teller who comes to stand, or a near relative of theirs, is excluded at once, and the
reason kept.
"""

from uuid import UUID

from domains.kernel import database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import fetch_value, transaction
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.membership.queries import electorate
from domains.voting import policy
from domains.voting.errors import KinshipFixed, NotAnElection, TellerGone, TellerUnfit
from domains.voting.events import CandidatesChanged, TellersChanged
from domains.voting.models import Poll
from domains.voting.service.conduct import community_of
from domains.voting.service.polls import hold, told
from domains.voting.service.publishing import require_reason
from domains.voting.values import Kin, PollMethod, PollState, TellerDuty

_RELATED = """
EXISTS (
    SELECT FROM voting_kinship k JOIN voting_candidate c ON c.poll_id = k.poll_id
    WHERE k.poll_id = {poll} AND c.state = 'standing'
      AND (k.one_id, k.other_id) IN (({person}, c.person_id), (c.person_id, {person})))
"""
_RUNS = """
EXISTS (SELECT FROM voting_candidate c WHERE c.poll_id = {poll} AND c.person_id = {person}
        AND c.state IN ({states}))
"""
_IS_UNFIT = (
    "SELECT "
    + _RUNS.format(poll="$1", person="$2::uuid", states="'nominated', 'standing'")
    + " OR "
    + _RELATED.format(poll="$1", person="$2::uuid")
)
_EXCLUDE = f"""
UPDATE voting_teller t SET ended_at = kernel_now(), end_reason = CASE
    WHEN {_RUNS.format(poll="t.poll_id", person="t.person_id", states="'standing'")}
    THEN 'stands' ELSE 'relative_stands' END
WHERE t.poll_id = $1 AND t.ended_at IS NULL AND (
    {_RUNS.format(poll="t.poll_id", person="t.person_id", states="'standing'")}
    OR {_RELATED.format(poll="t.poll_id", person="t.person_id")})
"""
_APPOINT = """
INSERT INTO voting_teller (poll_id, person_id, duty, appointed_by_id, appointed_at)
VALUES ($1, $2, $3, $4, kernel_now())
ON CONFLICT (poll_id, person_id) DO UPDATE SET
    duty = excluded.duty, appointed_by_id = excluded.appointed_by_id,
    appointed_at = excluded.appointed_at, ended_at = NULL, end_reason = NULL
"""
_END = """
UPDATE voting_teller SET ended_at = kernel_now(), end_reason = $3
WHERE poll_id = $1 AND person_id = $2 AND ended_at IS NULL
"""
_KIN = """
INSERT INTO voting_kinship (poll_id, one_id, other_id, relation, declared_by_id, declared_at)
VALUES ($1, LEAST($2::uuid, $3::uuid), GREATEST($2::uuid, $3::uuid), $4, $5, kernel_now())
ON CONFLICT DO NOTHING
"""
_KNOWN_HERE = """
SELECT EXISTS (SELECT FROM voting_roll_entry WHERE poll_id = $1 AND voter_id = $2)
    OR EXISTS (SELECT FROM voting_teller WHERE poll_id = $1 AND person_id = $2)
"""
_CANDIDATE_PERSON = """
SELECT person_id FROM voting_candidate
WHERE poll_id = $1 AND person_id = $2 AND state IN ('nominated', 'standing')
"""
# Until the count is done; a paper count goes on after the close.
_TELLERS_WORK = frozenset(
    {PollState.ROLL_PUBLISHED, PollState.ROLL_FROZEN, PollState.OPEN, PollState.CLOSED}
)


async def appoint_teller(actor: Actor, poll_id: UUID, *, person_id: UUID, duty: TellerDuty) -> None:
    """Let somebody count, or watch the count; appointed twice is once.

    Raises TellerUnfit for candidates and their near relatives, TellerGone after the count.
    """
    async with transaction():
        poll = await hold(actor, poll_id, "appointTeller")
        if poll.state not in _TELLERS_WORK:
            raise TellerGone(path=("input", "pollId"))
        if not await electorate.named([person_id]):
            raise NotFound(path=("input", "personId"))
        if await fetch_value(_IS_UNFIT, poll_id, person_id):
            raise TellerUnfit(path=("input", "personId"))
        await database.execute(_APPOINT, poll_id, person_id, duty.value, actor.person_id)
        await _changed(actor, poll, "appointTeller", {"person": str(person_id)})


async def end_teller(actor: Actor, poll_id: UUID, *, person_id: UUID, reason: str) -> None:
    """End a teller's duty, for a reason; raises TellerGone where there is none."""
    require_reason(reason)
    async with transaction():
        poll = await hold(actor, poll_id, "endTeller")
        ended = poll.state in _TELLERS_WORK and await database.execute(
            _END, poll_id, person_id, reason.strip()[:200]
        )
        if not ended:
            raise TellerGone(path=("input", "personId"))
        await _changed(actor, poll, "endTeller", {"person": str(person_id)})


async def exclude(poll_id: UUID) -> int:
    """End the duties of tellers who stand, or whose near relatives do; returns how many."""
    database.require_open_transaction()
    return await database.execute(_EXCLUDE, poll_id)


async def declare_kinship(
    actor: Actor, poll_id: UUID, *, candidate_id: UUID, relative_id: UUID, relation: Kin
) -> None:
    """Say that a candidate is a near relative of somebody on the roll or among the tellers.

    Either of the two says so, or a convener; raises Forbidden for others, KinshipFixed once
    the candidates are fixed.
    """
    async with transaction():
        poll = await hold(actor, poll_id, "declareKinship")
        if poll.method is not PollMethod.ELECTION:
            raise NotAnElection(path=("input", "pollId"))
        if poll.state is not PollState.ROLL_PUBLISHED:
            raise KinshipFixed(path=("input", "pollId"))
        if not await fetch_value(_CANDIDATE_PERSON, poll_id, candidate_id):
            raise NotFound(path=("input", "personId"))
        if not await fetch_value(_KNOWN_HERE, poll_id, relative_id):
            raise NotFound(path=("input", "relativeId"))
        _require_two(candidate_id, relative_id)
        place = policy.PollPlace(poll.area_path, poll.state)
        if actor.person_id not in {candidate_id, relative_id} and not policy.convenes(actor, place):
            raise Forbidden(path=("input", "relativeId"))
        declared = (poll_id, candidate_id, relative_id, relation.value, actor.person_id)
        if await database.execute(_KIN, *declared):
            excluded = await exclude(poll_id)
            await outbox.record(CandidatesChanged(poll.id, poll.area_path))
            await told(
                actor,
                poll_id,
                await community_of(poll),
                "declareKinship",
                {"tellersExcluded": excluded},
            )


def _require_two(one: UUID, other: UUID) -> None:
    if one == other:
        raise InvalidInput(
            path=("input", "relativeId"),
            zh="不能与本人申报近亲属关系。",
            en="Nobody is a relative of their own.",
        )


async def _changed(actor: Actor, poll: Poll, command: str, details: dict[str, object]) -> None:
    await outbox.record(TellersChanged(poll.id, poll.area_path))
    await told(actor, poll.id, await community_of(poll), command, details)
