"""What people asked to have gathered: their own unread notices since the last summary."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from domains.kernel import database
from domains.notifications.kinds.book import BY_CODE
from domains.notifications.queries import rendering
from domains.notifications.queries.rendering import SAID
from domains.notifications.values import Channel, Locale

MOST_LINES = 10

# Of a kind, or of its category unless the kind goes another way there; only what can wait.
_OWN = f"""
SELECT {SAID}, n.seq FROM (
    SELECT DISTINCT person_id FROM notifications_preference
    WHERE person_id = ANY ($1::uuid[]) AND choice = 'digest'
) asking
JOIN notifications_box box ON box.person_id = asking.person_id
CROSS JOIN LATERAL (
    SELECT m.* FROM notifications_notice m
    WHERE m.person_id = asking.person_id AND m.seq > box.read_up_to AND m.read_at IS NULL
      AND m.archived_at IS NULL AND m.withdrawn_at IS NULL AND m.created_at >= $2
      AND m.kind = ANY ($3::text[])
      AND EXISTS (
          SELECT FROM notifications_preference p
          WHERE p.person_id = m.person_id AND p.choice = 'digest'
            AND (p.scope = m.kind OR p.scope = m.category AND NOT EXISTS (
                SELECT FROM notifications_preference nearer
                WHERE nearer.person_id = p.person_id AND nearer.channel = p.channel
                  AND nearer.scope = m.kind)))
    ORDER BY m.seq DESC LIMIT {MOST_LINES}
) n
JOIN notifications_occasion o ON o.id = n.occasion_id
ORDER BY n.person_id, n.seq DESC
"""
_NEWS = """
SELECT variables #>> '{content,zh-Hans}' <> '' FROM notifications_occasion WHERE id = $1
"""
_HEADING = {Locale.ZH_HANS: "\n\n你的未读通知", Locale.EN: "\n\nUnread notices of yours"}


async def own_lines(people: Sequence[UUID], since: datetime) -> Mapping[UUID, Mapping[str, str]]:
    """Return what each of these people asked to have gathered, written in every language."""
    can_wait = [each.code for each in BY_CODE.values() if each.is_digestible]
    rows = await database.fetch(_OWN, list(people), since, can_wait)
    if not rows:
        return {}
    found: dict[UUID, dict[str, str]] = defaultdict(dict)
    for locale in Locale:
        lines: defaultdict[UUID, list[str]] = defaultdict(list)
        said = await rendering.in_language(rows, locale, Channel.IN_APP)
        for row, words in zip(rows, said, strict=True):
            lines[row["person_id"]].append(f"· {words.subject}")
        for person, of_one in lines.items():
            found[person][locale.value] = "\n".join([_HEADING[locale], *of_one])
    return found


async def has_news(occasion_id: UUID) -> bool:
    """Return whether a summary's occasion has anything to say of the community."""
    return bool(await database.fetch_value(_NEWS, occasion_id))
