"""Who stands, who counts: until the paper is fixed."""

from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import database
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.membership.models import Person
from domains.voting import queries, service
from domains.voting.errors import (
    BallotMalformed,
    CandidateSettled,
    CandidateUnfit,
    KinshipFixed,
    MethodUnfit,
    NominationsOver,
    NominationsSpent,
    NotAnElection,
    NotANominator,
    OwnCandidacy,
    TellerGone,
    TellerUnfit,
)
from domains.voting.models import Poll
from domains.voting.service import candidates, tellers
from domains.voting.values import (
    Kin,
    TellerDuty,
    VettingGround,
)
from tests import factories
from tests.voting.elections import an_election, an_election_draft, own_rules, states
from tests.voting.factories import a_town, an_open_poll

# Nomination


async def test_voters_nominate_one_another_and_nominators_are_counted(db):
    election = await an_election()
    candidate_id = await election.nominate(0, by=election.town.residents[1])

    again = await election.nominate(0, by=election.town.residents[1])
    joined = await election.nominate(0, by=election.town.residents[2])

    assert candidate_id == again == joined
    assert await database.fetch_value("SELECT count(*) FROM voting_nomination") == 2


async def test_nobody_off_the_roll_nominates_or_is_nominated(db):
    election = await an_election()

    with pytest.raises(NotANominator):
        await election.nominate(0, by=election.town.committee)
    with pytest.raises(NotFound):
        await candidates.nominate_candidate(
            election.town.residents[0], election.poll_id, person_id=uuid4()
        )
    with pytest.raises(NotFound):
        await election.nominate(0, by=await factories.a_resident())

    assert await states(election) == {}


async def test_nobody_nominates_more_people_than_there_are_seats(db):
    election = await an_election(seats=2)
    voter = election.town.residents[6]
    for place in (0, 1):
        await election.nominate(place, by=voter)

    with pytest.raises(NominationsSpent):
        await election.nominate(2, by=voter)

    assert await states(election) == {0: "nominated", 1: "nominated"}


async def test_rules_may_leave_out_self_nomination_and_ask_for_several_nominators(db):
    town = await a_town(residents=5)
    await own_rules(town, selfNomination=False, leastNominators=2)
    election = await an_election(town=town)

    with pytest.raises(NotANominator):
        await election.nominate(0)
    await election.nominate(0, by=town.residents[1])
    with pytest.raises(CandidateUnfit):
        await election.vet(0)
    await election.nominate(0, by=town.residents[2])
    await election.vet(0)

    assert await states(election) == {0: "standing"}


async def test_nominations_end_by_the_rules_day_unless_too_few_stand(moved_clock):
    election = await an_election(seats=2)
    await election.stand(0)
    await moved_clock.set((await election.poll()).nominations_until)

    await election.stand(1)
    with pytest.raises(NominationsOver):
        await election.nominate(2)

    assert await states(election) == {0: "standing", 1: "standing"}


async def test_nobody_is_nominated_in_a_poll_that_elects_nobody(db):
    town = await a_town()
    poll_id = await an_open_poll(town)

    with pytest.raises(NotAnElection):
        await candidates.nominate_candidate(town.residents[0], poll_id, person_id=uuid4())

    assert await database.fetch_value("SELECT count(*) FROM voting_candidate") == 0


@pytest.mark.parametrize("changes", [{"seats": 0}, {"seats": 16}])
async def test_an_election_has_seats_that_fit_its_paper(db, changes):
    town = await a_town()

    with pytest.raises(InvalidInput):
        await service.create_poll(
            town.committee,
            town.community.id,
            await an_election_draft(**changes),
            idempotency_key=uuid4(),
        )
    with pytest.raises(MethodUnfit):
        await service.create_poll(
            town.committee,
            town.community.id,
            await an_election_draft(rule_code="COMMUNITY_CONSULTATION"),
            idempotency_key=uuid4(),
        )

    assert await Poll.all().count() == 0


# Vetting


async def test_who_is_deprived_of_political_rights_may_not_stand(db):
    election = await an_election()
    await election.nominate(0)
    await Person.filter(id=election.town.residents[0].person_id).update(
        has_political_rights=False, birth_date=None
    )

    with pytest.raises(CandidateUnfit) as refused:
        await election.vet(0)

    assert refused.value.message("zh-Hans") == "此人不具备候选人条件:被剥夺政治权利。"
    assert await states(election) == {0: "nominated"}


