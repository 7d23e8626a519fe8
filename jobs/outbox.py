"""The relay: recorded events become reactions, and the live connections are told.

Any number of relays run side by side: each claims a batch `FOR UPDATE SKIP LOCKED`, runs
the reactions, and marks it delivered in the same transaction; a killed relay leaves its
batch to the next. A reaction that fails is undone alone, tried again with growing
patience, and parked after ten times, where staff see it. NOTIFY is sent once a batch,
after all else: it makes commits queue.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from domains.disclosure import events as disclosure
from domains.kernel import database, live
from domains.kernel.database import Row, savepoint, transaction
from domains.kernel.events import Event, name_of
from domains.matching.events import funds as money
from domains.matching.events.needs import UnmetNeedFound
from domains.matching.events.orders import OF_A_PERSONS_OFFERS, OF_AN_ORDER
from domains.matching.events.projects import OF_A_PROJECT, ProjectClosed
from domains.matching.events.resources import ResourceReceipted
from domains.matching.events.runs import OF_A_RUN
from domains.matching.events.shortages import ShortageFound
from domains.meetings import events as meetings
from domains.meetings.events.discussion import OF_A_DISCUSSION
from domains.meetings.events.issues import OF_AN_ISSUE
from domains.meetings.events.minutes import MinutesPublished
from domains.notifications import events as notices
from domains.pledges.events.pledges import OF_A_PLEDGE
from domains.pledges.events.reviews import OF_A_REVIEW, ReviewPublished
from domains.timebank import events as timebank
from domains.voting import events as voting
from jobs import exchange, matching, matters, minutes, news, notifications, pledges, transparency

Payload = Mapping[str, Any]
Reaction = Callable[[UUID, Payload], Awaitable[None]]

BATCH = 100
MOST_ATTEMPTS = 10

_CLAIM = """
SELECT id, name, payload::text AS payload, attempts FROM kernel_outbox
WHERE delivered_at IS NULL AND parked_at IS NULL
  AND (next_attempt_at IS NULL OR next_attempt_at <= kernel_now())
ORDER BY next_attempt_at NULLS FIRST, id LIMIT $1 FOR UPDATE SKIP LOCKED
"""
_DELIVERED = "UPDATE kernel_outbox SET delivered_at = kernel_now() WHERE id = ANY ($1)"
_FAILED = """
UPDATE kernel_outbox SET
    attempts = attempts + 1, failure = $2,
    next_attempt_at = kernel_now() + make_interval(secs => LEAST(600, 2 ^ attempts)),
    parked_at = CASE WHEN attempts + 1 >= $3 THEN kernel_now() END
WHERE id = $1
"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Topic:
    """Which live topic an event belongs to: the kind, and the field that holds the id."""

    kind: str
    field: str


TOPICS: dict[str, Topic] = {
    name_of(event): Topic("poll", "poll_id")
    for event in (
        voting.RollPublished,
        voting.PollPublished,
        voting.PollOpened,
        voting.PollClosed,
        voting.PollTallied,
        voting.PollCancelled,
        voting.PollExtended,
        voting.PollCertified,
        voting.PollPublicised,
        voting.PollChallenged,
        voting.PollChallengeDecided,
        voting.PollChallengeClosed,
        voting.PollAnnulled,
        voting.PollFinished,
        voting.PollHeldAgain,
        voting.CandidatesChanged,
        voting.TellersChanged,
        voting.RunoffCreated,
        voting.RollChanged,
        voting.RollClosingSoon,
        voting.RollObjectionFiled,
        voting.RollObjectionDecided,
        voting.RollObjectionOverdue,
        voting.ProxiesPublished,
    )
}

TOPICS |= {name_of(event): Topic("pledge", "pledge_id") for event in OF_A_PLEDGE}
TOPICS |= {name_of(event): Topic("review", "review_id") for event in OF_A_REVIEW}
TOPICS |= {name_of(event): Topic("issue", "issue_id") for event in OF_AN_ISSUE}
TOPICS |= {name_of(event): Topic("discussion", "subject_id") for event in OF_A_DISCUSSION}

TOPICS |= {
    name_of(event): Topic("disclosure", "disclosure_id")
    for event in (
        disclosure.DisclosureSubmitted,
        disclosure.DisclosureReturned,
        disclosure.DisclosureApproved,
        disclosure.DisclosurePublished,
        disclosure.DisclosureWithdrawn,
        disclosure.DisclosureExpired,
        disclosure.DisclosureTakenDown,
        disclosure.DisclosureArchived,
    )
}

