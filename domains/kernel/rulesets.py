"""The stored rule sets: which rules are in force for a kind of decision, where and when.

A community's own rules go before the general ones. What has come into force never
changes (a trigger); its open end may be set once. Of one code and place, no two periods
overlap (an exclusion constraint), so that on any day at most one set answers.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from domains.kernel import canonical, database
from domains.kernel.errors import NoRuleInForce, RuleSetDiffers, RuleSetsOverlap
from domains.kernel.paging import Page, Slice
from domains.kernel.rules import LegalEffect, RuleSet, freeze, thaw

__all__ = [
    "NoRuleInForce",
    "RuleSetDiffers",
    "RuleSetsOverlap",
    "freeze",
    "in_force",
    "put",
    "thaw",
    "with_content",
]


_COLUMNS = """id, code, version, community_id, title_zh, title_en, legal_basis, legal_effect,
              effective_from, effective_to, content::text AS content, content_sha256"""
_INSERT = """
INSERT INTO kernel_rule_set (id, code, version, community_id, title_zh, title_en, legal_basis,
    legal_effect, effective_from, effective_to, content, content_sha256, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12, kernel_now())
ON CONFLICT DO NOTHING
"""
_STANDING = f"""
SELECT {_COLUMNS} FROM kernel_rule_set
WHERE code = $1 AND version = $2 AND community_id IS NOT DISTINCT FROM $3
"""
_END = "UPDATE kernel_rule_set SET effective_to = $2 WHERE id = $1 AND effective_to IS NULL"
_IN_FORCE = f"""
SELECT {_COLUMNS} FROM kernel_rule_set
WHERE code = $1 AND effective_from <= $2 AND COALESCE(effective_to, 'infinity') >= $2
  AND (community_id = $3 OR community_id IS NULL)
ORDER BY community_id NULLS LAST LIMIT 1
"""


async def put(
    *,
    code: str,
    version: int,
    title_zh: str,
    title_en: str,
    legal_basis: str,
    legal_effect: LegalEffect,
    effective_from: date,
    content: Mapping[str, Any],
    effective_to: date | None = None,
    community_id: UUID | None = None,
) -> RuleSet:
    """Put a version of the rules in, or find that it stands; an end that was open may be set.

    Raises RuleSetDiffers where the version stands with other content, RuleSetsOverlap
    where another version has some of the same days.
    """
    given = RuleSet(
        id=database.new_id(),
        code=code,
        version=version,
        community_id=community_id,
        title_zh=title_zh,
        title_en=title_en,
        legal_basis=legal_basis,
        legal_effect=legal_effect,
        effective_from=effective_from,
        effective_to=effective_to,
        content=content,
    )
    if await database.execute(_INSERT, *_values(given)):
        return given
    row = await database.fetch_one(_STANDING, code, version, community_id)
    if row is None:
        raise RuleSetsOverlap(rule_code=code, version=version)
    return await _agreed(_rule_set_of(row), given)


def _values(rule_set: RuleSet) -> tuple[Any, ...]:
    return (
        *(rule_set.id, rule_set.code, rule_set.version, rule_set.community_id),
        *(rule_set.title_zh, rule_set.title_en, rule_set.legal_basis, rule_set.legal_effect.value),
        *(rule_set.effective_from, rule_set.effective_to),
        *(canonical.json_bytes(dict(rule_set.content)).decode(), rule_set.content_sha256),
    )


async def _agreed(standing: RuleSet, given: RuleSet) -> RuleSet:
    if standing.content_sha256 != given.content_sha256:
        raise RuleSetDiffers(rule_code=given.code, version=given.version)
    if given.effective_to in {None, standing.effective_to}:
        return standing
    if not await database.execute(_END, standing.id, given.effective_to):
        raise RuleSetDiffers(rule_code=given.code, version=given.version)
    return replace(standing, effective_to=given.effective_to)


async def in_force(code: str, *, on: date, community: UUID | None) -> RuleSet:
    """Return the rules of this code in force on the day: the community's own, or the general.

    Raises NoRuleInForce where there are none.
    """
    row = await database.fetch_one(_IN_FORCE, code, on, community)
    if row is None:
        raise NoRuleInForce(rule_code=code, on=on.isoformat())
    return _rule_set_of(row)


_ALL = f"""
SELECT {_COLUMNS} FROM kernel_rule_set
WHERE (community_id = $1 OR community_id IS NULL)
  AND ($2::text IS NULL OR (code, COALESCE(community_id::text, ''), version) > ($2, $3, $4))
  AND content ? $6
ORDER BY code, COALESCE(community_id::text, ''), version LIMIT $5
"""
_IS_GENERAL = """
SELECT EXISTS (SELECT FROM kernel_rule_set WHERE code = $1 AND community_id IS NULL)
"""
_LATEST = f"""
SELECT {_COLUMNS} FROM kernel_rule_set
WHERE code = $1 AND community_id = $2 ORDER BY version DESC LIMIT 1
"""


async def page_of(community: UUID | None, page: Page, *, saying: str) -> Slice[database.Row]:
    """Return a page of all versions that hold in a community: the general ones and its own.

    `saying` is what only the content of one domain's rules says: each domain lists its own.
    """
    code, owner, version = page.after or (None, "", 0)
    rows = await database.fetch(_ALL, community, code, owner, version, page.limit, saying)
    return Slice.of(rows, page)


def of_row(row: database.Row) -> RuleSet:
    """Read a row of a page."""
    return _rule_set_of(row)


async def is_general(code: str) -> bool:
    """Whether the general rules have this code, now or at another time."""
    return bool(await database.fetch_value(_IS_GENERAL, code))


async def latest(code: str, *, community: UUID) -> RuleSet | None:
    """Return a community's latest version of its own rules, or None where it has none."""
    row = await database.fetch_one(_LATEST, code, community)
    return None if row is None else _rule_set_of(row)


def with_content(rule_set: RuleSet, changes: Mapping[str, Any]) -> RuleSet:
    """Return the rules as one decision runs under them, where they let it choose a figure."""
    return replace(rule_set, content={**rule_set.content, **changes})


def _rule_set_of(row: database.Row) -> RuleSet:
    values = {name: row[name] for name in RuleSet.__slots__}
    values |= {
        "legal_effect": LegalEffect(row["legal_effect"]),
        "content": json.loads(row["content"]),
    }
    found = RuleSet(**values)
    assert found.content_sha256 == bytes(row["content_sha256"]), "stored rules were altered"
    return found
