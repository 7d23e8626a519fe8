"""Forgetting what has served its time: replay keys, delivered events, codes and dead sessions."""

from domains.kernel import idempotency, outbox
from domains.membership.service import sign_in


async def sweep() -> int:
    """Sweep everything that is kept for a while only; returns how many rows went."""
    return await idempotency.sweep() + await outbox.sweep() + await sign_in.sweep_sign_in()
