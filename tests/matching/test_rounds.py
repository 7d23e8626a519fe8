"""Rounds of applications: scores of reviewers without a part in them, or a poll of residents."""

from datetime import timedelta
from uuid import UUID, uuid4

import hypothesis
import pytest
from hypothesis import strategies as st

from domains.kernel import clock, database
from domains.kernel.errors import Forbidden, InvalidInput
from domains.matching.errors.projects import (
    NotReviewer,
    NotYetSelected,
    ProjectPlanUnsound,
    ReviewerConflicted,
    ReviewsMissing,
    RoundStateUnfit,
    ScoresIncomplete,
)
from domains.matching.rules.choosing import Application, choose
from domains.matching.service import deciding, planning, rounds, selecting
from domains.matching.service.planning import LineDraft
from domains.matching.service.rounds import RoundDraft
from domains.matching.values.projects import ProjectRoundMode
from domains.voting.queries import options_by_poll
from domains.voting.service import casting, presets
from jobs import exchange as jobs
from jobs import outbox
from jobs import voting as voting_jobs
from tests import factories
from tests.matching.exchange import (
    Exchange,
    a_plan,
    an_exchange,
    recorded,
    state_of,
    submitted,
    who,
)


async def a_round(exchange: Exchange, **changes) -> UUID:
    """A call for applications that closes in ten days."""
    given = {
        "area_id": exchange.community.id,
        "mode": ProjectRoundMode.CRITERIA,
        "title": "2027年社区微公益",
        "content": "面向辖区社会组织征集为老服务项目。",
        "budget_fen": 900_000,
        "most_chosen": 2,
        "applications_until": await clock.now() + timedelta(days=10),
        "criteria": (("需求真实", 60), ("可行性", 40)),
        "reviewer_ids": (who(exchange.second), who(exchange.lin)),
        "least_reviews": 1,
    }
    round_id, _ = await rounds.open_round(
        exchange.committee, RoundDraft(**(given | changes)), idempotency_key=uuid4()
    )
    return round_id


async def applied(exchange: Exchange, round_id: UUID, title: str, fen: int) -> UUID:
    """An application that was handed in."""
    return await submitted(
        exchange, title=title, round_id=round_id, lines=(LineDraft("食材", fen),)
    )


async def scored(actor, project_id, first: int, second: int) -> None:
    await selecting.review_application(
        actor, project_id, has_conflict=False, scores={1: first, 2: second}
    )


async def round_state(round_id):
    return await database.fetch_value("SELECT state FROM matching_round WHERE id = $1", round_id)


async def test_the_best_applications_are_chosen_while_they_fit(db, moved_clock):
    exchange = await an_exchange()
    round_id = await a_round(exchange)
    dear = await applied(exchange, round_id, "大项目", 800_000)
    best = await applied(exchange, round_id, "好项目", 500_000)
    small = await applied(exchange, round_id, "小项目", 300_000)
    await moved_clock.advance(timedelta(days=11))
    await jobs.begin_due_choices()
    for project_id, first, second in ((dear, 80, 80), (best, 90, 90), (small, 60, 61)):
        await scored(exchange.second, project_id, first, second)

    await selecting.settle_round(exchange.committee, round_id)

    rows = await database.fetch(
        "SELECT title, state, is_chosen, round_place, round_points FROM matching_project"
        " ORDER BY round_place"
    )
    assert [tuple(row) for row in rows] == [
        ("好项目", "submitted", True, 1, 90_000),
        ("大项目", "rejected", False, 2, 80_000),
        ("小项目", "submitted", True, 3, 60_400),
    ]
    assert await round_state(round_id) == "settled"
    await deciding.approve_project(exchange.committee, best, standing="评审入选。")
    assert await state_of(best) == "approved"


async def test_what_was_chosen_is_put_right_but_costs_no_more(db, moved_clock):
    exchange = await an_exchange()
    round_id = await a_round(exchange)
    project_id = await applied(exchange, round_id, "好项目", 500_000)
    await moved_clock.advance(timedelta(days=11))
    await jobs.begin_due_choices()
    await scored(exchange.second, project_id, 90, 90)
    await selecting.settle_round(exchange.committee, round_id)
    await deciding.return_project(exchange.committee, project_id, reason="请写明路线。")
    sql = "SELECT version FROM matching_project WHERE id = $1"
    version = await database.fetch_value(sql, project_id)

    async def rewrite(fen: int) -> None:
        plan = await a_plan(exchange, title="好项目", lines=(LineDraft("食材", fen),))
        await planning.update_project(exchange.leader, project_id, plan, expected_version=version)

    with pytest.raises(ProjectPlanUnsound):
        await rewrite(500_001)
    await rewrite(490_000)
    await planning.submit_project(exchange.leader, project_id)

    row = await database.fetch_one(
        "SELECT state, round_id, is_chosen FROM matching_project WHERE id = $1", project_id
    )
    assert tuple(row) == ("submitted", round_id, True)


async def test_an_application_is_not_approved_before_its_round_is_settled(db):
    exchange = await an_exchange()
    round_id = await a_round(exchange)
    project_id = await applied(exchange, round_id, "好项目", 500_000)

    with pytest.raises(NotYetSelected):
        await deciding.approve_project(exchange.committee, project_id, standing="同意。")

    assert await state_of(project_id) == "submitted"


