"""The year's appraisal: recorded by the street on a published review, replied to by the person."""

from dataclasses import dataclass
from uuid import UUID

import asyncpg

from domains.kernel import audit, calendar, clock, database, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import NotFound
from domains.pledges import policy
from domains.pledges.errors import (
    AppraisalOwn,
    AppraisalRecordedAlready,
    AppraisalReplyOver,
    AppraisalUnfounded,
    RectificationOpen,
)
from domains.pledges.events.reviews import AppraisalRecorded, AppraisalReplied
from domains.pledges.policy import AppraisalPlace
from domains.pledges.service import texts
from domains.pledges.service.rectifications import follow_up_of, is_open, link
from domains.pledges.service.reviewees import hold_reviewee
from domains.pledges.service.reviews import told
from domains.pledges.values.reviews import AppraisalGrade

_REVIEWEE_ID = ("input", "revieweeId")
_RECORD = """
INSERT INTO pledges_appraisal
    (id, area_id, area_path, year, person_id, review_id, grade, affects_pay, affects_awards,
     affects_promotion, reason, by_id, at, reply_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""


@dataclass(frozen=True, slots=True)
class AppraisalDraft:
    """A grade, what it affects, and why."""

    grade: AppraisalGrade
    affects_pay: bool
    affects_awards: bool
    affects_promotion: bool
    reason: str


async def record_appraisal(actor: Actor, reviewee_id: UUID, draft: AppraisalDraft) -> UUID:
    """Record the year's appraisal of a person on a published review of theirs; returns its id.

    Raises AppraisalUnfounded, AppraisalOwn, RectificationOpen, AppraisalRecordedAlready.
    """
    reason = texts.public(draft.reason, longest=2000, path=("input", "reason"))
    async with transaction():
        review, row = await hold_reviewee(actor, reviewee_id, "recordAppraisal", path=_REVIEWEE_ID)
        if row["person_id"] is None or review.published_at is None:
            raise AppraisalUnfounded(path=_REVIEWEE_ID)
        if row["person_id"] == actor.person_id:
            raise AppraisalOwn(path=_REVIEWEE_ID)
        if await is_open(review.id, reviewee_id):
            raise RectificationOpen(path=_REVIEWEE_ID)
        now, appraisal_id = await clock.now(), database.new_id()
        until = calendar.deadline(now, (await follow_up_of(review)).reply).at
        try:
            await database.execute(
                _RECORD,
                *(appraisal_id, review.area_id, review.area_path, review.year),
                *(row["person_id"], review.id, draft.grade, draft.affects_pay),
                *(draft.affects_awards, draft.affects_promotion, reason, actor.person_id),
                *(now, until),
            )
        except asyncpg.UniqueViolationError:
            raise AppraisalRecordedAlready(path=_REVIEWEE_ID) from None
        await outbox.record(AppraisalRecorded(review.id, review.area_path, appraisal_id))
        await told(actor, review, "recordAppraisal", {"appraisal": str(appraisal_id)})
        await link(actor, review)
        return appraisal_id


_HELD = "SELECT *, kernel_now() < reply_until AS is_open FROM pledges_appraisal WHERE id = $1"
_REPLY = "UPDATE pledges_appraisal SET reply = $2, replied_at = kernel_now() WHERE id = $1"


async def reply(actor: Actor, appraisal_id: UUID, *, text: str) -> None:
    """Reply to one's appraisal, once, until its day; raises AppraisalReplyOver, NotFound."""
    path = ("input", "appraisalId")
    said = texts.public(text, longest=2000, path=("input", "text"))
    async with transaction():
        row = await database.fetch_one(f"{_HELD} FOR UPDATE", appraisal_id)
        if row is None:
            raise NotFound(path=path)
        place = AppraisalPlace(row["area_path"], row["person_id"])
        require(policy.AUTHORITY, "replyToAppraisal", actor, place)
        if row["reply"] is not None or not row["is_open"]:
            raise AppraisalReplyOver(path=path)
        await database.execute(_REPLY, appraisal_id, said)
        await outbox.record(AppraisalReplied(row["review_id"], row["area_path"], appraisal_id))
        await audit.record(
            actor,
            command="replyToAppraisal",
            chain=row["area_id"],
            subject=("appraisal", appraisal_id),
            details={},
        )
