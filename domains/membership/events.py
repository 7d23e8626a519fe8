"""What happened in membership."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event


@dataclass(frozen=True, slots=True)
class PersonSignedIn(Event):
    """Somebody opened a session."""

    person_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class SessionRevoked(Event):
    """A session closed before its time; its live connections close with it."""

    person_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class SecondFactorConfirmed(Event):
    """A person's second factor is in force."""

    person_id: UUID
