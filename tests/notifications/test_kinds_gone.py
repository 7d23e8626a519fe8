"""Of what is no more nothing is told: every kind asks its domain, and nothing fails."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from enum import Enum
from typing import Any, get_type_hints
from uuid import UUID

import pytest

from domains.kernel import clock, database
from domains.kernel.events import name_of, payload_of
from domains.notifications.kinds import registry
from domains.notifications.kinds.kind import Heard, NoticeKind
from domains.notifications.telling import Telling

# What an event carries as plain text although only some words fit.
WORDS = {
    "step": "approval",
    "kind": "triaged",
    "about": "notice",
    "state": "in_progress",
    "handler_kind": "person",
    "channel": "email",
    "day": "2026-11-22",
    "deadline": "2026-11-22",
    "due_on": "2026-11-22",
    "first_day": "2026-11-22",
}


def _domain(heard: Heard) -> str:
    return name_of(heard.event).split(".")[0]


HEARD = [(kind, heard) for kind in registry.ALL for heard in kind.hears]


def an_event(heard: Heard, now: datetime) -> Mapping[str, Any]:
    """What an event says of something that is not there, and that is listened to."""
    hints = get_type_hints(heard.event)
    for turn in range(20):
        values = {
            each.name: _value(each.name, hints[each.name], now, turn)
            for each in fields(heard.event)
        }
        payload = payload_of(heard.event(**values))
        if heard.when is None or heard.when(payload):
            return payload
    raise AssertionError("no such event is listened to")


def _value(name: str, kind: Any, now: datetime, turn: int) -> Any:
    (choice, *_) = getattr(kind, "__args__", ()) or (kind,)
    if isinstance(choice, type) and issubclass(choice, Enum):
        return list(choice)[turn % len(choice)]
    plain = {UUID: database.new_id(), datetime: now, date: now.date(), bool: turn % 2 == 0, int: 1}
    return plain.get(choice, WORDS.get(name, "x1/"))


@pytest.mark.parametrize("domain", sorted({_domain(heard) for _, heard in HEARD}))
async def test_of_what_is_not_there_nobody_is_told_and_nothing_fails(db, domain):
    now = await clock.now()
    amiss = [
        kind.code
        for kind, heard in HEARD
        if _domain(heard) == domain and not await _tells_nobody(kind, heard, now)
    ]

    assert amiss == []


async def _tells_nobody(kind: NoticeKind, heard: Heard, now: datetime) -> bool:
    payload = an_event(heard, now)
    telling = Telling(
        occasion_id=database.new_id(),
        kind=kind.code,
        subject_id=UUID(str(payload[heard.subject])),
        slot="",
        area_path="x1/",
        payload=payload,
    )
    facts = await kind.resolve(telling)
    told = {each.person_id for each in await kind.audience(telling, None, 10)}
    is_whole = facts is None or set(facts.values) | kind.personal >= set(kind.variables)
    return is_whole and told <= {UUID(str(each)) for each in payload.values() if _is_id(each)}


def _is_id(value: object) -> bool:
    return isinstance(value, str) and len(value) == 36
