"""Exchange: records for the ministry's system, as lines under keys of their own.

A record keeps its key for ever, and a version its bytes: what is sent twice is taken once.
Only volunteers who consented are in it, by volunteer number; what was sent and then revoked
is sent again as revoked.
"""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.membership.queries import places
from domains.volunteering import policy
from domains.volunteering.rules import certificates, numbers
from domains.volunteering.service.shared import told

MOST_LINES = 500
_RECORDS = """
SELECT r.id, r.number, r.version, r.state, r.day, r.service_class, r.given_minutes,
       r.volunteer_number, r.quality, a.number AS activity_number, v.activity_title, v.content,
       v.place, v.organisation_name
FROM volunteering_record r
JOIN volunteering_record_version v ON v.record_id = r.id AND v.version = r.version
JOIN volunteering_activity a ON a.id = r.activity_id
LEFT JOIN volunteering_exchanged x ON x.record_id = r.id
WHERE starts_with(r.area_path, $1) AND r.number > $2
  AND (r.state IN ('final', 'corrected') AND EXISTS (
          SELECT FROM volunteering_consent c
          WHERE c.volunteer_id = r.volunteer_id AND c.purpose = 'exchange'
            AND c.withdrawn_at IS NULL)
       OR r.state = 'revoked' AND x.key IS NOT NULL)
ORDER BY r.number LIMIT $3
"""
_SENT = """
INSERT INTO volunteering_exchanged AS x
    (key, record_id, version, revoked, content_sha256, first_sent_at, last_sent_at)
VALUES ($1, $2, $3, $4, $5, kernel_now(), kernel_now())
ON CONFLICT (key) DO UPDATE
SET version = $3, revoked = $4, content_sha256 = $5, last_sent_at = kernel_now(),
    times = x.times + 1
"""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Lines to be sent, and after which record number to go on; None where that was all."""

    lines: str
    count: int
    go_on_after: int | None


async def export_records(actor: Actor, area_id: UUID, *, after: int = 0) -> Exchange:
    """Write the final records of an area as JSON Lines, each under its key."""
    async with transaction():
        place = await places.place_of(area_id)
        require(policy.AUTHORITY, "exportServiceRecords", actor, place)
        if place is None:
            raise NotFound(path=("input", "areaId"))
        rows = await database.fetch(_RECORDS, place.area_path, after, MOST_LINES + 1)
        sent = rows[:MOST_LINES]
        lines = [certificates.line_of(_record(row)) for row in sent]
        await database.execute_many(
            _SENT,
            [
                (
                    *(key_of(row), row["id"], row["version"], row["state"] == "revoked"),
                    hashlib.sha256(line).digest(),
                )
                for row, line in zip(sent, lines, strict=True)
            ],
        )
        await told(
            actor,
            command="exportServiceRecords",
            area_id=area_id,
            subject=("area", area_id),
            details={"records": len(lines)},
        )
    return Exchange(
        lines=b"".join(lines).decode(),
        count=len(lines),
        go_on_after=sent[-1]["number"] if len(rows) > MOST_LINES else None,
    )


def key_of(row: Row) -> str:
    """Return the key of a record: volunteer, activity, record; the same for every version."""
    volunteer = numbers.written(row["volunteer_number"])
    return f"{volunteer}-{row['activity_number']}-{row['number']}"


def _record(row: Row) -> dict[str, Any]:
    return {
        "key": key_of(row),
        "version": row["version"],
        "revoked": row["state"] == "revoked",
        "volunteerNumber": numbers.written(row["volunteer_number"]),
        "activityNumber": str(row["activity_number"]),
        "recordNumber": str(row["number"]),
        "activity": row["activity_title"],
        "day": row["day"].isoformat(),
        "place": row["place"],
        "content": row["content"],
        "serviceClass": row["service_class"],
        "givenMinutes": row["given_minutes"],
        "recorder": row["organisation_name"],
        "quality": row["quality"],
    }