async def test_who_was_struck_off_the_roll_may_not_stand(moved_clock):
    election = await an_election(seats=1)
    await election.stand(0, 1)
    await service.strike_voter(
        election.town.committee,
        election.poll_id,
        election.town.residents[0].person_id,
        reason="重复登记",
    )

    await election.open(moved_clock)

    assert await states(election) == {0: "refused", 1: "standing"}


async def test_a_refusal_names_its_grounds(db):
    election = await an_election()
    candidate_id = await election.nominate(0)
    committee = election.town.committee

    with pytest.raises(InvalidInput):
        await candidates.vet_candidate(committee, candidate_id, fit=False)
    with pytest.raises(InvalidInput):
        await candidates.vet_candidate(
            committee, candidate_id, fit=False, grounds=[VettingGround.OTHER]
        )
    await candidates.vet_candidate(
        committee, candidate_id, fit=False, grounds=[VettingGround.UNDER_AGE]
    )
    with pytest.raises(CandidateSettled):
        await election.vet(0)

    assert await states(election) == {0: "refused"}


async def test_who_stands_vets_nobody_and_residents_do_not_either(db):
    town = await a_town(residents=4)
    household = await factories.a_household(await factories.a_building(town.community))
    person = await Person.get(id=town.committee.person_id)
    await factories.a_residency(person, household)
    election = await an_election(town=town)
    town.residents.append(town.committee)
    await election.nominate(4)
    await election.nominate(0)

    with pytest.raises(OwnCandidacy):
        await election.vet(4)
    with pytest.raises(OwnCandidacy):
        await election.vet(0)
    with pytest.raises(Forbidden):
        await candidates.vet_candidate(town.residents[1], election.candidates[0], fit=True)

    assert set((await states(election)).values()) == {"nominated"}


async def test_another_communitys_candidate_is_not_found(db):
    election, elsewhere = await an_election(), await an_election()
    await elsewhere.nominate(0)

    with pytest.raises(NotFound):
        await candidates.vet_candidate(election.town.committee, elsewhere.candidates[0], fit=True)
    with pytest.raises(NotFound):
        await candidates.vet_candidate(election.town.committee, uuid4(), fit=True)

    assert await states(elsewhere) == {0: "nominated"}


async def test_candidates_speak_for_themselves_and_may_withdraw_until_the_paper_is_fixed(
    moved_clock,
):
    election = await an_election(seats=1)
    await election.stand(0, 1, 2)
    zero, one = election.candidates[0], election.candidates[1]
    own, other = election.town.residents[0], election.town.residents[1]

    await candidates.write_candidate_statement(own, zero, statement="为大家办实事")
    with pytest.raises(Forbidden):
        await candidates.write_candidate_statement(other, zero, statement="我退出")
    with pytest.raises(Forbidden):
        await candidates.withdraw_candidacy(other, zero)
    await candidates.withdraw_candidacy(other, one, reason="身体原因")
    await election.open(moved_clock)
    with pytest.raises(CandidateSettled):
        await candidates.withdraw_candidacy(own, zero)

    assert await states(election) == {0: "standing", 1: "withdrawn", 2: "standing"}
    statement = "SELECT statement FROM voting_candidate WHERE id = $1"
    assert await database.fetch_value(statement, zero) == "为大家办实事"


# The paper


async def test_a_surplus_election_waits_for_more_candidates_than_seats(moved_clock):
    town = await a_town(residents=5)
    await own_rules(town, surplusRequired=True)
    election = await an_election(town=town, seats=2)
    await election.stand(0, 1)
    await moved_clock.set((await election.poll()).nominations_until)

    waiting = await service.freeze_due_roll()
    await election.stand(2)
    frozen = await service.freeze_due_roll()

    assert (waiting, frozen) == (None, election.poll_id)


