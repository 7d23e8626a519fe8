"""Many at once: the constraint is the last word, and closing excludes casting."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import database
from domains.voting import rules, service
from domains.voting.errors import AlreadyVoted, PollNotOpen
from domains.voting.models import Poll
from domains.voting.service import staging
from domains.voting.values import PollState, Secrecy
from schema import node
from tests.voting.asking import ask, refused
from tests.voting.factories import a_draft, a_town, an_open_poll, cast, options_of

AT_ONCE = 64
CAST = """
mutation ($input: CastBallotInput!) {
  castBallot(input: $input) { __typename ... on UserError { code } }
}
"""


async def race_one_voter(town, poll_id):
    """One voter casts the same secret ballot from 64 devices at the same instant."""
    return await asyncio.gather(
        *(cast(town.residents[0], poll_id, 1) for _ in range(AT_ONCE)), return_exceptions=True
    )


async def staged(poll_id):
    return await database.fetch_value(f"SELECT count(*) FROM {staging.table_of(poll_id)}")


async def test_many_devices_of_one_voter_cast_one_ballot(db):
    town = await a_town()
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))

    answers = await race_one_voter(town, poll_id)

    assert sum(isinstance(answer, AlreadyVoted) for answer in answers) == AT_ONCE - 1
    assert await staged(poll_id) == 1


async def test_without_the_constraint_the_same_race_is_lost(db):
    """The race above has teeth: it holds by the constraint and by nothing else."""
    town = await a_town()
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    drop = "ALTER TABLE voting_participation DROP CONSTRAINT voting_participation_once"
    restore = (
        "ALTER TABLE voting_participation"
        " ADD CONSTRAINT voting_participation_once PRIMARY KEY (poll_number, voter_number)"
    )
    await database.execute(drop)
    try:
        await race_one_voter(town, poll_id)
        ballots = await staged(poll_id)
    finally:
        await database.execute("DELETE FROM voting_participation")
        await database.execute(restore)

    assert ballots == AT_ONCE


async def test_one_request_repeated_at_once_is_one_open_ballot(db):
    town, key = await a_town(), uuid4()
    poll_id = await an_open_poll(town)
    option = (await options_of(poll_id))[0]

    answers = await asyncio.gather(
        *(
            service.cast_ballot(town.residents[0], poll_id, [option], idempotency_key=key)
            for _ in range(AT_ONCE)
        )
    )

    assert sorted(answer.replayed for answer in answers) == [False] + [True] * (AT_ONCE - 1)
    assert await database.fetch_value("SELECT count(*) FROM voting_ballot") == 1


async def test_recasting_at_once_keeps_every_ballot_and_counts_the_last(db):
    town = await a_town()
    poll_id = await an_open_poll(town)

    await asyncio.gather(*(cast(town.residents[0], poll_id, 1) for _ in range(AT_ONCE)))

    rows = await database.fetch("SELECT revision FROM voting_ballot ORDER BY revision")
    casts = await database.fetch_value("SELECT casts FROM voting_participation")
    assert [row["revision"] for row in rows] == list(range(1, AT_ONCE + 1))
    assert casts == AT_ONCE


@pytest.mark.parametrize("secrecy", list(Secrecy))
async def test_every_ballot_that_was_taken_is_counted_whatever_closes_meanwhile(
    moved_clock, secrecy
):
    town = await a_town(residents=AT_ONCE)
    draft = await a_draft(secrecy=secrecy, quorum=(0, 1))
    poll_id = await an_open_poll(town, draft)
    await moved_clock.set(draft.closes_at - timedelta(milliseconds=150))

    async def cast_late(resident, delay):
        await asyncio.sleep(delay)
        return await cast(resident, poll_id, 1)

    async def close_as_soon_as_due():
        while await service.close_due_poll() is None:  # noqa: ASYNC110  # the worker polls too
            await asyncio.sleep(0.002)

    *answers, _ = await asyncio.gather(
        *(cast_late(each, number * 0.005) for number, each in enumerate(town.residents)),
        close_as_soon_as_due(),
        return_exceptions=True,
    )
    await service.tally_due_poll()

    poll = await Poll.get(id=poll_id)
    taken = sum(not isinstance(answer, PollNotOpen) for answer in answers)
    assert {type(answer) for answer in answers} <= {str, PollNotOpen}
    assert f'"participated":{taken},' in poll.result


async def test_many_workers_close_and_count_each_poll_once(moved_clock):
    town = await a_town()
    polls = [await an_open_poll(town) for _ in range(3)]
    await moved_clock.advance(timedelta(days=1))

    async def a_worker():
        while await service.close_due_poll():
            pass
        while await service.tally_due_poll():
            pass

    await asyncio.gather(*(a_worker() for _ in range(4)))
    await a_worker()

    counted = await Poll.filter(id__in=polls).values_list("state", flat=True)
    events = await database.fetch(
        "SELECT name, count(*) AS number FROM kernel_outbox"
        " WHERE name IN ('voting.PollClosed', 'voting.PollTallied') GROUP BY name ORDER BY name"
    )
    assert counted == [PollState.INQUORATE] * 3
    assert [(row["name"], row["number"]) for row in events] == [
        ("voting.PollClosed", 3),
        ("voting.PollTallied", 3),
    ]


@pytest.mark.parametrize("secrecy", list(Secrecy))
async def test_64_clients_race_the_deadline_and_each_other_over_the_contract(moved_clock, secrecy):
    """Half as many voters, each from two devices at once: none doubled, none lost, none late."""
    town = await a_town(residents=AT_ONCE // 2)
    draft = await a_draft(secrecy=secrecy, rule_code="RESIDENTS_MEETING")
    poll_id = await an_open_poll(town, draft)
    option = node.encode("option", (await options_of(poll_id))[0])

    def a_ballot():
        return {
            "pollId": node.encode("poll", poll_id),
            "optionIds": [option],
            "idempotencyKey": str(uuid4()),
        }

    # What is slow the first time shall not be what the race is about.
    await refused(town.committee, CAST, input=a_ballot())
    await moved_clock.set(draft.closes_at - timedelta(seconds=1))

    async def a_client(resident, delay):
        await asyncio.sleep(delay)
        answer = (await ask(resident, CAST, input=a_ballot()))["castBallot"]
        return answer.get("code", "CAST")

    async def the_worker():
        while await service.close_due_poll() is None:  # noqa: ASYNC110  # the worker polls too
            await asyncio.sleep(0.002)

    *codes, _ = await asyncio.gather(
        *(
            a_client(each, number * 0.05)
            for number, each in enumerate(town.residents)
            for _ in range(2)
        ),
        the_worker(),
    )
    await service.tally_due_poll()

    result = rules.read_result((await Poll.get(id=poll_id)).result)
    late = await database.fetch_value(
        "SELECT count(*) FROM voting_ballot b JOIN voting_poll p ON p.number = b.poll_number"
        " WHERE p.id = $1 AND b.cast_at >= p.closes_at",
        poll_id,
    )
    assert set(codes) <= {"CAST", "ALREADY_VOTED", "POLL_NOT_OPEN"}
    assert result.participated == codes.count("CAST")
    # Each voter's second device is told that the first was there, or that it is too late.
    by_voter = [sorted(codes[place : place + 2]) for place in range(0, AT_ONCE, 2)]
    assert all(each.count("CAST") <= 1 for each in by_voter)
    assert ["ALREADY_VOTED", "CAST"] in by_voter
    assert late == 0
