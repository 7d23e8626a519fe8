"""Votes in a sitting: opened, cast and closed inside somebody else's transaction."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.kernel.paging import Page
from domains.voting import queries, service
from domains.voting.errors import AlreadyVoted, NotOnRoll
from domains.voting.errors.sittings import SittingGoesOn, TakenInSitting
from domains.voting.models import Poll
from domains.voting.queries import PollFilter
from domains.voting.service import afterwards, issuing, paper, sitting_presets, sittings
from domains.voting.service.sittings import Opened, Sitting
from domains.voting.values import Outcome, PollState, Secrecy, Stance
from tests.voting import factories
from tests.voting.factories import Town


def people_of(town: Town) -> list[UUID]:
    return [each.person_id for each in town.residents if each.person_id is not None]


async def a_sitting(
    town: Town, *, secrecy: Secrecy = Secrecy.OPEN, rule_code: str = "MEETING_MOTION"
) -> Opened:
    await sitting_presets.sync_presets()
    async with transaction():
        return await sittings.open_sitting(
            town.committee,
            town.community.id,
            Sitting(
                title="广场舞队迁往九龙湖公园",
                body="自下周起。",
                rule_code=rule_code,
                secrecy=secrecy,
                window_s=300,
                voters=people_of(town),
                subject=("motion", uuid4()),
            ),
        )


async def cast(actor: Actor, poll_id: UUID, stance: Stance) -> str:
    async with transaction():
        receipt = await sittings.cast(actor, poll_id, stance, idempotency_key=uuid4())
    return receipt.receipt or ""


async def end(poll_id: UUID, *, by_chair: bool = True) -> tuple[Outcome, dict[Stance, int]]:
    async with transaction():
        result = await sittings.end_sitting(poll_id, by_chair=by_chair)
        return result.outcome, await sittings.votes_of(poll_id, result)


async def test_those_present_vote_and_the_count_stands_at_once(db: str) -> None:
    town = await factories.a_town(residents=3)
    opened = await a_sitting(town)
    for resident, stance in zip(
        town.residents, (Stance.FOR, Stance.FOR, Stance.AGAINST), strict=True
    ):
        await cast(resident, opened.poll_id, stance)

    outcome, got = await end(opened.poll_id, by_chair=False)

    assert outcome is Outcome.PASSED
    assert got == {Stance.FOR: 2, Stance.AGAINST: 1, Stance.ABSTAIN: 0}
    poll = await Poll.get(id=opened.poll_id)
    assert (poll.state, poll.roll_size) == (PollState.TALLIED, 3)
    assert (await service.recount(town.residents[0], opened.poll_id))[1]


async def test_a_tie_fails(db: str) -> None:
    town = await factories.a_town(residents=2)
    opened = await a_sitting(town)
    await cast(town.residents[0], opened.poll_id, Stance.FOR)
    await cast(town.residents[1], opened.poll_id, Stance.AGAINST)

    outcome, _ = await end(opened.poll_id)

    assert outcome is Outcome.REJECTED


async def test_of_those_present_who_is_silent_weighs_against(db: str) -> None:
    town = await factories.a_town(residents=4)
    opened = await a_sitting(town, rule_code="MEETING_MOTION_PRESENT")
    for resident in town.residents[:2]:
        await cast(resident, opened.poll_id, Stance.FOR)

    outcome, _ = await end(opened.poll_id)

    assert outcome is Outcome.REJECTED


async def test_a_vote_goes_on_until_its_rules_end_it(db: str) -> None:
    town = await factories.a_town(residents=2)
    opened = await a_sitting(town)
    await cast(town.residents[0], opened.poll_id, Stance.FOR)

    with pytest.raises(SittingGoesOn):
        await end(opened.poll_id, by_chair=False)

    assert (await Poll.get(id=opened.poll_id)).state is PollState.OPEN


async def test_no_ballot_comes_from_outside_the_room(db: str) -> None:
    town = await factories.a_town(residents=2)
    opened = await a_sitting(town)

    with pytest.raises(TakenInSitting):
        await factories.cast(town.residents[0], opened.poll_id, 1)

    assert await sittings.turnout(opened.poll_id) == 0


@pytest.mark.parametrize("secrecy", Secrecy)
async def test_no_paper_is_issued_or_taken_for_a_vote_in_a_sitting(
    db: str, secrecy: Secrecy
) -> None:
    town = await factories.a_town(residents=2)
    opened = await a_sitting(town, secrecy=secrecy)

    with pytest.raises(TakenInSitting):
        await issuing.issue_paper(town.committee, opened.poll_id, 1)
    with pytest.raises(TakenInSitting):
        await paper.open_paper_batch(town.committee, opened.poll_id, idempotency_key=uuid4())
    for resident in town.residents:
        await cast(resident, opened.poll_id, Stance.FOR)
    outcome, got = await end(opened.poll_id, by_chair=False)

    assert outcome is Outcome.PASSED
    assert got == {Stance.FOR: 2, Stance.AGAINST: 0, Stance.ABSTAIN: 0}


async def test_a_vote_in_a_sitting_is_neither_certified_nor_annulled_from_outside(db: str) -> None:
    town = await factories.a_town(residents=2)
    opened = await a_sitting(town)
    for resident in town.residents:
        await cast(resident, opened.poll_id, Stance.FOR)
    await end(opened.poll_id, by_chair=False)

    with pytest.raises(TakenInSitting):
        await afterwards.certify_poll(town.committee, opened.poll_id)
    with pytest.raises(TakenInSitting):
        await afterwards.annul_poll(town.committee, opened.poll_id, reason="程序有误,须重新表决。")

    assert (await Poll.get(id=opened.poll_id)).state is PollState.TALLIED


async def test_a_vote_in_a_sitting_is_not_listed_among_the_polls_of_the_area(db: str) -> None:
    town = await factories.a_town(residents=2)
    opened = await a_sitting(town)
    poll_id = await factories.an_open_poll(town)

    listed = await queries.polls(town.residents[0], PollFilter(), Page())
    (seen,) = await queries.polls_by_id(town.residents[0], [opened.poll_id])

    assert [row["id"] for row in listed.rows] == [poll_id]
    assert seen["id"] == opened.poll_id


async def test_nobody_outside_the_room_is_told_of_its_vote(db: str) -> None:
    town = await factories.a_town(residents=2)
    opened = await a_sitting(town)
    async with transaction():
        await sittings.void_sitting(town.committee, opened.poll_id, reason="人数不足")

    told = await database.fetch("SELECT name FROM kernel_outbox WHERE name LIKE 'voting.%'")
    assert [row["name"] for row in told] == []


async def test_who_is_not_on_the_roll_casts_nothing(db: str) -> None:
    town = await factories.a_town(residents=2)
    opened = await a_sitting(town)

    with pytest.raises(NotOnRoll):
        await cast(town.committee, opened.poll_id, Stance.FOR)

    assert await sittings.turnout(opened.poll_id) == 0


async def test_a_secret_vote_keeps_its_secret_after_the_count(db: str) -> None:
    town = await factories.a_town(residents=3)
    opened = await a_sitting(town, secrecy=Secrecy.SECRET)
    receipts = [await cast(each, opened.poll_id, Stance.FOR) for each in town.residents]

    outcome, _ = await end(opened.poll_id)

    assert outcome is Outcome.PASSED
    staged = await database.fetch_value(
        "SELECT to_regclass($1)", f"voting_staging_{opened.poll_id.hex}"
    )
    named = await database.fetch_value("SELECT count(*) FROM voting_ballot")
    kept = await database.fetch("SELECT code FROM voting_receipt ORDER BY code")
    assert (staged, named) == (None, 0)
    assert [row["code"] for row in kept] == sorted(receipts)


async def test_hands_are_entered_all_or_none(db: str) -> None:
    town = await factories.a_town(residents=3)
    opened = await a_sitting(town)
    await cast(town.residents[0], opened.poll_id, Stance.AGAINST)

    with pytest.raises(AlreadyVoted):
        async with transaction():
            await sittings.enter(
                town.committee,
                opened.poll_id,
                Stance.FOR,
                people_of(town),
                key=uuid4(),
            )

    assert await sittings.turnout(opened.poll_id) == 1


async def test_hands_entered_twice_with_one_key_are_entered_once(db: str) -> None:
    town = await factories.a_town(residents=3)
    opened = await a_sitting(town)
    people, key = people_of(town), uuid4()

    async with transaction():
        first = await sittings.enter(town.committee, opened.poll_id, Stance.FOR, people, key=key)
        again = await sittings.enter(town.committee, opened.poll_id, Stance.FOR, people, key=key)

    assert (first, again) == (3, 0)
    assert await sittings.turnout(opened.poll_id) == 3


async def test_a_void_vote_is_not_counted(db: str) -> None:
    town = await factories.a_town(residents=2)
    opened = await a_sitting(town, secrecy=Secrecy.SECRET)
    await cast(town.residents[0], opened.poll_id, Stance.FOR)

    async with transaction():
        await sittings.void_sitting(town.committee, opened.poll_id, reason="人数不足")

    poll = await Poll.get(id=opened.poll_id)
    assert (poll.state, poll.result) == (PollState.CANCELLED, None)
    async with transaction():
        assert await sittings.end_sitting(opened.poll_id, by_chair=True) is None


async def test_the_clock_and_the_chair_end_a_vote_to_the_same_result(moved_clock) -> None:
    town = await factories.a_town(residents=3)
    opened = await a_sitting(town)
    await cast(town.residents[0], opened.poll_id, Stance.FOR)
    await moved_clock.advance(timedelta(seconds=301))

    await service.close_due_poll()
    await service.tally_due_poll()
    outcome, got = await end(opened.poll_id)

    assert (outcome, got[Stance.FOR]) == (Outcome.PASSED, 1)


async def test_ballots_and_the_end_race_and_every_ballot_counts_or_is_refused(db: str) -> None:
    town = await factories.a_town(residents=8)
    opened = await a_sitting(town)

    *ballots, ended = await asyncio.gather(
        *(cast(each, opened.poll_id, Stance.FOR) for each in town.residents),
        end(opened.poll_id),
        return_exceptions=True,
    )

    taken = sum(not isinstance(each, BaseException) for each in ballots)
    assert ended[1][Stance.FOR] == taken == await sittings.turnout(opened.poll_id)
