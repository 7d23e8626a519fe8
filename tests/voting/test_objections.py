"""A roll while it is public."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest

from domains.kernel import database, rulesets
from domains.kernel.actor import Role
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.membership.models import Household, Residency
from domains.membership.values import AreaBasis, ResidencyKind, ResidencyState
from domains.voting import service
from domains.voting.errors import (
    AlreadyListed,
    AreaUnproven,
    BasisUnmet,
    EntryOwn,
    NotListed,
    NumbersInText,
    ObjectionDecided,
    ObjectionPending,
    ObjectionsOver,
    OwnObjection,
    RegisteredElsewhere,
    RollWouldBeEmpty,
    UnitCounted,
)
from domains.voting.models import Poll
from domains.voting.rules.entries import FloorArea, holds_personal_numbers, proven
from domains.voting.service import Remedy, UnitProof
from domains.voting.service.presets import presets
from domains.voting.values import ObjectionAsks, PollState, RollBasis
from tests import factories
from tests.voting.factories import Town, a_draft, a_drafted_poll, a_town

OPENS_IN = timedelta(days=24)
ADMIT, STRIKE, CORRECT = ObjectionAsks.ADMIT, ObjectionAsks.STRIKE, ObjectionAsks.CORRECT


async def a_public_roll(town: Town, *, rule_code: str = "VC_RECALL", opens_in=OPENS_IN):
    draft = await a_draft(rule_code=rule_code, opens_in=opens_in)
    poll_id = await a_drafted_poll(town, draft)
    await service.publish_poll(town.committee, poll_id)
    return poll_id


async def the_roll(poll_id):
    rows = await database.fetch(
        "SELECT voter_id, standing, basis, reason, area_centi_m2, unit_count"
        " FROM voting_roll_entry WHERE poll_id = $1 ORDER BY number",
        poll_id,
    )
    return {row["voter_id"]: row for row in rows}


async def object_to(actor, poll_id, about_id, asks=STRIKE, text="此人已迁出本社区。"):
    objection_id, _ = await service.file_objection(
        actor, poll_id, about_id=about_id, asks=asks, text=text, idempotency_key=uuid4()
    )
    return objection_id


async def objections():
    return await database.fetch("SELECT * FROM voting_roll_objection ORDER BY filed_at, id")


async def a_newcomer(town: Town, *, since: date, state=ResidencyState.VERIFIED, born=None):
    """Somebody of the town who was not on the register when the roll was built."""
    person = await factories.a_person("新来者", born=born)
    household = await Household.filter(area__path__startswith=town.community.path).first()
    await factories.a_residency(
        person, household, kind=ResidencyKind.TENANT, since=since, state=state
    )
    return person


async def test_an_upheld_objection_strikes_with_its_reason_and_the_roll_is_smaller(db):
    town = await a_town(residents=3)
    poll_id = await a_public_roll(town)
    gone = town.residents[2].person_id
    objection_id = await object_to(town.residents[0], poll_id, gone)

    await service.decide_objection(
        town.committee, objection_id, upheld=True, reason="经核实已于上月迁出"
    )

    entry = (await the_roll(poll_id))[gone]
    assert (entry["standing"], entry["reason"]) == ("struck", "经核实已于上月迁出")
    assert (await Poll.get(id=poll_id)).roll_size == 2
    audited = await database.fetch("SELECT command FROM kernel_audit ORDER BY sequence")
    assert [row["command"] for row in audited][-2:] == ["objectToRoll", "decideRollObjection"]


async def test_a_dismissed_objection_leaves_the_roll_as_it_was(db):
    town = await a_town(residents=2)
    poll_id = await a_public_roll(town)
    before = await the_roll(poll_id)
    objection_id = await object_to(town.residents[0], poll_id, town.residents[1].person_id)

    await service.decide_objection(
        town.committee, objection_id, upheld=False, reason="户籍仍在本社区"
    )

    assert await the_roll(poll_id) == before
    assert [row["state"] for row in await objections()] == ["dismissed"]


async def test_an_upheld_objection_admits_who_was_left_out(db):
    town = await a_town(residents=2)
    poll_id = await a_public_roll(town)
    newcomer = await a_newcomer(town, since=date(2021, 3, 1))
    objection_id = await object_to(
        town.residents[0], poll_id, newcomer.id, ADMIT, "租住本社区多年,应列入名册。"
    )

    await service.decide_objection(
        town.committee,
        objection_id,
        upheld=True,
        reason="村民代表会议同意其参加选举",
        remedy=Remedy(basis=RollBasis.RESIDENT_ADMITTED),
    )

    entry = (await the_roll(poll_id))[newcomer.id]
    assert (entry["standing"], entry["basis"]) == ("admitted", "resident_admitted")
    assert (await Poll.get(id=poll_id)).roll_size == 3


async def test_an_objection_is_due_when_the_rules_say(db):
    town = await a_town(residents=2)
    poll_id = await a_public_roll(town)

    await object_to(town.residents[0], poll_id, town.residents[1].person_id)

    row = (await objections())[0]
    assert timedelta(days=3) <= row["due_at"] - row["filed_at"] < timedelta(days=12)


async def test_objections_are_taken_to_the_last_instant_and_no_longer(moved_clock):
    town = await a_town(residents=3)
    poll_id = await a_public_roll(town)
    until = (await Poll.get(id=poll_id)).objections_until
    assert until is not None
    await moved_clock.set(until - timedelta(seconds=1))

    await object_to(town.residents[0], poll_id, town.residents[1].person_id)
    await moved_clock.set(until)
    with pytest.raises(ObjectionsOver):
        await object_to(town.residents[0], poll_id, town.residents[2].person_id)
    with pytest.raises(ObjectionsOver):
        await service.strike_voter(
            town.committee, poll_id, town.residents[2].person_id, reason="已迁出"
        )

    assert len(await objections()) == 1


async def test_a_roll_is_not_frozen_while_an_objection_is_open(moved_clock):
    town = await a_town(residents=3)
    poll_id = await a_public_roll(town)
    objection_id = await object_to(town.residents[0], poll_id, town.residents[1].person_id)
    await moved_clock.set((await Poll.get(id=poll_id)).objections_until)

    waiting = await service.freeze_due_roll()
    await service.decide_objection(town.committee, objection_id, upheld=True, reason="经核实已迁出")
    frozen = await service.freeze_due_roll()

    poll = await Poll.get(id=poll_id)
    assert (waiting, frozen) == (None, poll_id)
    assert (poll.state, poll.roll_size) == (PollState.ROLL_FROZEN, 2)


async def test_nobody_decides_their_own_objection_nor_one_that_concerns_them(db):
    town = await a_town(residents=2)
    poll_id = await a_public_roll(town)
    other = await factories.a_committee_member(town.community, name="李委员")
    at_home = await Residency.filter(person_id=town.residents[1].person_id).first()
    member = await factories.a_committee_member(town.community, name="同户委员")
    await Residency.create(
        id=uuid4(),
        person_id=member.person_id,
        household_id=at_home.household_id,
        kind=ResidencyKind.MEMBER,
        state=ResidencyState.VERIFIED,
        since=date(2020, 1, 1),
        created_at=at_home.created_at,
    )
    objection_id = await object_to(other, poll_id, town.residents[1].person_id)

    for concerned in (other, member):
        with pytest.raises(OwnObjection):
            await service.decide_objection(concerned, objection_id, upheld=True, reason="已迁出")
    with pytest.raises(Forbidden):
        await service.decide_objection(
            town.residents[0], objection_id, upheld=True, reason="已迁出"
        )

    assert [row["state"] for row in await objections()] == ["open"]
    assert (await Poll.get(id=poll_id)).roll_size == 2


async def test_an_objection_is_decided_once(db):
    town = await a_town(residents=3)
    poll_id = await a_public_roll(town)
    objection_id = await object_to(town.residents[0], poll_id, town.residents[1].person_id)
    await service.decide_objection(town.committee, objection_id, upheld=False, reason="不属实")

    with pytest.raises(ObjectionDecided):
        await service.decide_objection(town.committee, objection_id, upheld=True, reason="属实")

    assert (await Poll.get(id=poll_id)).roll_size == 3


async def test_an_objection_decided_by_two_at_once_is_decided_by_one(db):
    town = await a_town(residents=3)
    other = await factories.a_committee_member(town.community, name="李委员")
    poll_id = await a_public_roll(town)
    objection_id = await object_to(town.residents[0], poll_id, town.residents[1].person_id)

    answers = await asyncio.gather(
        service.decide_objection(town.committee, objection_id, upheld=True, reason="属实"),
        service.decide_objection(other, objection_id, upheld=False, reason="不属实"),
        return_exceptions=True,
    )

    decided = (await objections())[0]
    assert sum(isinstance(each, ObjectionDecided) for each in answers) == 1
    assert (await Poll.get(id=poll_id)).roll_size == (2 if decided["state"] == "upheld" else 3)


async def test_strikes_at_once_leave_the_size_that_the_roll_has(db):
    town = await a_town(residents=6)
    poll_id = await a_public_roll(town)

    await asyncio.gather(
        *(
            service.strike_voter(town.committee, poll_id, each.person_id, reason="已迁出")
            for each in town.residents[:4]
        )
    )

    assert (await Poll.get(id=poll_id)).roll_size == 2
    assert [row["standing"] for row in (await the_roll(poll_id)).values()].count("admitted") == 2


async def test_one_person_admitted_in_two_places_at_once_is_in_one(db):
    town, elsewhere = await a_town(residents=2), await a_town(residents=2)
    first, second = await a_public_roll(town), await a_public_roll(elsewhere)
    both = await a_newcomer(town, since=date(2020, 1, 1))
    there = await Household.filter(area__path__startswith=elsewhere.community.path).first()
    await factories.a_residency(both, there, kind=ResidencyKind.TENANT)

    answers = await asyncio.gather(
        *(
            service.admit_voter(actor, poll_id, both.id, remedy=Remedy(), reason="漏登")
            for actor, poll_id in ((town.committee, first), (elsewhere.committee, second))
        ),
        return_exceptions=True,
    )

    assert sum(isinstance(each, RegisteredElsewhere) for each in answers) == 1
    assert sorted([len(await the_roll(first)), len(await the_roll(second))]) == [2, 3]


async def test_the_same_is_not_asked_twice_and_a_repeated_request_answers_the_same(db):
    town = await a_town(residents=2)
    poll_id = await a_public_roll(town)
    given = {
        "about_id": town.residents[1].person_id,
        "asks": STRIKE,
        "text": "此人已迁出本社区。",
        "idempotency_key": uuid4(),
    }

    first = await service.file_objection(town.residents[0], poll_id, **given)
    again = await service.file_objection(town.residents[0], poll_id, **given)
    with pytest.raises(ObjectionPending):
        await object_to(town.residents[0], poll_id, town.residents[1].person_id)

    assert (first[1], again) == (False, (first[0], True))
    assert len(await objections()) == 1


async def test_what_there_is_no_sense_in_asking_is_refused(db):
    town, elsewhere = await a_town(residents=2), await a_town(residents=1)
    poll_id = await a_public_roll(town)
    stranger = elsewhere.residents[0].person_id

    with pytest.raises(AlreadyListed):
        await object_to(town.residents[0], poll_id, town.residents[1].person_id, ADMIT)
    with pytest.raises(NotListed):
        await object_to(town.residents[0], poll_id, stranger, STRIKE)
    with pytest.raises(NotFound):
        await object_to(town.residents[0], poll_id, stranger, ADMIT)
    with pytest.raises(NotFound):
        await object_to(elsewhere.residents[0], poll_id, town.residents[0].person_id)
    with pytest.raises(NumbersInText):
        await object_to(
            town.residents[0], poll_id, town.residents[1].person_id, text="电话 138 0013 8000 可查"
        )

    assert await objections() == []


async def test_another_communitys_convener_finds_no_objection(db):
    town, elsewhere = await a_town(residents=2), await a_town(residents=1)
    poll_id = await a_public_roll(town)
    objection_id = await object_to(town.residents[0], poll_id, town.residents[1].person_id)

    for unknown in (objection_id, uuid4()):
        with pytest.raises(NotFound):
            await service.decide_objection(elsewhere.committee, unknown, upheld=True, reason="属实")
    with pytest.raises(NotFound):
        await service.strike_voter(
            elsewhere.committee, poll_id, town.residents[1].person_id, reason="已迁出"
        )

    assert (await Poll.get(id=poll_id)).roll_size == 2


@pytest.mark.parametrize(
    ("basis", "since", "expected"),
    [
        (RollBasis.REGISTERED_LIVING, date(2026, 6, 1), True),
        (RollBasis.REGISTERED_AWAY, date(2020, 1, 1), True),
        (RollBasis.RESIDENT_ADMITTED, date(2020, 1, 1), True),
    ],
)
async def test_conveners_admit_the_three_classes_of_the_law(db, basis, since, expected):
    town = await a_town(residents=2)
    poll_id = await a_public_roll(town)
    newcomer = await a_newcomer(town, since=since)

    await service.admit_voter(
        town.committee, poll_id, newcomer.id, remedy=Remedy(basis=basis), reason="本人申请参加选举"
    )

    entry = (await the_roll(poll_id))[newcomer.id]
    assert (entry["standing"] == "admitted", entry["basis"]) == (expected, basis.value)


async def test_who_has_not_lived_here_for_a_year_or_is_under_age_is_not_admitted(db):
    town = await a_town(residents=2)
    poll_id = await a_public_roll(town)
    opens = (await Poll.get(id=poll_id)).opens_at.date()
    late = await a_newcomer(town, since=opens - timedelta(days=200))
    young = await a_newcomer(
        town, since=date(2020, 1, 1), born=date(opens.year - 17, opens.month, 1)
    )
    only_claimed = await a_newcomer(town, since=date(2020, 1, 1), state=ResidencyState.CLAIMED)

    for person, refusal in ((late, BasisUnmet), (young, BasisUnmet), (only_claimed, NotFound)):
        with pytest.raises(refusal):
            await service.admit_voter(
                town.committee,
                poll_id,
                person.id,
                remedy=Remedy(basis=RollBasis.RESIDENT_ADMITTED),
                reason="本人申请参加选举",
            )

    assert len(await the_roll(poll_id)) == 2


async def test_nobody_strikes_themselves_nor_the_last_voter(db):
    town = await a_town(residents=1)
    poll_id = await a_public_roll(town)
    member = await factories.an_officer(Role.COMMITTEE_MEMBER, town.community)

    with pytest.raises(RollWouldBeEmpty):
        await service.strike_voter(
            town.committee, poll_id, town.residents[0].person_id, reason="已迁出"
        )
    with pytest.raises(EntryOwn):
        await service.strike_voter(member, poll_id, member.person_id, reason="已迁出")

    assert [row["standing"] for row in (await the_roll(poll_id)).values()] == ["admitted"]


async def test_who_was_struck_may_be_admitted_again(db):
    town = await a_town(residents=2)
    poll_id = await a_public_roll(town)
    person_id = town.residents[1].person_id
    await service.strike_voter(town.committee, poll_id, person_id, reason="误记为迁出")

    await service.admit_voter(
        town.committee, poll_id, person_id, remedy=Remedy(), reason="更正前次误记"
    )

    assert (await the_roll(poll_id))[person_id]["standing"] == "admitted"
    assert (await Poll.get(id=poll_id)).roll_size == 2


async def test_a_frozen_roll_takes_no_change(moved_clock):
    town = await a_town(residents=2)
    poll_id = await a_public_roll(town)
    await moved_clock.set((await Poll.get(id=poll_id)).objections_until)
    await service.freeze_due_roll()

    with pytest.raises(ObjectionsOver):
        await service.strike_voter(
            town.committee, poll_id, town.residents[1].person_id, reason="已迁出"
        )
    with pytest.raises(ObjectionsOver):
        await object_to(town.residents[0], poll_id, town.residents[1].person_id)

    assert (await Poll.get(id=poll_id)).roll_size == 2


async def a_moved_resident(town: Town, elsewhere: Town):
    """Make the first resident of one town live in the other as well."""
    household = await Household.filter(area__path__startswith=elsewhere.community.path).first()
    await Residency.create(
        id=uuid4(),
        person_id=town.residents[0].person_id,
        household_id=household.id,
        kind=ResidencyKind.TENANT,
        state=ResidencyState.VERIFIED,
        since=date(2020, 1, 1),
        created_at=household.created_at,
    )
    return town.residents[0].person_id


async def test_nobody_is_registered_in_two_places(db):
    town, elsewhere = await a_town(residents=2), await a_town(residents=1)
    both = await a_moved_resident(town, elsewhere)
    first = await a_public_roll(town)

    second = await a_public_roll(elsewhere)
    with pytest.raises(RegisteredElsewhere):
        await service.admit_voter(
            elsewhere.committee, second, both, remedy=Remedy(), reason="本人要求在此登记"
        )

    entry = (await the_roll(second))[both]
    assert (entry["standing"], entry["reason"]) == ("struck", "已在其他地方登记参加选举")
    assert (await the_roll(first))[both]["standing"] == "admitted"
    assert (await Poll.get(id=second)).roll_size == 1


async def test_who_is_struck_in_one_place_may_be_admitted_in_the_other(db):
    town, elsewhere = await a_town(residents=2), await a_town(residents=1)
    both = await a_moved_resident(town, elsewhere)
    first = await a_public_roll(town)
    second = await a_public_roll(elsewhere)
    await service.strike_voter(town.committee, first, both, reason="本人选择在另一社区登记")

    await service.admit_voter(
        elsewhere.committee, second, both, remedy=Remedy(), reason="本人选择在此登记"
    )

    assert (await the_roll(second))[both]["standing"] == "admitted"
    assert (await Poll.get(id=second)).roll_size == 2


async def an_estate(*areas: int) -> Town:
    town = await a_town(residents=len(areas))
    for resident, area in zip(town.residents, areas, strict=True):
        bond = await Residency.get(person_id=resident.person_id)
        await Household.filter(id=bond.household_id).update(floor_area_centi_m2=area)
    return town


async def unit_of(actor):
    return (await Residency.get(person_id=actor.person_id)).household_id


async def test_an_owners_area_is_corrected_only_as_far_as_it_is_proven(db):
    town = await an_estate(9_000, 12_000)
    home = await unit_of(town.residents[0])
    await Household.filter(id=home).update(area_basis=AreaBasis.CONTRACT)
    poll_id = await a_public_roll(town, rule_code="OWNERS_GENERAL")
    owner = town.residents[0].person_id
    objection_id = await object_to(town.residents[1], poll_id, owner, CORRECT, "面积登记有误。")

    def remedy(area, basis):
        return Remedy(units=(UnitProof(home, area, basis),))

    with pytest.raises(AreaUnproven):
        await service.decide_objection(
            town.committee,
            objection_id,
            upheld=True,
            reason="以合同为准",
            remedy=remedy(9_500, AreaBasis.CONTRACT),
        )
    await service.decide_objection(
        town.committee,
        objection_id,
        upheld=True,
        reason="以不动产登记簿为准",
        remedy=remedy(9_500, AreaBasis.REGISTER),
    )

    entry = (await the_roll(poll_id))[owner]
    assert (entry["area_centi_m2"], entry["basis"]) == (9_500, "proof")
    assert await database.fetch_value("SELECT sum(area_centi_m2) FROM voting_roll_unit") == 21_500


async def test_a_co_owner_may_speak_in_the_others_place(db):
    town = await an_estate(9_000, 12_000)
    spouse = await factories.a_person("配偶")
    home = await Household.get(id=await unit_of(town.residents[0]))
    await factories.a_residency(spouse, home)
    poll_id = await a_public_roll(town, rule_code="OWNERS_GENERAL")
    listed = set(await the_roll(poll_id))
    speaker = next(iter({town.residents[0].person_id, spouse.id} & listed))
    other = spouse.id if speaker != spouse.id else town.residents[0].person_id
    objection_id = await object_to(town.residents[1], poll_id, speaker, CORRECT, "应由配偶投票。")

    with pytest.raises(BasisUnmet):
        await service.decide_objection(
            town.committee,
            objection_id,
            upheld=True,
            reason="非共有人",
            remedy=Remedy(voter_id=(await a_newcomer(town, since=date(2020, 1, 1))).id),
        )
    await service.decide_objection(
        town.committee,
        objection_id,
        upheld=True,
        reason="共有人书面商定",
        remedy=Remedy(voter_id=other),
    )

    roll = await the_roll(poll_id)
    assert (roll[speaker]["standing"], roll[speaker]["unit_count"]) == ("struck", 0)
    assert (roll[other]["standing"], roll[other]["area_centi_m2"]) == ("admitted", 9_000)
    assert (await Poll.get(id=poll_id)).roll_size == 2
    assert await database.fetch_value("SELECT sum(area_centi_m2) FROM voting_roll_unit") == 21_000


async def households_with_a_public_roll():
    """A community's own rules: by households, with a roll that can be objected to."""
    found = {each.code: each for each in presets()}
    base = found["VILLAGERS_MEETING_HOUSEHOLDS"]
    await rulesets.put(
        code="OUR_HOUSEHOLDS",
        version=1,
        title_zh="户代表会议",
        title_en="Households' meeting",
        legal_basis=base.legal_basis,
        legal_effect=base.legal_effect,
        effective_from=base.effective_from,
        content={**base.content, "roll": found["VC_RECALL"].content["roll"]},
    )


