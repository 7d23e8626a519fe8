"""Registering volunteers: who they are, what they can do, when and where, and who agrees."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from domains.kernel import clock, crypto, database, idempotency, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, NotFound, VersionConflict
from domains.membership.queries import electorate, places
from domains.membership.values import AreaKind
from domains.volunteering import policy
from domains.volunteering.errors import (
    AlreadyVolunteer,
    ConsentMissing,
    GuardianMissing,
    TooYoung,
    VolunteerDetailsMissing,
)
from domains.volunteering.events.volunteers import (
    GuardianAsked,
    VolunteerRegistered,
    VolunteerWithdrawn,
)
from domains.volunteering.models import Volunteer
from domains.volunteering.policy import VolunteerPlace
from domains.volunteering.queries.rules import procedure_at
from domains.volunteering.rules.procedure import Procedure, age_on
from domains.volunteering.service import consents
from domains.volunteering.service.shared import hold_volunteer, line, told
from domains.volunteering.values.volunteers import (
    ServiceClass,
    TimeBlock,
    VolunteerConsentPurpose,
    VolunteerState,
)

TABLE = "volunteering_volunteer"
MOST_RADIUS_M = 100_000
_NUMBER = "SELECT nextval('volunteering_volunteer_number_seq')"
_CHECKED = "INSERT INTO volunteering_honour_check VALUES ($1, $2)"
_CLASS = "INSERT INTO volunteering_service_class VALUES ($1, $2)"
_TIME = "INSERT INTO volunteering_availability VALUES ($1, $2, $3)"
_NO_CLASSES = "DELETE FROM volunteering_service_class WHERE volunteer_id = $1"
_NO_TIMES = "DELETE FROM volunteering_availability WHERE volunteer_id = $1"

Availability = tuple[int, TimeBlock]


@dataclass(frozen=True, slots=True)
class VolunteerProfile:
    """What a volunteer offers: kinds of service, hours of the week, how far from home."""

    service_classes: tuple[ServiceClass, ...]
    availability: tuple[Availability, ...]
    radius_m: int | None = None
    care_note: str = ""
    emergency_contact: str = ""


@dataclass(frozen=True, slots=True)
class Registration:
    """A person who wishes to volunteer, and the text that was agreed to."""

    area_id: UUID
    person_id: UUID
    profile: VolunteerProfile
    consent_text_version: str
    guardian_id: UUID | None = None
    paper_consent_id: UUID | None = None


async def register_volunteer(
    actor: Actor, given: Registration, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Give a person a volunteer number; a minor's counts once the guardian agrees.

    Staff who enter somebody keep the signed paper. Raises AlreadyVolunteer, TooYoung,
    GuardianMissing, VolunteerDetailsMissing, ConsentMissing, InvalidInput.
    """
    async with transaction():
        place = await places.place_of(given.area_id)
        path = place.area_path if place else ""
        require(
            policy.AUTHORITY,
            "registerVolunteer",
            actor,
            VolunteerPlace(path, given.person_id) if place else None,
        )
        if place is None or place.kind is not AreaKind.COMMUNITY:
            raise NotFound(path=("input", "communityId"))
        said = _hashed(given)
        earlier = await idempotency.claim(actor, idempotency_key, "registerVolunteer", said)
        if earlier is not None:
            return UUID(earlier["volunteer"]), True
        volunteer = await _registered(actor, given, path)
        await idempotency.settle(actor, idempotency_key, {"volunteer": str(volunteer.id)})
        await told(
            actor,
            command="registerVolunteer",
            area_id=volunteer.area_id,
            subject=("volunteer", volunteer.id),
            details={"state": volunteer.state.value},
        )
        return volunteer.id, False


def _hashed(given: Registration) -> dict[str, object]:
    """Return the input as its hash is made of: what is private only by its fingerprint."""
    said = asdict(given)
    for name in ("care_note", "emergency_contact"):
        text = said["profile"][name]
        said["profile"][name] = crypto.blind_index(text, purpose="volunteer").hex()
    return said


async def _registered(actor: Actor, given: Registration, area_path: str) -> Volunteer:
    today = await clock.today()
    known = await electorate.known_in(area_path, today, given.person_id)
    if known is None or not (actor.person_id == given.person_id or known["was_ever_bound"]):
        raise NotFound(path=("input", "personId"))
    if await Volunteer.filter(person_id=given.person_id).exists():
        raise AlreadyVolunteer(path=("input", "personId"))
    if known["birth_date"] is None:
        raise VolunteerDetailsMissing(path=("input", "personId"))
    procedure = await procedure_at(given.area_id)
    age = age_on(known["birth_date"], today)
    if age < procedure.least_age:
        raise TooYoung(least=procedure.least_age)
    is_minor = age < procedure.adult_age
    if is_minor:
        await _require_guardian(given, procedure, area_path)
    agrees = actor.person_id == given.person_id or given.paper_consent_id is not None
    if not agrees:
        raise ConsentMissing(path=("input", "paperConsentId"))
    by_paper = given.paper_consent_id is not None
    volunteer_id = database.new_id()
    volunteer = await Volunteer.create(
        id=volunteer_id,
        number=await database.fetch_value(_NUMBER),
        person_id=given.person_id,
        area_id=given.area_id,
        area_path=area_path,
        state=VolunteerState.AWAITING_GUARDIAN
        if is_minor and not by_paper
        else VolunteerState.REGISTERED,
        born_on=known["birth_date"],
        guardian_id=given.guardian_id if is_minor else None,
        entered_by_id=None if actor.person_id == given.person_id else actor.person_id,
        registered_at=await clock.now(),
        **_offered(given.profile, volunteer_id),
    )
    await _keep_offer(volunteer_id, given.profile)
    await database.execute(_CHECKED, volunteer_id, today)
    if volunteer.state is VolunteerState.AWAITING_GUARDIAN:
        assert volunteer.guardian_id is not None, "a minor's registration names a guardian"
        await outbox.record(GuardianAsked(volunteer.id, area_path, volunteer.guardian_id))
        return volunteer
    await consents.grant(
        actor,
        volunteer,
        VolunteerConsentPurpose.REGISTRATION,
        text_version=given.consent_text_version,
        paper_id=given.paper_consent_id,
    )
    await outbox.record(VolunteerRegistered(volunteer.id, area_path))
    return volunteer


