"""What can be told of a poll, and whom: for the domain that tells, whoever asks.

Who has not voted is known from the marks on the roll, never from ballots; those marks hold
no time. Whoever was given a paper has such a mark, so is not told that the poll closes.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domains.kernel import database
from domains.kernel.database import Row

_POLL = """
SELECT p.id, p.area_path, p.title, p.state, p.secrecy, p.opens_at, p.closes_at, p.objections_until,
       p.publicity_until, p.outcome, p.author_id, p.electorate, p.annul_reason, p.cancel_reason,
       coalesce(p.subject_kind IN ('motion', 'review'), false) AS is_told_elsewhere
FROM voting_poll p WHERE p.id = $1
"""
_OBJECTION = """
SELECT o.by_id, o.about_id, o.state, o.reason, o.due_at, p.title, p.author_id, p.area_path
FROM voting_roll_objection o JOIN voting_poll p ON p.id = o.poll_id WHERE o.id = $1
"""
_CHALLENGE = """
SELECT c.by_id, c.state, c.reason, c.due_at, p.title, p.author_id, p.area_path
FROM voting_challenge c JOIN voting_poll p ON p.id = c.poll_id WHERE c.id = $1
"""
_RECALL = """
SELECT x.person_id, x.by_id, x.state, x.vote_until, x.area_path FROM voting_recall x WHERE x.id = $1
"""
_CANDIDATE = """
SELECT c.person_id, c.state, c.grounds, c.reason, p.title
FROM voting_candidate c JOIN voting_poll p ON p.id = c.poll_id WHERE c.id = $1
"""
_NOMINATORS = "SELECT by_id FROM voting_nomination WHERE candidate_id = $1"
_ON_ROLL = """
SELECT r.voter_id FROM voting_roll_entry r
WHERE r.poll_id = $1 AND r.standing = 'admitted' AND ($2::uuid IS NULL OR r.voter_id > $2)
ORDER BY r.voter_id LIMIT $3
"""
_UNMARKED = """
NOT EXISTS (SELECT FROM voting_participation t
            WHERE t.poll_number = r.poll_number AND t.voter_number = r.number)
"""
_NOT_VOTED = f"""
SELECT r.voter_id FROM voting_roll_entry r
WHERE r.poll_id = $1 AND r.standing = 'admitted' AND ($2::uuid IS NULL OR r.voter_id > $2)
  AND {_UNMARKED}
ORDER BY r.voter_id LIMIT $3
"""
_STILL = f"""
SELECT r.voter_id FROM voting_roll_entry r
WHERE r.poll_id = $1 AND r.voter_id = ANY ($2::uuid[]) AND r.standing = 'admitted' AND {_UNMARKED}
"""


async def poll_to_tell(poll_id: UUID) -> Row | None:
    """Return what can be told of a poll."""
    return await database.fetch_one(_POLL, poll_id)


async def objection_to_tell(objection_id: UUID) -> Row | None:
    """Return what can be told of an objection to a roll: who filed it, what became of it."""
    return await database.fetch_one(_OBJECTION, objection_id)


async def challenge_to_tell(challenge_id: UUID) -> Row | None:
    """Return what can be told of a challenge to a result: who filed it, what became of it."""
    return await database.fetch_one(_CHALLENGE, challenge_id)


async def recall_to_tell(recall_id: UUID) -> Row | None:
    """Return what can be told of a petition for a recall: of whom, by whom, until when."""
    return await database.fetch_one(_RECALL, recall_id)


async def candidate_to_tell(candidate_id: UUID) -> Row | None:
    """Return what can be told of a candidate: of whom, of which poll, and what vetting found."""
    return await database.fetch_one(_CANDIDATE, candidate_id)


async def nominators_of(candidate_id: UUID) -> list[UUID]:
    """Return who nominated a candidate."""
    return [row["by_id"] for row in await database.fetch(_NOMINATORS, candidate_id)]


async def voters_after(poll_id: UUID, after: UUID | None, limit: int) -> list[UUID]:
    """Return the next voters on a poll's roll, by id."""
    return [row["voter_id"] for row in await database.fetch(_ON_ROLL, poll_id, after, limit)]


async def not_voted_after(poll_id: UUID, after: UUID | None, limit: int) -> list[UUID]:
    """Return the next voters on a poll's roll who have not voted, by id."""
    return [row["voter_id"] for row in await database.fetch(_NOT_VOTED, poll_id, after, limit)]


async def still_to_vote(poll_id: UUID, voter_ids: Sequence[UUID]) -> set[UUID]:
    """Return which of these voters have not voted."""
    rows = await database.fetch(_STILL, poll_id, list(voter_ids))
    return {row["voter_id"] for row in rows}


_MOST_TITLES = 100
_OPEN = f"""
SELECT p.title FROM voting_poll p
WHERE p.state = 'open' AND p.closes_at > kernel_now() AND starts_with(p.area_path, $1)
  AND (p.frozen_rules #> '{{content,sitting}}') IS NULL
ORDER BY p.closes_at, p.id LIMIT {_MOST_TITLES}
"""
_COUNTED = f"""
SELECT p.title FROM voting_poll p
WHERE p.tallied_at >= $2 AND p.tallied_at < $3 AND starts_with(p.area_path, $1)
  AND (p.frozen_rules #> '{{content,sitting}}') IS NULL
ORDER BY p.tallied_at, p.id LIMIT {_MOST_TITLES}
"""


async def titles_open(area_path: str) -> list[str]:
    """Return what an area votes on now, what closes first first; not what sittings vote on."""
    return [row["title"] for row in await database.fetch(_OPEN, area_path)]


async def titles_counted(area_path: str, since: datetime, until: datetime) -> list[str]:
    """Return what was counted in an area within a time; not what sittings voted on."""
    return [row["title"] for row in await database.fetch(_COUNTED, area_path, since, until)]
