"""Papers, as far as who conducts a poll sees them; what became of all is everybody's to know."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.voting import policy
from domains.voting.policy import PollPlace
from domains.voting.queries.polls import polls_by_id
from domains.voting.rules import Result, read_result
from domains.voting.rules.paper import Difference, Line, LineVerdict, differences
from domains.voting.values import BatchState, PaperTotals, PollState, Secrecy

_PLACE = """
SELECT p.area_path, p.state, EXISTS (
    SELECT FROM voting_teller t
    WHERE t.poll_id = p.id AND t.person_id = $2 AND t.ended_at IS NULL) AS teller
FROM voting_poll p WHERE p.id = $1
"""
_VOTER = """
SELECT voter_id FROM voting_roll_entry
WHERE poll_id = $1 AND number = $2 AND standing = 'admitted'
"""
_BATCH_STATE = """
SELECT b.state, ARRAY(SELECT e.entered_by_id FROM voting_paper_entry e WHERE e.batch_id = b.id)
       AS entered_by
FROM voting_paper_batch b WHERE b.id = $1
"""
# Who conducts a poll: who convenes its area, and its tellers.
_BATCH = """
SELECT b.id, b.poll_id, b.number, b.state, b.opened_at, b.agreed_at, b.returned, b.void,
       b.spoiled, b.discard_reason, p.secrecy, p.ballot_form,
       (SELECT count(*) FROM voting_paper_entry e WHERE e.batch_id = b.id) AS entries
FROM voting_paper_batch b JOIN voting_poll p ON p.id = b.poll_id
WHERE ($1 OR EXISTS (
        SELECT FROM unnest($2::text[]) AS held (path) WHERE starts_with(p.area_path, held.path))
    OR EXISTS (SELECT FROM voting_teller t
               WHERE t.poll_id = p.id AND t.person_id = $3 AND t.ended_at IS NULL))
"""
_BATCHES = f"{_BATCH} AND b.poll_id = $4 AND b.number > $5 ORDER BY b.number LIMIT $6"
_BATCH_BY_ID = f"{_BATCH} AND b.id = ANY ($4)"
_TOTALS = """
SELECT (SELECT count(*) FROM voting_paper_issue i WHERE i.poll_id = x.poll_id) AS issued,
       COALESCE(sum(b.returned), 0)::bigint AS returned, COALESCE(sum(b.void), 0)::bigint AS void,
       COALESCE(sum(b.spoiled), 0)::bigint AS spoiled
FROM voting_paper_box x
LEFT JOIN voting_paper_batch b ON b.poll_id = x.poll_id AND b.state = 'agreed'
WHERE x.poll_id = $1 GROUP BY x.poll_id
"""
_VOID = """
SELECT r.number, COALESCE(r.area_centi_m2, 0) AS area FROM voting_paper_line l
JOIN voting_paper_batch b ON b.id = l.batch_id AND b.state = 'agreed'
JOIN voting_roll_entry r ON r.poll_id = b.poll_id AND r.voter_id = l.voter_id
WHERE b.poll_id = $1 AND l.turn = 1 AND l.verdict = 'void' ORDER BY r.number
"""
_NAMED_LINES = """
SELECT l.batch_id, l.turn, l.verdict, l.marks, l.wide, l.reason, r.number FROM voting_paper_line l
JOIN voting_paper_batch b ON b.id = l.batch_id
LEFT JOIN voting_roll_entry r ON r.poll_id = b.poll_id AND r.voter_id = l.voter_id
WHERE l.batch_id = ANY ($1) ORDER BY l.turn, l.line
"""


def paper_table_of(poll_id: UUID) -> str:
    """Name the table where a SECRET poll's papers lie until everything is sealed."""
    return f"voting_paper_{poll_id.hex}"


async def conducted_place(actor: Actor, poll_id: UUID) -> PollPlace | None:
    """Return what authority judges a poll by, and whether the actor is a teller of it."""
    row = await database.fetch_one(_PLACE, poll_id, actor.person_id)
    if row is None:
        return None
    return PollPlace(row["area_path"], PollState(row["state"]), teller=row["teller"])


async def voter_of(poll_id: UUID, number: int) -> UUID | None:
    """Return who has this number on a poll's roll."""
    found: UUID | None = await database.fetch_value(_VOTER, poll_id, number)
    return found


async def last_position(poll_id: UUID) -> int:
    """Return the last place on a poll's paper, those written in included."""
    last: int = await database.fetch_value(
        "SELECT max(position) FROM voting_option WHERE poll_id = $1", poll_id
    )
    return last


async def poll_of_batch(batch_id: UUID) -> UUID | None:
    """Return the poll that a batch belongs to."""
    found: UUID | None = await database.fetch_value(
        "SELECT poll_id FROM voting_paper_batch WHERE id = $1", batch_id
    )
    return found


