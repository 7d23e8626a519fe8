"""Templates: which version holds, what a version says, and a notice in a language.

A version never changes, so what was read of one is kept by the process.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.notifications import policy
from domains.notifications.kinds.book import BY_CODE
from domains.notifications.rules import wording
from domains.notifications.telling import Values
from domains.notifications.values import Channel, Locale, VariableKind

_NEWEST = """
SELECT DISTINCT ON (channel, locale) channel, locale, id FROM notifications_template
WHERE kind = $1 ORDER BY channel, locale, version DESC
"""
_OF_WECHAT = """
SELECT DISTINCT ON (kind, locale) provider_code FROM notifications_template
WHERE channel = 'wechat' ORDER BY kind, locale, version DESC
"""
_COLUMNS = """
t.id, t.kind, t.channel, t.locale, t.version, t.subject, t.body, t.provider_code,
t.variables::text AS variables, t.author_id, t.created_at
"""
_ANY = f"SELECT {_COLUMNS} FROM notifications_template t WHERE t.id = ANY ($1::uuid[])"
_LIST = f"""
SELECT {_COLUMNS} FROM notifications_template t
WHERE $1 AND ($2::text IS NULL OR t.kind = $2) AND ($3::text IS NULL OR t.channel = $3)
  AND ($4::text IS NULL OR t.locale = $4)
  AND ($5 OR NOT EXISTS (
        SELECT FROM notifications_template later
        WHERE later.kind = t.kind AND later.channel = t.channel AND later.locale = t.locale
          AND later.version > t.version))
  AND ($6::text IS NULL OR (t.kind, t.channel, t.locale, -t.version) > ($6, $7, $8, -$9::int))
ORDER BY t.kind, t.channel, t.locale, t.version DESC LIMIT $10
"""
_BY_ID = f"SELECT {_COLUMNS} FROM notifications_template t WHERE $1 AND t.id = ANY ($2::uuid[])"

# Which template an occasion is told by: its id, by channel and language.
Chosen = Mapping[str, Mapping[str, str]]
# What says freely takes the inbox's text where it has none of its own.
FREE = frozenset({Channel.CONSOLE, Channel.EMAIL, Channel.WEB_PUSH})

_KEPT = 4_096
_kept: OrderedDict[UUID, "Wording"] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Wording:
    """What a version of a template says, and the variables that its provider takes, in order."""

    subject: str
    body: str
    provider_code: str | None
    variables: tuple[str, ...]
    locale: Locale


@dataclass(frozen=True, slots=True)
class Written:
    """A notice in a language, on a channel: nothing is missing in it."""

    subject: str
    body: str
    provider_code: str | None
    variables: tuple[tuple[str, str], ...]
    locale: Locale
    second_for: str | None = None


async def newest(kind: str) -> dict[str, dict[str, str]]:
    """Return the newest template of each channel and language in which a kind is written."""
    found: dict[str, dict[str, str]] = {}
    for row in await database.fetch(_NEWEST, kind):
        found.setdefault(row["channel"], {})[row["locale"]] = str(row["id"])
    return found


def template_for(chosen: Chosen, channel: Channel, locale: Locale) -> UUID | None:
    """Return the template that says it there: in Chinese where in no other language.

    None where the channel needs a template of its own and has none.
    """
    own = chosen.get(channel.value)
    if own is None and channel not in FREE:
        return None
    languages = own or chosen.get(Channel.IN_APP.value, {})
    found = languages.get(locale.value, languages.get(Locale.ZH_HANS.value))
    return None if found is None else UUID(found)


async def wordings(template_ids: Sequence[UUID]) -> dict[UUID, Wording]:
    """Return what these templates say; those that were read before cost nothing."""
    missing = {each for each in template_ids if each not in _kept}
    if missing:
        for row in await database.fetch(_ANY, list(missing)):
            _kept[row["id"]] = Wording(
                subject=row["subject"],
                body=row["body"],
                provider_code=row["provider_code"],
                variables=tuple(json.loads(row["variables"])),
                locale=Locale(row["locale"]),
            )
    found = {each: _kept[each] for each in template_ids}
    while len(_kept) > _KEPT:
        _kept.popitem(last=False)
    return found


def write(
    kind: str,
    said: Wording,
    values: Values,
    *,
    names: Mapping[str, str],
    second_for: str | None = None,
) -> Written:
    """Fill a template in; raises VariableMissing rather than leave a gap.

    `names` are those of the people whom values hold the ids of. Whoever is told what another
    is told, `second_for`, reads first for whom it is.
    """
    declared = BY_CODE[kind].variables
    spoken = wording.spoken_values(values, declared, locale=said.locale, names=names)
    subject = wording.filled(said.subject, spoken)
    body = wording.filled(said.body, spoken).strip()
    variables = wording.ordered(said.variables, spoken)
    if second_for is not None:
        subject = wording.for_another(subject, second_for, said.locale)
        variables = _for_another(variables, declared, second_for, said.locale)
    return Written(subject, body, said.provider_code, variables, said.locale, second_for)


def tells_whom(kind: str, said: Wording) -> bool:
    """Return whether a provider's template can say for whom its reader is told something."""
    declared = BY_CODE[kind].variables
    return said.provider_code is None or any(
        declared[name] is VariableKind.TEXT for name in said.variables
    )


def _for_another(
    variables: tuple[tuple[str, str], ...],
    declared: Mapping[str, VariableKind],
    name: str,
    locale: Locale,
) -> tuple[tuple[str, str], ...]:
    """Say it in the first variable that holds a text: a provider's own words stand."""
    written = list(variables)
    for place, (variable, value) in enumerate(written):
        if declared[variable] is VariableKind.TEXT:
            written[place] = (variable, wording.for_another(value, name, locale))
            break
    return tuple(written)


async def wechat_templates() -> Sequence[str]:
    """Return WeChat's ids of the templates by which kinds are told now."""
    rows = await database.fetch(_OF_WECHAT)
    return sorted({str(row["provider_code"]).split()[0] for row in rows})


async def templates(
    actor: Actor,
    *,
    kind: str | None,
    channel: Channel | None,
    locale: Locale | None,
    all_versions: bool,
    page: Page,
) -> Slice[Row]:
    """Return a page of templates for who writes them, the newest version of each first."""
    last: tuple[Any, ...] = page.after or (None, None, None, None)
    rows = await database.fetch(
        _LIST, policy.writes_templates(actor, None), kind, channel, locale, all_versions, *last,
        page.limit,
    )  # fmt: skip
    return Slice.of(rows, page)


async def templates_by_id(actor: Actor, template_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the templates of these ids, None for who does not write them."""
    rows = await database.fetch(_BY_ID, policy.writes_templates(actor, None), list(template_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in template_ids]
