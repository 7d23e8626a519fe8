"""The closing report of a project, as text and as a file whose address ends by itself."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from domains.kernel import calendar, clock, documents, settings, storage
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.documents import Document
from domains.kernel.storage import Pass
from domains.matching.queries import funds, projects, resources
from domains.matching.rules import closing_report
from domains.matching.rules.closing_report import (
    LineSaid,
    MilestoneSaid,
    ProjectSaid,
    SpendingSaid,
    ThingSaid,
)
from domains.matching.values.funds import PayeeKind
from domains.matching.values.projects import MilestoneState, ServiceProjectState
from domains.matching.values.resources import ResourceReservationState
from domains.membership.queries import areas

_MOST_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class ReportFile:
    """Where the file is fetched for some minutes, and what it hashes to."""

    address: str
    sha256: bytes
    size_bytes: int


async def report_of(actor: Actor, project_id: UUID) -> Document | None:
    """Return the report of a project that is closed; None before, and for who does not see it."""
    (project,) = await projects.projects_by_id(actor, [project_id])
    if project is None or project["state"] != ServiceProjectState.CLOSED:
        return None
    (lines,) = await projects.lines_by_project(SYSTEM, [project_id])
    (milestones,) = await projects.milestones_by_project(SYSTEM, [project_id])
    (evaluation,) = await projects.evaluations_by_project(SYSTEM, [project_id])
    (kept,) = await resources.reservations_by_project(SYSTEM, [project_id])
    (area,) = await areas.areas_by_id(SYSTEM, [project["area_id"]])
    return closing_report.document(
        ProjectSaid(
            number=project["number"],
            title=project["title"],
            aims=project["aims"],
            area=area["name"] if area else "",
            host=project["organisation_name"],
            standing=project["standing"],
            place=project["place"],
            starts_on=project["starts_on"],
            ends_on=project["ends_on"],
            closed_on=calendar.day_of(project["closed_at"]),
            outcome=project["outcome"],
            milestones=[
                MilestoneSaid(
                    row["title"], row["due_on"], MilestoneState(row["state"]), row["note"] or ""
                )
                for row in milestones
            ],
            lines=[
                LineSaid(row["title"], row["amount_fen"], row["allotted_fen"], row["spent_fen"])
                for row in lines
            ],
            spendings=await _spendings(project_id),
            things=[
                ThingSaid(row["resource_title"], row["quantity"], row["unit"], row["receipt_note"])
                for row in reversed(kept)
                if row["state"] == ResourceReservationState.RECEIPTED
            ],
            evaluation=evaluation,
        )
    )


async def _spendings(project_id: UUID) -> list[SpendingSaid]:
    return [
        SpendingSaid(
            number=row["number"],
            spent_on=row["spent_on"],
            fund=row["fund_name"],
            line=row["line_title"],
            payee_kind=PayeeKind(row["payee_kind"]),
            payee=row["payee"],
            purpose=row["purpose"],
            net_fen=row["amount_fen"] - row["refunded_fen"],
        )
        for row in await funds.approved_spendings(project_id=project_id)
    ]


async def report_text(actor: Actor, project_id: UUID) -> str | None:
    """Return the report as plain text; None where there is none to see."""
    document = await report_of(actor, project_id)
    return None if document is None else documents.to_text(document)


async def report_file(actor: Actor, project_id: UUID) -> ReportFile | None:
    """Put the report in place as PDF, at an address for some minutes."""
    document = await report_of(actor, project_id)
    if document is None:
        return None
    content = await asyncio.to_thread(documents.to_pdf, document)
    sha256 = hashlib.sha256(content).digest()
    store, key = storage.current(), storage.content_key(sha256)
    if not await store.exists(key):
        await store.write(key, _once(content), most_bytes=_MOST_BYTES)
    allowed = Pass(
        may="get",
        key=key,
        until=await clock.now() + timedelta(minutes=settings.current().download_minutes),
        media_type="application/pdf",
        file_name=f"{document.title}.pdf",
    )
    return ReportFile(store.address(allowed), sha256, len(content))


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
