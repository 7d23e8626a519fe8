"""A count spans no transaction: what it rests on is read, counted, and published if it stands."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import database
from domains.kernel.actor import SYSTEM
from domains.voting import rules, service
from domains.voting.models import Poll
from domains.voting.rules import CountingRule
from domains.voting.service import OptionDraft, PollDraft, counting, paper
from domains.voting.values import PollMethod, PollState, Secrecy
from tests.voting.elections import an_election
from tests.voting.factories import a_draft, a_town, an_open_poll, cast, options_of
from tests.voting.test_paper import closed, issued_to

FREE = "SELECT id FROM voting_poll WHERE id = $1 FOR UPDATE NOWAIT"


async def a_budget(town) -> PollDraft:
    draft = await a_draft(method=PollMethod.PREFERENCE, rule_code="PARTICIPATORY_BUDGET")
    return PollDraft(
        title=draft.title,
        body=draft.body,
        method=draft.method,
        secrecy=Secrecy.SECRET,
        opens_at=draft.opens_at,
        closes_at=draft.closes_at,
        rule_code=draft.rule_code,
        options=tuple(OptionDraft(f"项目{each}", cost_fen=100 * each) for each in (1, 2, 3)),
        budget_fen=400,
        counting_rule=CountingRule.EQUAL_SHARES,
        most_choices=3,
    )


DRAFTS = {
    "motion": lambda town: a_draft(),
    "choice": lambda town: a_draft(method=PollMethod.CHOICE, labels=("甲", "乙")),
    "secret": lambda town: a_draft(secrecy=Secrecy.SECRET),
    "budget": a_budget,
}


async def a_closed_poll(town, moved_clock, draft):
    poll_id = await an_open_poll(town, draft)
    for resident in town.residents:
        await cast(resident, poll_id, 1)
    await closed(moved_clock)
    return poll_id


@pytest.mark.parametrize("kind", DRAFTS)
async def test_while_a_poll_is_counted_its_row_is_free(moved_clock, kind):
    town = await a_town()
    poll_id = await a_closed_poll(town, moved_clock, await DRAFTS[kind](town))

    ready = await counting.read(poll_id)
    async with database.transaction():
        held = await database.fetch_value(FREE, poll_id)
    result = await asyncio.to_thread(ready.count)
    published = await counting.publish(ready, result)

    poll = await Poll.get(id=poll_id)
    assert (held, published, poll.state) == (poll_id, True, PollState.TALLIED)
    assert poll.result == rules.canonical(result).decode()
    assert (await service.recount(SYSTEM, poll_id))[1] is True


async def test_a_result_is_published_once_whoever_counted_it_too(moved_clock):
    town = await a_town()
    poll_id = await a_closed_poll(town, moved_clock, await a_draft())
    ready = [await counting.read(poll_id) for _ in range(4)]

    published = await asyncio.gather(*(counting.publish(each, each.count()) for each in ready))

    assert sorted(published) == [False, False, False, True]
    events = await database.fetch_value(
        "SELECT count(*) FROM kernel_outbox WHERE name = 'voting.PollTallied'"
    )
    assert events == 1


async def test_a_poll_that_another_worker_counts_is_left_to_it(moved_clock):
    town = await a_town()
    first = await a_closed_poll(town, moved_clock, await a_draft())

    async with database.claimed(f"count {first}") as own:
        meanwhile = await service.tally_due_poll()
    afterwards = await service.tally_due_poll()

    assert (own, meanwhile, afterwards) == (True, None, first)


async def test_a_claimed_poll_keeps_nobody_from_the_next(moved_clock):
    town = await a_town()
    polls = [await an_open_poll(town) for _ in range(2)]
    await closed(moved_clock)
    await service.close_due_poll()

    async with database.claimed(f"count {polls[0]}"):
        counted = await service.tally_due_poll()

    assert counted == polls[1]
    assert (await Poll.get(id=polls[0])).state is PollState.CLOSED


async def test_paper_that_is_begun_while_a_poll_is_counted_is_waited_for(moved_clock):
    town = await a_town()
    poll_id = await a_closed_poll(town, moved_clock, await a_draft())

    ready = await counting.read(poll_id)
    await paper.open_paper_batch(town.committee, poll_id, idempotency_key=uuid4())
    published = await counting.publish(ready, ready.count())

    assert published is False
    assert (await Poll.get(id=poll_id)).state is PollState.CLOSED
    assert await service.tally_due_poll() is None


async def test_paper_that_is_begun_and_completed_meanwhile_is_counted_anew(moved_clock):
    town = await a_town()
    poll_id = await a_closed_poll(town, moved_clock, await a_draft())

    ready = await counting.read(poll_id)
    await paper.complete_paper(town.committee, poll_id)
    published = await counting.publish(ready, ready.count())

    assert published is False
    assert await service.tally_due_poll() == poll_id
    assert (await service.recount(SYSTEM, poll_id))[1] is True


async def test_somebody_written_in_while_an_election_is_counted_has_it_counted_anew(moved_clock):
    election = await an_election(seats=1)
    await election.stand(0, 1)
    await election.open(moved_clock)
    for voter in range(5):
        await election.cast(voter, 0)
    await moved_clock.set((await election.poll()).closes_at)
    await service.close_due_poll()

    ready = await counting.read(election.poll_id)
    await election.write_in(election.town.committee, 6)
    published = await counting.publish(ready, ready.count())
    await service.tally_due_poll()

    poll = await election.poll()
    assert published is False
    assert len(rules.read_result(poll.result).counts) == 3
    assert (await service.recount(SYSTEM, election.poll_id))[1] is True


async def test_secret_ballots_sealed_for_a_count_that_was_killed_are_counted_by_the_next(
    moved_clock,
):
    town = await a_town()
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    await cast(town.residents[0], poll_id, 1)
    await issued_to(town, poll_id, town.residents[1])
    await closed(moved_clock)
    await paper.complete_paper(town.committee, poll_id)

    await counting.read(poll_id)  # sealed, and nothing more
    sealed = await database.fetch_value("SELECT count(*) FROM voting_sealed_ballot")
    counted = await service.tally_due_poll()

    assert (sealed, counted) == (1, poll_id)
    assert rules.read_result((await Poll.get(id=poll_id)).result).participated == 1


async def test_a_poll_cancelled_before_its_close_is_never_read_for_a_count(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town)
    await service.cancel_poll(town.committee, poll_id, reason="另行安排")
    await moved_clock.advance(timedelta(days=2))

    assert await counting.read(poll_id) is None
    assert await service.tally_due_poll() is None
    assert len(await options_of(poll_id)) == 3


async def test_a_claim_ends_with_its_holder_and_spans_no_transaction(db):
    async with database.claimed("x") as first, database.claimed("x") as second:
        pass
    async with database.claimed("x") as third:
        pass

    assert (first, second, third) == (True, False, True)
    async with database.transaction():
        with pytest.raises(RuntimeError):
            async with database.claimed("x"):
                pass
