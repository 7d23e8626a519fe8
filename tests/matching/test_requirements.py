"""What needs take besides people: arranged by the solver, put in place once staff approve it."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from domains.kernel import clock, database, rulesets
from domains.kernel.actor import ANONYMOUS, Actor
from domains.kernel.errors import Forbidden, InvalidInput, NotFound, SignInRequired
from domains.kernel.rules import RuleSet
from domains.matching.errors.needs import NeedStateUnfit
from domains.matching.errors.projects import SupervisorFullyLoaded
from domains.matching.errors.requirements import LineOfAnother, MoneyProposalDecided
from domains.matching.queries.rules import rules_of
from domains.matching.service import (
    money_proposals,
    needs,
    requirements,
    reserving,
    reviewing_runs,
    runs,
    supervising,
)
from domains.matching.service.requirements import Requirements
from domains.matching.service.reserving import ReservationDraft
from domains.matching.service.runs import RunDraft
from domains.matching.values.funds import FundKind
from domains.matching.values.resources import ResourceKind
from domains.membership.models import Organisation
from domains.membership.values import OrganisationKind
from domains.volunteering.values.volunteers import ServiceClass
from jobs import matching as jobs
from schema import node
from schema.context import Context
from schema.root import schema
from tests import factories
from tests.matching import exchange
from tests.matching import factories as matching
from tests.matching.exchange import Exchange
from tests.matching.factories import Town

COSTS = Requirements(cost_fen=50_000, purpose=ServiceClass.ELDER_CARE)


@dataclass(frozen=True)
class Parties:
    """A town with all five parties in one community."""

    town: Town
    exchange: Exchange
    host: Organisation
    worker: Actor


async def parties() -> Parties:
    """A community, its volunteers, an organisation, a social worker, and who keeps money."""
    town = await matching.a_town()
    await database.execute("DELETE FROM volunteering_availability")
    community = town.community
    host = await factories.an_organisation(community)
    keeper = await factories.an_organisation(
        community, name="同心社区基金会", kind=OrganisationKind.CHARITY_FUND
    )
    worker = await exchange.a_social_worker(community)
    found = Exchange(
        community=community,
        host=host,
        keeper=keeper,
        leader=await exchange.an_administrator(host, community, name="何慧"),
        treasurer=await exchange.an_administrator(keeper, community, name="钱进"),
        worker=worker,
        committee=town.committee,
        second=town.second,
        officer=town.committee,
        lin=town.lin,
    )
    await exchange.qualified(found, worker)
    return Parties(town, found, host, worker)


async def an_order(town: Town, wanted: Requirements, **changes) -> UUID:
    """An order that waits, of a need that takes something besides people."""
    order_id = await matching.an_open_order(town, **changes)
    await requirements.set_requirements(town.committee, await need_of(order_id), wanted)
    return order_id


async def need_of(order_id: UUID) -> UUID:
    found: UUID = await database.fetch_value(
        "SELECT need_id FROM matching_order WHERE id = $1", order_id
    )
    return found


async def a_hall(found: Parties, *, seats: int = 30) -> UUID:
    """A room of the community's, open at any time for weeks."""
    now = await clock.now()
    return await exchange.available(
        found.exchange,
        kind=ResourceKind.VENUE,
        title="邻里中心活动室",
        content="桌椅齐全,可无障碍进入。",
        quantity=seats,
        unit="座",
        windows=((now, now + timedelta(days=50)),),
    )


async def a_run_asked_for(town: Town) -> UUID:
    now = await clock.now()
    draft = RunDraft(town.community.id, now, now + timedelta(days=7))
    run_id, _ = await runs.start_run(town.committee, draft, idempotency_key=uuid4())
    return run_id


async def a_proposal(town: Town) -> UUID:
    run_id = await a_run_asked_for(town)
    await runs.solve_due_run()
    return run_id


async def approved(town: Town) -> UUID:
    run_id = await a_proposal(town)
    await reviewing_runs.approve_run(town.committee, run_id)
    await jobs.dispatch_due_runs()
    return run_id


async def selections(run_id: UUID):
    return await database.fetch(
        "SELECT * FROM matching_run_selection WHERE run_id = $1 ORDER BY order_id", run_id
    )


async def unmet(run_id: UUID) -> dict[UUID, str]:
    rows = await database.fetch("SELECT * FROM matching_run_unmet WHERE run_id = $1", run_id)
    return {row["order_id"]: row["reason"] for row in rows}


