"""Where people are written to: who can be reached, and addresses for whoever sends.

What is sealed is opened only where a message is about to leave; an owner sees their own
addresses masked.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import crypto, database, settings
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.membership.queries import contacts
from domains.notifications.channels import opening
from domains.notifications.channels.base import Subscription
from domains.notifications.values import Channel

TABLE = "notifications_address"
COLUMN = "address_sealed"

_ACTIVE = """
SELECT id, person_id, address_sealed FROM notifications_address
WHERE person_id = ANY ($1::uuid[]) AND channel = $2 AND state = 'active'
ORDER BY person_id, changed_at DESC, id
"""
_REACHED = """
SELECT DISTINCT person_id FROM notifications_address
WHERE person_id = ANY ($1::uuid[]) AND channel = $2 AND state = 'active'
"""
_BLOCKED_NUMBERS = """
SELECT person_id, address_index FROM notifications_address
WHERE person_id = ANY ($1::uuid[]) AND channel = 'sms' AND state = 'blocked'
"""
_MINE = """
SELECT id, channel, state, masked, reason, created_at, changed_at
FROM notifications_address
WHERE person_id = $1 AND (channel <> 'sms' OR state = 'blocked') ORDER BY channel, created_at, id
"""
_MINE_BY_ID = """
SELECT id, channel, state, masked, reason, created_at, changed_at
FROM notifications_address WHERE person_id = $1 AND id = ANY ($2::uuid[])
"""
_CONSENTS = """
SELECT template_code, left_count FROM notifications_consent
WHERE person_id = $1 AND (left_count IS NULL OR left_count > 0) ORDER BY template_code
"""

Opened = str | Subscription


@dataclass(frozen=True, slots=True)
class Reachable:
    """An address of somebody's, opened, and by which row it is known."""

    address_id: UUID | None
    opened: Opened
    index: bytes | None = None


def sealed(address_id: UUID, opened: Opened) -> bytes:
    """Seal an address to its own row."""
    text = (
        json.dumps([opened.endpoint, opened.p256dh, opened.auth])
        if isinstance(opened, Subscription)
        else opened
    )
    return crypto.seal(text, table=TABLE, column=COLUMN, row=address_id)


def unsealed(row: Row) -> str:
    """Open an address that lies in its row."""
    return crypto.unseal(bytes(row["address_sealed"]), table=TABLE, column=COLUMN, row=row["id"])


def index_of(channel: Channel, text: str) -> bytes:
    """Return the blind index by which an address is found."""
    return crypto.blind_index(text, purpose=f"notice address {channel.value}")


async def reachable_by(channel: Channel, people: Sequence[UUID]) -> set[UUID]:
    """Return who of these people can be written to on a channel, if it is on at all."""
    if channel not in opening.are_on(settings.current()):
        return set()
    if channel is Channel.CONSOLE:
        return set(people)
    if channel is Channel.SMS:
        return await _with_open_number(people)
    rows = await database.fetch(_REACHED, list(people), channel)
    return {row["person_id"] for row in rows}


async def addresses_of(
    channel: Channel, people: Sequence[UUID]
) -> Mapping[UUID, Sequence[Reachable]]:
    """Return where these people are written to now, opened; who has nowhere is left out."""
    if channel is Channel.CONSOLE:
        names = await contacts.names_of(people)
        return {person: [Reachable(None, name or str(person))] for person, name in names.items()}
    if channel is Channel.SMS:
        numbers = await contacts.phones_of(people)
        closed = await _blocked_numbers(people)
        return {
            person: [Reachable(None, phone.digits, phone.index)]
            for person, phone in numbers.items()
            if (person, phone.index) not in closed
        }
    found: dict[UUID, list[Reachable]] = {}
    for row in await database.fetch(_ACTIVE, list(people), channel):
        text = unsealed(row)
        opened: Opened = Subscription(*json.loads(text)) if channel is Channel.WEB_PUSH else text
        found.setdefault(row["person_id"], []).append(Reachable(row["id"], opened))
    return found


async def my_addresses(actor: Actor) -> Sequence[Row]:
    """Return where the caller is written to, masked."""
    return await database.fetch(_MINE, actor.person_id) if actor.person_id else []


async def addresses_by_id(actor: Actor, ids: list[UUID]) -> list[Row | None]:
    """Return the caller's own of these addresses, None for any other."""
    rows = await database.fetch(_MINE_BY_ID, actor.person_id, ids) if actor.person_id else []
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in ids]


async def my_consents(actor: Actor) -> Sequence[Row]:
    """Return what the caller accepted of WeChat's templates and has not been sent yet."""
    return await database.fetch(_CONSENTS, actor.person_id) if actor.person_id else []


async def _with_open_number(people: Sequence[UUID]) -> set[UUID]:
    indexes = await contacts.phone_indexes_of(people)
    closed = await _blocked_numbers(people)
    return {person for person, index in indexes.items() if (person, index) not in closed}


async def _blocked_numbers(people: Sequence[UUID]) -> set[tuple[UUID, bytes]]:
    rows = await database.fetch(_BLOCKED_NUMBERS, list(people))
    return {(row["person_id"], bytes(row["address_index"])) for row in rows}
