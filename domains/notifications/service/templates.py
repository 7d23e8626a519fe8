"""Writing templates: a version never changes, so a change is a new version."""

import json
from collections.abc import Sequence
from uuid import UUID

from domains.kernel import audit, database
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import InvalidInput, VersionConflict
from domains.notifications import policy
from domains.notifications.errors import ProviderCodeMissing
from domains.notifications.kinds import registry
from domains.notifications.kinds.kind import NoticeKind, Text
from domains.notifications.queries.templates import FREE
from domains.notifications.rules import wording
from domains.notifications.values import Channel, Locale

_LONGEST_SUBJECT = 200
_LONGEST_BODY = 4_000

# Writers of one text queue up behind one another, so that versions have no gap and no twin.
_QUEUE = "SELECT pg_advisory_xact_lock(hashtextextended($1, 29))"
_NEWEST = """
SELECT id, version, subject, body, provider_code, variables::text AS variables, author_id
FROM notifications_template
WHERE kind = $1 AND channel = $2 AND locale = $3 ORDER BY version DESC LIMIT 1
"""
_PRESETS = """
SELECT DISTINCT ON (kind, locale) kind, locale, version, subject, body, author_id
FROM notifications_template WHERE channel = 'in_app' AND kind = ANY ($1::text[])
ORDER BY kind, locale, version DESC
"""
_WRITE = """
INSERT INTO notifications_template
    (id, kind, channel, locale, version, subject, body, provider_code, variables, author_id,
     created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, kernel_now())
ON CONFLICT DO NOTHING
"""


async def sync_presets() -> int:
    """Put the kinds' own texts in, as new versions where they changed; what staff wrote stays."""
    async with transaction():
        return await put_in(registry.ALL)


async def put_in(kinds: Sequence[NoticeKind]) -> int:
    """Put these kinds' own texts in, in the open transaction; returns how many were new."""
    database.require_open_transaction()
    await database.execute(_QUEUE, "notifications_template")
    rows = await database.fetch(_PRESETS, [kind.code for kind in kinds])
    held = {(row["kind"], row["locale"]): row for row in rows}
    written = 0
    for kind in kinds:
        for locale, text in kind.says.items():
            row = held.get((kind.code, locale))
            if row is None or (
                row["author_id"] is None and (row["subject"], row["body"]) != _as_is(text)
            ):
                version = 1 if row is None else row["version"] + 1
                await _insert(kind, Channel.IN_APP, locale, text, version=version)
                written += 1
    return written


async def write_template(
    actor: Actor,
    kind_code: str,
    *,
    channel: Channel,
    locale: Locale,
    text: Text,
    expected_version: int,
    provider_code: str | None = None,
    variables: tuple[str, ...] = (),
) -> UUID:
    """Write the version after the expected one of what a kind says on a channel in a language.

    The same, written again, is there already. Raises VersionConflict where another was written
    meanwhile, VariableUnknown where it names what the kind does not have, ProviderCodeMissing
    where the provider sends templates of its own and none is named.
    """
    require(policy.AUTHORITY, "writeNoticeTemplate", actor)
    kind = _kind_of(kind_code)
    _require_text(text)
    named = [f"{{{name}}}" for name in variables]
    wording.require_known((text.subject, text.body), kind.variables, path=("input", "body"))
    wording.require_known(named, kind.variables, path=("input", "variables"))
    needs_code = channel not in FREE and channel is not Channel.IN_APP
    if needs_code != bool(provider_code):
        raise ProviderCodeMissing(path=("input", "providerCode"))
    async with transaction():
        await database.execute(_QUEUE, "notifications_template")
        newest = await database.fetch_one(_NEWEST, kind.code, channel, locale)
        version = 0 if newest is None else newest["version"]
        if newest is not None and version == expected_version + 1:
            asked = (*_as_is(text), provider_code, variables, actor.person_id)
            if _said(newest) == asked:
                return UUID(str(newest["id"]))
        if version != expected_version:
            raise VersionConflict(path=("input", "expectedVersion"), version=version)
        template_id = await _insert(
            kind,
            channel,
            locale,
            text,
            version=version + 1,
            provider_code=provider_code,
            variables=variables,
            author_id=actor.person_id,
        )
        await audit.record(
            actor,
            command="writeNoticeTemplate",
            chain=None,
            subject=("noticeTemplate", template_id),
            details={"kind": kind.code, "channel": channel.value, "locale": locale.value},
        )
        return template_id


async def _insert(
    kind: NoticeKind,
    channel: Channel,
    locale: Locale,
    text: Text,
    *,
    version: int,
    provider_code: str | None = None,
    variables: tuple[str, ...] = (),
    author_id: UUID | None = None,
) -> UUID:
    template_id = database.new_id()
    await database.execute(
        _WRITE, template_id, kind.code, channel, locale, version, *_as_is(text), provider_code,
        json.dumps(variables), author_id,
    )  # fmt: skip
    return template_id


def _said(row: Row) -> tuple[str, str, str | None, tuple[str, ...], UUID | None]:
    variables = tuple(json.loads(row["variables"]))
    return row["subject"], row["body"], row["provider_code"], variables, row["author_id"]


def _as_is(text: Text) -> tuple[str, str]:
    return text.subject, text.body


def _kind_of(code: str) -> NoticeKind:
    kind = registry.BY_CODE.get(code)
    if kind is None:
        raise InvalidInput(
            path=("input", "kind"), zh="没有这一类通知。", en="there is no such kind of notice."
        )
    return kind


def _require_text(text: Text) -> None:
    if not 1 <= len(text.subject.strip()) <= _LONGEST_SUBJECT or len(text.body) > _LONGEST_BODY:
        raise InvalidInput(
            path=("input", "subject"),
            zh=f"标题须为 1 至 {_LONGEST_SUBJECT} 字,正文不超过 {_LONGEST_BODY} 字。",
            en=f"a subject has 1 to {_LONGEST_SUBJECT} characters, a body {_LONGEST_BODY} at most.",
        )
