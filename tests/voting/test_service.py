from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import database
from domains.kernel.actor import ANONYMOUS, SYSTEM
from domains.kernel.errors import (
    Forbidden,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    SignInRequired,
    VersionConflict,
)
from domains.kernel.rulesets import NoRuleInForce
from domains.voting import queries, rules, service
from domains.voting.errors import (
    AlreadyVoted,
    BallotMalformed,
    NotOnRoll,
    PollNotDraft,
    PollNotOpen,
    PollOver,
    QuorumFixed,
    RollEmpty,
    WindowPast,
)
from domains.voting.models import Poll
from domains.voting.values import Outcome, PollMethod, PollState, Secrecy
from tests import factories
from tests.voting.factories import (
    a_draft,
    a_drafted_poll,
    a_town,
    an_open_poll,
    cast,
    options_of,
)


async def ballots_in(poll_id):
    return await database.fetch_value(
        "SELECT count(*) FROM voting_ballot b JOIN voting_poll p ON p.number = b.poll_number"
        " WHERE p.id = $1",
        poll_id,
    )


async def participations_in(poll_id):
    return await database.fetch_value(
        "SELECT count(*) FROM voting_participation t JOIN voting_poll p"
        " ON p.number = t.poll_number WHERE p.id = $1",
        poll_id,
    )


async def events():
    rows = await database.fetch("SELECT name FROM kernel_outbox ORDER BY id")
    return [row["name"] for row in rows if row["name"].startswith("voting.")]


async def through_to_the_count():
    await service.open_due_poll()
    await service.close_due_poll()
    await service.tally_due_poll()


async def test_the_roll_is_frozen_when_a_poll_is_published(db):
    town = await a_town(residents=2)
    await factories.a_resident(town.community, name="少年", born=None)
    poll_id = await an_open_poll(town)
    await factories.a_resident(town.community, name="后来的人")

    poll = await Poll.get(id=poll_id)
    roll = await database.fetch(
        "SELECT voter_id FROM voting_roll_entry WHERE poll_id = $1", poll_id
    )

    assert poll.state is PollState.ROLL_FROZEN
    assert poll.roll_size == 2
    assert {row["voter_id"] for row in roll} == {each.person_id for each in town.residents}


async def test_a_frozen_roll_cannot_be_changed(db):
    town = await a_town()
    poll_id = await an_open_poll(town)

    with pytest.raises(asyncpg.RestrictViolationError):
        await database.execute("DELETE FROM voting_roll_entry WHERE poll_id = $1", poll_id)
    with pytest.raises(asyncpg.RestrictViolationError):
        await database.execute("UPDATE voting_roll_entry SET name = 'x'")

    assert (
        await database.fetch_value(
            "SELECT count(*) FROM voting_roll_entry WHERE poll_id = $1", poll_id
        )
        == 3
    )


async def test_a_published_question_cannot_be_put_differently(db):
    town = await a_town()
    poll_id = await an_open_poll(town)

    with pytest.raises(asyncpg.RestrictViolationError):
        await database.execute("UPDATE voting_poll SET title = 'x' WHERE id = $1", poll_id)
    with pytest.raises(asyncpg.RestrictViolationError):
        await database.execute("UPDATE voting_option SET label = 'x' WHERE poll_id = $1", poll_id)

    assert (await Poll.get(id=poll_id)).title == "广场舞队是否迁往九龙湖公园?"


async def test_a_decision_from_question_to_result(moved_clock):
    town = await a_town(residents=3)
    poll_id = await an_open_poll(town)
    await service.open_due_poll()
    for resident, position in zip(town.residents, (1, 1, 2), strict=True):
        await cast(resident, poll_id, position)
    await moved_clock.advance(timedelta(days=1))

    await through_to_the_count()

    poll = await Poll.get(id=poll_id)
    assert (poll.state, poll.outcome) == (PollState.TALLIED, Outcome.PASSED)
    assert await events() == [
        "voting.PollPublished",
        "voting.PollOpened",
        "voting.PollClosed",
        "voting.PollTallied",
    ]


