"""What the commands act upon: a disclosure and its version under way, locked and judged.

The disclosure is locked first, then the version. Authority is judged by the rules that the
version was handed in under, or, while it is a draft, by those in force.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domains.disclosure import policy
from domains.disclosure.rules import chains
from domains.disclosure.rules.chains import PublisherRules
from domains.disclosure.service.presets import publishing
from domains.disclosure.values import (
    OfficerPart,
    PublisherKind,
    VersionState,
)
from domains.kernel import audit, database, idempotency, rulesets
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row
from domains.kernel.errors import NotFound
from domains.kernel.rules import RuleSet

_PUBLISHER = """
SELECT id, kind, name, area_id, area_path, community_id, organisation_id, ended_at, contacts
FROM disclosure_publisher WHERE id = $1
"""
_PARTS = """
SELECT part FROM disclosure_officer
WHERE publisher_id = $1 AND person_id = $2 AND dismissed_at IS NULL
"""
_DISCLOSURE = "SELECT * FROM disclosure_disclosure WHERE id = $1 FOR UPDATE"
_UNDER_WAY = """
SELECT *, frozen_rules::text AS rules FROM disclosure_version
WHERE disclosure_id = $1 AND state <> 'published' FOR UPDATE
"""
_TAKEN = """
SELECT count(*) FROM disclosure_step
WHERE version_id = $1 AND round = $2 AND decision = 'approved'
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A body with the rules in force for it today."""

    publisher: Row
    body: policy.Body
    rule_set: RuleSet
    rules: PublisherRules


@dataclass(frozen=True, slots=True)
class Held:
    """A disclosure, its body, and the version under way, if there is one."""

    disclosure: Row
    publisher: Row
    version: Row | None
    paper: policy.Paper
    rules: PublisherRules
    position: int

    @property
    def id(self) -> UUID:
        """Return the disclosure's id."""
        found: UUID = self.disclosure["id"]
        return found

    @property
    def community_id(self) -> UUID | None:
        """Return the community whose audit tells of it."""
        found: UUID | None = self.disclosure["community_id"]
        return found


async def body_of(actor: Actor, publisher_id: UUID, *, path: tuple[str, ...]) -> Standing:
    """Return a body as authority judges it today; raises NotFound."""
    publisher = await database.fetch_one(_PUBLISHER, publisher_id)
    if publisher is None:
        raise NotFound(path=path)
    rule_set = await publishing.in_force(publisher["community_id"])
    kind = PublisherKind(publisher["kind"])
    rules = chains.rules_of(rule_set.content, kind)
    return Standing(publisher, await _judged(actor, publisher, rules), rule_set, rules)


async def _judged(actor: Actor, publisher: Row, rules: PublisherRules) -> policy.Body:
    rows = await database.fetch(_PARTS, publisher["id"], actor.person_id)
    return policy.Body(
        area_path=publisher["area_path"],
        kind=PublisherKind(publisher["kind"]),
        organisation_id=publisher["organisation_id"],
        parts=frozenset(OfficerPart(row["part"]) for row in rows),
        writers=rules.writers,
    )


async def hold(actor: Actor, disclosure_id: UUID, action: str) -> Held:
    """Lock a disclosure and its version under way, and refuse who may not do this with it."""
    path = ("input", "disclosureId")
    disclosure = await database.fetch_one(_DISCLOSURE, disclosure_id)
    if disclosure is None:
        raise NotFound(path=path)
    standing = await body_of(actor, disclosure["publisher_id"], path=path)
    version = await database.fetch_one(_UNDER_WAY, disclosure_id)
    rules, position = standing.rules, 0
    body = standing.body
    if version is not None and version["rules"] is not None:
        frozen = rulesets.thaw(json.loads(version["rules"]))
        rules = chains.rules_of(frozen.content, body.kind)
        position = await database.fetch_value(_TAKEN, version["id"], version["round"])
    paper = policy.Paper(
        body=body,
        is_public=disclosure["published_number"] is not None,
        takers=_takers(version, rules, position),
    )
    require(policy.AUTHORITY, action, actor, paper)
    return Held(disclosure, standing.publisher, version, paper, rules, position)


def _takers(version: Row | None, rules: PublisherRules, position: int) -> tuple[chains.Taker, ...]:
    """Return who takes the next step; once all are taken, or none is begun, who takes the last."""
    waiting = version is not None and version["state"] not in {
        VersionState.DRAFT,
        VersionState.APPROVED,
    }
    step = rules.steps[position] if waiting else rules.steps[-1]
    return step.takers


async def done_before(
    actor: Actor, key: UUID | None, command: str, given: Mapping[str, Any]
) -> bool:
    """Whether the caller did this already with this key; from now on, they have.

    It comes before authority: who sends again what they did is answered as before, though the
    version waits at somebody else's step by now. Runs inside the command's transaction.
    """
    if key is None:
        return False
    if await idempotency.claim(actor, key, command, given) is not None:
        return True
    await idempotency.settle(actor, key, {"done": True})
    return False


async def told(actor: Actor, held: Held, command: str, details: Mapping[str, Any]) -> None:
    """Tell the audit, last of all."""
    await audit.record(
        actor,
        command=command,
        chain=held.community_id,
        subject=("disclosure", held.id),
        details=dict(details),
    )
