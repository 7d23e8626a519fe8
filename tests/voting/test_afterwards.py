"""What follows a count: grounds, certificate, display, challenges, annulment, holding it again."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.kernel import clock, database, rulesets
from domains.kernel.actor import Grant, Role
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.kernel.rules import LegalEffect
from domains.voting import service
from domains.voting.errors import (
    ChallengeDecided,
    ChallengeOpen,
    GroundContradicted,
    GroundsNotClear,
    GroundUnknown,
    HeldAgain,
    NoGroundFound,
    NotAnnulled,
    NotChallengeable,
    NotCounted,
    NotOnRoll,
    OwnChallenge,
    StandsInElection,
    WindowPast,
)
from domains.voting.models import Option, Poll
from domains.voting.queries import afterwards as queries
from domains.voting.rules import read_result
from domains.voting.rules.grounds import recorded, standing
from domains.voting.service import afterwards, paper, presets, repetition, staging
from domains.voting.values import ParentRelation, PollState, Secrecy
from jobs import voting as jobs
from tests import factories
from tests.voting.factories import Town, a_draft, a_drafted_poll, a_town, an_open_poll, cast
from tests.voting.test_paper import agreed, issued_to, line

CODE = "CERTIFIED_MATTER"
GROUNDS = ("more_returned_than_issued", "bribery_or_threat", "quorum_not_reached")


async def a_certifying_town(residents: int = 3, **changes) -> Town:
    """A town whose own rules ask for a certificate, a display of 7 days, answers within 5."""
    town = await a_town(residents=residents)
    general = next(each for each in presets.presets() if each.code == "COMMUNITY_CONSULTATION")
    after_count = {
        "grounds": list(GROUNDS),
        "publicity": {"naturalDays": 7},
        "answer": {"naturalDays": 5},
    }
    await rulesets.put(
        code=CODE,
        version=1,
        title_zh="须确认的事项",
        title_en="Matters that are certified",
        legal_basis="居民公约",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=date(2020, 1, 1),
        content={**general.content, "afterCount": after_count, **changes},
        community_id=town.community.id,
    )
    return town


async def a_counted_poll(town: Town, moved_clock):
    poll_id = await an_open_poll(town, await a_draft(rule_code=CODE))
    for resident in town.residents:
        await cast(resident, poll_id, 1)
    await moved_clock.advance(timedelta(days=1))
    await service.close_due_poll()
    await service.tally_due_poll()
    return poll_id


async def a_displayed_poll(town: Town, moved_clock):
    poll_id = await a_counted_poll(town, moved_clock)
    await afterwards.check_ground(town.committee, poll_id, "bribery_or_threat", clear=True)
    await afterwards.certify_poll(town.committee, poll_id)
    await jobs.publicise_certified_polls()
    return poll_id


async def a_challenge(actor, poll_id):
    challenge_id, _ = await afterwards.challenge_poll(
        actor, poll_id, "唱票时有人离场", idempotency_key=uuid4()
    )
    return challenge_id


async def state_of(poll_id) -> PollState:
    return (await Poll.get(id=poll_id)).state


async def test_a_result_is_certified_displayed_and_final(moved_clock):
    town = await a_certifying_town()
    poll_id = await a_counted_poll(town, moved_clock)
    await afterwards.check_ground(town.committee, poll_id, "bribery_or_threat", clear=True)

    await afterwards.certify_poll(town.committee, poll_id)
    await afterwards.certify_poll(town.committee, poll_id)
    certified = await state_of(poll_id)
    await jobs.publicise_certified_polls()
    displayed = await state_of(poll_id)
    too_early = await jobs.finish_displayed_polls()
    await moved_clock.advance(timedelta(days=12))
    finished = [await jobs.finish_displayed_polls(), await jobs.finish_displayed_polls()]

    assert (certified, displayed) == (PollState.CERTIFIED, PollState.PUBLICISED)
    assert (too_early, finished) == (0, [1, 0])
    assert await state_of(poll_id) is PollState.FINAL
    row = await database.fetch_one(
        "SELECT publicity_until - publicised_at AS displayed FROM voting_poll WHERE id = $1",
        poll_id,
    )
    assert row["displayed"] > timedelta(days=7)


async def test_no_result_is_certified_while_a_ground_is_not_clear(moved_clock):
    town = await a_certifying_town()
    poll_id = await a_counted_poll(town, moved_clock)

    with pytest.raises(GroundsNotClear) as unseen:
        await afterwards.certify_poll(town.committee, poll_id)
    await afterwards.check_ground(
        town.committee, poll_id, "bribery_or_threat", clear=False, note="有人发放礼品"
    )
    with pytest.raises(GroundsNotClear):
        await afterwards.certify_poll(town.committee, poll_id)

    assert unseen.value.details["reason_en"] == "bribery or threats"
    assert await state_of(poll_id) is PollState.TALLIED


async def test_a_computed_ground_is_not_cleared_against_the_facts(moved_clock):
    town = await a_certifying_town(residents=2)
    poll_id = await an_open_poll(town, await a_draft(rule_code=CODE, secrecy=Secrecy.SECRET))
    await issued_to(town, poll_id, town.residents[0])
    await moved_clock.advance(timedelta(days=1))
    await service.close_due_poll()
    await agreed(town, poll_id, line(1), line(1))
    await paper.complete_paper(town.committee, poll_id)
    await service.tally_due_poll()
    await afterwards.check_ground(town.committee, poll_id, "bribery_or_threat", clear=True)

    with pytest.raises(GroundContradicted):
        await afterwards.check_ground(
            town.committee, poll_id, "more_returned_than_issued", clear=True
        )
    with pytest.raises(GroundsNotClear):
        await afterwards.certify_poll(town.committee, poll_id)
    await afterwards.annul_poll(town.committee, poll_id, reason="收回选票多于发出选票")

    assert await state_of(poll_id) is PollState.ANNULLED


async def test_the_record_answers_for_papers_quorum_and_roll(moved_clock):
    town = await a_certifying_town()
    poll_id = await a_counted_poll(town, moved_clock)
    result = read_result((await Poll.get(id=poll_id)).result or "")

    in_order = await queries.recorded_grounds(poll_id)
    late = recorded(result, roll_in_time=False)

    assert in_order == {
        "more_returned_than_issued": True,
        "quorum_not_reached": True,
        "roll_not_published": True,
    }
    assert late == in_order | {"roll_not_published": False}


async def test_a_ground_that_the_rules_do_not_name_is_unknown(moved_clock):
    town = await a_certifying_town()
    poll_id = await a_counted_poll(town, moved_clock)

    with pytest.raises(GroundUnknown):
        await afterwards.check_ground(town.committee, poll_id, "bad_weather", clear=True)
    with pytest.raises(InvalidInput):
        await afterwards.check_ground(town.committee, poll_id, GROUNDS[1], clear=False)

    assert await database.fetch_value("SELECT count(*) FROM voting_ground_check") == 0


async def test_what_is_not_counted_or_asks_for_nothing_is_not_certified(moved_clock):
    town = await a_certifying_town()
    running = await an_open_poll(town, await a_draft(rule_code=CODE))
    plain = await an_open_poll(town)
    for resident in town.residents:
        await cast(resident, plain, 1)
    await moved_clock.advance(timedelta(days=1))

    with pytest.raises(NotCounted):
        await afterwards.certify_poll(town.committee, running)
    for _ in range(2):
        await service.close_due_poll()
        await service.tally_due_poll()
    with pytest.raises(NotCounted):
        await afterwards.certify_poll(town.committee, plain)

    assert await state_of(plain) is PollState.TALLIED
    assert await state_of(running) is PollState.INQUORATE


async def test_who_stands_does_not_certify(moved_clock):
    town = await a_certifying_town()
    poll_id = await a_drafted_poll(town, await a_draft(rule_code=CODE))
    await database.execute(
        "INSERT INTO voting_candidate (id, poll_id, person_id, name, state, nominated_at)"
        " VALUES ($1, $2, $3, '候选人', 'nominated', kernel_now())",
        *(uuid4(), poll_id, town.committee.person_id),
    )

    with pytest.raises(StandsInElection):
        await afterwards.certify_poll(town.committee, poll_id)
    with pytest.raises(StandsInElection):
        await afterwards.check_ground(town.committee, poll_id, GROUNDS[1], clear=True)

    assert await database.fetch_value("SELECT count(*) FROM voting_ground_check") == 0


async def test_a_challenge_that_is_dismissed_lets_the_result_go_on(moved_clock):
    town = await a_certifying_town()
    poll_id = await a_displayed_poll(town, moved_clock)
    one, other = [await a_challenge(each, poll_id) for each in town.residents[:2]]

    await afterwards.decide_challenge(town.committee, one, upheld=False, reason="经查不属实")
    still = await state_of(poll_id)
    await moved_clock.advance(timedelta(days=12))
    unfinished = await jobs.finish_displayed_polls()
    await afterwards.decide_challenge(town.committee, other, upheld=False, reason="经查不属实")
    again = await state_of(poll_id)
    await jobs.finish_displayed_polls()

    assert (still, unfinished, again) == (PollState.CHALLENGED, 0, PollState.PUBLICISED)
    assert await state_of(poll_id) is PollState.FINAL
    rows = await queries.challenges_by_id(town.committee, [one, other])
    assert [(row["state"], row["late"]) for row in rows] == [
        ("dismissed", False),
        ("dismissed", True),
    ]


async def test_a_challenge_that_is_upheld_annuls_the_poll_and_it_is_held_again(moved_clock):
    town = await a_certifying_town()
    poll_id = await a_displayed_poll(town, moved_clock)
    challenge_id = await a_challenge(town.residents[0], poll_id)

    await afterwards.decide_challenge(town.committee, challenge_id, upheld=True, reason="属实")
    child_id, key = await held_again(town, poll_id)
    replayed = await held_again(town, poll_id, key=key)
    with pytest.raises(HeldAgain):
        await held_again(town, poll_id)

    poll, child = await Poll.get(id=poll_id), await Poll.get(id=child_id)
    assert (poll.state, poll.annul_reason) == (PollState.ANNULLED, "属实")
    assert (child.parent_poll_id, child.parent_relation) == (poll_id, ParentRelation.REELECTION)
    assert (child.state, child.title, child.rule_code) == (PollState.DRAFT, poll.title, CODE)
    assert await Option.filter(poll_id=child_id).count() == 3
    assert replayed[0] == child_id
    assert await Poll.all().count() == 2


async def held_again(town, poll_id, *, key=None, lasts=timedelta(days=1)):
    key = key or uuid4()
    opens_at = (await clock.now()).replace(microsecond=0, second=0) + timedelta(hours=1)
    child_id, _ = await repetition.create_reelection(
        town.committee,
        poll_id,
        opens_at=opens_at,
        closes_at=opens_at + lasts,
        idempotency_key=key,
    )
    return child_id, key


async def test_what_stands_is_not_held_again(moved_clock):
    town = await a_certifying_town()
    poll_id = await a_displayed_poll(town, moved_clock)

    with pytest.raises(NotAnnulled):
        await held_again(town, poll_id)
    with pytest.raises(NoGroundFound):
        await afterwards.annul_poll(
            town.committee, await a_counted_poll(town, moved_clock), reason="不喜欢结果"
        )

    assert await Poll.filter(parent_poll_id=poll_id).count() == 0


async def test_a_repetition_wants_a_window_ahead(moved_clock):
    town = await a_certifying_town()
    poll_id = await an_open_poll(town, await a_draft(rule_code=CODE))
    await moved_clock.advance(timedelta(days=1))
    await service.close_due_poll()
    await service.tally_due_poll()

    with pytest.raises(WindowPast):
        await held_again(town, poll_id, lasts=timedelta(hours=-3))
    child_id, _ = await held_again(town, poll_id)

    assert await state_of(poll_id) is PollState.INQUORATE
    assert await Poll.filter(parent_poll_id=poll_id).values_list("id", flat=True) == [child_id]


async def test_challenges_are_filed_by_voters_within_the_display(moved_clock):
    town = await a_certifying_town()
    poll_id = await a_counted_poll(town, moved_clock)
    late_comer = await factories.a_resident(town.community, name="后来的人")

    with pytest.raises(NotChallengeable):
        await a_challenge(town.residents[0], poll_id)
    await afterwards.check_ground(town.committee, poll_id, GROUNDS[1], clear=True)
    await afterwards.certify_poll(town.committee, poll_id)
    await jobs.publicise_certified_polls()
    with pytest.raises(NotOnRoll):
        await a_challenge(late_comer, poll_id)
    await a_challenge(town.residents[0], poll_id)
    with pytest.raises(ChallengeOpen):
        await a_challenge(town.residents[0], poll_id)
    await moved_clock.advance(timedelta(days=12))
    with pytest.raises(NotChallengeable):
        await a_challenge(town.residents[1], poll_id)

    assert await database.fetch_value("SELECT count(*) FROM voting_challenge") == 1


@pytest.mark.parametrize("text", ["", "  ", "长" * 2001])
async def test_a_challenge_says_something(moved_clock, text):
    town = await a_certifying_town()
    poll_id = await a_displayed_poll(town, moved_clock)

    with pytest.raises(InvalidInput):
        await afterwards.challenge_poll(town.residents[0], poll_id, text, idempotency_key=uuid4())

    assert await state_of(poll_id) is PollState.PUBLICISED


async def test_nobody_answers_a_challenge_of_their_own_or_twice(moved_clock):
    town = await a_certifying_town()
    voter = await factories.a_resident(town.community, name="既是居民也是委员")
    office = Grant(Role.COMMITTEE_MEMBER, town.community.path)
    both = replace(voter, grants=voter.grants | {office})
    poll_id = await a_displayed_poll(town, moved_clock)
    challenge_id = await a_challenge(both, poll_id)

    with pytest.raises(OwnChallenge):
        await afterwards.decide_challenge(both, challenge_id, upheld=False, reason="无妨")
    with pytest.raises(Forbidden):
        await afterwards.decide_challenge(
            town.residents[0], challenge_id, upheld=True, reason="我同意"
        )
    await afterwards.decide_challenge(town.committee, challenge_id, upheld=False, reason="不属实")
    with pytest.raises(ChallengeDecided):
        await afterwards.decide_challenge(town.committee, challenge_id, upheld=True, reason="属实")

    assert await state_of(poll_id) is PollState.PUBLICISED


async def test_a_result_is_not_certified_again_while_it_is_challenged(moved_clock):
    town = await a_certifying_town()
    poll_id = await a_displayed_poll(town, moved_clock)
    await a_challenge(town.residents[0], poll_id)

    with pytest.raises(NotCounted):
        await afterwards.certify_poll(town.committee, poll_id)

    assert await state_of(poll_id) is PollState.CHALLENGED


async def test_challenging_and_finishing_race_and_no_challenge_is_lost(moved_clock):
    town = await a_certifying_town(residents=6)
    poll_id = await a_displayed_poll(town, moved_clock)
    until = await database.fetch_value("SELECT publicity_until FROM voting_poll")
    await moved_clock.set(until - timedelta(milliseconds=30))

    async def finishing():
        for _ in range(20):
            await afterwards.finish_due_poll()
            await asyncio.sleep(0.005)

    outcomes = await asyncio.gather(
        *(a_challenge(each, poll_id) for each in town.residents),
        finishing(),
        return_exceptions=True,
    )
    await afterwards.finish_due_poll()

    filed = await database.fetch_value("SELECT count(*) FROM voting_challenge")
    refused = [each for each in outcomes if isinstance(each, Exception)]
    assert {type(each) for each in refused} <= {NotChallengeable}
    assert filed + len(refused) == 6
    assert await state_of(poll_id) is (PollState.CHALLENGED if filed else PollState.FINAL)


async def test_two_answers_at_once_are_one(moved_clock):
    town = await a_certifying_town()
    poll_id = await a_displayed_poll(town, moved_clock)
    challenge_id = await a_challenge(town.residents[0], poll_id)
    other = await factories.a_committee_member(town.community)

    outcomes = await asyncio.gather(
        afterwards.decide_challenge(town.committee, challenge_id, upheld=True, reason="属实"),
        afterwards.decide_challenge(other, challenge_id, upheld=False, reason="不属实"),
        return_exceptions=True,
    )

    assert [type(each) for each in outcomes if isinstance(each, Exception)] == [ChallengeDecided]
    row = await database.fetch_one("SELECT state FROM voting_challenge")
    assert (row["state"], await state_of(poll_id)) in {
        ("upheld", PollState.ANNULLED),
        ("dismissed", PollState.PUBLICISED),
    }


async def test_certifying_and_finding_a_ground_race_and_a_found_ground_is_never_certified(
    moved_clock,
):
    town = await a_certifying_town()
    poll_id = await a_counted_poll(town, moved_clock)
    other = await factories.a_committee_member(town.community)
    await afterwards.check_ground(town.committee, poll_id, GROUNDS[1], clear=True)

    outcomes = await asyncio.gather(
        afterwards.check_ground(other, poll_id, GROUNDS[1], clear=False, note="有人发放礼品"),
        *(afterwards.certify_poll(town.committee, poll_id) for _ in range(3)),
        return_exceptions=True,
    )

    clear = await database.fetch_value(
        "SELECT clear FROM voting_ground_check WHERE ground = $1", GROUNDS[1]
    )
    refused = {type(each) for each in outcomes if isinstance(each, Exception)}
    assert refused in ({NotCounted}, {GroundsNotClear})
    assert await state_of(poll_id) is (PollState.CERTIFIED if clear else PollState.TALLIED)


async def test_another_communitys_poll_is_neither_certified_nor_challenged(moved_clock):
    town = await a_certifying_town()
    poll_id = await a_displayed_poll(town, moved_clock)
    challenge_id = await a_challenge(town.residents[0], poll_id)
    officer = await factories.a_committee_member()

    for attempt in (
        afterwards.certify_poll(officer, poll_id),
        afterwards.check_ground(officer, poll_id, GROUNDS[1], clear=True),
        afterwards.annul_poll(officer, poll_id, reason="x"),
        afterwards.decide_challenge(officer, challenge_id, upheld=True, reason="x"),
    ):
        with pytest.raises(Forbidden):  # results are everybody's to see
            await attempt
    with pytest.raises(NotFound):
        await afterwards.decide_challenge(officer, uuid4(), upheld=True, reason="x")
    with pytest.raises(NotFound):
        await afterwards.certify_poll(officer, uuid4())

    assert await queries.challenges_by_id(officer, [challenge_id]) == [None]
    assert await state_of(poll_id) is PollState.CHALLENGED


async def test_the_text_of_a_challenge_is_for_its_author_and_conveners(moved_clock):
    town = await a_certifying_town()
    poll_id = await a_displayed_poll(town, moved_clock)
    challenge_id = await a_challenge(town.residents[0], poll_id)

    shown = [
        (await queries.challenges_by_id(each, [challenge_id]))[0]["text"] is not None
        for each in (town.residents[0], town.committee, town.residents[1])
    ]

    assert shown == [True, True, False]


@pytest.mark.parametrize(("voters", "goes_on"), [(1, True), (2, False)])
async def test_a_poll_without_a_quorum_goes_on_once_where_the_rules_say_so(
    moved_clock, voters, goes_on
):
    town = await a_certifying_town(extension={"naturalDays": 3})
    poll_id = await an_open_poll(town, await a_draft(rule_code=CODE, secrecy=Secrecy.SECRET))
    for resident in town.residents[:voters]:
        await cast(resident, poll_id, 1)
    before = (await Poll.get(id=poll_id)).closes_at
    await moved_clock.advance(timedelta(days=1))

    await service.close_due_poll()

    poll = await Poll.get(id=poll_id)
    assert poll.state is (PollState.OPEN if goes_on else PollState.CLOSED)
    assert (poll.closes_at > before, poll.extended_at is not None) == (goes_on, goes_on)
    assert await staging.is_waiting(poll_id) is goes_on


async def test_an_extended_poll_takes_ballots_and_is_not_extended_again(moved_clock):
    town = await a_certifying_town(extension={"naturalDays": 3})
    poll_id = await an_open_poll(town, await a_draft(rule_code=CODE))
    await moved_clock.advance(timedelta(days=1))
    await service.close_due_poll()
    await cast(town.residents[0], poll_id, 1)
    closes_at = (await Poll.get(id=poll_id)).closes_at
    await moved_clock.set(closes_at)

    await service.close_due_poll()
    await service.tally_due_poll()

    poll = await Poll.get(id=poll_id)
    assert (poll.state, poll.closes_at) == (PollState.INQUORATE, closes_at)


@given(
    st.dictionaries(st.sampled_from(GROUNDS), st.booleans()),
    st.dictionaries(st.sampled_from(GROUNDS), st.booleans()),
)
def test_no_check_clears_what_the_record_shows(facts, checks):
    for ground in standing(GROUNDS, facts, checks):
        if facts.get(ground.code) is False:
            assert ground.clear is False
        if ground.code not in facts:
            assert ground.clear is checks.get(ground.code)
