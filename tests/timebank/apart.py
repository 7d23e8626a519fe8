"""A household of many who share one balance, planted in a database that a test does not share."""

import asyncio
import json
import os
import sys
from datetime import timedelta
from typing import Any
from uuid import uuid4

from domains.kernel import clock, database, rulesets
from domains.kernel.actor import SYSTEM
from domains.kernel.rules import LegalEffect
from domains.timebank.queries.ledger import balances, faults
from domains.timebank.service import ledger
from domains.timebank.service.presets import _PRESETS, TIME_BANK
from domains.timebank.values import AccountKind, Reference, TransferKind
from schema import node
from tests import factories

SPENDERS = 64
EACH = 30


async def plant(minutes: int) -> dict[str, Any]:
    """A household with so many minutes and 64 who live in it, each signed in, and who receives."""
    from tests.journey.test_killed import a_session

    community = await factories.a_community()
    content = {name: said for name, *_, said in _PRESETS}["NANJING"]
    await rulesets.put(
        code=TIME_BANK,
        version=1,
        community_id=community.id,
        title_zh="时间银行",
        title_en="A time bank",
        legal_basis="社区议定",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=await clock.today() - timedelta(days=1),
        content=content,
    )
    household = await factories.a_household(await factories.a_building(community))
    tokens = []
    for number in range(SPENDERS):
        person = await factories.a_person(f"家人{number}")
        await factories.a_residency(person, household)
        tokens.append(await a_session(person.id))
    place = {"community_id": community.id, "area_path": community.path}
    scheme = await ledger.open_scheme(**place)
    home = await ledger.open_account(AccountKind.HOUSEHOLD, household.id, **place)
    receiver = await ledger.open_account(AccountKind.PERSON, person.id, **place)
    movement = ledger.Movement(
        TransferKind.ISSUE, scheme[AccountKind.ISSUANCE], home, minutes, Reference("test", home)
    )
    await ledger.move(SYSTEM, movement, idempotency_key=uuid4())
    return {
        "tokens": tokens,
        "fromId": node.encode("time_account", home),
        "toId": node.encode("time_account", receiver),
    }


async def check(home: str, receiver: str) -> dict[str, Any]:
    """What the two hold, and what is wrong with the books."""
    ids = [node.decode("time_account", each) for each in (home, receiver)]
    found = await balances(ids)
    gifts = await database.fetch_value("SELECT count(*) FROM timebank_transfer WHERE kind = 'gift'")
    held = [found[each]["balance_minutes"] for each in ids]
    return {"held": held, "gifts": gifts, "faults": await faults()}


async def _main(command: str, *arguments: str) -> None:
    async with database.connected(os.environ["DATABASE_URL"]):
        said = await plant(int(arguments[0])) if command == "plant" else await check(*arguments)
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
