"""What volunteers bring: skills with proof, insurance, training, awards; and what is sealed."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domains.kernel import audit, clock, crypto, database, outbox, uploads
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.kernel.values import UploadState
from domains.volunteering.errors import SkillJudgedAlready
from domains.volunteering.events.volunteers import SkillJudged
from domains.volunteering.models import Volunteer
from domains.volunteering.service.registering import TABLE
from domains.volunteering.service.shared import chain_of, hold_volunteer, line, one, told
from domains.volunteering.values.volunteers import VolunteerSkillState

_SKILL = """
INSERT INTO volunteering_skill
    (id, volunteer_id, name, issued_by, proof_upload_id, expires_on, state, claimed_at)
VALUES ($1, $2, $3, $4, $5, $6, 'claimed', kernel_now())
ON CONFLICT (proof_upload_id) DO NOTHING
"""
_OF_SKILL = "SELECT volunteer_id FROM volunteering_skill WHERE id = $1"
_JUDGE = """
UPDATE volunteering_skill
SET state = $2, judged_by_id = $3, judged_at = kernel_now(), judge_reason = $4
WHERE id = $1 AND state = 'claimed'
"""
_INSURE = """
INSERT INTO volunteering_insurance
VALUES ($1, $2, $3, $4, $5, $6, $7, kernel_now())
"""
_TRAIN = """
INSERT INTO volunteering_training VALUES ($1, $2, $3, $4, $5, $6, $7, $8, kernel_now())
"""
_AWARD = "INSERT INTO volunteering_award VALUES ($1, $2, $3, $4, $5, $6, kernel_now())"


@dataclass(frozen=True, slots=True)
class SkillDraft:
    """What somebody can do, who says so, the proof, and until when it holds."""

    name: str
    issued_by: str
    proof_id: UUID
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class InsuranceDraft:
    """Who insures, whether risky work is covered, from when to when."""

    insurer: str
    covers_risky: bool
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class TrainingDraft:
    """What was learnt, for how long, held by whom and when (Order 67, article 8)."""

    title: str
    content: str
    minutes: int
    held_by: str
    held_on: date


@dataclass(frozen=True, slots=True)
class AwardDraft:
    """What was granted, by whom and when (Order 67, article 9)."""

    title: str
    granted_by: str
    granted_on: date


@dataclass(frozen=True, slots=True)
class VolunteerDetails:
    """What is sealed of a volunteer, shown once to who may, and never logged."""

    care_note: str | None
    emergency_contact: str | None

    def __repr__(self) -> str:
        """Show nothing."""
        return "VolunteerDetails(…)"


async def add_skill(actor: Actor, volunteer_id: UUID, draft: SkillDraft) -> UUID:
    """Claim a skill with its proof, an upload of one's own; the same proof counts once."""
    async with transaction():
        volunteer = await hold_volunteer(actor, volunteer_id, "addVolunteerSkill")
        (found,) = await uploads.uploads_by_id(actor, [draft.proof_id])
        if found is None or found.state is not UploadState.COMPLETE:
            raise NotFound(path=("input", "proofId"))
        if draft.expires_on is not None and draft.expires_on < await clock.today():
            raise InvalidInput(
                path=("input", "expiresOn"),
                zh="证明已过期。",
                en="The proof has expired already.",
            )
        await database.execute(
            _SKILL,
            *(database.new_id(), volunteer.id),
            line(draft.name, path=("input", "name"), longest=60),
            line(draft.issued_by, path=("input", "issuedBy"), longest=120),
            *(draft.proof_id, draft.expires_on),
        )
        await _told(actor, volunteer, "addVolunteerSkill")
    return volunteer_id


async def judge_skill(actor: Actor, skill_id: UUID, *, verified: bool, reason: str) -> UUID:
    """Accept the proof of a skill or not; never of one's own. Raises SkillJudgedAlready."""
    path = ("input", "skillId")
    async with transaction():
        row = await one(_OF_SKILL, skill_id, path=path)
        volunteer = await hold_volunteer(
            actor, row["volunteer_id"], "judgeVolunteerSkill", path=path
        )
        if actor.person_id == volunteer.person_id:
            raise Forbidden
        state = VolunteerSkillState.VERIFIED if verified else VolunteerSkillState.REFUSED
        said = line(reason, path=("input", "reason"), longest=200)
        if not await database.execute(_JUDGE, skill_id, state.value, actor.person_id, said):
            raise SkillJudgedAlready(path=path)
        await outbox.record(SkillJudged(volunteer.id, volunteer.area_path, skill_id, verified))
        await _told(actor, volunteer, "judgeVolunteerSkill")
    return volunteer.id


