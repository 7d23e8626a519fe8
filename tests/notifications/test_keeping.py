"""How long notices are kept, and that what is forgotten leaves nothing wrong behind."""

from datetime import timedelta

from domains.kernel import database
from domains.notifications.service import keeping
from jobs.sweeping import sweep
from tests.notifications.deliveries import KIND, LEGAL, Provider, deliveries, drain, people

_KINDS = "SELECT kind FROM notifications_notice ORDER BY kind"
_BOX = """
INSERT INTO notifications_box (person_id, last_seq, unread)
SELECT person_id, max(seq), count(*) FROM notifications_notice GROUP BY person_id
"""


async def kept():
    """The kinds of the notices that are there, how many deliveries and how many are unread."""
    kinds = [row["kind"] for row in await database.fetch(_KINDS)]
    sent = await database.fetch_value("SELECT count(*) FROM notifications_delivery")
    unread = await database.fetch_value("SELECT sum(unread)::int FROM notifications_box")
    return kinds, sent, unread


async def two_sent():
    """An ordinary and a legal notice to one person, both sent, neither read."""
    told = await people(1)
    for kind in (KIND, LEGAL):
        await deliveries(told, kind=kind)
    await database.execute(_BOX)
    await database.execute("UPDATE notifications_occasion SET ended_at = kernel_now()")
    await drain(Provider())


async def test_a_notice_is_kept_a_year_and_a_legal_one_three(moved_clock):
    await two_sent()
    found = []

    for days in (364, 2, 1095 - 367, 2):
        await moved_clock.advance(timedelta(days=days))
        await sweep()
        found.append(await kept())

    both, legal = ([KIND.code, LEGAL.code], 2, 2), ([LEGAL.code], 1, 1)
    both = (sorted(both[0]), *both[1:])
    assert found == [both, legal, legal, ([], 0, 0)]
    assert await database.fetch_value("SELECT count(*) FROM notifications_occasion") == 0


async def test_what_is_still_to_be_sent_is_not_forgotten(moved_clock):
    await deliveries(await people(1))
    await database.execute(_BOX)
    await moved_clock.advance(timedelta(days=2_000))

    assert await keeping.forget_old() == 0
    assert await kept() == ([KIND.code], 1, 1)


async def test_what_was_read_is_not_taken_off_what_is_unread(moved_clock):
    await two_sent()
    await database.execute("UPDATE notifications_box SET read_up_to = 1, unread = 1")
    await moved_clock.advance(timedelta(days=366))

    await keeping.forget_old()

    assert await kept() == ([LEGAL.code], 1, 1)


async def test_sweeping_goes_on_where_it_was_cut_off(moved_clock):
    told = await people(keeping.MOST_AT_ONCE + 1)
    await deliveries(told)
    await database.execute(_BOX)
    await drain(Provider())
    await moved_clock.advance(timedelta(days=366))

    swept = await keeping.forget_old()

    assert swept == 2 * len(told)
    assert await kept() == ([], 0, 0)
