"""The meeting's log: what minutes are drafted from, and what who was away catches up from.

It is only ever added to, under the lock of the meeting's row, so that its numbers have no
gaps and say in which order things happened.
"""

import json
from uuid import UUID

from domains.kernel import database, outbox
from domains.kernel.actor import Actor
from domains.meetings.events import RoomChanged
from domains.meetings.models import Meeting
from domains.meetings.values import LogKind

_APPEND = "SELECT meetings_append($1, $2, $3, $4, $5, $6::jsonb)"

Said = str | int | bool | None | list[str] | list[int]


async def append(
    meeting: Meeting,
    kind: LogKind,
    *,
    actor: Actor,
    subject_id: UUID | None = None,
    person_id: UUID | None = None,
    **payload: Said,
) -> int:
    """Add an entry to the log of a meeting that `room.hold` has locked; returns its number.

    `subject_id` is what it is about (an item, a motion), `person_id` whom; the payload is small
    and never tells a secret vote, nor more of a person than an id.
    """
    database.require_open_transaction()
    text = json.dumps(payload, ensure_ascii=False)
    seq: int = await database.fetch_value(
        _APPEND, meeting.id, kind.value, actor.person_id, subject_id, person_id, text
    )
    meeting.log_seq = seq
    await outbox.record(RoomChanged(meeting_id=meeting.id, seq=seq))
    return seq
