"""Whose inboxes changed with a batch: for the live connections alone."""

from uuid import UUID

from domains.kernel import database

# Ids are ordered by time: a batch lies together, with few others between.
_MADE = """
SELECT DISTINCT n.person_id FROM notifications_notice n
WHERE n.id BETWEEN $2 AND $3 AND n.occasion_id = $1
"""
_WITHDRAWN = """
SELECT DISTINCT n.person_id FROM notifications_notice n
WHERE n.occasion_id = $1 AND n.person_id BETWEEN $2 AND $3 AND n.withdrawn_at IS NOT NULL
"""


async def people_of_batch(occasion_id: UUID, first_id: UUID, last_id: UUID) -> list[UUID]:
    """Return in whose inboxes a batch of notices lies."""
    rows = await database.fetch(_MADE, occasion_id, first_id, last_id)
    return [row["person_id"] for row in rows]


async def people_of_withdrawal(occasion_id: UUID, first: UUID, last: UUID) -> list[UUID]:
    """Return from whose inboxes a batch of notices was taken back."""
    rows = await database.fetch(_WITHDRAWN, occasion_id, first, last)
    return [row["person_id"] for row in rows]
