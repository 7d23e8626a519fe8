"""Where a list is asked for: an area by its id, or nowhere at all."""

from typing import Annotated

import strawberry

from domains.membership.queries import places
from schema import node

OfArea = Annotated[strawberry.ID, strawberry.argument(description="The area.")]
# No path begins so: a list of nowhere is empty, and says nothing of what there is.
NOWHERE = "\x01"


async def path_of(area_id: str) -> str | None:
    """Return where an area lies; None for nonsense and for what is not there."""
    uuid = node.known("area", area_id)
    place = await places.place_of(uuid) if uuid is not None else None
    return None if place is None else place.area_path
