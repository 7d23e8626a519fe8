"""What a counted poll of grades came to, for the domain that commissioned it."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.voting.queries.paper import paper_totals
from domains.voting.queries.preferences import preference_groups
from domains.voting.rules import BallotForm, CountingRule, Terms
from domains.voting.rules.tallies import values_of
from domains.voting.values import Secrecy

_COUNTED = """
SELECT p.secrecy, p.highest, p.roll_size,
       (SELECT count(*) FROM voting_option o WHERE o.poll_id = p.id) AS options
FROM voting_poll p WHERE p.id = $1 AND p.result IS NOT NULL
"""
_OPTIONS = """
SELECT o.id, o.position FROM voting_option o
WHERE o.poll_id = $1 ORDER BY o.position
"""


@dataclass(frozen=True, slots=True)
class Grades:
    """Papers given out, come back and void; by option, how many ballots give each grade.

    `by_option[k][g]` ballots give grade g (0: none) to the option at position k + 1.
    """

    issued: int
    returned: int
    void: int
    by_option: tuple[tuple[int, ...], ...]


async def grades_of(poll_id: UUID) -> Grades | None:
    """Return the grades of a poll once it is counted, whoever asks; None before."""
    row = await database.fetch_one(_COUNTED, poll_id)
    if row is None:
        return None
    count: int = row["options"]
    groups = await preference_groups(
        poll_id, Secrecy(row["secrecy"]), BallotForm.GRADE, option_count=count
    )
    terms = Terms(
        rule=CountingRule.MAJORITY_JUDGEMENT,
        options=tuple(str(position) for position in range(1, count + 1)),
        seats=1,
        seed="",
        form=BallotForm.GRADE,
        highest=row["highest"],
    )
    values = values_of(groups, terms)
    paper = await paper_totals(poll_id)
    void = paper.void if paper is not None else 0
    return Grades(
        issued=row["roll_size"],
        returned=values.ballots + void,
        void=void,
        by_option=values.by_option,
    )


async def option_ids(poll_id: UUID) -> dict[int, UUID]:
    """Return the options of a poll by their place on the paper."""
    return {row["position"]: row["id"] for row in await database.fetch(_OPTIONS, poll_id)}
