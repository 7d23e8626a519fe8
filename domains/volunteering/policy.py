"""Who may, among volunteers: one declared table, and what queries start from."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.actor import Actor, Authority, Placed, Role, Rule, has, signed_in
from domains.voting.policy import sees_area

# Who keeps the community's volunteers, activities and records.
MANAGERS = (
    Role.COMMITTEE_MEMBER,
    Role.SOCIAL_WORKER,
    Role.STREET_REVIEWER,
    Role.PLATFORM_ADMINISTRATOR,
)
# Who sits above those that record.
OVERSEERS = (Role.STREET_REVIEWER, Role.PLATFORM_ADMINISTRATOR)
# Roles whose holders are paid to be there in office hours.
STAFF = (Role.COMMITTEE_MEMBER, Role.SOCIAL_WORKER, Role.GRID_WORKER)

manages = has(*MANAGERS)
oversees = has(*OVERSEERS)
# Who decides for a community how its volunteers serve.
_adopts = has(Role.COMMITTEE_MEMBER, *OVERSEERS)
# Who is near when somebody comes without a phone, of the area or of a part of it.
HELPERS = (Role.GRID_WORKER, Role.BUILDING_CAPTAIN)


@dataclass(frozen=True, slots=True)
class VolunteerPlace:
    """A volunteer, by home area, by whose registration it is, and by whose guard."""

    area_path: str
    person_id: UUID
    guardian_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ActivityPlace:
    """An activity or team, by area, and by who leads and who organises it."""

    area_path: str
    is_public: bool
    leader_id: UUID
    organisation_id: UUID


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """A record, by area, by whose service it is, and by whose activity."""

    area_path: str
    is_public: bool
    person_id: UUID
    leader_id: UUID
    organisation_id: UUID
    guardian_id: UUID | None = None


def administers(actor: Actor, organisation_id: UUID | None) -> bool:
    """Whether the actor administers the organisation."""
    return organisation_id is not None and any(
        grant.role is Role.ORGANISATION_ADMINISTRATOR and grant.organisation_id == organisation_id
        for grant in actor.grants
    )


def knows_area(actor: Actor, target: Placed | None) -> bool:
    """Who belongs to the area, to what lies in it, or to what it lies in."""
    return target is not None and (
        actor.system or (actor.person_id is not None and sees_area(actor, target.area_path))
    )


def is_own(actor: Actor, target: Placed | None) -> bool:
    """The volunteer, or the guardian of a minor."""
    assert isinstance(target, VolunteerPlace | RecordPlace)
    return actor.person_id is not None and actor.person_id in {
        target.person_id,
        target.guardian_id,
    }


def sees_volunteer(actor: Actor, target: Placed | None) -> bool:
    """Oneself, one's guardian, and who keeps the volunteers of the area."""
    return is_own(actor, target) or manages(actor, target)


def sees_volunteer_of(actor: Actor, target: Placed | None) -> bool:
    """Whose service a record tells of, and who keeps the area's volunteers."""
    return is_own(actor, target) or manages(actor, target)


def leads(actor: Actor, target: Placed | None) -> bool:
    """Who leads the activity, administers its organisation, or keeps the area's volunteers."""
    assert isinstance(target, ActivityPlace | RecordPlace)
    return (
        manages(actor, target)
        or (actor.person_id is not None and actor.person_id == target.leader_id)
        or administers(actor, target.organisation_id)
    )


def helps(actor: Actor, target: Placed | None) -> bool:
    """Who leads, and who helps in the area: grid workers and building captains."""
    assert isinstance(target, ActivityPlace)
    return leads(actor, target) or any(
        path.startswith(target.area_path) or target.area_path.startswith(path)
        for path in actor.area_paths(*HELPERS)
    )


def sees_activity(actor: Actor, target: Placed | None) -> bool:
    """Who belongs sees what is published; drafts are for those who lead."""
    assert isinstance(target, ActivityPlace)
    return leads(actor, target) or (target.is_public and knows_area(actor, target))


def sees_record(actor: Actor, target: Placed | None) -> bool:
    """The volunteer, who leads, and once it is publicised who belongs."""
    assert isinstance(target, RecordPlace)
    if is_own(actor, target) or leads(actor, target):
        return True
    return target.is_public and knows_area(actor, target)


def _registers(actor: Actor, target: Placed | None) -> bool:
    assert isinstance(target, VolunteerPlace)
    own = actor.person_id is not None and actor.person_id == target.person_id
    return own or manages(actor, target)


def _consents(actor: Actor, target: Placed | None) -> bool:
    return is_own(actor, target) or manages(actor, target)


