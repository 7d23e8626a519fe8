"""Finance line by line: a file is judged whole, then becomes the statement of a draft.

Whoever brings lines in has written the version, and never approves it. What was brought in
before is replaced: a draft has one statement. Nothing of a file is kept but its hash, its
report, and the lines.
"""

import asyncio
import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from domains.disclosure.errors import NotADraft
from domains.disclosure.errors.statements import OpeningDiffers, PeriodTaken, StatementUnfit
from domains.disclosure.rules import statement_file, statements, texts
from domains.disclosure.rules.statement_file import Reading, Terms
from domains.disclosure.rules.statements import Statement, yuan
from domains.disclosure.service import checking, papers, statement_lines
from domains.disclosure.service.papers import Held
from domains.disclosure.values import Affair, FinanceClass, VersionState
from domains.disclosure.values.statements import StatementKind
from domains.kernel import canonical, clock, database, idempotency, storage, uploads
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.errors import NotFound, UploadTypeRefused
from domains.membership.errors import RegisterFileTooLarge
from domains.membership.rules import register_files
from domains.membership.rules.register import Refusal
from domains.membership.values import ImportMode

_TIMEOUT_MS = 60_000
_COMMAND = "importStatement"
_LONGEST_BOOK = 40

_ITEMS = """
SELECT DISTINCT code, finance_class FROM disclosure_catalogue_item
WHERE finance_class IS NOT NULL AND (community_id IS NULL OR community_id = $1)
"""
_LATEST = """
SELECT id, sha256, terms_sha256, applied FROM disclosure_import
WHERE version_id = $1 ORDER BY id DESC LIMIT 1
"""
_KEEP = """
INSERT INTO disclosure_import
    (id, version_id, file_name, sha256, mode, applied, row_count, refused_count, terms_sha256,
     imported_by_id, imported_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, kernel_now())
"""
_REFUSE = """
INSERT INTO disclosure_import_refusal (of_id, row_number, "column", code, details)
SELECT $1, * FROM unnest($2::int[], $3::text[], $4::text[], $5::jsonb[])
"""
# So that of two drafts of one period the second finds the first.
_LOCK_BODY = "SELECT id FROM disclosure_publisher WHERE id = $1 FOR NO KEY UPDATE"
# What the same body tells of the same book elsewhere: what stands now, and what is under way.
_BESIDE = """
SELECT s.period_start, s.period_end, s.closing_fen, v.state = 'published' AS is_public
FROM disclosure_statement s
JOIN disclosure_version v ON v.id = s.version_id
JOIN disclosure_disclosure d ON d.id = v.disclosure_id
WHERE d.publisher_id = $1 AND d.id <> $2 AND s.kind = $3 AND s.book = $4
  AND s.period_end >= $5::date - 1 AND s.period_start <= $6
  AND (v.state <> 'published' OR v.number = d.published_number)
ORDER BY s.period_end
"""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file."""

    import_id: UUID
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class _File:
    """A file that was read."""

    name: str
    sha256: bytes
    reading: Reading
    mode: ImportMode


async def import_statement(
    actor: Actor,
    disclosure_id: UUID,
    statement: Statement,
    *,
    upload_id: UUID,
    mode: ImportMode,
    idempotency_key: UUID,
) -> Imported:
    """Make a file of the caller's the statement of a draft, and report on every row.

    A file with refused rows is kept as a report alone, unless the good rows are asked for.
    Whatever is brought in must add up. The same file again answers with the same import.
    """
    statement = _checked(statement)
    held = await _judged(actor, disclosure_id)
    statements.require_period(statement, today=await clock.today())
    uploaded = await _uploaded(actor, upload_id)
    if uploaded is None:
        return await _imported_before(actor, idempotency_key)
    name, content = uploaded
    terms = Terms(
        statement.kind, statement.period, await clock.today(), await _items(held.community_id)
    )
    reading = await asyncio.to_thread(_read, content, terms)
    file = _File(name, hashlib.sha256(content).digest(), reading, mode)
    given = {"disclosure": disclosure_id, "terms": _terms_text(statement, file)}
    async with database.transaction(timeout_ms=_TIMEOUT_MS):
        held = await papers.hold(actor, disclosure_id, _COMMAND)
        earlier = await idempotency.claim(actor, idempotency_key, _COMMAND, given)
        if earlier is not None:
            return Imported(UUID(earlier["import"]), replayed=True)
        version = _draft_of(held)
        found = await _brought_in(actor, held, version, statement, file)
        await idempotency.settle(actor, idempotency_key, {"import": str(found.import_id)})
    # It may name persons in the clear, and has served its purpose.
    await uploads.discard(actor, upload_id)
    return found


def _checked(statement: Statement) -> Statement:
    book = texts.line(statement.book, path=("input", "book"), longest=_LONGEST_BOOK)
    checking.require_impersonal(book=book)
    return Statement(
        statement.kind, book, statement.period, statement.opening_fen, statement.closing_fen
    )


async def _judged(actor: Actor, disclosure_id: UUID) -> Held:
    """Judge authority before reading the file: nobody else's bytes are worth a thread."""
    async with database.transaction():
        held = await papers.hold(actor, disclosure_id, _COMMAND)
    _draft_of(held)
    if held.disclosure["affair"] != Affair.FINANCE:
        raise StatementUnfit(path=("input", "disclosureId"))
    return held


