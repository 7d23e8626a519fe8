"""A mail server of aiosmtpd's, in this loop: what it takes, and the replies it is to give first."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    """What arrived, and replies by command that are given instead of the usual ones."""

    port: int = 0
    taken: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    replies: dict[str, list[str]] = field(default_factory=dict)
    options: list[list[str]] = field(default_factory=list)
    data_delay_s: float = 0.0
    sessions: int = 0

    def _said(self, command: str) -> str | None:
        waiting = self.replies.get(command, [])
        return waiting.pop(0) if waiting else None

    async def handle_EHLO(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self._said("MAIL")
        if reply is None:
            envelope.mail_from = address
            self.options.append(options)
        return reply or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self._said("RCPT")
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data_delay_s:
            await asyncio.sleep(self.data_delay_s)
        reply = self._said("DATA")
        if reply is None:
            mail = message_from_bytes(cast(bytes, envelope.content), policy=policy.default)
            self.taken.append((str(envelope.mail_from), list(envelope.rcpt_tos), mail))
        return reply or "250 2.0.0 OK: queued"


@asynccontextmanager
async def receiving(**given: Any) -> AsyncIterator[Mailbox]:
    """Run the server on a port of its own."""
    mailbox = Mailbox()
    tls: ssl.SSLContext | None = given.pop("tls", None)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(mailbox, hostname="mail.example", loop=loop, tls_context=tls, **given),
        host="127.0.0.1",
        port=0,
    )
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        server.close()
        await server.wait_closed()
