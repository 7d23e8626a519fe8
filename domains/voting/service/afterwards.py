"""After the count: grounds looked through, the result certified, displayed, challenged, final.

A poll whose rules ask for nothing of it stays as it was counted. Nobody who stands in it
takes part in its certification. A challenge is answered by somebody else than its author;
upheld, it annuls the poll, and closes the other challenges with it; dismissed, the poll goes
on from where it was.
"""

from uuid import UUID

from domains.kernel import calendar, clock, database, idempotency, outbox
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.database import Row, fetch_one, transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.kernel.events import Event
from domains.voting.errors import (
    ChallengeDecided,
    ChallengeOpen,
    GroundContradicted,
    GroundsNotClear,
    GroundUnknown,
    NoGroundFound,
    NotChallengeable,
    NotCounted,
    NotOnRoll,
    OwnChallenge,
)
from domains.voting.events import (
    PollAnnulled,
    PollCertified,
    PollChallengeClosed,
    PollChallenged,
    PollChallengeDecided,
    PollFinished,
    PollPublicised,
)
from domains.voting.models import Poll
from domains.voting.queries import afterwards as queries
from domains.voting.rules.grounds import named
from domains.voting.rules.procedure import AfterCount
from domains.voting.service import conduct, runoffs
from domains.voting.service.polls import hold, told
from domains.voting.service.publishing import procedure_of, require_reason
from domains.voting.values import PollState

