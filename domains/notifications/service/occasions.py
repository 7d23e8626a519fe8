"""What there is to tell: noted once when it happens, and taken back when it is so no more.

Both run inside the relay's transaction and touch one row: whom it concerns is found later, by
whoever expands it.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domains.kernel import database, outbox
from domains.notifications.kinds.kind import EACH_TIME, Heard, NoticeKind

_NOTE = """
INSERT INTO notifications_occasion
    (id, kind, subject_kind, subject_id, slot, area_path, payload, event_id, due_at, turn_at,
     stale_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $9, $10, kernel_now())
ON CONFLICT ON CONSTRAINT notifications_occasion_once DO NOTHING
"""
# Whoever expands it at this moment holds the row; its next batch will find it withdrawn.
_WITHDRAW = """
UPDATE notifications_occasion
SET state = 'withdrawing', turn_at = kernel_now(), cursor_id = NULL, attempts = 0
WHERE kind = $1 AND subject_id = $2 AND ($3::text IS NULL OR slot = $3)
  AND state IN ('due', 'expanding', 'expanded', 'failed')
"""

Payload = Mapping[str, Any]
Reaction = Callable[[UUID, Payload], Awaitable[None]]


async def note(
    kind: NoticeKind,
    *,
    subject_id: UUID,
    slot: str = "",
    area_path: str = "",
    payload: Payload,
    due_at: datetime,
    event_id: UUID | None = None,
    stale_after: timedelta | None = None,
) -> bool:
    """Note, in the open transaction, that there is something to tell; whether it is news."""
    database.require_open_transaction()
    patience = stale_after or kind.stale_after
    return (
        await database.execute(
            _NOTE,
            database.new_id(),
            kind.code,
            kind.subject_kind,
            subject_id,
            slot,
            area_path,
            json.dumps(dict(payload), ensure_ascii=False),
            event_id,
            due_at,
            None if patience is None else due_at + patience,
        )
        == 1
    )


async def withdraw(kind: NoticeKind, *, subject_id: UUID, slot: str | None = None) -> int:
    """Take back, in the open transaction, what was not read or sent; every slot unless told."""
    database.require_open_transaction()
    return await database.execute(_WITHDRAW, kind.code, subject_id, slot)


def noting(kind: NoticeKind, heard: Heard) -> Reaction:
    """Return the reaction that notes an occasion of this kind for each such event."""

    async def note_it(event_id: UUID, payload: Payload) -> None:
        if heard.when is not None and not heard.when(payload):
            return
        await note(
            kind,
            subject_id=UUID(payload[heard.subject]),
            slot=_slot(heard, event_id, payload),
            area_path=payload[heard.area] if heard.area is not None else "",
            payload=payload,
            due_at=await outbox.recorded_at(event_id),
            event_id=event_id,
        )

    return note_it


def withdrawing(kind: NoticeKind, heard: Heard) -> Reaction:
    """Return the reaction that takes occasions of this kind back for each such event."""

    async def withdraw_it(event_id: UUID, payload: Payload) -> None:
        if heard.when is not None and not heard.when(payload):
            return
        slot = None if heard.slot is None else _slot(heard, event_id, payload)
        await withdraw(kind, subject_id=UUID(payload[heard.subject]), slot=slot)

    return withdraw_it


def _slot(heard: Heard, event_id: UUID, payload: Payload) -> str:
    if heard.slot is None:
        return ""
    if heard.slot == EACH_TIME:
        return str(event_id)
    fields = (heard.slot,) if isinstance(heard.slot, str) else heard.slot
    return " ".join(str(payload[each]) for each in fields)
