"""Hearing of disclosures: what a listener then reads, it reads as itself."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from domains.disclosure.queries import disclosures
from domains.disclosure.values import DisclosureState
from domains.kernel.database import Row
from domains.kernel.live import topic
from schema import live, node
from schema.context import Info
from schema.disclosure import enums as _enums  # noqa: F401  # describes the enums first


@strawberry.type(description="A disclosure has changed; read it to see how.")
class DisclosureChanged:
    """Ids and states only, alike for all who see the disclosure."""

    disclosure_id: strawberry.ID = strawberry.field(description="The disclosure.")
    state: DisclosureState = strawberry.field(description="How it stands.")
    number: int | None = strawberry.field(
        description="The number of its public version; null before the first."
    )


def _shown(row: Row) -> tuple[object, ...]:
    return row["state"], row["published_number"], row["taken_down_at"]


@strawberry.type
class DisclosureNewsSubscription:
    """News of what is made public."""

    @strawberry.subscription(
        description="Hear whenever a disclosure moves on: handed in, sent back, approved,"
        " published, corrected, withdrawn, taken down, no more on display.",
        metadata=live.shared(live.by_person),
    )
    async def disclosure_changed(
        self,
        info: Info,
        disclosure_id: Annotated[strawberry.ID, strawberry.argument(description="The disclosure.")],
    ) -> AsyncGenerator[DisclosureChanged, None]:
        """Listen to one disclosure; ends where it is out of sight."""
        uuid = node.known("disclosure", disclosure_id)
        if uuid is None:
            return
        news = live.listen(info, topic("disclosure", uuid))
        (row,) = await disclosures.disclosures_by_id(info.context.actor, [uuid])
        if row is None:
            return
        shown = _shown(row)
        async for _ in news:
            (row,) = await disclosures.disclosures_by_id(info.context.actor, [uuid])
            if row is None:
                return
            # How far a correction has come inside is for its body to hear.
            if not row["belongs"] and _shown(row) == shown:
                continue
            shown = _shown(row)
            yield DisclosureChanged(
                disclosure_id=node.encode("disclosure", uuid),
                state=DisclosureState(row["state"]),
                number=row["published_number"],
            )
