"""Accounts and their statements, in the contract."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.timebank.queries import accounts
from domains.timebank.values import AccountKind, TransferKind
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.membership.types import Area, Household, Organisation, Person
from schema.node import Node
from schema.scalars import TimeMinutes
from schema.timebank import enums as _enums  # noqa: F401  # describes the enums first


@strawberry.type(description="Who holds an account, as far as the caller sees them.")
class AccountHolder:
    """Of a pair of kind and id, what may be loaded."""

    kind: AccountKind = strawberry.field(description="What kind of holder.")
    owner_uuid: strawberry.Private[UUID | None]

    @strawberry.field(description="The person, where the caller knows them.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with the others."""
        if self.kind is not AccountKind.PERSON or self.owner_uuid is None:
            return None
        return await Person.load(info, self.owner_uuid)

    @strawberry.field(description="The household, where the caller sees it.", metadata=LOADS)
    async def household(self, info: Info) -> Household | None:
        """Load it with the others."""
        if self.kind is not AccountKind.HOUSEHOLD or self.owner_uuid is None:
            return None
        return await Household.load(info, self.owner_uuid)

    @strawberry.field(description="The organisation.", metadata=LOADS)
    async def organisation(self, info: Info) -> Organisation | None:
        """Load it with the others."""
        if self.kind is not AccountKind.ORGANISATION or self.owner_uuid is None:
            return None
        return await Organisation.load(info, self.owner_uuid)


@strawberry.type(description="What an account holds.")
class AccountBalance:
    """Posted, waiting, and free."""

    minutes: TimeMinutes = strawberry.field(description="What is posted.")
    available_minutes: TimeMinutes = strawberry.field(
        description="What can be spent: what is posted, less what waits to go."
    )
    pending_out_minutes: TimeMinutes = strawberry.field(description="What waits to go.")
    pending_in_minutes: TimeMinutes = strawberry.field(description="What waits to come.")


@strawberry.type(description="A line of a statement.")
class LedgerEntry:
    """One leg of a transfer, with what it left."""

    number: TimeMinutes = strawberry.field(description="Its number in the ledger; rises with time.")
    minutes: TimeMinutes = strawberry.field(description="What came, or with a minus what went.")
    balance_minutes: TimeMinutes | None = strawberry.field(
        description="What the account held then; null for the scheme's own."
    )
    at: datetime = strawberry.field(description="When.")
    kind: TransferKind = strawberry.field(description="Why.")
    memo: str = strawberry.field(description="What was written to it.")
    transfer_id: strawberry.ID = strawberry.field(description="The transfer, for reversals.")
    reverses_id: strawberry.ID | None = strawberry.field(
        description="The transfer that it sends back, if any."
    )
    other: AccountHolder = strawberry.field(description="Who holds the account at the other end.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        reverses = row["reverses_id"]
        return cls(
            number=TimeMinutes(row["number"]),
            minutes=TimeMinutes(row["minutes"]),
            balance_minutes=None
            if row["balance_after"] is None
            else TimeMinutes(row["balance_after"]),
            at=row["at"],
            kind=TransferKind(row["kind"]),
            memo=row["memo"],
            transfer_id=node.encode("time_transfer", row["transfer_id"]),
            reverses_id=None if reverses is None else node.encode("time_transfer", reverses),
            other=AccountHolder(
                kind=AccountKind(row["other_kind"]), owner_uuid=row["other_owner_id"]
            ),
        )


@strawberry.type(description="An account of the time bank.")
class TimeAccount(Node):
    """Seen by whose it is and by who keeps the time bank; a scheme's own by everybody."""

    kind: AccountKind = strawberry.field(description="Whose it is.")
    is_mine: bool = strawberry.field(description="Whether the caller may use it.")
    holder: AccountHolder = strawberry.field(description="Who holds it.")
    ceiling_minutes: TimeMinutes | None = strawberry.field(
        description="The most that it may hold; null where there is no limit."
    )
    opened_at: datetime = strawberry.field(description="When it was opened.")
    closed_at: datetime | None = strawberry.field(description="When it was closed, if it was.")
    suspended_at: datetime | None = strawberry.field(
        description="Since when nothing may be spent from it or given to it; null where it may."
    )
    suspend_reason: str | None = strawberry.field(description="Why it is suspended.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        ceiling = row["ceiling_minutes"]
        return cls(
            id=node.encode("time_account", row["id"]),
            kind=AccountKind(row["kind"]),
            is_mine=row["is_mine"],
            holder=AccountHolder(kind=AccountKind(row["kind"]), owner_uuid=row["owner_id"]),
            ceiling_minutes=None if ceiling is None else TimeMinutes(ceiling),
            opened_at=row["opened_at"],
            closed_at=row["closed_at"],
            suspended_at=row["suspended_at"],
            suspend_reason=row["suspend_reason"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, account_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(accounts.accounts_by_id, account_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The community.", metadata=LOADS)
    async def community(self, info: Info) -> Area | None:
        """Load it with those of the other accounts."""
        return await Area.load(info, self.row["community_id"])

    @strawberry.field(description="What it holds now.", metadata=LOADS)
    async def balance(self, info: Info) -> AccountBalance | None:
        """Load it with those of the other accounts."""
        row = await info.context.load(accounts.balances, self.row["id"])
        if row is None:
            return None
        return AccountBalance(
            minutes=TimeMinutes(row["balance_minutes"]),
            available_minutes=TimeMinutes(
                row["balance_minutes"]
                if row["available_minutes"] is None
                else row["available_minutes"]
            ),
            pending_out_minutes=TimeMinutes(row["pending_out_minutes"]),
            pending_in_minutes=TimeMinutes(row["pending_in_minutes"]),
        )

    @strawberry.field(
        description="What came and went, the latest first; of a scheme's own account, for who"
        " keeps the time bank."
    )
    async def statement(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[LedgerEntry]:
        """Read a page of it."""
        of = listing("timeAccount.statement", {"account": self.row["id"]})
        at = page(of, first, after)
        found = await accounts.statement(info.context.actor, self.row["id"], at)
        return connection(of, found, at, make=LedgerEntry.of, key=lambda row: (row["number"],))


async def _accounts(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await accounts.accounts_by_id(actor, ids)
    return [None if row is None else TimeAccount.of(row) for row in rows]


node.register("time_account", _accounts)
