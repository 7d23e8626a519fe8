"""Written work reports: handed in by who is under review, until the rating begins."""

from uuid import UUID

from domains.kernel import clock, database, outbox, uploads
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.kernel.errors import Forbidden, NotFound
from domains.kernel.values import UploadState
from domains.pledges import policy
from domains.pledges.errors import EvidenceUnfit, ReportOver
from domains.pledges.events.reviews import ReviewReportsDue, WorkReportFiled
from domains.pledges.service import texts
from domains.pledges.service.reviews import hold_review, told
from domains.pledges.values.reviews import ReviewState

_REVIEWEE = """
SELECT review_id, person_id, organisation_id FROM pledges_reviewee WHERE id = $1
"""
_FILE = """
INSERT INTO pledges_work_report (reviewee_id, text, upload_id, by_id, filed_at, is_late)
VALUES ($1, $2, $3, $4, kernel_now(), $5)
ON CONFLICT (reviewee_id) DO UPDATE SET
    text = $2, upload_id = $3, by_id = $4, filed_at = kernel_now(),
    is_late = pledges_work_report.is_late OR $5, version = pledges_work_report.version + 1
"""


async def file_work_report(
    actor: Actor, reviewee_id: UUID, *, text: str, upload_id: UUID | None = None
) -> None:
    """Hand a written work report in, or write it anew, until the rating begins.

    The person under review writes it, or who administers the body. After its day it is late,
    and says so. Raises ReportOver, Forbidden, NotFound.
    """
    said = texts.public(text, longest=20_000, path=("input", "text"))
    path = ("input", "revieweeId")
    row = await database.fetch_one(_REVIEWEE, reviewee_id)
    if row is None:
        raise NotFound(path=path)
    async with transaction():
        review = await hold_review(actor, row["review_id"], "fileWorkReport", path=path)
        own = actor.person_id is not None and actor.person_id == row["person_id"]
        if not own and not policy.administers(actor, row["organisation_id"]):
            raise Forbidden(path=path)
        if review.state is not ReviewState.REPORTS_DUE:
            raise ReportOver(path=path)
        await _require_file(actor, upload_id)
        is_late = await clock.now() >= review.reports_due_at
        await database.execute(_FILE, reviewee_id, said, upload_id, actor.person_id, is_late)
        await outbox.record(WorkReportFiled(review.id, review.area_path, reviewee_id))
        await told(actor, review, "fileWorkReport", {"reviewee": str(reviewee_id)})


async def _require_file(actor: Actor, upload_id: UUID | None) -> None:
    if upload_id is None:
        return
    (found,) = await uploads.uploads_by_id(actor, [upload_id])
    if found is None:
        raise NotFound(path=("input", "uploadId"))
    if found.state is not UploadState.COMPLETE:
        raise EvidenceUnfit(path=("input", "uploadId"))


_REPORTS_MISSING = """
SELECT v.id, v.area_path FROM pledges_review v
WHERE v.state = 'reports_due' AND v.reports_told_at IS NULL AND v.reports_due_at <= kernel_now()
  AND EXISTS (
    SELECT FROM pledges_reviewee w WHERE w.review_id = v.id AND NOT EXISTS (
        SELECT FROM pledges_work_report r WHERE r.reviewee_id = w.id))
ORDER BY v.reports_due_at LIMIT 1 FOR UPDATE OF v SKIP LOCKED
"""


async def note_missing_reports() -> UUID | None:
    """Tell once of one review whose work reports are due and not all in; returns its id."""
    async with transaction():
        row = await database.fetch_one(_REPORTS_MISSING)
        if row is None:
            return None
        await database.execute(
            "UPDATE pledges_review SET reports_told_at = kernel_now() WHERE id = $1", row["id"]
        )
        await outbox.record(ReviewReportsDue(row["id"], row["area_path"]))
        review_id: UUID = row["id"]
        return review_id
