"""The demo town as far as a journey needs it: its people and bodies, without all its matters."""

from domains.kernel.actor import Actor
from domains.membership.models import Area
from domains.voting import service as voting
from seeds import demo


async def a_town_of_people() -> tuple[Area, Actor]:
    """The community with its people and bodies, and the member of its committee."""
    await voting.sync_presets()
    community, buildings = await demo._places()
    committee = await demo._people(community, await demo._households(buildings))
    await demo._organisations(community)
    return await Area.get(id=community), committee


async def a_town_of_polls() -> tuple[Area, Actor]:
    """The same, with the questions that are before it."""
    community, committee = await a_town_of_people()
    await demo._polls(committee, community.id)
    return community, committee
