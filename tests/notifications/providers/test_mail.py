import asyncio
import ssl
from pathlib import Path

import pytest

from domains.kernel import settings
from domains.notifications.channels import bounces
from domains.notifications.channels.bounces import Return
from domains.notifications.values import Channel
from tests.notifications.providers import mail_server
from tests.notifications.providers.messages import MAIL, TEXT, a_message, sent_by, verdicts

DSN = """\
From: MAILER-DAEMON@mail.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

This is the mail system.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
Original-Envelope-Id: {envelope}

Final-Recipient: rfc822; someone@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: text/rfc822-headers

Subject: x

--b--
"""


async def test_a_notice_arrives_as_a_letter_that_is_whole(mailbox):
    message = a_message(MAIL, link="https://gongyi.example/polls/1")

    (outcome,) = await sent_by(Channel.EMAIL, message)

    assert (outcome.verdict.value, outcome.provider_id) == ("accepted", message.id.hex)
    ((sender, recipients, mail),) = mailbox.taken
    assert recipients == [MAIL]
    assert sender == bounces.return_address(settings.current(), message.id)
    assert mail["From"] == "共议 <notice@gongyi.example>"
    assert (mail["To"], mail["Subject"]) == (MAIL, "表决即将结束")
    assert mail["Message-ID"] == f"<{message.id.hex}@gongyi.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().split() == [TEXT, "https://gongyi.example/polls/1"]


async def test_letters_go_over_one_connection_and_a_repetition_is_the_same_letter(mailbox):
    message = a_message(MAIL)

    await sent_by(Channel.EMAIL, message, message, a_message(MAIL))

    ids = [mail["Message-ID"] for _sender, _to, mail in mailbox.taken]
    assert (mailbox.sessions, len(ids), len(set(ids)), ids[0] == ids[1]) == (1, 3, 2, True)


@pytest.mark.parametrize(
    ("command", "reply", "verdict", "code"),
    [
        ("RCPT", "550 5.1.1 <lin.fang@example.org>: no such user", "gone", "550 5.1.1"),
        ("RCPT", "550 no such user", "gone", "550"),
        ("RCPT", "550 5.7.1 you are not welcome", "refused", "550 5.7.1"),
        ("RCPT", "552 5.2.2 mailbox full", "refused", "552 5.2.2"),
        ("RCPT", "450 4.2.1 try later", "later", "450 4.2.1"),
        ("RCPT", "451 4.7.1 greylisted", "later", "451 4.7.1"),
        ("MAIL", "452 4.3.1 no room", "later", "452 4.3.1"),
        ("MAIL", "530 5.7.0 authenticate first", "closed", "530 5.7.0"),
        ("MAIL", "421 4.3.2 closing", "closed", "421 4.3.2"),
        ("DATA", "554 5.6.0 this is spam", "refused", "554 5.6.0"),
        ("DATA", "451 4.3.0 try later", "later", "451 4.3.0"),
    ],
)
async def test_each_reply_has_its_meaning_and_keeps_no_words(
    mailbox, command, reply, verdict, code
):
    mailbox.replies = {command: [reply]}

    (outcome,) = await sent_by(Channel.EMAIL, a_message(MAIL))

    assert (outcome.verdict.value, outcome.code) == (verdict, code)
    assert mailbox.taken == []


async def test_a_refused_letter_does_not_spoil_the_next(mailbox):
    mailbox.replies = {"RCPT": ["550 5.1.1 no such user"]}

    assert await verdicts(Channel.EMAIL, a_message(MAIL), a_message(MAIL)) == ["gone", "accepted"]
    assert (mailbox.sessions, len(mailbox.taken)) == (1, 1)


async def test_a_server_that_falls_silent_over_the_letter_leaves_open_whether_it_took_it(
    mailbox, configured
):
    configured(GONGYI_PROVIDER_TIMEOUT_S="0.3")
    mailbox.data_delay_s = 0.8

    unanswered = await verdicts(Channel.EMAIL, a_message(MAIL))

    assert unanswered == ["unknown"]


async def test_without_a_server_the_channel_is_shut(mailbox, configured):
    configured(GONGYI_SMTP_PORT="9")

    assert await verdicts(Channel.EMAIL, a_message(MAIL)) == ["closed"]


