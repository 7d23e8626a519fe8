"""Deliveries as staff see them: what was given up, and how the channels stand."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.notifications.queries import deliveries
from domains.notifications.service import dead_letters
from domains.notifications.values import Channel
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import Info
from schema.errors import Refused
from schema.membership.queries import path_of
from schema.node import Node
from schema.notifications import enums as _enums  # noqa: F401  # describes the enums first

OfChannel = Annotated[
    Channel | None, strawberry.argument(description="Of one channel; of all if left out.")
]
Argument = strawberry.argument(description="What to do.")


@strawberry.type(description="A message that was given up: never to whom, nor what it said.")
class DeadLetter(Node):
    """Why, and whether it can be tried again."""

    channel: Channel = strawberry.field(description="The channel that it was to go by.")
    kind: str = strawberry.field(description="The kind of notice.")
    reason: str = strawberry.field(description="The last code of the provider, or ours.")
    attempts: int = strawberry.field(description="How often it was tried.")
    unanswered: int = strawberry.field(
        description="Of these, how often nobody knows what became of it: it may have arrived."
    )
    may_be_sent: bool = strawberry.field(description="Whether it is not too late to try again.")
    created_at: datetime = strawberry.field(description="When it was put down.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("dead_letter", row["id"]),
            channel=Channel(row["channel"]),
            kind=row["kind"],
            reason=row["reason"],
            attempts=row["attempts"],
            unanswered=row["unanswered"],
            may_be_sent=row["may_be_sent"],
            created_at=row["created_at"],
        )


@strawberry.type(description="What came of attempts on a channel within 24 hours.")
class DeliveryOutcomes:
    """How often each happened."""

    sent: int = strawberry.field(description="Taken over by the provider.")
    received: int = strawberry.field(description="Reported as received.")
    bounced: int = strawberry.field(description="Refused by the address, or returned.")
    failed: int = strawberry.field(description="Attempts that are tried again.")
    unanswered: int = strawberry.field(
        description="Attempts without an answer, leases lost among them: each may go out twice."
    )
    dead: int = strawberry.field(description="Given up.")
    suppressed: int = strawberry.field(description="Not sent, because it was not to be any more.")
    unwanted: int = strawberry.field(description="Refused for want of consent.")
    closed: int = strawberry.field(description="Times that the channel was shut.")


@strawberry.type(description="How a channel stands.")
class DeliveryFigures:
    """Figures alone."""

    channel: Channel = strawberry.field(description="The channel.")
    is_on: bool = strawberry.field(description="Whether settings turn it on, lacking nothing.")
    waiting: int = strawberry.field(description="Messages that wait, or are to be tried again.")
    sending: int = strawberry.field(description="Messages under way.")
    dead: int = strawberry.field(description="Messages given up that staff have not settled.")
    late_s: float = strawberry.field(
        description="Seconds since the message that waits longest was due; 0 where none is."
    )
    fault: str | None = strawberry.field(description="The channel's last fault, while it lasts.")
    paused_until: datetime | None = strawberry.field(description="Until when it stays shut.")
    last_day: DeliveryOutcomes = strawberry.field(description="What came of the last 24 hours.")

    @classmethod
    def of(cls, told: dict[str, Any]) -> Self:
        """Make it from what was counted."""
        outcomes = told["outcomes"]
        lost = outcomes.get("unanswered", 0) + outcomes.get("lost", 0)
        named = {
            name: outcomes.get(name, 0)
            for name in (
                *("sent", "received", "bounced", "failed", "dead", "suppressed"),
                *("unwanted", "closed"),
            )
        }
        return cls(
            channel=told["channel"],
            is_on=told["is_on"],
            waiting=told["waiting"],
            sending=told["sending"],
            dead=told["dead"],
            late_s=max(0.0, told["late_s"]),
            fault=told["fault"],
            paused_until=told["paused_until"],
            last_day=DeliveryOutcomes(unanswered=lost, **named),
        )


@strawberry.input(description="A message that was given up, to be tried again.")
class RetryDeadLetterInput:
    """From the beginning."""

    dead_letter_id: strawberry.ID = strawberry.field(description="The message.")


@strawberry.input(description="Messages that were given up, to be tried again.")
class RetryDeadLettersInput:
    """What is left out does not narrow."""

    channel: Channel | None = strawberry.field(default=None, description="Of this channel.")
    kind: str | None = strawberry.field(default=None, description="Of this kind of notice.")
    reason: str | None = strawberry.field(default=None, description="Given up for this reason.")
    within_id: strawberry.ID | None = strawberry.field(
        default=None, description="About this area and what lies in it."
    )
    most: int = strawberry.field(
        default=100, description="How many at most, the oldest first: 1 to 1,000."
    )


@strawberry.input(description="A message that was given up, to be put aside.")
class DismissDeadLetterInput:
    """It is not sent."""

    dead_letter_id: strawberry.ID = strawberry.field(description="The message.")


@strawberry.type(description="A message that was given up is settled.")
class DeadLetterSettled:
    """Which one it was."""

    dead_letter_id: strawberry.ID = strawberry.field(description="The message.")


@strawberry.type(description="Messages that were given up are tried again.")
class DeadLettersRetried:
    """How many: fewer than asked for where there are no more that the caller sees."""

    count: int = strawberry.field(description="How many go out again.")


RetryDeadLettersResult = Annotated[
    DeadLettersRetried | Refused,
    strawberry.union("RetryDeadLettersResult", description="How many go out, or why none does."),
]
RetryDeadLetterResult = Annotated[
    DeadLetterSettled | Refused,
    strawberry.union("RetryDeadLetterResult", description="What goes out, or why nothing does."),
]
DismissDeadLetterResult = Annotated[
    DeadLetterSettled | Refused,
    strawberry.union("DismissDeadLetterResult", description="What is aside, or why nothing is."),
]


@strawberry.type
class DeliveriesQuery:
    """What staff see of deliveries."""

    @strawberry.field(
        description="Messages that were given up, the latest first: administrators see all,"
        " committees and streets those about their area; empty for others."
    )
    async def dead_letters(
        self, info: Info, channel: OfChannel = None, first: First = None, after: After = None
    ) -> Connection[DeadLetter]:
        """Read a page of them."""
        of = listing("deadLetters", {"channel": channel})
        at = page(of, first, after)
        found = await deliveries.dead_letters(info.context.actor, channel=channel, page=at)
        return connection(
            of, found, at, make=DeadLetter.of, key=lambda row: (row["created_at"], row["id"])
        )

    @strawberry.field(description="How each channel stands; for administrators, empty for others.")
    async def delivery_figures(self, info: Info) -> list[DeliveryFigures]:
        """Read them: one a channel."""
        return [DeliveryFigures.of(each) for each in await deliveries.figures(info.context.actor)]


@strawberry.type
class DeliveriesMutation:
    """What staff do about what was given up."""

    @strawberry.mutation(description="Let a message that was given up be tried again.")
    async def retry_dead_letter(
        self, info: Info, input: Annotated[RetryDeadLetterInput, Argument]
    ) -> RetryDeadLetterResult:
        """Let it go out again."""
        await dead_letters.retry(info.context.actor, _id(input.dead_letter_id))
        return DeadLetterSettled(dead_letter_id=input.dead_letter_id)

    @strawberry.mutation(
        description="Let messages that were given up be tried again, but for those that are too"
        " late; asked again, those that are left."
    )
    async def retry_dead_letters(
        self, info: Info, input: Annotated[RetryDeadLettersInput, Argument]
    ) -> RetryDeadLettersResult:
        """Let them go out again."""
        asked = dead_letters.DeadLetterFilter(
            channel=input.channel,
            kind=input.kind,
            reason=input.reason,
            area_path=await path_of(info, input.within_id),
        )
        count = await dead_letters.retry_many(info.context.actor, asked, most=input.most)
        return DeadLettersRetried(count=count)

    @strawberry.mutation(description="Put a message that was given up aside.")
    async def dismiss_dead_letter(
        self, info: Info, input: Annotated[DismissDeadLetterInput, Argument]
    ) -> DismissDeadLetterResult:
        """Put it aside."""
        await dead_letters.dismiss(info.context.actor, _id(input.dead_letter_id))
        return DeadLetterSettled(dead_letter_id=input.dead_letter_id)


def _id(given: strawberry.ID) -> UUID:
    return node.decode("dead_letter", given, path=("input", "deadLetterId"))


async def _dead_letters(actor: Actor, ids: list[UUID]) -> list[DeadLetter | None]:
    rows = await deliveries.dead_letters_by_id(actor, ids)
    return [None if row is None else DeadLetter.of(row) for row in rows]


node.register("dead_letter", _dead_letters)
