"""What the scheme itself may spend: the donation pool first, then the reserve.

Their accounts keep no balance, so that nobody who donates waits for anybody. Whoever takes
from them is rare, and takes turns: under the lock nothing else leaves, and what comes in
meanwhile only adds.
"""

from collections.abc import Mapping
from uuid import UUID

from domains.kernel import database
from domains.timebank.errors import FundTooSmall
from domains.timebank.queries import ledger as books
from domains.timebank.values import AccountKind

SPENDABLE = (AccountKind.DONATION_POOL, AccountKind.RESERVE)
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('timebank.fund:' || $1::uuid::text, 0))"


async def taken(
    community_id: UUID,
    own: Mapping[AccountKind, UUID],
    minutes: int,
    *,
    kinds: tuple[AccountKind, ...] = SPENDABLE,
) -> list[tuple[UUID, int]]:
    """Return from which of the scheme's accounts how many minutes come, in their order.

    Runs in the open transaction, which holds the lock to its end; raises FundTooSmall.
    """
    database.require_open_transaction()
    await database.execute(_LOCK, community_id)
    found = await books.balances([own[kind] for kind in kinds])
    there = [(own[kind], max(0, found[own[kind]]["balance_minutes"])) for kind in kinds]
    available = sum(held for _, held in there)
    if minutes > available:
        raise FundTooSmall(path=("input", "minutes"), available_minutes=available)
    parts, left = [], minutes
    for account_id, held in there:
        part = min(left, held)
        left -= part
        if part:
            parts.append((account_id, part))
    return parts