async def test_too_few_voters_leave_a_poll_inquorate(moved_clock):
    town = await a_town(residents=3)
    poll_id = await an_open_poll(town)
    await cast(town.residents[0], poll_id, 1)
    await moved_clock.advance(timedelta(days=1))

    await through_to_the_count()

    poll = await Poll.get(id=poll_id)
    assert (poll.state, poll.outcome) == (PollState.INQUORATE, Outcome.INQUORATE)


async def test_a_poll_that_ran_out_while_nobody_was_at_work_was_open_all_the_same(moved_clock):
    town = await a_town(residents=1)
    poll_id = await an_open_poll(town, await a_draft(lasts=timedelta(days=1)))
    await moved_clock.advance(timedelta(days=2))

    await service.close_due_poll()
    late = await service.open_due_poll()

    events = await database.fetch(
        "SELECT name FROM kernel_outbox WHERE payload->>'poll_id' = $1 ORDER BY id", str(poll_id)
    )
    assert late is None
    assert [row["name"] for row in events][-2:] == ["voting.PollOpened", "voting.PollClosed"]


async def test_closing_and_counting_again_changes_nothing(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town)
    await moved_clock.advance(timedelta(days=1))
    await through_to_the_count()
    before = dict(await database.fetch_one("SELECT * FROM voting_poll WHERE id = $1", poll_id))

    await through_to_the_count()

    after = dict(await database.fetch_one("SELECT * FROM voting_poll WHERE id = $1", poll_id))
    assert after == before


async def test_an_open_ballot_may_be_cast_again_and_the_last_counts(moved_clock):
    town = await a_town(residents=1)
    poll_id = await an_open_poll(town)

    await cast(town.residents[0], poll_id, 1)
    await cast(town.residents[0], poll_id, 2)
    await moved_clock.advance(timedelta(days=1))
    await through_to_the_count()

    assert await ballots_in(poll_id) == 2
    assert await participations_in(poll_id) == 1
    assert (await Poll.get(id=poll_id)).outcome is Outcome.REJECTED


async def test_a_meetings_ballot_is_cast_once_even_by_name(db):
    town = await a_town()
    poll_id = await an_open_poll(town, await a_draft(rule_code="RESIDENTS_MEETING"))
    await cast(town.residents[0], poll_id, 1)

    with pytest.raises(AlreadyVoted):
        await cast(town.residents[0], poll_id, 2)

    assert await ballots_in(poll_id) == 1


async def test_a_repeated_request_is_answered_again_and_counts_once(db):
    town = await a_town()
    poll_id, key = await an_open_poll(town), uuid4()
    option = (await options_of(poll_id))[0]

    first, second = [
        await service.cast_ballot(town.residents[0], poll_id, [option], idempotency_key=key)
        for _ in range(2)
    ]

    assert (first.replayed, second.replayed) == (False, True)
    assert (first.revision, second.revision) == (1, 1)
    assert await ballots_in(poll_id) == 1


async def test_a_key_with_another_ballot_is_refused(db):
    town = await a_town()
    poll_id, key = await an_open_poll(town), uuid4()
    await cast(town.residents[0], poll_id, 1, key=key)

    with pytest.raises(IdempotencyKeyReused):
        await cast(town.residents[0], poll_id, 2, key=key)

    assert await ballots_in(poll_id) == 1


async def test_who_is_not_on_the_roll_does_not_vote(db):
    town = await a_town()
    poll_id = await an_open_poll(town)
    late = await factories.a_resident(town.community)

    with pytest.raises(NotOnRoll):
        await cast(late, poll_id, 1)

    assert await participations_in(poll_id) == 0


async def test_another_communitys_poll_is_not_there(db):
    town = await a_town()
    poll_id = await an_open_poll(town)
    stranger = await factories.a_resident()
    officer = await factories.a_committee_member()

    for attempt in (
        cast(stranger, poll_id, 1),
        cast(stranger, poll_id, 1, 2),
        service.publish_poll(officer, poll_id),
        service.cancel_poll(officer, poll_id, reason="x"),
        service.update_poll(officer, poll_id, await a_draft(), expected_version=2),
        service.create_poll(officer, town.community.id, await a_draft(), idempotency_key=uuid4()),
    ):
        with pytest.raises(NotFound):
            await attempt

    assert await participations_in(poll_id) == 0
    assert await Poll.all().count() == 1


