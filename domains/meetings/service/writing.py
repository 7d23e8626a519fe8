"""What people bring along: texts, files, and how often they do."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from domains.kernel import clock, database, uploads
from domains.kernel.actor import Actor
from domains.kernel.errors import TooManyAttempts
from domains.kernel.values import UploadState
from domains.meetings.errors import PictureUnfit
from domains.meetings.rules import pace, texts
from domains.voting.errors import NumbersInText
from domains.voting.rules.entries import holds_personal_numbers

MOST_FILES = 9
_LOCK_PACE = "SELECT pg_advisory_xact_lock(hashtextextended($1, 41))"

Path = tuple[str, ...]


def text(given: str, *, path: Path, longest: int, least: int = 2) -> str:
    """Return a public text, plain; refuses one of no length, without end, or with numbers."""
    kept = texts.required(given, path=path, longest=longest, least=least)
    if holds_personal_numbers(kept):
        raise NumbersInText(path=path)
    return kept


def optional_text(given: str | None, *, path: Path, longest: int) -> str:
    """Return a public text, or an empty one for none."""
    return text(given, path=path, longest=longest, least=1) if given and given.strip() else ""


async def require_files(
    actor: Actor, upload_ids: Sequence[UUID], *, path: Path, pictures: bool
) -> None:
    """Refuse unless these are complete uploads of the actor's own, and pictures where asked."""
    found = await uploads.uploads_by_id(actor, list(upload_ids))
    fit = len(upload_ids) <= MOST_FILES and len(set(upload_ids)) == len(upload_ids)
    for each in found:
        complete = each is not None and each.state is UploadState.COMPLETE
        fit = fit and complete
        if fit and pictures and each is not None:
            fit = each.media_type.startswith("image/")
    if not fit:
        raise PictureUnfit(path=path)


async def require_pace(
    actor: Actor, *, table: str, who: str, at: str, limits: Sequence[tuple[int, timedelta]]
) -> None:
    """Refuse who has done this too often: so many times within a window; raises TooManyAttempts.

    Two commands of one person wait for one another, so that none slips through.
    """
    await database.execute(_LOCK_PACE, f"{table}:{actor.person_id}")
    now = await clock.now()
    for most, window in limits:
        earlier = await database.fetch_value(
            f"SELECT {at} FROM {table} WHERE {who} = $1 ORDER BY {at} DESC OFFSET $2 LIMIT 1",
            actor.person_id,
            most - 1,
        )
        seconds = pace.wait_s(earlier, now=now, window=window)
        if seconds:
            raise TooManyAttempts(retry_after_s=seconds)
