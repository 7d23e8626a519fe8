"""What is told of polls, rolls, candidates and recalls, to whom and in which words."""

from datetime import timedelta

from domains.kernel import database
from domains.voting import service
from domains.voting.models import Poll
from domains.voting.service import candidates
from domains.voting.values import VettingGround
from jobs import voting as jobs
from tests.notifications.telling import all_told, people_told, said_to
from tests.notifications.test_kinds_disclosure import at
from tests.voting import factories
from tests.voting.elections import an_election
from tests.voting.test_objections import a_public_roll, object_to
from tests.voting.test_recalls import a_petition


async def voters_of(poll_id):
    """Who is on a poll's roll."""
    rows = await database.fetch(
        "SELECT voter_id FROM voting_roll_entry WHERE poll_id = $1 AND standing = 'admitted'"
        " ORDER BY voter_id",
        poll_id,
    )
    return [row["voter_id"] for row in rows]


async def test_a_public_roll_is_told_to_who_is_on_it_with_until_when_it_may_be_objected_to(db):
    town = await factories.a_town(residents=2)
    poll_id = await a_public_roll(town)
    poll = await Poll.get(id=poll_id)

    await all_told(("POLL_ROLL_PUBLISHED",))

    until = at(poll.objections_until)
    said = await said_to("POLL_ROLL_PUBLISHED")
    assert sorted(said) == await voters_of(poll_id)
    assert set(said.values()) == {
        f"「{poll.title}」的选民名册已公布,你在册。如有异议,请在 {until} 前提出。"
    }


async def test_an_objection_to_a_roll_goes_to_who_decides_and_its_outcome_to_who_objected(db):
    town = await factories.a_town(residents=2)
    poll_id = await a_public_roll(town)
    objector, about = town.residents
    objection_id = await object_to(objector, poll_id, about.person_id)
    codes = ("ROLL_OBJECTION_FILED", "ROLL_OBJECTION_DECIDED")
    await all_told(codes)
    waiting = await people_told(codes[0])

    await service.decide_objection(
        town.committee, objection_id, upheld=False, reason="户籍仍在本社区"
    )
    await all_told(codes)

    said = await said_to(codes[1])
    assert waiting == [town.committee.person_id]
    assert list(said) == [objector.person_id]
    assert "不成立" in said[objector.person_id]
    assert "户籍仍在本社区" in said[objector.person_id]


async def test_of_a_poll_the_opening_and_the_result_are_told_to_who_may_vote(moved_clock):
    town = await factories.a_town(residents=2)
    poll_id = await factories.an_open_poll(town, await factories.a_draft(lasts=timedelta(days=1)))
    await jobs.open_due_polls()
    codes = ("POLL_OPENED", "POLL_RESULT")
    await all_told(codes)
    opened = await people_told(codes[0])
    for resident in town.residents:
        await factories.cast(resident, poll_id, 1)

    await moved_clock.advance(timedelta(days=1))
    await jobs.close_due_polls()
    await jobs.tally_closed_polls()
    await all_told(codes)

    assert opened == await voters_of(poll_id)
    assert await people_told(codes[1]) == await voters_of(poll_id)


async def test_a_nominee_is_told_of_it_and_of_what_vetting_found_like_their_nominators(db):
    election = await an_election(residents=3, seats=1)
    nominee, nominator = election.town.residents[0], election.town.residents[1]
    candidate_id = await election.nominate(0, by=nominator)
    codes = ("CANDIDATE_NOMINATED", "CANDIDATE_VETTED")
    await all_told(codes)
    nominated = await people_told(codes[0])

    await candidates.vet_candidate(
        election.town.committee,
        candidate_id,
        fit=False,
        grounds=(VettingGround.OTHER,),
        reason="与现任监督人员同户",
    )
    await all_told(codes)

    said = await said_to(codes[1])
    assert nominated == [nominee.person_id]
    assert said.keys() == {nominee.person_id, nominator.person_id}
    assert said[nominee.person_id].endswith("未通过资格审查。说明:其他、与现任监督人员同户")


async def test_whoever_a_petition_asks_to_recall_is_told_at_once(db):
    town = await factories.a_town(residents=5)

    await a_petition(town)
    await all_told(("RECALL_BEGUN",))

    assert await said_to("RECALL_BEGUN") == {
        town.committee.person_id: "有选民提出罢免你的动议,你可以提出申辩。"
    }


async def test_enough_signatures_are_told_to_who_holds_the_vote_and_to_who_petitioned(db):
    town = await factories.a_town(residents=2)
    codes = ("RECALL_REACHED", "RECALL_SUPPORTED")

    await a_petition(town)
    await all_told(codes)

    assert await people_told(codes[0]) == [town.residents[0].person_id]
    assert town.committee.person_id in await people_told(codes[1])
