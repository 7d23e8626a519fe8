"""Who a person is elsewhere: outside identities, found by the blind index of their subject."""

from uuid import UUID

from domains.kernel import crypto, database
from domains.kernel.errors import DomainError
from domains.membership.errors import IdentityLinkedElsewhere

_FIND = """
SELECT person_id FROM membership_external_identity WHERE provider = $1 AND subject_index = $2
"""
_LINK = """
INSERT INTO membership_external_identity (id, person_id, provider, subject_index, created_at)
VALUES ($1, $2, $3, $4, kernel_now())
ON CONFLICT (provider, subject_index) DO NOTHING
"""


def subject_index(provider: str, subject: str) -> bytes:
    """Return the blind index of a subject at its provider."""
    return crypto.blind_index(subject, purpose=f"identity at {provider}")


async def linked_person(provider: str, index: bytes) -> UUID | None:
    """Return who is linked to the outside identity."""
    found: UUID | None = await database.fetch_value(_FIND, provider, index)
    return found


async def link(person_id: UUID, provider: str, index: bytes) -> DomainError | None:
    """Link the identity to the person in the command's transaction; linking again is the same.

    Returns the refusal, so that what was tried before it commits.
    """
    database.require_open_transaction()
    await database.execute(_LINK, database.new_id(), person_id, provider, index)
    holder = await linked_person(provider, index)
    return None if holder == person_id else IdentityLinkedElsewhere()
