"""What stays unmet becomes a matter of the community: an issue, and the source of a pledge."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import clock, database
from domains.kernel.actor import SYSTEM
from domains.kernel.database import transaction
from domains.matching.service import rule_sets, shortages
from domains.matching.service.rule_sets import MatchingRulesDraft
from domains.meetings.models import Issue
from domains.meetings.service import issue_rules
from domains.meetings.values.issues import IssueCategory, IssueState
from domains.volunteering.values.volunteers import ServiceClass
from jobs import matching, outbox
from schema import node
from tests import factories
from tests.matching.factories import a_town, an_open_order
from tests.matching.test_figures import looked_for
from tests.pledges import factories as pledges
from tests.pledges.test_graphql import PROPOSE, proposal
from tests.voting.asking import ask, done, refused

SHORTAGES = """
query ($area: ID!, $first: Int) { shortages(areaId: $area, first: $first) { nodes {
  id serviceClass times places reasons area { name } } } }
"""
ISSUES = "{ issues { nodes { id title isMine proposer { id } foundFrom { id } } } }"


async def unmet(town, moved_clock, number, **changes):
    """So many services of elder care that found nobody when their time came."""
    order_ids = [
        await an_open_order(town, ahead_h=48 + nth * 3, **changes) for nth in range(number)
    ]
    await moved_clock.advance(timedelta(days=4))
    await matching.begin_due_orders()
    return order_ids


async def relayed():
    """All events told, and those that followed from them; none failed."""
    while await outbox.relay():
        continue
    failed = "SELECT name, failure FROM kernel_outbox WHERE failure IS NOT NULL"
    assert [tuple(row) for row in await database.fetch(failed)] == []


async def a_ready_town(**changes):
    await issue_rules.sync()
    return await a_town(**changes)


async def short(actor, area, **given):
    answer = await ask(actor, SHORTAGES, area=node.encode("area", area.id), **given)
    return answer["shortages"]["nodes"]


async def found():
    """The shortages that stand: the class, how often, how many people."""
    rows = await database.fetch(
        "SELECT service_class, times, places FROM matching_shortage ORDER BY service_class, weeks"
    )
    return [tuple(row) for row in rows]


async def test_what_stays_unmet_often_enough_becomes_an_issue_that_nobody_raised(db, moved_clock):
    town = await a_ready_town()
    order_ids = [await an_open_order(town, ahead_h=48 + nth * 3) for nth in range(3)]
    await looked_for(town, order_ids[0], "NO_SKILL")
    await moved_clock.advance(timedelta(days=4))
    await matching.begin_due_orders()

    await relayed()

    (issue,) = await Issue.all()
    (told,) = await short(town.lin, town.community)
    assert told == {
        "id": node.encode("shortage", issue.source_id),
        "serviceClass": "ELDER_CARE",
        "times": 3,
        "places": 3,
        "reasons": ["NO_SKILL"],
        "area": {"name": "同心社区"},
    }
    assert (issue.proposer_id, issue.entered_by_id, issue.source_kind) == (None, None, "shortage")
    assert (issue.community_id, issue.state, issue.category, issue.title) == (
        town.community.id,
        IssueState.REPORTED,
        IssueCategory.WELFARE,
        "「为老服务」志愿者持续不足",
    )
    assert "有 3 次需求到时未找到足够的志愿者,共缺 3 人次" in issue.text
    assert "缺少有此技能的人" in issue.text
    for actor in (town.lin, town.committee):
        assert (await ask(actor, ISSUES))["issues"]["nodes"] == [
            {
                "id": node.encode("issue", issue.id),
                "title": issue.title,
                "isMine": False,
                "proposer": None,
                "foundFrom": {"id": told["id"]},
            }
        ]


async def test_what_stays_unmet_less_often_is_not_short(db, moved_clock):
    town = await a_ready_town()
    await unmet(town, moved_clock, 2)
    await unmet(town, moved_clock, 1, service_class=ServiceClass.REPAIRS)

    await relayed()

    assert await found() == []
    assert await Issue.all().count() == 0


async def test_a_class_is_short_once_in_its_weeks_however_often_it_is_told(db, moved_clock):
    town = await a_ready_town()
    order_ids = await unmet(town, moved_clock, 5)

    await relayed()
    for order_id in order_ids:
        async with transaction():
            assert await shortages.look(order_id) is None

    assert [each[0] for each in await found()] == ["elder_care"]
    assert await Issue.all().count() == 1


async def test_of_two_that_look_at_once_one_finds(db, moved_clock):
    town = await a_ready_town()
    order_ids = await unmet(town, moved_clock, 3)

    async def look(order_id):
        async with transaction():
            return await shortages.look(order_id)

    made = await asyncio.gather(*(look(order_id) for order_id in order_ids))

    assert sum(each is not None for each in made) == 1
    assert len(await found()) == 1


async def put(town, service_class, first, end):
    """A shortage that stands."""
    await database.execute(
        "INSERT INTO matching_shortage (id, community_id, area_path, service_class, weeks, times,"
        " places, found_at) VALUES ($1, $2, $3, $4, daterange($5, $6), 3, 4, kernel_now())",
        *(database.new_id(), town.community.id, town.community.path, service_class, first, end),
    )


async def test_no_week_counts_for_two_shortages_of_a_class(db):
    town = await a_ready_town()

    await put(town, "repairs", date(2026, 10, 5), date(2026, 11, 2))
    await put(town, "repairs", date(2026, 11, 2), date(2026, 11, 30))
    await put(town, "health", date(2026, 10, 5), date(2026, 11, 2))
    with pytest.raises(asyncpg.ExclusionViolationError):
        await put(town, "repairs", date(2026, 10, 26), date(2026, 11, 9))

    assert len(await found()) == 3


async def test_what_another_community_misses_is_neither_counted_nor_seen(db, moved_clock):
    street = await factories.a_street()
    town = await a_ready_town(street=street)
    other = await a_ready_town(street=street, name="和美社区")
    await unmet(town, moved_clock, 2)
    await unmet(other, moved_clock, 3)

    await relayed()

    (issue,) = await Issue.all()
    (told,) = await short(other.lin, other.community)
    assert issue.community_id == other.community.id
    assert await short(town.committee, other.community) == []
    seen = await ask(town.committee, f'{{ node(id: "{told["id"]}") {{ id }} }}')
    assert seen == {"node": None}


async def test_how_often_and_in_how_many_weeks_is_for_a_communitys_rules_to_say(db, moved_clock):
    town = await a_ready_town()
    await adopted(town, unmetTimes=1)
    await moved_clock.advance(timedelta(days=2))
    await unmet(town, moved_clock, 1)

    await relayed()

    assert await found() == [("elder_care", 1, 1)]


async def adopted(town, **figures):
    """Rules of the community's own, from tomorrow on."""
    draft = MatchingRulesDraft(
        effective_from=await clock.today() + timedelta(days=1),
        legal_basis="社区居民公约",
        figures=tuple(figures.items()),
    )
    await rule_sets.adopt_rules(SYSTEM, town.community.id, draft, idempotency_key=uuid4())


