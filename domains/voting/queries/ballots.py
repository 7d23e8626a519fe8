"""Ballots, as far as anybody may see them: nothing that tells a result before the close."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.voting.queries.paper import paper_totals
from domains.voting.rules import Group
from domains.voting.rules.paper import with_void
from domains.voting.rules.turnout import LEAST_SHOWN
from domains.voting.values import Secrecy

# Found before everything else, so that the ballots of other polls are never looked at.
_NUMBER = "(SELECT number FROM voting_poll WHERE id = $1)"
_OPEN_GROUPS = f"""
SELECT b.marks, count(*) AS number, 0::bigint AS area
FROM voting_ballot b
JOIN voting_participation t ON t.poll_number = b.poll_number
 AND t.voter_number = b.voter_number AND t.casts = b.revision
WHERE b.poll_number = {_NUMBER} GROUP BY b.marks ORDER BY b.marks
"""
_WEIGHTED_GROUPS = f"""
SELECT b.marks, count(*) AS number, sum(r.area_centi_m2)::bigint AS area
FROM voting_ballot b
JOIN voting_participation t ON t.poll_number = b.poll_number
 AND t.voter_number = b.voter_number AND t.casts = b.revision
JOIN voting_roll_entry r ON r.poll_number = b.poll_number AND r.number = b.voter_number
WHERE b.poll_number = {_NUMBER} GROUP BY b.marks ORDER BY b.marks
"""
_SEALED_GROUPS = """
SELECT marks, count(*) AS number, 0::bigint AS area
FROM voting_sealed_ballot WHERE poll_id = $1 GROUP BY marks ORDER BY marks
"""
_MINE = """
SELECT r.poll_id, t.casts, b.marks, b.wide, b.cast_at, p.ballot_form
FROM voting_roll_entry r
JOIN voting_participation t ON t.poll_number = r.poll_number AND t.voter_number = r.number
JOIN voting_poll p ON p.id = r.poll_id
LEFT JOIN voting_ballot b ON b.poll_number = t.poll_number
 AND b.voter_number = t.voter_number AND b.revision = t.casts
WHERE r.voter_id = $1 AND r.poll_id = ANY ($2)
"""
_ON_ROLL = """
SELECT poll_id FROM voting_roll_entry
WHERE voter_id = $1 AND poll_id = ANY ($2) AND standing = 'admitted'
"""
_ROLL_CALL = """
SELECT r.number, r.name, b.marks, b.wide, b.cast_at, p.ballot_form
FROM voting_roll_entry r
JOIN voting_participation t ON t.poll_number = r.poll_number AND t.voter_number = r.number
JOIN voting_ballot b ON b.poll_number = t.poll_number
 AND b.voter_number = t.voter_number AND b.revision = t.casts
JOIN voting_poll p ON p.id = r.poll_id AND p.closed_at IS NOT NULL
WHERE r.poll_id = $1 AND r.number > $2 AND ($4 OR EXISTS (
    SELECT FROM unnest($5::text[]) AS held (path)
    WHERE starts_with(p.area_path, held.path) OR starts_with(held.path, p.area_path)))
ORDER BY r.number LIMIT $3
"""
# Who is on a list is known, one by one: what fewer than five of it say tells who said it.
_SMALL = f"""
(p.electorate = 'list' AND p.secrecy = 'secret' AND (
    SELECT count(*) FROM voting_sealed_ballot s WHERE s.poll_id = p.id) < {LEAST_SHOWN})
"""
_IS_SMALL = f"SELECT EXISTS (SELECT FROM voting_poll p WHERE p.id = $1 AND {_SMALL})"
_SEALED = f"""
SELECT b.id, b.marks, b.wide, p.ballot_form
FROM voting_sealed_ballot b JOIN voting_poll p ON p.id = b.poll_id
WHERE b.poll_id = $1 AND NOT {_SMALL} AND ($2::uuid IS NULL OR b.id > $2) ORDER BY b.id LIMIT $3
"""
_RECEIPTS = """
SELECT code FROM voting_receipt
WHERE poll_id = $1 AND code > $2 COLLATE "C" ORDER BY code COLLATE "C" LIMIT $3
"""


async def ballot_groups(poll_id: UUID, secrecy: Secrecy, *, weighted: bool) -> list[Group]:
    """Return equal ballots that count, grouped; of a secret poll only after its close.

    Void papers take part and name nothing: they are among the blank ones.
    """
    if secrecy is Secrecy.SECRET:
        sql = _SEALED_GROUPS
    else:
        sql = _WEIGHTED_GROUPS if weighted else _OPEN_GROUPS
    rows = await database.fetch(sql, poll_id)
    groups = [Group(row["marks"], row["number"], row["area"]) for row in rows]
    return with_void(groups, await paper_totals(poll_id))


async def my_ballots(actor: Actor, poll_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: that the actor has cast, and in an OPEN poll what; None where not."""
    if actor.person_id is None:
        return [None] * len(poll_ids)
    rows = await database.fetch(_MINE, actor.person_id, list(poll_ids))
    found = {row["poll_id"]: row for row in rows}
    return [found.get(poll_id) for poll_id in poll_ids]


async def on_rolls(actor: Actor, poll_ids: Sequence[UUID]) -> list[bool]:
    """Batch: whether the actor is on the rolls of these polls."""
    if actor.person_id is None:
        return [False] * len(poll_ids)
    rows = await database.fetch(_ON_ROLL, actor.person_id, list(poll_ids))
    found = {row["poll_id"] for row in rows}
    return [poll_id in found for poll_id in poll_ids]


async def roll_call(actor: Actor, poll_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of an OPEN poll's named ballots after its close, for who belongs there."""
    after = page.after[0] if page.after else 0
    seen = (actor.system, actor.area_paths())
    return Slice.of(await database.fetch(_ROLL_CALL, poll_id, after, page.limit, *seen), page)


async def sealed_ballots(actor: Actor, poll_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a SECRET poll's detached ballots, in the order of their random ids.

    None of a small box: over a list of people, of whom fewer than five have cast.
    """
    after = page.after[0] if page.after else None
    return Slice.of(await database.fetch(_SEALED, poll_id, after, page.limit), page)


async def is_small_box(poll_id: UUID) -> bool:
    """Whether a SECRET poll over a list holds so few ballots that each would tell whose it is."""
    return bool(await database.fetch_value(_IS_SMALL, poll_id))


async def receipts(actor: Actor, poll_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a SECRET poll's receipts, sorted: they tell that a ballot is there."""
    after = page.after[0] if page.after else ""
    return Slice.of(await database.fetch(_RECEIPTS, poll_id, after, page.limit), page)
