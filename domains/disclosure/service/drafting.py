"""Writing a disclosure: its first version, edits of a draft, corrections and withdrawals."""

import json
from dataclasses import asdict
from uuid import UUID

from domains.disclosure import policy
from domains.disclosure.errors import (
    DisclosureClosed,
    HandedInBefore,
    NotADraft,
    NotPublic,
    PlacingFixed,
    PublisherEnded,
    TakenDown,
    VersionUnderWay,
)
from domains.disclosure.rules import forms, texts
from domains.disclosure.rules.forms import Field
from domains.disclosure.service import checking, papers, placing, statement_lines, words
from domains.disclosure.service.papers import Held
from domains.disclosure.service.placing import Placing
from domains.disclosure.service.words import Words
from domains.disclosure.values import Change, DisclosureState, VersionState
from domains.kernel import audit, crypto, database, idempotency
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import VersionConflict

_INSERT = """
INSERT INTO disclosure_disclosure
    (id, area_id, area_path, community_id, publisher_id, kind, affair, item_id, item_code,
     period_start, period_end, expires_at, take_down_at, state, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'draft', kernel_now())
"""
_PLACE = """
UPDATE disclosure_disclosure
SET kind = $2, affair = $3, item_id = $4, item_code = $5, period_start = $6, period_end = $7,
    expires_at = $8, take_down_at = $9
WHERE id = $1
"""
_VERSION = """
INSERT INTO disclosure_version
    (id, disclosure_id, number, change, reason, state, title, body_html, body_text, author_id,
     created_at)
VALUES ($1, $2, $3, $4, $5, 'draft', '', '', '', $6, kernel_now())
"""
_ANEW = "UPDATE disclosure_version SET change = $2, reason = $3 WHERE id = $1"
_REVISE = "UPDATE disclosure_disclosure SET revision = revision + 1 WHERE id = $1"
_NEXT = """
UPDATE disclosure_disclosure SET latest_number = $2, revision = revision + 1 WHERE id = $1
"""
_PUBLISHED = """
SELECT *, form::text AS fields FROM disclosure_version WHERE disclosure_id = $1 AND number = $2
"""
_FORM = "SELECT form::text FROM disclosure_catalogue_item WHERE id = $1"
_DISCARD_VERSION = "DELETE FROM disclosure_version WHERE id = $1"
_DISCARD = "DELETE FROM disclosure_disclosure WHERE id = $1"
_BACK = """
UPDATE disclosure_disclosure SET latest_number = published_number, revision = revision + 1
WHERE id = $1
"""


