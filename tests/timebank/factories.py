from uuid import UUID, uuid4

from domains.kernel.actor import SYSTEM, Actor
from domains.timebank.service import ledger
from domains.timebank.values import AccountKind, Reference, TransferKind

HERE = UUID(int=1)
PATH = "/330000/"


async def a_scheme(community=HERE, path=PATH):
    return await ledger.open_scheme(community, path)


async def an_account(minutes=0, *, community=HERE, kind=AccountKind.PERSON, ceiling=None):
    account = await ledger.open_account(
        kind, uuid4(), community_id=community, area_path=PATH, ceiling_minutes=ceiling
    )
    if minutes:
        scheme = await a_scheme(community)
        await ledger.move(
            SYSTEM,
            a_movement(scheme[AccountKind.ISSUANCE], account, minutes, kind=TransferKind.ISSUE),
            idempotency_key=uuid4(),
        )
    return account


def a_movement(source, target, minutes, *, kind=TransferKind.GIFT, **more):
    return ledger.Movement(kind, source, target, minutes, Reference("test", UUID(int=7)), **more)


def somebody():
    return Actor(person_id=uuid4())
