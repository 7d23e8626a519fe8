"""Noting that summaries are due: one a community and week, and one a community and day."""

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

from domains.kernel import clock, database, settings
from domains.kernel.database import transaction
from domains.membership.queries import addressees as membership
from domains.notifications.kinds import registry
from domains.notifications.rules.rhythms import Issue, issue_due
from domains.notifications.values import Rhythm

_KINDS = {Rhythm.WEEKLY: "WEEKLY_DIGEST", Rhythm.DAILY: "DAILY_DIGEST"}
_SHANGHAI = ZoneInfo("Asia/Shanghai")

_NOTE = """
INSERT INTO notifications_occasion
    (id, kind, subject_kind, subject_id, slot, area_path, payload, due_at, turn_at, stale_at,
     created_at)
SELECT a.id, $1, 'area', a.community_id, $2, a.path, $3::jsonb, $4, $4, $5, kernel_now()
FROM unnest($6::uuid[], $7::uuid[], $8::text[]) AS a (id, community_id, path)
ON CONFLICT ON CONSTRAINT notifications_occasion_once DO NOTHING
"""
_NOTED = "SELECT subject_id FROM notifications_occasion WHERE kind = $1 AND slot = $2"


async def note_due_digests(rhythm: Rhythm) -> int:
    """Note the summaries that are due for every community that has none of these days yet."""
    kind = registry.BY_CODE[_KINDS[rhythm]]
    patience = kind.stale_after
    assert patience is not None, "what comes late is no summary"
    chosen = settings.current()
    minute = chosen.weekly_digest_minute if rhythm is Rhythm.WEEKLY else chosen.daily_digest_minute
    issue = issue_due(rhythm, await clock.now(), at_minute=minute, patience=patience)
    if issue is None:
        return 0
    async with transaction():
        noted = {row["subject_id"] for row in await database.fetch(_NOTED, kind.code, issue.slot)}
        missing = [row for row in await membership.communities() if row["id"] not in noted]
        if not missing:
            return 0
        return await database.execute(
            _NOTE,
            kind.code,
            issue.slot,
            json.dumps(_payload(issue)),
            issue.due_at,
            issue.due_at + patience,
            [database.new_id() for _ in missing],
            [row["id"] for row in missing],
            [row["path"] for row in missing],
        )


def _payload(issue: Issue) -> dict[str, str]:
    last = issue.until - timedelta(microseconds=1)
    return {
        "since": issue.since.isoformat(),
        "until": issue.until.isoformat(),
        "first_day": issue.since.astimezone(_SHANGHAI).date().isoformat(),
        "last_day": last.astimezone(_SHANGHAI).date().isoformat(),
    }