def _draft_of(held: Held) -> Row:
    if held.version is None or held.version["state"] != VersionState.DRAFT:
        raise NotADraft(path=("input", "disclosureId"))
    return held.version


async def _uploaded(actor: Actor, upload_id: UUID) -> tuple[str, bytes] | None:
    path = ("input", "uploadId")
    (found,) = await uploads.uploads_by_id(actor, [upload_id])
    if found is None or found.sha256 is None:
        return None
    if found.media_type not in _MEDIA_TYPES:
        raise UploadTypeRefused(path=path)
    if found.size_bytes > register_files.MOST_BYTES:
        raise RegisterFileTooLarge(
            path=path,
            megabytes=register_files.MOST_BYTES // 1_000_000,
            rows=statements.MOST_LINES,
        )
    stored = storage.current().read(storage.content_key(found.sha256))
    return found.file_name, b"".join([chunk async for chunk in stored])


async def _imported_before(actor: Actor, idempotency_key: UUID) -> Imported:
    """Answer a repetition whose file is gone; raises NotFound for any other."""
    earlier = await idempotency.remembered(actor, idempotency_key, _COMMAND)
    if earlier is None:
        raise NotFound(path=("input", "uploadId"))
    return Imported(UUID(earlier["import"]), replayed=True)


_MEDIA_TYPES = frozenset(
    {
        "text/csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
)


def _read(content: bytes, terms: Terms) -> Reading:
    return statement_file.read(register_files.rows_of(content), terms)


async def _items(community_id: UUID | None) -> dict[str, FinanceClass]:
    rows = await database.fetch(_ITEMS, community_id)
    return {row["code"]: FinanceClass(row["finance_class"]) for row in rows}


def _terms_text(statement: Statement, file: _File) -> dict[str, Any]:
    said = json.loads(json.dumps(asdict(statement), default=str))
    return {**said, "sha256": file.sha256.hex(), "mode": file.mode.value}


async def _brought_in(
    actor: Actor, held: Held, version: Row, statement: Statement, file: _File
) -> Imported:
    terms_sha256 = canonical.sha256(_terms_text(statement, file))
    latest = await database.fetch_one(_LATEST, version["id"])
    if latest is not None and latest["applied"] and latest["terms_sha256"] == terms_sha256:
        return Imported(latest["id"], replayed=True)
    refusals = file.reading.refusals
    applied = not refusals or (file.mode is ImportMode.GOOD_ROWS and bool(file.reading.lines))
    if applied:
        await _require_follows(held, statement)
        await statement_lines.write(actor, version["id"], statement, list(file.reading.lines))
    import_id = database.new_id()
    await database.execute(
        _KEEP,
        *(import_id, version["id"], file.name, file.sha256, file.mode, applied),
        *(file.reading.row_count, len(refusals), terms_sha256, actor.person_id),
    )
    await _keep_refusals(import_id, list(refusals))
    details = {"applied": applied, "rows": file.reading.row_count, "refused": len(refusals)}
    await papers.told(actor, held, _COMMAND, details)
    return Imported(import_id)


async def _require_follows(held: Held, statement: Statement) -> None:
    """Refuse days that another statement tells of, and an opening that is no closing before."""
    period = statement.period
    await database.execute(_LOCK_BODY, held.disclosure["publisher_id"])
    rows = await database.fetch(
        _BESIDE,
        *(held.disclosure["publisher_id"], held.id, statement.kind, statement.book),
        *(period.first, period.last),
    )
    for row in rows:
        if row["period_end"] >= period.first:
            first, last = row["period_start"].isoformat(), row["period_end"].isoformat()
            raise PeriodTaken(path=("input", "periodStart"), first=first, last=last)
        follows = statement.kind is StatementKind.ACTUALS and row["is_public"]
        if follows and row["closing_fen"] != statement.opening_fen:
            raise OpeningDiffers(
                path=("input", "openingFen"),
                opening=yuan(statement.opening_fen),
                expected=yuan(row["closing_fen"]),
                until=row["period_end"].isoformat(),
                difference=yuan(statement.opening_fen - row["closing_fen"]),
            )


async def _keep_refusals(import_id: UUID, refusals: list[Refusal]) -> None:
    await database.execute(
        _REFUSE,
        import_id,
        [each.row for each in refusals],
        [each.column for each in refusals],
        [each.code for each in refusals],
        [json.dumps(dict(each.details), ensure_ascii=False) for each in refusals],
    )


async def discard_statement(actor: Actor, disclosure_id: UUID) -> bool:
    """Take the statement out of a draft; returns whether there was one."""
    async with database.transaction():
        held = await papers.hold(actor, disclosure_id, "discardStatement")
        gone = await statement_lines.clear(_draft_of(held)["id"])
        await papers.told(actor, held, "discardStatement", {"gone": gone})
    return gone
