"""The demo town's time bank, as a reader finds it."""

from domains.kernel.actor import ANONYMOUS
from domains.timebank.queries.ledger import faults
from schema import node
from seeds import demo
from tests.timebank.test_ledger import SOUND
from tests.voting.asking import ask

LOOKED_AT = """
query ($id: ID!) {
  timeBankScheme(communityId: $id) { titleEn crossing caps { kind minutes excess } }
  timeOffers(areaId: $id) { nodes { title left waiting } }
  timeBankFigures(areaId: $id) { holders outstandingMinutes issuedMinutes poolMinutes }
}
"""


async def test_the_demo_town_has_a_scheme_accounts_an_offer_and_figures(db):
    town = await demo.plant()
    again = await demo.plant()

    seen = await ask(ANONYMOUS, LOOKED_AT, id=node.encode("area", town.community_id))
    assert again == town
    assert seen == {
        "timeBankScheme": {
            "titleEn": "A time bank as in Nanjing",
            "crossing": "CITY",
            "caps": [{"kind": "BALANCE", "minutes": 90_000, "excess": "DONATE"}],
        },
        "timeOffers": {
            "nodes": [
                {"title": "上门理发", "left": 3, "waiting": 0},
                {"title": "陪同就医", "left": 2, "waiting": 0},
            ]
        },
        "timeBankFigures": {
            "holders": 6,
            "outstandingMinutes": 630,
            "issuedMinutes": 645,
            "poolMinutes": 15,
        },
    }
    assert await faults() == SOUND