async def asked(order_id: UUID) -> int:
    found: int = await database.fetch_value(
        "SELECT count(*) FROM matching_offer WHERE order_id = $1", order_id
    )
    return found


async def requirement(order_id: UUID):
    return await database.fetch_one(
        "SELECT * FROM matching_requirement WHERE need_id = $1", await need_of(order_id)
    )


async def money():
    return await database.fetch("SELECT * FROM matching_money_proposal ORDER BY id")


async def test_all_five_parties_are_proposed_and_put_in_place_before_anybody_is_asked(db):
    found = await parties()
    hall_id = await a_hall(found)
    fund_id = await exchange.a_fund(found.exchange, fen=80_000)
    wanted = Requirements(
        wants_host=True,
        supervision=1,
        qualification="社会工作师(中级)",
        cost_fen=50_000,
        purpose=ServiceClass.ELDER_CARE,
        wants_venue=True,
        room=20,
    )
    order_id = await an_order(found.town, wanted)

    run_id = await a_proposal(found.town)
    (proposed,) = await selections(run_id)
    before = await database.fetch_value("SELECT count(*) FROM matching_reservation")
    await reviewing_runs.approve_run(found.town.committee, run_id)
    await asyncio.gather(*(jobs.dispatch_due_runs() for _ in range(3)))

    (settled,) = await selections(run_id)
    reserved = await database.fetch_one("SELECT * FROM matching_reservation")
    (asked_for,) = await money()
    need_id = await need_of(order_id)
    host_id = await database.fetch_value("SELECT host_id FROM matching_need WHERE id = $1", need_id)
    row = await requirement(order_id)
    assert (proposed["decision"], before) == ("proposed", 0)
    assert proposed["host_id"] in {found.host.id, found.town.body.id}
    assert (proposed["worker_id"], proposed["venue_id"]) == (found.worker.person_id, hall_id)
    assert (settled["decision"], settled["refusal"]) == ("settled", None)
    assert (host_id, row["host_settled_at"] is None) == (proposed["host_id"], False)
    assert row["supervisor_id"] == found.worker.person_id
    assert (reserved["resource_id"], reserved["need_id"], reserved["quantity"]) == (
        hall_id,
        need_id,
        20,
    )
    assert (asked_for["fund_id"], asked_for["fen"], asked_for["state"]) == (
        fund_id,
        50_000,
        "proposed",
    )
    assert (await exchange.fund_row(fund_id))["left_fen"] == 80_000
    assert await asked(order_id) == 2


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (Requirements(supervision=1, qualification="心理咨询师"), "NO_SUPERVISION"),
        (Requirements(supervision=6), "NO_SUPERVISION"),
        (Requirements(cost_fen=80_001, purpose=ServiceClass.ELDER_CARE), "NO_MONEY"),
        (Requirements(cost_fen=1, purpose=ServiceClass.REPAIRS), "NO_MONEY"),
        (Requirements(wants_venue=True, room=31), "NO_VENUE"),
    ],
)
async def test_what_is_not_to_be_had_is_told_and_nobody_is_asked(db, wanted, reason):
    found = await parties()
    await a_hall(found)
    await exchange.a_fund(found.exchange, fen=80_000)
    order_id = await an_order(found.town, wanted)

    run_id = await approved(found.town)

    assert await unmet(run_id) == {order_id: reason}
    assert (await selections(run_id), await asked(order_id)) == ([], 0)


async def test_no_host_is_found_where_all_host_as_much_as_the_rules_let_them(db):
    found = await parties()
    await matching.an_open_order(found.town)
    general = await rules_of(found.town.community.id)
    own = {name: getattr(general, name) for name in RuleSet.__slots__ if name != "id"}
    content = {**general.content, "hostNeeds": 1}
    own |= {"community_id": found.town.community.id, "content": content}
    await rulesets.put(**own)
    await database.execute(
        "UPDATE membership_organisation SET dissolved_on = '2020-01-01' WHERE id = $1",
        found.host.id,
    )
    order_id = await an_order(found.town, Requirements(wants_host=True), ahead_h=60)

    run_id = await a_proposal(found.town)

    assert (await unmet(run_id))[order_id] == "NO_HOST"


