"""Notices by e-mail, handed to the installation's own mail server by aiosmtplib.

RFC 5321 (replies: 4yz for what passes, 5yz for what stays, 421 for a server that closes),
RFC 3463 (what the enhanced code says of the address), RFC 5322 (the message), RFC 3834
(`Auto-Submitted`). The Message-ID is made of the delivery's id, so that a repetition is the
same message to whoever receives it. Bounces return to an address that names the delivery and
is signed (see `bounces`), and a server that knows DSN (RFC 3461) is told the same as ENVID.
"""

import asyncio
import re
import ssl
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponseException

from domains.kernel.settings import Environment, Settings, SmtpSecurity
from domains.notifications.channels import bounces
from domains.notifications.channels.base import Message, Outcome, Verdict, accepted, outcome
from domains.notifications.rules import mails

_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
# RFC 3463: 5.1.1 to 5.1.3 and 5.1.6 say that there is no such mailbox; 5.2.1 that it is closed.
_NO_MAILBOX = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_MOST_CONNECTIONS = 10


class _Dropped(Exception):
    """The connection failed; says whether the message may have been taken."""

    def __init__(self, code: str, *, was_sent: bool) -> None:
        super().__init__(code)
        self.code, self.was_sent = code, was_sent


class MailCarrier:
    """The mail server, over a few connections that are kept."""

    def __init__(self, chosen: Settings) -> None:
        self._chosen = chosen
        most = min(chosen.notices_at_once, _MOST_CONNECTIONS)
        self._room = asyncio.Semaphore(most)
        self._idle: list[aiosmtplib.SMTP] = []

    async def send(self, message: Message) -> Outcome:
        """Hand the notice over; the server's words are reduced to its codes."""
        address = str(message.address)
        try:
            written = composed(self._chosen, message)
        except ValueError:
            return outcome(Verdict.REFUSED, "a letter that cannot be written")
        async with self._room:
            try:
                return await self._handed_over(message, address, written)
            except _Dropped as dropped:
                verdict = Verdict.UNKNOWN if dropped.was_sent else Verdict.LATER
                return outcome(verdict, dropped.code)
            except SMTPResponseException as refused:
                return _judged(refused)
            except (SMTPException, OSError, ssl.SSLError) as fault:
                return outcome(Verdict.CLOSED, type(fault).__name__)

    async def close(self) -> None:
        """Take leave of the server."""
        while self._idle:
            await _leave(self._idle.pop())

    async def _handed_over(self, message: Message, address: str, written: bytes) -> Outcome:
        try:
            server = await self._connection()
        except (SMTPException, OSError) as fault:
            code = fault.code if isinstance(fault, SMTPResponseException) else ""
            return outcome(Verdict.CLOSED, f"{type(fault).__name__} {code}".strip())
        sender = bounces.return_address(self._chosen, message.id)
        try:
            options = (
                [f"ENVID={message.id.hex}", "RET=HDRS"] if server.supports_extension("dsn") else []
            )
            await server.mail(sender, options=options)
            notify = ["NOTIFY=FAILURE,DELAY"] if options else []
            await server.rcpt(address, options=notify)
        except SMTPResponseException:
            await self._keep(server)
            raise
        except (SMTPException, OSError, ValueError) as fault:
            server.close()
            raise _Dropped(type(fault).__name__, was_sent=False) from None
        try:
            await server.data(written)
        except SMTPResponseException:
            await self._keep(server)
            raise
        except (SMTPException, OSError) as fault:
            server.close()
            raise _Dropped(type(fault).__name__, was_sent=True) from None
        except asyncio.CancelledError:
            server.close()
            raise
        self._idle.append(server)
        return accepted(message.id.hex)

    async def _connection(self) -> aiosmtplib.SMTP:
        while self._idle:
            server = self._idle.pop()
            if server.is_connected:
                return server
        chosen = self._chosen
        server = aiosmtplib.SMTP(
            hostname=chosen.smtp_host,
            port=chosen.smtp_port,
            username=chosen.smtp_user or None,
            password=chosen.smtp_password.get_secret_value() or None,
            use_tls=chosen.smtp_security is SmtpSecurity.TLS,
            start_tls=chosen.smtp_security is SmtpSecurity.STARTTLS,
            timeout=chosen.provider_timeout_s,
        )
        await server.connect()
        try:
            await server.ehlo()
        except BaseException:
            server.close()
            raise
        return server

    async def _keep(self, server: aiosmtplib.SMTP) -> None:
        """Keep a connection whose last message was refused, where it still answers."""
        try:
            await server.rset()
        except (SMTPException, OSError):
            server.close()
        else:
            self._idle.append(server)


def composed(chosen: Settings, message: Message) -> bytes:
    """Return the message in the octets of RFC 5322; raises ValueError where it cannot be."""
    address = mails.normalised(str(message.address))
    if address is None:
        raise ValueError("this is no address")
    name, domain = chosen.mail_from.rsplit("@", 1)
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = Address(chosen.mail_from_name, name, domain)
    mail["To"] = Address(addr_spec=address)
    mail["Subject"] = " ".join(message.subject.split())
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{message.id.hex}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["Content-Language"] = message.locale
    text = f"{message.body}\n\n{message.link}" if message.link else message.body
    mail.set_content(text, cte="base64")
    return mail.as_bytes()


def problems(chosen: Settings) -> list[str]:
    """Return what the settings lack for mail."""
    found = []
    if chosen.mail_from.count("@") != 1 or not chosen.mail_from.isascii():
        found.append("mail needs GONGYI_MAIL_FROM, an address")
    if (
        chosen.environment is Environment.PRODUCTION
        and chosen.smtp_security is SmtpSecurity.NONE
        and chosen.smtp_host not in {"127.0.0.1", "localhost", "::1"}
    ):
        found.append("production hands mail over by TLS: set GONGYI_SMTP_SECURITY")
    return found


async def _leave(server: aiosmtplib.SMTP) -> None:
    try:
        await server.quit()
    except (SMTPException, OSError):
        server.close()


def _judged(refused: SMTPResponseException) -> Outcome:
    found = _ENHANCED.search(refused.message or "")
    enhanced = found[0] if found else ""
    code = f"{refused.code} {enhanced}".strip()
    if isinstance(refused, aiosmtplib.SMTPAuthenticationError) or refused.code in {530, 535}:
        return outcome(Verdict.CLOSED, code, 600.0)
    if refused.code == 421:
        return outcome(Verdict.CLOSED, code, 60.0)
    if refused.code < 500:
        return outcome(Verdict.LATER, code)
    to_whom = isinstance(refused, aiosmtplib.SMTPRecipientRefused)
    if enhanced in _NO_MAILBOX or (to_whom and not enhanced and refused.code in {550, 551, 553}):
        return outcome(Verdict.GONE, code)
    return outcome(Verdict.REFUSED, code)
