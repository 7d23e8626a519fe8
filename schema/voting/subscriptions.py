"""Hearing of the ballot box: what a listener then reads, it reads as itself."""

from collections.abc import AsyncGenerator

import strawberry

from domains.kernel.live import topic
from domains.voting import queries
from domains.voting.values import PollState
from schema import live, node
from schema.context import Info
from schema.voting.queries import PollId


@strawberry.type(description="A poll has changed; read it to see how.")
class PollChanged:
    """Ids and states only, alike for all who see the poll."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    state: PollState = strawberry.field(description="How far it has come.")
    version: int = strawberry.field(description="The version that stands now.")


@strawberry.type
class VotingSubscription:
    """The ballot box's news."""

    @strawberry.subscription(
        description="Hear whenever a poll is published, opened, closed, counted or cancelled.",
        metadata=live.shared(live.by_grants),
    )
    async def poll_changed(self, info: Info, poll_id: PollId) -> AsyncGenerator[PollChanged, None]:
        """Listen to one poll; ends where it is out of sight."""
        uuid = node.known("poll", poll_id)
        if uuid is None:
            return
        news = live.listen(info, topic("poll", uuid))
        if (await queries.polls_by_id(info.context.actor, [uuid]))[0] is None:
            return
        async for _ in news:
            row = (await queries.polls_by_id(info.context.actor, [uuid]))[0]
            if row is None:
                return
            yield PollChanged(
                poll_id=node.encode("poll", uuid),
                state=PollState(row["state"]),
                version=row["version"],
            )
