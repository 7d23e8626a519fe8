"""Whom to remind is found by its index, and follows when a poll's times change."""

from datetime import timedelta

from domains.kernel import database
from domains.voting.service import counting
from tests.voting.factories import a_draft, a_town, an_open_poll

_MANY = """
INSERT INTO voting_poll (id, area_id, area_path, title, method, secrecy, state, least_choices,
                         most_choices, opens_at, closes_at, rule_code, frozen_rules, roll_size,
                         roll_fingerprint, created_at, published_at)
SELECT gen_random_uuid(), gen_random_uuid(), 'x/', 'n', 'motion', 'open', 'open', 1, 1,
       kernel_now() - interval '2 days', kernel_now() + interval '3 days' + n * interval '1 s', 'R',
       '{"content": {"remindHours": 24}}', 1, sha256(''), kernel_now(), kernel_now()
FROM generate_series(1, 3000) AS n
"""


async def test_what_is_not_due_is_not_even_looked_at(db):
    await database.execute(_MANY)
    await database.execute("ANALYZE voting_poll")

    plan = await database.fetch(f"EXPLAIN (ANALYZE, COSTS OFF) {counting._TO_REMIND}")
    text = "\n".join(row[0] for row in plan)

    assert "Index Scan using voting_poll_reminding on voting_poll" in text
    assert "Index Cond: (remind_at <=" in text
    assert "Rows Removed by Filter" not in text


async def test_the_hour_of_the_reminder_is_a_day_or_a_quarter_of_the_window_before_the_close(db):
    town = await a_town(1)
    for lasts in (timedelta(days=8), timedelta(hours=4)):
        await an_open_poll(town, await a_draft(lasts=lasts))

    rows = await database.fetch(
        "SELECT closes_at - remind_at AS before FROM voting_poll ORDER BY closes_at DESC"
    )

    assert [row["before"] for row in rows] == [timedelta(days=1), timedelta(hours=1)]