async def test_money_that_is_there_once_goes_to_the_more_urgent_need(db):
    found = await parties()
    await exchange.a_fund(found.exchange, fen=60_000)
    calm = await an_order(found.town, COSTS, urgency=1)
    urgent = await an_order(found.town, COSTS, urgency=4, ahead_h=60)

    run_id = await a_proposal(found.town)

    assert [row["order_id"] for row in await selections(run_id)] == [urgent]
    assert await unmet(run_id) == {calm: "NO_MONEY"}


async def test_money_is_taken_from_no_fund_whose_conditions_do_not_fit(db):
    found = await parties()
    given = {"kind": FundKind.COMMUNITY, "fen": 80_000}
    await exchange.a_fund(found.exchange, name="评选专项", chosen_only=True, **given)
    await exchange.a_fund(found.exchange, name="小额专项", most_per_project_fen=49_999, **given)
    await exchange.a_fund(found.exchange, name="比例专项", most_percent=50, **given)
    order_id = await an_order(found.town, COSTS)

    run_id = await a_proposal(found.town)

    assert await unmet(run_id) == {order_id: "NO_MONEY"}


async def test_a_room_is_shared_at_one_time_only_as_far_as_its_seats_go(db):
    found = await parties()
    await a_hall(found, seats=30)
    wanted = Requirements(wants_venue=True, room=20)
    first = await an_order(found.town, wanted, urgency=4, ahead_h=48)
    together = await an_order(found.town, wanted, ahead_h=49, service_class=ServiceClass.HEALTH)
    later = await an_order(found.town, wanted, ahead_h=60)

    run_id = await a_proposal(found.town)

    assert {row["order_id"] for row in await selections(run_id)} == {first, later}
    assert await unmet(run_id) == {together: "NO_VENUE"}


async def test_a_part_that_was_taken_meanwhile_is_noted_and_nobody_is_asked(db):
    found = await parties()
    hall_id = await a_hall(found, seats=20)
    fund_id = await exchange.a_fund(found.exchange, fen=80_000)
    wanted = Requirements(
        cost_fen=50_000, purpose=ServiceClass.ELDER_CARE, wants_venue=True, room=20
    )
    order_id = await an_order(found.town, wanted)
    run_id = await a_proposal(found.town)
    times = await database.fetch_one("SELECT * FROM matching_order WHERE id = $1", order_id)
    other_id = await matching.posted(
        found.town, await matching.a_draft(found.town, ahead_h=90, hours=1)
    )
    await needs.verify_need(found.town.committee, other_id)
    await reserving.reserve_resource(
        found.town.committee,
        ReservationDraft(
            hall_id, 20, need_id=other_id, starts_at=times["starts_at"], ends_at=times["ends_at"]
        ),
        idempotency_key=uuid4(),
    )

    await reviewing_runs.approve_run(found.town.committee, run_id)
    await jobs.dispatch_due_runs()

    (row,) = await selections(run_id)
    refusals = await database.fetch(
        "SELECT DISTINCT decision, refusal FROM matching_run_offer WHERE run_id = $1", run_id
    )
    assert (row["decision"], row["refusal"]) == ("refused", "RESOURCE_TAKEN")
    assert [tuple(each) for each in refusals] == [("refused", "RESOURCE_TAKEN")]
    assert (await asked(order_id), await money()) == (0, [])
    assert (await exchange.fund_row(fund_id))["left_fen"] == 80_000


async def test_the_first_time_of_a_need_carries_what_is_there_once_for_all(db):
    found = await parties()
    await exchange.a_fund(found.exchange, fen=80_000)
    draft = await matching.a_draft(
        found.town,
        windows=(
            await matching.a_window(ahead_h=48),
            await matching.a_window(ahead_h=72),
        ),
    )
    first = await an_order(found.town, COSTS, draft=draft)

    run_id = await approved(found.town)

    orders = await matching.orders_of(await need_of(first))
    assert [row["order_id"] for row in await selections(run_id)] == [first]
    assert [each["fen"] for each in await money()] == [50_000]
    assert [await asked(each) > 0 for each in orders] == [True, True]


