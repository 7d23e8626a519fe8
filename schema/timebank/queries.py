"""Reading the time bank's accounts."""

from typing import Annotated

import strawberry

from domains.membership.queries import places
from domains.timebank.queries import accounts
from domains.timebank.queries.accounts import AccountFilter
from domains.timebank.values import AccountKind
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.timebank.accounts import TimeAccount

AccountId = Annotated[strawberry.ID, strawberry.argument(description="The account.")]


@strawberry.input(description="What to narrow a list of accounts to.")
class TimeAccountFilterInput:
    """All that is said must hold."""

    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="An area, with what lies in it."
    )
    kinds: list[AccountKind] | None = strawberry.field(
        default=None, description="Accounts of one of these kinds."
    )
    mine: bool = strawberry.field(default=False, description="Accounts that the caller may use.")
    suspended: bool = strawberry.field(default=False, description="Accounts that are suspended.")


AccountsWhere = Annotated[
    TimeAccountFilterInput | None, strawberry.argument(description="What to narrow the list to.")
]


async def path_of(area_id: str | None) -> str | None:
    """Return an area's path to narrow a list by; one that is nowhere where the id names none."""
    if area_id is None:
        return None
    uuid = node.known("area", area_id)
    place = None if uuid is None else await places.place_of(uuid)
    return place.area_path if place else "//"


@strawberry.type
class TimeAccountsQuery:
    """Accounts of the time bank."""

    @strawberry.field(description="An account; null where it cannot be seen.")
    async def time_account(self, info: Info, id: AccountId) -> TimeAccount | None:
        """Answer alike for malformed, absent and invisible."""
        account_id = node.known("time_account", id)
        return None if account_id is None else await TimeAccount.load(info, account_id)

    @strawberry.field(
        description="The accounts that the caller sees: one's own, one's household's, one's"
        " organisations', those that one keeps, and each scheme's own."
    )
    async def time_accounts(
        self, info: Info, where: AccountsWhere = None, first: First = None, after: After = None
    ) -> Connection[TimeAccount]:
        """Read a page of them."""
        asked = where or TimeAccountFilterInput()
        narrowed = AccountFilter(
            within_path=await path_of(asked.area_id),
            kinds=None if asked.kinds is None else tuple(asked.kinds),
            mine=asked.mine,
            suspended=asked.suspended,
        )
        of = listing("timeAccounts", {"where": narrowed})
        at = page(of, first, after)
        found = await accounts.accounts(info.context.actor, narrowed, at)
        return connection(of, found, at, make=TimeAccount.of, key=lambda row: (row["id"],))
