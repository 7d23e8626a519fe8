"""What people choose: by category or kind and by channel; quiet hours, language, digests."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, SignInRequired
from domains.notifications import policy
from domains.notifications.errors import DigestImpossible, LegalNotice
from domains.notifications.kinds import registry
from domains.notifications.kinds.kind import NoticeKind
from domains.notifications.values import Category, Channel, Choice, Locale

_CHOOSE = """
INSERT INTO notifications_preference (id, person_id, scope, channel, choice, changed_at)
SELECT a.id, $1, a.scope, a.channel, a.choice, kernel_now()
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) AS a (id, scope, channel, choice)
ORDER BY a.scope, a.channel
ON CONFLICT (person_id, scope, channel)
DO UPDATE SET choice = excluded.choice, changed_at = excluded.changed_at
"""
_FORGET = """
DELETE FROM notifications_preference x
USING unnest($2::text[], $3::text[]) AS a (scope, channel)
WHERE x.person_id = $1 AND x.scope = a.scope AND x.channel = a.channel
"""
_PROFILE = """
INSERT INTO notifications_profile
    (person_id, locale, quiet_from_minute, quiet_until_minute, wants_digests, version, changed_at)
VALUES ($1, $2, $3, $4, $5, 1, kernel_now())
ON CONFLICT (person_id) DO UPDATE
SET locale = excluded.locale, quiet_from_minute = excluded.quiet_from_minute,
    quiet_until_minute = excluded.quiet_until_minute, wants_digests = excluded.wants_digests,
    version = notifications_profile.version + 1, changed_at = excluded.changed_at
RETURNING version
"""
MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """One choice: of a category or one kind, on a channel; None is what is usual."""

    channel: Channel
    choice: Choice | None
    category: Category | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class ProfileDraft:
    """How somebody wants to be told; quiet hours are two minutes of the day, equal for none."""

    locale: Locale | None = None
    quiet_from_minute: int | None = None
    quiet_until_minute: int | None = None
    wants_digests: bool = True


async def choose(actor: Actor, wishes: tuple[Wish, ...]) -> None:
    """Keep what the actor chose, all or nothing.

    Raises LegalNotice where a kind that the law wants told would be turned off, DigestImpossible
    where one that cannot wait would be gathered, InvalidInput where a choice names no one scope.
    """
    person_id = _oneself(actor, "chooseNotices")
    if not 1 <= len(wishes) <= MOST_AT_ONCE:
        raise InvalidInput(
            path=("input", "choices"),
            zh=f"一次须为 1 至 {MOST_AT_ONCE} 项选择。",
            en=f"1 to {MOST_AT_ONCE} choices at once.",
        )
    scoped = {(_scope(wish, at), wish.channel): wish for at, wish in enumerate(wishes)}
    kept = [(key, wish.choice) for key, wish in scoped.items() if wish.choice is not None]
    usual = [key for key, wish in scoped.items() if wish.choice is None]
    async with transaction():
        if kept:
            await database.execute(
                _CHOOSE,
                person_id,
                [database.new_id() for _ in kept],
                [scope for (scope, _), _ in kept],
                [channel for (_, channel), _ in kept],
                [choice for _, choice in kept],
            )
        if usual:
            scopes, channels = zip(*usual, strict=True)
            await database.execute(_FORGET, person_id, list(scopes), list(channels))


async def set_profile(actor: Actor, draft: ProfileDraft) -> int:
    """Keep how the actor wants to be told; returns the version. Raises InvalidInput."""
    person_id = _oneself(actor, "setNoticeProfile")
    minutes = (draft.quiet_from_minute, draft.quiet_until_minute)
    if (minutes[0] is None) != (minutes[1] is None) or not all(
        minute is None or 0 <= minute < 24 * 60 for minute in minutes
    ):
        raise InvalidInput(
            path=("input", "quietHours"),
            zh="免打扰时段须同时填写起止时间,均在当日 00:00 至 23:59 之间。",
            en="quiet hours have a beginning and an end, both between 00:00 and 23:59.",
        )
    async with transaction():
        version: int = await database.fetch_value(
            _PROFILE, person_id, draft.locale, *minutes, draft.wants_digests
        )
        return version


def _scope(wish: Wish, at: int) -> str:
    path = ("input", "choices", str(at))
    if (wish.category is None) == (wish.kind is None):
        raise InvalidInput(
            path=path,
            zh="每项选择须指定一个类别或一类通知。",
            en="a choice names either a category or a kind.",
        )
    if wish.choice is Choice.DIGEST and wish.channel is Channel.IN_APP:
        raise DigestImpossible(path=path)
    if wish.category is not None:
        return wish.category.value
    kind = registry.BY_CODE.get(wish.kind or "")
    if kind is None:
        raise InvalidInput(path=path, zh="没有这一类通知。", en="there is no such kind of notice.")
    _require_open(kind, wish, path)
    return kind.code


def _require_open(kind: NoticeKind, wish: Wish, path: tuple[str, ...]) -> None:
    usual = wish.channel in kind.channels or wish.channel is Channel.IN_APP
    if kind.is_legal and usual and wish.choice in {Choice.OFF, Choice.DIGEST}:
        raise LegalNotice(path=path)
    if wish.choice is Choice.DIGEST and not kind.is_digestible:
        raise DigestImpossible(path=path)


def _oneself(actor: Actor, command: str) -> UUID:
    require(policy.AUTHORITY, command, actor)
    if actor.person_id is None:
        raise SignInRequired
    return actor.person_id
