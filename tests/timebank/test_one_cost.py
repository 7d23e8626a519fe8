"""Each list of the time bank costs as many statements for three as for one, with all its edges."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

from domains.kernel.database import transaction
from domains.timebank.service import giving, shortfalls
from jobs import timebank as jobs
from schema import node
from tests import factories
from tests.timebank.test_giving_graphql import account
from tests.timebank.test_honouring import offered, reserved
from tests.timebank.test_issuing import a_service, issue
from tests.timebank.test_staff_graphql import an_order, does, in_need, relatives
from tests.timebank.town import a_holder, a_town
from tests.voting.asking import ask

LISTS = {
    "timeAccounts": """timeAccounts(where: {areaId: $area, kinds: [PERSON]}) { nodes { id kind
        isMine holder { person { name } household { id } organisation { name } }
        community { name } balance { minutes availableMinutes } } pageInfo { hasNextPage } }""",
    "timeRelatives": "timeRelatives { nodes { relation other { name } } }",
    "timeNeeds": "timeNeeds(areaId: $area) { nodes { rank person { name } } }",
    "timeOrders": """timeOrders(areaId: $area) { nodes { kind account { id balance { minutes } }
        shortfall { id } proposedBy { name } decidedBy { name } } }""",
    "timeShortfalls": """timeShortfalls(areaId: $area) { nodes { owedMinutes
        account { id balance { minutes } } } }""",
    "timeOffers": """timeOffers(areaId: $area) { nodes { title left waiting community { name }
        organisation { name } } }""",
    "timeReservations": """timeReservations { nodes { state offer { title community { name } }
        account { id balance { minutes } } person { name } } }""",
    "timeBankHistory": "timeBankHistory(areaId: $area) { nodes { day ages { overFiveYears } } }",
    "timeBankBooks": """timeBankBooks(communityId: $area) { nodes { day hash address
        proof { size } } }""",
}
STATEMENT = """
query ($id: ID!) { timeAccount(id: $id) { statement { nodes { minutes kind
  other { person { name } } } } } }
"""


async def one_more(town, keeper, own, body, at):
    """Of each list one more; a day passes."""
    old, theirs = await a_holder(town, 200, name=f"老人{at}", born=date(1940, 1, 1))
    await relatives(town, keeper, old, theirs)
    await in_need(town, old)
    offer = await offered(
        town, title=f"理发{at}", organisationId=node.encode("organisation", body.id)
    )
    await reserved(old, offer, theirs)
    service = await a_service(town, keeper, 30)
    await issue(service)
    await giving.give_minutes(keeper, own, theirs, minutes=30, idempotency_key=uuid4())
    async with transaction():
        await shortfalls.put_right(service.record_id, None, reason="服务记录已撤销")
    await does(town.second, "proposeTimeOrder", **an_order(town, "ENDOWMENT", minutes=5 + at))


async def costs(actor, statements, own, **ids):
    found = {}
    for name, body in LISTS.items():
        declared = "query ($area: ID!)" if "$area" in body else "query"
        statements.clear()
        asked = ids if "$area" in body else {}
        nodes = (await ask(actor, f"{declared} {{ {body} }}", **asked))[name]["nodes"]
        found[name] = (len(nodes), len(statements))
    statements.clear()
    read = (await ask(actor, STATEMENT, id=account(own)))["timeAccount"]
    found["statement"] = (len(read["statement"]["nodes"]), len(statements))
    return found


async def test_each_list_costs_the_same_for_one_and_for_three(moved_clock, statements):
    town = await a_town()
    body = await factories.an_organisation(town.community)
    keeper, own = await a_holder(town, name="多面手")
    keeper = replace(keeper, grants=keeper.grants | town.keeper.grants)
    area = node.encode("area", town.community.id)

    counts = []
    for round_ in ((1,), (2, 3)):
        for at in round_:
            await one_more(town, keeper, own, body, at)
            await moved_clock.advance(timedelta(days=1, hours=1))
            await jobs.take_figures()
            await jobs.close_books()
        counts.append(await costs(keeper, statements, own, area=area))

    first, third = counts
    more = {name: third[name][0] - first[name][0] for name in first}
    assert more == dict.fromkeys(first, 2) | {"statement": 4}
    assert {name: cost for name, (_, cost) in third.items()} == {
        name: cost for name, (_, cost) in first.items()
    }
