"""Forgetting what has served its time: replay keys, events, codes, dead sessions, lost files."""

from domains.kernel import idempotency, outbox, uploads
from domains.membership.service import sign_in


async def sweep() -> int:
    """Sweep everything that is kept for a while only; returns how many rows went."""
    rows = await idempotency.sweep() + await outbox.sweep() + await sign_in.sweep_sign_in()
    return rows + await uploads.sweep()
