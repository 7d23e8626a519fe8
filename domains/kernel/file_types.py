"""What a file is, judged by its bytes and never by its name. Pure.

Only types on the list are taken; whatever a browser might run (HTML, SVG, scripts) or a
machine (executables, macros) is on no list, and text that looks like it is not text.
"""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_HEAD_BYTES = 4_096
_CHUNK_BYTES = 1 << 20
_MOST_ZIP_ENTRIES = 5_000
_MOST_UNPACKED_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class FileType:
    """A type of file: its media type, and the endings that its names may have."""

    media_type: str
    endings: tuple[str, ...]


TYPES: Mapping[str, FileType] = {
    "pdf": FileType("application/pdf", (".pdf",)),
    "png": FileType("image/png", (".png",)),
    "jpeg": FileType("image/jpeg", (".jpg", ".jpeg")),
    "webp": FileType("image/webp", (".webp",)),
    "gif": FileType("image/gif", (".gif",)),
    "csv": FileType("text/csv", (".csv",)),
    "txt": FileType("text/plain", (".txt",)),
    "xlsx": FileType(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",)
    ),
    "docx": FileType(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",)
    ),
}
_MAGIC = (
    (re.compile(rb"%PDF-\d"), "pdf"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "png"),
    (re.compile(rb"\xff\xd8\xff"), "jpeg"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "webp"),
    (re.compile(rb"GIF8[79]a"), "gif"),
)
_OFFICE = {"xl/workbook.xml": "xlsx", "word/document.xml": "docx"}
# What a browser may run, as the first thing of a text or anywhere in its beginning.
_MARKUP = re.compile(r"\A\s*<[!?/a-z]|<(script|html|body|iframe|svg|object|embed)\b", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def named(media_type: str, file_name: str, *, allowed: frozenset[str]) -> str | None:
    """Return the allowed type of a file that claims this media type under this name, or None."""
    plain = media_type.partition(";")[0].strip().lower()
    for name, file_type in TYPES.items():
        if file_type.media_type == plain and name in allowed:
            return name if file_name.lower().endswith(file_type.endings) else None
    return None


def fits(path: Path, name: str) -> bool:
    """Whether the bytes of the file are of the type that it claims to be."""
    if name in {"csv", "txt"}:
        return _is_text(path)
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if name in _OFFICE.values():
        return head.startswith(b"PK\x03\x04") and _office_type(path) == name
    return any(magic.match(head) and kind == name for magic, kind in _MAGIC)


def _office_type(path: Path) -> str | None:
    """Return which office document the archive is; None with macros, or where it is a bomb."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    names = {entry.filename for entry in entries}
    if len(entries) > _MOST_ZIP_ENTRIES or "[Content_Types].xml" not in names:
        return None
    if sum(entry.file_size for entry in entries) > _MOST_UNPACKED_BYTES:
        return None
    if any(each.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js")) for each in names):
        return None
    return next((kind for main, kind in _OFFICE.items() if main in names), None)


def _is_text(path: Path) -> bool:
    """Whether every byte is text in an encoding that registers come in, and none of it markup."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith((b"MZ", b"#!", b"%PDF-", b"PK\x03\x04")):
        return False
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decodes(path, "utf-16")
    return _decodes(path, "utf-8-sig") or _decodes(path, "gb18030")


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as file:
            head = text = file.read(_CHUNK_BYTES)
            while text:
                if _CONTROL.search(text):
                    return False
                text = file.read(_CHUNK_BYTES)
    except UnicodeError:
        return False
    return _MARKUP.search(head[:_HEAD_BYTES]) is None
