"""The sealed file of a decided poll, put together from what stands: the same bytes each time."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from domains.kernel import clock, settings, storage
from domains.kernel.actor import Actor
from domains.kernel.database import fetch
from domains.kernel.rules import thaw
from domains.voting import policy
from domains.voting.models import Option, Poll
from domains.voting.queries import paper as papers
from domains.voting.queries.ballots import is_small_box
from domains.voting.rules import bundle
from domains.voting.rules.procedure import Procedure
from domains.voting.service import preferences, slates
from domains.voting.values import PollMethod, Secrecy

_MOST_BYTES = 500_000_000
_ROLL = """
SELECT number, COALESCE(area_centi_m2, 0) AS area FROM voting_roll_entry
WHERE poll_id = $1 AND standing = 'admitted' ORDER BY number
"""
_NAMED = """
SELECT b.voter_number AS number, b.marks, b.wide FROM voting_ballot b
JOIN voting_participation t ON t.poll_number = b.poll_number
 AND t.voter_number = b.voter_number AND t.casts = b.revision
WHERE b.poll_number = (SELECT number FROM voting_poll WHERE id = $1) ORDER BY b.voter_number
"""
_DETACHED = """
SELECT marks, wide, count(*) AS number FROM voting_sealed_ballot
WHERE poll_id = $1 GROUP BY marks, wide ORDER BY marks, wide
"""
_RECEIPTS = """
SELECT code FROM voting_receipt WHERE poll_id = $1 ORDER BY code COLLATE "C"
"""


@dataclass(frozen=True, slots=True)
class SealedBundle:
    """Where the file is fetched for some minutes, and what it hashes to for ever."""

    address: str
    sha256: bytes
    size_bytes: int


async def sealed_bundle(actor: Actor, poll_id: UUID) -> SealedBundle | None:
    """Put the file of a decided poll in place; None for a poll that the actor sees no result of.

    A SECRET poll's is everybody's. An OPEN poll's tells of voters by their numbers, which who
    belongs there can join to names, so it is for them alone. Of a small box, over a list of
    people of whom fewer than five have cast, there is none: it would tell who said what.
    """
    poll = await Poll.get_or_none(id=poll_id)
    if poll is None or poll.result is None:
        return None
    if poll.secrecy is Secrecy.OPEN and not policy.sees_area(actor, poll.area_path):
        return None
    if await is_small_box(poll_id):
        return None
    parts = await _parts(poll)
    content = await asyncio.to_thread(bundle.seal, parts)
    return await _kept(poll, content)


async def _parts(poll: Poll) -> dict[str, Any]:
    secret = poll.secrecy is Secrecy.SECRET
    rule_set = thaw(poll.frozen_rules)
    election = Procedure.of(rule_set).election if poll.method is PollMethod.ELECTION else None
    slate = None if election is None else await slates.slate_of(poll, election)
    prefers = poll.method is PollMethod.PREFERENCE
    assert poll.roll_fingerprint is not None, "a counted poll has its roll's fingerprint"
    assert poll.result is not None, "a counted poll has its result"
    roll = [[row["number"], row["area"]] for row in await fetch(_ROLL, poll.id)]
    receipts = [row["code"] for row in await fetch(_RECEIPTS, poll.id)]
    return {
        "poll": await _question(poll),
        "rules": poll.frozen_rules,
        "roll": {"fingerprint": bytes(poll.roll_fingerprint).hex(), "entries": roll},
        "slate": None if slate is None else bundle.slate_part(slate),
        "terms": bundle.terms_part(await preferences.terms_of(poll)) if prefers else None,
        "ballots": await (_detached(poll) if secret else _named(poll)),
        "receipts": receipts,
        "paper": await _paper(poll),
        "result": json.loads(poll.result),
    }


async def _question(poll: Poll) -> dict[str, Any]:
    options = await Option.filter(poll_id=poll.id).order_by("position")
    return {
        "id": str(poll.id),
        "title": poll.title,
        "body": poll.body,
        "method": poll.method.value,
        "secrecy": poll.secrecy.value,
        "opensAt": poll.opens_at.isoformat(),
        "closesAt": poll.closes_at.isoformat(),
        "leastChoices": poll.least_choices,
        "mostChoices": poll.most_choices,
        "seats": poll.seats,
        "budgetFen": poll.budget_fen,
        "ballotForm": poll.ballot_form.value if poll.ballot_form else None,
        "highest": poll.highest,
        "mostPoints": poll.most_points,
        "rollSize": poll.roll_size,
        "rollFingerprint": bytes(poll.roll_fingerprint or b"").hex(),
        "options": [
            {
                "id": str(each.id),
                "position": each.position,
                "label": each.label,
                "description": each.description,
                "stance": each.stance.value if each.stance else None,
                "costFen": each.cost_fen,
            }
            for each in options
        ],
    }


async def _named(poll: Poll) -> list[list[Any]]:
    return [[row["number"], _said(row)] for row in await fetch(_NAMED, poll.id)]


async def _detached(poll: Poll) -> list[list[Any]]:
    return [[_said(row), row["number"]] for row in await fetch(_DETACHED, poll.id)]


def _said(row: Any) -> str:
    return bundle.marks_text(row["marks"] if row["wide"] is None else bytes(row["wide"]))


async def _paper(poll: Poll) -> dict[str, Any] | None:
    totals = await papers.paper_totals(poll.id)
    if totals is None:
        return None
    return {
        "issued": totals.issued,
        "returned": totals.returned,
        "void": totals.void,
        "spoiled": totals.spoiled,
        "voidNumbers": await papers.void_numbers(poll.id),
    }


async def _kept(poll: Poll, content: bytes) -> SealedBundle:
    """Keep the file under its hash, and give it an address."""

    async def whole() -> AsyncIterator[bytes]:
        yield content

    digest = hashlib.sha256(content).digest()
    key, store = storage.content_key(digest), storage.current()
    if not await store.exists(key):
        await store.write(key, whole(), most_bytes=_MOST_BYTES)
    until = await clock.now() + timedelta(minutes=settings.current().download_minutes)
    allowed = storage.Pass(
        may="get",
        key=key,
        until=until,
        media_type="application/json",
        file_name=f"poll-{poll.id}.json",
    )
    return SealedBundle(store.address(allowed), digest, len(content))