async def test_a_need_and_the_issue_of_a_shortage_are_sources_of_pledges(db, moved_clock):
    town = await a_ready_town()
    await unmet(town, moved_clock, 3)
    await relayed()
    promising = await pledges.a_town(community=town.community)
    need_id = await database.fetch_value("SELECT id FROM matching_need ORDER BY number LIMIT 1")
    issue_id = (await Issue.get()).id
    named = {
        "NEED": node.encode("need", need_id),
        "ISSUE": node.encode("issue", issue_id),
    }

    made = {}
    for kind, text in named.items():
        given = await proposal(promising) | {"source": {"kind": kind, "id": text}}
        made[kind] = (await done(promising.committee, PROPOSE, input=given))["pledge"]["source"]

    assert made == {
        kind: {"kind": kind, "id": text, "subject": {"id": text}} for kind, text in named.items()
    }


async def test_another_communitys_need_is_no_source_of_a_pledge(db):
    street = await factories.a_street()
    other = await a_ready_town(street=street, name="和美社区")
    await an_open_order(other)
    need_id = await database.fetch_value("SELECT id FROM matching_need")
    promising = await pledges.a_town(street=street)
    source = {"kind": "NEED", "id": node.encode("need", need_id)}

    code = await refused(
        promising.committee, PROPOSE, input=await proposal(promising) | {"source": source}
    )

    assert code == "NOT_FOUND"
    assert await database.fetch_value("SELECT count(*) FROM pledges_pledge") == 0


async def test_a_page_of_shortages_takes_as_many_statements_for_three_as_for_one(
    db, moved_clock, statements
):
    town = await a_ready_town()
    for service_class in ("elder_care", "repairs", "health"):
        await put(town, service_class, date(2026, 10, 5), date(2026, 11, 2))

    counts = []
    for first in (1, 3):
        statements.clear()
        nodes = await short(town.lin, town.community, first=first)
        counts.append((len(nodes), len(statements)))

    assert [number for number, _ in counts] == [1, 3]
    assert len({count for _, count in counts}) == 1
