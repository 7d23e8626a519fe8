"""How people are reached by telephone: for the domain that tells, which writes none of it down.

These see everybody and take no actor; nobody reads what they return but who sends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from domains.kernel import crypto, database

_PHONES = """
SELECT id, phone_sealed, phone_index FROM membership_person
WHERE id = ANY ($1::uuid[]) AND phone_sealed IS NOT NULL
"""
_WITH_PHONE = """
SELECT id, phone_index FROM membership_person
WHERE id = ANY ($1::uuid[]) AND phone_sealed IS NOT NULL
"""
_NAMES = "SELECT id, name FROM membership_person WHERE id = ANY ($1::uuid[])"


@dataclass(frozen=True, slots=True)
class Phone:
    """Somebody's number, and the blind index by which it is known."""

    digits: str = field(repr=False)
    index: bytes = field(repr=False)


async def phones_of(people: Sequence[UUID]) -> Mapping[UUID, Phone]:
    """Return the numbers of those of these people who have one."""
    found: dict[UUID, Phone] = {}
    for row in await database.fetch(_PHONES, list(people)):
        sealed = bytes(row["phone_sealed"])
        digits = crypto.unseal(
            sealed, table="membership_person", column="phone_sealed", row=row["id"]
        )
        found[row["id"]] = Phone(digits, bytes(row["phone_index"]))
    return found


async def phone_indexes_of(people: Sequence[UUID]) -> Mapping[UUID, bytes]:
    """Return the blind indexes of the numbers of those of these people who have one."""
    rows = await database.fetch(_WITH_PHONE, list(people))
    return {row["id"]: bytes(row["phone_index"]) for row in rows}


async def names_of(people: Sequence[UUID]) -> Mapping[UUID, str]:
    """Return what these people are called."""
    rows = await database.fetch(_NAMES, list(people))
    return {row["id"]: row["name"] for row in rows}
