"""Handing notices over to their providers: every channel that is on, beside one another."""

import asyncio

from domains.kernel import settings
from domains.notifications.channels import opening
from domains.notifications.channels.base import Carrier
from domains.notifications.service import delivering
from domains.notifications.values import Channel

# A tick ends within this, so that a worker that is told to stop does not wait for long.
BUDGET_S = 10.0
_REST_S = 0.05


async def hand_over() -> int:
    """Send what is due on each channel; returns how many messages were taken over."""
    until = asyncio.get_running_loop().time() + BUDGET_S
    async with opening.opened(settings.current()) as carriers:
        sent = await asyncio.gather(
            *(_drain(channel, carrier, until) for channel, carrier in carriers.items())
        )
    return sum(sent)


async def sweep() -> int:
    """Give back what was leased and never marked; drop what no longer matters."""
    return await delivering.sweep()


async def _drain(channel: Channel, carrier: Carrier, until: float) -> int:
    """Send batch after batch of a channel until nothing is due, it is shut, or time is up."""
    loop = asyncio.get_running_loop()
    sent = 0
    while loop.time() < until:
        done = await delivering.deliver_batch(channel, carrier)
        sent += done.sent
        if done.lacks_tokens:
            await asyncio.sleep(_REST_S)
        elif not done.may_go_on:
            break
    return sent
