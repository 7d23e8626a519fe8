"""Commands that make something are repeated safely: the key answers with what was made first."""

from collections.abc import Mapping
from uuid import UUID

from domains.kernel import idempotency
from domains.kernel.actor import Actor
from domains.membership.values import Made


async def earlier(
    actor: Actor, key: UUID | None, command: str, given: Mapping[str, object]
) -> Made | None:
    """Take the key in the open transaction; return what was made with it before, if anything.

    Without a key (seeds, jobs) the command runs as it is. Personal numbers must come in
    `given` as blind indexes: what is hashed could be guessed.
    """
    if key is None:
        return None
    result = await idempotency.claim(actor, key, command, given)
    return None if result is None else Made(id=UUID(result["id"]), replayed=True)


async def made(actor: Actor, key: UUID | None, made_id: UUID) -> Made:
    """Keep what was made for a repetition, and return it."""
    if key is not None:
        await idempotency.settle(actor, key, {"id": str(made_id)})
    return Made(id=made_id)
