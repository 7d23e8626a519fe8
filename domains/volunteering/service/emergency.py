"""Emergency teams: who agreed beforehand is called up by staff, answers, and is sent home.

People who help in an emergency work under the direction of the command that the government
sets up (Regulation on volunteer service, article 24): every call names it. Minors and who is
not insured are never called.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel import clock, database, idempotency, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.membership.queries import places
from domains.volunteering import policy
from domains.volunteering.errors import (
    NobodyToCall,
    NotTeamMember,
    ShiftOver,
    TeamCallOver,
    TeamCallStands,
    TeamNotEmergency,
)
from domains.volunteering.events.shifts import TeamCallAnswered, TeamCalledUp, TeamCallEnded
from domains.volunteering.models import Activity
from domains.volunteering.queries.rules import procedure_at
from domains.volunteering.service import activities, seats
from domains.volunteering.service.activities import ActivityDraft, ShiftDraft
from domains.volunteering.service.shared import hold_person, line, one, told
from domains.volunteering.values.activities import (
    SignUpState,
    VolunteerActivityNature,
    VolunteerActivityState,
)
from domains.volunteering.values.shifts import TeamCallAnswer, TeamCallState
from domains.volunteering.values.volunteers import ServiceClass

_TEAM_PATH = ("input", "teamId")
_CALL_PATH = ("input", "callId")
_TEAM = "SELECT * FROM volunteering_team WHERE id = $1 FOR UPDATE"
_MARK = """
UPDATE volunteering_team SET is_emergency = $2, marked_by_id = $3, marked_at = kernel_now()
WHERE id = $1
"""
_FORGET = "UPDATE volunteering_team_member SET agreed_at = NULL WHERE team_id = $1"
_AGREE = """
UPDATE volunteering_team_member
SET agreed_at = CASE WHEN $3 THEN coalesce(agreed_at, kernel_now()) END
WHERE team_id = $1 AND volunteer_id = $2
"""
_STANDS = """
SELECT EXISTS (SELECT FROM volunteering_team_call WHERE team_id = $1 AND state = 'called')
"""
_READY = """
SELECT v.id, v.person_id FROM volunteering_team_member m
JOIN volunteering_volunteer v ON v.id = m.volunteer_id
WHERE m.team_id = $1 AND m.agreed_at IS NOT NULL AND v.state = 'registered'
  AND v.born_on <= ($2::date - make_interval(years => $3))::date
  AND EXISTS (SELECT FROM volunteering_insurance i WHERE i.volunteer_id = v.id
              AND i.covers_risky AND $2 BETWEEN i.starts_on AND i.ends_on)
ORDER BY v.id
"""
_CALL = """
INSERT INTO volunteering_team_call
    (id, team_id, activity_id, shift_id, area_id, area_path, reason, place, directed_by,
     starts_at, ends_at, state, called_by_id, called_at)
SELECT $1, $2, $3, s.id, $4, $5, $6, $7, $8, s.starts_at, s.ends_at, 'called', $9, kernel_now()
FROM volunteering_shift s WHERE s.activity_id = $3
RETURNING shift_id
"""
_CALLED = """
INSERT INTO volunteering_team_answer (call_id, volunteer_id, person_id) VALUES ($1, $2, $3)
"""
_OF = "SELECT * FROM volunteering_team_call WHERE id = $1"
_HOLD = "SELECT * FROM volunteering_team_call WHERE id = $1 FOR UPDATE"
_ANSWER = """
UPDATE volunteering_team_answer SET answer = $3, answered_at = kernel_now()
WHERE call_id = $1 AND volunteer_id = $2
"""
_END = """
UPDATE volunteering_team_call
SET state = 'ended', ended_by_id = $2, ended_at = kernel_now(), end_note = $3 WHERE id = $1
"""
_SHORTEN = """
UPDATE volunteering_shift SET ends_at = least(ends_at, kernel_now())
WHERE id = $1 AND starts_at < kernel_now()
"""


@dataclass(frozen=True, slots=True)
class TeamCallDraft:
    """Why, where, from when to when, under whose direction, and what the risks are."""

    reason: str
    place: str
    directed_by: str
    starts_at: datetime
    ends_at: datetime
    risks: str
    service_class: ServiceClass = ServiceClass.EMERGENCY_RESCUE


async def mark_emergency_team(actor: Actor, team_id: UUID, *, is_emergency: bool) -> UUID:
    """Make a team one that is called up, or one that is not: then nobody's agreement stands."""
    async with transaction():
        team = await _held_team(actor, team_id, "markEmergencyTeam")
        if team["is_emergency"] != is_emergency:
            await database.execute(_MARK, team_id, is_emergency, actor.person_id)
            await database.execute(_FORGET, team_id)
        await _told_team(actor, "markEmergencyTeam", team, {"isEmergency": is_emergency})
    return team_id