async def test_nobody_votes_without_signing_in(db):
    town = await a_town()
    poll_id = await an_open_poll(town)

    with pytest.raises(SignInRequired):
        await cast(ANONYMOUS, poll_id, 1)

    assert await participations_in(poll_id) == 0


async def test_a_resident_convenes_nothing(db):
    town = await a_town()
    poll_id = await a_drafted_poll(town)

    with pytest.raises(Forbidden):
        await service.create_poll(
            town.residents[0], town.community.id, await a_draft(), idempotency_key=uuid4()
        )
    with pytest.raises(NotFound):
        await service.publish_poll(town.residents[0], poll_id)

    assert await Poll.all().values_list("state", flat=True) == [PollState.DRAFT]


@pytest.mark.parametrize(
    ("moment", "taken"),
    [
        (timedelta(hours=1, seconds=-2), False),
        (timedelta(hours=1), True),
        (timedelta(hours=2, seconds=-2), True),
        (timedelta(hours=2), False),
    ],
)
async def test_ballots_are_taken_from_the_first_instant_until_before_the_last(
    moved_clock, moment, taken
):
    town = await a_town()
    draft = await a_draft(opens_in=timedelta(hours=1), lasts=timedelta(hours=1))
    poll_id = await an_open_poll(town, draft)
    await moved_clock.set(draft.opens_at - timedelta(hours=1) + moment)

    if taken:
        await cast(town.residents[0], poll_id, 1)
    else:
        with pytest.raises(PollNotOpen):
            await cast(town.residents[0], poll_id, 1)

    assert await participations_in(poll_id) == int(taken)


@pytest.mark.parametrize("positions", [(), (1, 2), (1, 1)])
async def test_a_malformed_ballot_is_refused(db, positions):
    town = await a_town()
    poll_id = await an_open_poll(town)

    with pytest.raises(BallotMalformed):
        await cast(town.residents[0], poll_id, *positions)

    assert await participations_in(poll_id) == 0


async def test_a_ballot_with_another_polls_option_is_refused(db):
    town = await a_town()
    poll_id, other = await an_open_poll(town), await an_open_poll(town)

    with pytest.raises(BallotMalformed):
        await service.cast_ballot(
            town.residents[0], poll_id, (await options_of(other))[:1], idempotency_key=uuid4()
        )

    assert await participations_in(poll_id) == 0


async def test_a_choice_counts_several_options(moved_clock):
    town = await a_town(residents=2)
    draft = await a_draft(method=PollMethod.CHOICE, labels=("公园", "广场", "停车场"), most=2)
    poll_id = await an_open_poll(town, draft)
    await cast(town.residents[0], poll_id, 1, 3)
    await cast(town.residents[1], poll_id, 3)
    await moved_clock.advance(timedelta(days=1))

    await through_to_the_count()

    kept = rules.read_result((await Poll.get(id=poll_id)).result)
    assert [each.votes for each in kept.counts] == [1, 0, 2]
    assert (kept.outcome, kept.chosen) == (Outcome.CHOSEN, (3,))


async def test_a_draft_is_edited_by_version(db):
    town = await a_town()
    poll_id = await a_drafted_poll(town)

    version = await service.update_poll(
        town.committee, poll_id, await a_draft(title="新的题目"), expected_version=1
    )
    with pytest.raises(VersionConflict):
        await service.update_poll(
            town.committee, poll_id, await a_draft(title="旧的题目"), expected_version=1
        )

    assert version == 2
    assert (await Poll.get(id=poll_id)).title == "新的题目"


async def test_what_is_published_is_edited_no_more(db):
    town = await a_town()
    poll_id = await an_open_poll(town)

    with pytest.raises(PollNotDraft):
        await service.update_poll(town.committee, poll_id, await a_draft(), expected_version=2)

    assert (await Poll.get(id=poll_id)).version == 2


