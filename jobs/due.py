"""Taking what is due, one by one: each in a transaction of its own."""

from collections.abc import Awaitable, Callable

MOST_A_TICK = 500


async def until_none(take: Callable[[], Awaitable[object | None]]) -> int:
    """Call a command that does one due thing until it finds none; returns how many it did.

    A tick does a bounded number, so that one flood cannot starve the others.
    """
    done = 0
    while done < MOST_A_TICK and await take() is not None:
        done += 1
    return done
