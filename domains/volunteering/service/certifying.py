"""Certificates: issued free of charge from final records, verified by everybody, revoked."""

import base64
import secrets
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from domains.kernel import calendar, canonical, clock, database, idempotency, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import Forbidden, InvalidInput
from domains.membership.queries import electorate
from domains.volunteering import policy
from domains.volunteering.errors import CertificateNotValid, NothingToCertify
from domains.volunteering.events.honours import CertificateIssued, CertificateRevoked
from domains.volunteering.models import Volunteer
from domains.volunteering.policy import VolunteerPlace
from domains.volunteering.rules import certificates, numbers
from domains.volunteering.service.shared import hold_volunteer, line, one, told

MOST_RECORDS = 500
_FINAL = """
SELECT r.id, r.number, r.version, r.day, r.given_minutes, v.activity_title, v.content,
       v.organisation_name
FROM volunteering_record r
JOIN volunteering_record_version v ON v.record_id = r.id AND v.version = r.version
WHERE r.volunteer_id = $1 AND r.state IN ('final', 'corrected')
  AND r.day >= coalesce($2::date, '-infinity') AND r.day <= coalesce($3::date, 'infinity')
ORDER BY r.day, r.number LIMIT $4
"""
_ISSUE = """
INSERT INTO volunteering_certificate
    (id, number, volunteer_id, person_id, area_id, area_path, content, content_sha256, state,
     issued_by_id, issued_at)
VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, 'valid', $9, kernel_now())
"""
_CERTIFIED = "INSERT INTO volunteering_certified VALUES ($1, $2, $3)"
_CERTIFICATE = """
SELECT c.*, v.guardian_id FROM volunteering_certificate c
JOIN volunteering_volunteer v ON v.id = c.volunteer_id WHERE c.id = $1 FOR UPDATE OF c
"""
_REVOKE = """
UPDATE volunteering_certificate
SET state = 'revoked', ended_by_id = $2, ended_at = kernel_now(), end_reason = $3 WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class Span:
    """From which day to which; open where not told."""

    since: date | None = None
    until: date | None = None


async def issue_certificate(
    actor: Actor, volunteer_id: UUID, span: Span, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Issue a record of the platform over the final service of a time.

    Raises NothingToCertify, InvalidInput where the time holds too many records.
    """
    async with transaction():
        volunteer = await hold_volunteer(actor, volunteer_id, "issueVolunteerCertificate")
        given = {"volunteer": volunteer_id, **asdict(span)}
        earlier = await idempotency.claim(
            actor, idempotency_key, "issueVolunteerCertificate", given
        )
        if earlier is not None:
            return UUID(earlier["certificate"]), True
        rows = await _final(volunteer, span)
        certificate_id = await _issued(actor, volunteer, rows)
        await outbox.record(CertificateIssued(volunteer.id, volunteer.area_path, certificate_id))
        await idempotency.settle(actor, idempotency_key, {"certificate": str(certificate_id)})
        await told(
            actor,
            command="issueVolunteerCertificate",
            area_id=volunteer.area_id,
            subject=("volunteer_certificate", certificate_id),
        )
        return certificate_id, False


async def _final(volunteer: Volunteer, span: Span) -> list[Row]:
    rows = await database.fetch(_FINAL, volunteer.id, span.since, span.until, MOST_RECORDS + 1)
    if not rows:
        raise NothingToCertify(path=("input", "since"))
    if len(rows) > MOST_RECORDS:
        raise InvalidInput(
            path=("input", "since"),
            zh=f"一份记录最多载 {MOST_RECORDS} 条,请缩短期间。",
            en=f"A certificate holds {MOST_RECORDS} records at most; choose a shorter time.",
        )
    return list(rows)


async def _issued(actor: Actor, volunteer: Volunteer, rows: list[Row]) -> UUID:
    (person,) = await electorate.named([volunteer.person_id])
    today = calendar.day_of(await clock.now())
    number = f"PT{today:%Y%m%d}{base64.b32encode(secrets.token_bytes(5)).decode()}"
    content = _content(volunteer, person["name"], rows, number=number, today=today)
    certificate_id = database.new_id()
    await database.execute(
        _ISSUE,
        *(certificate_id, number, volunteer.id, volunteer.person_id, volunteer.area_id),
        *(volunteer.area_path, canonical.json_bytes(content).decode()),
        *(certificates.fingerprint(content), actor.person_id),
    )
    await database.execute_many(
        _CERTIFIED, [(certificate_id, row["id"], row["version"]) for row in rows]
    )
    return certificate_id


def _content(
    volunteer: Volunteer, name: str, rows: list[Row], *, number: str, today: date
) -> dict[str, Any]:
    return {
        "kind": "platform_record",
        "number": number,
        "name": name,
        "volunteerNumber": numbers.written(volunteer.number),
        "since": rows[0]["day"].isoformat(),
        "until": rows[-1]["day"].isoformat(),
        "givenMinutes": sum(row["given_minutes"] for row in rows),
        "recorders": sorted({row["organisation_name"] for row in rows}),
        "issuedOn": today.isoformat(),
        "records": [
            {
                "number": row["number"],
                "version": row["version"],
                "day": row["day"].isoformat(),
                "activity": row["activity_title"],
                "content": row["content"],
                "recorder": row["organisation_name"],
                "givenMinutes": row["given_minutes"],
            }
            for row in rows
        ],
    }


async def revoke_certificate(actor: Actor, certificate_id: UUID, *, reason: str) -> UUID:
    """Let a certificate not stand, with a reason; raises CertificateNotValid where it does not."""
    path = ("input", "certificateId")
    async with transaction():
        row = await one(_CERTIFICATE, certificate_id, path=path)
        place = VolunteerPlace(row["area_path"], row["person_id"], row["guardian_id"])
        require(policy.AUTHORITY, "revokeVolunteerCertificate", actor, place)
        if actor.person_id == row["person_id"]:
            raise Forbidden
        if row["state"] != "valid":
            raise CertificateNotValid(path=path)
        said = line(reason, path=("input", "reason"), longest=500)
        await database.execute(_REVOKE, certificate_id, actor.person_id, said)
        await outbox.record(
            CertificateRevoked(row["volunteer_id"], row["area_path"], certificate_id)
        )
        await told(
            actor,
            command="revokeVolunteerCertificate",
            area_id=row["area_id"],
            subject=("volunteer_certificate", certificate_id),
        )
    return certificate_id