async def record_insurance(actor: Actor, volunteer_id: UUID, draft: InsuranceDraft) -> UUID:
    """Keep that somebody is insured: before risky work, over its day."""
    async with transaction():
        volunteer = await hold_volunteer(actor, volunteer_id, "recordVolunteerInsurance")
        if draft.ends_on < draft.starts_on:
            raise InvalidInput(
                path=("input", "endsOn"),
                zh="终止日不得早于起始日。",
                en="It does not end before it begins.",
            )
        await database.execute(
            _INSURE,
            *(database.new_id(), volunteer.id),
            line(draft.insurer, path=("input", "insurer"), longest=120),
            *(draft.covers_risky, draft.starts_on, draft.ends_on, actor.person_id),
        )
        await _told(actor, volunteer, "recordVolunteerInsurance")
    return volunteer_id


async def record_training(actor: Actor, volunteer_id: UUID, draft: TrainingDraft) -> UUID:
    """Keep what a volunteer has learnt; never in the future, and never as service."""
    async with transaction():
        volunteer = await hold_volunteer(actor, volunteer_id, "recordVolunteerTraining")
        await _require_past(draft.held_on, path=("input", "heldOn"))
        if not 1 <= draft.minutes <= 60_000:
            raise InvalidInput(
                path=("input", "minutes"),
                zh="学习时长须为 1 至 60000 分钟。",
                en="Training lasts 1 to 60,000 minutes.",
            )
        await database.execute(
            _TRAIN,
            *(database.new_id(), volunteer.id),
            line(draft.title, path=("input", "title"), longest=80),
            line(draft.content, path=("input", "content"), longest=1000),
            draft.minutes,
            line(draft.held_by, path=("input", "heldBy"), longest=120),
            *(draft.held_on, actor.person_id),
        )
        await _told(actor, volunteer, "recordVolunteerTraining")
    return volunteer_id


async def record_award(actor: Actor, volunteer_id: UUID, draft: AwardDraft) -> UUID:
    """Keep what a volunteer was granted by others."""
    async with transaction():
        volunteer = await hold_volunteer(actor, volunteer_id, "recordVolunteerAward")
        await _require_past(draft.granted_on, path=("input", "grantedOn"))
        await database.execute(
            _AWARD,
            *(database.new_id(), volunteer.id),
            line(draft.title, path=("input", "title"), longest=80),
            line(draft.granted_by, path=("input", "grantedBy"), longest=120),
            *(draft.granted_on, actor.person_id),
        )
        await _told(actor, volunteer, "recordVolunteerAward")
    return volunteer_id


async def _require_past(day: date, *, path: tuple[str, ...]) -> None:
    if day > await clock.today():
        raise InvalidInput(path=path, zh="日期不得晚于今天。", en="This day is still to come.")


async def open_details(actor: Actor, volunteer_id: UUID) -> VolunteerDetails:
    """Read what is sealed of a volunteer; the reading is audited, or it is not shown."""
    async with transaction():
        volunteer = await hold_volunteer(actor, volunteer_id, "openVolunteerDetails")
        found = VolunteerDetails(
            care_note=_opened(volunteer, "care_note_sealed"),
            emergency_contact=_opened(volunteer, "emergency_contact_sealed"),
        )
        await audit.record_read(
            actor,
            chain=await chain_of(volunteer.area_id),
            kind="volunteer",
            ids=[volunteer.id],
            fields=["care_note", "emergency_contact"],
        )
    return found


def _opened(volunteer: Volunteer, column: str) -> str | None:
    sealed: bytes | None = getattr(volunteer, column)
    if sealed is None:
        return None
    return crypto.unseal(bytes(sealed), table=TABLE, column=column, row=volunteer.id)


async def _told(actor: Actor, volunteer: Volunteer, command: str) -> None:
    await told(
        actor,
        command=command,
        area_id=volunteer.area_id,
        subject=("volunteer", volunteer.id),
    )
