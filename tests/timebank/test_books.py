from datetime import datetime, timedelta
from uuid import uuid4

from domains.kernel import clock, database
from domains.timebank.queries.ledger import balances
from domains.timebank.rules.books import GENESIS
from domains.timebank.service import books, ledger
from domains.timebank.values import AccountKind
from tests.timebank.factories import HERE, a_movement, a_scheme, an_account, somebody

NOON = datetime(2027, 3, 1, 12, tzinfo=clock.SHANGHAI)


async def _close_all():
    closed = 0
    while await books.close_due_books() is not None:
        closed += 1
    return closed


async def test_the_scheme_s_accounts_are_summed_by_the_hour_and_come_to_the_same(moved_clock):
    await moved_clock.set(NOON)
    scheme = await a_scheme()
    await an_account(90)
    before = (await balances([scheme[AccountKind.ISSUANCE]]))[scheme[AccountKind.ISSUANCE]]
    await moved_clock.advance(timedelta(hours=2))

    summed = await books.sum_system_accounts()
    again = await books.sum_system_accounts()
    await an_account(10)

    after = (await balances([scheme[AccountKind.ISSUANCE]]))[scheme[AccountKind.ISSUANCE]]
    assert (summed, again) == (1, 0)
    assert (before["balance_minutes"], after["balance_minutes"]) == (-90, -100)


async def test_the_books_of_each_day_are_closed_once_and_chained(moved_clock):
    await moved_clock.set(NOON)
    await an_account(90)
    await moved_clock.advance(timedelta(days=3))

    closed = await _close_all()
    again = await _close_all()

    rows = await database.fetch("SELECT * FROM timebank_books ORDER BY day")
    assert (closed, again) == (3, 0)
    assert [(row["entry_count"], row["minutes_issued"]) for row in rows] == [
        (2, 90),
        (0, 0),
        (0, 0),
    ]
    assert [row["previous_hash"] for row in rows] == [GENESIS, *(r["hash"] for r in rows[:2])]
    assert await database.fetch_value("SELECT count(*) FROM kernel_outbox") == 3


async def test_an_entry_altered_afterwards_is_found_by_its_day(moved_clock):
    await moved_clock.set(NOON)
    lin, wang = await an_account(90), await an_account()
    await moved_clock.advance(timedelta(days=1))
    await ledger.move(somebody(), a_movement(lin, wang, 10), idempotency_key=uuid4())
    await moved_clock.advance(timedelta(days=1))
    await _close_all()
    sound = await books.first_altered_day(HERE)

    async with database.transaction():
        await database.execute("ALTER TABLE timebank_entry DISABLE TRIGGER USER")
        await database.execute("GRANT UPDATE ON timebank_entry TO CURRENT_USER")
        await database.execute(
            "UPDATE timebank_entry SET minutes = minutes * 2 WHERE abs(minutes) = 10"
        )
        await database.execute("REVOKE UPDATE ON timebank_entry FROM CURRENT_USER")
        await database.execute("ALTER TABLE timebank_entry ENABLE TRIGGER USER")

    second = await database.fetch_value("SELECT min(day) + 1 FROM timebank_books")
    assert sound is None
    assert await books.first_altered_day(HERE) == second
