"""The canonical public record of a version: what everybody may read, and what is hashed.

It holds the masked rows and never the full ones, and what is hashed is all that the public
version says: words, rows, attachments by their SHA-256, where and by whom, and when.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domains.disclosure.service import statement_lines
from domains.kernel import canonical, database
from domains.kernel.database import Row

SCHEMA = "gongyi.disclosure/1"

_ROWS = "SELECT shown::text AS shown FROM disclosure_row WHERE version_id = $1 ORDER BY position"
_ATTACHMENTS = """
SELECT used_as, caption, file_name, media_type, size_bytes, encode(sha256, 'hex') AS sha256
FROM disclosure_attachment WHERE version_id = $1 ORDER BY position
"""
_STEPS = """
SELECT step, decided_at FROM disclosure_step
WHERE version_id = $1 AND round = $2 AND decision = 'approved' ORDER BY position
"""
_TARGETS = (
    "SELECT area_path AS value FROM disclosure_target WHERE disclosure_id = $1 ORDER BY area_path"
)
_TAGS = "SELECT tag AS value FROM disclosure_tag WHERE disclosure_id = $1 ORDER BY tag"

_DUTIES = """
SELECT o.code || '/' || o.period_start AS value
FROM disclosure_cover c JOIN disclosure_obligation o ON o.id = c.obligation_id
WHERE c.disclosure_id = $1 ORDER BY 1
"""


async def public_record(disclosure: Row, version: Row, publisher: Row, *, at: datetime) -> bytes:
    """Return the canonical bytes of a version as it becomes public at an instant.

    Runs inside an open transaction, before the version is marked as published.
    """
    database.require_open_transaction()
    parts = await public_parts(version["id"])
    steps = await database.fetch(_STEPS, version["id"], version["round"])
    record: dict[str, Any] = {
        "schema": SCHEMA,
        "disclosure": str(disclosure["id"]),
        "number": version["number"],
        "change": version["change"],
        "reason": version["reason"],
        "area": disclosure["area_path"],
        "publisher": {key: str(publisher[key]) for key in ("id", "kind", "name")},
        "kind": disclosure["kind"],
        "affair": disclosure["affair"],
        "item": disclosure["item_code"],
        "period": [_day(disclosure["period_start"]), _day(disclosure["period_end"])],
        "source": _source(disclosure),
        "title": version["title"],
        "body": version["body_html"],
        "occurredOn": _day(version["occurred_on"]),
        "targets": await _column(_TARGETS, disclosure["id"]),
        "tags": await _column(_TAGS, disclosure["id"]),
        "duties": await _column(_DUTIES, disclosure["id"]),
        "steps": [{"step": row["step"], "at": instant(row["decided_at"])} for row in steps],
        "publishedAt": instant(at),
        **parts,
    }
    return canonical.json_bytes(record)


async def public_parts(version_id: UUID) -> Mapping[str, Any]:
    """Return the parts of a version that stand in tables of their own, as the record has them."""
    rows = await database.fetch(_ROWS, version_id)
    attachments = await database.fetch(_ATTACHMENTS, version_id)
    return {
        "rows": [json.loads(row["shown"]) for row in rows],
        "attachments": [
            {
                "use": row["used_as"],
                "caption": row["caption"],
                "name": row["file_name"],
                "type": row["media_type"],
                "bytes": row["size_bytes"],
                "sha256": row["sha256"],
            }
            for row in attachments
        ],
        **await statement_lines.public_parts(version_id),
    }


def instant(at: datetime) -> str:
    """Write an instant as records do: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _day(day: Any) -> str | None:
    return None if day is None else day.isoformat()


def _source(disclosure: Row) -> list[str] | None:
    kind = disclosure["source_kind"]
    return None if kind is None else [kind, str(disclosure["source_id"])]


async def _column(sql: str, disclosure_id: UUID) -> list[str]:
    return [row["value"] for row in await database.fetch(sql, disclosure_id)]
