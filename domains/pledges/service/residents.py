"""Residents' eyes on a promise: they follow it, comment on it, and confirm what it claims."""

from uuid import UUID

from domains.kernel import database, idempotency, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.kernel.errors import Forbidden, NotFound
from domains.pledges import policy
from domains.pledges.errors import ClaimStruck, CommentRemoved, OwnPledge
from domains.pledges.events.pledges import PledgeCommented
from domains.pledges.service import texts
from domains.pledges.service.held import hold, place_of, told
from domains.pledges.service.objections import hold_report

_FOLLOW = """
INSERT INTO pledges_follow (pledge_id, person_id, at) VALUES ($1, $2, kernel_now())
ON CONFLICT DO NOTHING
"""
_UNFOLLOW = "DELETE FROM pledges_follow WHERE pledge_id = $1 AND person_id = $2"
_COMMENT = """
INSERT INTO pledges_comment (id, pledge_id, by_id, text, at) VALUES ($1, $2, $3, $4, kernel_now())
"""
_PLEDGE_OF = "SELECT pledge_id FROM pledges_comment WHERE id = $1"
_HELD = "SELECT by_id, removed_at FROM pledges_comment WHERE id = $1 FOR UPDATE"
_REMOVE = """
UPDATE pledges_comment
SET removed_at = kernel_now(), removed_by_id = $2, remove_reason = $3 WHERE id = $1
"""
_CONFIRM = """
INSERT INTO pledges_confirmation (report_id, person_id, at) VALUES ($1, $2, kernel_now())
ON CONFLICT DO NOTHING
"""


async def follow_pledge(actor: Actor, pledge_id: UUID) -> None:
    """Follow a pledge; following it twice is the same."""
    async with transaction():
        pledge = await hold(actor, pledge_id, "followPledge")
        await database.execute(_FOLLOW, pledge.id, actor.person_id)


async def unfollow_pledge(actor: Actor, pledge_id: UUID) -> None:
    """Follow a pledge no more."""
    async with transaction():
        pledge = await hold(actor, pledge_id, "unfollowPledge")
        await database.execute(_UNFOLLOW, pledge.id, actor.person_id)


async def comment_on_pledge(
    actor: Actor, pledge_id: UUID, *, text: str, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Comment on a pledge; returns the comment's id and whether this was a replay."""
    said = texts.public(text, longest=1000, path=("input", "text"))
    async with transaction():
        pledge = await hold(actor, pledge_id, "commentOnPledge")
        given = {"pledge": pledge_id, "text": text}
        earlier = await idempotency.claim(actor, idempotency_key, "commentOnPledge", given)
        if earlier is not None:
            return UUID(earlier["comment"]), True
        comment_id = database.new_id()
        await database.execute(_COMMENT, comment_id, pledge.id, actor.person_id, said)
        await outbox.record(PledgeCommented(pledge.id, pledge.area_path, comment_id))
        await idempotency.settle(actor, idempotency_key, {"comment": str(comment_id)})
        await told(actor, pledge, "commentOnPledge", {"comment": str(comment_id)})
        return comment_id, False


async def remove_comment(actor: Actor, comment_id: UUID, *, reason: str) -> UUID:
    """Remove a comment of one's own, or as a screener any, with a reason; returns the pledge's id.

    What was written is shown no more; that something was, and why it is gone, stays.
    """
    said = texts.public(reason, longest=200, path=("input", "reason"))
    path = ("input", "commentId")
    async with transaction():
        pledge_id = await database.fetch_value(_PLEDGE_OF, comment_id)
        if pledge_id is None:
            raise NotFound(path=path)
        pledge = await hold(actor, pledge_id, "removePledgeComment", path=path)
        row = await database.fetch_one(_HELD, comment_id)
        assert row is not None, "a comment is never deleted"
        if actor.person_id != row["by_id"] and not policy.screens(actor, place_of(pledge)):
            raise Forbidden(path=path)
        if row["removed_at"] is not None:
            raise CommentRemoved(path=path)
        await database.execute(_REMOVE, comment_id, actor.person_id, said)
        await told(actor, pledge, "removePledgeComment", {"comment": str(comment_id)})
        return pledge.id


async def confirm_report(actor: Actor, report_id: UUID) -> UUID:
    """Confirm what a report claims, from what one has seen; returns the pledge's id.

    Confirming twice is the same. Raises ClaimStruck, OwnPledge for who has part in it.
    """
    async with transaction():
        pledge, report = await hold_report(actor, report_id, "confirmPledgeReport")
        if report["struck_at"] is not None:
            raise ClaimStruck(path=("input", "reportId"))
        if policy.has_part(actor, place_of(pledge)) or actor.person_id == report["by_id"]:
            raise OwnPledge(path=("input", "reportId"))
        await database.execute(_CONFIRM, report_id, actor.person_id)
        return pledge.id
