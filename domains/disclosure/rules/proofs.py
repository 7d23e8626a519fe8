"""Files that prove: copies, heads and growth, and whether they hold; no database is asked.

A copy is what was published, with the record that its leaf hashes, the way from the leaf to
the root, and a signed head. A growth is two heads and the proof that the newer log begins
with all that was in the older. A time bank's books are days whose hashes follow one from
another, and a copy of the last. All are JSON; how they are laid out does not matter.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from domains.disclosure.rules import merkle
from domains.disclosure.rules.heads import HEAD_FORMAT, Head, SignedHead
from domains.disclosure.rules.records import RECORD_FORMAT, Source, commitment
from domains.kernel import canonical
from domains.kernel.signing import PublicKey
from domains.timebank.rules.books import LEAF as TIME_BOOKS
from domains.timebank.rules.books import Day

COPY_FORMAT = "gongyi.copy/1"
GROWTH_FORMAT = "gongyi.growth/1"
BOOKS_FORMAT = "gongyi.time-books/1"
MOST_BYTES = 50_000_000
_MOST_PATH = 128


class Unreadable(Exception):
    """A file is not of the form that it should have; says where and what."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, whether it holds, and what was found."""

    name: str
    holds: bool
    found: str


def copy_of(
    record: bytes, shown: Mapping[str, Any], *, index: int, path: Sequence[bytes], head: SignedHead
) -> bytes:
    """Return the file of a copy: what `records.shown` gives, with its proof."""
    return _written(
        {
            "format": COPY_FORMAT,
            "record": json.loads(record),
            "parts": dict(shown),
            "proof": {"index": index, "path": [each.hex() for each in path]},
            "head": head.shown(),
        }
    )


def growth_of(older: SignedHead, newer: SignedHead, path: Sequence[bytes]) -> bytes:
    """Return the file of a growth."""
    return _written(
        {
            "format": GROWTH_FORMAT,
            "older": older.shown(),
            "newer": newer.shown(),
            "path": [each.hex() for each in path],
        }
    )


def books_of(community_id: UUID, days: Sequence[Mapping[str, Any]], copy: bytes) -> bytes:
    """Return the file of a time bank's closed days, with a copy of the last of them."""
    return _written(
        {
            "format": BOOKS_FORMAT,
            "community": str(community_id),
            "days": list(days),
            "copy": json.loads(copy),
        }
    )


def head_file(head: SignedHead) -> bytes:
    """Return the file of a head."""
    return _written(head.shown())


def _written(value: Mapping[str, Any]) -> bytes:
    return canonical.json_bytes(value) + b"\n"


def verify(
    content: bytes, keys: Sequence[PublicKey], *, kept: SignedHead | None = None
) -> Iterator[Check]:
    """Look into a copy, a growth or a head; yields each check, the failed ones included.

    `kept` is a head that the reader has from before: a copy must be proved against it, a
    growth must begin with it, a head must be it.
    """
    try:
        value = _parsed(content)
        form = _member(value, "format", str)
        checks = _CHECKS.get(form)
        if checks is None:
            raise Unreadable(f"format {form!r} is none of {', '.join(_CHECKS)}")
        yield from checks(value, keys, kept)
    except Unreadable as fault:
        yield Check("file", False, str(fault))


def read_head(content: bytes) -> SignedHead:
    """Read the file of a head; raises Unreadable."""
    return _head(_parsed(content))


def subject(content: bytes) -> str:
    """Name what a file is about, as it says itself; empty where it cannot be read."""
    try:
        value = _parsed(content)
        if value.get("format") == COPY_FORMAT:
            return str(_source(_member(value, "record", dict)))
        if value.get("format") == BOOKS_FORMAT:
            copy = _member(value, "copy", dict)
            return str(_source(_member(copy, "record", dict)))
        return ""
    except Unreadable:
        return ""


def _copy(
    value: Mapping[str, Any], keys: Sequence[PublicKey], kept: SignedHead | None
) -> Iterator[Check]:
    record = _member(value, "record", dict)
    if _member(record, "format", str) != RECORD_FORMAT:
        raise Unreadable(f"record: format is not {RECORD_FORMAT}")
    head = _head(_member(value, "head", dict))
    yield Check("record", True, str(_source(record)))
    yield from _parts(_member(record, "parts", dict), _member(value, "parts", dict))
    proof = _member(value, "proof", dict)
    index, path = _count(proof, "index"), _path(proof)
    yield _inclusion(record, head.head, index=index, path=path)
    yield _signed("head", head, keys)
    if kept is not None:
        yield from _is_kept("head", head, kept, keys)