async def _require_guardian(given: Registration, procedure: Procedure, area_path: str) -> None:
    path = ("input", "guardianId")
    if given.guardian_id is None or given.guardian_id == given.person_id:
        raise GuardianMissing(path=path)
    today = await clock.today()
    guardian = await electorate.known_in(area_path, today, given.guardian_id)
    if guardian is None or not guardian["was_ever_bound"]:
        raise NotFound(path=path)
    born = guardian["birth_date"]
    if born is None or age_on(born, today) < procedure.adult_age:
        raise GuardianMissing(path=path)


def _offered(profile: VolunteerProfile, volunteer_id: UUID) -> dict[str, Any]:
    if profile.radius_m is not None and not 1 <= profile.radius_m <= MOST_RADIUS_M:
        raise InvalidInput(
            path=("input", "profile", "radiusM"),
            zh=f"服务半径须为 1 至 {MOST_RADIUS_M} 米。",
            en=f"A radius has 1 to {MOST_RADIUS_M} metres.",
        )
    return {
        "radius_m": profile.radius_m,
        "care_note_sealed": _sealed(profile.care_note, "care_note_sealed", volunteer_id),
        "emergency_contact_sealed": _sealed(
            profile.emergency_contact, "emergency_contact_sealed", volunteer_id
        ),
    }


def _sealed(text: str, column: str, volunteer_id: UUID) -> bytes | None:
    name = {"care_note_sealed": "careNote"}.get(column, "emergencyContact")
    if not text.strip():
        return None
    kept = line(text, path=("input", "profile", name), longest=500, private=True)
    return crypto.seal(kept, table=TABLE, column=column, row=volunteer_id)


async def _keep_offer(volunteer_id: UUID, profile: VolunteerProfile) -> None:
    if not profile.service_classes:
        raise InvalidInput(
            path=("input", "profile", "serviceClasses"),
            zh="请至少选择一种服务类别。",
            en="Name one class of service at least.",
        )
    if any(not 1 <= weekday <= 7 for weekday, _ in profile.availability):
        raise InvalidInput(
            path=("input", "profile", "availability"),
            zh="星期须为 1(周一)至 7(周日)。",
            en="Weekdays are 1 (Monday) to 7 (Sunday).",
        )
    await database.execute(_NO_CLASSES, volunteer_id)
    await database.execute(_NO_TIMES, volunteer_id)
    classes = sorted({each.value for each in profile.service_classes})
    await database.execute_many(_CLASS, [(volunteer_id, each) for each in classes])
    times = sorted({(weekday, block.value) for weekday, block in profile.availability})
    await database.execute_many(_TIME, [(volunteer_id, *each) for each in times])


async def update_volunteer(
    actor: Actor, volunteer_id: UUID, profile: VolunteerProfile, *, expected_version: int
) -> UUID:
    """Write anew what a volunteer offers; raises VersionConflict, InvalidInput."""
    async with transaction():
        volunteer = await hold_volunteer(actor, volunteer_id, "updateVolunteer")
        if volunteer.version != expected_version:
            raise VersionConflict(version=volunteer.version)
        for name, value in _offered(profile, volunteer_id).items():
            setattr(volunteer, name, value)
        volunteer.version += 1
        await volunteer.save()
        await _keep_offer(volunteer_id, profile)
        await told(
            actor,
            command="updateVolunteer",
            area_id=volunteer.area_id,
            subject=("volunteer", volunteer.id),
            details={"version": volunteer.version},
        )
    return volunteer_id


async def withdraw_volunteer(actor: Actor, volunteer_id: UUID) -> UUID:
    """Let somebody be a volunteer no more; what they gave stays recorded."""
    async with transaction():
        volunteer = await hold_volunteer(actor, volunteer_id, "withdrawVolunteer")
        if volunteer.state is not VolunteerState.WITHDRAWN:
            volunteer.state = VolunteerState.WITHDRAWN
            volunteer.withdrawn_at = await clock.now()
            volunteer.care_note_sealed = None
            volunteer.emergency_contact_sealed = None
            await volunteer.save()
            await consents.withdraw_all(volunteer)
            await outbox.record(VolunteerWithdrawn(volunteer.id, volunteer.area_path))
            await told(
                actor,
                command="withdrawVolunteer",
                area_id=volunteer.area_id,
                subject=("volunteer", volunteer.id),
            )
    return volunteer_id
