"""Papers given out by mistake, taken back before the close."""

import asyncio

import pytest

from domains.kernel import database
from domains.kernel.actor import ANONYMOUS
from domains.kernel.errors import Forbidden, InvalidInput, NotFound, SignInRequired
from domains.voting import service
from domains.voting.errors import AlreadyVoted, PaperNotIssued, PollNotOpen, VoterTookPart
from domains.voting.models import Poll
from domains.voting.queries import paper as papers
from domains.voting.service import issuing, tellers
from domains.voting.values import PollState, Secrecy, TellerDuty
from schema import node
from tests import factories
from tests.voting.asking import ask
from tests.voting.factories import a_draft, a_town, an_open_poll, cast
from tests.voting.test_paper import closed, count, issued_to, number_of

TAKE_BACK = """
mutation ($poll: ID!, $number: Int!) {
  takeBackPaperBallot(input: { pollId: $poll, number: $number, reason: "发错了人" }) {
    __typename ... on PollPayload { poll { id } } ... on UserError { code message path } }
}
"""
PAPER = "query ($poll: ID!) { pollPaper(pollId: $poll) { issued takenBack returned } }"


async def take_back(actor, poll_id, number, reason="发错了人"):
    await issuing.take_back_paper(actor, poll_id, number, reason=reason)


@pytest.mark.parametrize("secrecy", Secrecy)
async def test_a_paper_taken_back_lets_its_voter_vote_online_and_the_counts_are_right(db, secrecy):
    town = await a_town(residents=3)
    poll_id = await an_open_poll(town, await a_draft(secrecy=secrecy))
    first, _ = await issued_to(town, poll_id, *town.residents[:2])

    await take_back(town.committee, poll_id, first)
    await cast(town.residents[0], poll_id, 1)

    totals = await papers.paper_totals(poll_id)
    kept = await database.fetch_one("SELECT * FROM voting_paper_taken_back")
    assert totals.issued == 1
    assert await papers.taken_back(poll_id) == 1
    assert (kept["voter_id"], kept["reason"], kept["taken_back_by_id"]) == (
        town.residents[0].person_id,
        "发错了人",
        town.committee.person_id,
    )
    audited = await database.fetch_one(
        "SELECT command, details::text AS details FROM kernel_audit ORDER BY sequence DESC LIMIT 1"
    )
    assert audited["command"] == "takeBackPaperBallot"


async def test_a_poll_all_of_whose_papers_came_back_waits_for_none(moved_clock):
    town = await a_town(residents=2)
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    (number,) = await issued_to(town, poll_id, town.residents[0])
    await take_back(town.committee, poll_id, number)
    await cast(town.residents[0], poll_id, 1)
    await cast(town.residents[1], poll_id, 1)

    await closed(moved_clock)
    await service.tally_due_poll()

    assert (await Poll.get(id=poll_id)).state is PollState.TALLIED


async def test_a_paper_taken_back_may_be_given_out_again(db):
    town = await a_town(residents=2)
    poll_id = await an_open_poll(town)
    (number,) = await issued_to(town, poll_id, town.residents[0])
    await take_back(town.committee, poll_id, number)

    await issuing.issue_paper(town.committee, poll_id, number)

    with pytest.raises(AlreadyVoted):
        await cast(town.residents[0], poll_id, 1)
    assert (await papers.paper_totals(poll_id)).issued == 1


async def test_no_paper_is_taken_back_after_the_close(moved_clock):
    town = await a_town(residents=2)
    poll_id = await an_open_poll(town)
    (number,) = await issued_to(town, poll_id, town.residents[0])
    await closed(moved_clock)

    with pytest.raises(PollNotOpen):
        await take_back(town.committee, poll_id, number)

    assert (await papers.paper_totals(poll_id)).issued == 1
    assert await count("voting_participation") == 1