async def batch_state(batch_id: UUID) -> Row | None:
    """Return how far a batch has come, and who has entered it."""
    return await database.fetch_one(_BATCH_STATE, batch_id)


async def paper_box(poll_id: UUID) -> Row | None:
    """Return when a poll's paper began and was complete; None where it has none."""
    return await database.fetch_one("SELECT * FROM voting_paper_box WHERE poll_id = $1", poll_id)


async def unsettled_batches(poll_id: UUID) -> int:
    """Return how many batches are neither agreed upon nor discarded."""
    waiting: int = await database.fetch_value(
        "SELECT count(*) FROM voting_paper_batch"
        " WHERE poll_id = $1 AND state NOT IN ('agreed', 'discarded')",
        poll_id,
    )
    return waiting


async def paper_totals(poll_id: UUID) -> PaperTotals | None:
    """Return what became of a poll's papers; None where it has none."""
    row = await database.fetch_one(_TOTALS, poll_id)
    if row is None:
        return None
    void_area = sum(each["area"] for each in await database.fetch(_VOID, poll_id))
    return PaperTotals(**row, void_area=void_area)


async def taken_back(poll_id: UUID) -> int:
    """Return how many papers were given out by mistake and taken back."""
    count: int = await database.fetch_value(
        "SELECT count(*) FROM voting_paper_taken_back WHERE poll_id = $1", poll_id
    )
    return count


async def seen_paper(actor: Actor, poll_id: UUID) -> tuple[PaperTotals, Result | None, bool] | None:
    """Return what became of a poll's papers, its result, and whether all paper is in.

    None where the poll has no paper, or the actor does not see it.
    """
    poll = (await polls_by_id(actor, [poll_id]))[0]
    box, totals = await paper_box(poll_id), await paper_totals(poll_id)
    if poll is None or box is None or totals is None:
        return None
    result = None if poll["result"] is None else read_result(poll["result"])
    return totals, result, box["completed_at"] is not None


async def void_numbers(poll_id: UUID) -> list[int]:
    """Return the roll numbers whose paper is void, in an OPEN poll."""
    return [row["number"] for row in await database.fetch(_VOID, poll_id)]


Entries = dict[tuple[UUID, int], list[Line]]


async def entries_of(poll_id: UUID, batch_ids: Sequence[UUID], secrecy: Secrecy) -> Entries:
    """Return the lines of batches of one poll by batch and turn, while they are there."""
    if secrecy is Secrecy.OPEN:
        rows = await database.fetch(_NAMED_LINES, list(batch_ids))
    else:
        rows = await database.fetch(
            "SELECT batch_id, turn, verdict, marks, wide, reason, NULL::integer AS number"
            f" FROM {paper_table_of(poll_id)} WHERE batch_id = ANY ($1) ORDER BY turn, line",
            list(batch_ids),
        )
    found: defaultdict[tuple[UUID, int], list[Line]] = defaultdict(list)
    for row in rows:
        marks = row["marks"] if row["wide"] is None else bytes(row["wide"])
        line = Line(LineVerdict(row["verdict"]), marks, row["number"], row["reason"])
        found[row["batch_id"], row["turn"]].append(line)
    return found


async def paper_batches(actor: Actor, poll_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a poll's batches for who conducts it; nobody else sees any."""
    after = page.after[0] if page.after else 0
    rows = await database.fetch(_BATCHES, *_eyes(actor), poll_id, after, page.limit)
    return Slice.of(rows, page)


async def batches_by_id(actor: Actor, batch_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the batches of these ids, None for who does not conduct their polls."""
    rows = await database.fetch(_BATCH_BY_ID, *_eyes(actor), list(batch_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(batch_id) for batch_id in batch_ids]


async def batch_differences(
    actor: Actor, batch_ids: Sequence[UUID]
) -> list[tuple[Difference, ...]]:
    """Batch: where the two entries of each batch part; nothing where they do not differ."""
    seen = [row for row in await batches_by_id(actor, batch_ids) if row is not None]
    differing: defaultdict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    for row in seen:
        if row["state"] == BatchState.DIFFERS:
            differing[row["poll_id"], row["secrecy"]].append(row["id"])
    found: dict[UUID, tuple[Difference, ...]] = {}
    for (poll_id, secrecy), ids in differing.items():
        entries = await entries_of(poll_id, ids, Secrecy(secrecy))
        found |= {each: differences(entries[each, 1], entries[each, 2]) for each in ids}
    return [found.get(each, ()) for each in batch_ids]


def _eyes(actor: Actor) -> tuple[bool, list[str], UUID | None]:
    return actor.system, actor.area_paths(*policy.CONVENERS), actor.person_id