TOPICS[name_of(meetings.RoomChanged)] = Topic("meeting", "meeting_id")
TOPICS |= {name_of(event): Topic("service_order", "order_id") for event in OF_AN_ORDER}
TOPICS |= {name_of(event): Topic("matching_run", "run_id") for event in OF_A_RUN}
TOPICS |= {
    name_of(event): Topic("project", "project_id")
    for event in (*OF_A_PROJECT, *money.OF_A_PROJECTS_MONEY)
}
# What one person hears of besides, in a list of their own.
OWN_TOPICS: dict[str, Topic] = {
    name_of(event): Topic("service_offers", "person_id") for event in OF_A_PERSONS_OFFERS
}

TOPICS[name_of(notices.InboxChanged)] = Topic("inbox", "person_id")

# An event that stands for a batch tells many: their topics are found where it is told.
MANY: dict[str, Callable[[Payload], Awaitable[Sequence[str]]]] = {
    name_of(notices.NoticesMade): notifications.inboxes_made,
    name_of(notices.NoticesWithdrawn): notifications.inboxes_cleared,
    **news.OF_EVENTS,
}

REACTIONS: dict[str, tuple[Reaction, ...]] = {}


def react(event: type[Event], reaction: Reaction) -> None:
    """Bind a reaction of one domain to an event of another."""
    name = name_of(event)
    REACTIONS[name] = (*REACTIONS.get(name, ()), reaction)


react(disclosure.DisclosurePublished, transparency.log_disclosure)
react(disclosure.DisclosureWithdrawn, transparency.log_disclosure)
react(voting.PollPublished, transparency.log_roll)
react(voting.PollTallied, transparency.log_result)
react(voting.PollTallied, matters.settle_ballot)
react(voting.PollCancelled, matters.settle_ballot)
react(MinutesPublished, minutes.disclose_minutes)
react(voting.PollAnnulled, matters.undo_ballot)
react(timebank.BooksClosed, transparency.log_books)
react(ReviewPublished, pledges.disclose_review)
react(voting.PollTallied, exchange.settle_poll)
react(voting.PollCancelled, exchange.settle_poll)
react(money.SpendingRecorded, exchange.disclose_spending)
react(money.FundIncomeRecorded, exchange.disclose_entry)
react(money.DonationMatched, exchange.disclose_entry)
react(money.FundReturned, exchange.disclose_entry)
react(money.SpendingRefunded, exchange.disclose_entry)
react(ResourceReceipted, exchange.disclose_receipt)
react(ProjectClosed, exchange.disclose_closing)
react(UnmetNeedFound, matching.look_for_shortage)
react(ShortageFound, matching.raise_shortage)
for _event, _reaction in notifications.bindings():
    react(_event, _reaction)


async def relay(reactions: Mapping[str, tuple[Reaction, ...]] = REACTIONS) -> int:
    """Deliver what waits; returns how many events were delivered."""
    delivered = 0
    while True:
        claimed, done = await _deliver_batch(reactions)
        delivered += done
        if claimed < BATCH:
            return delivered


async def _deliver_batch(reactions: Mapping[str, tuple[Reaction, ...]]) -> tuple[int, int]:
    async with transaction(timeout_ms=60_000):
        rows = await database.fetch(_CLAIM, BATCH)
        delivered = [row for row in rows if await _delivered(row, reactions)]
        if delivered:
            await database.execute(_DELIVERED, [row["id"] for row in delivered])
            await _tell(delivered)
        return len(rows), len(delivered)


async def _delivered(row: Row, reactions: Mapping[str, tuple[Reaction, ...]]) -> bool:
    try:
        async with savepoint():
            for reaction in reactions.get(row["name"], ()):
                await reaction(row["id"], json.loads(row["payload"]))
    except Exception as error:  # whatever a reaction may raise: it is undone, counted, retried
        failure = type(error).__name__
        log.warning(
            "reaction failed", event_name=row["name"], event_id=str(row["id"]), failure=failure
        )
        await database.execute(_FAILED, row["id"], failure, MOST_ATTEMPTS)
        return False
    return True


async def _tell(rows: list[Row]) -> None:
    """Notify once a batch, of each topic's latest event."""
    batch: dict[str, dict[str, str]] = {}
    for row in rows:
        many = MANY.get(row["name"])
        if many is not None:
            for each in await many(json.loads(row["payload"])):
                batch[each] = {"event": row["name"]}
        for topics in (TOPICS, OWN_TOPICS):
            topic = topics.get(row["name"])
            if topic is not None:
                subject = UUID(json.loads(row["payload"])[topic.field])
                batch[live.topic(topic.kind, subject)] = {"event": row["name"]}
    for text in live.encode(batch):
        await database.execute("SELECT pg_notify($1, $2)", live.CHANNEL, text)
