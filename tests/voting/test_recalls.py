from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import calendar, clock, database
from domains.kernel.actor import Role
from domains.kernel.errors import Forbidden, InvalidInput, NoRuleInForce, NotFound
from domains.membership.models import Person
from domains.voting import service
from domains.voting.errors import (
    MethodUnfit,
    NotAPetitioner,
    NotInOffice,
    RecallSettled,
    RecallTooLate,
    RecallUnderWay,
    RecallUnsupported,
)
from domains.voting.models import Poll
from domains.voting.service import recalls
from domains.voting.service.recalls import Petition
from domains.voting.values import Outcome, Petitioners, PollState
from tests import factories
from tests.voting.factories import a_town, cast

REASON = "连续两次民主评议不称职"


async def a_petition(town, *, by=None, petitioners=Petitioners.VOTERS, rule_code="RC_RECALL"):
    petition = Petition(town.committee.person_id, petitioners, REASON, rule_code)
    recall_id, _ = await recalls.create_recall(
        by or town.residents[0], town.community.id, petition, idempotency_key=uuid4()
    )
    return recall_id


async def state_of(recall_id) -> str:
    state: str = await database.fetch_value(
        "SELECT state FROM voting_recall WHERE id = $1", recall_id
    )
    return state


async def test_a_fifth_of_the_voters_obliges_to_a_vote_within_thirty_days(db):
    town = await a_town(residents=6)
    recall_id = await a_petition(town)
    alone = await state_of(recall_id)

    await recalls.sign_recall(town.residents[0], recall_id)
    twice = await state_of(recall_id)
    await recalls.sign_recall(town.residents[1], recall_id)

    row = await database.fetch_one("SELECT * FROM voting_recall")
    assert (alone, twice, row["state"]) == ("open", "open", "supported")
    assert (row["entitled"], row["least_signatures"]) == (6, 2)
    within = calendar.deadline(row["supported_at"], calendar.NaturalDays(30)).at
    assert row["vote_until"] == within


async def test_a_third_of_the_representatives_is_enough_as_well(db):
    town = await a_town(residents=4)
    for resident in town.residents[:3]:
        person = await Person.get(id=resident.person_id)
        await factories.a_role_grant(person, Role.RESIDENTS_REPRESENTATIVE, area=town.community)

    with pytest.raises(NotAPetitioner):
        await a_petition(town, by=town.residents[3], petitioners=Petitioners.REPRESENTATIVES)
    recall_id = await a_petition(town, petitioners=Petitioners.REPRESENTATIVES)

    assert await state_of(recall_id) == "supported"


async def test_only_those_entitled_petition_and_only_against_a_member(db):
    town, elsewhere = await a_town(residents=5), await a_town()
    against_a_resident = Petition(town.residents[1].person_id, Petitioners.VOTERS, REASON)

    with pytest.raises(NotAPetitioner):
        await a_petition(town, by=town.committee)
    with pytest.raises(NotFound):
        await a_petition(town, by=elsewhere.residents[0])
    with pytest.raises(NotInOffice):
        await recalls.create_recall(
            town.residents[0], town.community.id, against_a_resident, idempotency_key=uuid4()
        )
    with pytest.raises(InvalidInput):
        await recalls.create_recall(
            town.residents[0],
            town.community.id,
            Petition(town.committee.person_id, Petitioners.VOTERS, " "),
            idempotency_key=uuid4(),
        )

    assert await database.fetch_value("SELECT count(*) FROM voting_recall") == 0


async def test_one_petition_at_a_time_and_a_repeated_request_is_one(db):
    town = await a_town(residents=6)
    petition = Petition(town.committee.person_id, Petitioners.VOTERS, REASON)
    key = uuid4()

    first = await recalls.create_recall(
        town.residents[0], town.community.id, petition, idempotency_key=key
    )
    again = await recalls.create_recall(
        town.residents[0], town.community.id, petition, idempotency_key=key
    )
    with pytest.raises(RecallUnderWay):
        await a_petition(town, by=town.residents[1])

    assert again == (first[0], True)
    assert await database.fetch_value("SELECT count(*) FROM voting_recall_signature") == 1


async def test_the_member_answers_and_nobody_else_does(db):
    town = await a_town(residents=6)
    recall_id = await a_petition(town)

    with pytest.raises(Forbidden):
        await recalls.answer_recall(town.residents[0], recall_id, defence="我认错")
    with pytest.raises(NotFound):
        await recalls.answer_recall((await a_town()).committee, recall_id, defence="x")
    await recalls.answer_recall(town.committee, recall_id, defence="评议程序不合规定")

    assert await database.fetch_value("SELECT defence FROM voting_recall") == "评议程序不合规定"


async def test_too_few_signatures_or_too_late_a_vote_convene_nothing(db):
    town = await a_town(residents=6)
    other = await factories.a_committee_member(town.community, name="李主任")
    recall_id = await a_petition(town)
    now = await clock.now()
    window = {"opens_at": now + timedelta(days=25), "closes_at": now + timedelta(days=26)}

    with pytest.raises(RecallUnsupported):
        await recalls.convene_recall(other, recall_id, **window)
    await recalls.sign_recall(town.residents[1], recall_id)
    with pytest.raises(RecallTooLate):
        late = {name: at + timedelta(days=14) for name, at in window.items()}
        await recalls.convene_recall(other, recall_id, **late)
    with pytest.raises(Forbidden):
        await recalls.convene_recall(town.committee, recall_id, **window)
    with pytest.raises(RecallSettled):
        await recalls.sign_recall(town.residents[2], recall_id)

    assert await Poll.all().count() == 0


async def test_a_member_is_recalled_by_vote(moved_clock):
    town = await a_town(residents=6)
    other = await factories.a_committee_member(town.community, name="李主任")
    recall_id = await a_petition(town)
    await recalls.sign_recall(town.residents[1], recall_id)
    now = await clock.now()
    window = {"opens_at": now + timedelta(days=25), "closes_at": now + timedelta(days=26)}

    poll_id = await recalls.convene_recall(other, recall_id, **window)
    again = await recalls.convene_recall(other, recall_id, **window)
    await service.publish_poll(other, poll_id)
    await moved_clock.set(window["opens_at"])
    await service.freeze_due_roll()
    for resident, choice in zip(town.residents, (1, 1, 1, 1, 2, 3), strict=True):
        await cast(resident, poll_id, choice)
    with pytest.raises(RecallSettled):
        await recalls.answer_recall(town.committee, recall_id, defence="太晚了")
    await moved_clock.set(window["closes_at"])
    await service.close_due_poll()
    await service.tally_due_poll()

    poll = await Poll.get(id=poll_id)
    assert again == poll_id
    assert (poll.subject_kind, poll.subject_id) == ("recall", recall_id)
    assert (poll.state, poll.outcome) == (PollState.TALLIED, Outcome.PASSED)


async def test_a_village_recalls_under_its_own_law_and_under_rules_for_recalls_alone(db):
    town = await a_town(residents=4)

    with pytest.raises(MethodUnfit):
        await a_petition(town, rule_code="COMMUNITY_CONSULTATION")
    with pytest.raises(NoRuleInForce):
        await a_petition(town, rule_code="NOTHING")
    refused = await database.fetch_value("SELECT count(*) FROM voting_recall")
    await a_petition(town, rule_code="VC_RECALL")

    assert refused == 0
    assert await database.fetch_value("SELECT rule_code FROM voting_recall") == "VC_RECALL"
