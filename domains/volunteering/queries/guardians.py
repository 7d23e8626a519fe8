"""Who speaks for volunteers that are minors: for the domain that tells, whoever asks."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import database
from domains.kernel.database import Row

_GUARDIANS = """
SELECT v.person_id, v.guardian_id FROM volunteering_volunteer v
WHERE v.person_id = ANY ($1::uuid[]) AND v.guardian_id IS NOT NULL AND v.withdrawn_at IS NULL
  AND v.born_on > ((kernel_now() AT TIME ZONE 'Asia/Shanghai')::date - interval '18 years')::date
ORDER BY v.person_id, v.guardian_id
"""


async def guardians_of(people: Sequence[UUID]) -> Sequence[Row]:
    """Return the guardians (person_id, guardian_id) of those who are minors."""
    return await database.fetch(_GUARDIANS, list(people))