async def test_a_household_is_spoken_for_by_another_of_its_people(db):
    town = await a_town(residents=2)
    await households_with_a_public_roll()
    poll_id = await a_public_roll(town, rule_code="OUR_HOUSEHOLDS")
    speaker = town.residents[0]
    child = await factories.a_person("成年子女")
    await factories.a_residency(
        child, await Household.get(id=await unit_of(speaker)), kind=ResidencyKind.MEMBER
    )
    objection_id = await object_to(
        town.residents[1], poll_id, speaker.person_id, CORRECT, "该户已另行推选户代表。"
    )

    with pytest.raises(AlreadyListed):
        await service.admit_voter(
            town.committee, poll_id, child.id, remedy=Remedy(), reason="本户推选"
        )
    await service.decide_objection(
        town.committee,
        objection_id,
        upheld=True,
        reason="本户书面推选",
        remedy=Remedy(voter_id=child.id),
    )

    roll = await the_roll(poll_id)
    assert (roll[speaker.person_id]["standing"], roll[child.id]["standing"]) == (
        "struck",
        "admitted",
    )
    assert (await Poll.get(id=poll_id)).roll_size == 2


async def test_a_correction_that_corrects_nothing_is_refused(db):
    town = await a_town(residents=2)
    poll_id = await a_public_roll(town)
    objection_id = await object_to(
        town.residents[0], poll_id, town.residents[1].person_id, CORRECT, "登记有误。"
    )

    with pytest.raises(InvalidInput):
        await service.decide_objection(town.committee, objection_id, upheld=True, reason="属实")

    assert [row["state"] for row in await objections()] == ["open"]


