"""Forgetting what has served its time: keys, events, codes, sessions, files, runs, notices."""

from domains.kernel import idempotency, outbox, uploads
from domains.kernel.operations import working
from domains.membership.service import sign_in
from domains.notifications.service import delivering, keeping


async def sweep() -> int:
    """Sweep everything that is kept for a while only; returns how many rows went."""
    rows = await idempotency.sweep() + await outbox.sweep() + await sign_in.sweep_sign_in()
    rows += await uploads.sweep() + await working.sweep()
    rows += await keeping.forget_old()
    return rows + await delivering.fold_tallies()
