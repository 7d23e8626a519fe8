"""What the log keeps of polls: the frozen roll by its fingerprint, and the result as counted."""

import json
from typing import Any
from uuid import UUID

from domains.disclosure.rules.records import Parts, Source
from domains.disclosure.service import log
from domains.disclosure.values.log import PollRecord
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.database import Row
from domains.membership.queries import places
from domains.voting import queries as voting


async def log_poll(of: PollRecord, poll_id: UUID) -> bool:
    """Queue the leaf of a poll's roll or result; runs inside the relay's transaction."""
    parts = await parts_of(SYSTEM, of, poll_id)
    (poll,) = await voting.polls_by_id(SYSTEM, [poll_id])
    assert poll is not None, "a poll that was published stays"
    assert parts is not None, "what the event tells of is there"
    place = await places.place_of(poll["area_id"])
    assert place is not None, "an area is never removed"
    return await log.append_leaf(place, Source(of.value, poll_id, 1), parts)


async def parts_of(actor: Actor, of: PollRecord, poll_id: UUID) -> Parts | None:
    """Return what a poll says today, None where the actor does not see it or it is not there."""
    (poll,) = await voting.polls_by_id(actor, [poll_id])
    if poll is None or poll["roll_fingerprint"] is None:
        return None
    (options,) = await voting.options_by_poll(actor, [poll_id])
    if of is PollRecord.ROLL:
        return {"title": poll["title"], "roll": _roll(poll)}
    return None if poll["result"] is None else _result(poll, options)


def _roll(poll: Row) -> dict[str, Any]:
    return {"size": poll["roll_size"], "fingerprint": bytes(poll["roll_fingerprint"]).hex()}


def _result(poll: Row, options: list[Row]) -> Parts:
    return {
        "title": poll["title"],
        "body": poll["body"],
        "method": poll["method"],
        "secrecy": poll["secrecy"],
        "rules": json.loads(poll["frozen_rules"]),
        "roll": _roll(poll),
        "options": [
            {"position": each["position"], "label": each["label"], "text": each["description"]}
            for each in options
        ],
        "result": json.loads(poll["result"]),
    }