_CHECK = """
INSERT INTO voting_ground_check (poll_id, ground, clear, note, checked_by_id, checked_at)
VALUES ($1, $2, $3, $4, $5, kernel_now())
ON CONFLICT (poll_id, ground) DO UPDATE
SET clear = $3, note = $4, checked_by_id = $5, checked_at = kernel_now()
"""
_TO_PUBLICISE = """
SELECT id FROM voting_poll WHERE state = 'certified'
ORDER BY certified_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_TO_FINISH = """
SELECT id FROM voting_poll WHERE state = 'publicised' AND publicity_until <= kernel_now()
ORDER BY publicity_until LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_ON_ROLL = """
SELECT EXISTS (SELECT FROM voting_roll_entry
               WHERE poll_id = $1 AND voter_id = $2 AND standing = 'admitted')
"""
_OPEN = """
SELECT EXISTS (SELECT FROM voting_challenge WHERE poll_id = $1 AND state = 'open'
               AND ($2::uuid IS NULL OR by_id = $2))
"""
_FILE = """
INSERT INTO voting_challenge (id, poll_id, by_id, text, filed_at, due_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_DECIDE = """
UPDATE voting_challenge
SET state = $2, decided_by_id = $3, decided_at = kernel_now(), reason = $4 WHERE id = $1
"""
# Nobody decides these: what they challenge is gone.
_CLOSE_OTHERS = """
UPDATE voting_challenge SET state = 'closed', decided_at = kernel_now(), reason = $2
WHERE poll_id = $1 AND state = 'open' RETURNING id, by_id
"""
POLL_ANNULLED = "该表决已被认定无效,本异议一并终结。"
_DISPLAYED = frozenset({PollState.PUBLICISED, PollState.CHALLENGED})


async def check_ground(
    actor: Actor, poll_id: UUID, ground: str, *, clear: bool, note: str = ""
) -> None:
    """Say of a ground of invalidity whether it is absent; said again, the last word stands.

    Raises NotCounted, GroundUnknown, GroundContradicted where the record says otherwise.
    """
    if len(note.strip()) > 500 or not (clear or note.strip()):
        raise InvalidInput(
            path=("input", "note"),
            zh="说明不得超过 500 字;认定存在无效情形时必须说明。",
            en="A note has 500 characters at most; a ground that was found wants one.",
        )
    async with transaction():
        poll = await conduct.hold(actor, poll_id, "checkGround")
        await _require_counted(poll)
        found = {each.code: each for each in await queries.grounds(poll_id)}
        if ground not in found:
            raise GroundUnknown(path=("input", "ground"))
        if clear and found[ground].computed and not await _record_clears(poll_id, ground):
            raise GroundContradicted(path=("input", "ground"))
        await database.execute(_CHECK, poll_id, ground, clear, note.strip(), actor.person_id)
        await _told(actor, poll, "checkGround", ground=ground, clear=clear)


async def certify_poll(actor: Actor, poll_id: UUID) -> None:
    """Certify a result once no ground of invalidity is left; certified twice is once.

    Raises NotCounted, GroundsNotClear with those that are left.
    """
    async with transaction():
        poll = await conduct.hold(actor, poll_id, "certifyPoll")
        if poll.state is PollState.CERTIFIED:
            return
        await _require_counted(poll)
        left = [each.code for each in await queries.grounds(poll_id) if not each.clear]
        if left:
            zh, en = named(left)
            raise GroundsNotClear(path=("input", "pollId"), reason_zh=zh, reason_en=en)
        poll.state = PollState.CERTIFIED
        poll.certified_at = await clock.now()
        await _moved(actor, poll, "certifyPoll", PollCertified(poll_id, poll.area_path))


async def annul_poll(actor: Actor, poll_id: UUID, *, reason: str) -> None:
    """Declare a counted poll invalid, on a ground that was found; raises NoGroundFound."""
    require_reason(reason)
    async with transaction():
        poll = await conduct.hold(actor, poll_id, "annulPoll")
        await _require_counted(poll)
        if all(each.clear is not False for each in await queries.grounds(poll_id)):
            raise NoGroundFound(path=("input", "pollId"))
        await _annul(actor, poll, reason, "annulPoll")


async def publicise_due_poll() -> UUID | None:
    """Put one certified result on display for the days of its rules; None where none waits."""
    async with transaction():
        poll = await _take(_TO_PUBLICISE)
        if poll is None:
            return None
        now = await clock.now()
        poll.state = PollState.PUBLICISED
        poll.publicised_at = now
        poll.publicity_until = calendar.deadline(now, _after_count(poll).publicity).at
        event = PollPublicised(poll.id, poll.area_path)
        await _moved(SYSTEM, poll, "publicisePoll", event)
        return poll.id


async def finish_due_poll() -> UUID | None:
    """End one display that is over and has no open challenge; None where none is due."""
    async with transaction():
        poll = await _take(_TO_FINISH)
        if poll is None:
            return None
        poll.state = PollState.FINAL
        poll.final_at = await clock.now()
        await _moved(SYSTEM, poll, "finishPoll", PollFinished(poll.id, poll.area_path))
        return poll.id


async def challenge_poll(
    actor: Actor, poll_id: UUID, text: str, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """File a voter's challenge within the display; returns its id and whether it is a replay.

    Raises NotOnRoll, NotChallengeable, ChallengeOpen while an earlier one waits.
    """
    said = text.strip()
    if not 1 <= len(said) <= 2000:
        raise InvalidInput(
            path=("input", "text"),
            zh="异议须为 1 至 2000 字。",
            en="A challenge has 1 to 2,000 characters.",
        )
    async with transaction():
        poll = await hold(actor, poll_id, "challengePoll")
        given = {"poll": poll_id, "text": said}
        earlier = await idempotency.claim(actor, idempotency_key, "challengePoll", given)
        if earlier is not None:
            return UUID(earlier["challenge"]), True
        now = await clock.now()
        if not await database.fetch_value(_ON_ROLL, poll_id, actor.person_id):
            raise NotOnRoll(path=("input", "pollId"))
        until = poll.publicity_until
        if poll.state not in _DISPLAYED or until is None or until <= now:
            raise NotChallengeable(path=("input", "pollId"))
        if await database.fetch_value(_OPEN, poll_id, actor.person_id):
            raise ChallengeOpen(path=("input", "pollId"))
        challenge_id = database.new_id()
        due_at = calendar.deadline(now, _after_count(poll).answer).at
        await database.execute(
            _FILE, *(challenge_id, poll_id, actor.person_id), *(said, now, due_at)
        )
        await idempotency.settle(actor, idempotency_key, {"challenge": str(challenge_id)})
        poll.state = PollState.CHALLENGED
        event = PollChallenged(poll_id, poll.area_path)
        await _moved(actor, poll, "challengePoll", event)
        return challenge_id, False


async def decide_challenge(actor: Actor, challenge_id: UUID, *, upheld: bool, reason: str) -> UUID:
    """Answer a challenge with a reason; upheld, it annuls the poll. Returns the poll's id.

    Raises ChallengeDecided, OwnChallenge. A late answer counts, and its lateness shows.
    """
    require_reason(reason)
    async with transaction():
        poll, challenge = await _hold_challenge(actor, challenge_id)
        if challenge["state"] != "open" or poll.state is not PollState.CHALLENGED:
            raise ChallengeDecided(path=("input", "challengeId"))
        if challenge["by_id"] == actor.person_id:
            raise OwnChallenge(path=("input", "challengeId"))
        state = "upheld" if upheld else "dismissed"
        await database.execute(_DECIDE, challenge_id, state, actor.person_id, reason.strip())
        await outbox.record(PollChallengeDecided(poll.id, poll.area_path, challenge_id))
        if upheld:
            await _annul(actor, poll, reason, "decideChallenge")
            return poll.id
        if not await database.fetch_value(_OPEN, poll.id, None):
            poll.state = PollState.PUBLICISED
        await _moved(actor, poll, "decideChallenge")
        return poll.id


async def _require_counted(poll: Poll) -> None:
    counted = poll.state in {PollState.TALLIED, PollState.RUNOFF_REQUIRED}
    if not counted or procedure_of(poll).after_count is None or await runoffs.is_awaited(poll):
        raise NotCounted(path=("input", "pollId"))


async def _record_clears(poll_id: UUID, ground: str) -> bool:
    facts = await queries.recorded_grounds(poll_id)
    return facts[ground]


def _after_count(poll: Poll) -> AfterCount:
    after_count = procedure_of(poll).after_count
    assert after_count is not None, "only a poll with a procedure after the count is certified"
    return after_count


async def _take(sql: str) -> Poll | None:
    row = await fetch_one(sql)
    return None if row is None else await Poll.get(id=row["id"])


async def _hold_challenge(actor: Actor, challenge_id: UUID) -> tuple[Poll, Row]:
    """Lock the poll of a challenge, then read the challenge as it is under that lock."""
    found = await fetch_one("SELECT poll_id FROM voting_challenge WHERE id = $1", challenge_id)
    if found is None:
        raise NotFound(path=("input", "challengeId"))
    try:
        poll = await conduct.hold(actor, found["poll_id"], "decideChallenge")
    except NotFound:
        raise NotFound(path=("input", "challengeId")) from None
    row = await fetch_one("SELECT state, by_id FROM voting_challenge WHERE id = $1", challenge_id)
    assert row is not None, "a challenge is never removed"
    return poll, row


async def _annul(actor: Actor, poll: Poll, reason: str, command: str) -> None:
    for each in await database.fetch(_CLOSE_OTHERS, poll.id, POLL_ANNULLED):
        event = PollChallengeClosed(poll.id, poll.area_path, each["id"], each["by_id"])
        await outbox.record(event)
    poll.state = PollState.ANNULLED
    poll.annulled_at = await clock.now()
    poll.annul_reason = reason.strip()
    await _moved(actor, poll, command, PollAnnulled(poll.id, poll.area_path))


async def _moved(actor: Actor, poll: Poll, command: str, event: Event | None = None) -> None:
    poll.version += 1
    await poll.save()
    if event is not None:
        await outbox.record(event)
    await _told(actor, poll, command, state=poll.state.value, version=poll.version)


async def _told(actor: Actor, poll: Poll, command: str, **details: str | int | bool) -> None:
    await told(actor, poll.id, await conduct.community_of(poll), command, dict(details))
