"""Hearing of pledges: what a listener then reads, it reads as itself."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from domains.kernel.live import topic
from domains.pledges.queries import pledges, reviews
from domains.pledges.values.pledges import PledgeState
from domains.pledges.values.reviews import ReviewState
from schema import live, node
from schema.context import Info
from schema.pledges import review_enums as _enums  # noqa: F401  # describes the enums first
from schema.pledges.queries import PledgeId


@strawberry.type(description="A pledge has changed; read it to see how.")
class PledgeChanged:
    """Ids and states only, alike for all who see the pledge."""

    pledge_id: strawberry.ID = strawberry.field(description="The pledge.")
    state: PledgeState = strawberry.field(description="How far it has come.")
    version: int = strawberry.field(description="The version of the terms in force.")


@strawberry.type(description="A review has changed; read it to see how.")
class ReviewChanged:
    """Ids and states only, alike for everybody."""

    review_id: strawberry.ID = strawberry.field(description="The review.")
    state: ReviewState = strawberry.field(description="How far it has come.")


@strawberry.type
class PledgesSubscription:
    """News of promises."""

    @strawberry.subscription(
        description="Hear whenever something happens to a pledge.",
        metadata=live.shared(live.by_person),
    )
    async def pledge_changed(
        self, info: Info, pledge_id: PledgeId
    ) -> AsyncGenerator[PledgeChanged, None]:
        """Listen to one pledge; ends where it is out of sight."""
        uuid = node.known("pledge", pledge_id)
        if uuid is None:
            return
        news = live.listen(info, topic("pledge", uuid))
        if (await pledges.pledges_by_id(info.context.actor, [uuid]))[0] is None:
            return
        async for _ in news:
            row = (await pledges.pledges_by_id(info.context.actor, [uuid]))[0]
            if row is None:
                return
            yield PledgeChanged(
                pledge_id=node.encode("pledge", uuid),
                state=PledgeState(row["state"]),
                version=row["terms_version"],
            )

    @strawberry.subscription(
        description="Hear whenever a review moves on.", metadata=live.shared(live.everyone)
    )
    async def review_changed(
        self,
        info: Info,
        review_id: Annotated[strawberry.ID, strawberry.argument(description="The review.")],
    ) -> AsyncGenerator[ReviewChanged, None]:
        """Listen to one review; ends where there is none."""
        uuid = node.known("review", review_id)
        if uuid is None:
            return
        async for _ in live.listen(info, topic("review", uuid)):
            row = (await reviews.reviews_by_id(info.context.actor, [uuid]))[0]
            if row is None:
                return
            yield ReviewChanged(
                review_id=node.encode("review", uuid), state=ReviewState(row["state"])
            )
