"""Hearing of a run of the matcher: what a listener then reads, it reads as itself."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from domains.kernel.live import topic
from domains.matching.queries import runs
from domains.matching.values.runs import MatchingRunState
from schema import live, node
from schema.context import Info
from schema.matching import runs as _runs  # noqa: F401  # describes the enums first


@strawberry.type(description="A run of the matcher has changed; read it to see how.")
class MatchingRunChanged:
    """Ids and states only."""

    run_id: strawberry.ID = strawberry.field(description="The run.")
    state: MatchingRunState = strawberry.field(description="How far it has come.")


@strawberry.type
class MatchingRunSubscription:
    """News of runs."""

    @strawberry.subscription(
        description="Hear whenever something happens to a run; for who keeps the exchange.",
        metadata=live.shared(live.by_person),
    )
    async def matching_run_changed(
        self,
        info: Info,
        run_id: Annotated[strawberry.ID, strawberry.argument(description="The run.")],
    ) -> AsyncGenerator[MatchingRunChanged, None]:
        """Listen to one run; ends where it is out of sight."""
        uuid = node.known("matching_run", run_id)
        if uuid is None:
            return
        news = live.listen(info, topic("matching_run", uuid))
        if (await runs.runs_by_id(info.context.actor, [uuid]))[0] is None:
            return
        async for _ in news:
            row = (await runs.runs_by_id(info.context.actor, [uuid]))[0]
            if row is None:
                return
            yield MatchingRunChanged(
                run_id=node.encode("matching_run", uuid), state=MatchingRunState(row["state"])
            )