async def test_the_paper_waits_for_the_last_vetting(moved_clock):
    election = await an_election(seats=1)
    await election.stand(0, 1)
    await election.nominate(2)
    await moved_clock.set((await election.poll()).nominations_until)

    waiting = await service.freeze_due_roll()
    await election.vet(2)
    frozen = await service.freeze_due_roll()

    assert (waiting, frozen) == (None, election.poll_id)
    options = (await queries.options_by_poll(election.town.committee, [election.poll_id]))[0]
    assert [(row["position"], row["label"]) for row in options] == [
        (1, "居民0"),
        (2, "居民1"),
        (3, "居民2"),
    ]


async def test_the_paper_stands_once_it_is_fixed(moved_clock):
    election = await an_election(seats=1)
    await election.stand(0, 1)
    await election.open(moved_clock)

    for attack in (
        "UPDATE voting_candidate SET gender = 'male'",
        "UPDATE voting_candidate SET option_id = NULL",
        "DELETE FROM voting_candidate",
        "DELETE FROM voting_option",
        "INSERT INTO voting_option (id, poll_id, position, label)"
        " SELECT gen_random_uuid(), poll_id, 9, '后来的人' FROM voting_option LIMIT 1",
        "INSERT INTO voting_kinship SELECT poll_id, uuid_nil(), person_id, 'spouse',"
        " person_id, kernel_now() FROM voting_candidate LIMIT 1".replace(
            "uuid_nil()", "'00000000-0000-0000-0000-000000000000'::uuid"
        ),
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await database.execute(attack)

    assert await states(election) == {0: "standing", 1: "standing"}


async def test_a_ballot_names_no_more_candidates_than_there_are_seats(moved_clock):
    election = await an_election(seats=1)
    await election.stand(0, 1)
    await election.open(moved_clock)

    with pytest.raises(BallotMalformed):
        await election.cast(2, 0, 1)
    await election.cast(3)

    assert await database.fetch_value("SELECT count(*) FROM voting_participation") == 1


# Tellers and kinship


async def test_a_teller_who_stands_or_whose_relative_does_is_a_teller_no_more(db):
    election = await an_election()
    people = [each.person_id for each in election.town.residents]
    for place in (0, 1, 2):
        await tellers.appoint_teller(
            election.town.committee,
            election.poll_id,
            person_id=people[place],
            duty=TellerDuty.TELLER,
        )

    await election.stand(0)
    await tellers.declare_kinship(
        election.town.residents[1],
        election.poll_id,
        candidate_id=people[0],
        relative_id=people[1],
        relation=Kin.SIBLING,
    )

    rows = await database.fetch("SELECT person_id, end_reason FROM voting_teller")
    assert {row["person_id"]: row["end_reason"] for row in rows} == {
        people[0]: "stands",
        people[1]: "relative_stands",
        people[2]: None,
    }


async def test_candidates_and_their_relatives_are_not_appointed(db):
    election = await an_election()
    people = [each.person_id for each in election.town.residents]
    await election.stand(0)
    await tellers.declare_kinship(
        election.town.committee,
        election.poll_id,
        candidate_id=people[0],
        relative_id=people[1],
        relation=Kin.PARENT,
    )

    for person_id in people[:2]:
        with pytest.raises(TellerUnfit):
            await tellers.appoint_teller(
                election.town.committee,
                election.poll_id,
                person_id=person_id,
                duty=TellerDuty.SCRUTINEER,
            )
    with pytest.raises(TellerGone):
        await tellers.end_teller(
            election.town.committee, election.poll_id, person_id=people[2], reason="没有任命"
        )

    assert await database.fetch_value("SELECT count(*) FROM voting_teller") == 0


async def test_kinship_is_declared_by_the_two_or_a_convener_before_the_paper_is_fixed(moved_clock):
    election = await an_election(seats=1)
    await election.stand(0, 1)
    people = [each.person_id for each in election.town.residents]
    kin = {"candidate_id": people[0], "relative_id": people[1], "relation": Kin.SPOUSE}

    with pytest.raises(Forbidden):
        await tellers.declare_kinship(election.town.residents[2], election.poll_id, **kin)
    with pytest.raises(InvalidInput):
        await tellers.declare_kinship(
            election.town.committee, election.poll_id, **(kin | {"relative_id": people[0]})
        )
    await election.open(moved_clock)
    with pytest.raises(KinshipFixed):
        await tellers.declare_kinship(election.town.residents[0], election.poll_id, **kin)

    assert await database.fetch_value("SELECT count(*) FROM voting_kinship") == 0