def _parts(committed: Mapping[str, Any], shown: Mapping[str, Any]) -> Iterator[Check]:
    """Hold each part against the record, those left out and those put in besides included."""
    for name in sorted(committed):
        digest = _hash(committed, name)
        if name not in shown:
            yield Check(name, True, "left out of this copy")
            continue
        part = _member(shown, name, dict)
        if "content" not in part:
            raise Unreadable(f"parts: {name}: content is missing")
        same = commitment(_hash(part, "nonce"), part["content"]) == digest
        yield Check(name, same, "as published" if same else "altered since it was published")
    for name in sorted(set(shown) - set(committed)):
        yield Check(name, False, "added: it was never published")


def _inclusion(
    record: Mapping[str, Any], head: Head, *, index: int, path: Sequence[bytes]
) -> Check:
    leaf = merkle.leaf_hash(canonical.json_bytes(record))
    if record.get("log") != str(head.log_id):
        return Check("proof", False, f"the head is that of another log, {head.log_id}")
    if index >= head.size:
        return Check("proof", False, f"leaf {index} is not in a tree of {head.size}")
    if not merkle.includes(head.root, leaf, path, index=index, size=head.size):
        words = f"this record is not leaf {index} of the {head.size} under the head's root"
        return Check("proof", False, words)
    return Check("proof", True, f"leaf {index} of {head.size} in log {head.log_id}")


def _growth(
    value: Mapping[str, Any], keys: Sequence[PublicKey], kept: SignedHead | None
) -> Iterator[Check]:
    older = _head(_member(value, "older", dict))
    newer = _head(_member(value, "newer", dict))
    path = _path(value)
    yield _signed("older head", older, keys)
    yield _signed("newer head", newer, keys)
    yield _consistency(older.head, newer.head, path)
    if kept is not None:
        yield from _is_kept("older head", older, kept, keys)


def _consistency(older: Head, newer: Head, path: Sequence[bytes]) -> Check:
    if older.log_id != newer.log_id:
        return Check("proof", False, f"two logs: {older.log_id} and {newer.log_id}")
    if older.size > newer.size:
        return Check("proof", False, f"the log shrank from {older.size} leaves to {newer.size}")
    grown = merkle.is_grown_from(older.root, newer.root, path, older=older.size, newer=newer.size)
    if not grown:
        words = f"the first {older.size} of the {newer.size} leaves are not those of the older head"
        return Check("proof", False, words)
    return Check("proof", True, f"{older.size} leaves stand unchanged in {newer.size}")


def _books(
    value: Mapping[str, Any], keys: Sequence[PublicKey], kept: SignedHead | None
) -> Iterator[Check]:
    """Follow the chain from day to day, and hold its end against the log."""
    days = _member(value, "days", list)
    copy = _member(value, "copy", dict)
    if not days or not all(isinstance(each, dict) for each in days):
        raise Unreadable("days: missing, or not of the right type")
    yield _chain(days)
    source = _source(_member(copy, "record", dict))
    last = _day(days[-1])
    of = (TIME_BOOKS, _uuid(value, "community"), int(last.day.strftime("%Y%m%d")))
    same = (source.kind, source.id, source.version) == of
    yield Check("last day", same, str(source) if same else f"the copy is of {source}")
    shown = _member(copy, "parts", dict)
    said = {name: part.get("content") for name, part in shown.items() if isinstance(part, dict)}
    ends = said == days[-1]
    words = "the last day is what the copy says" if ends else "the copy says another day's books"
    yield Check("end", ends, words)
    if _member(copy, "format", str) != COPY_FORMAT:
        raise Unreadable(f"copy: format is not {COPY_FORMAT}")
    yield from _copy(copy, keys, kept)


def _chain(days: Sequence[Mapping[str, Any]]) -> Check:
    """Hash each day anew from what it says and from the hash of the day before."""
    before: tuple[date, bytes] | None = None
    for each in days:
        day, previous, digest = _day(each), _hash(each, "previousHash"), _hash(each, "hash")
        if before is not None and (day.day != before[0] + timedelta(days=1)):
            return Check("chain", False, f"{day.day} does not follow {before[0]}")
        if before is not None and previous != before[1]:
            return Check(
                "chain", False, f"{day.day} was closed over other books than {before[0]}'s"
            )
        if day.after(previous) != digest:
            return Check("chain", False, f"{day.day}: its hash is not that of what it says")
        before = day.day, digest
    first = _day(days[0]).day
    return Check("chain", True, f"{len(days)} days follow one another from {first}")


def _day(value: Mapping[str, Any]) -> Day:
    try:
        day = date.fromisoformat(_member(value, "day", str))
    except ValueError as error:
        raise Unreadable(f"days: {error}") from None
    return Day(
        day,
        _count(value, "entries"),
        _count(value, "minutesIssued"),
        _hash(value, "entriesHash"),
    )


