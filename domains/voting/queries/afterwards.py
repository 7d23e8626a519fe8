"""What follows a count, as rows: grounds as they stand, and challenges."""

import json
from collections.abc import Sequence
from uuid import UUID

from domains.kernel import calendar, database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.kernel.rules import thaw
from domains.voting.policy import CONVENERS
from domains.voting.queries.polls import polls_by_id
from domains.voting.rules import read_result
from domains.voting.rules.grounds import Ground, recorded, standing
from domains.voting.rules.procedure import Procedure

_CHECKS = """
SELECT ground, clear, note, checked_at FROM voting_ground_check WHERE poll_id = $1
"""
_RECORD = """
SELECT result, frozen_rules::text AS frozen_rules, roll_published_at, opens_at FROM voting_poll
WHERE id = $1 AND result IS NOT NULL
"""
# Who filed a challenge is not told; what it says is read by its author and by conveners.
_CHALLENGE = """
SELECT c.id, c.poll_id, c.state, c.filed_at, c.due_at, c.decided_at, c.reason,
       COALESCE(c.decided_at, kernel_now()) >= c.due_at AS late, c.by_id = $3 AS mine,
       CASE WHEN c.by_id = $3 OR $1 OR EXISTS (
           SELECT FROM unnest($4::text[]) AS held (path) WHERE starts_with(p.area_path, held.path)
       ) THEN c.text END AS text
FROM voting_challenge c JOIN voting_poll p ON p.id = c.poll_id
WHERE ($1 OR c.by_id = $3 OR EXISTS (
    SELECT FROM unnest($2::text[]) AS held (path)
    WHERE starts_with(p.area_path, held.path) OR starts_with(held.path, p.area_path)))
"""
_BY_ID = f"{_CHALLENGE} AND c.id = ANY ($5)"
_OF_POLL = f"""
{_CHALLENGE} AND c.poll_id = $5 AND ($6::timestamptz IS NULL OR (c.filed_at, c.id) > ($6, $7::uuid))
ORDER BY c.filed_at, c.id LIMIT $8
"""


async def grounds(poll_id: UUID) -> tuple[Ground, ...]:
    """Return how each ground of invalidity of a counted poll stands; none where none is asked."""
    row = await database.fetch_one(_RECORD, poll_id)
    if row is None:
        return ()
    after_count = _procedure(row).after_count
    if after_count is None:
        return ()
    checks = {each["ground"]: each["clear"] for each in await database.fetch(_CHECKS, poll_id)}
    return standing(after_count.grounds, _facts(row), checks)


async def recorded_grounds(poll_id: UUID) -> dict[str, bool]:
    """Return the grounds that a counted poll's own record answers, and whether they are clear."""
    row = await database.fetch_one(_RECORD, poll_id)
    assert row is not None, "a counted poll has its result"
    return _facts(row)


def _procedure(row: Row) -> Procedure:
    return Procedure.of(thaw(json.loads(row["frozen_rules"])))


def _facts(row: Row) -> dict[str, bool]:
    roll = _procedure(row).roll
    published = row["roll_published_at"]
    in_time = roll is None or (
        published is not None and calendar.deadline(published, roll.published).at <= row["opens_at"]
    )
    return recorded(read_result(row["result"]), roll_in_time=in_time)


async def seen_grounds(actor: Actor, poll_id: UUID) -> list[tuple[Ground, Row | None]]:
    """Return the grounds of a poll that the actor sees, each with what was noted of it."""
    if (await polls_by_id(actor, [poll_id]))[0] is None:
        return []
    checks = {each["ground"]: each for each in await database.fetch(_CHECKS, poll_id)}
    return [(each, checks.get(each.code)) for each in await grounds(poll_id)]


async def challenges(actor: Actor, poll_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a poll's challenges for who belongs there, the oldest first."""
    filed_at, last_id = page.after or (None, None)
    rows = await database.fetch(_OF_POLL, *_eyes(actor), poll_id, filed_at, last_id, page.limit)
    return Slice.of(rows, page)


async def challenges_by_id(actor: Actor, challenge_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the challenges of these ids, None for who does not belong there."""
    rows = await database.fetch(_BY_ID, *_eyes(actor), list(challenge_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in challenge_ids]


def _eyes(actor: Actor) -> tuple[bool, list[str], UUID | None, list[str]]:
    return actor.system, actor.area_paths(), actor.person_id, actor.area_paths(*CONVENERS)
