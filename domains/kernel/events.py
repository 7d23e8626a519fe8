"""Facts that other domains may answer. Named in the past tense; they carry ids, not rows."""

from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. Never carries personal data or a ballot's choice."""


def name_of(event: type[Event]) -> str:
    """Return the event's name on the wire: `voting.PollClosed`."""
    return f"{event.__module__.split('.')[1]}.{event.__name__}"


def payload_of(event: Event) -> dict[str, str | int | bool | None]:
    """Return the event's fields as JSON values: ids and instants as text."""
    return {each.name: _plain(getattr(event, each.name)) for each in fields(event)}


def _plain(value: object) -> str | int | bool | None:
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    assert value is None or isinstance(value, str | int | bool), "events carry ids, not rows"
    return value
