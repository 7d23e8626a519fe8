"""Polls, their options, rolls and turnout, as rows."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.voting.policy import CONVENERS, PollPlace
from domains.voting.rules import BallotForm, Paper
from domains.voting.values import PollState, Secrecy

_COLUMNS = """
p.id, p.area_id, p.area_path, p.author_id, p.title, p.body, p.method, p.secrecy, p.state,
p.least_choices, p.most_choices, p.opens_at, p.closes_at, p.rule_code,
p.frozen_rules::text AS frozen_rules, p.quorum_override::text AS quorum_override, p.roll_size,
p.roll_fingerprint, p.outcome, p.result, p.version, p.created_at, p.published_at, p.closed_at,
p.tallied_at, p.cancelled_at, p.cancel_reason, p.electorate, p.seats, p.budget_fen,
p.counting_rule, p.ballot_form, p.highest, p.minimum_score, p.most_points,
p.parent_poll_id, p.parent_relation, p.roll_published_at, p.objections_until, p.extended_at,
p.certified_at, p.publicised_at, p.publicity_until, p.final_at, p.annulled_at, p.annul_reason
"""

# $1 whether all is seen, $2 the actor's areas, $3 the areas over which the actor convenes.
_VISIBLE = """
($1 OR p.result IS NOT NULL
 OR p.state NOT IN ('draft', 'under_review') AND EXISTS (
    SELECT FROM unnest($2::text[]) AS held (path)
    WHERE starts_with(p.area_path, held.path) OR starts_with(held.path, p.area_path))
 OR EXISTS (
    SELECT FROM unnest($3::text[]) AS held (path) WHERE starts_with(p.area_path, held.path)))
