"""Ballots on paper: read twice after the poll's close, compared, then counted.

After the close two people enter each batch, and what they agree upon becomes ballots: named
ones in an OPEN poll; in a SECRET one they lie apart, without voters, until everything is
shuffled together. The count waits until somebody says that all paper is in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from domains.kernel import database, idempotency
from domains.kernel.actor import Actor
from domains.kernel.database import Row, transaction
from domains.kernel.errors import DomainError, InvalidInput, NotFound
from domains.voting import queries
from domains.voting.errors import (
    BallotMalformed,
    BatchDiffers,
    BatchNotReopened,
    BatchSettled,
    EnteredTwice,
    LineUnfit,
    PaperNotIssued,
    PaperNotTaken,
    PaperUnsettled,
    PointsOutOfRange,
    RankingHasGaps,
    VoterRepeated,
)
from domains.voting.models import Poll
from domains.voting.queries import paper as papers
from domains.voting.rules import BallotForm, Paper, write
from domains.voting.rules.paper import (
    Line,
    LineVerdict,
    counted,
    differences,
    repeated_voter,
)
from domains.voting.rules.paper_sheets import LineDraft
from domains.voting.service import conduct, staging
from domains.voting.service.polls import told
from domains.voting.service.publishing import require_reason
from domains.voting.values import PollState, Secrecy

MOST_LINES = 500
TOO_MUCH = "所填超出票面规定"

BEGIN_BOX = """
INSERT INTO voting_paper_box (poll_id, begun_at) VALUES ($1, kernel_now()) ON CONFLICT DO NOTHING
"""
_OPEN_BATCH = """
INSERT INTO voting_paper_batch (id, poll_id, number, opened_by_id, opened_at)
SELECT $1, $2, COALESCE(max(number), 0) + 1, $3, kernel_now()
FROM voting_paper_batch WHERE poll_id = $2
"""
_ENTER = """
INSERT INTO voting_paper_entry (batch_id, turn, entered_by_id, entered_at)
VALUES ($1, $2, $3, kernel_now())
"""
_AGREE = """
UPDATE voting_paper_batch
SET state = 'agreed', agreed_at = kernel_now(), returned = $2, void = $3, spoiled = $4
WHERE id = $1
"""
# Who returned a paper once has returned it; a batch that counts names nobody else's.
_RETURNABLE = """
SELECT r.number, r.voter_id FROM voting_roll_entry r
JOIN voting_paper_issue i ON i.poll_id = r.poll_id AND i.voter_id = r.voter_id
WHERE r.poll_id = $1 AND r.number = ANY ($2) AND NOT EXISTS (
    SELECT FROM voting_paper_line l JOIN voting_paper_batch b ON b.id = l.batch_id
    WHERE b.poll_id = $1 AND b.state = 'agreed' AND l.voter_id = r.voter_id
      AND l.verdict <> 'spoiled')
"""
_NAMED = """
INSERT INTO voting_ballot
    (poll_number, voter_number, revision, marks, wide, idempotency_key, cast_at)
SELECT r.poll_number, r.number, 1, COALESCE(l.marks, 0), l.wide, gen_random_uuid(), kernel_now()
FROM voting_paper_line l
JOIN voting_roll_entry r ON r.poll_id = $1 AND r.voter_id = l.voter_id
WHERE l.batch_id = $2 AND l.turn = 1 AND l.verdict IN ('valid', 'blank')
"""


async def open_paper_batch(
    actor: Actor, poll_id: UUID, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Begin a batch after the close; returns its id and whether this was a replay."""
    async with transaction():
        poll = await conduct.hold(actor, poll_id, "openPaperBatch")
        given = {"poll": poll_id}
        earlier = await idempotency.claim(actor, idempotency_key, "openPaperBatch", given)
        if earlier is not None:
            return UUID(earlier["batch"]), True
        await _require_taken(poll)
        await database.execute(BEGIN_BOX, poll_id)
        if poll.secrecy is Secrecy.SECRET:
            await staging.prepare_paper(poll_id)
        batch_id = database.new_id()
        await database.execute(_OPEN_BATCH, batch_id, poll_id, actor.person_id)
        await idempotency.settle(actor, idempotency_key, {"batch": str(batch_id)})
        await _told(actor, poll, "openPaperBatch", batch_id)
        return batch_id, False


async def enter_paper_batch(actor: Actor, batch_id: UUID, drafts: Sequence[LineDraft]) -> None:
    """Enter a batch as one of its two readers; where both read the same, it counts.

    A paper that names more than it may is void, whatever its reader thought. Raises
    EnteredTwice, BatchDiffers, BatchSettled, LineUnfit, PaperNotIssued, VoterRepeated, and
    OptionUnknown or OptionRepeated for marks that no paper can bear.
    """
    async with transaction():
        reading = await begin_reading(actor, batch_id, "enterPaperBatch")
        lines = [line_of(each, number, reading) for number, each in enumerate(drafts, start=1)]
        require_lines(lines)
        await take_in(actor, reading, lines, "enterPaperBatch")


