"""Ballots on paper: one participation with every other way, read twice, counted together."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import database
from domains.kernel.actor import ANONYMOUS
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.voting import queries, rules, service
from domains.voting.errors import (
    AlreadyVoted,
    BatchDiffers,
    BatchNotReopened,
    BatchSettled,
    EnteredTwice,
    LineUnfit,
    NotOnRoll,
    OptionRepeated,
    OptionUnknown,
    PaperNotIssued,
    PaperNotTaken,
    PaperUnsettled,
    PollNotOpen,
    StandsInElection,
    VoterRepeated,
    VoterTookPart,
)
from domains.voting.models import Poll
from domains.voting.queries import paper as papers
from domains.voting.rules.paper import Line, LineVerdict, differences
from domains.voting.rules.paper_sheets import LineDraft
from domains.voting.service import issuing, paper, staging
from domains.voting.values import Outcome, PaperTotals, PollMethod, PollState, Secrecy
from tests import factories
from tests.voting.elections import an_election
from tests.voting.factories import Town, a_draft, a_drafted_poll, a_town, an_open_poll, cast

VALID, BLANK, VOID, SPOILED = LineVerdict


def line(*positions, voter=None, verdict=VALID, reason=None):
    return LineDraft(verdict, positions, voter, reason)


async def number_of(poll_id, voter):
    return await database.fetch_value(
        "SELECT number FROM voting_roll_entry WHERE poll_id = $1 AND voter_id = $2",
        *(poll_id, voter.person_id),
    )


async def issued_to(town: Town, poll_id, *voters) -> list[int]:
    """Give papers out; returns the voters' numbers on the roll."""
    numbers = [await number_of(poll_id, voter) for voter in voters]
    for number in numbers:
        await issuing.issue_paper(town.committee, poll_id, number)
    return numbers


async def closed(moved_clock) -> None:
    await moved_clock.advance(timedelta(days=2))
    await service.close_due_poll()


async def a_batch(actor, poll_id):
    batch_id, _ = await paper.open_paper_batch(actor, poll_id, idempotency_key=uuid4())
    return batch_id


async def agreed(town: Town, poll_id, *lines):
    """A batch that two people read alike."""
    batch_id = await a_batch(town.committee, poll_id)
    for reader in (town.committee, await factories.a_committee_member(town.community)):
        await paper.enter_paper_batch(reader, batch_id, lines)
    return batch_id


async def state_of(batch_id):
    return await database.fetch_value(
        "SELECT state FROM voting_paper_batch WHERE id = $1", batch_id
    )


async def the_result(town: Town, poll_id) -> rules.Result:
    await paper.complete_paper(town.committee, poll_id)
    await service.tally_due_poll()
    return rules.read_result((await Poll.get(id=poll_id)).result or "")


async def count(table):
    return await database.fetch_value(f"SELECT count(*) FROM {table}")


@pytest.mark.parametrize("secrecy", Secrecy)
async def test_paper_and_online_are_one_count(moved_clock, secrecy):
    town = await a_town(residents=5)
    poll_id = await an_open_poll(town, await a_draft(secrecy=secrecy))
    await cast(town.residents[0], poll_id, 1)
    await cast(town.residents[1], poll_id, 2)
    numbers = await issued_to(town, poll_id, *town.residents[2:])
    voters = numbers if secrecy is Secrecy.OPEN else [None] * 3
    await closed(moved_clock)
    await agreed(
        town,
        poll_id,
        line(1, voter=voters[0]),
        line(voter=voters[1], verdict=BLANK),
        line(voter=voters[2], verdict=VOID, reason="字迹不清"),
    )

    result = await the_result(town, poll_id)

    assert [each.votes for each in result.counts] == [2, 1, 0]
    assert (result.participated, result.blank) == (5, 1)
    assert result.paper == PaperTotals(issued=3, returned=3, void=1, spoiled=0, void_area=0)
    assert (await service.recount(town.committee, poll_id))[1]


