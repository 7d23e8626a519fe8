"""An inbox of a million notices beside one of a thousand, and whom to remind among many polls."""

import time
from collections.abc import Awaitable, Callable
from uuid import UUID

from bench import town
from bench.report import Figure
from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.paging import Page
from domains.notifications.queries import inbox, rendering
from domains.notifications.queries.inbox import InboxFilter
from domains.notifications.service import inbox as commands
from domains.notifications.service.templates import sync_presets
from domains.notifications.values import Category, Channel, Locale
from domains.voting import service as voting

MANY = 1_000_000
FEW = 1_000
POLLS = 100_000
ROUNDS = 20
KIND = "POLL_CLOSING_SOON"

# A year of somebody busy: the older nine tenths are read, one notice in three is of points.
_OCCASIONS = """
WITH words AS (
    SELECT jsonb_build_object('in_app', jsonb_object_agg(locale, id)) AS ids
    FROM notifications_template WHERE kind = $1 AND channel = 'in_app'
)
INSERT INTO notifications_occasion
    (id, kind, subject_kind, subject_id, slot, area_path, state, due_at, turn_at, variables,
     template_ids, created_at)
SELECT gen_random_uuid(), $1, 'poll', gen_random_uuid(), '', 'bench/', 'expanded', kernel_now(),
       kernel_now(), jsonb_build_object('title', '表决 ' || n, 'closes_at', kernel_now()),
       words.ids, kernel_now()
FROM words, generate_series(1, 200) AS n
"""
_NOTICES = """
WITH o AS (SELECT id, subject_id, row_number() OVER (ORDER BY id) - 1 AS n
           FROM notifications_occasion WHERE kind = $1)
INSERT INTO notifications_notice
    (id, occasion_id, kind, subject_id, slot, category, person_id, reason, seq, created_at, read_at)
SELECT gen_random_uuid(), o.id, $1, o.subject_id, s.n,
       CASE WHEN s.n % 3 = 0 THEN 'points' ELSE 'polls' END, $2, 'on_roll_not_voted', s.n,
       kernel_now() - make_interval(secs => $3::bigint - s.n),
       CASE WHEN s.n <= $3::bigint * 9 / 10 THEN kernel_now() END
FROM generate_series(1, $3::bigint) AS s (n) JOIN o ON o.n = s.n % 200
"""
_BOX = """
INSERT INTO notifications_box (person_id, last_seq, unread)
SELECT $1, $2::bigint, $2::bigint - $2::bigint * 9 / 10
"""
# Open, and to be reminded of from an hour on: none is due while it is measured.
_POLLS = """
INSERT INTO voting_poll (id, area_id, area_path, title, method, secrecy, state, least_choices,
                         most_choices, opens_at, closes_at, rule_code, frozen_rules, roll_size,
                         roll_fingerprint, created_at, published_at)
SELECT gen_random_uuid(), $1, a.path, '表决 ' || n, 'motion', 'open', 'open', 1, 1,
       kernel_now() - interval '2 days', kernel_now() + interval '2 days' + n * interval '1 s',
       'COMMUNITY_CONSULTATION', '{"content": {"remindHours": 24}}', 1, sha256(''), kernel_now(),
       kernel_now()
FROM generate_series(1, $2) AS n, membership_area a WHERE a.id = $1
"""
_FORGET = """
UPDATE voting_poll SET state = 'cancelled', cancelled_at = kernel_now(), cancel_reason = '-'
WHERE title LIKE '表决 %' AND state = 'open'
"""


async def notices(street: UUID) -> list[Figure]:
    """Measure inboxes and the scan for reminders."""
    return [*await _inboxes(), *await _scan(street)]


async def _inboxes() -> list[Figure]:
    await sync_presets()
    await database.execute(_OCCASIONS, KIND)
    busy, quiet = Actor(database.new_id()), Actor(database.new_id())
    async with database.transaction(timeout_ms=10 * 60_000):
        for actor, count in ((busy, MANY), (quiet, FEW)):
            await database.execute(_NOTICES, KIND, actor.person_id, count)
            await database.execute(_BOX, actor.person_id, count)
    await town.settle()
    asked: dict[str, Callable[[Actor], Awaitable[object]]] = {
        "first page of the inbox": _page(InboxFilter()),
        "a page in the middle": _page(InboxFilter(), middle=True),
        "unread, first page": _page(InboxFilter(unread_only=True)),
        "of one category, first page": _page(InboxFilter(categories=(Category.POINTS,))),
        "unread count": inbox.counts,
        "unread by category": inbox.unread_by_category,
        "mark all read": _read_all,
    }
    section = f"an inbox of {MANY:,} notices; bare is one of {FEW:,}"
    return [
        Figure(section, name, "ms", await _times(read, busy), await _times(read, quiet))
        for name, read in asked.items()
    ]


def _page(asked: InboxFilter, *, middle: bool = False) -> Callable[[Actor], Awaitable[object]]:
    """Return what reads a page and puts it in words."""

    async def read(actor: Actor) -> object:
        after = None
        if middle:
            after = ((await inbox.counts(actor)).last_seq // 2,)
        found = await inbox.inbox(actor, asked, Page(after=after))
        if len(found.rows) != Page().first:
            raise RuntimeError("the page is not full")
        return await rendering.in_language(found.rows, Locale.ZH_HANS, Channel.IN_APP)

    return read


async def _read_all(actor: Actor) -> None:
    await commands.mark_all_read(actor)


async def _times(read: Callable[[Actor], Awaitable[object]], actor: Actor) -> list[float]:
    await read(actor)
    took: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await read(actor)
        took.append(1_000 * (time.perf_counter() - began))
    return took


async def _scan(street: UUID) -> list[Figure]:
    """Ask whom to remind, first of no polls, then among many that are not due."""
    async with database.transaction(timeout_ms=10 * 60_000):
        await database.execute(_FORGET)
    await town.settle()
    alone = await _asking()
    async with database.transaction(timeout_ms=10 * 60_000):
        await database.execute(_POLLS, street, POLLS)
    await town.settle()
    among = await _asking()
    async with database.transaction(timeout_ms=10 * 60_000):
        await database.execute(_FORGET)
    section = f"{POLLS:,} open polls; bare is none"
    return [Figure(section, "whom to remind", "ms", among, alone)]


async def _asking() -> list[float]:
    took: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        if await voting.remind_due_poll() is not None:
            raise RuntimeError("nothing is due")
        took.append(1_000 * (time.perf_counter() - began))
    return took
