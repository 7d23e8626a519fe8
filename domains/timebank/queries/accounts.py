"""Accounts as the actor sees them: one's own, of one's home and organisations, and kept."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor, Role
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.timebank.policy import KEEPERS
from domains.timebank.queries import ledger
from domains.timebank.values import AccountKind

# $1 the actor, $2 organisations that the actor administers, $3 LIKE patterns of the areas that
# the actor keeps, $4 whether the actor is the system.
MINE = """
(a.kind = 'person' AND a.owner_id = $1::uuid
 OR a.kind = 'organisation' AND a.owner_id = ANY ($2::uuid[])
 OR a.kind = 'household' AND EXISTS (
    SELECT FROM membership_residency r
    WHERE r.household_id = a.owner_id AND r.person_id = $1::uuid AND r.state = 'verified')
 OR a.kind = 'community' AND a.area_path LIKE ANY ($3::text[]))
"""
_COLUMNS = f"""
a.id, a.kind, a.owner_id, a.community_id, a.area_path, a.floor_minutes, a.ceiling_minutes,
a.opened_at, a.closed_at, a.suspended_at, a.suspend_reason,
coalesce({MINE}, false) AS is_mine
"""
_ONE = f"SELECT {_COLUMNS} FROM timebank_account a WHERE a.id = $4"
# The scheme's own accounts are everybody's to see; what moved through them is not.
_SEEN = f"""
SELECT {_COLUMNS} FROM timebank_account a
WHERE ({MINE} OR a.area_path LIKE ANY ($3::text[]) OR a.floor_minutes IS NULL OR $4)
"""
_BY_ID = f"{_SEEN} AND a.id = ANY ($5::uuid[])"
_LIST = f"""
{_SEEN}
  AND ($5::text IS NULL OR a.area_path LIKE $5)
  AND ($6::text[] IS NULL OR a.kind = ANY ($6))
  AND (NOT $7 OR {MINE})
  AND (NOT $8 OR a.suspended_at IS NOT NULL)
  AND ($9::uuid IS NULL OR a.id > $9)
ORDER BY a.id LIMIT $10
"""

Eyes = tuple[UUID | None, list[UUID], list[str], bool]


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """What a list of accounts is narrowed to."""

    within_path: str | None = None
    kinds: tuple[AccountKind, ...] | None = None
    mine: bool = False
    suspended: bool = False


def eyes(actor: Actor) -> Eyes:
    """Return the four parameters that every reading of accounts starts from."""
    administered = {
        grant.organisation_id
        for grant in actor.grants
        if grant.role is Role.ORGANISATION_ADMINISTRATOR and grant.organisation_id is not None
    }
    kept = [f"{path}%" for path in actor.area_paths(*KEEPERS)]
    return actor.person_id, sorted(administered), kept, actor.system


async def account(actor: Actor, account_id: UUID) -> Row | None:
    """Return an account with whether it is the actor's, for commands to judge."""
    return await database.fetch_one(_ONE, *eyes(actor)[:3], account_id)


async def accounts_by_id(actor: Actor, account_ids: list[UUID]) -> list[Row | None]:
    """Batch: the accounts of these ids, None where the actor does not see them."""
    rows = await database.fetch(_BY_ID, *eyes(actor), account_ids)
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in account_ids]


async def accounts(actor: Actor, asked: AccountFilter, page: Page) -> Slice[Row]:
    """Return a page of the accounts that the actor sees, the first opened first."""
    rows = await database.fetch(
        _LIST,
        *eyes(actor),
        None if asked.within_path is None else f"{asked.within_path}%",
        None if asked.kinds is None else list(asked.kinds),
        asked.mine,
        asked.suspended,
        page.after[0] if page.after else None,
        page.limit,
    )
    return Slice.of(rows, page)


async def balances(actor: Actor, account_ids: list[UUID]) -> list[Row | None]:
    """Batch: what accounts hold, None where the actor does not see them."""
    seen = [row["id"] for row in await accounts_by_id(actor, account_ids) if row is not None]
    found = await ledger.balances(seen)
    return [found.get(each) for each in account_ids]


async def statement(actor: Actor, account_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of the entries of an account, the latest first; none where it is not seen.

    What moved through the scheme's own accounts tells of everybody, so only keepers read it.
    """
    (row,) = await accounts_by_id(actor, [account_id])
    kept = row is not None and (
        actor.system or any(row["area_path"].startswith(p) for p in actor.area_paths(*KEEPERS))
    )
    if row is None or not (row["is_mine"] or kept):
        return Slice(rows=[], has_more=False)
    return await ledger.statement(account_id, page)


_OWN = f"SELECT a.id FROM timebank_account a WHERE {MINE} AND a.closed_at IS NULL ORDER BY a.id"


async def own_ids(actor: Actor) -> list[UUID]:
    """Return the accounts that the actor may use."""
    return [row["id"] for row in await database.fetch(_OWN, *eyes(actor)[:3])]
