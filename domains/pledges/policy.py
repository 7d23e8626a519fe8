"""Who may, with pledges and reviews: one declared table, and what queries start from."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.actor import Actor, Authority, Placed, Role, Rule, has, signed_in
from domains.voting.policy import CONVENERS, sees_area

# Who screens, puts to notice, answers and closes.
SCREENERS = CONVENERS

screens = has(*SCREENERS)
# Who is under review does not say how.
oversees = has(Role.STREET_REVIEWER, Role.PLATFORM_ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class PledgePlace:
    """What authority judges a pledge by: where it is, whether it is public, and whose it is."""

    area_path: str
    is_public: bool = False
    proposer_id: UUID | None = None
    organisation_id: UUID | None = None
    person_id: UUID | None = None


def belongs(actor: Actor, target: Placed | None) -> bool:
    """Who lives or works in the community, in what lies in it, or in what it lies in."""
    return target is not None and (
        actor.system or (actor.person_id is not None and sees_area(actor, target.area_path))
    )


def administers(actor: Actor, organisation_id: UUID | None) -> bool:
    """Whether the actor administers the organisation."""
    return organisation_id is not None and any(
        grant.role is Role.ORGANISATION_ADMINISTRATOR and grant.organisation_id == organisation_id
        for grant in actor.grants
    )


def is_of(actor: Actor, organisation_id: UUID | None) -> bool:
    """Whether the actor holds any role in the organisation."""
    return organisation_id is not None and any(
        grant.organisation_id == organisation_id for grant in actor.grants
    )


@dataclass(frozen=True, slots=True)
class AppraisalPlace:
    """What authority judges an appraisal by: where, and whose it is."""

    area_path: str
    person_id: UUID


def is_appraised(actor: Actor, target: Placed | None) -> bool:
    """Whether an appraisal is the actor's own."""
    assert isinstance(target, AppraisalPlace)
    return actor.person_id is not None and actor.person_id == target.person_id


def knows_appraisal(actor: Actor, target: Placed | None) -> bool:
    """Whose it is, and the street: it is nobody else's business."""
    return is_appraised(actor, target) or oversees(actor, target)


def answers_for(actor: Actor, target: Placed | None) -> bool:
    """Whether a pledge is the actor's own to keep: the responsible person, and their body."""
    assert isinstance(target, PledgePlace)
    if actor.person_id is None:
        return False
    return actor.person_id == target.person_id or administers(actor, target.organisation_id)


def has_part(actor: Actor, target: Placed | None) -> bool:
    """Who promised it, belongs to the body that did, or screens it: their word proves nothing."""
    assert isinstance(target, PledgePlace)
    return (
        answers_for(actor, target)
        or is_of(actor, target.organisation_id)
        or screens(actor, target)
        or (actor.person_id is not None and actor.person_id == target.proposer_id)
    )


def _proposes(actor: Actor, target: Placed | None) -> bool:
    assert isinstance(target, PledgePlace)
    return belongs(actor, target) or administers(actor, target.organisation_id)


def _writes(actor: Actor, target: Placed | None) -> bool:
    assert isinstance(target, PledgePlace)
    own = actor.person_id is not None and actor.person_id == target.proposer_id
    return own or screens(actor, target)


def _delivers(actor: Actor, target: Placed | None) -> bool:
    return answers_for(actor, target) or screens(actor, target)


def sees_pledge(actor: Actor, target: Placed | None) -> bool:
    """Who belongs sees all from the proposal on; everybody what was once on public notice."""
    assert isinstance(target, PledgePlace)
    return (
        target.is_public
        or sees_area(actor, target.area_path)
        or answers_for(actor, target)
        or (actor.person_id is not None and actor.person_id == target.proposer_id)
    )


def _knows_place(actor: Actor, target: Placed | None) -> bool:
    if target is None:
        return False
    organisation_id = target.organisation_id if isinstance(target, PledgePlace) else None
    return sees_area(actor, target.area_path) or administers(actor, organisation_id)


OF_PLEDGES: Authority = {
    "adoptPledgeRules": Rule(may=screens, sees=_knows_place),
    "openPledgeProgramme": Rule(may=screens, sees=_knows_place),
    "proposePledge": Rule(may=_proposes, sees=_knows_place),
    "updatePledge": Rule(may=_writes, sees=sees_pledge),
    "withdrawPledge": Rule(may=_writes, sees=sees_pledge),
    # Author is never approver: the command and a constraint keep the proposer away.
    "screenPledge": Rule(may=screens, sees=sees_pledge),
    "putPledgeToNotice": Rule(may=screens, sees=sees_pledge),
    "objectToPledge": Rule(may=belongs, sees=sees_pledge),
    "contestPledgeReport": Rule(may=belongs, sees=sees_pledge),
    "answerPledgeObjection": Rule(may=screens, sees=sees_pledge),
    "changePledge": Rule(may=_delivers, sees=sees_pledge),
    "withdrawPledgeChange": Rule(may=_delivers, sees=sees_pledge),
    "reportPledgeProgress": Rule(may=_delivers, sees=sees_pledge),
    "deliverPledge": Rule(may=_delivers, sees=sees_pledge),
    # Which roles accept is data of the programme's rules: the command asks it.
    "acceptPledge": Rule(may=signed_in, sees=sees_pledge),
    "closePledge": Rule(may=screens, sees=sees_pledge),
    "defaultPledge": Rule(may=_delivers, sees=sees_pledge),
    "followPledge": Rule(may=signed_in, sees=sees_pledge),
    "unfollowPledge": Rule(may=signed_in, sees=sees_pledge),
    "commentOnPledge": Rule(may=belongs, sees=sees_pledge),
    "removePledgeComment": Rule(may=signed_in, sees=sees_pledge),
    "confirmPledgeReport": Rule(may=belongs, sees=sees_pledge),
}
OF_REVIEWS: Authority = {
    "adoptReviewRules": Rule(may=oversees, sees=_knows_place),
    # Reviews are public; who is under review speaks for themselves, which the command checks.
    "addReviewee": Rule(may=screens),
    "removeReviewee": Rule(may=screens),
    "setReviewMeeting": Rule(may=screens),
    "repeatReview": Rule(may=screens),
    "nameReviewRaters": Rule(may=screens),
    "fileWorkReport": Rule(may=signed_in),
    # Who rates is on a frozen roll, which the ballot box checks.
    "rateReviewee": Rule(may=signed_in),
    "remarkOnReviewee": Rule(may=signed_in),
}
# The street decides what follows; who is under the review is kept away by the commands.
OF_FOLLOW_UPS: Authority = {
    "adoptFollowUpRules": Rule(may=oversees, sees=_knows_place),
    "groupReviewRemarks": Rule(may=oversees),
    "withholdReviewRemark": Rule(may=oversees),
    "publishReview": Rule(may=oversees),
    # The command asks whether the caller is, or answers for, whoever is under review.
    "answerReviewRemarks": Rule(may=signed_in),
    "orderRectification": Rule(may=oversees),
    "reportRectification": Rule(may=signed_in),
    "judgeRectification": Rule(may=oversees),
    "holdSecondReview": Rule(may=oversees),
    "recordAppraisal": Rule(may=oversees),
    # An appraisal is between the street and the person.
    "replyToAppraisal": Rule(may=is_appraised, sees=knows_appraisal),
}
AUTHORITY: Authority = {**OF_PLEDGES, **OF_REVIEWS, **OF_FOLLOW_UPS}