@dataclass(frozen=True, slots=True)
class Reading:
    """A batch that is being entered: of which poll, for which time, on what paper."""

    batch_id: UUID
    poll: Poll
    turn: int
    paper: Paper


async def begin_reading(actor: Actor, batch_id: UUID, command: str) -> Reading:
    """Lock a batch's poll for who may enter it now; raises EnteredTwice and the like."""
    poll, batch = await _hold_batch(actor, batch_id, command)
    await _require_taken(poll)
    turn = await _turn(actor, batch)
    return Reading(batch_id, poll, turn, await _paper_of(poll))


async def take_in(actor: Actor, reading: Reading, lines: Sequence[Line], command: str) -> None:
    """Keep what was read; with the second reading, compare the two."""
    poll, batch_id, turn = reading.poll, reading.batch_id, reading.turn
    voters = await _voters(poll, lines)
    await database.execute(_ENTER, batch_id, turn, actor.person_id)
    await _write(poll, batch_id, turn, lines, voters)
    state = await (_compared(poll, batch_id, lines) if turn == 2 else _waits(batch_id))
    details: dict[str, str | int] = {"turn": turn, "state": state, "lines": len(lines)}
    await _told(actor, poll, command, batch_id, **details)


async def reopen_paper_batch(actor: Actor, batch_id: UUID) -> None:
    """Put both entries of a batch that differs aside, so that it is entered anew."""
    async with transaction():
        poll, batch = await _hold_batch(actor, batch_id, "reopenPaperBatch")
        if batch["state"] != "differs":
            raise BatchNotReopened
        await _forget(poll, batch_id)
        await database.execute(
            "UPDATE voting_paper_batch SET state = 'open' WHERE id = $1", batch_id
        )
        await _told(actor, poll, "reopenPaperBatch", batch_id)


async def discard_paper_batch(actor: Actor, batch_id: UUID, *, reason: str) -> None:
    """Leave a batch out of the count, for a reason that all can read."""
    require_reason(reason)
    async with transaction():
        poll, batch = await _hold_batch(actor, batch_id, "discardPaperBatch")
        if batch["state"] in {"agreed", "discarded"}:
            raise BatchSettled
        await _forget(poll, batch_id)
        await database.execute(
            "UPDATE voting_paper_batch SET state = 'discarded', discarded_by_id = $2,"
            " discard_reason = $3 WHERE id = $1",
            *(batch_id, actor.person_id, reason.strip()),
        )
        await _told(actor, poll, "discardPaperBatch", batch_id)


async def complete_paper(actor: Actor, poll_id: UUID) -> None:
    """Say that all paper is in, so that the poll is counted; said twice is once.

    Raises PaperNotTaken before the close, PaperUnsettled while a batch waits.
    """
    async with transaction():
        poll = await conduct.hold(actor, poll_id, "completePaper")
        box = await papers.paper_box(poll_id)
        if box is not None and box["completed_at"] is not None:
            return
        await _require_taken(poll)
        waiting = await papers.unsettled_batches(poll_id)
        if waiting:
            raise PaperUnsettled(count=waiting)
        await database.execute(BEGIN_BOX, poll_id)
        await database.execute(
            "UPDATE voting_paper_box SET completed_at = kernel_now(), completed_by_id = $2"
            " WHERE poll_id = $1",
            *(poll_id, actor.person_id),
        )
        await told(actor, poll_id, await conduct.community_of(poll), "completePaper", {})


async def _require_taken(poll: Poll) -> None:
    box = await papers.paper_box(poll.id)
    completed = box is not None and box["completed_at"] is not None
    if poll.state is not PollState.CLOSED or completed:
        raise PaperNotTaken
    if poll.secrecy is Secrecy.SECRET and not await staging.is_waiting(poll.id):
        raise PaperNotTaken


async def _hold_batch(actor: Actor, batch_id: UUID, action: str) -> tuple[Poll, Row]:
    poll_id = await papers.poll_of_batch(batch_id)
    if poll_id is None:
        raise NotFound(path=("input", "batchId"))
    try:
        poll = await conduct.hold(actor, poll_id, action)
    except NotFound:
        raise NotFound(path=("input", "batchId")) from None
    batch = await papers.batch_state(batch_id)
    assert batch is not None, "a batch is never removed"
    return poll, batch


async def _turn(actor: Actor, batch: Row) -> int:
    if batch["state"] == "differs":
        raise BatchDiffers
    if batch["state"] not in {"open", "entered"}:
        raise BatchSettled
    if actor.person_id in batch["entered_by"]:
        raise EnteredTwice
    return len(batch["entered_by"]) + 1


async def _paper_of(poll: Poll) -> Paper:
    """Return what a paper can bear: naming fewer than it may is no fault of a paper."""
    paper = await queries.ballot_paper(poll.id)
    assert paper is not None, "a closed poll has its paper"
    if paper.written is not None:
        return replace(paper.written, least=0)
    # Whom voters wrote in has a place behind those who were printed.
    return Paper(BallotForm.APPROVAL, await papers.last_position(poll.id), most=paper.most)


