"""Who did what: entries that are only ever added, each chained by hash to the one before.

A community has a chain of its own, the platform another. An entry commits with the
command that it tells of, or the reading of sensitive data; it holds ids and figures,
never personal data, and nothing is recorded of a secret ballot. The chain's head row is
locked from the entry to the commit, so commands record last.

A change, a gap, or a missing end is found by `verify`, whoever made it.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domains.kernel import canonical, database
from domains.kernel.actor import Actor

PLATFORM = UUID(int=0)
_GENESIS = bytes(32)
_BATCH = 1_000

Details = Mapping[str, str | int | bool | None]
Subject = tuple[str, UUID | None]

_ADVANCE = """
INSERT INTO kernel_audit_head AS head (chain, sequence, hash) VALUES ($1, $2, $3)
ON CONFLICT (chain) DO UPDATE SET sequence = head.sequence + $2
RETURNING sequence, hash, kernel_now() AS at
"""
_INSERT = """
INSERT INTO kernel_audit (id, chain, sequence, at, actor_id, session_id, command,
                          subject_kind, subject_id, details, previous_hash, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12)
"""
_SETTLE = "UPDATE kernel_audit_head SET hash = $2 WHERE chain = $1"
_READ = """
SELECT id, chain, sequence, at, actor_id, session_id, command, subject_kind, subject_id,
       details::text AS details, previous_hash, hash
FROM kernel_audit WHERE chain = $1 AND sequence > $2 ORDER BY sequence LIMIT $3
"""
_HEAD = "SELECT sequence, hash FROM kernel_audit_head WHERE chain = $1"
_CHAINS = """
SELECT chain FROM kernel_audit_head UNION SELECT chain FROM kernel_audit ORDER BY chain
"""
# A mainland mobile number or a resident identity number, standing by itself.
_PERSONAL = re.compile(r"(?<![0-9A-Za-z-])(1[3-9]\d{9}|\d{17}[0-9Xx])(?![0-9A-Za-z-])")


@dataclass(frozen=True, slots=True)
class _Entry:
    id: UUID
    chain: UUID
    sequence: int
    at: datetime
    actor_id: UUID | None
    session_id: UUID | None
    command: str
    subject_kind: str
    subject_id: UUID | None
    details: Mapping[str, Any]
    previous_hash: bytes

    def digest(self) -> bytes:
        """Return the hash of this entry and, through the one before, of all that precede it."""
        said = {
            "id": str(self.id),
            "chain": str(self.chain),
            "sequence": self.sequence,
            "at": self.at.astimezone(UTC).isoformat(),
            "actor": _text(self.actor_id),
            "session": _text(self.session_id),
            "command": self.command,
            "subject": [self.subject_kind, _text(self.subject_id)],
            "details": dict(self.details),
        }
        return hashlib.sha256(self.previous_hash + canonical.json_bytes(said)).digest()

    def row(self) -> tuple[Any, ...]:
        """Return the values of the entry's row, in the order of the insert."""
        return (
            *(self.id, self.chain, self.sequence, self.at, self.actor_id, self.session_id),
            *(self.command, self.subject_kind, self.subject_id),
            *(json.dumps(dict(self.details)), self.previous_hash, self.digest()),
        )


def _text(given: UUID | None) -> str | None:
    return str(given) if given else None


async def record(
    actor: Actor, *, command: str, chain: UUID | None, subject: Subject, details: Details
) -> None:
    """Add an entry to the community's chain (the platform's, for None) in the open transaction.

    `details` hold ids, states and figures. A phone or identity number in them is our
    mistake, and raises ValueError.
    """
    await _append(actor, command=command, chain=chain, subjects=(subject,), details=details)


async def record_read(
    actor: Actor, *, chain: UUID | None, kind: str, ids: Sequence[UUID], fields: Sequence[str]
) -> None:
    """Add one entry for each row of which the actor is about to see these sensitive fields.

    Runs in the transaction of the reading: where it cannot be told, it is not shown.
    """
    subjects = [(kind, each) for each in ids]
    details = {"fields": ",".join(sorted(fields))}
    await _append(actor, command="read", chain=chain, subjects=subjects, details=details)


async def _append(
    actor: Actor, *, command: str, chain: UUID | None, subjects: Sequence[Subject], details: Details
) -> None:
    database.require_open_transaction()
    _refuse_personal_data(details)
    if not subjects:
        return
    link = chain or PLATFORM
    head = await database.fetch_one(_ADVANCE, link, len(subjects), _GENESIS)
    assert head is not None, "an upsert returns its row"
    previous = bytes(head["hash"])
    rows = []
    for sequence, (kind, subject_id) in enumerate(subjects, head["sequence"] - len(subjects) + 1):
        entry = _Entry(
            id=database.new_id(),
            chain=link,
            sequence=sequence,
            at=head["at"],
            actor_id=actor.person_id,
            session_id=actor.session_id,
            command=command,
            subject_kind=kind,
            subject_id=subject_id,
            details=details,
            previous_hash=previous,
        )
        rows.append(entry.row())
        previous = entry.digest()
    await database.execute_many(_INSERT, rows)
    await database.execute(_SETTLE, link, previous)


def _refuse_personal_data(details: Details) -> None:
    for name, value in details.items():
        if isinstance(value, str) and _PERSONAL.search(value):
            raise ValueError(f"the audit keeps no personal data, but {name!r} holds some")


async def verify(chain: UUID | None) -> int | None:
    """Return the first sequence at which the chain is broken, or None where it is whole.

    Reads the head first: entries that commit meanwhile only lengthen the chain.
    """
    link = chain or PLATFORM
    head = await database.fetch_one(_HEAD, link)
    expected_last = head["sequence"] if head else 0
    sequence, previous = 0, _GENESIS
    while rows := await database.fetch(_READ, link, sequence, _BATCH):
        for row in rows:
            sequence += 1
            entry = _entry_of(row)
            if entry.sequence != sequence or entry.previous_hash != previous:
                return sequence
            previous = entry.digest()
            if previous != bytes(row["hash"]):
                return sequence
            if head and sequence == expected_last and previous != bytes(head["hash"]):
                return sequence
    if head is None:
        return 1 if sequence else None
    return sequence + 1 if sequence < expected_last else None


def _entry_of(row: database.Row) -> _Entry:
    values = {name: row[name] for name in _Entry.__slots__}
    details, previous = json.loads(values.pop("details")), bytes(values.pop("previous_hash"))
    return _Entry(**values, details=details, previous_hash=previous)


async def chains() -> list[UUID]:
    """Return every chain that has entries or a head."""
    return [row["chain"] for row in await database.fetch(_CHAINS)]