"""

_BY_ID = f"SELECT {_COLUMNS} FROM voting_poll p WHERE {_VISIBLE} AND p.id = ANY ($4)"

# What is voted on in a sitting is found there, not among the polls of the area; and a box that
# another domain puts to a list of people is found where that domain shows it.
COMMISSIONED = "(p.electorate = 'list' AND p.subject_id IS NOT NULL)"
_LIST = f"""
SELECT {_COLUMNS} FROM voting_poll p
WHERE {_VISIBLE} AND (p.frozen_rules #> '{{content,sitting}}') IS NULL
  AND ($4::text IS NULL OR starts_with(p.area_path, $4))
  AND ($5::text[] IS NULL OR p.state = ANY ($5))
  AND ($6::text IS NULL OR strpos(lower(p.title), lower($6)) > 0)
  AND ($7::uuid IS NULL OR EXISTS (
        SELECT FROM voting_roll_entry r WHERE r.poll_id = p.id AND r.voter_id = $7))
  AND ($8::timestamptz IS NULL OR (p.opens_at, p.id) < ($8, $9::uuid))
  AND ($11 OR NOT {COMMISSIONED})
ORDER BY p.opens_at DESC, p.id DESC LIMIT $10
"""

# Who was written in is a part of the result.
_OPTIONS = """
SELECT o.id, o.poll_id, o.position, o.label, o.description, o.stance, o.cost_fen
FROM voting_option o
WHERE o.poll_id = ANY ($1) AND (NOT o.write_in OR EXISTS (
    SELECT FROM voting_poll p WHERE p.id = o.poll_id AND p.result IS NOT NULL))
ORDER BY o.poll_id, o.position
"""

# Who was given a paper takes part once it has come back.
_TURNOUTS = """
SELECT p.id AS poll_id, count(*) FILTER (WHERE t.channel <> 'paper') + COALESCE((
    SELECT sum(b.returned) FROM voting_paper_batch b WHERE b.poll_id = p.id), 0)::bigint
    AS participated
FROM voting_poll p JOIN voting_participation t ON t.poll_number = p.number
WHERE p.id = ANY ($1) GROUP BY p.id
"""


@dataclass(frozen=True, slots=True)
class PollFilter:
    """What a list of polls is narrowed to."""

    area_path: str | None = None
    states: tuple[PollState, ...] | None = None
    title_holds: str | None = None
    on_roll: UUID | None = None
    commissioned: bool = False


def _eyes(actor: Actor) -> tuple[bool, list[str], list[str]]:
    return actor.system, actor.area_paths(), actor.area_paths(*CONVENERS)


async def polls(actor: Actor, asked: PollFilter, page: Page) -> Slice[Row]:
    """Return a page of the polls that the actor sees, the latest to open first."""
    opens_at, last_id = page.after or (None, None)
    rows = await database.fetch(
        _LIST,
        *_eyes(actor),
        asked.area_path,
        list(asked.states) if asked.states is not None else None,
        asked.title_holds,
        asked.on_roll,
        opens_at,
        last_id,
        page.limit,
        asked.commissioned,
    )
    return Slice.of(rows, page)


async def polls_by_id(actor: Actor, poll_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the polls of these ids, None where the actor sees none."""
    rows = await database.fetch(_BY_ID, *_eyes(actor), list(poll_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(poll_id) for poll_id in poll_ids]


async def poll_place(poll_id: UUID) -> PollPlace | None:
    """Return what authority judges a poll by, whoever asks."""
    row = await database.fetch_one(
        "SELECT area_path, state FROM voting_poll WHERE id = $1", poll_id
    )
    return None if row is None else PollPlace(row["area_path"], PollState(row["state"]))


async def poll_window(poll_id: UUID) -> tuple[datetime, datetime]:
    """Return when a poll opens and closes; the caller knows that it is there."""
    row = await database.fetch_one(
        "SELECT opens_at, closes_at FROM voting_poll WHERE id = $1", poll_id
    )
    assert row is not None, "a poll is never removed"
    return row["opens_at"], row["closes_at"]


async def options_by_poll(actor: Actor, poll_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: the options of polls that the actor sees, in the order of the paper."""
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in await database.fetch(_OPTIONS, list(poll_ids)):
        found[row["poll_id"]].append(row)
    return [found[poll_id] for poll_id in poll_ids]


async def turnouts(actor: Actor, poll_ids: Sequence[UUID]) -> list[int]:
    """Batch: how many have cast in polls that the actor sees."""
    rows = await database.fetch(_TURNOUTS, list(poll_ids))
    found = {row["poll_id"]: row["participated"] for row in rows}
    return [found.get(poll_id, 0) for poll_id in poll_ids]


@dataclass(frozen=True, slots=True)
class BallotPaper:
    """What a ballot of a published poll may say; it never changes again.

    `written` is how it is written where a rule of preference counts it; `in_sitting` is
    whether it is taken in a sitting, by those who are there.
    """

    secrecy: Secrecy
    positions: dict[UUID, int]
    least: int
    most: int
    written: Paper | None = None
    in_sitting: bool = False


_PAPER = """
SELECT p.secrecy, p.least_choices, p.most_choices, p.ballot_form, p.highest, p.most_points,
       o.id, o.position, (p.frozen_rules #> '{content,sitting}') IS NOT NULL AS in_sitting
FROM voting_poll p JOIN voting_option o ON o.poll_id = p.id
WHERE p.id = $1 AND p.published_at IS NOT NULL AND (NOT o.write_in OR p.secrecy = 'open')
ORDER BY o.position
"""
_PAPERS_KEPT = 1000
_papers: OrderedDict[UUID, BallotPaper] = OrderedDict()


async def ballot_paper(poll_id: UUID, *, holding: Iterable[UUID] = ()) -> BallotPaper | None:
    """Return a published poll's paper, remembered: a published question stands by constraint.

    Whoever is written in by name is added to it: where the paper does not hold an option,
    it is read anew.
    """
    paper = _papers.get(poll_id)
    if paper is not None and paper.positions.keys() >= set(holding):
        return paper
    rows = await database.fetch(_PAPER, poll_id)
    if not rows:
        return None
    paper = BallotPaper(
        secrecy=Secrecy(rows[0]["secrecy"]),
        positions={row["id"]: row["position"] for row in rows},
        least=rows[0]["least_choices"],
        most=rows[0]["most_choices"],
        written=_written(rows[0], option_count=len(rows)),
        in_sitting=rows[0]["in_sitting"],
    )
    _papers[poll_id] = paper
    if len(_papers) > _PAPERS_KEPT:
        _papers.popitem(last=False)
    return paper


async def places_on_paper(poll_id: UUID) -> int:
    """Return how many options a paper of the poll may name, those written in included."""
    places: int = await database.fetch_value(
        "SELECT count(*) FROM voting_option WHERE poll_id = $1", poll_id
    )
    return places


def _written(row: Row, *, option_count: int) -> Paper | None:
    if row["ballot_form"] is None:
        return None
    return Paper(
        BallotForm(row["ballot_form"]),
        option_count,
        least=row["least_choices"],
        most=row["most_choices"],
        highest=row["highest"] or 0,
        most_points=row["most_points"],
    )