async def draft_disclosure(
    actor: Actor, publisher_id: UUID, given: Placing, said: Words, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Draft a disclosure for a body; returns its id and whether this was a replay.

    Raises Forbidden for who does not write for the body, BodyMayNotPublish, and whatever its
    placing and its words may not be.
    """
    async with transaction():
        standing = await papers.body_of(actor, publisher_id, path=("input", "publisherId"))
        require(policy.AUTHORITY, "draftDisclosure", actor, standing.body)
        marked = {"publisher": publisher_id, "given": _fingerprint(given, said)}
        earlier = await idempotency.claim(actor, idempotency_key, "draftDisclosure", marked)
        if earlier is not None:
            return UUID(earlier["disclosure"]), True
        if standing.publisher["ended_at"] is not None:
            raise PublisherEnded(path=("input", "publisherId"))
        placed = await placing.checked(given, standing.publisher, standing.rules)
        contacts = standing.publisher["contacts"]
        checked = await words.checked(said, placed.fields, contacts=contacts)
        disclosure_id = database.new_id()
        place = (standing.publisher[name] for name in ("area_id", "area_path", "community_id"))
        await database.execute(_INSERT, disclosure_id, *place, publisher_id, *placed.values)
        await placing.write(disclosure_id, placed)
        version_id = await _begin(actor, disclosure_id, 1, Change.FIRST, None)
        await words.write(actor, version_id, checked, said.attachments)
        await idempotency.settle(actor, idempotency_key, {"disclosure": str(disclosure_id)})
        await audit.record(
            actor,
            command="draftDisclosure",
            chain=standing.publisher["community_id"],
            subject=("disclosure", disclosure_id),
            details={"kind": given.kind.value},
        )
    return disclosure_id, False


def _fingerprint(*parts: Placing | Words) -> str:
    """Return a keyed fingerprint of what was given: a plain hash of cells could be guessed."""
    text = json.dumps([asdict(part) for part in parts], sort_keys=True, default=str)
    return crypto.blind_index(text, purpose="disclosure input").hex()


async def _begin(
    actor: Actor, disclosure_id: UUID, number: int, change: Change, reason: str | None
) -> UUID:
    assert actor.person_id is not None, "only people write versions"
    version_id = database.new_id()
    await database.execute(
        _VERSION, version_id, disclosure_id, number, change, reason, actor.person_id
    )
    return version_id


async def edit_disclosure(
    actor: Actor,
    disclosure_id: UUID,
    said: Words,
    *,
    given: Placing | None = None,
    expected_revision: int,
) -> None:
    """Write the draft under way anew, and, before anything is public, where it stands.

    Raises NotADraft once it was handed in, PlacingFixed, VersionConflict.
    """
    async with transaction():
        held = await papers.hold(actor, disclosure_id, "editDisclosure")
        version = _draft_of(held)
        if held.disclosure["revision"] != expected_revision:
            raise VersionConflict(
                path=("input", "expectedRevision"), version=held.disclosure["revision"]
            )
        fields = await _fields(held.disclosure)
        if given is not None:
            if held.disclosure["published_number"] is not None:
                raise PlacingFixed(path=("input", "placing"))
            placed = await placing.checked(given, held.publisher, held.rules)
            await database.execute(_PLACE, disclosure_id, *placed.values)
            await placing.write(disclosure_id, placed)
            fields = placed.fields
        checked = await words.checked(said, fields, contacts=held.publisher["contacts"])
        await words.write(
            actor,
            version["id"],
            checked,
            said.attachments,
            standing=await _standing_versions(held),
        )
        await database.execute(_REVISE, disclosure_id)
        await papers.told(actor, held, "editDisclosure", {"number": version["number"]})


def _draft_of(held: Held) -> Row:
    if held.version is None or held.version["state"] != VersionState.DRAFT:
        raise NotADraft(path=("input", "disclosureId"))
    return held.version


async def _fields(disclosure: Row) -> tuple[Field, ...]:
    if disclosure["item_id"] is None:
        return ()
    form: str = await database.fetch_value(_FORM, disclosure["item_id"])
    return forms.fields_of(json.loads(form))


async def _standing_versions(held: Held) -> list[UUID]:
    number = held.disclosure["published_number"]
    published = await database.fetch_one(_PUBLISHED, held.id, number)
    return [] if published is None else [published["id"]]


async def discard_draft(
    actor: Actor, disclosure_id: UUID, *, idempotency_key: UUID | None = None
) -> bool:
    """Give a draft up; returns whether this was a replay.

    The whole disclosure is gone with it where nothing of it was ever public. Raises
    HandedInBefore: what was handed in once has steps that stand.
    """
    async with transaction():
        given = {"disclosure": disclosure_id}
        if await papers.done_before(actor, idempotency_key, "discardDisclosureDraft", given):
            return True
        held = await papers.hold(actor, disclosure_id, "discardDisclosureDraft")
        version = _draft_of(held)
        if version["round"] > 0:
            raise HandedInBefore(path=("input", "disclosureId"))
        await database.execute(_DISCARD_VERSION, version["id"])
        gone = held.disclosure["published_number"] is None
        await database.execute(_DISCARD if gone else _BACK, disclosure_id)
        await papers.told(actor, held, "discardDisclosureDraft", {"number": version["number"]})
    return False


async def correct_disclosure(
    actor: Actor, disclosure_id: UUID, said: Words, *, reason: str, idempotency_key: UUID
) -> bool:
    """Draft version n+1 of what is public, for a reason that everybody reads; tells replays.

    A version that was sent back is begun anew. Raises NotPublic, DisclosureClosed,
    VersionUnderWay.
    """
    reason = _reason(reason)
    async with transaction():
        held = await papers.hold(actor, disclosure_id, "correctDisclosure")
        marked = {"disclosure": disclosure_id, "reason": reason, "given": _fingerprint(said)}
        if await idempotency.claim(actor, idempotency_key, "correctDisclosure", marked):
            return True
        _require_open(held)
        contacts = held.publisher["contacts"]
        checked = await words.checked(said, await _fields(held.disclosure), contacts=contacts)
        version_id, number = await _next(actor, held, Change.CORRECTION, reason)
        await words.write(
            actor, version_id, checked, said.attachments, standing=await _standing_versions(held)
        )
        for published in await _standing_versions(held):
            await statement_lines.carry_over(published, version_id)
        await idempotency.settle(actor, idempotency_key, {"disclosure": str(disclosure_id)})
        await papers.told(actor, held, "correctDisclosure", {"number": number})
    return False


async def withdraw_disclosure(
    actor: Actor, disclosure_id: UUID, *, reason: str, idempotency_key: UUID
) -> bool:
    """Draft the version that withdraws what is public; it goes the whole way of its chain.

    The versions before it stay to be read; one that was sent back becomes this one. Raises
    NotPublic, DisclosureClosed, VersionUnderWay.
    """
    reason = _reason(reason)
    async with transaction():
        held = await papers.hold(actor, disclosure_id, "withdrawDisclosure")
        marked = {"disclosure": disclosure_id, "reason": reason}
        if await idempotency.claim(actor, idempotency_key, "withdrawDisclosure", marked):
            return True
        _require_open(held)
        standing = held.disclosure["published_number"]
        published = await database.fetch_one(_PUBLISHED, disclosure_id, standing)
        assert published is not None, "what is public has a published version"
        version_id, number = await _next(actor, held, Change.WITHDRAWAL, reason)
        said = Words(title=published["title"], body=texts.paragraphs(f"本公开事项已撤回:{reason}"))
        checked = await words.checked(said, (), contacts=held.publisher["contacts"])
        await words.write(actor, version_id, checked, ())
        await idempotency.settle(actor, idempotency_key, {"disclosure": str(disclosure_id)})
        await papers.told(actor, held, "withdrawDisclosure", {"number": number})
    return False


def _reason(given: str) -> str:
    reason = texts.line(given, path=("input", "reason"), longest=500)
    checking.require_impersonal(reason=reason)
    return reason


def _require_open(held: Held) -> None:
    path = ("input", "disclosureId")
    if held.disclosure["published_number"] is None:
        raise NotPublic(path=path)
    if held.disclosure["state"] in {DisclosureState.WITHDRAWN, DisclosureState.ARCHIVED}:
        raise DisclosureClosed(path=path)
    if held.disclosure["taken_down_at"] is not None:
        raise TakenDown(path=path)
    if held.version is not None and not _is_returned(held.version):
        raise VersionUnderWay(path=path)


def _is_returned(version: Row) -> bool:
    """Whether it was handed in and sent back: it cannot be given up, so it is written anew."""
    return bool(version["state"] == VersionState.DRAFT and version["round"] > 0)


async def _next(actor: Actor, held: Held, change: Change, reason: str) -> tuple[UUID, int]:
    """Begin the next version, or begin one anew that was sent back; returns its id and number."""
    if held.version is not None:
        version_id: UUID = held.version["id"]
        await statement_lines.clear(version_id)
        await database.execute(_ANEW, version_id, change, reason)
        await database.execute(_REVISE, held.id)
        return version_id, held.version["number"]
    number: int = held.disclosure["latest_number"] + 1
    version_id = await _begin(actor, held.id, number, change, reason)
    await database.execute(_NEXT, held.id, number)
    return version_id, number
