"""Where bounces return to, and what a bounce says.

The envelope's sender is `name+<delivery>.<signature>@domain` (variable envelope return path):
whatever comes back to it is about that delivery, whoever wrote it and in whatever form. What
is read is a delivery status notification (RFC 3464, in RFC 6522's multipart/report): the
action and status of its recipient. Replies of people and of their absence say neither.
"""

import hmac
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from enum import StrEnum
from uuid import UUID

from domains.kernel import crypto
from domains.kernel.settings import Settings

_PURPOSE = "return path of a notice"
_SIGNED_CHARACTERS = 16
_TOKEN = re.compile(r"\+([0-9a-f]{32})\.([0-9a-f]{16})@")
_STATUS = re.compile(r"([245])\.\d{1,3}\.\d{1,3}")
_NO_MAILBOX = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
LONGEST_BYTES = 1_000_000


class Return(StrEnum):
    """What a returned message says of the one that was sent."""

    BOUNCED = "bounced"
    GONE = "gone"
    DELAYED = "delayed"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Bounce:
    """What came back, about which delivery."""

    delivery_id: UUID
    said: Return
    status: str


def return_address(chosen: Settings, delivery_id: UUID) -> str:
    """Return the envelope's sender for a delivery."""
    name, domain = (chosen.mail_bounces_to or chosen.mail_from).rsplit("@", 1)
    return f"{name}+{delivery_id.hex}.{_signature(delivery_id)}@{domain}"


def read(raw: bytes) -> Bounce | None:
    """Read a returned message; None where it is no bounce of a notice of ours."""
    mail = message_from_bytes(raw[:LONGEST_BYTES], policy=policy.default)
    if mail.get_content_type() != "multipart/report":
        return None
    delivery_id = _delivery_of(mail)
    fields = _fields(mail)
    if delivery_id is None or fields is None:
        return None
    action = str(fields.get("Action", "")).split(";")[0].strip().lower()
    found = _STATUS.search(str(fields.get("Status", "")))
    status = found[0] if found else ""
    match action:
        case "failed":
            return Bounce(delivery_id, _of_failure(status), status or "5.0.0")
        case "delayed":
            return Bounce(delivery_id, Return.DELAYED, status or "4.0.0")
        case "delivered" | "relayed" | "expanded":
            return Bounce(delivery_id, Return.RECEIVED, status or "2.0.0")
        case _:
            return None


def _of_failure(status: str) -> Return:
    return Return.GONE if status in _NO_MAILBOX else Return.BOUNCED


def _delivery_of(mail: Message) -> UUID | None:
    """Return the delivery that a signed address of the bounce names; nothing else is believed."""
    named = [
        str(value)
        for name in ("To", "Delivered-To", "X-Original-To")
        for value in mail.get_all(name, [])
    ]
    for value in named:
        for hexadecimal, signature in _TOKEN.findall(value.lower()):
            delivery_id = UUID(hex=hexadecimal)
            if hmac.compare_digest(signature, _signature(delivery_id)):
                return delivery_id
    return None


def _fields(mail: Message) -> Message | None:
    """Return the fields of the first recipient that the report tells of."""
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        if not isinstance(blocks, list):
            return None
        for each in blocks:
            if isinstance(each, Message) and each.get("Action") is not None:
                return each
    return None


def _signature(delivery_id: UUID) -> str:
    return crypto.sign(delivery_id.bytes, purpose=_PURPOSE).hex()[:_SIGNED_CHARACTERS]
