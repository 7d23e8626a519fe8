"""What happened in membership."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event
from domains.membership.values import DepartureKind


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


@dataclass(frozen=True, slots=True)
class SecondFactorReset(Event):
    """A person's lost second factor was removed by somebody else; it is to be set up anew."""

    person_id: UUID


@dataclass(frozen=True, slots=True)
class ResidencyClaimed(Event):
    """Somebody says that they belong to a household."""

    residency_id: UUID
    community_id: UUID | None


@dataclass(frozen=True, slots=True)
class ResidencyVerified(Event):
    """Staff, or a register, found a claim to be true."""

    residency_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class ResidencyRefused(Event):
    """Staff found a claim not to be true."""

    residency_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class ResidencyEnded(Event):
    """A residency has, or will have, a last day."""

    residency_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class RoleGranted(Event):
    """A person was given a role."""

    grant_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class RoleRevoked(Event):
    """A role was taken back before its last day."""

    grant_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class RoleEnding(Event):
    """A role has its last day before long; told once for each number of days before it."""

    grant_id: UUID
    person_id: UUID
    within_days: int


@dataclass(frozen=True, slots=True)
class OrganisationDissolved(Event):
    """An organisation is no more; the roles in it end."""

    organisation_id: UUID


@dataclass(frozen=True, slots=True)
class RegisterImported(Event):
    """A register file was brought in; it stands for the residencies that it entered."""

    import_id: UUID
    community_id: UUID


@dataclass(frozen=True, slots=True)
class TagEntered(Event):
    """Something was recorded of a person or a household, who may read and contest it."""

    tag_id: UUID
    person_id: UUID | None
    household_id: UUID | None


@dataclass(frozen=True, slots=True)
class TagContested(Event):
    """Whom a tag is said of says that it is not so."""

    tag_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class TagContestSettled(Event):
    """Staff have answered whom the tag is said of."""

    tag_id: UUID
    person_id: UUID
    stands: bool


@dataclass(frozen=True, slots=True)
class PersonHelperNamed(Event):
    """Somebody is told from now on what another is told."""

    bond_id: UUID
    person_id: UUID
    helper_id: UUID


@dataclass(frozen=True, slots=True)
class PersonHelperEnded(Event):
    """Somebody is no longer told what another is told."""

    bond_id: UUID
    person_id: UUID
    helper_id: UUID


@dataclass(frozen=True, slots=True)
class PersonDeparted(Event):
    """Somebody died, or closed their account: nothing is told to them any more."""

    person_id: UUID
    kind: DepartureKind


@dataclass(frozen=True, slots=True)
class PersonReturned(Event):
    """Somebody is here after all."""

    person_id: UUID
