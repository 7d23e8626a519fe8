"""Hearing of one's time bank: ids alone, and what a listener then reads, it reads as itself."""

from collections.abc import AsyncGenerator

import strawberry

from domains.kernel.live import topic
from domains.timebank.queries import accounts
from schema import live, node
from schema.context import Info


@strawberry.type(
    description="Accounts, reservations, relatives or needs of the caller have changed; read them"
    " to see how."
)
class MyTimeBankChanged:
    """Ids alone."""

    account_ids: list[strawberry.ID] = strawberry.field(
        description="The open accounts that the caller may use."
    )


@strawberry.type
class TimeBankSubscription:
    """News of the time bank."""

    @strawberry.subscription(
        description="Hear whenever minutes come or go in an account that the caller may use, or"
        " something happens to their reservations, relatives or needs. Accounts that are opened"
        " later are heard after subscribing again.",
        metadata=live.shared(live.by_person),
    )
    async def my_time_bank_changed(self, info: Info) -> AsyncGenerator[MyTimeBankChanged, None]:
        """Listen to one's own; ends where nobody is signed in."""
        person_id = info.context.actor.person_id
        if person_id is None:
            return
        ids = await accounts.own_ids(info.context.actor)
        topics = [topic("time_account", each) for each in ids]
        async for _ in live.listen(info, topic("time_person", person_id), *topics):
            now = await accounts.own_ids(info.context.actor)
            yield MyTimeBankChanged(account_ids=[node.encode("time_account", each) for each in now])
