"""What people chose: read for a page of addressees at a time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database, settings
from domains.notifications.rules.choices import Chosen
from domains.notifications.rules.timing import QuietHours
from domains.notifications.values import Channel, Choice, Locale

_CHOSEN = """
SELECT person_id, scope, channel, choice FROM notifications_preference
WHERE person_id = ANY ($1::uuid[]) AND ($2::text[] IS NULL OR scope = ANY ($2))
"""
_PROFILES = """
SELECT person_id, locale, quiet_from_minute, quiet_until_minute, wants_digests, version
FROM notifications_profile WHERE person_id = ANY ($1::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How somebody wants to be told."""

    chosen: Chosen
    quiet: QuietHours
    locale: Locale = Locale.ZH_HANS
    wants_digests: bool = True
    version: int = 0


def usual_quiet_hours() -> QuietHours:
    """Return the quiet hours of whoever chose none."""
    chosen = settings.current()
    return QuietHours(chosen.quiet_from_minute, chosen.quiet_until_minute)


async def wishes(
    people: Sequence[UUID], *, scopes: Sequence[str] | None = None
) -> Mapping[UUID, Wishes]:
    """Return what each of these people wants, of some scopes or of all; every one is there."""
    chosen: defaultdict[UUID, dict[tuple[str, Channel], Choice]] = defaultdict(dict)
    only = None if scopes is None else list(scopes)
    for row in await database.fetch(_CHOSEN, list(people), only):
        key = (row["scope"], Channel(row["channel"]))
        chosen[row["person_id"]][key] = Choice(row["choice"])
    profiles = {row["person_id"]: row for row in await database.fetch(_PROFILES, list(people))}
    usual = usual_quiet_hours()
    found: dict[UUID, Wishes] = {}
    for each in people:
        profile = profiles.get(each)
        if profile is None:
            found[each] = Wishes(chosen.get(each, {}), usual)
            continue
        quiet_from = profile["quiet_from_minute"]
        found[each] = Wishes(
            chosen.get(each, {}),
            usual if quiet_from is None else QuietHours(quiet_from, profile["quiet_until_minute"]),
            Locale(profile["locale"] or Locale.ZH_HANS),
            profile["wants_digests"],
            profile["version"],
        )
    return found
