"""Contests: the volunteer and who belongs may say that a record is not right; others answer."""

from uuid import UUID

from domains.kernel import database, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.volunteering.errors import (
    ContestAnswered,
    OutcomeMissing,
    OwnRecord,
    RecordStateUnfit,
    ReviewerConfirmed,
)
from domains.volunteering.events.records import (
    RecordContestAnswered,
    RecordContested,
    RecordReviewed,
)
from domains.volunteering.models import ServiceRecord
from domains.volunteering.service import revoking
from domains.volunteering.service.confirming import complete, require_other
from domains.volunteering.service.revoking import Correction
from domains.volunteering.service.shared import hold_record, line, one, told
from domains.volunteering.values.records import RecordContestState, ServiceRecordState

_FILE = """
INSERT INTO volunteering_contest (id, record_id, by_id, reason, filed_at, state)
VALUES ($1, $2, $3, $4, kernel_now(), 'open')
ON CONFLICT (record_id, by_id) WHERE state = 'open' DO NOTHING
"""
_STANDING = """
SELECT id FROM volunteering_contest WHERE record_id = $1 AND by_id = $2 AND state = 'open'
"""
_CONTEST = "SELECT record_id, by_id, state FROM volunteering_contest WHERE id = $1"
_ANSWER = """
UPDATE volunteering_contest
SET state = $2, answer = $3, answered_by_id = $4, answered_at = kernel_now()
WHERE id = $1 AND state = 'open'
"""
_SETTLE = """
UPDATE volunteering_suspicion
SET outcome = $2, settled_by_id = $3, settled_at = kernel_now(), settle_reason = $4
WHERE record_id = $1 AND outcome = 'open'
"""
_HAD_PART = """
SELECT EXISTS (SELECT FROM volunteering_confirmation WHERE record_id = $1 AND by_id = $2)
"""


async def contest_record(actor: Actor, record_id: UUID, *, reason: str) -> UUID:
    """Say that a record is not right; once until it is answered. Returns the contest."""
    async with transaction():
        record = await hold_record(actor, record_id, "contestServiceRecord")
        if record.state is ServiceRecordState.REVOKED:
            raise RecordStateUnfit(path=("input", "recordId"), state=record.state.value)
        said = line(reason, path=("input", "reason"), longest=500)
        contest_id = database.new_id()
        if not await database.execute(_FILE, contest_id, record.id, actor.person_id, said):
            standing: UUID = await database.fetch_value(_STANDING, record.id, actor.person_id)
            return standing
        await outbox.record(
            RecordContested(record.id, record.volunteer_id, record.area_path, contest_id)
        )
        await _told(actor, record, "contestServiceRecord")
    return contest_id


async def answer_contest(
    actor: Actor,
    contest_id: UUID,
    *,
    upheld: bool,
    answer: str,
    correction: Correction | None = None,
    revoke: bool = False,
) -> UUID:
    """Answer a contest: what is right is corrected or revoked with the answer.

    Raises ContestAnswered, OutcomeMissing, OwnRecord where it is one's own contest or service.
    """
    async with transaction():
        contest = await one(_CONTEST, contest_id, path=("input", "contestId"))
        record = await hold_record(
            actor, contest["record_id"], "answerRecordContest", path=("input", "contestId")
        )
        require_other(actor, record)
        if contest["by_id"] == actor.person_id:
            raise OwnRecord(path=("input", "contestId"))
        if ((correction is not None) + revoke) != upheld:
            raise OutcomeMissing(path=("input", "upheld"))
        said = line(answer, path=("input", "answer"), longest=500)
        state = RecordContestState.UPHELD if upheld else RecordContestState.DISMISSED
        if not await database.execute(_ANSWER, contest_id, state.value, said, actor.person_id):
            raise ContestAnswered(path=("input", "contestId"))
        if correction is not None:
            await revoking.correct(actor, record, correction)
        if revoke:
            await revoking.revoke(record, reason=said)
        await outbox.record(
            RecordContestAnswered(
                record.id, record.volunteer_id, record.area_path, contest_id, upheld
            )
        )
        await _told(actor, record, "answerRecordContest")
    return record.id


async def settle_review(actor: Actor, record_id: UUID, *, cleared: bool, reason: str) -> UUID:
    """Decide about a record under review: it goes on, or it is revoked.

    By somebody who had no part in it. Raises ReviewerConfirmed, OwnRecord, RecordStateUnfit.
    """
    async with transaction():
        record = await hold_record(actor, record_id, "settleRecordReview")
        require_other(actor, record)
        had_part = await database.fetch_value(_HAD_PART, record.id, actor.person_id)
        if had_part or actor.person_id in {record.entered_by_id, record.approved_by_id}:
            raise ReviewerConfirmed(path=("input", "recordId"))
        said = line(reason, path=("input", "reason"), longest=500)
        outcome = "cleared" if cleared else "upheld"
        if not await database.execute(_SETTLE, record.id, outcome, actor.person_id, said):
            raise RecordStateUnfit(path=("input", "recordId"), state=record.state.value)
        if cleared:
            await complete(record)
        else:
            await revoking.revoke(record, reason=said)
        await outbox.record(
            RecordReviewed(record.id, record.volunteer_id, record.area_path, cleared)
        )
        await _told(actor, record, "settleRecordReview")
    return record_id


async def _told(actor: Actor, record: ServiceRecord, command: str) -> None:
    await told(
        actor,
        command=command,
        area_id=record.area_id,
        subject=("service_record", record.id),
        details={"state": record.state.value},
    )
