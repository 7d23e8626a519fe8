"""The demo town's exchange, as a reader finds it."""

from domains.kernel import database
from schema import node
from seeds import demo
from tests.voting.asking import ask

LOOKED_AT = """
query ($id: ID!) {
  needs(areaId: $id) { nodes { title repeats host { name } orders { state } } }
  resources(areaId: $id) { nodes { title kind state quantity } }
  serviceProjects(areaId: $id) { nodes { title state budgetFen allottedFen spentFen
    organisation { name } } }
  funds(areaId: $id) { nodes { name receivedFen leftFen allottedFen spentFen } }
}
"""
HOST = "同心圆社会工作服务中心"


def a_need(title: str, *, weekly: bool = False, orders: int = 1):
    return {
        "title": title,
        "repeats": "WEEKLY" if weekly else "ONCE",
        "host": {"name": HOST},
        "orders": [{"state": "OPEN"}] * orders,
    }


async def test_the_demo_town_has_needs_resources_a_fund_and_a_project(db):
    town = await demo.plant()
    again = await demo.plant()
    committee = await demo.acting(
        await database.fetch_value(
            "SELECT person_id FROM membership_role_grant WHERE role = 'committee_member'"
        )
    )

    seen = await ask(committee, LOOKED_AT, id=node.encode("area", town.community_id))

    assert again == town
    assert seen == {
        "needs": {
            "nodes": [
                a_need("小学数学作业辅导"),
                a_need("陪同老人复查"),
                a_need("每周送两次午餐", weekly=True, orders=4),
            ]
        },
        "resources": {
            "nodes": [
                {"title": "保温饭盒", "kind": "GOODS", "state": "AVAILABLE", "quantity": 40},
                {
                    "title": "党群服务中心多功能厅",
                    "kind": "VENUE",
                    "state": "AVAILABLE",
                    "quantity": 60,
                },
            ]
        },
        "serviceProjects": {
            "nodes": [
                {
                    "title": "冬日暖心餐",
                    "state": "RUNNING",
                    "budgetFen": 1_020_000,
                    "allottedFen": 1_020_000,
                    "spentFen": 86_400,
                    "organisation": {"name": HOST},
                }
            ]
        },
        "funds": {
            "nodes": [
                {
                    "name": "米兰助老专项资金",
                    "receivedFen": 2_000_000,
                    "leftFen": 980_000,
                    "allottedFen": 933_600,
                    "spentFen": 86_400,
                }
            ]
        },
    }
