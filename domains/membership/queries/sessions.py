"""Who stands behind a token or a session, with the roles in force today, in one statement."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from domains.kernel import crypto, database, settings
from domains.kernel.actor import Actor, Grant, Role
from domains.kernel.batching import Batcher
from domains.kernel.database import Row
from domains.kernel.errors import DEFAULT_LOCALE
from domains.kernel.paging import Page, Slice
from domains.membership import policy
from domains.membership.queries.roles import GRANTS

_WITH_GRANTS = f"""
SELECT live.*, g.role, g.area_path, g.organisation_id
FROM live LEFT JOIN LATERAL ({GRANTS.replace("$1", "live.person_id")}) g ON true
"""

# A visit is noted once a minute at most, and never waits for another visit's note.
_BY_TOKENS = f"""
WITH clock AS MATERIALIZED (SELECT kernel_now() AS at),
live AS MATERIALIZED (
    SELECT s.id, s.person_id, s.token_hash, s.last_seen_at,
           coalesce(s.second_factor_at > clock.at - make_interval(hours => $2), false)
               AS second_factor
    FROM membership_session s, clock
    WHERE s.token_hash = ANY ($1::bytea[]) AND s.revoked_at IS NULL AND s.expires_at > clock.at
),
due AS (
    SELECT s.id FROM membership_session s
    WHERE s.id IN (
        SELECT live.id FROM live, clock WHERE live.last_seen_at < clock.at - interval '1 minute'
    )
    FOR UPDATE SKIP LOCKED
),
seen AS (
    UPDATE membership_session s
    SET last_seen_at = clock.at,
        expires_at = least(
            clock.at + make_interval(days => $3), s.created_at + make_interval(days => $4)
        )
    FROM due, clock
    WHERE s.id = due.id
)
{_WITH_GRANTS}
"""

_BY_ID = f"""
WITH clock AS MATERIALIZED (SELECT kernel_now() AS at),
live AS MATERIALIZED (
    SELECT s.id, s.person_id,
           coalesce(s.second_factor_at > clock.at - make_interval(hours => $2), false)
               AS second_factor
    FROM membership_session s, clock
    WHERE s.id = ANY ($1::uuid[]) AND s.revoked_at IS NULL AND s.expires_at > clock.at
)
{_WITH_GRANTS}
"""

_OWN = """
SELECT id, method, device, created_at, last_seen_at, expires_at,
       id IS NOT DISTINCT FROM $2::uuid AS is_current
FROM membership_session
WHERE person_id = $1 AND revoked_at IS NULL AND expires_at > kernel_now()
"""
_BY_IDS = f"{_OWN} AND id = ANY ($3::uuid[])"
_OPEN = f"""
{_OWN}
  AND ($3::uuid IS NULL OR id < $3)
ORDER BY id DESC
LIMIT $4
"""

_SECOND_FACTOR = """
SELECT EXISTS (
    SELECT FROM membership_second_factor WHERE person_id = $1 AND confirmed_at IS NOT NULL
) AS is_set_up,
EXISTS (
    SELECT FROM membership_role_grant
    WHERE person_id = $1 AND role = ANY ($2::text[]) AND revoked_at IS NULL
      AND starts_on <= (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
      AND (ends_on IS NULL OR ends_on >= (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date)
) AS is_required
"""


def _grants(rows: Sequence[Row], *, second_factor: bool) -> frozenset[Grant]:
    """Read the grants, without those that a second factor has yet to open."""
    held = (
        Grant(
            role=Role(row["role"]),
            area_path=row["area_path"],
            organisation_id=row["organisation_id"],
        )
        for row in rows
        if row["role"] is not None
    )
    return frozenset(
        grant for grant in held if second_factor or grant.role not in policy.SECOND_FACTOR_ROLES
    )


def _actor(rows: Sequence[Row], *, locale: str, address: str | None) -> Actor:
    first = rows[0]
    return Actor(
        person_id=first["person_id"],
        grants=_grants(rows, second_factor=first["second_factor"]),
        session_id=first["id"],
        locale=locale,
        second_factor=first["second_factor"],
        address=address,
    )


async def actor_of_token(token: str, *, locale: str, address: str | None) -> Actor | None:
    """Return who the token stands for today, or None where it opens nothing.

    The roles that need a second factor are withheld until the session has shown one.
    """
    rows = await _TOKENS.ask(None, crypto.token_hash(token))
    return _actor(rows, locale=locale, address=address) if rows else None


async def _rows_by_token(token_hashes: Sequence[bytes]) -> list[list[Row]]:
    """Return the session behind each token, with its grants; who asks at once asks together."""
    chosen = settings.current()
    found: dict[bytes, list[Row]] = {}
    for row in await database.fetch(
        _BY_TOKENS,
        list(token_hashes),
        chosen.second_factor_hours,
        chosen.session_idle_days,
        chosen.session_longest_days,
    ):
        found.setdefault(row["token_hash"], []).append(row)
    return [found.get(each, []) for each in token_hashes]


_TOKENS: Batcher[bytes, list[Row]] = Batcher(_rows_by_token)


async def actors_of_sessions(session_ids: Sequence[UUID]) -> Mapping[UUID, Actor]:
    """Return who stands behind each session today; a closed session is missing.

    For live connections, whose locale and address the caller knows.
    """
    hours = settings.current().second_factor_hours
    by_session: dict[UUID, list[Row]] = {}
    for row in await database.fetch(_BY_ID, list(session_ids), hours):
        by_session.setdefault(row["id"], []).append(row)
    return {
        session_id: _actor(rows, locale=DEFAULT_LOCALE, address=None)
        for session_id, rows in by_session.items()
    }


async def open_sessions(actor: Actor, page: Page) -> Slice[Row]:
    """Return the caller's own open sessions, newest first; nobody sees another's."""
    if actor.person_id is None:
        return Slice(rows=[], has_more=False)
    after: Any = page.after[0] if page.after else None
    rows = await database.fetch(_OPEN, actor.person_id, actor.session_id, after, page.limit)
    return Slice.of(rows, page)


async def sessions_by_id(actor: Actor, session_ids: list[UUID]) -> list[Row | None]:
    """Return those of the sessions that are the caller's own and open, in the order asked."""
    if actor.person_id is None:
        return [None] * len(session_ids)
    rows = await database.fetch(_BY_IDS, actor.person_id, actor.session_id, session_ids)
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in session_ids]


async def second_factor_of(actor: Actor) -> Row | None:
    """Return whether the caller has a second factor and holds a role that needs one."""
    if actor.person_id is None:
        return None
    roles = sorted(policy.SECOND_FACTOR_ROLES)
    return await database.fetch_one(_SECOND_FACTOR, actor.person_id, roles)