def _alone(
    value: Mapping[str, Any], keys: Sequence[PublicKey], kept: SignedHead | None
) -> Iterator[Check]:
    head = _head(value)
    yield _signed("head", head, keys)
    if kept is not None:
        yield from _is_kept("head", head, kept, keys)


def _signed(name: str, head: SignedHead, keys: Sequence[PublicKey]) -> Check:
    fault = head.fault(keys)
    day, size = head.head.day, head.head.size
    words = fault or f"{size} leaves on {day}, signed with {head.key_id!r}"
    return Check(name, fault is None, words)


def _is_kept(
    name: str, head: SignedHead, kept: SignedHead, keys: Sequence[PublicKey]
) -> Iterator[Check]:
    """Hold a file's head against the one that the reader has from before."""
    yield _signed("kept head", kept, keys)
    ours, theirs = kept.head, head.head
    if ours.log_id != theirs.log_id:
        yield Check(name, False, f"it is of log {theirs.log_id}, the kept one of {ours.log_id}")
    elif ours.size != theirs.size:
        words = f"it has {theirs.size} leaves, the kept one {ours.size}: ask for a proof of growth"
        yield Check(name, False, words)
    elif ours.root != theirs.root:
        yield Check(name, False, "two heads of as many leaves differ: the log shows two faces")
    else:
        yield Check(name, True, "the same tree as the kept one's")


_Checks = Callable[[Mapping[str, Any], Sequence[PublicKey], SignedHead | None], Iterator[Check]]
_CHECKS: Mapping[str, _Checks] = {
    COPY_FORMAT: _copy,
    GROWTH_FORMAT: _growth,
    BOOKS_FORMAT: _books,
    HEAD_FORMAT: _alone,
}


def _parsed(content: bytes) -> dict[str, Any]:
    if len(content) > MOST_BYTES:
        raise Unreadable(f"larger than {MOST_BYTES} bytes")
    try:
        value = json.loads(
            content,
            object_pairs_hook=_without_doubles,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
        )
        canonical.json_bytes(value)
    except RecursionError:
        raise Unreadable("nested too deep") from None
    except UnicodeError:
        raise Unreadable("a text in it is not Unicode") from None
    except ValueError as error:
        raise Unreadable(f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise Unreadable("not an object")
    return value


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("a member stands in it twice")
    return found


def _no_fraction(text: str) -> None:
    raise Unreadable(f"{text[:40]} is not a whole number")


def _member(value: Mapping[str, Any], name: str, kind: type) -> Any:
    found = value.get(name)
    if not isinstance(found, kind) or isinstance(found, bool):
        raise Unreadable(f"{name}: missing, or not of the right type")
    return found


def _count(value: Mapping[str, Any], name: str) -> int:
    found: int = _member(value, name, int)
    if found < 0:
        raise Unreadable(f"{name}: negative")
    return found


def _hash(value: Mapping[str, Any], name: str) -> bytes:
    return _hex(_member(value, name, str), name, merkle.HASH_BYTES)


def _hex(text: object, name: str, length: int) -> bytes:
    try:
        raw = bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        raw = b""
    if len(raw) != length or raw.hex() != text:
        raise Unreadable(f"{name}: expected {length} bytes in lower-case hexadecimal")
    return raw


def _path(value: Mapping[str, Any]) -> list[bytes]:
    hashes = _member(value, "path", list)
    if len(hashes) > _MOST_PATH:
        raise Unreadable(f"path: more than {_MOST_PATH} hashes")
    return [_hex(each, "path", merkle.HASH_BYTES) for each in hashes]


def _source(record: Mapping[str, Any]) -> Source:
    source = _member(record, "source", dict)
    kind = _member(source, "kind", str)
    return Source(kind, _uuid(source, "id"), _count(source, "version"))


def _uuid(value: Mapping[str, Any], name: str) -> UUID:
    text = _member(value, name, str)
    try:
        return UUID(text)
    except ValueError:
        raise Unreadable(f"{name}: not a UUID") from None


def _head(value: Mapping[str, Any]) -> SignedHead:
    if value.get("format") != HEAD_FORMAT:
        raise Unreadable(f"head: format is not {HEAD_FORMAT}")
    try:
        head = Head(
            log_id=_uuid(value, "log"),
            day=date.fromisoformat(_member(value, "day", str)),
            size=_count(value, "size"),
            root=_hash(value, "root"),
            signed_at=datetime.fromisoformat(_member(value, "signedAt", str)),
        )
    except ValueError as error:
        raise Unreadable(f"head: {error}") from None
    key_id = _member(value, "key", str)
    signed = SignedHead(head, key_id, _hex(value.get("signature"), "signature", 64))
    # Whatever else stands in it was not signed, and whatever is written otherwise neither.
    if signed.shown() != value:
        raise Unreadable("head: it is not written as heads are signed")
    return signed
