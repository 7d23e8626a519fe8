"""What is due of promises. Late, twice or on two machines: the same result.

And what follows for the public of a published review: it is disclosed with its working.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domains.disclosure.service import sourced
from domains.disclosure.values import DisclosureKind
from domains.meetings.rules import minutes_html
from domains.pledges import service
from domains.pledges.queries import results
from domains.pledges.rules import result_page
from domains.pledges.service import (
    rating,
    rectifications,
    remarks,
    review_count,
    reviews,
    work_reports,
)
from jobs.due import until_none
from jobs.minutes import LONGEST_BODY, LONGEST_TITLE, impersonal


async def commit_due_pledges() -> int:
    """Commit what has been on notice for its time, and is not objected to."""
    return await until_none(service.commit_due_pledge)


async def apply_due_changes() -> int:
    """Put changes into force whose notice is over, and that are not objected to."""
    return await until_none(service.apply_due_change)


async def remind_due_milestones() -> int:
    """Tell that milestones come due."""
    return await until_none(service.remind_due_milestone)


async def find_overdue_pledges() -> int:
    """Find promises whose deadline has passed."""
    return await until_none(service.find_overdue_pledge)


async def note_late_answers() -> int:
    """Find objections and contests that were not answered in time."""
    return await until_none(service.note_late_answer)


async def schedule_due_reviews() -> int:
    """Make the reviews of the halves that have come."""
    return await until_none(reviews.schedule_due_review)


async def note_missing_reports() -> int:
    """Tell of reviews whose work reports are due and not in."""
    return await until_none(work_reports.note_missing_reports)


async def open_due_ratings() -> int:
    """Open the ratings whose time has come."""
    return await until_none(rating.open_due_rating)


async def tally_due_reviews() -> int:
    """Count the reviews whose boxes are counted."""
    return await until_none(review_count.tally_due_review)


async def note_late_remark_answers() -> int:
    """Note remarks that were not answered in time."""
    return await until_none(remarks.note_late_answer)


async def note_late_rectifications() -> int:
    """Note orders whose day has passed without a report."""
    return await until_none(rectifications.note_late)


async def disclose_review(event_id: UUID, payload: Mapping[str, Any]) -> None:
    """Publish a review among the community's disclosures, once, with its working."""
    review_id = UUID(payload["review_id"])
    found = await results.published(review_id)
    assert found is not None, "a review that was published stands"
    area_id, result = found
    document = result_page.document(result)
    await sourced.disclose(
        source=("review", review_id),
        area_id=area_id,
        kind=DisclosureKind.ANNOUNCEMENT,
        title=impersonal(document.title)[:LONGEST_TITLE],
        body=minutes_html.within(document, most=LONGEST_BODY, change=impersonal),
    )