async def test_who_was_given_a_paper_casts_no_other_ballot(db):
    town = await a_town()
    poll_id = await an_open_poll(town)
    await issued_to(town, poll_id, town.residents[0])

    with pytest.raises(AlreadyVoted):
        await cast(town.residents[0], poll_id, 1)

    assert (await count("voting_ballot"), await count("voting_paper_issue")) == (0, 1)


async def test_who_has_cast_is_given_no_paper(db):
    town = await a_town()
    poll_id = await an_open_poll(town)
    await cast(town.residents[0], poll_id, 1)

    with pytest.raises(VoterTookPart):
        await issued_to(town, poll_id, town.residents[0])

    assert (await count("voting_paper_issue"), await count("voting_paper_box")) == (0, 0)


async def test_nobody_is_given_two_papers(db):
    town = await a_town()
    poll_id = await an_open_poll(town)
    await issued_to(town, poll_id, town.residents[0])

    with pytest.raises(VoterTookPart):
        await issued_to(town, poll_id, town.residents[0])

    assert await count("voting_paper_issue") == 1


@pytest.mark.parametrize("secrecy", Secrecy)
async def test_a_paper_and_an_online_ballot_race_and_one_of_them_wins(db, secrecy):
    town = await a_town(residents=8)
    poll_id = await an_open_poll(town, await a_draft(secrecy=secrecy))
    numbers = [await number_of(poll_id, each) for each in town.residents]

    outcomes = await asyncio.gather(
        *(cast(each, poll_id, 1) for each in town.residents),
        *(issuing.issue_paper(town.committee, poll_id, number) for number in numbers),
        return_exceptions=True,
    )

    lost = [type(each) for each in outcomes if isinstance(each, Exception)]
    table = staging.table_of(poll_id) if secrecy is Secrecy.SECRET else "voting_ballot"
    assert len(lost) == 8
    assert set(lost) <= {AlreadyVoted, VoterTookPart}
    assert await count(table) + await count("voting_paper_issue") == 8
    assert await count("voting_participation") == 8


async def test_a_paper_that_never_comes_back_was_issued_and_took_no_part(moved_clock):
    town = await a_town(residents=3)
    poll_id = await an_open_poll(town)
    await cast(town.residents[0], poll_id, 1)
    numbers = await issued_to(town, poll_id, *town.residents[1:])
    await closed(moved_clock)
    await agreed(town, poll_id, line(1, voter=numbers[0]))

    result = await the_result(town, poll_id)

    assert result.paper == PaperTotals(issued=2, returned=1)
    assert result.participated == 2
    assert await queries.turnouts(town.committee, [poll_id]) == [2]


async def test_a_spoiled_paper_is_neither_returned_nor_a_participation(moved_clock):
    town = await a_town(residents=2)
    poll_id = await an_open_poll(town)
    (number,) = await issued_to(town, poll_id, town.residents[0])
    await closed(moved_clock)
    await agreed(
        town,
        poll_id,
        line(voter=number, verdict=SPOILED, reason="写错后更换"),
        line(2, voter=number),
    )

    result = await the_result(town, poll_id)

    assert result.paper == PaperTotals(issued=1, returned=1, spoiled=1)
    assert result.participated == 1


async def test_a_paper_that_names_too_much_is_void(moved_clock):
    town = await a_town(residents=2)
    poll_id = await an_open_poll(town)
    (number,) = await issued_to(town, poll_id, town.residents[0])
    await closed(moved_clock)
    await agreed(town, poll_id, line(1, 2, voter=number))

    result = await the_result(town, poll_id)

    assert result.paper == PaperTotals(issued=1, returned=1, void=1)
    assert [each.votes for each in result.counts] == [0, 0, 0]
    assert await database.fetch_value("SELECT reason FROM voting_paper_line LIMIT 1") == (
        paper.TOO_MUCH
    )


