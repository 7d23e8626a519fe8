"""The console: prints notices where the worker runs; production refuses it.

For a developer's machine and for demonstrations: it prints who gets what, past the log.
"""

import sys

from domains.kernel.settings import Environment, Settings
from domains.notifications.channels.base import Message, Outcome, accepted


class ConsoleCarrier:
    """Prints each notice in a line of its own."""

    async def send(self, message: Message) -> Outcome:
        """Print it."""
        subject = " ".join(message.subject.split())
        sys.stdout.write(f"  notice to {message.address}: {subject}\n")
        sys.stdout.flush()
        return accepted()

    async def close(self) -> None:
        """Nothing to give back."""


def problems(chosen: Settings) -> list[str]:
    """Return why notices may not be printed."""
    if chosen.environment is Environment.PRODUCTION:
        return ["production does not print notices: unset GONGYI_NOTICES_TO_CONSOLE"]
    return []
