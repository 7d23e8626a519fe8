"""A pledge until it is promised."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database
from domains.kernel.errors import (
    Forbidden,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    VersionConflict,
)
from domains.pledges import service
from domains.pledges.errors import (
    AnswerOwn,
    BodyElsewhere,
    DeadlineMissing,
    DeadlinePast,
    MilestoneTooLate,
    NotUnderNotice,
    OwnProposal,
    PersonUnfit,
    PledgeObjected,
    PledgeStateUnfit,
    ProgrammeOpen,
    TargetMissing,
    WeightsNotWhole,
)
from domains.pledges.service import MilestoneDraft, Target
from domains.pledges.values.pledges import SourceKind
from domains.voting.errors import NumbersInText, ObjectionDecided
from tests import factories
from tests.pledges.factories import (
    OWN,
    a_body,
    a_noticed_pledge,
    a_proposal,
    a_town,
    an_object,
    events,
    in_days,
    terms,
)


async def propose(actor, town, draft, *, source=OWN, key=None):
    return await service.propose_pledge(
        actor, town.programme_id, draft, source=source, idempotency_key=key or uuid4()
    )


async def pledge_count():
    return await database.fetch_value("SELECT count(*) FROM pledges_pledge")


async def test_a_year_has_one_programme_of_a_community(db):
    town = await a_town()

    with pytest.raises(ProgrammeOpen):
        await service.open_programme(
            town.second, town.community.id, year=town.year, introduction="", idempotency_key=uuid4()
        )

    assert await database.fetch_value("SELECT count(*) FROM pledges_programme") == 1


async def test_a_programme_of_the_same_year_opened_by_two_at_once_is_one(db):
    town = await a_town()

    answers = await asyncio.gather(
        *(
            service.open_programme(
                each,
                town.community.id,
                year=town.year + 1,
                introduction="",
                idempotency_key=uuid4(),
            )
            for each in (town.committee, town.second)
        ),
        return_exceptions=True,
    )

    assert [type(each) for each in answers].count(ProgrammeOpen) == 1
    assert await database.fetch_value("SELECT count(*) FROM pledges_programme") == 2


async def test_a_programme_is_opened_by_who_convenes_in_a_community_this_year_or_the_next(db):
    town = await a_town()
    street = await factories.a_street()
    given = {"introduction": "", "idempotency_key": uuid4()}

    with pytest.raises(Forbidden):
        await service.open_programme(town.residents[0], town.community.id, year=town.year, **given)
    with pytest.raises(NotFound):
        await service.open_programme(town.committee, street.id, year=town.year, **given)
    with pytest.raises(InvalidInput):
        await service.open_programme(town.committee, town.community.id, year=town.year - 1, **given)

    assert await database.fetch_value("SELECT count(*) FROM pledges_programme") == 1


async def test_a_pledge_without_a_target_or_a_deadline_is_refused(db):
    town = await a_town()
    whole = await terms(town)

    with pytest.raises(TargetMissing):
        await propose(town.committee, town, replace(whole, target=None))
    for empty in (Target(0, "份", "签收单"), Target(1, " ", "签收单"), Target(1, "份", "  ")):
        with pytest.raises(TargetMissing):
            await propose(town.committee, town, replace(whole, target=empty))
    with pytest.raises(DeadlineMissing):
        await propose(town.committee, town, replace(whole, deadline=None))
    with pytest.raises(DeadlinePast):
        await propose(town.committee, town, replace(whole, deadline=await clock.today()))

    assert await pledge_count() == 0


@pytest.mark.parametrize("weights", [(), (99,), (50, 51), (100, 1), (0, 100), (-20, 120)])
async def test_weights_that_do_not_make_a_whole_are_refused(db, weights):
    town = await a_town()
    due_on = await in_days(30)
    milestones = tuple(MilestoneDraft("第一步", due_on, weight) for weight in weights)

    with pytest.raises(WeightsNotWhole):
        await propose(town.committee, town, await terms(town, milestones=milestones))

    assert await pledge_count() == 0


async def test_a_milestone_comes_due_by_the_deadline(db):
    town = await a_town()
    late = (MilestoneDraft("全部完成", await in_days(91), 100),)

    with pytest.raises(MilestoneTooLate):
        await propose(town.committee, town, await terms(town, days=90, milestones=late))

    assert await pledge_count() == 0


async def test_a_body_a_place_and_a_person_from_elsewhere_are_refused(db):
    town, elsewhere = await a_town(), await a_town()
    whole = await terms(town)

    with pytest.raises(BodyElsewhere):
        await propose(town.committee, town, replace(whole, organisation_id=elsewhere.body.id))
    with pytest.raises(BodyElsewhere):
        await propose(town.committee, town, replace(whole, partner_ids=(elsewhere.body.id,)))
    with pytest.raises(NotFound):
        await propose(town.committee, town, replace(whole, place_area_id=elsewhere.community.id))
    for stranger in (elsewhere.keeper, town.residents[0]):
        with pytest.raises(PersonUnfit):
            await propose(town.committee, town, replace(whole, person_id=stranger.person_id))
    with pytest.raises(NotFound):
        await propose(elsewhere.committee, town, whole)
    with pytest.raises(NotFound):
        await propose(town.committee, replace(town, programme_id=uuid4()), whole)

    assert await pledge_count() == 0


async def test_a_body_of_the_street_above_may_promise_and_partners_take_part(db):
    street = await factories.a_street()
    town = await a_town(street=street)
    police, _ = await a_body(street, name="派出所")

    pledge_id, _ = await propose(
        town.keeper, town, await terms(town, partner_ids=(police.id,), budget_fen=0)
    )

    partners = await database.fetch("SELECT organisation_id FROM pledges_partner")
    assert [row["organisation_id"] for row in partners] == [police.id]
    assert (await an_object(pledge_id))["proposer_id"] == town.keeper.person_id


async def test_a_source_is_named_unless_it_is_ones_own_or_a_need_told_by_mouth(db):
    town = await a_town()
    whole = await terms(town)

    with pytest.raises(InvalidInput):
        await propose(town.committee, town, whole, source=(SourceKind.ISSUE, None))
    with pytest.raises(InvalidInput):
        await propose(town.committee, town, whole, source=(SourceKind.OWN, uuid4()))
    with pytest.raises(NotFound):
        await propose(town.committee, town, whole, source=(SourceKind.REVIEW, uuid4()))
    for source in ((SourceKind.NEED, None), (SourceKind.RESOLUTION, uuid4())):
        await propose(town.committee, town, whole, source=source)

    assert await pledge_count() == 2


async def test_texts_hold_nobodys_numbers(db):
    town = await a_town()

    with pytest.raises(NumbersInText):
        await propose(town.committee, town, await terms(town, content="联系 13800138000 报名"))

    assert await pledge_count() == 0


async def test_a_repeated_proposal_is_one_and_its_key_serves_nothing_else(db):
    town, key = await a_town(), uuid4()
    whole = await terms(town)

    first = await propose(town.committee, town, whole, key=key)
    again = await propose(town.committee, town, whole, key=key)
    with pytest.raises(IdempotencyKeyReused):
        await propose(town.committee, town, replace(whole, title="另一件事"), key=key)

    assert (first[1], again) == (False, (first[0], True))
    assert await pledge_count() == 1


async def test_proposals_at_once_have_numbers_of_their_own(db):
    town = await a_town()
    whole = await terms(town)

    await asyncio.gather(*(propose(town.committee, town, whole) for _ in range(5)))

    rows = await database.fetch("SELECT number FROM pledges_pledge ORDER BY number")
    assert [row["number"] for row in rows] == [1, 2, 3, 4, 5]


async def test_who_proposed_or_last_wrote_a_pledge_does_not_screen_it(db):
    town = await a_town()
    pledge_id = await a_proposal(town)

    with pytest.raises(OwnProposal):
        await service.screen_pledge(town.committee, pledge_id, accepted=True, reason="符合需求")
    await service.update_pledge(town.second, pledge_id, await terms(town), expected_version=1)
    with pytest.raises(OwnProposal):
        await service.screen_pledge(town.second, pledge_id, accepted=True, reason="符合需求")
    with pytest.raises(Forbidden):
        await service.screen_pledge(town.residents[0], pledge_id, accepted=True, reason="符合需求")

    assert (await an_object(pledge_id))["state"] == "proposed"


async def test_a_declined_pledge_says_why_and_goes_no_further(db):
    town = await a_town()
    pledge_id = await a_proposal(town)

    await service.screen_pledge(town.second, pledge_id, accepted=False, reason="与去年项目重复")
    with pytest.raises(PledgeStateUnfit):
        await service.put_to_notice(town.second, pledge_id)

    pledge = await an_object(pledge_id)
    assert (pledge["state"], pledge["screen_reason"]) == ("declined", "与去年项目重复")
    assert [each["accepted"] for each in await events("PledgeScreened")] == [False]


async def test_a_screened_pledge_that_is_written_anew_is_screened_again(db):
    town = await a_town()
    pledge_id = await a_proposal(town)
    await service.screen_pledge(town.second, pledge_id, accepted=True, reason="符合需求")

    version = await service.update_pledge(
        town.committee, pledge_id, await terms(town, title="改为送晚餐"), expected_version=1
    )

    pledge = await an_object(pledge_id)
    assert (version, pledge["state"], pledge["screened_at"]) == (2, "proposed", None)
    with pytest.raises(PledgeStateUnfit):
        await service.put_to_notice(town.committee, pledge_id)


async def test_a_lost_race_for_a_text_is_told(db):
    town = await a_town()
    pledge_id = await a_proposal(town)
    await service.update_pledge(town.committee, pledge_id, await terms(town), expected_version=1)

    with pytest.raises(VersionConflict):
        await service.update_pledge(
            town.committee, pledge_id, await terms(town, title="迟来的修改"), expected_version=1
        )

    assert (await an_object(pledge_id))["title"] == "为独居老人送餐"


async def test_a_pledge_is_withdrawn_before_it_is_promised_and_not_afterwards(moved_clock):
    town = await a_town()
    early, late = await a_noticed_pledge(town), await a_noticed_pledge(town)

    await service.withdraw_pledge(town.committee, early, reason="经费未落实")
    await moved_clock.advance(timedelta(days=12))
    await service.commit_due_pledge()
    with pytest.raises(PledgeStateUnfit):
        await service.withdraw_pledge(town.committee, late, reason="经费未落实")

    assert [(await an_object(each))["state"] for each in (early, late)] == [
        "withdrawn",
        "committed",
    ]
    assert await service.commit_due_pledge() is None


async def test_a_notice_lasts_as_long_as_the_rules_say_to_the_last_instant(moved_clock):
    town = await a_town()
    pledge_id = await a_noticed_pledge(town)
    pledge = await an_object(pledge_id)
    assert timedelta(days=7) <= pledge["notice_until"] - pledge["noticed_at"] < timedelta(days=16)

    await moved_clock.set(pledge["notice_until"] - timedelta(seconds=5))
    early = await service.commit_due_pledge()
    await moved_clock.set(pledge["notice_until"])
    due = await service.commit_due_pledge()

    assert (early, due) == (None, pledge_id)
    assert [each["pledge_id"] for each in await events("PledgeCommitted")] == [str(pledge_id)]


async def object_to(actor, pledge_id, text="菜品口味应征求老人意见。"):
    objection_id, _ = await service.object_to_pledge(
        actor, pledge_id, text=text, idempotency_key=uuid4()
    )
    return objection_id


async def test_a_pledge_waits_for_the_answer_to_an_objection(moved_clock):
    town = await a_town()
    pledge_id = await a_noticed_pledge(town)
    objection_id = await object_to(town.residents[0], pledge_id)
    await moved_clock.advance(timedelta(days=16))

    waiting = await service.commit_due_pledge()
    await service.answer_objection(
        town.second, objection_id, upheld=False, answer="每月征求一次意见"
    )
    committed = await service.commit_due_pledge()

    assert (waiting, committed) == (None, pledge_id)
    with pytest.raises(ObjectionDecided):
        await service.answer_objection(town.second, objection_id, upheld=True, answer="改判")


async def test_an_upheld_objection_takes_a_pledge_off_its_notice_to_be_written_anew(moved_clock):
    town = await a_town()
    pledge_id = await a_noticed_pledge(town)
    objection_id = await object_to(town.residents[0], pledge_id)

    await service.answer_objection(
        town.second, objection_id, upheld=True, answer="采纳,修改后重新公示"
    )
    await moved_clock.advance(timedelta(days=16))

    assert await service.commit_due_pledge() is None
    assert (await an_object(pledge_id))["state"] == "proposed"
    await service.update_pledge(
        town.committee, pledge_id, await terms(town, title="按老人口味送餐"), expected_version=1
    )
    await service.screen_pledge(town.second, pledge_id, accepted=True, reason="已按意见修改")
    await service.put_to_notice(town.second, pledge_id)
    assert (await an_object(pledge_id))["state"] == "public_notice"


async def test_objections_are_taken_from_who_belongs_while_the_notice_lasts(moved_clock):
    town, elsewhere = await a_town(), await a_town()
    pledge_id, proposal = await a_noticed_pledge(town), await a_proposal(town)

    with pytest.raises(Forbidden):
        await object_to(elsewhere.residents[0], pledge_id)
    with pytest.raises(NotUnderNotice):
        await object_to(town.residents[0], proposal)
    await object_to(town.residents[0], pledge_id)
    with pytest.raises(PledgeObjected):
        await object_to(town.residents[0], pledge_id, "再说一次。")
    await moved_clock.set((await an_object(pledge_id))["notice_until"])
    with pytest.raises(NotUnderNotice):
        await object_to(town.residents[1], pledge_id)

    assert await database.fetch_value("SELECT count(*) FROM pledges_objection") == 1


async def test_nobody_answers_their_own_objection_nor_one_to_what_they_wrote(db):
    town = await a_town()
    pledge_id = await a_noticed_pledge(town)
    of_second = await object_to(town.second, pledge_id)
    of_resident = await object_to(town.residents[0], pledge_id)

    with pytest.raises(AnswerOwn):
        await service.answer_objection(town.second, of_second, upheld=True, answer="成立")
    with pytest.raises(AnswerOwn):
        await service.answer_objection(town.committee, of_resident, upheld=False, answer="不成立")
    with pytest.raises(Forbidden):
        await service.answer_objection(town.residents[1], of_resident, upheld=True, answer="成立")

    rows = await database.fetch("SELECT state FROM pledges_objection")
    assert [row["state"] for row in rows] == ["open", "open"]


async def test_an_answer_that_is_late_is_told_once(moved_clock):
    town = await a_town()
    objection_id = await object_to(town.residents[0], await a_noticed_pledge(town))
    assert await service.note_late_answer() is None
    await moved_clock.advance(timedelta(days=16))

    found = [await service.note_late_answer(), await service.note_late_answer()]

    assert found == [objection_id, None]
    assert [each["objection_id"] for each in await events("PledgeAnswerLate")] == [
        str(objection_id)
    ]
