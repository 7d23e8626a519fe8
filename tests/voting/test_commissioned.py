"""Boxes that another domain puts to a list of people: where they are found, and what they tell."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.actor import ANONYMOUS, SYSTEM
from domains.pledges import service as pledges
from domains.voting import service
from domains.voting.rules import BallotForm, CountingRule
from domains.voting.service import OptionDraft, PollDraft
from domains.voting.service.commissions import Commission, commission
from domains.voting.values import PollMethod, Secrecy
from jobs import voting as work
from schema import node
from tests.voting.asking import ask
from tests.voting.factories import a_town, an_open_poll

LISTS = """
query ($where: PollFilterInput, $mine: MyPollFilterInput) {
  polls(where: $where) { nodes { title } }
  myPolls(where: $mine) { nodes { poll { title } } }
}
"""
BALLOTS = """
query ($poll: ID!) {
  sealedBallots(pollId: $poll) { nodes { values { position value } } }
  receipts(pollId: $poll) { nodes { code } }
  pollBundle(pollId: $poll) { sha256 }
}
"""
ITEMS = ("践诺完成情况", "总体评价")


async def a_box(town) -> UUID:
    """A secret box of grades over the town's residents, open now."""
    await pledges.sync_presets()
    voters, now = town.residents, await clock.now()
    draft = PollDraft(
        title="民主评议:王建国",
        body="请逐项评价。",
        method=PollMethod.PREFERENCE,
        secrecy=Secrecy.SECRET,
        opens_at=now,
        closes_at=now + timedelta(days=1),
        rule_code="REVIEW_RATING",
        options=tuple(OptionDraft(label) for label in ITEMS),
        least_choices=2,
        most_choices=2,
        quorum=(5, len(voters)),
        counting_rule=CountingRule.MAJORITY_JUDGEMENT,
        ballot_form=BallotForm.GRADE,
        highest=4,
    )
    asked = Commission(draft, [each.person_id for each in voters], ("review", uuid4()))
    async with database.transaction():
        poll_id = await commission(SYSTEM, town.community.id, asked)
    await work.open_due_polls()
    return poll_id


async def graded(voters, poll_id) -> None:
    """Everybody says the like."""
    options = await database.fetch("SELECT id FROM voting_option WHERE poll_id = $1", poll_id)
    for voter in voters:
        values = [(row["id"], 4) for row in options]
        await service.cast_ballot(voter, poll_id, [], values=values, idempotency_key=uuid4())


async def test_a_commissioned_box_is_among_the_polls_only_where_it_is_asked_for(db):
    town = await a_town(residents=6)
    await an_open_poll(town)
    await a_box(town)
    voter = town.residents[0]

    plain = await ask(voter, LISTS, where={"mine": True}, mine={})
    asked = await ask(
        voter, LISTS, where={"mine": True, "commissioned": True}, mine={"commissioned": True}
    )

    assert [len(plain["polls"]["nodes"]), len(plain["myPolls"]["nodes"])] == [1, 1]
    assert "民主评议:王建国" not in {each["title"] for each in plain["polls"]["nodes"]}
    assert [len(asked["polls"]["nodes"]), len(asked["myPolls"]["nodes"])] == [2, 2]


@pytest.mark.parametrize(("cast", "told"), [(4, 0), (5, 5)])
async def test_a_small_lists_secret_box_of_fewer_than_five_tells_no_ballots(
    moved_clock, cast, told
):
    town = await a_town(residents=6)
    poll_id = await a_box(town)
    await graded(town.residents[:cast], poll_id)
    await moved_clock.advance(timedelta(days=2))
    await work.close_due_polls()
    await work.tally_closed_polls()

    shown = await ask(ANONYMOUS, BALLOTS, poll=node.encode("poll", poll_id))

    assert len(shown["sealedBallots"]["nodes"]) == told
    assert (shown["pollBundle"] is not None) is (told > 0)
    kept = await database.fetch_value(
        "SELECT count(*) FROM voting_sealed_ballot WHERE poll_id = $1", poll_id
    )
    assert kept == cast
