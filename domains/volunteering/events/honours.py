"""What happened to certificates, stars and medals."""

from dataclasses import dataclass
from uuid import UUID

from domains.volunteering.events.volunteers import VolunteerEvent


@dataclass(frozen=True, slots=True)
class CertificateIssued(VolunteerEvent):
    """A platform record of service was issued."""

    certificate_id: UUID


@dataclass(frozen=True, slots=True)
class CertificateRevoked(VolunteerEvent):
    """A certificate stands no more."""

    certificate_id: UUID


@dataclass(frozen=True, slots=True)
class HonourNoticed(VolunteerEvent):
    """A star or medal is earned by the figures, and is on public notice."""

    honour_id: UUID


@dataclass(frozen=True, slots=True)
class HonourGranted(VolunteerEvent):
    """A star or medal was granted."""

    honour_id: UUID


@dataclass(frozen=True, slots=True)
class HonourRefused(VolunteerEvent):
    """A star or medal was not approved."""

    honour_id: UUID


@dataclass(frozen=True, slots=True)
class HonourRevoked(VolunteerEvent):
    """A star or medal was taken back."""

    honour_id: UUID


@dataclass(frozen=True, slots=True)
class HonourObjectionFiled(VolunteerEvent):
    """Somebody says that an honour on notice should not be granted."""

    honour_id: UUID
    objection_id: UUID


@dataclass(frozen=True, slots=True)
class HonourObjectionDecided(VolunteerEvent):
    """An objection was decided; upheld, the honour is refused."""

    honour_id: UUID
    objection_id: UUID
    upheld: bool
