"""Closing and counting 100,000 ballots, named and detached, and the pure counting by itself."""

import time
from typing import Any
from uuid import UUID

from bench import town
from bench.report import Figure
from domains.kernel.rules import thaw
from domains.voting import queries, rules, service
from domains.voting.models import Option, Poll
from domains.voting.rules import DecisionRule
from domains.voting.service import rolls
from domains.voting.values import Measure, PollOption, Secrecy

BALLOTS = 100_000
ROUNDS = 3


async def counting(street: Any) -> list[Figure]:
    """Fill boxes, let their time pass, and run the worker's two commands on each."""
    community = await town.a_community(street, code="count", residents=BALLOTS)
    await town.settle()
    told: list[Figure] = []
    ahead = 0
    for secrecy in (Secrecy.OPEN, Secrecy.SECRET):
        closing: list[float] = []
        tallying: list[float] = []
        pure: list[float] = []
        for _ in range(ROUNDS):
            poll_id = await town.an_open_poll(community, secrecy=secrecy, days=1)
            await town.fill(poll_id, secrecy, ballots=BALLOTS)
            ahead += 2
            await town.move_clock(ahead)
            closing.append(await _timed(service.close_due_poll, poll_id))
            tallying.append(await _timed(service.tally_due_poll, poll_id))
            pure.append(await _pure_ms(poll_id))
        section = f"counting {BALLOTS:,} {secrecy.name} ballots"
        told += [
            Figure(section, "closing", "s", closing),
            Figure(section, "counting and publishing", "s", tallying),
            Figure(section, "pure counting of the groups", "ms", pure),
        ]
    await town.move_clock(0)
    return told


async def _timed(command: Any, poll_id: UUID) -> float:
    began = time.perf_counter()
    if await command() != poll_id:
        raise RuntimeError("another poll was due")
    return time.perf_counter() - began


async def _pure_ms(poll_id: UUID) -> float:
    """Decide again from the grouped ballots, without the database; the result must agree."""
    await town.settle()
    poll = await Poll.get(id=poll_id)
    options = [
        PollOption(each.position, each.stance)
        for each in await Option.filter(poll_id=poll_id).order_by("position")
    ]
    rule = DecisionRule.of(thaw(poll.frozen_rules))
    weighted = Measure.AREA in rule.measures
    groups = await queries.ballot_groups(poll_id, poll.secrecy, weighted=weighted)
    heads, area = await rolls.totals(poll_id)
    roll = {Measure.HEADS: heads, Measure.HOUSEHOLDS: heads, Measure.AREA: area}
    began = time.perf_counter()
    result = rules.decide(groups, roll=roll, options=options, method=poll.method, rule=rule)
    taken = (time.perf_counter() - began) * 1000
    if rules.canonical(result).decode() != poll.result or result.participated != BALLOTS:
        raise RuntimeError("counting again came to another result")
    return taken
