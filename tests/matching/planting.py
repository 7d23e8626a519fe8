"""A community's needs and services by the hundred, for lists and figures."""

from uuid import UUID

from bench.exchanged import Planted, plant
from domains.kernel import database


async def plant_needs(town, number: int, *, volunteers: int = 20) -> Planted:
    """Plant needs of people who are known by their ids alone; returns who they are."""
    who = Planted(_ids(40), _ids(volunteers), _ids(volunteers))
    await plant(town.community.id, town.community.path, number, who)
    return who


def _ids(number: int) -> list[UUID]:
    return [database.new_id() for _ in range(number)]