async def test_what_is_settled_is_not_asked_for_again(db):
    found = await parties()
    await a_hall(found)
    await exchange.a_fund(found.exchange, fen=80_000)
    wanted = Requirements(
        wants_host=True,
        supervision=1,
        cost_fen=50_000,
        purpose=ServiceClass.ELDER_CARE,
        wants_venue=True,
        room=20,
    )
    order_id = await an_order(found.town, wanted)
    await approved(found.town)
    await database.execute(
        "UPDATE matching_offer SET state = 'withdrawn', answered_at = kernel_now()"
    )
    await jobs.settle_due_runs()

    run_id = await a_proposal(found.town)

    assert await selections(run_id) == []
    assert order_id not in await unmet(run_id)


async def test_money_moves_by_the_keepers_yes_alone_and_only_once(db):
    found = await parties()
    project_id = await exchange.approved(found.exchange)
    fund_id = await exchange.a_fund(found.exchange, fen=80_000)
    order_id = await an_order(found.town, COSTS)
    await approved(found.town)
    (proposal,) = await money()
    (line, *_) = await exchange.lines_of(project_id)

    for actor, refusal in (
        (found.town.lin, Forbidden),
        (ANONYMOUS, SignInRequired),
    ):
        with pytest.raises((refusal, NotFound)):
            await money_proposals.decide_money(
                actor, proposal["id"], accepts=True, line_id=line["id"]
            )
    with pytest.raises(InvalidInput):
        await money_proposals.decide_money(found.exchange.treasurer, proposal["id"], accepts=True)
    assert (await exchange.fund_row(fund_id))["left_fen"] == 80_000
    done = await asyncio.gather(
        *(
            money_proposals.decide_money(
                found.town.committee, proposal["id"], accepts=True, line_id=line["id"]
            )
            for _ in range(2)
        ),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in done) == ["MoneyProposalDecided", "UUID"]
    assert (await exchange.fund_row(fund_id))["left_fen"] == 30_000
    assert [(each["state"], each["fen"]) for each in await money()] == [("accepted", 50_000)]
    assert order_id is not None


async def test_money_is_set_aside_for_no_line_of_another_purpose(db):
    found = await parties()
    project_id = await exchange.approved(found.exchange, service_class=ServiceClass.HEALTH)
    fund_id = await exchange.a_fund(
        found.exchange, fen=80_000, service_classes=(ServiceClass.ELDER_CARE, ServiceClass.HEALTH)
    )
    await an_order(found.town, COSTS)
    await approved(found.town)
    (proposal,) = await money()
    (line, *_) = await exchange.lines_of(project_id)

    with pytest.raises(LineOfAnother):
        await money_proposals.decide_money(
            found.town.committee, proposal["id"], accepts=True, line_id=line["id"]
        )

    assert (await exchange.fund_row(fund_id))["left_fen"] == 80_000
    assert [each["state"] for each in await money()] == ["proposed"]


async def test_what_was_refused_is_sought_again(db):
    found = await parties()
    await exchange.a_fund(found.exchange, fen=80_000)
    order_id = await an_order(found.town, COSTS)
    await approved(found.town)
    (proposal,) = await money()
    await money_proposals.decide_money(
        found.town.committee, proposal["id"], accepts=False, reason="本季度额度已满"
    )
    await database.execute(
        "UPDATE matching_offer SET state = 'withdrawn', answered_at = kernel_now()"
    )
    await jobs.settle_due_runs()

    run_id = await a_proposal(found.town)

    assert [row["order_id"] for row in await selections(run_id)] == [order_id]
    with pytest.raises(MoneyProposalDecided):
        await money_proposals.decide_money(
            found.town.committee, proposal["id"], accepts=False, reason="再拒一次"
        )


@pytest.mark.parametrize(
    "wanted",
    [
        Requirements(supervision=-1),
        Requirements(supervision=21),
        Requirements(cost_fen=-1, purpose=ServiceClass.ELDER_CARE),
        Requirements(cost_fen=100),
        Requirements(purpose=ServiceClass.ELDER_CARE),
        Requirements(room=10),
        Requirements(wants_venue=True),
        Requirements(wants_venue=True, room=-1),
        Requirements(qualification="社会工作师"),
    ],
)
async def test_requirements_that_contradict_themselves_are_refused(db, wanted):
    town = await matching.a_town()
    need_id = await matching.posted(town)

    with pytest.raises(InvalidInput):
        await requirements.set_requirements(town.committee, need_id, wanted)

    assert await database.fetch_value("SELECT count(*) FROM matching_requirement") == 0


