"""A day's closed books become a leaf of the community's log, once."""

from datetime import timedelta

from domains.kernel import clock, database
from domains.kernel.actor import ANONYMOUS
from jobs import outbox, timebank, transparency
from schema import node
from tests.timebank.town import a_holder, a_town
from tests.voting.asking import ask

BOOKS = """
query ($id: ID!) { timeBankBooks(communityId: $id) {
  nodes { day entryCount minutesIssued hash previousHash proof { leafHash rootHash size } } } }
"""


async def test_closed_books_are_proved_by_the_log_and_read_by_everybody(moved_clock):
    town = await a_town()
    await a_holder(town, 90)
    day = await clock.today()
    await moved_clock.advance(timedelta(days=1, hours=1))
    await timebank.close_books()

    for _ in range(2):
        await outbox.relay()
        await database.execute("UPDATE kernel_outbox SET delivered_at = NULL")
    await transparency.grow_logs()
    await transparency.sign_heads()

    read = await ask(ANONYMOUS, BOOKS, id=node.encode("area", town.community.id))
    of_day = [each for each in read["timeBankBooks"]["nodes"] if each["day"] == day.isoformat()]
    leaves = await database.fetch_value("SELECT count(*) FROM disclosure_log_leaf")
    assert [each["proof"]["size"] for each in of_day] == [leaves]
    assert [(each["entryCount"], each["minutesIssued"]) for each in of_day] == [(2, 90)]
    assert leaves == len(read["timeBankBooks"]["nodes"])