async def test_publishing_twice_is_publishing_once(db):
    town = await a_town()
    poll_id = await an_open_poll(town)

    await service.publish_poll(town.committee, poll_id)

    assert await events() == ["voting.PollPublished"]


async def test_creating_twice_with_one_key_is_one_poll(db):
    town, key, draft = await a_town(), uuid4(), await a_draft()

    first, second = [
        await service.create_poll(town.committee, town.community.id, draft, idempotency_key=key)
        for _ in range(2)
    ]

    assert first[0] == second[0]
    assert (first[1], second[1]) == (False, True)
    assert await Poll.all().count() == 1


async def test_a_cancelled_poll_is_not_counted_and_takes_no_ballots(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town)
    await cast(town.residents[0], poll_id, 1)

    await service.cancel_poll(town.committee, poll_id, reason="舞队已自行搬走")
    with pytest.raises(PollNotOpen):
        await cast(town.residents[1], poll_id, 1)
    await moved_clock.advance(timedelta(days=1))
    await through_to_the_count()

    poll = await Poll.get(id=poll_id)
    assert (poll.state, poll.cancel_reason) == (PollState.CANCELLED, "舞队已自行搬走")
    assert await participations_in(poll_id) == 1


async def test_a_poll_that_is_over_is_not_cancelled(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town)
    await moved_clock.advance(timedelta(days=1))

    with pytest.raises(PollOver):
        await service.cancel_poll(town.committee, poll_id, reason="太晚了")

    assert (await Poll.get(id=poll_id)).state is PollState.ROLL_FROZEN


@pytest.mark.parametrize("reason", ["", "  ", "长" * 501])
async def test_cancelling_wants_a_reason(db, reason):
    town = await a_town()
    poll_id = await an_open_poll(town)

    with pytest.raises(InvalidInput):
        await service.cancel_poll(town.committee, poll_id, reason=reason)

    assert (await Poll.get(id=poll_id)).state is PollState.ROLL_FROZEN


async def test_a_poll_without_voters_is_not_published(db):
    town = await a_town(residents=0)
    poll_id = await a_drafted_poll(town)

    with pytest.raises(RollEmpty):
        await service.publish_poll(town.committee, poll_id)

    assert (await Poll.get(id=poll_id)).state is PollState.DRAFT


BAD_DRAFTS = {
    "a title too short": {"title": " x "},
    "a title too long": {"title": "长" * 121},
    "one option": {"method": PollMethod.CHOICE, "labels": ("一",)},
    "sixteen options": {
        "method": PollMethod.CHOICE,
        "labels": tuple(str(number) for number in range(16)),
    },
    "an option twice": {"method": PollMethod.CHOICE, "labels": ("一", " 一 ")},
    "an empty option": {"method": PollMethod.CHOICE, "labels": ("一", " ")},
    "more choices than options": {"method": PollMethod.CHOICE, "labels": ("一", "二"), "most": 3},
    "no choices": {"method": PollMethod.CHOICE, "labels": ("一", "二"), "least": 0, "most": 0},
    "a quorum above all": {"quorum": (3, 2)},
    "a quorum of nothing": {"quorum": (1, 0)},
}


@pytest.mark.parametrize("case", BAD_DRAFTS)
async def test_a_draft_that_no_rules_allow_is_refused(db, case):
    town = await a_town()

    with pytest.raises(InvalidInput):
        await a_drafted_poll(town, await a_draft(**BAD_DRAFTS[case]))

    assert await Poll.all().count() == 0


async def test_a_window_that_is_over_or_turned_round_is_refused(db):
    town = await a_town()

    for wrong in (
        {"lasts": timedelta(hours=-1)},
        {"opens_in": timedelta(days=-2), "lasts": timedelta(days=1)},
    ):
        with pytest.raises(WindowPast):
            await a_drafted_poll(town, await a_draft(**wrong))

    assert await Poll.all().count() == 0


