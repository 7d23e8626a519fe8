"""Elections from the count on: seats, run-offs, write-ins, certification, many at once."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.membership.models import Person
from domains.voting import queries, rules, service
from domains.voting.errors import (
    BallotMalformed,
    CandidatesTooMany,
    NotCounted,
    RunoffNotRequired,
    RunoffTooLate,
    WindowPast,
    WriteInsNotTaken,
    WriteInTellsWhose,
)
from domains.voting.models import Poll
from domains.voting.rules import paper_sheets
from domains.voting.rules.paper import LineVerdict
from domains.voting.service import afterwards, candidates, issuing, paper, runoffs, tellers
from domains.voting.values import (
    Kin,
    Outcome,
    ParentRelation,
    PollState,
    Secrecy,
)
from tests import factories
from tests.voting.elections import an_election, own_rules, states
from tests.voting.factories import a_town

# The count


async def test_a_committee_is_elected(moved_clock):
    election = await an_election(residents=5, seats=2)
    await election.stand(0, 1, 2)
    await election.open(moved_clock)
    for voter, names in enumerate([(0, 1), (0, 1), (0, 1), (2,), ()]):
        await election.cast(voter, *names)

    poll = await election.count(moved_clock)

    assert (poll.state, poll.outcome) == (PollState.TALLIED, Outcome.ELECTED)
    assert await states(election) == {0: "elected", 1: "elected", 2: "not_elected"}
    again, equal = await service.recount(election.town.committee, election.poll_id)
    assert equal, again


async def test_too_few_voters_elect_nobody(moved_clock):
    election = await an_election(residents=5, seats=1)
    await election.stand(0, 1)
    await election.open(moved_clock)
    await election.cast(0, 0)

    poll = await election.count(moved_clock)

    assert (poll.state, poll.outcome) == (PollState.INQUORATE, Outcome.INQUORATE)
    assert await states(election) == {0: "standing", 1: "standing"}


async def test_near_relatives_are_not_both_elected(moved_clock):
    election = await an_election(residents=5, seats=2)
    await election.stand(0, 1, 2)
    people = [each.person_id for each in election.town.residents]
    await tellers.declare_kinship(
        election.town.residents[0],
        election.poll_id,
        candidate_id=people[0],
        relative_id=people[1],
        relation=Kin.SPOUSE,
    )
    await election.open(moved_clock)
    for voter, names in enumerate([(0, 1), (0, 1), (0, 1), (0, 2), (0, 2)]):
        await election.cast(voter, *names)

    poll = await election.count(moved_clock)

    finding = rules.read_result(poll.result).election
    assert await election.elected() == {0}
    assert poll.state is PollState.RUNOFF_REQUIRED
    assert [(each.verdict.value, each.before) for each in finding.candidates] == [
        ("elected", None),
        ("gave_way", 1),
        ("below_share", None),
    ]


async def test_a_committee_without_a_woman_is_told_or_run_off(moved_clock):
    town = await a_town(residents=5)
    await own_rules(town, womanRules=["runoff"])
    men = [each.person_id for each in town.residents[:2]]
    await Person.filter(id__in=men).update(gender="male")
    election = await an_election(town=town, seats=2)
    await election.stand(0, 1, 2)
    await election.open(moved_clock)
    for voter, names in enumerate([(0, 1), (0, 1), (0, 1), (0, 2), (0,)]):
        await election.cast(voter, *names)

    poll = await election.count(moved_clock)

    finding = rules.read_result(poll.result).election
    assert (poll.outcome, poll.state) == (Outcome.PARTLY_ELECTED, PollState.RUNOFF_REQUIRED)
    assert (finding.woman_missing, finding.open_seats, len(finding.runoff)) == (True, 1, 1)


# Run-off


async def a_tie(moved_clock, *, residents: int = 5):
    """Seats 2: one elected, two tied for the other."""
    election = await an_election(residents=residents, seats=2)
    await election.stand(0, 1, 2)
    await election.open(moved_clock)
    for voter, names in enumerate([(0, 1), (0, 1), (1, 2), (0, 2), (0, 2), (0, 1, 2)][:4]):
        await election.cast(voter, *names)
    await election.cast(4, 0, 2)
    return election, await election.count(moved_clock)


async def test_a_tie_is_run_off_on_the_same_roll_under_the_third(moved_clock):
    election, poll = await a_tie(moved_clock)
    runoff = await election.run_off()
    child = await runoff.poll()

    await moved_clock.set(child.opens_at)
    for voter in (0, 1):
        await runoff.cast(voter, 1)
    for voter in (2, 3, 4):
        await runoff.cast(voter, 2)
    decided = await runoff.count(moved_clock)

    assert (poll.outcome, poll.state) == (Outcome.PARTLY_ELECTED, PollState.RUNOFF_REQUIRED)
    assert (child.parent_poll_id, child.parent_relation) == (poll.id, ParentRelation.RUNOFF)
    assert (child.seats, child.rule_code, child.state) == (1, "VC_RUNOFF", PollState.ROLL_FROZEN)
    assert child.roll_fingerprint == poll.roll_fingerprint
    assert (decided.outcome, decided.state) == (Outcome.ELECTED, PollState.TALLIED)
    assert (await election.elected(), await runoff.elected()) == ({0}, {2})


async def test_a_runoff_is_held_once_in_time_and_only_where_it_is_required(moved_clock):
    election, poll = await a_tie(moved_clock)

    with pytest.raises(RunoffTooLate):
        await election.run_off(opens_in=timedelta(days=31))
    with pytest.raises(WindowPast):
        await election.run_off(opens_in=timedelta(days=-2))
    runoff = await election.run_off()
    with pytest.raises(RunoffNotRequired):
        await election.run_off()
    with pytest.raises(RunoffNotRequired):
        await runoff.run_off()
    await service.cancel_poll(election.town.committee, runoff.poll_id, reason="停电")
    again = await election.run_off()

    assert again.poll_id != runoff.poll_id
    assert await Poll.filter(parent_poll_id=poll.id).count() == 2


async def test_a_runoff_asked_for_twice_with_its_key_is_one(moved_clock):
    election, _ = await a_tie(moved_clock)
    opens_at = await clock.now() + timedelta(days=1)
    window = runoffs.Window(opens_at, opens_at + timedelta(days=1))
    key = uuid4()

    first = await runoffs.create_runoff(
        election.town.committee, election.poll_id, window, idempotency_key=key
    )
    again = await runoffs.create_runoff(
        election.town.committee, election.poll_id, window, idempotency_key=key
    )

    assert again == (first[0], True)


# Write-ins


async def test_a_voter_of_an_open_election_writes_somebody_in(moved_clock):
    election = await an_election(residents=5, seats=1, secrecy=Secrecy.OPEN)
    await election.stand(0)
    await election.open(moved_clock)
    await election.cast(0, 0)
    first = await election.write_in(election.town.residents[1], 3)
    second = await election.write_in(election.town.residents[2], 3)
    for voter in (1, 2, 4):
        await election.cast(voter, 3)
    shown = (await queries.options_by_poll(election.town.residents[0], [election.poll_id]))[0]

    poll = await election.count(moved_clock)

    after = (await queries.options_by_poll(election.town.residents[0], [election.poll_id]))[0]
    assert first == second
    assert ([row["label"] for row in shown], poll.outcome) == (["居民0"], Outcome.ELECTED)
    assert [row["label"] for row in after] == ["居民0", "居民3"]
    assert await election.elected() == {3}


async def test_a_secret_write_in_is_taken_on_paper_alone_and_shown_to_nobody(moved_clock):
    election = await an_election(residents=5, seats=1)
    await election.stand(0)
    await election.open(moved_clock)

    with pytest.raises(WriteInTellsWhose):
        await election.write_in(election.town.residents[1], 3)
    option = await election.write_in(election.town.committee, 3)
    with pytest.raises(BallotMalformed):
        await service.cast_ballot(
            election.town.residents[1], election.poll_id, [option], idempotency_key=uuid4()
        )

    paper = (await queries.options_by_poll(election.town.committee, [election.poll_id]))[0]
    row = await database.fetch_one("SELECT nominated_by_id FROM voting_candidate WHERE write_in")
    assert [each["label"] for each in paper] == ["居民0"]
    assert row["nominated_by_id"] is None


async def test_rules_may_know_no_write_ins(moved_clock):
    town = await a_town(residents=4)
    await own_rules(town, writeIns=False)
    election = await an_election(town=town, seats=1, secrecy=Secrecy.OPEN)
    await election.stand(0)
    await election.open(moved_clock)

    with pytest.raises(WriteInsNotTaken):
        await election.write_in(town.residents[1], 3)

    assert await database.fetch_value("SELECT count(*) FROM voting_option") == 1


# After the count


async def grounds_cleared(election) -> None:
    for code in (await election.poll()).frozen_rules["content"]["afterCount"]["grounds"]:
        await afterwards.check_ground(
            election.town.committee, election.poll_id, code, clear=True, note="无"
        )


async def test_the_first_round_is_certified_once_its_runoff_is_counted(moved_clock):
    election, _ = await a_tie(moved_clock)
    with pytest.raises(NotCounted):
        await grounds_cleared(election)
    runoff = await election.run_off()
    with pytest.raises(NotCounted):
        await grounds_cleared(election)
    await moved_clock.set((await runoff.poll()).opens_at)
    for voter in range(3):
        await runoff.cast(voter, 1)
    await runoff.count(moved_clock)

    await grounds_cleared(election)
    await afterwards.certify_poll(election.town.committee, election.poll_id)

    assert (await election.poll()).state is PollState.CERTIFIED


async def test_a_runoff_that_nobody_called_in_time_is_awaited_no_more(moved_clock):
    election, _ = await a_tie(moved_clock)
    await moved_clock.advance(timedelta(days=40))

    with pytest.raises(RunoffTooLate):
        await election.run_off()
    await grounds_cleared(election)

    assert await database.fetch_value("SELECT count(*) FROM voting_ground_check") > 0


# Many at once


async def test_the_same_nominee_named_by_many_at_once_is_one_candidate(db):
    election = await an_election(residents=12)

    await asyncio.gather(
        *(election.nominate(0, by=resident) for resident in election.town.residents)
    )

    assert await states(election) == {0: "nominated"}
    assert await database.fetch_value("SELECT count(*) FROM voting_nomination") == 12


async def test_runoffs_called_at_the_same_instant_are_one(moved_clock):
    election, poll = await a_tie(moved_clock)

    answers = await asyncio.gather(*(election.run_off() for _ in range(8)), return_exceptions=True)

    assert sum(isinstance(each, RunoffNotRequired) for each in answers) == 7
    assert await Poll.filter(parent_poll_id=poll.id).count() == 1


async def test_the_same_person_written_in_by_many_at_once_has_one_place(moved_clock):
    election = await an_election(residents=8, seats=1, secrecy=Secrecy.OPEN)
    await election.stand(0)
    await election.open(moved_clock)

    places = await asyncio.gather(
        *(election.write_in(resident, 3) for resident in election.town.residents)
    )

    assert len(set(places)) == 1
    assert await database.fetch_value("SELECT count(*) FROM voting_option") == 2


async def test_a_paper_has_room_for_fifteen(moved_clock):
    election = await an_election(residents=17, seats=1, secrecy=Secrecy.OPEN)
    await election.stand(*range(15))
    await election.nominate(15)

    with pytest.raises(CandidatesTooMany):
        await election.vet(15)
    await candidates.withdraw_candidacy(election.town.residents[15], election.candidates[15])
    await election.open(moved_clock)
    with pytest.raises(CandidatesTooMany):
        await election.write_in(election.town.residents[0], 16)

    assert await database.fetch_value("SELECT count(*) FROM voting_option") == 15


# Paper


async def test_a_committee_is_elected_online_and_on_paper_with_somebody_written_in(moved_clock):
    """Five vote: one online, four on paper, of whom three write resident 3 in and one names all."""
    election = await an_election(residents=6, seats=1)
    committee = election.town.committee
    await election.stand(0, 1)
    await election.open(moved_clock)
    await election.cast(0, 0)
    for place in range(1, 5):
        number = await database.fetch_value(
            "SELECT number FROM voting_roll_entry WHERE poll_id = $1 AND voter_id = $2",
            *(election.poll_id, election.town.residents[place].person_id),
        )
        await issuing.issue_paper(committee, election.poll_id, number)
    await moved_clock.set((await election.poll()).closes_at)
    await service.close_due_poll()

    await election.write_in(committee, 3)
    lines = [paper_sheets.LineDraft(LineVerdict.VALID, (3,), None, None)] * 3
    lines.append(paper_sheets.LineDraft(LineVerdict.VALID, (1, 2), None, None))
    batch_id, _ = await paper.open_paper_batch(committee, election.poll_id, idempotency_key=uuid4())
    for reader in (committee, await factories.a_committee_member(election.town.community)):
        await paper.enter_paper_batch(reader, batch_id, lines)
    await paper.complete_paper(committee, election.poll_id)
    await service.tally_due_poll()

    result = rules.read_result((await election.poll()).result)
    assert (result.outcome, await election.elected()) == (Outcome.ELECTED, {3})
    assert (result.participated, result.blank, result.paper.void) == (5, 0, 1)
    again, equal = await service.recount(committee, election.poll_id)
    assert equal, again