async def agree_to_calls(actor: Actor, team_id: UUID, *, agrees: bool) -> UUID:
    """Agree beforehand to be called up with one's team, or take that back at any time.

    Raises TeamNotEmergency, NotTeamMember, MinorBarred, InsuranceMissing.
    """
    async with transaction():
        team = await _held_team(actor, team_id, "agreeToTeamCalls")
        volunteer = await hold_person(actor.person_id)
        if agrees:
            if not team["is_emergency"]:
                raise TeamNotEmergency(path=_TEAM_PATH)
            await seats.require_fit_for(
                volunteer,
                await procedure_at(team["area_id"]),
                service_class=ServiceClass.EMERGENCY_RESCUE,
                is_risky=True,
                day=await clock.today(),
            )
        if not await database.execute(_AGREE, team_id, volunteer.id, agrees):
            raise NotTeamMember(path=_TEAM_PATH)
        await _told_team(actor, "agreeToTeamCalls", team, {"agrees": agrees})
    return team_id


async def call_up_team(
    actor: Actor, team_id: UUID, draft: TeamCallDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Call up the members who agreed, are of age and are insured on the day.

    Raises TeamNotEmergency, TeamCallStands, NobodyToCall, ShiftOver, InvalidInput.
    """
    async with transaction():
        team = await _held_team(actor, team_id, "callUpTeam")
        given = {"team": str(team_id), **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "callUpTeam", given)
        if earlier is not None:
            return UUID(earlier["call"]), True
        if not team["is_emergency"]:
            raise TeamNotEmergency(path=_TEAM_PATH)
        if await database.fetch_value(_STANDS, team_id):
            raise TeamCallStands(path=_TEAM_PATH)
        if draft.ends_at <= await clock.now():
            raise ShiftOver(path=("input", "endsAt"))
        adult = (await procedure_at(team["area_id"])).adult_age
        today = await clock.today()
        called = await database.fetch(_READY, team_id, today, adult)
        if not called:
            raise NobodyToCall(path=_TEAM_PATH)
        call_id = await _called(actor, team, draft, [(r["id"], r["person_id"]) for r in called])
        await idempotency.settle(actor, idempotency_key, {"call": str(call_id)})
        await _told_call(actor, "callUpTeam", team["area_id"], call_id)
    return call_id, False


async def _called(
    actor: Actor, team: Row, draft: TeamCallDraft, members: list[tuple[UUID, UUID]]
) -> UUID:
    reason = line(draft.reason, path=("input", "reason"), longest=500)
    directed_by = line(draft.directed_by, path=("input", "directedBy"), longest=120)
    activity = await activities.created(
        actor,
        ActivityDraft(
            area_id=team["area_id"],
            nature=VolunteerActivityNature.SERVICE,
            service_class=draft.service_class,
            title=f"应急召集:{team['name']}"[:80],
            content=reason,
            place=draft.place,
            organisation_id=team["organisation_id"],
            leader_id=team["leader_id"],
            shifts=(ShiftDraft(draft.starts_at, draft.ends_at, len(members)),),
            is_risky=True,
            risks=draft.risks,
            team_id=team["id"],
        ),
        team["area_path"],
    )
    await activities.put_out(activity)
    call_id = database.new_id()
    shift_id = await database.fetch_value(
        _CALL,
        *(call_id, team["id"], activity.id, team["area_id"], team["area_path"], reason),
        *(activity.place, directed_by, actor.person_id),
    )
    rows = [(call_id, volunteer_id, person_id) for volunteer_id, person_id in members]
    await database.execute_many(_CALLED, rows)
    await outbox.record(TeamCalledUp(activity.id, activity.area_path, shift_id, call_id))
    return call_id


async def answer_call(actor: Actor, call_id: UUID, *, comes: bool) -> UUID:
    """Come, which takes a place in the call's shift, or say that one cannot; it may change.

    Raises NotFound for who was not called, TeamCallOver, MinorBarred, InsuranceMissing.
    """
    async with transaction():
        call, activity = await _held_call(actor, call_id, "answerTeamCall")
        volunteer = await hold_person(actor.person_id)
        answer = TeamCallAnswer.COMES if comes else TeamCallAnswer.CANNOT
        if not await database.execute(_ANSWER, call_id, volunteer.id, answer.value):
            raise NotFound(path=_CALL_PATH)
        shift_id: UUID = call["shift_id"]
        if comes:
            await seats.require_fit(volunteer, activity, await clock.today())
            await seats.take_place(activity, shift_id, volunteer.id, SignUpState.SIGNED_UP)
        elif await seats.has_place(shift_id, volunteer.id):
            await seats.take_place(activity, shift_id, volunteer.id, SignUpState.LEFT)
        whose = (activity.id, activity.area_path, shift_id, call_id, volunteer.person_id)
        await outbox.record(TeamCallAnswered(*whose, comes))
        await _told_call(actor, "answerTeamCall", call["area_id"], call_id)
    return call_id


async def end_call(actor: Actor, call_id: UUID, *, note: str) -> UUID:
    """End a call: nobody else checks in, and who serves checks out as ever.

    Before it has begun its activity is called off. Raises TeamCallOver.
    """
    async with transaction():
        call, activity = await _held_call(actor, call_id, "endTeamCall")
        said = line(note, path=("input", "note"), longest=500)
        await database.execute(_END, call_id, actor.person_id, said)
        now = await clock.now()
        if call["starts_at"] >= now:
            activity.state = VolunteerActivityState.CANCELLED
            activity.cancelled_at = now
            activity.cancel_reason = said[:200]
            await activity.save()
        else:
            await database.execute(_SHORTEN, call["shift_id"])
        whose = (activity.id, activity.area_path, call["shift_id"], call_id)
        await outbox.record(TeamCallEnded(*whose))
        await _told_call(actor, "endTeamCall", call["area_id"], call_id)
    return call_id


async def _held_team(actor: Actor, team_id: UUID, action: str) -> Row:
    row = await one(_TEAM, team_id, path=_TEAM_PATH)
    require(policy.AUTHORITY, action, actor, await places.place_of(row["area_id"]))
    return row


async def _held_call(actor: Actor, call_id: UUID, action: str) -> tuple[Row, Activity]:
    """Lock the shift first, as who signs up does, then the activity, then the call."""
    known = await one(_OF, call_id, path=_CALL_PATH)
    require(policy.AUTHORITY, action, actor, await places.place_of(known["area_id"]))
    await seats.shift_of(known["shift_id"], lock=True)
    activity = await Activity.filter(id=known["activity_id"]).select_for_update().get()
    row = await one(_HOLD, call_id, path=_CALL_PATH)
    if row["state"] != TeamCallState.CALLED:
        raise TeamCallOver(path=_CALL_PATH)
    return row, activity


async def _told_team(actor: Actor, command: str, team: Row, details: dict[str, bool]) -> None:
    await told(
        actor,
        command=command,
        area_id=team["area_id"],
        subject=("volunteer_team", team["id"]),
        details=details,
    )


async def _told_call(actor: Actor, command: str, area_id: UUID, call_id: UUID) -> None:
    await told(actor, command=command, area_id=area_id, subject=("team_call", call_id))