async def test_a_meetings_quorum_is_not_chosen_by_the_poll(db):
    town = await a_town()

    with pytest.raises(QuorumFixed):
        await a_drafted_poll(town, await a_draft(rule_code="RESIDENTS_MEETING", quorum=(1, 5)))

    assert await Poll.all().count() == 0


async def test_a_consultation_may_choose_its_quorum(moved_clock):
    town = await a_town(residents=3)
    poll_id = await an_open_poll(town, await a_draft(quorum=(1, 3)))
    await cast(town.residents[0], poll_id, 1)
    await moved_clock.advance(timedelta(days=1))

    await through_to_the_count()

    assert (await Poll.get(id=poll_id)).outcome is Outcome.PASSED


async def test_rules_that_are_not_in_force_are_refused(db):
    town = await a_town()

    with pytest.raises(NoRuleInForce):
        await a_drafted_poll(town, await a_draft(rule_code="NO_SUCH"))

    assert await Poll.all().count() == 0


@pytest.mark.parametrize("secrecy", list(Secrecy))
async def test_a_recount_gives_the_same_bytes(moved_clock, secrecy):
    town = await a_town(residents=3)
    poll_id = await an_open_poll(town, await a_draft(secrecy=secrecy))
    for resident in town.residents:
        await cast(resident, poll_id, 1)
    await moved_clock.advance(timedelta(days=1))
    await through_to_the_count()

    _, same = await service.recount(SYSTEM, poll_id)

    assert same is True


async def test_a_decided_poll_cannot_be_changed(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town)
    await moved_clock.advance(timedelta(days=1))
    await through_to_the_count()

    with pytest.raises(asyncpg.RestrictViolationError):
        await database.execute(
            "UPDATE voting_poll SET outcome = 'passed', state = 'tallied' WHERE id = $1", poll_id
        )

    assert (await Poll.get(id=poll_id)).outcome is Outcome.INQUORATE


async def test_drafts_are_seen_by_conveners_only_and_results_by_everybody(moved_clock):
    town = await a_town()
    draft, decided = await a_drafted_poll(town), await an_open_poll(town)
    await cast(town.residents[0], decided, 1)
    await moved_clock.advance(timedelta(days=1))
    await through_to_the_count()
    running = await an_open_poll(town)
    stranger = await factories.a_resident()

    async def seen(actor):
        rows = await queries.polls_by_id(actor, [draft, running, decided])
        return [row is not None for row in rows]

    assert await seen(town.committee) == [True, True, True]
    assert await seen(town.residents[0]) == [False, True, True]
    assert await seen(stranger) == [False, False, True]
    assert await seen(ANONYMOUS) == [False, False, True]


async def reminders():
    return [name for name in await events() if name == "voting.PollClosingSoon"]


async def test_a_poll_says_once_that_it_closes_soon(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town, await a_draft(lasts=timedelta(days=7)))
    await service.open_due_poll()
    await moved_clock.advance(timedelta(days=6, minutes=-1))

    too_early = await service.remind_due_poll()
    await moved_clock.advance(timedelta(minutes=2))
    due = await service.remind_due_poll()
    again = await service.remind_due_poll()

    assert (too_early, due, again) == (None, poll_id, None)
    assert len(await reminders()) == 1


async def test_a_short_poll_says_so_in_its_last_quarter(moved_clock):
    town = await a_town()
    poll_id = await an_open_poll(town, await a_draft(lasts=timedelta(hours=4)))
    await service.open_due_poll()
    await moved_clock.advance(timedelta(hours=2, minutes=59))

    too_early = await service.remind_due_poll()
    await moved_clock.advance(timedelta(minutes=2))

    assert (too_early, await service.remind_due_poll()) == (None, poll_id)


async def test_a_worker_that_was_down_reminds_nobody_of_what_is_over(moved_clock):
    town = await a_town()
    await an_open_poll(town)
    await service.open_due_poll()
    await moved_clock.advance(timedelta(days=2))

    assert await service.remind_due_poll() is None
    assert await reminders() == []
