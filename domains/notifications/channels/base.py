"""What every channel takes and answers: a message to one address, and what became of it.

A channel never raises for what a provider does: it answers an outcome. It keeps neither
address nor text, and names neither in what it answers: codes alone leave this package.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

LONGEST_WAIT_S = 86_400
LONGEST_CODE = 100


class Verdict(StrEnum):
    """What an attempt came to."""

    ACCEPTED = "accepted"
    """The provider took the message over."""
    LATER = "later"
    """Not taken, for a reason that passes: the same message again, after a while."""
    UNKNOWN = "unknown"
    """It may have been taken: no answer that says so. A repetition may arrive twice."""
    REFUSED = "refused"
    """This message will never be taken; another one to the same address may."""
    GONE = "gone"
    """The address is no more, or wants nothing more: never write to it again."""
    UNWANTED = "unwanted"
    """Consent to this template is used up or taken back; other templates may go."""
    CLOSED = "closed"
    """The channel itself is shut, for every message: credentials, arrears, quota, no server."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A browser's push subscription (RFC 8030 section 4, RFC 8291 section 3.1)."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered notice, on its way to one address; prints nothing personal."""

    id: UUID
    """The delivery's own: where a provider knows repetitions, it knows them by this."""
    address: str | Subscription = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)
    template_code: str | None = None
    variables: Sequence[tuple[str, str]] = field(default=(), repr=False)
    locale: str = "zh-Hans"
    is_urgent: bool = False
    valid_for_s: int = 86_400
    link: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt: the provider's code, its id of the message, when to come back."""

    verdict: Verdict
    code: str = ""
    provider_id: str | None = None
    retry_after_s: float | None = None


class Carrier(Protocol):
    """A channel that is open: it takes messages until it is closed."""

    async def send(self, message: Message) -> Outcome:
        """Hand one message to the provider, and say what became of it."""
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...


def accepted(provider_id: str | None = None) -> Outcome:
    """Return that the provider took the message."""
    return Outcome(Verdict.ACCEPTED, "accepted", (provider_id or None) and str(provider_id)[:200])


def outcome(verdict: Verdict, code: object, retry_after_s: float | None = None) -> Outcome:
    """Return an outcome under a code that is short and one line, whatever the provider wrote."""
    plain = "".join(each if each.isprintable() else " " for each in str(code))
    return Outcome(verdict, plain[:LONGEST_CODE], retry_after_s=retry_after_s)


def retry_after(value: str | None) -> float | None:
    """Read a Retry-After header (RFC 9110 section 10.2.3): seconds, or a date; at most a day."""
    if not value:
        return None
    text = value.strip()
    if text.isdecimal():
        return float(min(int(text[:9]), LONGEST_WAIT_S))
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return min(max((at - datetime.now(UTC)).total_seconds(), 0.0), float(LONGEST_WAIT_S))
