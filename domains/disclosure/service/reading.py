"""Readings that are counted without a profile of readers, and subscriptions to a category.

A reader is, for one day and one disclosure, a keyed hash under a salt drawn for that day; the
same reader of another disclosure has another hash, so that nothing joins them. When the day is
over the worker adds the hashes up, and deletes them with their salt: then only a count is left.
No instant of reading is kept at all.
"""

import hmac
import secrets
from datetime import date
from uuid import UUID

from domains.disclosure import policy
from domains.disclosure.errors import NotPublic
from domains.disclosure.rules import texts
from domains.disclosure.service import papers
from domains.disclosure.values import Affair, DisclosureKind
from domains.kernel import clock, crypto, database
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.membership.queries import places

MOST_SUBSCRIPTIONS = 50

_STATE = """
SELECT d.publisher_id, d.published_number FROM disclosure_disclosure d WHERE d.id = $1
"""
_SALT = "INSERT INTO disclosure_reading_salt (day, salt) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_SALT_OF = "SELECT salt FROM disclosure_reading_salt WHERE day = $1"
_READ = """
INSERT INTO disclosure_reader (day, disclosure_id, reader) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING
"""
_DAY_OVER = """
SELECT day FROM disclosure_reading_salt
WHERE day < (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
ORDER BY day LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_ADD_UP = """
INSERT INTO disclosure_read_count AS counted (disclosure_id, readings)
SELECT disclosure_id, count(*) FROM disclosure_reader WHERE day = $1 GROUP BY disclosure_id
ON CONFLICT (disclosure_id) DO UPDATE SET readings = counted.readings + EXCLUDED.readings
"""
_FORGET = "DELETE FROM disclosure_reading_salt WHERE day = $1"
_SUBSCRIBE = """
INSERT INTO disclosure_subscription
    (id, person_id, area_id, area_path, kind, affair, item_code, tag, subscribed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, kernel_now()) ON CONFLICT DO NOTHING
"""
_SUBSCRIBED = """
SELECT id FROM disclosure_subscription
WHERE person_id = $1 AND area_id = $2 AND kind IS NOT DISTINCT FROM $3
  AND affair IS NOT DISTINCT FROM $4 AND item_code IS NOT DISTINCT FROM $5
  AND tag IS NOT DISTINCT FROM $6
"""
_COUNT = "SELECT count(*) FROM disclosure_subscription WHERE person_id = $1"
_UNSUBSCRIBE = "DELETE FROM disclosure_subscription WHERE id = $1 AND person_id = $2"


async def record_reading(actor: Actor, disclosure_id: UUID) -> None:
    """Count the caller as a reader of today's, once; who cannot be told apart is not counted.

    Raises NotFound, NotPublic.
    """
    async with transaction():
        row = await database.fetch_one(_STATE, disclosure_id)
        if row is None:
            raise NotFound(path=("input", "disclosureId"))
        standing = await papers.body_of(actor, row["publisher_id"], path=("input", "disclosureId"))
        is_public = row["published_number"] is not None
        paper = policy.Paper(body=standing.body, is_public=is_public)
        require(policy.AUTHORITY, "recordDisclosureReading", actor, paper)
        if not is_public:
            raise NotPublic(path=("input", "disclosureId"))
        who = _who(actor)
        if who is None:
            return
        today = await clock.today()
        await database.execute(_SALT, today, secrets.token_bytes(32))
        salt: bytes = await database.fetch_value(_SALT_OF, today)
        key = crypto.sign(salt + disclosure_id.bytes, purpose="disclosure reading")
        await database.execute(_READ, today, disclosure_id, hmac.digest(key, who, "sha256"))


def _who(actor: Actor) -> bytes | None:
    if actor.person_id is not None:
        return b"person" + actor.person_id.bytes
    return b"address" + actor.address.encode() if actor.address else None


async def forget_readers() -> date | None:
    """Add up one day that is over and forget its readers; returns the day, or None."""
    async with transaction():
        day: date | None = await database.fetch_value(_DAY_OVER)
        if day is not None:
            await database.execute(_ADD_UP, day)
            await database.execute(_FORGET, day)
    return day


async def subscribe(
    actor: Actor,
    area_id: UUID,
    *,
    kind: DisclosureKind | None,
    affair: Affair | None,
    item_code: str | None,
    tag: str | None = None,
) -> UUID:
    """Ask to hear of a category in an area; asked twice, it is one. Returns its id."""
    async with transaction():
        require(policy.AUTHORITY, "subscribeToDisclosures", actor)
        place = await places.place_of(area_id)
        if place is None or actor.person_id is None:
            raise NotFound(path=("input", "areaId"))
        category = (
            *(kind, affair, None if item_code is None else texts.code(item_code)),
            None if tag is None else texts.line(tag, path=("input", "tag"), longest=20, least=1),
        )
        standing: UUID | None = await database.fetch_value(
            _SUBSCRIBED, actor.person_id, area_id, *category
        )
        if standing is not None:
            return standing
        if await database.fetch_value(_COUNT, actor.person_id) >= MOST_SUBSCRIPTIONS:
            raise InvalidInput(
                path=("input", "areaId"),
                zh=f"最多订阅 {MOST_SUBSCRIPTIONS} 类。",
                en=f"There are {MOST_SUBSCRIPTIONS} subscriptions at most.",
            )
        made = database.new_id()
        await database.execute(
            _SUBSCRIBE, made, actor.person_id, area_id, place.area_path, *category
        )
        found: UUID = await database.fetch_value(_SUBSCRIBED, actor.person_id, area_id, *category)
    return found


async def unsubscribe(actor: Actor, subscription_id: UUID) -> None:
    """Hear of it no more. Raises NotFound for another's."""
    async with transaction():
        require(policy.AUTHORITY, "unsubscribeFromDisclosures", actor)
        if not await database.execute(_UNSUBSCRIBE, subscription_id, actor.person_id):
            raise NotFound(path=("input", "subscriptionId"))
