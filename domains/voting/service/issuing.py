"""Giving papers out, and taking one back that was given out by mistake.

A paper takes its voter's one participation in the statement that gives it out, under the lock
that casting shares; so nobody has a paper and an online ballot. Taken back, it is as if it had
never been given out: only until the close, and only by who holds the paper in their hands.
Afterwards what was not returned takes no part anyway, and in a SECRET poll nobody could say
whose was. The exclusive lock keeps casting and giving out away meanwhile.
"""

from datetime import datetime
from uuid import UUID

from domains.kernel import clock, database
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.voting.errors import NotOnRoll, PaperNotIssued, PollNotOpen, VoterTookPart
from domains.voting.models import Poll
from domains.voting.queries import paper as papers
from domains.voting.service import conduct, staging
from domains.voting.service.paper import BEGIN_BOX
from domains.voting.service.polls import told
from domains.voting.service.publishing import require_reason

_TAKE_PART = """
INSERT INTO voting_participation (poll_number, voter_number, channel, cast_by_id)
SELECT poll_number, number, 'paper', $3 FROM voting_roll_entry
WHERE poll_id = $1 AND voter_id = $2 ON CONFLICT DO NOTHING
"""
_ISSUE = """
INSERT INTO voting_paper_issue (poll_id, voter_id, issued_by_id, issued_on) VALUES ($1, $2, $3, $4)
"""
_ISSUED = """
SELECT issued_by_id, issued_on FROM voting_paper_issue WHERE poll_id = $1 AND voter_id = $2
"""
_KEEP = """
INSERT INTO voting_paper_taken_back (poll_id, voter_id, issued_by_id, issued_on, taken_back_by_id,
                                     taken_back_on, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_UNDO = (
    "DELETE FROM voting_paper_issue WHERE poll_id = $1 AND voter_id = $2",
    "DELETE FROM voting_participation t USING voting_roll_entry r"
    " WHERE r.poll_id = $1 AND r.voter_id = $2 AND t.channel = 'paper'"
    " AND t.poll_number = r.poll_number AND t.voter_number = r.number",
)
# A poll all of whose papers came back has no paper to wait for.
_NO_BOX = """
DELETE FROM voting_paper_box x WHERE x.poll_id = $1
  AND NOT EXISTS (SELECT FROM voting_paper_issue i WHERE i.poll_id = x.poll_id)
"""


async def issue_paper(actor: Actor, poll_id: UUID, number: int) -> None:
    """Give a paper to the voter of this number on the roll; they cast in no other way then.

    Raises NotOnRoll, PollNotOpen once the poll has closed, VoterTookPart.
    """
    async with transaction():
        await conduct.require_conductor(actor, poll_id, "issuePaperBallot")
        await staging.join_casting(poll_id)
        await _require_window(poll_id)
        voter_id = await papers.voter_of(poll_id, number)
        if voter_id is None:
            raise NotOnRoll(path=("input", "number"))
        if not await database.execute(_TAKE_PART, poll_id, voter_id, actor.person_id):
            raise VoterTookPart(path=("input", "number"))
        await database.execute(_ISSUE, poll_id, voter_id, actor.person_id, await clock.today())
        await database.execute(BEGIN_BOX, poll_id)


async def take_back_paper(actor: Actor, poll_id: UUID, number: int, *, reason: str) -> None:
    """Take back the paper of the voter with this number, who may then cast in any way.

    Raises PollNotOpen once the poll has closed, PaperNotIssued where the voter has none.
    """
    require_reason(reason)
    async with transaction():
        await conduct.require_conductor(actor, poll_id, "takeBackPaperBallot")
        await staging.exclude_casting(poll_id)
        await _require_window(poll_id)
        voter_id = await papers.voter_of(poll_id, number)
        issued = await database.fetch_one(_ISSUED, poll_id, voter_id)
        if voter_id is None or issued is None:
            raise PaperNotIssued(path=("input", "number"), number=number)
        await database.execute(
            _KEEP,
            *(poll_id, voter_id, issued["issued_by_id"], issued["issued_on"]),
            *(actor.person_id, await clock.today(), reason.strip()),
        )
        for statement in _UNDO:
            await database.execute(statement, poll_id, voter_id)
        await database.execute(_NO_BOX, poll_id)
        poll = await Poll.get(id=poll_id)
        community_id = await conduct.community_of(poll)
        await told(actor, poll_id, community_id, "takeBackPaperBallot", {"number": number})


async def _require_window(poll_id: UUID) -> None:
    row = await database.fetch_one(
        "SELECT opens_at, closes_at, state IN ('roll_frozen', 'open') AND kernel_now() < closes_at"
        " AS takes FROM voting_poll WHERE id = $1",
        poll_id,
    )
    assert row is not None, "who conducts a poll sees it"
    if not row["takes"]:
        raise PollNotOpen(
            path=("input", "pollId"),
            opens_at=_local(row["opens_at"]),
            closes_at=_local(row["closes_at"]),
        )


def _local(instant: datetime) -> str:
    return instant.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")
