"""Reading the ballot box."""

from typing import Annotated

import strawberry

from domains.membership.queries import places
from domains.membership.queries.places import AreaPlace
from domains.voting import queries
from domains.voting.queries import PollFilter
from domains.voting.values import PollState
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.voting.types import (
    Poll,
    Receipt,
    RollCallEntry,
    SealedBallot,
    roll_call_entry,
    sealed_ballot,
)

PollId = Annotated[strawberry.ID, strawberry.argument(description="The poll.")]


@strawberry.input(description="What a list of polls is narrowed to.")
class PollFilterInput:
    """Every field narrows."""

    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="Polls of this area and of what lies in it."
    )
    states: list[PollState] | None = strawberry.field(
        default=None, description="Polls in one of these states."
    )
    title_holds: str | None = strawberry.field(
        default=None, description="Polls whose title holds these words."
    )
    mine: bool = strawberry.field(
        default=False, description="Polls on whose roll the caller stands."
    )
    commissioned: bool = strawberry.field(
        default=False,
        description="Also boxes that another part of the town put to a list of people, as those"
        " of a review: they are answered there.",
    )


Where = Annotated[
    PollFilterInput | None, strawberry.argument(description="What to narrow the list to.")
]


async def _place(area_id: str | None) -> AreaPlace | None:
    uuid = node.known("area", area_id) if area_id is not None else None
    return None if uuid is None else await places.place_of(uuid)


@strawberry.type
class VotingQuery:
    """The ballot box's questions."""

    @strawberry.field(description="A poll; null where it cannot be seen.")
    async def poll(self, info: Info, id: PollId) -> Poll | None:
        """Answer alike for malformed, absent and invisible."""
        poll_id = node.known("poll", id)
        if poll_id is None:
            return None
        row = await info.context.load(queries.polls_by_id, poll_id)
        return None if row is None else Poll.of(row)

    @strawberry.field(description="The polls that the caller sees, the latest to open first.")
    async def polls(
        self, info: Info, where: Where = None, first: First = None, after: After = None
    ) -> Connection[Poll]:
        """Read a page of them."""
        asked = where or PollFilterInput()
        area = await _place(asked.area_id)
        narrowed = PollFilter(
            area_path=area.area_path if area else None,
            states=tuple(asked.states) if asked.states is not None else None,
            title_holds=asked.title_holds,
            on_roll=info.context.actor.person_id if asked.mine else None,
            commissioned=asked.commissioned,
        )
        nowhere = asked.area_id is not None and area is None
        if nowhere or (asked.mine and info.context.actor.person_id is None):
            narrowed = PollFilter(states=())
        of = listing("polls", {"where": narrowed})
        at = page(of, first, after)
        found = await queries.polls(info.context.actor, narrowed, at)
        return connection(of, found, at, make=Poll.of, key=lambda row: (row["opens_at"], row["id"]))

    @strawberry.field(
        description="Who voted what in an OPEN poll after its close; empty for outsiders."
    )
    async def roll_call(
        self, info: Info, poll_id: PollId, first: First = None, after: After = None
    ) -> Connection[RollCallEntry]:
        """Read a page of it."""
        uuid = node.known("poll", poll_id) or node.NOBODY
        of = listing("rollCall", {"poll": uuid})
        at = page(of, first, after)
        found = await queries.roll_call(info.context.actor, uuid, at)
        return connection(of, found, at, make=roll_call_entry, key=lambda row: (row["number"],))

    @strawberry.field(
        description="The detached ballots of a SECRET poll, after its close; none of a poll over a"
        " list of people where fewer than five have cast, since each would tell whose it is."
    )
    async def sealed_ballots(
        self, info: Info, poll_id: PollId, first: First = None, after: After = None
    ) -> Connection[SealedBallot]:
        """Read a page of them, in the order of their random ids."""
        uuid = node.known("poll", poll_id) or node.NOBODY
        of = listing("sealedBallots", {"poll": uuid})
        at = page(of, first, after)
        found = await queries.sealed_ballots(info.context.actor, uuid, at)
        return connection(of, found, at, make=sealed_ballot, key=lambda row: (row["id"],))

    @strawberry.field(description="The receipts of a SECRET poll, after its close.")
    async def receipts(
        self, info: Info, poll_id: PollId, first: First = None, after: After = None
    ) -> Connection[Receipt]:
        """Read a page of them, sorted."""
        uuid = node.known("poll", poll_id) or node.NOBODY
        of = listing("receipts", {"poll": uuid})
        at = page(of, first, after)
        found = await queries.receipts(info.context.actor, uuid, at)
        return connection(
            of,
            found,
            at,
            make=lambda row: Receipt(code=row["code"]),
            key=lambda row: (row["code"],),
        )