async def test_the_count_waits_for_paper_and_nothing_is_sealed_before(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    await cast(town.residents[0], poll_id, 1)
    await issued_to(town, poll_id, *town.residents[1:])
    await closed(moved_clock)
    batch_id = await a_batch(town.committee, poll_id)

    counted_early = await service.tally_due_poll()
    with pytest.raises(PaperUnsettled):
        await paper.complete_paper(town.committee, poll_id)

    assert counted_early is None
    assert (await Poll.get(id=poll_id)).state is PollState.CLOSED
    assert await staging.is_waiting(poll_id)
    assert await count("voting_sealed_ballot") == 0
    assert await state_of(batch_id) == "open"


async def test_nothing_of_a_secret_paper_is_left_that_tells_it_from_the_others(moved_clock):
    town = await a_town(residents=4)
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    await cast(town.residents[0], poll_id, 2)
    await issued_to(town, poll_id, *town.residents[1:])
    await closed(moved_clock)
    await agreed(town, poll_id, *(line(1) for _ in range(3)))

    await the_result(town, poll_id)

    gone = [staging.table_of(poll_id), papers.paper_table_of(poll_id)]
    assert [await database.fetch_value("SELECT to_regclass($1)", each) for each in gone] == [
        None,
        None,
    ]
    assert await count("voting_paper_line") == 0
    sealed = await database.fetch("SELECT DISTINCT xmin::text FROM voting_sealed_ballot")
    assert (len(sealed), await count("voting_sealed_ballot")) == (1, 4)
    assert await count("voting_receipt") == 1


async def test_a_secret_batch_is_compared_whatever_the_order(moved_clock):
    town = await a_town(residents=4)
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    await issued_to(town, poll_id, *town.residents)
    await closed(moved_clock)
    batch_id = await a_batch(town.committee, poll_id)
    second = await factories.a_committee_member(town.community)

    await paper.enter_paper_batch(town.committee, batch_id, [line(1), line(2), line(2)])
    await paper.enter_paper_batch(second, batch_id, [line(2), line(1), line(2)])

    assert await state_of(batch_id) == "agreed"


async def test_a_batch_that_differs_is_entered_anew(moved_clock):
    town = await a_town(residents=3)
    poll_id = await an_open_poll(town)
    numbers = await issued_to(town, poll_id, *town.residents[:2])
    await closed(moved_clock)
    batch_id = await a_batch(town.committee, poll_id)
    second = await factories.a_committee_member(town.community)
    right = [line(1, voter=numbers[0]), line(2, voter=numbers[1])]
    wrong = [line(2, voter=numbers[0]), line(1, voter=numbers[1])]

    await paper.enter_paper_batch(town.committee, batch_id, right)
    await paper.enter_paper_batch(second, batch_id, wrong)
    differing = await state_of(batch_id)
    (where,) = await papers.batch_differences(town.committee, [batch_id])
    with pytest.raises(BatchDiffers):
        await paper.enter_paper_batch(town.committee, batch_id, right)
    ballots_meanwhile = await count("voting_ballot")
    await paper.reopen_paper_batch(second, batch_id)
    for reader in (town.committee, second):
        await paper.enter_paper_batch(reader, batch_id, right)

    assert (differing, ballots_meanwhile) == ("differs", 0)
    assert [(each.voter, each.marks, each.first, each.second) for each in where] == [
        (numbers[0], 1, 1, 0),
        (numbers[0], 2, 0, 1),
        (numbers[1], 1, 0, 1),
        (numbers[1], 2, 1, 0),
    ]
    assert (await state_of(batch_id), await count("voting_ballot")) == ("agreed", 2)


async def test_one_person_does_not_enter_a_batch_twice_even_at_once(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town)
    (number,) = await issued_to(town, poll_id, town.residents[0])
    await closed(moved_clock)
    batch_id = await a_batch(town.committee, poll_id)

    outcomes = await asyncio.gather(
        *(
            paper.enter_paper_batch(town.committee, batch_id, [line(1, voter=number)])
            for _ in range(4)
        ),
        return_exceptions=True,
    )

    assert [type(each) for each in outcomes if each is not None] == [EnteredTwice] * 3
    assert (await state_of(batch_id), await count("voting_paper_entry")) == ("entered", 1)
    assert await count("voting_ballot") == 0


async def test_two_people_entering_at_once_agree_once(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town)
    (number,) = await issued_to(town, poll_id, town.residents[0])
    await closed(moved_clock)
    batch_id = await a_batch(town.committee, poll_id)
    readers = [await factories.a_committee_member(town.community) for _ in range(4)]

    outcomes = await asyncio.gather(
        *(paper.enter_paper_batch(each, batch_id, [line(1, voter=number)]) for each in readers),
        return_exceptions=True,
    )

    assert [type(each) for each in outcomes if each is not None] == [BatchSettled] * 2
    assert (await state_of(batch_id), await count("voting_ballot")) == ("agreed", 1)


BAD_LINES = {
    "a voter twice": (lambda n: [line(1, voter=n[0]), line(2, voter=n[0])], VoterRepeated),
    "no voter": (lambda n: [line(1)], LineUnfit),
    "valid and empty": (lambda n: [line(voter=n[0])], LineUnfit),
    "blank and marked": (lambda n: [line(1, voter=n[0], verdict=BLANK)], LineUnfit),
    "void without a reason": (lambda n: [line(voter=n[0], verdict=VOID)], LineUnfit),
    "a blank reason": (lambda n: [line(voter=n[0], verdict=SPOILED, reason=" ")], LineUnfit),
    "an endless reason": (lambda n: [line(voter=n[0], verdict=VOID, reason="长" * 201)], LineUnfit),
    "marks beyond the paper": (lambda n: [line(4, voter=n[0])], OptionUnknown),
    "marks before the paper": (lambda n: [line(0, voter=n[0])], OptionUnknown),
    "a voter without a paper": (lambda n: [line(1, voter=n[1])], PaperNotIssued),
    "a number that is on no roll": (lambda n: [line(1, voter=99)], PaperNotIssued),
    "an empty batch": (lambda n: [], InvalidInput),
    "an endless batch": (lambda n: [line(1, voter=n[0])] * 501, InvalidInput),
}


@pytest.mark.parametrize("case", BAD_LINES)
async def test_a_batch_that_cannot_be_is_refused(moved_clock, case):
    town = await a_town()
    poll_id = await an_open_poll(town)
    (first,) = await issued_to(town, poll_id, town.residents[0])
    without = await number_of(poll_id, town.residents[1])
    await closed(moved_clock)
    batch_id = await a_batch(town.committee, poll_id)
    lines, refusal = BAD_LINES[case]

    with pytest.raises(refusal):
        await paper.enter_paper_batch(town.committee, batch_id, lines((first, without)))

    assert (await state_of(batch_id), await count("voting_paper_entry")) == ("open", 0)


async def test_an_option_twice_is_no_mark_that_a_paper_bears(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town, await a_choice_of_two())
    (number,) = await issued_to(town, poll_id, town.residents[0])
    await closed(moved_clock)
    batch_id = await a_batch(town.committee, poll_id)

    with pytest.raises(OptionRepeated):
        await paper.enter_paper_batch(town.committee, batch_id, [line(1, 1, voter=number)])

    assert await count("voting_paper_entry") == 0


async def a_choice_of_two():
    return await a_draft(method=PollMethod.CHOICE, labels=("公园", "广场", "停车场"), most=2)


async def test_a_secret_line_names_nobody(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    (number,) = await issued_to(town, poll_id, town.residents[0])
    await closed(moved_clock)
    batch_id = await a_batch(town.committee, poll_id)

    with pytest.raises(LineUnfit):
        await paper.enter_paper_batch(town.committee, batch_id, [line(1, voter=number)])

    assert await count(papers.paper_table_of(poll_id)) == 0


async def test_a_voter_is_counted_in_one_batch(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town)
    (number,) = await issued_to(town, poll_id, town.residents[0])
    await closed(moved_clock)
    await agreed(town, poll_id, line(1, voter=number))
    again = await a_batch(town.committee, poll_id)

    with pytest.raises(PaperNotIssued):
        await paper.enter_paper_batch(town.committee, again, [line(2, voter=number)])

    assert (await state_of(again), await count("voting_ballot")) == ("open", 1)


async def test_paper_is_given_out_until_the_close_and_entered_after_it(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town)
    await issued_to(town, poll_id, town.residents[0])

    with pytest.raises(PaperNotTaken):
        await a_batch(town.committee, poll_id)
    with pytest.raises(PaperNotTaken):
        await paper.complete_paper(town.committee, poll_id)
    await moved_clock.advance(timedelta(days=1))
    with pytest.raises(PollNotOpen):
        await issued_to(town, poll_id, town.residents[1])

    assert (await count("voting_paper_batch"), await count("voting_paper_issue")) == (0, 1)


async def test_complete_paper_is_complete(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town)
    await issued_to(town, poll_id, town.residents[0])
    await closed(moved_clock)
    await paper.complete_paper(town.committee, poll_id)
    await paper.complete_paper(town.committee, poll_id)

    with pytest.raises(PaperNotTaken):
        await a_batch(town.committee, poll_id)

    assert await count("voting_paper_batch") == 0


async def test_a_settled_batch_is_touched_no_more(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town)
    (number,) = await issued_to(town, poll_id, town.residents[0])
    await closed(moved_clock)
    batch_id = await agreed(town, poll_id, line(1, voter=number))
    third = await factories.a_committee_member(town.community)

    with pytest.raises(BatchSettled):
        await paper.enter_paper_batch(third, batch_id, [line(2, voter=number)])
    with pytest.raises(BatchSettled):
        await paper.discard_paper_batch(third, batch_id, reason="重复")
    with pytest.raises(BatchNotReopened):
        await paper.reopen_paper_batch(third, batch_id)

    assert (await state_of(batch_id), await count("voting_paper_entry")) == ("agreed", 2)


async def test_a_discarded_batch_counts_nothing(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    await issued_to(town, poll_id, town.residents[0])
    await closed(moved_clock)
    batch_id = await a_batch(town.committee, poll_id)
    await paper.enter_paper_batch(town.committee, batch_id, [line(1)])

    with pytest.raises(InvalidInput):
        await paper.discard_paper_batch(town.committee, batch_id, reason=" ")
    await paper.discard_paper_batch(town.committee, batch_id, reason="误开")
    result = await the_result(town, poll_id)

    assert await state_of(batch_id) == "discarded"
    assert (result.participated, result.paper) == (0, PaperTotals(issued=1))
    assert result.outcome is Outcome.INQUORATE


async def test_more_returned_than_issued_is_counted_and_shown(moved_clock):
    town = await a_town(residents=2)
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    await issued_to(town, poll_id, town.residents[0])
    await closed(moved_clock)
    await agreed(town, poll_id, line(1), line(1), line(1))

    result = await the_result(town, poll_id)

    assert result.paper is not None
    assert result.paper.too_many_returned
    assert (result.participated, result.roll) == (3, 2)


async def test_tellers_handle_paper_and_residents_do_not(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town)
    teller, resident, voter = town.residents
    number = await number_of(poll_id, voter)
    await appointed(poll_id, teller)

    await issuing.issue_paper(teller, poll_id, number)
    with pytest.raises(Forbidden):
        await issuing.issue_paper(resident, poll_id, await number_of(poll_id, resident))
    with pytest.raises(NotFound):
        await issuing.issue_paper(ANONYMOUS, poll_id, number)
    with pytest.raises(NotOnRoll):
        await issuing.issue_paper(teller, poll_id, 99)
    await closed(moved_clock)
    batch_id = await a_batch(teller, poll_id)
    with pytest.raises(Forbidden):
        await paper.discard_paper_batch(teller, batch_id, reason="误开")

    assert (await count("voting_paper_issue"), await state_of(batch_id)) == (1, "open")


async def appointed(poll_id, teller) -> None:
    await database.execute(
        "INSERT INTO voting_teller (poll_id, person_id, duty, appointed_at)"
        " VALUES ($1, $2, 'teller', kernel_now())",
        *(poll_id, teller.person_id),
    )


async def test_who_stands_does_not_handle_paper(db):
    town = await a_town()
    poll_id = await a_drafted_poll(town)
    await database.execute(
        "INSERT INTO voting_candidate (id, poll_id, person_id, name, state, nominated_at)"
        " VALUES ($1, $2, $3, '候选人', 'nominated', kernel_now())",
        *(uuid4(), poll_id, town.committee.person_id),
    )
    await service.publish_poll(town.committee, poll_id)

    with pytest.raises(StandsInElection):
        await issued_to(town, poll_id, town.residents[0])

    assert await count("voting_paper_issue") == 0


async def test_another_communitys_poll_and_batch_are_not_there(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town)
    (number,) = await issued_to(town, poll_id, town.residents[0])
    officer = await factories.a_committee_member()

    with pytest.raises(NotFound):
        await issuing.issue_paper(officer, poll_id, number)
    await closed(moved_clock)
    batch_id = await a_batch(town.committee, poll_id)
    for attempt in (
        a_batch(officer, poll_id),
        paper.enter_paper_batch(officer, batch_id, [line(1, voter=number)]),
        paper.reopen_paper_batch(officer, batch_id),
        paper.discard_paper_batch(officer, batch_id, reason="x"),
        paper.complete_paper(officer, poll_id),
        paper.enter_paper_batch(town.committee, uuid4(), [line(1, voter=number)]),
    ):
        with pytest.raises(NotFound):
            await attempt

    assert await papers.batches_by_id(officer, [batch_id]) == [None]
    assert (await state_of(batch_id), await count("voting_paper_entry")) == ("open", 0)


async def test_opening_a_batch_twice_with_one_key_is_one_batch(moved_clock):
    town = await a_town()
    poll_id, key = await an_open_poll(town), uuid4()
    await issued_to(town, poll_id, town.residents[0])
    await closed(moved_clock)

    first, second = [
        await paper.open_paper_batch(town.committee, poll_id, idempotency_key=key) for _ in range(2)
    ]

    assert (first[0], first[1], second[1]) == (second[0], False, True)
    assert await count("voting_paper_batch") == 1


async def test_cancelling_destroys_what_was_on_paper(db):
    town = await a_town()
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    await issued_to(town, poll_id, town.residents[0])

    await service.cancel_poll(town.committee, poll_id, reason="题目有误")

    assert not await staging.is_waiting(poll_id)


def test_reasons_are_not_compared():
    one = [Line(VOID, None, 1, "字迹不清")]
    other = [Line(VOID, None, 1, "无法辨认")]

    assert differences(one, other) == ()


def test_differences_tell_how_many_read_what():
    found = differences([Line(VALID, 1), Line(VALID, 1)], [Line(VALID, 1), Line(BLANK, 0)])

    assert [(each.verdict, each.marks, each.first, each.second) for each in found] == [
        (BLANK, 0, 0, 1),
        (VALID, 1, 2, 1),
    ]


async def test_whom_voters_write_in_on_paper_has_a_place_behind_the_printed(moved_clock):
    election = await an_election(residents=5, seats=1)
    town = election.town
    await election.stand(0)
    await election.open(moved_clock)
    await issued_to(town, election.poll_id, *town.residents)
    await election.write_in(town.committee, 3)
    await closed(moved_clock)
    await agreed(town, election.poll_id, line(1), *(line(2) for _ in range(4)))

    result = await the_result(town, election.poll_id)

    assert [each.votes for each in result.counts] == [1, 4]
    assert await election.elected() == {3}
    assert (await service.recount(town.committee, election.poll_id))[1]
