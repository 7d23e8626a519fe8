"""The kinds of tags: presets that `migrate` puts in, and a community's own."""

from uuid import UUID

import asyncpg

from domains.kernel import audit, database
from domains.kernel.actor import Actor, require
from domains.kernel.errors import InvalidInput, NotFound
from domains.membership import policy
from domains.membership.errors.tags import TagKindTaken, TagKindUnfit
from domains.membership.rules import tags, texts
from domains.membership.rules.tags import TagKindPreset
from domains.membership.service import targets

_PUT = """
INSERT INTO membership_tag_kind
    (code, subject, title_zh, title_en, sensitivity, needs_consent, review_months, basis,
     area_path, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, kernel_now())
"""
_SYNC = f"{_PUT} ON CONFLICT (code) DO NOTHING"
_FOR = "SELECT * FROM membership_tag_kind WHERE code = $1"
_RETIRE = """
UPDATE membership_tag_kind SET retired_at = coalesce(retired_at, kernel_now()) WHERE code = $1
"""


async def sync_presets() -> None:
    """Put the preset kinds in; one that stands is left as it is."""
    for preset in tags.PRESETS:
        await database.execute(_SYNC, *_row(preset, ""))


def _row(kind: TagKindPreset, area_path: str) -> tuple[object, ...]:
    return (
        *(kind.code, kind.subject, kind.title_zh, kind.title_en, kind.sensitivity),
        *(kind.needs_consent, kind.review_months, kind.basis, area_path),
    )


async def create_tag_kind(actor: Actor, area_id: UUID, kind: TagKindPreset) -> None:
    """Add a kind of a community's own, with what allows that it is kept.

    Raises TagKindTaken, InvalidInput; NotFound where the area is not to be seen.
    """
    async with database.transaction():
        area, place = await targets.area(area_id, path=("input", "areaId"))
        require(policy.AUTHORITY, "createTagKind", actor, place)
        if not 1 <= kind.review_months <= 60:
            raise InvalidInput(
                path=("input", "reviewMonths"), zh="须为 1 至 60 个月。", en="1 to 60 months."
            )
        texts.line(kind.title_zh, path=("input", "titleZh"), longest=40)
        texts.line(kind.title_en, path=("input", "titleEn"), longest=80)
        texts.line(kind.basis, path=("input", "basis"), longest=200)
        try:
            await database.execute(_PUT, *_row(kind, place.area_path))
        except asyncpg.UniqueViolationError:
            raise TagKindTaken(path=("input", "code")) from None
        except asyncpg.CheckViolationError:
            raise InvalidInput(
                path=("input", "code"),
                zh="代码须为小写字母、数字和下划线。",
                en="a code is made of small letters, digits and underscores.",
            ) from None
        await _audited(actor, "createTagKind", area["community_id"], kind.code)


async def retire_tag_kind(actor: Actor, area_id: UUID, code: str) -> None:
    """Let a community's own kind be said of nobody from now on; what was said stays.

    Raises NotFound for a kind that is not the area's, presets among them.
    """
    async with database.transaction():
        area, place = await targets.area(area_id, path=("input", "areaId"))
        require(policy.AUTHORITY, "retireTagKind", actor, place)
        kind = await database.fetch_one(_FOR, code)
        if kind is None or not kind["area_path"].startswith(place.area_path):
            raise NotFound(path=("input", "code"))
        await database.execute(_RETIRE, code)
        await _audited(actor, "retireTagKind", area["community_id"], code)


async def kind_for(code: str, subject: str, area_paths: tuple[str, ...]) -> database.Row:
    """Return a kind that may be said, in force and of the place; raises TagKindUnfit."""
    kind = await database.fetch_one(_FOR, code)
    if (
        kind is None
        or kind["retired_at"] is not None
        or kind["subject"] != subject
        or not any(path.startswith(kind["area_path"]) for path in (*area_paths, ""))
    ):
        raise TagKindUnfit(path=("input", "code"))
    return kind


async def _audited(actor: Actor, command: str, chain: UUID | None, code: str) -> None:
    await audit.record(
        actor, command=command, chain=chain, subject=("tag_kind", None), details={"code": code}
    )
