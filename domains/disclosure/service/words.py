"""The words of a version: checked and written while it is a draft."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from domains.disclosure.errors import AttachmentUnfit, OccurredInFuture, RowsUnfit
from domains.disclosure.rules import forms, texts
from domains.disclosure.rules.forms import Field
from domains.disclosure.service import checking
from domains.disclosure.service.checking import NONE, Contacts
from domains.disclosure.values import AttachmentUse
from domains.kernel import canonical, clock, crypto, database, uploads
from domains.kernel.actor import Actor
from domains.kernel.errors import InvalidInput
from domains.kernel.values import UploadState

MOST_ATTACHMENTS = 20

_UPDATE = """
UPDATE disclosure_version
SET title = $2, body_html = $3, body_text = $4, occurred_on = $5, form = $6::jsonb
WHERE id = $1
"""
_WRITTEN_BY = """
INSERT INTO disclosure_version_author (version_id, person_id) VALUES ($1, $2)
ON CONFLICT DO NOTHING
"""
_NO_ATTACHMENTS = "DELETE FROM disclosure_attachment WHERE version_id = $1"
_ATTACH = """
INSERT INTO disclosure_attachment
    (id, version_id, position, used_as, caption, upload_id, file_name, media_type, size_bytes,
     sha256)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_ATTACHED = """
SELECT upload_id, file_name, media_type, size_bytes, sha256
FROM disclosure_attachment WHERE version_id = ANY ($1::uuid[])
"""
_NO_ROWS = "DELETE FROM disclosure_row WHERE version_id = $1"
_ROW = """
INSERT INTO disclosure_row (id, version_id, position, shown, full_sealed, full_tag)
VALUES ($1, $2, $3, $4::jsonb, $5, $6)
"""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of the writer's, or one that an earlier version has."""

    upload_id: UUID
    use: AttachmentUse = AttachmentUse.FILE
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What a version says; `body` is HTML, `rows` are of the item's form."""

    title: str
    body: str
    occurred_on: date | None = None
    attachments: tuple[Attached, ...] = ()
    rows: tuple[Mapping[str, str | None], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Checked:
    """Words that may be written."""

    title: str
    body_html: str
    body_text: str
    occurred_on: date | None
    fields: tuple[Field, ...]
    rows: tuple[Mapping[str, str | None], ...] = field(repr=False)


async def checked(words: Words, fields: Sequence[Field], *, contacts: Contacts = NONE) -> Checked:
    """Return the words as they may be written.

    Raises InvalidInput, OccurredInFuture, RowsUnfit, and PersonalDataInText where what everybody
    is to read holds somebody's numbers.
    """
    if words.occurred_on is not None and words.occurred_on > await clock.today():
        raise OccurredInFuture(path=("input", "occurredOn"), day=words.occurred_on.isoformat())
    # Long or hostile texts take a tenth of a second and more: others are served meanwhile.
    return await asyncio.to_thread(_looked_through, words, fields, contacts)


def _looked_through(words: Words, fields: Sequence[Field], contacts: Contacts) -> Checked:
    title = texts.title(words.title)
    body_html, body_text = texts.body(words.body)
    rows = _rows(words.rows, fields)
    read: dict[tuple[str, ...], str] = {
        ("input", "title"): title,
        ("input", "body"): texts.read_of(body_html, body_text),
    }
    checking.require_all_impersonal(read, contacts=contacts)
    for row in rows:
        for name, text in forms.shown(fields, row).items():
            if text is not None:
                path = ("input", "rows", name)
                checking.require_all_impersonal({path: text}, contacts=contacts)
    return Checked(title, body_html, body_text, words.occurred_on, tuple(fields), rows)


def _rows(
    rows: Sequence[Mapping[str, str | None]], fields: Sequence[Field]
) -> tuple[Mapping[str, str | None], ...]:
    names = {each.name for each in fields}
    if len(rows) > forms.MOST_ROWS:
        raise InvalidInput(
            path=("input", "rows"),
            zh=f"明细最多 {forms.MOST_ROWS} 行。",
            en=f"There are {forms.MOST_ROWS} rows at most.",
        )
    for number, row in enumerate(rows, start=1):
        if not row or not set(row) <= names or not all(map(forms.is_cell, row.values())):
            raise RowsUnfit(path=("input", "rows"), row=number)
    return tuple({name: row.get(name) for name in sorted(names)} for row in rows)


async def write(
    actor: Actor,
    version_id: UUID,
    given: Checked,
    attachments: Sequence[Attached],
    *,
    standing: Sequence[UUID] = (),
) -> None:
    """Write a draft's words; `standing` are versions whose attachments may be kept."""
    form = json.dumps([each.as_json() for each in given.fields], ensure_ascii=False)
    await database.execute(
        _UPDATE,
        *(version_id, given.title, given.body_html, given.body_text, given.occurred_on),
        form if given.fields else None,
    )
    if actor.person_id is not None:
        await database.execute(_WRITTEN_BY, version_id, actor.person_id)
    await _attach(actor, version_id, attachments, [*standing, version_id])
    await _write_rows(version_id, given)


async def _attach(
    actor: Actor, version_id: UUID, attachments: Sequence[Attached], kept: Sequence[UUID]
) -> None:
    if len(attachments) > MOST_ATTACHMENTS or len({a.upload_id for a in attachments}) < len(
        attachments
    ):
        raise AttachmentUnfit(path=("input", "attachments"))
    files = {row["upload_id"]: dict(row) for row in await database.fetch(_ATTACHED, list(kept))}
    ids = [each.upload_id for each in attachments if each.upload_id not in files]
    for upload in await uploads.uploads_by_id(actor, ids):
        if upload is None or upload.state is not UploadState.COMPLETE:
            raise AttachmentUnfit(path=("input", "attachments"))
        files[upload.id] = {
            name: getattr(upload, name)
            for name in ("file_name", "media_type", "size_bytes", "sha256")
        }
    await database.execute(_NO_ATTACHMENTS, version_id)
    for position, each in enumerate(attachments, start=1):
        await _attach_one(version_id, position, each, files[each.upload_id])


async def _attach_one(
    version_id: UUID, position: int, given: Attached, file: Mapping[str, object]
) -> None:
    path = ("input", "attachments")
    is_picture = str(file["media_type"]).startswith("image/")
    if given.use is AttachmentUse.PICTURE and not is_picture:
        raise AttachmentUnfit(path=path)
    caption = texts.line(given.caption, path=path, longest=200, least=0) if given.caption else ""
    checking.require_all_impersonal({path: f"{caption} {file['file_name']}"})
    await database.execute(
        _ATTACH,
        *(database.new_id(), version_id, position, given.use, caption, given.upload_id),
        *(file["file_name"], file["media_type"], file["size_bytes"], file["sha256"]),
    )


async def _write_rows(version_id: UUID, given: Checked) -> None:
    await database.execute(_NO_ROWS, version_id)
    kept = forms.is_kept(given.fields)
    rows = []
    for position, cells in enumerate(given.rows, start=1):
        row_id = database.new_id()
        full = canonical.json_bytes(dict(cells))
        shown = json.dumps(forms.shown(given.fields, cells), ensure_ascii=False)
        sealed = (
            crypto.seal(full.decode(), table="disclosure_row", column="full_sealed", row=row_id)
            if kept
            else None
        )
        tag = tag_of(version_id, position, full) if kept else None
        rows.append((row_id, version_id, position, shown, sealed, tag))
    if rows:
        await database.execute_many(_ROW, rows)


def tag_of(version_id: UUID, position: int, full: bytes) -> bytes:
    """Return the keyed fingerprint by which a full row is known to be the one handed in."""
    return crypto.sign(version_id.bytes + position.to_bytes(4) + full, purpose="disclosure row")