OF_VOLUNTEERS: Authority = {
    "registerVolunteer": Rule(may=_registers, sees=knows_area),
    "updateVolunteer": Rule(may=sees_volunteer, sees=sees_volunteer),
    "withdrawVolunteer": Rule(may=is_own, sees=sees_volunteer),
    "giveVolunteerConsent": Rule(may=_consents, sees=sees_volunteer),
    "withdrawVolunteerConsent": Rule(may=_consents, sees=sees_volunteer),
    "addVolunteerSkill": Rule(may=sees_volunteer, sees=sees_volunteer),
    "judgeVolunteerSkill": Rule(may=manages, sees=sees_volunteer),
    "recordVolunteerInsurance": Rule(may=manages, sees=sees_volunteer),
    "recordVolunteerTraining": Rule(may=manages, sees=sees_volunteer),
    "recordVolunteerAward": Rule(may=manages, sees=sees_volunteer),
    # What is sealed is opened by keepers alone, and every reading is audited.
    "openVolunteerDetails": Rule(may=sees_volunteer, sees=sees_volunteer),
    "createVolunteerTeam": Rule(may=manages, sees=knows_area),
    "joinVolunteerTeam": Rule(may=signed_in, sees=knows_area),
    "leaveVolunteerTeam": Rule(may=signed_in, sees=knows_area),
    "markEmergencyTeam": Rule(may=manages, sees=knows_area),
    # One's own word, of who belongs to the team: the command asks.
    "agreeToTeamCalls": Rule(may=signed_in, sees=knows_area),
    "callUpTeam": Rule(may=manages, sees=knows_area),
    # Who was called, the command asks.
    "answerTeamCall": Rule(may=signed_in, sees=knows_area),
    "endTeamCall": Rule(may=manages, sees=knows_area),
    "createVolunteerStation": Rule(may=manages, sees=knows_area),
    "markVolunteerStation": Rule(may=manages, sees=knows_area),
    "adoptStarPolicy": Rule(may=oversees, sees=knows_area),
    "adoptVolunteerRules": Rule(may=_adopts, sees=knows_area),
}
OF_HONOURS: Authority = {
    # Free of charge, for who asks for their own (Order 67, articles 14 and 15).
    "issueVolunteerCertificate": Rule(may=sees_volunteer, sees=sees_volunteer),
    "revokeVolunteerCertificate": Rule(may=manages, sees=sees_volunteer),
    "exportServiceRecords": Rule(may=manages, sees=manages),
    "importExchangeAnswers": Rule(may=manages, sees=manages),
    # Which roles approve is data of the policy: the command asks it.
    "decideVolunteerHonour": Rule(may=manages, sees=knows_area),
    "revokeVolunteerHonour": Rule(may=oversees, sees=knows_area),
    # Honours are public on notice: who belongs objects, another decides.
    "objectToVolunteerHonour": Rule(may=knows_area, sees=knows_area),
    "decideHonourObjection": Rule(may=manages, sees=knows_area),
    "banVolunteer": Rule(may=oversees, sees=sees_volunteer),
    "liftVolunteerBan": Rule(may=oversees, sees=sees_volunteer),
}
OF_ACTIVITIES: Authority = {
    "createVolunteerActivity": Rule(may=leads, sees=leads),
    "publishVolunteerActivity": Rule(may=leads, sees=sees_activity),
    "cancelVolunteerActivity": Rule(may=leads, sees=sees_activity),
    # Who may serve is judged by the command: age, insurance, consent.
    "signUpForShift": Rule(may=signed_in, sees=sees_activity),
    "leaveShift": Rule(may=signed_in, sees=sees_activity),
    "joinWaitingList": Rule(may=signed_in, sees=sees_activity),
    "leaveWaitingList": Rule(may=signed_in, sees=sees_activity),
    "declineMovedUpPlace": Rule(may=signed_in, sees=sees_activity),
    # Whose place it is, and who was asked: the commands.
    "askSubstitute": Rule(may=signed_in, sees=sees_activity),
    "answerSubstitution": Rule(may=signed_in, sees=sees_activity),
    "withdrawSubstitution": Rule(may=signed_in, sees=sees_activity),
    "checkInToShift": Rule(may=signed_in, sees=sees_activity),
    "checkOutOfShift": Rule(may=signed_in, sees=sees_activity),
    # For who has no phone; never for oneself: the command and a constraint see to that.
    "checkInVolunteer": Rule(may=helps, sees=sees_activity),
    "checkOutVolunteer": Rule(may=helps, sees=sees_activity),
}
OF_RECORDS: Authority = {
    # Nobody confirms their own; the command and a constraint see to that.
    "confirmServiceRecord": Rule(may=leads, sees=sees_record),
    "enterServiceRecord": Rule(may=leads, sees=sees_activity),
    "moveRecordToBackEntry": Rule(may=leads, sees=sees_record),
    # Author is never approver, and who confirmed never reviews: commands and constraints.
    "approveServiceRecord": Rule(may=manages, sees=sees_record),
    "settleRecordReview": Rule(may=manages, sees=sees_record),
    "rateServiceRecord": Rule(may=leads, sees=sees_record),
    "contestServiceRecord": Rule(may=signed_in, sees=sees_record),
    "answerRecordContest": Rule(may=manages, sees=sees_record),
    "correctServiceRecord": Rule(may=manages, sees=sees_record),
    "revokeServiceRecord": Rule(may=manages, sees=sees_record),
    # Sealed: for whose service it is and for keepers, and every reading is audited.
    "openServicePositions": Rule(may=sees_volunteer_of, sees=sees_record),
}
AUTHORITY: Authority = {
    **OF_VOLUNTEERS,
    **OF_ACTIVITIES,
    **OF_RECORDS,
    **OF_HONOURS,
}
