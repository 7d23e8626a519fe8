"""Those under review, as the commands that follow a review hold them."""

from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.errors import Forbidden, NotFound
from domains.pledges import policy
from domains.pledges.errors import UnderReview
from domains.pledges.models import Review
from domains.pledges.service.reviews import hold_review

_ROW = "SELECT * FROM pledges_reviewee WHERE id = $1"
_UNDER_REVIEW = """
SELECT EXISTS (
    SELECT FROM pledges_reviewee
    WHERE review_id = $1 AND (person_id = $2 OR organisation_id = ANY ($3::uuid[])))
"""


async def hold_reviewee(
    actor: Actor, reviewee_id: UUID, action: str, *, path: tuple[str, ...]
) -> tuple[Review, Row]:
    """Lock the review of somebody under it for a command; raises NotFound, Forbidden."""
    row = await database.fetch_one(_ROW, reviewee_id)
    if row is None:
        raise NotFound(path=path)
    return await hold_review(actor, row["review_id"], action, path=path), row


def require_own(actor: Actor, row: Row, *, path: tuple[str, ...]) -> None:
    """Refuse whoever neither is under review here, nor administers the body that is."""
    own = actor.person_id is not None and actor.person_id == row["person_id"]
    if not own and not policy.administers(actor, row["organisation_id"]):
        raise Forbidden(path=path)


async def require_apart(actor: Actor, review: Review, *, path: tuple[str, ...]) -> None:
    """Refuse who is under this review themselves, or whose body is."""
    bodies = {each.organisation_id for each in actor.grants if each.organisation_id is not None}
    if await database.fetch_value(_UNDER_REVIEW, review.id, actor.person_id, sorted(bodies)):
        raise UnderReview(path=path)
