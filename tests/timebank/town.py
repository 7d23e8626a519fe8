"""A community whose scheme is in force, for tests that go through the contract."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from domains.kernel import clock, database
from domains.kernel.actor import SYSTEM, Actor
from domains.membership.models import Area
from domains.timebank.service import accounts, ledger, presets, schemes
from domains.timebank.values import AccountKind, Reference, TransferKind
from tests import factories

OLD = date(1950, 4, 1)


@dataclass(frozen=True)
class Town:
    """A community, who keeps its time bank, and whom they may ask to approve."""

    community: Area
    keeper: Actor
    second: Actor


async def a_town(
    preset: str = "NANJING",
    *,
    street: Area | None = None,
    name: str = "同心社区",
    **changes: Any,
) -> Town:
    """A community whose scheme has been in force since yesterday."""
    await presets.sync_presets()
    community = await factories.a_community(street, name=name)
    keeper = await factories.a_committee_member(community)
    second = await factories.a_committee_member(community, name="李敏")
    draft = schemes.SchemeDraft(
        effective_from=await clock.today() + timedelta(days=1),
        legal_basis="社区议定",
        preset=preset,
        changes=changes,
    )
    await schemes.adopt_scheme(keeper, community.id, draft, idempotency_key=uuid4())
    await database.execute("UPDATE test_clock SET moved = moved + interval '1 day'")
    return Town(community, keeper, second)


async def a_holder(
    town: Town, minutes: int = 0, *, name: str = "林芳", born: date | None = OLD
) -> tuple[Actor, UUID]:
    """A resident with an account that holds some minutes."""
    actor = await factories.a_resident(town.community, name=name, born=born)
    return actor, await an_account_of(town, actor, minutes)


async def an_account_of(town: Town, actor: Actor, minutes: int = 0) -> UUID:
    """The account of somebody, with some minutes issued to it."""
    account = await accounts.open_time_account(
        actor, town.community.id, kind=AccountKind.PERSON, owner_id=None
    )
    if minutes:
        scheme = await ledger.open_scheme(town.community.id, town.community.path)
        movement = ledger.Movement(
            TransferKind.ISSUE,
            scheme[AccountKind.ISSUANCE],
            account,
            minutes,
            Reference("test", account),
        )
        await ledger.move(SYSTEM, movement, idempotency_key=uuid4())
    return account