async def test_a_server_that_speaks_nonsense_shuts_the_channel(mailbox, configured):
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    configured(GONGYI_SMTP_PORT=str(server.sockets[0].getsockname()[1]))

    assert await verdicts(Channel.EMAIL, a_message(MAIL)) == ["closed"]
    server.close()
    await server.wait_closed()


async def test_a_name_and_a_password_are_never_sent_without_tls(mailbox, configured):
    configured(GONGYI_SMTP_SECURITY="starttls", GONGYI_SMTP_USER="notice", GONGYI_SMTP_PASSWORD="x")

    assert await verdicts(Channel.EMAIL, a_message(MAIL)) == ["closed"]
    assert mailbox.taken == []


async def test_a_certificate_that_nobody_vouches_for_is_refused(configured, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*_self_signed(tmp_path))
    async with mail_server.receiving(tls=context) as server:
        configured(
            GONGYI_SMTP_HOST="127.0.0.1",
            GONGYI_SMTP_PORT=str(server.port),
            GONGYI_MAIL_FROM="notice@gongyi.example",
        )

        assert await verdicts(Channel.EMAIL, a_message(MAIL)) == ["closed"]
        assert server.taken == []


@pytest.mark.parametrize("subject", ["两行\r\nBcc: someone@example.org", "\x00 零"])
async def test_a_subject_cannot_add_a_header(mailbox, subject):
    await sent_by(Channel.EMAIL, a_message(MAIL, subject=subject))

    for _sender, recipients, mail in mailbox.taken:
        assert (recipients, mail["Bcc"]) == ([MAIL], None)


@pytest.mark.parametrize(
    "address", ["", "no-at", "a@b\r\nRCPT TO:<c@d>", "a b@example.org", "<a@b>@c"]
)
async def test_an_address_that_is_none_reaches_nobody(mailbox, address):
    outcomes = await verdicts(Channel.EMAIL, a_message(address))

    assert (outcomes, mailbox.taken) == (["refused"], [])


async def test_neither_address_nor_text_is_logged(mailbox, caplog):
    caplog.set_level("DEBUG")
    mailbox.replies = {"RCPT": [f"550 5.1.1 <{MAIL}>: no such user {TEXT}"]}

    outcomes = await sent_by(Channel.EMAIL, a_message(MAIL), a_message(MAIL))

    told = "".join(
        each.getMessage() for each in caplog.records if not each.name.startswith("mail.")
    )
    told += repr(outcomes)
    assert [each in told for each in (MAIL, TEXT)] == [False, False]


@pytest.mark.parametrize(
    ("action", "status", "said"),
    [
        ("failed", "5.1.1", Return.GONE),
        ("failed", "5.2.2 (mailbox full)", Return.BOUNCED),
        ("delayed", "4.4.1", Return.DELAYED),
        ("delivered", "2.1.5", Return.RECEIVED),
    ],
)
def test_a_bounce_names_its_delivery_by_the_signed_address(mailbox, action, status, said):
    message = a_message(MAIL)
    to = bounces.return_address(settings.current(), message.id)
    raw = DSN.format(to=to, envelope=message.id.hex, action=action, status=status).encode()

    bounce = bounces.read(raw)

    assert bounce is not None
    assert (bounce.delivery_id, bounce.said, bounce.status) == (message.id, said, status.split()[0])


def test_what_is_forged_or_no_bounce_says_nothing(mailbox):
    message = a_message(MAIL)
    forged = f"notice+{message.id.hex}.{'0' * 16}@gongyi.example"
    ours = bounces.return_address(settings.current(), message.id)
    raw = DSN.format(to=forged, envelope="x", action="failed", status="5.1.1").encode()
    odd = DSN.format(to=ours, envelope="x", action="eaten", status="5.1.1").encode()
    reply = f"To: {ours}\nSubject: Re\n\nthank you".encode()

    read = [bounces.read(each) for each in (raw, odd, reply, b"", b"\xff\x00" * 500)]

    assert read == [None] * 5


def _self_signed(folder: Path) -> tuple[str, str]:
    """A certificate that no authority knows, made here."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(chain), str(private)
