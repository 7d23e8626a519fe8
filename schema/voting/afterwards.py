"""What follows a count: grounds, challenges, the sealed file."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.voting.queries import afterwards as queries
from domains.voting.rules.grounds import Ground, named
from domains.voting.service import bundles
from domains.voting.values import ChallengeState
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.node import Node
from schema.voting import paper_enums as _enums  # noqa: F401  # describes the enums first

OfPoll = Annotated[strawberry.ID, strawberry.argument(description="The poll.")]


@strawberry.type(description="A ground on which a counted poll would be invalid.")
class InvalidityGround:
    """One line of the list that is looked through before a result is certified."""

    code: str = strawberry.field(description="Which, by the rules' code.")
    name: str = strawberry.field(description="What it is, in the caller's language.")
    computed: bool = strawberry.field(
        description="Whether the poll's own record answers it; it is not cleared against that."
    )
    clear: bool | None = strawberry.field(
        description="Whether it is absent; null while nobody has looked."
    )
    note: str | None = strawberry.field(description="What was noted by who looked.")
    checked_at: datetime | None = strawberry.field(description="When somebody looked.")

    @classmethod
    def of(cls, ground: Ground, check: Row | None, *, locale: str) -> Self:
        """Show it."""
        zh, en = named([ground.code])
        return cls(
            code=ground.code,
            name=en if locale.startswith("en") else zh,
            computed=ground.computed,
            clear=ground.clear,
            note=check["note"] if check else None,
            checked_at=check["checked_at"] if check else None,
        )


@strawberry.type(description="A voter's challenge of a certified result.")
class PollChallenge(Node):
    """Who filed it is not told."""

    state: ChallengeState = strawberry.field(description="What became of it.")
    text: str | None = strawberry.field(
        description="What it says; for its author and conveners, null for others."
    )
    mine: bool = strawberry.field(description="Whether the caller filed it.")
    filed_at: datetime = strawberry.field(description="When it was filed.")
    due_at: datetime = strawberry.field(description="Until when it is to be answered.")
    decided_at: datetime | None = strawberry.field(description="When it was answered.")
    reason: str | None = strawberry.field(description="The answer.")
    late: bool = strawberry.field(description="Whether the answer came, or stays away, too late.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("poll_challenge", row["id"]),
            state=ChallengeState(row["state"]),
            text=row["text"],
            mine=bool(row["mine"]),
            filed_at=row["filed_at"],
            due_at=row["due_at"],
            decided_at=row["decided_at"],
            reason=row["reason"],
            late=row["late"],
        )


@strawberry.type(description="A decided poll in one file; `gongyi recount` counts it again.")
class PollBundle:
    """Roll by numbers, ballots, rules and result, sealed by hashes."""

    address: str = strawberry.field(
        description="Where it is fetched for some minutes: a path on this origin, or a whole URL."
    )
    sha256: str = strawberry.field(description="What the file hashes to, in hex.")
    size_bytes: int = strawberry.field(description="How long the file is.")


@strawberry.type
class AfterwardsQuery:
    """Reading what follows a count."""

    @strawberry.field(
        description="The grounds of invalidity of a counted poll, as they stand; empty where its"
        " rules ask for none."
    )
    async def poll_grounds(self, info: Info, poll_id: OfPoll) -> list[InvalidityGround]:
        """As many as the rules name."""
        actor = info.context.actor
        uuid = node.known("poll", poll_id) or node.NOBODY
        return [
            InvalidityGround.of(ground, check, locale=actor.locale)
            for ground, check in await queries.seen_grounds(actor, uuid)
        ]

    @strawberry.field(description="The challenges of a result, for who belongs there.")
    async def poll_challenges(
        self, info: Info, poll_id: OfPoll, first: First = None, after: After = None
    ) -> Connection[PollChallenge]:
        """Read a page of them, the oldest first."""
        uuid = node.known("poll", poll_id) or node.NOBODY
        of = listing("pollChallenges", {"poll": uuid})
        at = page(of, first, after)
        found = await queries.challenges(info.context.actor, uuid, at)
        return connection(
            of, found, at, make=PollChallenge.of, key=lambda row: (row["filed_at"], row["id"])
        )

    @strawberry.field(
        description="The sealed file of a decided poll: of a SECRET one for everybody, of an OPEN"
        " one for who belongs there; null otherwise, and of a SECRET one over a list of people"
        " where fewer than five have cast."
    )
    async def poll_bundle(self, info: Info, poll_id: OfPoll) -> PollBundle | None:
        """Put it in place; the same bytes each time."""
        uuid = node.known("poll", poll_id)
        sealed = await bundles.sealed_bundle(info.context.actor, uuid) if uuid else None
        if sealed is None:
            return None
        return PollBundle(
            address=sealed.address, sha256=sealed.sha256.hex(), size_bytes=sealed.size_bytes
        )


async def _challenges(actor: Actor, ids: list[UUID]) -> list[PollChallenge | None]:
    rows = await queries.challenges_by_id(actor, ids)
    return [None if row is None else PollChallenge.of(row) for row in rows]


node.register("poll_challenge", _challenges)
