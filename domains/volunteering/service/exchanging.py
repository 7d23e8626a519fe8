"""Exchange: records for the ministry's system, as lines under keys of their own.

A record keeps its key for ever, and a version its bytes: what is sent twice is taken once.
Only volunteers who consented are in it, by volunteer number; what was sent and then revoked
is sent again as revoked.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.membership.queries import places
from domains.volunteering import policy
from domains.volunteering.errors import TooManyLines
from domains.volunteering.queries.exchange import CONSENTS
from domains.volunteering.rules import exchange, numbers
from domains.volunteering.rules.exchange import MOST_LINES, Answer
from domains.volunteering.service.shared import told
from domains.volunteering.values.exchange import ExchangeAnswer

_RECORDS = f"""
SELECT r.id, r.number, r.version, r.state, r.day, r.service_class, r.given_minutes,
       r.volunteer_number, r.quality, a.number AS activity_number, v.activity_title, v.content,
       v.place, v.organisation_name
FROM volunteering_record r
JOIN volunteering_record_version v ON v.record_id = r.id AND v.version = r.version
JOIN volunteering_activity a ON a.id = r.activity_id
LEFT JOIN volunteering_exchanged x ON x.record_id = r.id
WHERE starts_with(r.area_path, $1) AND r.number > $2
  AND (r.state IN ('final', 'corrected') AND {CONSENTS}
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
_KEPT = """
INSERT INTO volunteering_exchange_sent (key, version, revoked, content_sha256, sent_at)
VALUES ($1, $2, $3, $4, kernel_now()) ON CONFLICT DO NOTHING
"""
_ASKED = """
SELECT x.content_sha256 = $2 AS is_last,
       EXISTS (SELECT FROM volunteering_exchange_sent s
               WHERE s.key = x.key AND s.content_sha256 = $2) AS was_sent
FROM volunteering_exchanged x JOIN volunteering_record r ON r.id = x.record_id
WHERE x.key = $1 AND starts_with(r.area_path, $3) FOR UPDATE OF x
"""
_ANSWER = """
UPDATE volunteering_exchanged
SET answer = $2, answered_sha256 = $3, answer_reason = $4, answered_at = kernel_now()
WHERE key = $1
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
        records = [_record(row) for row in sent]
        digests = [exchange.digest_of(each) for each in records]
        await database.execute_many(
            _SENT,
            [
                (each["key"], row["id"], each["version"], each["revoked"], digest)
                for each, row, digest in zip(records, sent, digests, strict=True)
            ],
        )
        await database.execute_many(
            _KEPT,
            [
                (each["key"], each["version"], each["revoked"], digest)
                for each, digest in zip(records, digests, strict=True)
            ],
        )
        await told(
            actor,
            command="exportServiceRecords",
            area_id=area_id,
            subject=("area", area_id),
            details={"records": len(records)},
        )
    return Exchange(
        lines=b"".join(exchange.line_of(each) for each in records).decode(),
        count=len(records),
        go_on_after=sent[-1]["number"] if len(rows) > MOST_LINES else None,
    )


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file of answers said: how many of each, and the lines that say nothing known."""

    accepted: int
    refused: int
    differing: int
    outdated: int
    unknown_lines: tuple[int, ...]
    malformed_lines: tuple[int, ...]


async def import_answers(actor: Actor, area_id: UUID, lines: str) -> Imported:
    """Take in what the other end answered; the same file again changes nothing.

    A line that is none, or that names what was never sent from the area, is told by its number
    and leaves the others be. Raises TooManyLines.
    """
    async with transaction():
        place = await places.place_of(area_id)
        require(policy.AUTHORITY, "importExchangeAnswers", actor, place)
        if place is None:
            raise NotFound(path=("input", "areaId"))
        read = list(exchange.answers_of(lines))
        if len(read) > MOST_LINES:
            raise TooManyLines(path=("input", "lines"), most=MOST_LINES)
        found: Counter[str] = Counter()
        odd: dict[str, list[int]] = {"unknown": [], "malformed": []}
        for number, answer in read:
            how = "malformed" if answer is None else await _kept(answer, place.area_path)
            found[how] += 1
            if how in odd:
                odd[how].append(number)
        await told(
            actor,
            command="importExchangeAnswers",
            area_id=area_id,
            subject=("area", area_id),
            details=dict(found),
        )
    return Imported(
        accepted=found["accepted"],
        refused=found["refused"],
        differing=found["differing"],
        outdated=found["outdated"],
        unknown_lines=tuple(odd["unknown"]),
        malformed_lines=tuple(odd["malformed"]),
    )


async def _kept(answer: Answer, area_path: str) -> str:
    row = await database.fetch_one(_ASKED, answer.key, answer.sha256, area_path)
    if row is None:
        return "unknown"
    if row["was_sent"] and not row["is_last"]:
        # An answer to what has changed since: what was sent last waits for its own.
        return "outdated"
    await database.execute(_ANSWER, answer.key, answer.answer, answer.sha256, answer.reason)
    if not row["is_last"]:
        return "differing"
    return "accepted" if answer.answer is ExchangeAnswer.ACCEPTED else "refused"


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