async def test_a_reviewer_with_a_part_in_an_application_does_not_score_it(db, moved_clock):
    exchange = await an_exchange()
    round_id = await a_round(
        exchange, reviewer_ids=(who(exchange.leader), who(exchange.second)), least_reviews=1
    )
    project_id = await applied(exchange, round_id, "好项目", 500_000)
    await moved_clock.advance(timedelta(days=11))
    await jobs.begin_due_choices()

    with pytest.raises(ReviewerConflicted):
        await scored(exchange.leader, project_id, 100, 100)
    await selecting.review_application(
        exchange.leader, project_id, has_conflict=True, scores={}, note="承办组织负责人"
    )
    with pytest.raises(ReviewsMissing):
        await selecting.settle_round(exchange.committee, round_id)
    with pytest.raises(NotReviewer):
        await scored(exchange.committee, project_id, 1, 1)
    with pytest.raises(ScoresIncomplete):
        await selecting.review_application(
            exchange.second, project_id, has_conflict=False, scores={1: 101}
        )

    assert await round_state(round_id) == "reviewing"
    assert await database.fetch_value("SELECT count(*) FROM matching_review_score") == 0


async def test_applications_are_taken_until_the_time_is_over(db, moved_clock):
    exchange = await an_exchange()
    round_id = await a_round(exchange)
    plan = await a_plan(exchange, round_id=round_id)
    project_id, _ = await planning.create_project(exchange.leader, plan, idempotency_key=uuid4())
    await moved_clock.advance(timedelta(days=10, minutes=1))

    with pytest.raises(RoundStateUnfit):
        await planning.submit_project(exchange.leader, project_id)
    await jobs.begin_due_choices()

    assert await state_of(project_id) == "draft"
    assert await round_state(round_id) == "cancelled"


@pytest.mark.parametrize(
    "changes",
    [
        {"criteria": ()},
        {"reviewer_ids": ()},
        {"poll_days": 3},
        {"mode": ProjectRoundMode.POLL},
        {"budget_fen": 0},
        {"least_score": 101},
        {"criteria": (("需求", 0),)},
    ],
)
async def test_terms_that_do_not_hold_are_refused(db, changes):
    exchange = await an_exchange()

    with pytest.raises(InvalidInput):
        await a_round(exchange, **changes)

    assert await database.fetch_value("SELECT count(*) FROM matching_round") == 0


async def test_only_the_community_opens_a_round(db):
    exchange = await an_exchange()

    with pytest.raises(Forbidden):
        await rounds.open_round(
            exchange.lin,
            RoundDraft(
                area_id=exchange.community.id,
                mode=ProjectRoundMode.POLL,
                title="我的征集",
                content="征集。",
                budget_fen=1,
                most_chosen=1,
                applications_until=await clock.now() + timedelta(days=1),
                poll_days=3,
            ),
            idempotency_key=uuid4(),
        )

    assert await database.fetch_value("SELECT count(*) FROM matching_round") == 0


async def test_residents_choose_by_a_poll(db, moved_clock):
    exchange = await an_exchange()
    await presets.sync_presets()
    people = [await factories.a_resident(exchange.community, name=f"居民{n}") for n in range(8)]
    round_id = await a_round(
        exchange,
        mode=ProjectRoundMode.POLL,
        criteria=(),
        reviewer_ids=(),
        poll_days=5,
        budget_fen=600_000,
    )
    ids = [
        await applied(exchange, round_id, title, fen)
        for title, fen in (("助餐", 400_000), ("花园", 500_000), ("讲座", 100_000))
    ]
    await moved_clock.advance(timedelta(days=10, minutes=1))
    await jobs.begin_due_choices()
    await voting_jobs.open_due_polls()
    poll_id = await database.fetch_value("SELECT poll_id FROM matching_round")
    (options,) = await options_by_poll(people[0], [poll_id])
    for each in people:
        await casting.cast_ballot(
            each, poll_id, [options[0]["id"], options[2]["id"]], idempotency_key=uuid4()
        )
    await moved_clock.advance(timedelta(days=5, minutes=1))
    await voting_jobs.close_due_polls()
    await voting_jobs.tally_closed_polls()

    await outbox.relay()

    assert [await state_of(each) for each in ids] == ["submitted", "rejected", "submitted"]
    assert await round_state(round_id) == "settled"
    assert (await recorded("matching.ProjectRound"))[-2:] == [
        *("ProjectRoundVoting", "ProjectRoundSettled"),
    ]


SCORES = st.dictionaries(st.sampled_from([1, 2]), st.integers(0, 100), min_size=2, max_size=2)
APPLICATIONS = st.lists(
    st.tuples(st.integers(1, 1000), st.lists(SCORES, min_size=1, max_size=3)),
    min_size=1,
    max_size=8,
)


@hypothesis.given(APPLICATIONS, st.integers(1, 3000), st.integers(1, 5))
def test_what_is_chosen_fits_and_nothing_better_that_fits_is_left_out(given, budget, most):
    asked = [
        Application(uuid4(), number, fen, reviews) for number, (fen, reviews) in enumerate(given)
    ]

    def chosen(applications):
        return choose(
            applications,
            {1: 3, 2: 1},
            budget_fen=budget,
            most=most,
            least_reviews=1,
            least_score=0,
        )

    choices = chosen(asked)

    cost = {each.project_id: each.budget_fen for each in asked}
    taken = [each for each in choices if each.is_chosen]
    assert sum(cost[each.project_id] for each in taken) <= budget
    assert len(taken) <= most
    left = budget
    for place, each in enumerate(choices):
        room = sum(before.is_chosen for before in choices[:place]) < most
        assert each.is_chosen == (room and cost[each.project_id] <= left)
        left -= cost[each.project_id] * each.is_chosen
    assert chosen(asked[::-1]) == choices
