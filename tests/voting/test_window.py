"""Ballots at the edges of their window, to the millisecond and less, in every channel."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.membership.values import ConsentForm
from domains.voting import service
from domains.voting.errors import PollNotOpen
from domains.voting.service import issuing
from domains.voting.values import Secrecy
from schema import node
from tests import factories
from tests.voting.asking import refused
from tests.voting.factories import a_draft, a_town, an_open_poll, cast, options_of
from tests.voting.test_paper import number_of

_FIXED = """
CREATE OR REPLACE FUNCTION kernel_now() RETURNS timestamptz
LANGUAGE sql VOLATILE AS 'SELECT TIMESTAMPTZ ''{at}'''
"""
_MOVING = """
CREATE OR REPLACE FUNCTION kernel_now() RETURNS timestamptz
LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp() + moved FROM test_clock'
"""
MILLISECOND, MICROSECOND = timedelta(milliseconds=1), timedelta(microseconds=1)
CAST = """
mutation ($input: CastBallotInput!) {
  castBallot(input: $input) { __typename ... on UserError { code } }
}
"""

Stand = Callable[[datetime], Awaitable[None]]


@pytest.fixture
async def stopped_clock(db: str) -> AsyncIterator[Stand]:
    """Stops the database's clock at an instant."""

    async def stop(at: datetime) -> None:
        await database.execute(_FIXED.format(at=at.isoformat()))

    yield stop
    await database.execute(_MOVING)


async def a_poll(town, secrecy):
    """A poll of one hour, from an hour on."""
    draft = await a_draft(
        secrecy=secrecy, opens_in=timedelta(hours=1), lasts=timedelta(hours=1), quorum=(0, 1)
    )
    return await an_open_poll(town, draft), draft.opens_at, draft.closes_at


async def participations():
    return await database.fetch_value("SELECT count(*) FROM voting_participation")


EDGES = [
    ("opens", -MILLISECOND, False),
    ("opens", -MICROSECOND, False),
    ("opens", timedelta(0), True),
    ("opens", MILLISECOND, True),
    ("closes", -MILLISECOND, True),
    ("closes", -MICROSECOND, True),
    ("closes", timedelta(0), False),
    ("closes", MILLISECOND, False),
]


@pytest.mark.parametrize("secrecy", Secrecy)
@pytest.mark.parametrize(("edge", "off", "taken"), EDGES)
async def test_a_ballot_is_taken_from_the_first_instant_to_before_the_last(
    stopped_clock, secrecy, edge, off, taken
):
    town = await a_town()
    poll_id, opens_at, closes_at = await a_poll(town, secrecy)
    await stopped_clock((opens_at if edge == "opens" else closes_at) + off)

    if taken:
        await cast(town.residents[0], poll_id, 1)
    else:
        with pytest.raises(PollNotOpen):
            await cast(town.residents[0], poll_id, 1)

    assert await participations() == int(taken)


@pytest.mark.parametrize(("edge", "off", "taken"), EDGES)
async def test_a_helpers_ballot_is_held_to_the_same_instants(stopped_clock, edge, off, taken):
    town = await a_town()
    poll_id, opens_at, closes_at = await a_poll(town, Secrecy.OPEN)
    option = (await options_of(poll_id))[0]
    await stopped_clock((opens_at if edge == "opens" else closes_at) + off)

    async def help_to_vote():
        await service.cast_ballot_for(
            town.committee,
            poll_id,
            town.residents[0].person_id,
            [option],
            consent=ConsentForm.SPOKEN,
            note="本人到场",
            idempotency_key=uuid4(),
        )

    if taken:
        await help_to_vote()
    else:
        with pytest.raises(PollNotOpen):
            await help_to_vote()

    assert await participations() == int(taken)


@pytest.mark.parametrize(("off", "taken"), [(-MILLISECOND, True), (timedelta(0), False)])
async def test_papers_are_given_out_and_taken_back_until_before_the_last_instant(
    stopped_clock, off, taken
):
    town = await a_town()
    poll_id, _, closes_at = await a_poll(town, Secrecy.OPEN)
    numbers = [await number_of(poll_id, each) for each in town.residents[:2]]
    await issuing.issue_paper(town.committee, poll_id, numbers[0])
    await stopped_clock(closes_at + off)

    if taken:
        await issuing.issue_paper(town.committee, poll_id, numbers[1])
        await issuing.take_back_paper(town.committee, poll_id, numbers[0], reason="发错了人")
    else:
        with pytest.raises(PollNotOpen):
            await issuing.issue_paper(town.committee, poll_id, numbers[1])
        with pytest.raises(PollNotOpen):
            await issuing.take_back_paper(town.committee, poll_id, numbers[0], reason="发错了人")

    issued = await database.fetch("SELECT voter_id FROM voting_paper_issue")
    keeps = town.residents[1 if taken else 0].person_id
    assert [row["voter_id"] for row in issued] == [keeps]


async def test_a_poll_closes_at_its_last_instant_and_not_before(stopped_clock):
    town = await a_town()
    poll_id, _, closes_at = await a_poll(town, Secrecy.SECRET)
    await stopped_clock(closes_at - MILLISECOND)
    await cast(town.residents[0], poll_id, 1)

    early = await service.close_due_poll()
    await stopped_clock(closes_at)
    due = await service.close_due_poll()

    assert (early, due) == (None, poll_id)
    assert await clock.now() == closes_at


async def test_the_contract_answers_a_late_ballot_with_its_code(stopped_clock):
    town = await a_town()
    poll_id, _, closes_at = await a_poll(town, Secrecy.SECRET)
    given = {
        "pollId": node.encode("poll", poll_id),
        "optionIds": [node.encode("option", (await options_of(poll_id))[0])],
    }
    outsider = await factories.a_resident()
    await stopped_clock(closes_at)

    codes = [
        await refused(actor, CAST, input={**given, "idempotencyKey": str(uuid4())})
        for actor in (town.residents[0], town.committee, outsider)
    ]

    assert codes == ["POLL_NOT_OPEN", "NOT_ON_ROLL", "NOT_FOUND"]
    assert await participations() == 0