async def test_only_staff_say_what_a_need_that_stands_takes(db):
    town = await matching.a_town()
    need_id = await matching.posted(town)
    rejected = await matching.posted(town, await matching.a_draft(town, ahead_h=90))
    await needs.reject_need(town.committee, rejected, reason="重复")
    wanted = Requirements(wants_host=True)

    for actor in (town.elder, town.lin, ANONYMOUS, await factories.a_committee_member()):
        with pytest.raises((Forbidden, NotFound, SignInRequired)):
            await requirements.set_requirements(actor, need_id, wanted)
    with pytest.raises(NeedStateUnfit):
        await requirements.set_requirements(town.committee, rejected, wanted)

    assert await database.fetch_value("SELECT count(*) FROM matching_requirement") == 0
    await requirements.set_requirements(town.committee, need_id, wanted)
    told = "SELECT count(*) FROM kernel_audit WHERE command = 'setNeedRequirements'"
    assert await database.fetch_value(told) == 1


SET = """mutation ($input: SetNeedRequirementsInput!) { setNeedRequirements(input: $input) {
  __typename ... on NeedPayload { need { requirements {
    wantsHost supervision costFen purpose wantsVenue room } } }
  ... on Refused { code path } } }"""


async def test_a_need_says_over_graphql_what_it_takes(db):
    town = await matching.a_town()
    need_id = await matching.posted(town)
    given = {
        "needId": node.encode("need", need_id),
        "costFen": 50_000,
        "purpose": "ELDER_CARE",
        "supervision": 1,
    }

    answer = await schema.execute(
        SET, variable_values={"input": given}, context_value=Context(town.committee)
    )

    assert answer.errors is None
    assert answer.data["setNeedRequirements"]["need"]["requirements"] == {
        "wantsHost": False,
        "supervision": 1,
        "costFen": 50_000,
        "purpose": "ELDER_CARE",
        "wantsVenue": False,
        "room": 0,
    }


LIST = """query ($area: ID!) { matchingRuns(where: {areaId: $area}) { nodes {
  selections(first: 10) { nodes { decision refusal order { number } host { name }
    worker { name } venue { title } money { amountFen fund { name } } } } } } }"""


@pytest.mark.parametrize("count", [1, 3])
async def test_a_runs_selections_are_read_with_as_many_statements_however_many(
    db, statements, count
):
    found = await parties()
    await a_hall(found)
    await exchange.a_fund(found.exchange, fen=800_000)
    wanted = Requirements(
        wants_host=True,
        supervision=1,
        cost_fen=50_000,
        purpose=ServiceClass.ELDER_CARE,
        wants_venue=True,
        room=20,
    )
    for number in range(count):
        await an_order(found.town, wanted, ahead_h=48 + 3 * number)
    await a_proposal(found.town)
    given = {"area": node.encode("area", found.town.community.id)}
    statements.clear()

    answer = await schema.execute(
        LIST, variable_values=given, context_value=Context(found.town.committee)
    )

    assert answer.errors is None
    (run,) = answer.data["matchingRuns"]["nodes"]
    read = run["selections"]["nodes"]
    assert [each["money"][0]["fund"]["name"] for each in read] == ["助老专项"] * count
    assert [each["venue"]["title"] for each in read] == ["邻里中心活动室"] * count
    assert len(statements) == 9


async def test_who_does_not_keep_the_exchange_sees_no_selection(db):
    found = await parties()
    await exchange.a_fund(found.exchange, fen=80_000)
    await an_order(found.town, COSTS)
    run_id = await a_proposal(found.town)
    asked_for = {"id": node.encode("matching_run", run_id)}

    answer = await schema.execute(
        "query ($id: ID!) { matchingRun(id: $id) { selections { nodes { decision } } } }",
        variable_values=asked_for,
        context_value=Context(found.town.lin),
    )

    assert answer.data == {"matchingRun": None}


async def test_who_supervises_needs_takes_on_as_many_projects_fewer(db):
    found = await parties()
    await an_order(found.town, Requirements(supervision=5))
    await approved(found.town)
    project_id = await exchange.a_draft(found.exchange)

    with pytest.raises(SupervisorFullyLoaded):
        await supervising.answer_supervision(found.worker, project_id, accepts=True)

    accepted = "SELECT supervisor_accepted_at FROM matching_project WHERE id = $1"
    assert await database.fetch_value(accepted, project_id) is None
