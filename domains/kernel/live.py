"""The words between the relay, which tells what happened, and the processes that listen.

The relay alone notifies: one NOTIFY on `CHANNEL` carries a batch, a mapping from topic to
what listeners need to read anew, which is ids and versions and never content. A topic is
a kind and an id: `poll:0193…`. PostgreSQL carries at most 8,000 bytes a message, so
`encode` parts a batch into as many texts as it needs.
"""

import json
from collections.abc import Iterator, Mapping
from uuid import UUID

CHANNEL = "gongyi_live"
MOST_BYTES = 7_900

Told = Mapping[str, str | int | bool | None]
Batch = Mapping[str, Told]


def topic(kind: str, uuid: UUID) -> str:
    """Name what may be listened to."""
    return f"{kind}:{uuid}"


def encode(batch: Batch) -> list[str]:
    """Write a batch as the texts of one or more notifications."""
    return [f'{{"topics":{{{",".join(entries)}}}}}' for entries in _parted(batch)]


def decode(text: str) -> dict[str, Told]:
    """Read a notification's batch; raises ValueError where it is not one."""
    try:
        topics = json.loads(text)["topics"]
    except (KeyError, TypeError) as error:
        raise ValueError("a notification has topics") from error
    if not isinstance(topics, dict):
        raise ValueError("a notification's topics are a mapping")
    return topics


def _parted(batch: Batch) -> Iterator[list[str]]:
    entries: list[str] = []
    size = len('{"topics":{}}')
    for name, told in batch.items():
        entry = json.dumps({name: told}, separators=(",", ":"))[1:-1]
        assert len(entry) < MOST_BYTES - 20, "what is told of a topic is ids and versions"
        if entries and size + len(entry) + 1 > MOST_BYTES:
            yield entries
            entries, size = [], len('{"topics":{}}')
        entries.append(entry)
        size += len(entry) + 1
    if entries:
        yield entries
