"""Holding a poll again that was annulled, or that too few took part in: a poll of its own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from domains.kernel import clock, database, idempotency, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import fetch_value, transaction
from domains.voting.errors import HeldAgain, NotAnnulled, WindowPast
from domains.voting.events import PollHeldAgain
from domains.voting.models import Option, Poll
from domains.voting.service import conduct
from domains.voting.service.polls import told
from domains.voting.values import ParentRelation, PollMethod, PollState

# What a question is, besides its window and the course that it took.
_QUESTION = (
    *("area_id", "area_path", "title", "body", "method", "secrecy", "least_choices"),
    *("most_choices", "rule_code", "electorate", "seats", "budget_fen", "quorum_override"),
    *("subject_kind", "subject_id", "counting_rule", "ballot_form", "highest", "minimum_score"),
    "most_points",
)
_REPEATABLE = frozenset({PollState.ANNULLED, PollState.INQUORATE})
_STANDS = """
SELECT EXISTS (SELECT FROM voting_poll WHERE parent_poll_id = $1
               AND parent_relation = 'reelection' AND state <> 'cancelled')
"""


async def create_reelection(
    actor: Actor,
    poll_id: UUID,
    *,
    opens_at: datetime,
    closes_at: datetime,
    idempotency_key: UUID,
) -> tuple[UUID, bool]:
    """Draft the same question again, from the roll on; returns the poll's id and a replay.

    Raises NotAnnulled, HeldAgain, WindowPast. An election's candidates are nominated anew.
    """
    async with transaction():
        parent = await conduct.hold(actor, poll_id, "createReelection")
        given = {"poll": poll_id, "opensAt": opens_at, "closesAt": closes_at}
        earlier = await idempotency.claim(actor, idempotency_key, "createReelection", given)
        if earlier is not None:
            return UUID(earlier["poll"]), True
        if parent.state not in _REPEATABLE:
            raise NotAnnulled(path=("input", "pollId"))
        if await fetch_value(_STANDS, poll_id):
            raise HeldAgain(path=("input", "pollId"))
        if closes_at <= max(opens_at, await clock.now()):
            raise WindowPast(path=("input", "closesAt"))
        child = await _draft(actor, parent, opens_at=opens_at, closes_at=closes_at)
        await idempotency.settle(actor, idempotency_key, {"poll": str(child.id)})
        await outbox.record(PollHeldAgain(poll_id, parent.area_path))
        community_id = await conduct.community_of(parent)
        await told(actor, child.id, community_id, "createReelection", {"parent": str(poll_id)})
        return child.id, False


async def _draft(actor: Actor, parent: Poll, *, opens_at: datetime, closes_at: datetime) -> Poll:
    same: dict[str, Any] = {name: getattr(parent, name) for name in _QUESTION}
    child = await Poll.create(
        id=database.new_id(),
        author_id=actor.person_id,
        state=PollState.DRAFT,
        opens_at=opens_at,
        closes_at=closes_at,
        parent_poll_id=parent.id,
        parent_relation=ParentRelation.REELECTION,
        created_at=await clock.now(),
        **same,
    )
    if parent.method is not PollMethod.ELECTION:
        await _copy_options(parent, child)
    return child


async def _copy_options(parent: Poll, child: Poll) -> None:
    await Option.bulk_create(
        Option(
            id=database.new_id(),
            poll_id=child.id,
            position=each.position,
            label=each.label,
            description=each.description,
            stance=each.stance,
            cost_fen=each.cost_fen,
        )
        for each in await Option.filter(poll_id=parent.id).order_by("position")
    )
