"""The year's report as a file, fetched at an address that ends by itself."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from domains.kernel import clock, documents, settings, storage
from domains.kernel.actor import Actor
from domains.kernel.storage import Pass
from domains.membership.queries import places
from domains.membership.values import AreaKind
from domains.pledges import policy
from domains.pledges.queries import annual
from domains.pledges.rules import annual_report, annual_sheets
from domains.pledges.values.reviews import ReportFormat

_MOST_BYTES = 50_000_000
_MEDIA = {
    ReportFormat.PDF: "application/pdf",
    ReportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class ReportFile:
    """Where the file is fetched for some minutes, and what it hashes to."""

    address: str
    sha256: bytes
    size_bytes: int


async def annual_file(
    actor: Actor, community_id: UUID, year: int, kind: ReportFormat
) -> ReportFile | None:
    """Put the report of a community's year in place, for who belongs there; None for others."""
    place = await places.place_of(community_id)
    if place is None or place.kind is not AreaKind.COMMUNITY or not policy.belongs(actor, place):
        return None
    report = await annual.report_of(actor, community_id, year)
    content = await asyncio.to_thread(_written, report, kind)
    sha256 = hashlib.sha256(content).digest()
    store, key = storage.current(), storage.content_key(sha256)
    if not await store.exists(key):
        await store.write(key, _once(content), most_bytes=_MOST_BYTES)
    allowed = Pass(
        may="get",
        key=key,
        until=await clock.now() + timedelta(minutes=settings.current().download_minutes),
        media_type=_MEDIA[kind],
        file_name=f"{report.title}.{kind.value}",
    )
    return ReportFile(store.address(allowed), sha256, len(content))


def _written(report: annual_report.AnnualReport, kind: ReportFormat) -> bytes:
    if kind is ReportFormat.PDF:
        return documents.to_pdf(annual_report.document(report))
    return annual_sheets.workbook(report)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
