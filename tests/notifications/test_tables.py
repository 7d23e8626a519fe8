"""What the tables themselves refuse."""

import asyncpg
import pytest

from domains.kernel import database

_TEMPLATE = """
INSERT INTO notifications_template (id, kind, channel, locale, version, subject, variables,
                                    created_at)
VALUES (gen_random_uuid(), 'A_KIND', 'in_app', 'en', 1, 'Hello', '[]', kernel_now())
"""


async def test_a_template_that_stands_cannot_be_changed(db):
    await database.execute(_TEMPLATE)

    with pytest.raises(asyncpg.PostgresError, match="append-only"):
        await database.execute("UPDATE notifications_template SET subject = 'Other'")

    assert await database.fetch_value("SELECT subject FROM notifications_template") == "Hello"
