"""The candidates of an election as its count sees them: fixed with the roll, then settled."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from domains.kernel import database
from domains.kernel.database import fetch
from domains.kernel.rules import thaw
from domains.voting import queries
from domains.voting.errors import CandidatesTooFew
from domains.voting.models import Option, Poll
from domains.voting.rules import DecisionRule, Result, Slate, elect
from domains.voting.rules.procedure import ElectionProcedure, Procedure
from domains.voting.service import rolls
from domains.voting.values import LARGEST_OPTION_COUNT, Measure

# Who was struck off the roll after being vetted stands no more.
_OFF_THE_ROLL = """
UPDATE voting_candidate c SET state = 'refused', grounds = '{not_on_roll}', reason = r.reason
FROM voting_roll_entry r
WHERE c.poll_id = $1 AND c.state = 'standing'
  AND r.poll_id = c.poll_id AND r.voter_id = c.person_id AND r.standing = 'struck'
"""
# By the characters of their names, which the code orders by radical and strokes.
_STANDING = """
SELECT c.id, c.name, r.number, count(*) OVER (PARTITION BY c.name) AS namesakes
FROM voting_candidate c
JOIN voting_roll_entry r ON r.poll_id = c.poll_id AND r.voter_id = c.person_id
WHERE c.poll_id = $1 AND c.state = 'standing' ORDER BY c.name COLLATE "C", r.number
"""
_AT_PLACE = "UPDATE voting_candidate SET option_id = $2 WHERE id = $1"
_ON_PAPER = """
SELECT c.person_id, c.gender, o.position
FROM voting_option o JOIN voting_candidate c ON c.option_id = o.id
WHERE o.poll_id = $1 ORDER BY o.position
"""
_KIN = "SELECT one_id, other_id FROM voting_kinship WHERE poll_id = $1"
_SEATED = """
WITH RECURSIVE earlier AS (
    SELECT p.parent_poll_id AS id FROM voting_poll p
    WHERE p.id = $1 AND p.parent_relation = 'runoff'
    UNION
    SELECT p.parent_poll_id FROM voting_poll p JOIN earlier ON earlier.id = p.id
    WHERE p.parent_relation = 'runoff'
)
SELECT c.person_id, c.gender FROM voting_candidate c JOIN earlier ON earlier.id = c.poll_id
WHERE c.state = 'elected'
"""
_SETTLE = """
UPDATE voting_candidate c
SET state = CASE WHEN o.position = ANY ($2::int[]) THEN 'elected' ELSE 'not_elected' END
FROM voting_option o WHERE o.id = c.option_id AND c.poll_id = $1 AND c.state = 'standing'
"""


async def fix(poll: Poll) -> None:
    """Put who stands on the paper; raises CandidatesTooFew where nobody could be elected."""
    await database.execute(_OFF_THE_ROLL, poll.id)
    rows = await fetch(_STANDING, poll.id)
    least = poll.least_candidates or 1
    if not least <= len(rows):
        raise CandidatesTooFew(path=("input", "pollId"), least=least, standing=len(rows))
    assert len(rows) <= LARGEST_OPTION_COUNT, "vetting lets no more stand"
    for position, row in enumerate(rows, start=1):
        label = f"{row['name']}({row['number']})" if row["namesakes"] > 1 else row["name"]
        option_id = await put_on_paper(poll.id, label, position)
        await database.execute(_AT_PLACE, row["id"], option_id)


async def put_on_paper(poll_id: UUID, label: str, position: int, *, write_in: bool = False) -> UUID:
    """Give somebody a place on the paper; returns the option's id."""
    option = await Option.create(
        id=database.new_id(), poll_id=poll_id, position=position, label=label, write_in=write_in
    )
    return option.id


async def counting(poll: Poll) -> Callable[[], Result]:
    """Read an election; its count is pure, of frozen roll, paper, kinship, rules and ballots."""
    rule_set = thaw(poll.frozen_rules)
    rule = DecisionRule.of(rule_set)
    procedure = Procedure.of(rule_set).election
    assert procedure is not None, "no election is drafted under rules that know none"
    heads, area = await rolls.totals(poll.id)
    return partial(
        elect,
        await queries.ballot_groups(poll.id, poll.secrecy, weighted=Measure.AREA in rule.measures),
        roll={Measure.HEADS: heads, Measure.HOUSEHOLDS: heads, Measure.AREA: area},
        rule=rule,
        slate=await slate_of(poll, procedure),
    )


async def slate_of(poll: Poll, procedure: ElectionProcedure) -> Slate:
    """Return who is on the paper, who is kin to whom, and who was elected before."""
    on_paper = {row["person_id"]: row for row in await fetch(_ON_PAPER, poll.id)}
    seated = await fetch(_SEATED, poll.id)
    kin = await fetch(_KIN, poll.id) if procedure.avoids_relatives else []
    pairs = [(row["one_id"], row["other_id"]) for row in kin]
    seated_ids = {row["person_id"] for row in seated}
    place = {person_id: row["position"] for person_id, row in on_paper.items()}
    return Slate(
        seats=poll.seats,
        positions=tuple(place.values()),
        procedure=procedure,
        women=frozenset(row["position"] for row in on_paper.values() if row["gender"] == "female"),
        kin=frozenset(
            frozenset((place[one], place[other]))
            for one, other in pairs
            if one in place and other in place
        ),
        barred=frozenset(
            place[mine]
            for pair in pairs
            for mine, theirs in (pair, pair[::-1])
            if mine in place and theirs in seated_ids
        ),
        seated=len(seated),
        unsure=frozenset(row["position"] for row in on_paper.values() if row["gender"] is None),
        woman_seated=any(row["gender"] == "female" for row in seated),
    )


async def settle(poll: Poll, result: Result) -> None:
    """Say of each candidate whether they were elected, once the count has decided."""
    if result.election is not None:
        await database.execute(_SETTLE, poll.id, list(result.chosen))
