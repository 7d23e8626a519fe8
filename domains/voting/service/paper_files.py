"""Entering a batch of papers from a file: each of its two readers uploads their own.

The file is judged whole: where one row is refused nothing is entered, and every row that was
refused is told with its reason. What it says is compared as what is typed in is. It is not
kept: with its lines in the database it has served.
"""

import asyncio
from collections.abc import Container, Iterator
from uuid import UUID

from domains.kernel import storage, uploads
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.kernel.errors import DomainError, NotFound
from domains.membership.errors import RegisterFileTooLarge
from domains.membership.rules import register_files
from domains.voting.errors import PaperNotIssued, VoterRepeated
from domains.voting.queries import paper as papers
from domains.voting.rules import paper_sheets
from domains.voting.rules.paper import RETURNED, Line
from domains.voting.rules.paper_sheets import RowRefusal, Sheet
from domains.voting.service import conduct
from domains.voting.service.paper import (
    MOST_LINES,
    Reading,
    begin_reading,
    line_of,
    require_lines,
    returnable,
    take_in,
)

_COMMAND = "enterPaperBatchFile"


async def enter_paper_batch_file(
    actor: Actor, batch_id: UUID, upload_id: UUID
) -> tuple[RowRefusal, ...]:
    """Enter a batch from a CSV or XLSX file as one of its two readings.

    Returns the rows that were refused; with none, the batch was entered and the file is
    forgotten. Raises what entering by hand raises, and RegisterFileUnreadable and the like for
    a file that cannot be read.
    """
    await _require_conductor(actor, batch_id)
    sheet = await asyncio.to_thread(_read, await _content(actor, upload_id))
    async with transaction():
        reading = await begin_reading(actor, batch_id, _COMMAND)
        lines, unfit = _judged(sheet, reading)
        refused = (*sheet.refused, *unfit, *await _unreturnable(reading, lines))
        if not refused:
            require_lines([*lines.values()])
            await take_in(actor, reading, [*lines.values()], _COMMAND)
    if not refused:
        await uploads.discard(actor, upload_id)
    return tuple(sorted(refused, key=lambda each: each.row))


async def _require_conductor(actor: Actor, batch_id: UUID) -> None:
    """Refuse before the file is looked into."""
    poll_id = await papers.poll_of_batch(batch_id)
    if poll_id is None:
        raise NotFound(path=("input", "batchId"))
    try:
        await conduct.require_conductor(actor, poll_id, _COMMAND)
    except NotFound:
        raise NotFound(path=("input", "batchId")) from None


async def _content(actor: Actor, upload_id: UUID) -> bytes:
    found = (await uploads.uploads_by_id(actor, [upload_id]))[0]
    if found is None or found.sha256 is None:
        raise NotFound(path=("input", "uploadId"))
    if found.size_bytes > register_files.MOST_BYTES:
        raise RegisterFileTooLarge(
            path=("input", "uploadId"),
            megabytes=register_files.MOST_BYTES // 1_000_000,
            rows=MOST_LINES,
        )
    stored = storage.current().read(storage.content_key(found.sha256))
    return b"".join([chunk async for chunk in stored])


def _read(content: bytes) -> Sheet:
    try:
        return paper_sheets.read(register_files.rows_of(content))
    except DomainError as refusal:
        refusal.path = ("input", "uploadId")
        raise


def _judged(sheet: Sheet, reading: Reading) -> tuple[dict[int, Line], list[RowRefusal]]:
    """Return the lines of a sheet by their rows, and the rows that no paper of the poll bears."""
    lines: dict[int, Line] = {}
    refused = []
    for row, draft in sheet.drafts.items():
        try:
            lines[row] = line_of(draft, row, reading)
        except DomainError as refusal:
            refused.append(RowRefusal(row, None, refusal))
    return lines, refused


async def _unreturnable(reading: Reading, lines: dict[int, Line]) -> list[RowRefusal]:
    numbers = [line.voter for line in lines.values() if line.voter is not None]
    found = await returnable(reading.poll.id, numbers)
    return [*_not_issued(lines, found.keys()), *_repeated(lines)]


def _not_issued(lines: dict[int, Line], issued: Container[int]) -> Iterator[RowRefusal]:
    for row, line in lines.items():
        if line.voter is not None and line.voter not in issued:
            yield RowRefusal(row, "voter", PaperNotIssued(number=line.voter))


def _repeated(lines: dict[int, Line]) -> Iterator[RowRefusal]:
    seen: set[int] = set()
    for row, line in lines.items():
        if line.voter is None or line.verdict not in RETURNED:
            continue
        if line.voter in seen:
            yield RowRefusal(row, "voter", VoterRepeated(number=line.voter))
        seen.add(line.voter)