async def test_what_was_not_given_out_is_not_taken_back(db):
    town = await a_town(residents=2)
    poll_id = await an_open_poll(town)
    await cast(town.residents[0], poll_id, 1)

    for number in (await number_of(poll_id, town.residents[0]), 99):
        with pytest.raises(PaperNotIssued):
            await take_back(town.committee, poll_id, number)

    assert await count("voting_participation") == 1
    assert await count("voting_paper_taken_back") == 0


async def test_who_gives_papers_out_takes_them_back_and_nobody_else(db):
    town = await a_town(residents=3)
    poll_id = await an_open_poll(town)
    (number,) = await issued_to(town, poll_id, town.residents[0])
    teller = await a_teller(town, poll_id, town.residents[1])

    with pytest.raises(Forbidden):
        await take_back(town.residents[2], poll_id, number)
    with pytest.raises(NotFound):
        await take_back(await factories.a_committee_member(), poll_id, number)
    with pytest.raises((SignInRequired, NotFound)):
        await take_back(ANONYMOUS, poll_id, number)
    with pytest.raises(InvalidInput):
        await take_back(town.committee, poll_id, number, reason=" ")
    assert await count("voting_paper_issue") == 1

    await take_back(teller, poll_id, number)
    assert await count("voting_paper_issue") == 0


async def a_teller(town, poll_id, teller):
    await tellers.appoint_teller(
        town.committee, poll_id, person_id=teller.person_id, duty=TellerDuty.TELLER
    )
    return teller


async def test_two_who_take_the_same_paper_back_at_once_take_it_back_once(db):
    town = await a_town(residents=2)
    poll_id = await an_open_poll(town)
    (number,) = await issued_to(town, poll_id, town.residents[0])

    answers = await asyncio.gather(
        *(take_back(town.committee, poll_id, number) for _ in range(8)), return_exceptions=True
    )

    assert sum(isinstance(each, PaperNotIssued) for each in answers) == 7
    assert await count("voting_paper_taken_back") == 1


async def test_taking_back_giving_out_and_casting_at_once_leave_one_way_to_vote(db):
    """Sixteen voters: of each, a paper is taken back while they cast and are given another."""
    town = await a_town(residents=16)
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    numbers = await issued_to(town, poll_id, *town.residents)

    async def again(number):
        await issuing.issue_paper(town.committee, poll_id, number)

    answers = await asyncio.gather(
        *(take_back(town.committee, poll_id, number) for number in numbers),
        *(cast(voter, poll_id, 1) for voter in town.residents),
        *(again(number) for number in numbers),
        return_exceptions=True,
    )

    assert {type(each) for each in answers} <= {type(None), str, AlreadyVoted, VoterTookPart}
    online = sum(isinstance(each, str) for each in answers)
    staged = await database.fetch_value(f"SELECT count(*) FROM voting_staging_{poll_id.hex}")
    by_paper = await database.fetch_value(
        "SELECT count(*) FROM voting_participation WHERE channel = 'paper'"
    )
    assert staged == online
    assert by_paper == await count("voting_paper_issue")
    assert online + by_paper == await count("voting_participation")


async def test_a_paper_is_taken_back_through_the_contract(db):
    town = await a_town(residents=2)
    poll_id = await an_open_poll(town)
    numbers = await issued_to(town, poll_id, *town.residents)
    given = {"poll": node.encode("poll", poll_id), "number": numbers[0]}

    done = (await ask(town.committee, TAKE_BACK, **given))["takeBackPaperBallot"]
    again = (await ask(town.committee, TAKE_BACK, **given))["takeBackPaperBallot"]
    outside = await ask(await factories.a_committee_member(), TAKE_BACK, **given)
    shown = (await ask(town.residents[0], PAPER, poll=given["poll"]))["pollPaper"]

    assert done["__typename"] == "PollPayload"
    assert (again["code"], again["path"]) == ("PAPER_NOT_ISSUED", ["input", "number"])
    assert again["message"] == f"名册第 {numbers[0]} 号未领取纸质选票,或其选票已经录入。"
    assert outside["takeBackPaperBallot"]["code"] == "NOT_FOUND"
    assert shown == {"issued": 1, "takenBack": 1, "returned": 0}
