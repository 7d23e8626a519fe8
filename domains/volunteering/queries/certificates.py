"""Certificates: whole for the volunteer and who keeps them; for everybody who holds the code,
only what is allowed."""

import asyncio
import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from domains.kernel import clock, crypto, database, documents, settings
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.membership.rules import masks
from domains.volunteering.queries.sight import VOLUNTEER, eyes
from domains.volunteering.rules import certificates as rules
from domains.volunteering.values.codes import CERTIFICATE_CODE
from domains.volunteering.values.honours import CertificateState

FILE = "volunteering.certificate-file"
_LASTS = timedelta(minutes=10)
_SIGNED_BYTES = 16
_COLUMNS = """
c.id, c.number, c.volunteer_id, c.state, c.content::text AS content, c.content_sha256,
c.issued_at, c.ended_at, c.end_reason, kernel_now() AS read_at
"""
_FROM = "FROM volunteering_certificate c JOIN volunteering_volunteer v ON v.id = c.volunteer_id"
_BY_ID = f"SELECT {_COLUMNS} {_FROM} WHERE {VOLUNTEER} AND c.id = ANY ($4::uuid[])"
_OF = f"""
SELECT {_COLUMNS} {_FROM} WHERE {VOLUNTEER} AND c.volunteer_id = $4
  AND ($5::timestamptz IS NULL OR (c.issued_at, c.id) < ($5, $6::uuid))
ORDER BY c.issued_at DESC, c.id DESC LIMIT $7
"""
_BY_NUMBER = f"SELECT {_COLUMNS} FROM volunteering_certificate c WHERE c.number = $1"
_ANY = f"SELECT {_COLUMNS} FROM volunteering_certificate c WHERE c.id = $1"


@dataclass(frozen=True, slots=True)
class Service:
    """A line of a certificate: when, what, recorded by whom, how long."""

    day: date
    activity: str
    content: str
    recorder: str
    given_minutes: int


@dataclass(frozen=True, slots=True)
class Verified:
    """What everybody who holds number and code may know."""

    number: str
    state: CertificateState
    masked_name: str
    issued_on: date
    given_minutes: int
    recorders: tuple[str, ...]
    services: tuple[Service, ...]


def content_of(row: Row) -> dict[str, Any]:
    """Return what a certificate says; it was altered where it does not hash to what it did."""
    content: dict[str, Any] = json.loads(row["content"])
    assert rules.fingerprint(content) == bytes(row["content_sha256"]), "a certificate was altered"
    return content


def code_of(row: Row) -> str:
    """Return the code that stands on a certificate."""
    payload = rules.payload_of(row["number"], bytes(row["content_sha256"]))
    return rules.code_of(crypto.sign(payload, purpose=CERTIFICATE_CODE))


def address_of(row: Row) -> str:
    """Return the address at which everybody checks it."""
    base = settings.current().public_address.rstrip("/")
    return f"{base}/certificates/{row['number']}/{code_of(row)}"


async def certificates_by_id(actor: Actor, ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the certificates of these ids, None where the actor sees none."""
    rows = await database.fetch(_BY_ID, *eyes(actor)[:3], list(ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in ids]


async def certificates(actor: Actor, volunteer_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of a volunteer's certificates, the latest first."""
    at, last_id = page.after or (None, None)
    rows = await database.fetch(_OF, *eyes(actor)[:3], volunteer_id, at, last_id, page.limit)
    return Slice.of(rows, page)


async def verify(number: str, code: str, *, sha256: str | None = None) -> Verified | None:
    """Return what a certificate shows to everybody; None where a letter of it was changed.

    `sha256` is the fingerprint printed on it, for who compares the text as well.
    """
    row = await database.fetch_one(_BY_NUMBER, number)
    if row is None or not rules.same(code_of(row), code):
        return None
    content = content_of(row)
    if sha256 is not None and not rules.same_text(content, sha256):
        return None
    stands = row["state"] == CertificateState.VALID
    return Verified(
        number=row["number"],
        state=CertificateState(row["state"]),
        masked_name=masks.name(content["name"]),
        issued_on=date.fromisoformat(content["issuedOn"]),
        given_minutes=content["givenMinutes"] if stands else 0,
        recorders=tuple(content["recorders"]),
        services=tuple(_service(each) for each in content["records"]) if stands else (),
    )


def _service(given: dict[str, Any]) -> Service:
    return Service(
        day=date.fromisoformat(given["day"]),
        activity=given["activity"],
        content=given["content"],
        recorder=given["recorder"],
        given_minutes=given["givenMinutes"],
    )


def file_address(row: Row) -> str:
    """Return an address that fetches a certificate as PDF for some minutes from its reading on."""
    until = int((row["read_at"] + _LASTS).timestamp())
    payload = row["id"].bytes + until.to_bytes(8)
    signature = crypto.sign(payload, purpose=FILE)[:_SIGNED_BYTES]
    token = base64.urlsafe_b64encode(payload + signature).decode().rstrip("=")
    return f"/certificates/files/{token}"


async def file_of(token: str) -> tuple[str, bytes] | None:
    """Return the name and the PDF that an address fetches; None where it does not."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    payload, signature = raw[:24], raw[24:]
    expected = crypto.sign(payload, purpose=FILE)[:_SIGNED_BYTES]
    if not rules.same(expected.hex(), signature.hex()):
        return None
    if int.from_bytes(payload[16:]) < (await clock.now()).timestamp():
        return None
    row = await database.fetch_one(_ANY, UUID(bytes=payload[:16]))
    if row is None or row["state"] != CertificateState.VALID:
        return None
    paper = rules.document(content_of(row), code=code_of(row), address=address_of(row))
    return f"{row['number']}.pdf", await asyncio.to_thread(documents.to_pdf, paper)
