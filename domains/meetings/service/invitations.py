"""Who is asked to a meeting, what they answer, and who stands in for whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from domains.kernel import calendar, clock, database, outbox, rulesets
from domains.kernel.actor import Actor, Role
from domains.kernel.database import Row, transaction
from domains.kernel.errors import DomainError, Forbidden, NotFound
from domains.meetings.errors import (
    AlreadyInvited,
    CapacityUnfit,
    MeetingOver,
    NotInvited,
    SubstituteNotTaken,
    SubstituteStands,
)
from domains.meetings.events import (
    InvitationRevoked,
    PeopleInvited,
    PersonInvited,
    ResponseGiven,
    SubstituteNamed,
)
from domains.meetings.models import Invitation, Meeting
from domains.meetings.rules import lines
from domains.meetings.rules.procedure import Procedure
from domains.meetings.service import log, room
from domains.meetings.service.bodies import conflicts_told, require_person
from domains.meetings.values import (
    BEFORE_SESSION,
    UNDER_WAY,
    AttendeeKind,
    Capacity,
    InvitedGroup,
    LogKind,
    MeetingState,
    Response,
    Standing,
)
from domains.membership.queries import electorate

_TAKEN: Mapping[str, type[DomainError]] = {
    "meetings_invitation_person": AlreadyInvited,
    "meetings_invitation_substitute": SubstituteStands,
}
_INVITE_MANY = """
INSERT INTO meetings_invitation (id, meeting_id, person_id, capacity, kind, votes, group_name,
                                 invited_by_id, invited_at)