async def test_an_owner_is_admitted_with_units_that_are_counted_for_nobody_else(db):
    town = await an_estate(9_000, 12_000)
    poll_id = await a_public_roll(town, rule_code="OWNERS_GENERAL")
    struck = town.residents[1]
    home = await unit_of(struck)
    await service.strike_voter(town.committee, poll_id, struck.person_id, reason="房屋已出售")
    buyer = await factories.a_person("买方")
    await factories.a_residency(buyer, await Household.get(id=home))

    def admission(*units):
        return service.admit_voter(
            town.committee,
            poll_id,
            buyer.id,
            remedy=Remedy(units=tuple(UnitProof(each) for each in units)),
            reason="已办理转移登记",
        )

    with pytest.raises(NotFound):
        await admission(uuid4())
    with pytest.raises(BasisUnmet):
        await admission(await unit_of(town.residents[0]))
    await admission(home)
    with pytest.raises(UnitCounted):
        await service.admit_voter(
            town.committee,
            poll_id,
            struck.person_id,
            remedy=Remedy(units=(UnitProof(home),)),
            reason="更正",
        )

    roll = await the_roll(poll_id)
    assert (roll[buyer.id]["area_centi_m2"], roll[buyer.id]["unit_count"]) == (12_000, 1)
    assert (await Poll.get(id=poll_id)).roll_size == 2


@pytest.mark.parametrize(
    ("given", "registered", "expected"),
    [
        (FloorArea(100, "contract"), None, True),
        (FloorArea(100, "register"), FloorArea(100, "register"), True),
        (FloorArea(101, "register"), FloorArea(100, "register"), False),
        (FloorArea(101, "survey"), FloorArea(100, "register"), False),
        (FloorArea(101, "survey"), FloorArea(100, "contract"), True),
    ],
)
def test_a_better_basis_puts_an_area_right(given, registered, expected):
    assert proven(given, registered) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("他家 3 号楼 502", False),
        ("手机13800138000", True),
        ("320311 19800517 123x", True),
        ("2026-11-22 已迁出", False),
    ],
)
def test_numbers_of_people_are_noticed_in_public_texts(text, expected):
    assert holds_personal_numbers(text) is expected
