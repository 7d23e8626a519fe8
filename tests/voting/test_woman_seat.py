"""The seat that the law keeps for a woman, from the count to whoever has it in the end."""

from domains.kernel.actor import SYSTEM
from domains.membership.models import Person
from domains.voting import rules, service
from domains.voting.models import Poll
from domains.voting.values import Outcome, PollState, Secrecy
from tests.voting.elections import Election, an_election, own_rules
from tests.voting.factories import Town, a_town


async def a_town_of(*, men: int, women: int) -> Town:
    """Residents who are men first, then women."""
    town = await a_town(residents=men + women)
    for place, each in enumerate(town.residents):
        gender = "male" if place < men else "female"
        await Person.filter(id=each.person_id).update(gender=gender)
    return town


async def an_open_election(town: Town, moved_clock, *stand: int, **more) -> Election:
    election = await an_election(town=town, seats=2, **more)
    await election.stand(*stand)
    await election.open(moved_clock)
    return election


async def voted(election: Election, moved_clock, *ballots: tuple[int, ...]) -> rules.Result:
    """Open the window if it is not, let voters cast in turn, and count."""
    await moved_clock.set((await election.poll()).opens_at)
    for voter, names in enumerate(ballots):
        await election.cast(voter, *names)
    poll = await election.count(moved_clock)
    assert (await service.recount(SYSTEM, poll.id))[1] is True
    return rules.read_result(poll.result or "")


async def test_the_last_seat_is_run_off_among_women(moved_clock):
    town = await a_town_of(men=2, women=3)
    election = await an_open_election(town, moved_clock, 0, 1, 2, 3)

    first = await voted(election, moved_clock, (0, 1), (0, 1), (0, 1), (0, 2), (0, 3))
    runoff = await election.run_off()
    second = await voted(runoff, moved_clock, (2,), (2,), (2,), (3,), (3,))

    assert (first.outcome, first.election.woman_missing) == (Outcome.PARTLY_ELECTED, True)
    assert await election.elected() == {0}
    assert (second.outcome, second.election.woman_missing) == (Outcome.ELECTED, False)
    assert await runoff.elected() == {2}
    assert (await Poll.get(id=runoff.poll_id)).state is PollState.TALLIED


async def test_men_who_tied_and_women_run_off_together_and_the_seat_is_kept_again(moved_clock):
    """Both men have as many votes: neither is the last. The next round parts them."""
    town = await a_town_of(men=2, women=3)
    election = await an_open_election(town, moved_clock, 0, 1, 2)

    first = await voted(election, moved_clock, (0, 1), (0, 1), (0, 1), (0, 1), (2,))
    together = await election.run_off()
    second = await voted(together, moved_clock, (0, 1), (0, 1), (0, 1), (0,), (2,))
    alone = await together.run_off()
    third = await voted(alone, moved_clock, (2,), (2,), (), (), ())

    assert (first.chosen, first.election.open_seats, len(first.election.runoff)) == ((), 2, 3)
    assert (second.election.open_seats, len(second.election.runoff)) == (1, 1)
    assert await together.elected() == {0}
    assert (third.outcome, await alone.elected()) == (Outcome.ELECTED, {2})


async def test_where_the_rules_say_so_the_best_woman_takes_the_last_seat(moved_clock):
    """Of seven ballots both men have five, the woman four: all are above half."""
    town = await a_town_of(men=2, women=5)
    await own_rules(town, womanRules=["replace", "runoff"])
    election = await an_open_election(town, moved_clock, 0, 1, 2)

    result = await voted(
        election, moved_clock, (0, 1), (0, 1), (0, 1), (0, 2), (0, 2), (1, 2), (1, 2)
    )

    # Both men have five: neither is the last, so they run off for what the woman leaves.
    assert await election.elected() == {2}
    assert (result.election.woman_missing, result.election.open_seats) == (False, 1)
    assert len(result.election.runoff) == 2


async def test_where_the_rules_ask_for_nothing_more_it_is_said_and_no_more(moved_clock):
    town = await a_town_of(men=2, women=3)
    await own_rules(town, womanRules=[])
    election = await an_open_election(town, moved_clock, 0, 1, 2)

    result = await voted(election, moved_clock, (0, 1), (0, 1), (0, 1), (0, 1), (2,))

    assert (result.outcome, result.election.woman_missing) == (Outcome.ELECTED, True)
    assert await election.elected() == {0, 1}


async def test_a_woman_who_was_written_in_counts_as_one(moved_clock):
    town = await a_town_of(men=2, women=3)
    election = await an_open_election(town, moved_clock, 0, 1, secrecy=Secrecy.OPEN)
    await election.write_in(town.residents[0], 4)

    result = await voted(election, moved_clock, (0, 4), (0, 4), (0, 4), (0, 1), (1,))

    assert (result.outcome, result.election.woman_missing) == (Outcome.ELECTED, False)
    assert await election.elected() == {0, 4}