SELECT each.id, $1, each.person_id, $4::text, $5, $4::text = 'decide', $6, $7, kernel_now()
FROM unnest($2::uuid[], $3::uuid[]) AS each (id, person_id)
ON CONFLICT DO NOTHING
"""
_STANDS_IN = """
SELECT count(*) FROM meetings_invitation
WHERE meeting_id = $1 AND person_id = $2 AND stands_in_for_id IS NOT NULL AND revoked_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody to be invited, as what, to do what."""

    person_id: UUID
    kind: AttendeeKind = AttendeeKind.MEMBER
    capacity: Capacity = Capacity.DECIDE
    group_name: str | None = None


async def invite(actor: Actor, meeting_id: UUID, guest: Guest) -> UUID:
    """Invite somebody; returns the invitation. To invite the same person again is refused.

    Raises MeetingOver, CapacityUnfit, AlreadyInvited, NotFound.
    """
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "inviteToMeeting")
        _require_open(meeting)
        await require_person(guest.person_id)
        procedure = await procedure_for(meeting)
        if not procedure.allows(guest.kind, guest.capacity):
            raise CapacityUnfit(path=("input", "capacity"))
        made = await _write(actor, meeting, guest)
        await room.told(actor, meeting, "inviteToMeeting")
        return made.id


async def invite_group(
    actor: Actor,
    meeting_id: UUID,
    group: InvitedGroup,
    *,
    capacity: Capacity,
    group_name: str | None = None,
) -> int:
    """Invite all of a group of the meeting's area who are not invited yet; returns how many.

    Asked again, it invites who has come to it since. Raises MeetingOver, CapacityUnfit.
    """
    async with transaction(timeout_ms=60_000):
        meeting = await room.hold(actor, meeting_id, "inviteGroupToMeeting")
        _require_open(meeting)
        procedure = await procedure_for(meeting)
        if not procedure.allows(AttendeeKind.MEMBER, capacity):
            raise CapacityUnfit(path=("input", "capacity"))
        people = sorted({row["person_id"] for row in await _people_of(meeting, group)})
        invited = await database.execute(
            _INVITE_MANY,
            meeting.id,
            [database.new_id() for _ in people],
            people,
            capacity.value,
            AttendeeKind.MEMBER.value,
            lines.optional_line(group_name, path=("input", "groupName"), longest=60),
            actor.person_id,
        )
        if invited:
            await log.append(meeting, LogKind.INVITED, actor=actor, count=invited)
        if invited and meeting.state is not MeetingState.PLANNED:
            await outbox.record(
                PeopleInvited(meeting_id=meeting.id, area_path=meeting.area_path, count=invited)
            )
        await room.told(actor, meeting, "inviteGroupToMeeting", count=invited)
        return invited


async def revoke(actor: Actor, invitation_id: UUID, *, reason: str) -> UUID:
    """Take an invitation back from somebody who is not in the room; returns the meeting."""
    async with transaction():
        meeting, invitation = await _hold(actor, invitation_id, "revokeInvitation")
        _require_open(meeting)
        if invitation.standing is Standing.PRESENT:
            raise Forbidden(path=("input", "invitationId"))
        if invitation.person_id in {meeting.chair_id, meeting.standing_chair_id}:
            raise Forbidden(path=("input", "invitationId"))
        note = lines.reason(reason)
        await _end(invitation, note)
        if invitation.stands_in_for_id is not None:
            await _give_vote_back(invitation.stands_in_for_id)
        await log.append(
            meeting,
            LogKind.INVITATION_REVOKED,
            actor=actor,
            person_id=invitation.person_id,
            reason=note,
        )
        if meeting.state is not MeetingState.PLANNED:
            await outbox.record(
                InvitationRevoked(
                    invitation_id=invitation.id,
                    meeting_id=meeting.id,
                    person_id=invitation.person_id,
                )
            )
        await room.told(actor, meeting, "revokeInvitation")
        return meeting.id


async def respond(
    actor: Actor, invitation_id: UUID, response: Response, *, note: str | None = None
) -> UUID:
    """Answer one's own invitation until one comes; who declines is excused.

    Returns the meeting. Raises Forbidden for another's invitation, MeetingOver.
    """
    async with transaction():
        meeting, invitation = await _hold(actor, invitation_id, "respondToInvitation")
        _require_own(actor, invitation)
        _require_open(meeting)
        if invitation.standing is Standing.PRESENT or response is Response.AWAITED:
            raise Forbidden(path=("input", "response"))
        invitation.response = response
        invitation.note = lines.optional_line(note, path=("input", "note"), longest=200)
        invitation.responded_at = await clock.now()
        if invitation.standing in {Standing.ABSENT, Standing.EXCUSED}:
            declined = response is Response.DECLINED
            invitation.standing = Standing.EXCUSED if declined else Standing.ABSENT
        await invitation.save()
        await log.append(
            meeting,
            LogKind.RESPONDED,
            actor=actor,
            person_id=invitation.person_id,
            response=response.value,
        )
        await outbox.record(ResponseGiven(invitation_id=invitation.id, meeting_id=meeting.id))
        return meeting.id


async def excuse(actor: Actor, invitation_id: UUID, *, reason: str) -> UUID:
    """Excuse somebody who is absent and has told why; returns the meeting."""
    async with transaction():
        meeting, invitation = await _hold(actor, invitation_id, "excuseAttendee")
        _require_open(meeting)
        if invitation.standing is not Standing.ABSENT:
            raise Forbidden(path=("input", "invitationId"))
        invitation.standing = Standing.EXCUSED
        invitation.note = lines.reason(reason)
        await invitation.save()
        await log.append(meeting, LogKind.EXCUSED, actor=actor, person_id=invitation.person_id)
        await room.told(actor, meeting, "excuseAttendee")
        return meeting.id


async def name_substitute(actor: Actor, invitation_id: UUID, person_id: UUID) -> UUID:
    """Let somebody stand in for oneself, or as an organiser for somebody; returns theirs.

    The substitute takes over capacity, group and vote. Raises SubstituteNotTaken,
    SubstituteStands, AlreadyInvited.
    """
    async with transaction():
        meeting, principal = await _hold(actor, invitation_id, "nameSubstitute")
        _require_own(actor, principal)
        await _require_substitution(meeting, principal, person_id)
        await require_person(person_id, path=("input", "personId"))
        principal.votes = False
        await principal.save(update_fields=["votes"])
        guest = Guest(person_id, principal.kind, principal.capacity, principal.group_name)
        made = await _write(actor, meeting, guest, stands_in_for=principal.id)
        await log.append(
            meeting,
            LogKind.SUBSTITUTE_NAMED,
            actor=actor,
            subject_id=principal.id,
            person_id=person_id,
        )
        await outbox.record(
            SubstituteNamed(invitation_id=made.id, meeting_id=meeting.id, person_id=person_id)
        )
        await room.told(actor, meeting, "nameSubstitute")
        return made.id


async def withdraw_substitute(actor: Actor, invitation_id: UUID) -> UUID:
    """Speak for oneself again; `invitation_id` is the principal's. Returns the meeting.

    Raises SubstituteNotTaken where nobody stands in, or where they are in the room already.
    """
    async with transaction():
        meeting, principal = await _hold(actor, invitation_id, "withdrawSubstitute")
        _require_own(actor, principal)
        _require_open(meeting)
        substitute = await Invitation.filter(
            stands_in_for_id=principal.id, revoked_at__isnull=True
        ).first()
        if substitute is None or substitute.standing is Standing.PRESENT:
            raise SubstituteNotTaken(path=("input", "invitationId"))
        await _end(substitute, "由本人出席")
        await _give_vote_back(principal.id)
        await log.append(
            meeting,
            LogKind.SUBSTITUTE_WITHDRAWN,
            actor=actor,
            subject_id=principal.id,
            person_id=substitute.person_id,
        )
        await room.told(actor, meeting, "withdrawSubstitute")
        return meeting.id


async def procedure_for(meeting: Meeting) -> Procedure:
    """Return the rules that a meeting runs, or would run, under."""
    if meeting.frozen_rules is not None:
        return room.procedure_of(meeting)
    day = calendar.day_of(meeting.starts_at)
    return Procedure.of(
        await rulesets.in_force(meeting.rule_code, on=day, community=meeting.community_id)
    )


async def _write(
    actor: Actor, meeting: Meeting, guest: Guest, *, stands_in_for: UUID | None = None
) -> Invitation:
    with conflicts_told(_TAKEN):
        made = await Invitation.create(
            id=database.new_id(),
            meeting_id=meeting.id,
            person_id=guest.person_id,
            capacity=guest.capacity,
            kind=guest.kind,
            votes=guest.capacity is Capacity.DECIDE,
            group_name=lines.optional_line(
                guest.group_name, path=("input", "groupName"), longest=60
            ),
            stands_in_for_id=stands_in_for,
            invited_by_id=actor.person_id,
            invited_at=await clock.now(),
        )
    if stands_in_for is None:
        await log.append(meeting, LogKind.INVITED, actor=actor, person_id=guest.person_id, count=1)
    if meeting.state is not MeetingState.PLANNED:
        await outbox.record(
            PersonInvited(invitation_id=made.id, meeting_id=meeting.id, person_id=guest.person_id)
        )
    return made


async def _require_substitution(meeting: Meeting, principal: Invitation, person_id: UUID) -> None:
    """Refuse where the rules, the hour, or what the principal is, let nobody stand in."""
    rules = (await procedure_for(meeting)).substitution
    refusal = SubstituteNotTaken(path=("input", "personId"))
    if rules is None or meeting.state not in BEFORE_SESSION:
        raise refusal
    if principal.kind not in rules.kinds or principal.stands_in_for_id is not None:
        raise refusal
    if principal.standing is Standing.PRESENT or principal.person_id == person_id:
        raise refusal
    until = meeting.starts_at - timedelta(minutes=rules.until_minutes)
    if await clock.now() >= until:
        raise refusal
    held = await database.fetch_value(_STANDS_IN, meeting.id, person_id)
    if held >= rules.most_per_person:
        raise refusal


async def _give_vote_back(invitation_id: UUID) -> None:
    await database.execute(
        "UPDATE meetings_invitation SET votes = capacity = 'decide' WHERE id = $1", invitation_id
    )


async def _end(invitation: Invitation, reason: str) -> None:
    invitation.revoked_at, invitation.revoke_reason = await clock.now(), reason
    invitation.votes = False
    if invitation.standing is Standing.LEFT:
        invitation.standing, invitation.left_at = Standing.ABSENT, None
    await invitation.save()


async def _hold(actor: Actor, invitation_id: UUID, action: str) -> tuple[Meeting, Invitation]:
    meeting_id = await database.fetch_value(
        "SELECT meeting_id FROM meetings_invitation WHERE id = $1", invitation_id
    )
    if meeting_id is None:
        raise NotFound(path=("input", "invitationId"))
    meeting = await room.hold(actor, meeting_id, action)
    invitation = await Invitation.get(id=invitation_id)
    if invitation.revoked_at is not None:
        raise NotInvited(path=("input", "invitationId"))
    return meeting, invitation


def _require_own(actor: Actor, invitation: Invitation) -> None:
    if not actor.system and invitation.person_id != actor.person_id:
        raise Forbidden(path=("input", "invitationId"))


def _require_open(meeting: Meeting) -> None:
    if meeting.state not in BEFORE_SESSION | UNDER_WAY:
        raise MeetingOver(path=("input", "meetingId"))


async def _people_of(meeting: Meeting, group: InvitedGroup) -> list[Row]:
    day, path = calendar.day_of(meeting.starts_at), meeting.area_path
    match group:
        case InvitedGroup.ADULTS:
            return list(await electorate.adults_of(path, day))
        case InvitedGroup.HOUSEHOLD_REPRESENTATIVES:
            return list(await electorate.household_representatives_of(path, day))
        case InvitedGroup.RESIDENTS_REPRESENTATIVES:
            role = Role.RESIDENTS_REPRESENTATIVE
        case InvitedGroup.BUILDING_CAPTAINS:
            role = Role.BUILDING_CAPTAIN
    return list(await electorate.holders_of(path, day, role))