def line_of(draft: LineDraft, number: int, reading: Reading) -> Line:
    """Read a line: refuse what is not whole, and void what says more than it may."""
    paper, secrecy = reading.paper, reading.poll.secrecy
    reason = (draft.reason or "").strip() or None
    marked = bool(draft.positions or draft.values)
    whole = (
        (draft.voter is not None) is (secrecy is Secrecy.OPEN),
        draft.verdict in {LineVerdict.VALID, LineVerdict.BLANK} or reason is not None,
        marked or draft.verdict is not LineVerdict.VALID,
        not marked or draft.verdict in {LineVerdict.VALID, LineVerdict.VOID},
        len(reason or "") <= 200,
    )
    if not all(whole):
        raise LineUnfit(path=("input", "lines", str(number - 1)), line=number)
    if draft.verdict is LineVerdict.BLANK:
        return Line(draft.verdict, b"" if paper.form.is_budget else 0, draft.voter, reason)
    if draft.verdict is not LineVerdict.VALID:
        return Line(draft.verdict, None, draft.voter, reason)
    try:
        marks = write(paper, draft.positions, draft.values)
    except (BallotMalformed, PointsOutOfRange, RankingHasGaps):
        return Line(LineVerdict.VOID, None, draft.voter, reason or TOO_MUCH)
    except DomainError as refusal:
        refusal.path = ("input", "lines", str(number - 1))
        raise
    return Line(draft.verdict, marks, draft.voter, reason)


def require_lines(lines: Sequence[Line]) -> None:
    """Refuse a batch of no papers, of too many, or that names a voter twice."""
    if not 1 <= len(lines) <= MOST_LINES:
        raise InvalidInput(
            path=("input", "lines"),
            zh=f"一批须有 1 至 {MOST_LINES} 张选票。",
            en=f"A batch has 1 to {MOST_LINES} papers.",
        )
    twice = repeated_voter(lines)
    if twice is not None:
        raise VoterRepeated(path=("input", "lines"), number=twice)


async def returnable(poll_id: UUID, numbers: Sequence[int]) -> dict[int, UUID]:
    """Return who of these numbers of the roll has a paper that was not entered yet."""
    rows = await database.fetch(_RETURNABLE, poll_id, sorted(set(numbers)))
    return {row["number"]: row["voter_id"] for row in rows}


async def _voters(poll: Poll, lines: Sequence[Line]) -> dict[int, UUID]:
    numbers = sorted({line.voter for line in lines if line.voter is not None})
    found = await returnable(poll.id, numbers)
    missing = next((number for number in numbers if number not in found), None)
    if missing is not None:
        raise PaperNotIssued(path=("input", "lines"), number=missing)
    return found


async def _write(
    poll: Poll, batch_id: UUID, turn: int, lines: Sequence[Line], voters: dict[int, UUID]
) -> None:
    columns = ["batch_id", "turn", "line", "verdict", "marks", "wide", "reason"]
    rows = [
        [
            *(batch_id, turn, number, line.verdict.value),
            *(None if isinstance(line.marks, bytes) else line.marks,),
            *(line.marks if isinstance(line.marks, bytes) else None, line.reason),
        ]
        for number, line in enumerate(lines, start=1)
    ]
    if poll.secrecy is Secrecy.SECRET:
        await database.copy(papers.paper_table_of(poll.id), columns, rows)
        return
    named = [
        [*row, None if line.voter is None else voters[line.voter]]
        for row, line in zip(rows, lines, strict=True)
    ]
    await database.copy("voting_paper_line", [*columns, "voter_id"], named)


async def _waits(batch_id: UUID) -> str:
    """Let a batch wait for its second reader."""
    await database.execute(
        "UPDATE voting_paper_batch SET state = 'entered' WHERE id = $1", batch_id
    )
    return "entered"


async def _compared(poll: Poll, batch_id: UUID, second: Sequence[Line]) -> str:
    """Compare the two entries, and let what is agreed upon count."""
    entries = await papers.entries_of(poll.id, [batch_id], poll.secrecy)
    if differences(entries[batch_id, 1], second):
        await database.execute(
            "UPDATE voting_paper_batch SET state = 'differs' WHERE id = $1", batch_id
        )
        return "differs"
    totals = counted(second)
    await database.execute(_AGREE, batch_id, totals.returned, totals.void, totals.spoiled)
    if poll.secrecy is Secrecy.OPEN:
        await database.execute(_NAMED, poll.id, batch_id)
    return "agreed"


async def _forget(poll: Poll, batch_id: UUID) -> None:
    await database.execute("DELETE FROM voting_paper_entry WHERE batch_id = $1", batch_id)
    if poll.secrecy is Secrecy.SECRET:
        await database.execute(
            f"DELETE FROM {papers.paper_table_of(poll.id)} WHERE batch_id = $1", batch_id
        )


async def _told(
    actor: Actor, poll: Poll, command: str, batch_id: UUID, **details: str | int
) -> None:
    community_id = await conduct.community_of(poll)
    await told(actor, poll.id, community_id, command, {"batch": str(batch_id), **details})
