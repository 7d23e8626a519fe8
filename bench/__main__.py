"""`python -m bench`: measure the product beside bare endpoints, on this machine."""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import uvloop

from bench import (
    casting,
    commands,
    counting,
    deliveries,
    disclosures,
    discussion,
    exchange,
    ledger,
    live,
    matching,
    notices,
    operations,
    pledges,
    reading,
    report,
    reviews,
    room,
    rules,
    server,
    town,
    transparency,
)
from bench.ground import ground
from bench.report import Figure
from bench.server import Server
from schema import root

LONGEST_S = 5_400


@dataclass(frozen=True, slots=True)
class Stand:
    """What is measured: two running servers on one database."""

    ours: Server
    bare: Server
    street: UUID


async def _list(stand: Stand) -> list[Figure]:
    token = await reading.a_list(stand.street)
    return await reading.polls(stand.ours, stand.bare, token)


async def _fixed(stand: Stand) -> list[Figure]:
    return await reading.smallest(stand.ours, stand.bare)


async def _guard(stand: Stand) -> list[Figure]:
    return reading.refusing(root.schema)


async def _cast(stand: Stand) -> list[Figure]:
    return await casting.casting(stand.ours, stand.bare, stand.street)


async def _command(stand: Stand) -> list[Figure]:
    return await commands.casting(stand.street)


async def _live(stand: Stand) -> list[Figure]:
    return await live.telling(stand.ours, stand.street)


async def _count(stand: Stand) -> list[Figure]:
    return await counting.counting(stand.street)


async def _rules(stand: Stand) -> list[Figure]:
    return await rules.rules()


async def _ledger(stand: Stand) -> list[Figure]:
    return await ledger.ledgers()


async def _pledges(stand: Stand) -> list[Figure]:
    return await pledges.scoreboard()


async def _log(stand: Stand) -> list[Figure]:
    return await transparency.proving(stand.ours, stand.street)


async def _disclosures(stand: Stand) -> list[Figure]:
    return await disclosures.feeding(stand.ours, stand.bare, stand.street)


async def _discussion(stand: Stand) -> list[Figure]:
    return await discussion.discussing(stand.street)


async def _room(stand: Stand) -> list[Figure]:
    return await room.hearing(stand.ours, stand.street)


async def _reviews(stand: Stand) -> list[Figure]:
    return await reviews.counting(stand.street)


async def _deliver(stand: Stand) -> list[Figure]:
    return await deliveries.delivering(stand.street)


async def _operations(stand: Stand) -> list[Figure]:
    return await operations.watching()


async def _notices(stand: Stand) -> list[Figure]:
    return await notices.notices(stand.street)


async def _matching(stand: Stand) -> list[Figure]:
    return await matching.matching()


async def _exchange(stand: Stand) -> list[Figure]:
    return await exchange.exchanging(stand.street)


SECTIONS: dict[str, Callable[[Stand], Awaitable[list[Figure]]]] = {
    "list": _list,
    "fixed": _fixed,
    "guard": _guard,
    "cast": _cast,
    "command": _command,
    "live": _live,
    "count": _count,
    "rules": _rules,
    "ledger": _ledger,
    "pledges": _pledges,
    "reviews": _reviews,
    "log": _log,
    "discussion": _discussion,
    "disclosures": _disclosures,
    "room": _room,
    "exchange": _exchange,
    "matching": _matching,
    "notices": _notices,
    "operations": _operations,
    "deliver": _deliver,
}


async def measure(chosen: list[str], file: Path | None) -> None:
    """Measure the chosen sections one after another and tell what they came to."""
    figures: list[Figure] = []
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(ground())
        where = await report.machine()
        street = await town.a_street()
        stand = Stand(
            ours=await stack.enter_async_context(server.running(server.ours())),
            bare=await stack.enter_async_context(server.running(server.bare())),
            street=street,
        )
        for name in chosen:
            began = time.monotonic()
            figures += await SECTIONS[name](stand)
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    report.show(figures, where)
    if file is not None:
        report.write(figures, where, file)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=SECTIONS, help="a section; may be given several times"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every round there")
    given = parser.parse_args()
    chosen = [name for name in SECTIONS if not given.only or name in given.only]
    uvloop.run(asyncio.wait_for(measure(chosen, given.json), LONGEST_S))


if __name__ == "__main__":
    main()
