"""Who agreed to what: the volunteer, or a minor's guardian; each purpose by itself."""

from uuid import UUID

from domains.kernel import clock, database, outbox, uploads
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.kernel.errors import Forbidden, NotFound
from domains.kernel.values import UploadState
from domains.volunteering.errors import ConsentMissing
from domains.volunteering.events.volunteers import VolunteerRegistered
from domains.volunteering.models import Volunteer
from domains.volunteering.queries.rules import procedure_at
from domains.volunteering.rules.procedure import age_on
from domains.volunteering.service.shared import hold_volunteer, line, told
from domains.volunteering.values.volunteers import VolunteerConsentPurpose, VolunteerState

_GRANT = """
INSERT INTO volunteering_consent
    (id, volunteer_id, purpose, text_version, given_by_id, as_guardian, paper_upload_id,
     entered_by_id, granted_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, kernel_now())
ON CONFLICT (volunteer_id, purpose) WHERE withdrawn_at IS NULL DO NOTHING
"""
_WITHDRAW = """
UPDATE volunteering_consent SET withdrawn_at = kernel_now()
WHERE volunteer_id = $1 AND ($2::text IS NULL OR purpose = $2) AND withdrawn_at IS NULL
"""
_NO_POSITIONS = """
UPDATE volunteering_attendance SET in_position_sealed = NULL, out_position_sealed = NULL
WHERE volunteer_id = $1 AND coalesce(in_position_sealed, out_position_sealed) IS NOT NULL
"""
_STANDS = """
SELECT EXISTS (SELECT FROM volunteering_consent
               WHERE volunteer_id = $1 AND purpose = $2 AND withdrawn_at IS NULL)
"""


async def grant(
    actor: Actor,
    volunteer: Volunteer,
    purpose: VolunteerConsentPurpose,
    *,
    text_version: str,
    paper_id: UUID | None = None,
) -> None:
    """Keep, in the open transaction, that the volunteer or the guardian agreed.

    Who enters it for somebody else keeps the signed paper. Raises ConsentMissing.
    """
    giver = await _giver(volunteer)
    enters = actor.person_id != giver
    if enters and paper_id is None:
        raise ConsentMissing(path=("input", "paperConsentId"))
    if paper_id is not None:
        await _require_paper(actor, paper_id)
    await database.execute(
        _GRANT,
        *(database.new_id(), volunteer.id, purpose.value),
        line(text_version, path=("input", "consentTextVersion"), longest=40, shortest=1),
        *(giver, giver != volunteer.person_id, paper_id),
        actor.person_id if enters else None,
    )


async def _giver(volunteer: Volunteer) -> UUID:
    """Return who speaks for a volunteer: the guardian until the volunteer is of age."""
    procedure = await procedure_at(volunteer.area_id)
    is_minor = age_on(volunteer.born_on, await clock.today()) < procedure.adult_age
    if is_minor and volunteer.guardian_id is not None:
        return volunteer.guardian_id
    return volunteer.person_id


async def _require_paper(actor: Actor, paper_id: UUID) -> None:
    (found,) = await uploads.uploads_by_id(actor, [paper_id])
    if found is None or found.state is not UploadState.COMPLETE:
        raise NotFound(path=("input", "paperConsentId"))


async def stands(volunteer_id: UUID, purpose: VolunteerConsentPurpose) -> bool:
    """Whether a consent stands."""
    return bool(await database.fetch_value(_STANDS, volunteer_id, purpose.value))


async def withdraw_all(volunteer: Volunteer) -> None:
    """Withdraw every consent of a volunteer, in the open transaction."""
    await database.execute(_WITHDRAW, volunteer.id, None)
    await database.execute(_NO_POSITIONS, volunteer.id)


async def give_consent(
    actor: Actor,
    volunteer_id: UUID,
    purpose: VolunteerConsentPurpose,
    *,
    text_version: str,
    paper_id: UUID | None = None,
) -> UUID:
    """Agree to a purpose; the guardian's consent to registration makes a minor a volunteer.

    Raises ConsentMissing where staff enter it without the paper, Forbidden where a minor
    agrees for themselves.
    """
    async with transaction():
        volunteer = await hold_volunteer(actor, volunteer_id, "giveVolunteerConsent")
        if actor.person_id == volunteer.person_id != await _giver(volunteer):
            raise Forbidden
        await grant(actor, volunteer, purpose, text_version=text_version, paper_id=paper_id)
        waits = volunteer.state is VolunteerState.AWAITING_GUARDIAN
        if waits and purpose is VolunteerConsentPurpose.REGISTRATION:
            volunteer.state = VolunteerState.REGISTERED
            await volunteer.save()
            await outbox.record(VolunteerRegistered(volunteer.id, volunteer.area_path))
        await told(
            actor,
            command="giveVolunteerConsent",
            area_id=volunteer.area_id,
            subject=("volunteer", volunteer.id),
            details={"purpose": purpose.value},
        )
    return volunteer_id


async def withdraw_consent(
    actor: Actor, volunteer_id: UUID, purpose: VolunteerConsentPurpose
) -> UUID:
    """Withdraw a consent, as easily as it was given; registration is left by withdrawing.

    What was kept of positions goes with the consent to keep them.
    """
    async with transaction():
        volunteer = await hold_volunteer(actor, volunteer_id, "withdrawVolunteerConsent")
        if purpose is VolunteerConsentPurpose.REGISTRATION:
            raise Forbidden
        await database.execute(_WITHDRAW, volunteer.id, purpose.value)
        if purpose is VolunteerConsentPurpose.POSITION:
            await database.execute(_NO_POSITIONS, volunteer.id)
        await told(
            actor,
            command="withdrawVolunteerConsent",
            area_id=volunteer.area_id,
            subject=("volunteer", volunteer.id),
            details={"purpose": purpose.value},
        )
    return volunteer_id
