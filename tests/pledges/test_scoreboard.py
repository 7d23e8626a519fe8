"""How promises were kept, by body and by area."""

from datetime import timedelta

from domains.kernel.actor import ANONYMOUS
from domains.kernel.paging import Page
from domains.membership.values import AreaKind
from domains.pledges import service
from domains.pledges.queries import scoreboard
from domains.pledges.queries.pledges import PledgeFilter, pledges
from domains.pledges.values.pledges import Keeping
from tests import factories
from tests.pledges.factories import (
    a_committed_pledge,
    a_proposal,
    a_town,
    accept,
    deliver,
    milestone_keys,
    reach_all,
    report,
    terms,
)


async def a_year(town, moved_clock):
    """One kept on time, one late, one given up, one half done and overdue; one not promised."""
    on_time = await a_committed_pledge(town, moved_clock)
    late = await a_committed_pledge(town, moved_clock)
    given_up = await a_committed_pledge(town, moved_clock)
    overdue = await a_committed_pledge(town, moved_clock)
    await a_proposal(town)
    await reach_all(town, on_time)
    await deliver(town, on_time)
    await accept(town, on_time)
    await report(town.keeper, overdue, milestone_key=(await milestone_keys(overdue))[0])
    await service.default_pledge(town.committee, given_up, reason="合作单位退出")
    await moved_clock.advance(timedelta(days=100))
    while await service.find_overdue_pledge() is not None:
        pass
    await reach_all(town, late)
    await deliver(town, late)
    await accept(town, late)
    return on_time, late, given_up, overdue


async def test_a_score_counts_what_was_kept_by_its_first_deadline(moved_clock):
    town = await a_town()
    await a_year(town, moved_clock)

    found = await scoreboard.whole(ANONYMOUS, year=town.year, within=town.community.path)

    assert (found.promised, found.on_time, found.late, found.defaulted) == (4, 1, 1, 1)
    assert (found.overdue, found.pending, found.moved, found.reached) == (1, 1, 0, 220)


async def test_scores_are_summed_by_community_street_district_city_and_body(moved_clock):
    street = await factories.a_street()
    town, beside = await a_town(street=street), await a_town(street=street)
    elsewhere = await a_town()
    for each in (town, beside, elsewhere):
        await a_committed_pledge(each, moved_clock)
    await a_committed_pledge(town, moved_clock)

    async def counted(kind):
        found = await scoreboard.by_area(
            ANONYMOUS, kind=kind, year=town.year, within=None, page=Page()
        )
        return sorted(row["promised"] for row in found.rows)

    assert [await counted(kind) for kind in AreaKind] == [
        [1, 3],
        [1, 3],
        [1, 3],
        [1, 1, 2],
        [],
        [],
        [],
    ]
    bodies = await scoreboard.by_body(ANONYMOUS, year=town.year, within=street.path, page=Page())
    assert {row["organisation_id"]: row["promised"] for row in bodies.rows} == {
        town.body.id: 2,
        beside.body.id: 1,
    }


async def test_pages_of_the_scoreboard_join_without_gaps(moved_clock):
    street = await factories.a_street()
    for _ in range(3):
        await a_committed_pledge(await a_town(street=street), moved_clock)
    year = (await a_town()).year
    asked = {"kind": AreaKind.COMMUNITY, "year": year, "within": None}

    whole = await scoreboard.by_area(ANONYMOUS, **asked, page=Page())
    first = await scoreboard.by_area(ANONYMOUS, **asked, page=Page(first=2))
    rest = await scoreboard.by_area(
        ANONYMOUS, **asked, page=Page(first=2, after=(first.rows[-1]["path"],))
    )

    assert first.has_more
    assert [row["area_id"] for row in (*first.rows, *rest.rows)] == [
        row["area_id"] for row in whole.rows
    ]


async def listed(actor, **asked):
    return [row["id"] for row in (await pledges(actor, PledgeFilter(**asked), Page())).rows]


async def test_lists_are_narrowed_by_keeping_words_body_place_and_followers(moved_clock):
    town, elsewhere = await a_town(), await a_town()
    on_time, late, given_up, overdue = await a_year(town, moved_clock)
    other = await a_committed_pledge(
        elsewhere, moved_clock, await terms(elsewhere, title="加装楼道扶手")
    )
    resident = town.residents[0]
    await service.follow_pledge(resident, late)

    assert await listed(resident, keeping=Keeping.ON_TIME) == [on_time]
    assert await listed(resident, keeping=Keeping.LATE) == [late]
    assert await listed(resident, keeping=Keeping.DEFAULTED) == [given_up]
    assert await listed(resident, states=("overdue",)) == [overdue]
    assert await listed(resident, holds="楼道扶手") == [other]
    assert await listed(resident, organisation_id=elsewhere.body.id) == [other]
    assert await listed(resident, area_path=elsewhere.community.path) == [other]
    assert await listed(resident, followed_by=resident.person_id) == [late]
    assert await listed(resident, programme_id=elsewhere.programme_id) == [other]
    assert await listed(resident, person_id=elsewhere.keeper.person_id) == [other]
    assert await listed(resident, holds="没有这样的承诺") == []
    assert len(await listed(ANONYMOUS)) == 5
    assert len(await listed(resident)) == 6
