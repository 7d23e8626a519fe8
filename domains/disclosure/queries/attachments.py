"""Addresses of what is attached to versions that the caller was shown."""

from collections.abc import Sequence
from uuid import UUID

from domains.kernel import uploads
from domains.kernel.actor import Actor


async def addresses(actor: Actor, upload_ids: Sequence[UUID]) -> list[str | None]:
    """Batch: addresses that fetch files for some minutes; the version's sight was judged."""
    found = await uploads.addressed(upload_ids)
    return [None if each is None else each[1] for each in found]
