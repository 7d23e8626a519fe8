"""Who may, on the exchange: one declared table, and what queries start from.

Each noun has a table of its own; they are merged at the end.
"""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.actor import Actor, Authority, Placed, Role, Rule, either, has, signed_in
from domains.voting.policy import sees_area

# Who keeps the community's exchange: verifies needs, makes offers, settles disputes.
MANAGERS = (
    Role.COMMITTEE_MEMBER,
    Role.SOCIAL_WORKER,
    Role.STREET_REVIEWER,
    Role.PLATFORM_ADMINISTRATOR,
)

manages = has(*MANAGERS)


@dataclass(frozen=True, slots=True)
class NeedPlace:
    """A need or one of its orders: where, whether it is public, and whose it is."""

    area_path: str
    is_public: bool
    person_id: UUID | None = None
    posted_by_id: UUID | None = None
    helper_id: UUID | None = None
    organisation_id: UUID | None = None
    matched: bool = False
    asked: bool = False


def knows_area(actor: Actor, target: Placed | None) -> bool:
    """Who belongs to the area, to what lies in it, or to what it lies in."""
    return target is not None and (
        actor.system or (actor.person_id is not None and sees_area(actor, target.area_path))
    )


def administers(actor: Actor, organisation_id: UUID | None) -> bool:
    """Whether the actor administers the organisation."""
    return organisation_id is not None and any(
        grant.role is Role.ORGANISATION_ADMINISTRATOR and grant.organisation_id == organisation_id
        for grant in actor.grants
    )


oversees = has(Role.STREET_REVIEWER, Role.PLATFORM_ADMINISTRATOR)


def owns(actor: Actor, target: Placed | None) -> bool:
    """The one served, who posted it, who helps, and who administers the body that asked."""
    assert isinstance(target, NeedPlace)
    if administers(actor, target.organisation_id):
        return True
    return actor.person_id is not None and actor.person_id in {
        target.person_id,
        target.posted_by_id,
        target.helper_id,
    }


def keeps_need(actor: Actor, target: Placed | None) -> bool:
    """Whose need it is, and who keeps the community's exchange."""
    return owns(actor, target) or manages(actor, target)


def sees_need(actor: Actor, target: Placed | None) -> bool:
    """Who belongs sees what is verified; the rest is for whose it is, for keepers and matched."""
    assert isinstance(target, NeedPlace)
    return (
        keeps_need(actor, target)
        or target.matched
        or target.asked
        or (target.is_public and knows_area(actor, target))
    )


def _knows_details(actor: Actor, target: Placed | None) -> bool:
    assert isinstance(target, NeedPlace)
    return keeps_need(actor, target) or target.matched


OF_NEEDS: Authority = {
    "postNeed": Rule(may=signed_in, sees=knows_area),
    "updateNeed": Rule(may=keeps_need, sees=sees_need),
    "verifyNeed": Rule(may=manages, sees=sees_need),
    "rejectNeed": Rule(may=manages, sees=sees_need),
    "setNeedRequirements": Rule(may=manages, sees=sees_need),
    "cancelNeed": Rule(may=keeps_need, sees=sees_need),
    # What is sealed is opened by those matched, and every reading is audited.
    "openNeedDetails": Rule(may=_knows_details, sees=sees_need),
    "saveNeedTemplate": Rule(may=signed_in, sees=knows_area),
    # Whose template it is, the command asks.
    "removeNeedTemplate": Rule(may=signed_in, sees=knows_area),
    "setFavourite": Rule(may=signed_in),
    "adoptMatchingRules": Rule(may=oversees, sees=knows_area),
}
OF_ORDERS: Authority = {
    "openServiceOrder": Rule(may=manages, sees=sees_need),
    "cancelServiceOrder": Rule(may=keeps_need, sees=sees_need),
    "offerServiceOrder": Rule(may=manages, sees=sees_need),
    "withdrawServiceOffer": Rule(may=manages, sees=sees_need),
    # Whose offer or place it is, the command asks; nobody is compelled.
    "answerServiceOffer": Rule(may=signed_in),
    "takeServiceOrder": Rule(may=signed_in, sees=sees_need),
    "leaveServicePlace": Rule(may=signed_in, sees=sees_need),
    "checkInToOrder": Rule(may=signed_in, sees=sees_need),
    "checkOutOfOrder": Rule(may=signed_in, sees=sees_need),
    # The one served, or who helps; never keepers for them.
    "confirmService": Rule(may=owns, sees=sees_need),
    "reportNoShow": Rule(may=keeps_need, sees=sees_need),
    "disputeService": Rule(may=signed_in, sees=sees_need),
    "adjudicateService": Rule(may=manages, sees=sees_need),
    "rateService": Rule(may=signed_in, sees=sees_need),
    "updateMatchingPreferences": Rule(may=signed_in),
}


# --- Resources, projects and money ---

# The community's standing is the residents' committee's to give.
STANDS = (Role.COMMITTEE_MEMBER, Role.PLATFORM_ADMINISTRATOR)
# Who keeps purpose-bound money, besides the organisation that holds the account.
KEEPERS = (Role.CHARITY_OFFICER, *STANDS)

stands_for_community = has(*STANDS)


@dataclass(frozen=True, slots=True)
class ResourcePlace:
    """A resource, or a part of it that is kept: where, whether it is listed, and whose it is.

    What it is kept for has a host and a supervisor.
    """

    area_path: str
    is_public: bool = False
    person_id: UUID | None = None
    organisation_id: UUID | None = None
    host_id: UUID | None = None
    supervisor_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ProjectPlace:
    """A project: where, whether it is public or handed in, and who has a part in it."""

    area_path: str
    is_public: bool = False
    is_submitted: bool = False
    organisation_id: UUID | None = None
    applicant_id: UUID | None = None
    supervisor_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class FundPlace:
    """A fund: where, and which organisation keeps its account."""

    area_path: str
    keeper_id: UUID | None = None


def _is(actor: Actor, person_id: UUID | None) -> bool:
    return actor.person_id is not None and actor.person_id == person_id


def provides(actor: Actor, target: Placed | None) -> bool:
    """Whoever offers it, or administers the organisation that does, or keeps the exchange."""
    assert isinstance(target, ResourcePlace)
    return (
        _is(actor, target.person_id)
        or administers(actor, target.organisation_id)
        or manages(actor, target)
    )


def receives(actor: Actor, target: Placed | None) -> bool:
    """Who hosts or supervises what it is for, or keeps the exchange."""
    assert isinstance(target, ResourcePlace)
    return (
        administers(actor, target.host_id)
        or _is(actor, target.supervisor_id)
        or manages(actor, target)
    )


def sees_resource(actor: Actor, target: Placed | None) -> bool:
    """The list is public to who has signed in; the rest is for who offers or receives it."""
    assert isinstance(target, ResourcePlace)
    return (
        provides(actor, target)
        or receives(actor, target)
        or (target.is_public and signed_in(actor, target))
    )


def leads_project(actor: Actor, target: Placed | None) -> bool:
    """Who applied, administers the host, supervises, or keeps the exchange."""
    assert isinstance(target, ProjectPlace)
    return (
        _is(actor, target.applicant_id)
        or administers(actor, target.organisation_id)
        or _is(actor, target.supervisor_id)
        or manages(actor, target)
    )


def supervises(actor: Actor, target: Placed | None) -> bool:
    """Whom the project names as its social worker."""
    assert isinstance(target, ProjectPlace)
    return _is(actor, target.supervisor_id)


def sees_project(actor: Actor, target: Placed | None) -> bool:
    """Everybody sees what the community stands by, who belongs what was handed in."""
    assert isinstance(target, ProjectPlace)
    return (
        target.is_public
        or leads_project(actor, target)
        or (target.is_submitted and knows_area(actor, target))
    )


def _hosts(actor: Actor, target: Placed | None) -> bool:
    assert isinstance(target, ProjectPlace)
    return administers(actor, target.organisation_id)


def _founds(actor: Actor, target: Placed | None) -> bool:
    return _hosts(actor, target) or manages(actor, target)


def _starts(actor: Actor, target: Placed | None) -> bool:
    return _hosts(actor, target) or supervises(actor, target)


def _concludes(actor: Actor, target: Placed | None) -> bool:
    return supervises(actor, target) or manages(actor, target)


def keeps_money(actor: Actor, target: Placed | None) -> bool:
    """Who keeps the account, or answers for the community's money."""
    assert isinstance(target, FundPlace)
    return administers(actor, target.keeper_id) or has(*KEEPERS)(actor, target)


def _knows(actor: Actor, target: Placed | None) -> bool:
    assert isinstance(target, ResourcePlace | ProjectPlace)
    return knows_area(actor, target) or administers(actor, target.organisation_id)


OF_RESOURCES: Authority = {
    "offerResource": Rule(may=provides, sees=_knows),
    # Nobody verifies their own: the command and a constraint see to that.
    "verifyResource": Rule(may=manages, sees=sees_resource),
    "withdrawResource": Rule(may=provides, sees=sees_resource),
    # For what it may be reserved, the command asks: one leads the project.
    "reserveResource": Rule(may=signed_in, sees=sees_resource),
    "releaseReservation": Rule(may=either(provides, receives), sees=sees_resource),
    "commitReservation": Rule(may=provides, sees=sees_resource),
    "deliverReservation": Rule(may=provides, sees=sees_resource),
    # Who delivers does not sign: the command and a constraint.
    "receiptReservation": Rule(may=receives, sees=sees_resource),
    "saveMatchingTemplate": Rule(may=manages, sees=knows_area),
    "dropMatchingTemplate": Rule(may=manages, sees=knows_area),
}
OF_PROJECTS: Authority = {
    "recordSocialWorker": Rule(may=manages, sees=knows_area),
    "createServiceProject": Rule(may=_founds, sees=_knows),
    "updateServiceProject": Rule(may=leads_project, sees=sees_project),
    "submitServiceProject": Rule(may=leads_project, sees=sees_project),
    "answerHosting": Rule(may=_hosts, sees=sees_project),
    "answerSupervision": Rule(may=supervises, sees=sees_project),
    # Who applied or belongs to the host is kept away by the commands.
    "approveServiceProject": Rule(may=stands_for_community, sees=sees_project),
    "returnServiceProject": Rule(may=stands_for_community, sees=sees_project),
    "rejectServiceProject": Rule(may=stands_for_community, sees=sees_project),
    "startServiceProject": Rule(may=_starts, sees=sees_project),
    "suspendServiceProject": Rule(may=manages, sees=sees_project),
    "resumeServiceProject": Rule(may=manages, sees=sees_project),
    "cancelServiceProject": Rule(may=leads_project, sees=sees_project),
    "publishProjectShifts": Rule(may=leads_project, sees=sees_project),
    "reachMilestone": Rule(may=leads_project, sees=sees_project),
    "missMilestone": Rule(may=manages, sees=sees_project),
    "askBudgetShift": Rule(may=leads_project, sees=sees_project),
    "decideBudgetShift": Rule(may=stands_for_community, sees=sees_project),
    "nameServedPeople": Rule(may=leads_project, sees=sees_project),
    # Who was served is on a list, which the command asks.
    "evaluateServiceProject": Rule(may=signed_in, sees=sees_project),
    "concludeProjectEvaluation": Rule(may=_concludes, sees=sees_project),
    "closeServiceProject": Rule(may=stands_for_community, sees=sees_project),
    "openProjectRound": Rule(may=stands_for_community, sees=knows_area),
    # Who reviews is on the round's list, which the command asks.
    "reviewApplication": Rule(may=signed_in, sees=signed_in),
    "settleProjectRound": Rule(may=stands_for_community, sees=signed_in),
    "cancelProjectRound": Rule(may=stands_for_community, sees=signed_in),
}
OF_FUNDS: Authority = {
    # The books are open to who has signed in.
    "openFund": Rule(may=keeps_money, sees=signed_in),
    "closeFund": Rule(may=keeps_money, sees=signed_in),
    "recordFundIncome": Rule(may=keeps_money, sees=signed_in),
    "returnFundMoney": Rule(may=keeps_money, sees=signed_in),
    "promiseMatching": Rule(may=keeps_money, sees=signed_in),
    "allotMoney": Rule(may=keeps_money, sees=signed_in),
    "releaseMoney": Rule(may=keeps_money, sees=signed_in),
    "decideMoneyProposal": Rule(may=keeps_money, sees=signed_in),
    # Of which project's money, and that another approves: the commands, and a constraint.
    "enterSpending": Rule(may=leads_project, sees=sees_project),
    "decideSpending": Rule(may=keeps_money, sees=signed_in),
    "refundSpending": Rule(may=keeps_money, sees=signed_in),
}


@dataclass(frozen=True, slots=True)
class RunPlace:
    """A run of the matcher, in its area."""

    area_path: str


# What is proposed of people is seen by who keeps the exchange, and by nobody else.
OF_RUNS: Authority = {
    "startMatchingRun": Rule(may=manages, sees=knows_area),
    "cancelMatchingRun": Rule(may=manages, sees=manages),
    "pinProposedOffer": Rule(may=manages, sees=manages),
    "takeOutProposedOffer": Rule(may=manages, sees=manages),
    "addProposedOffer": Rule(may=manages, sees=manages),
    "approveMatchingRun": Rule(may=manages, sees=manages),
    "ruleOnMatching": Rule(may=manages, sees=sees_need),
    "endMatchingRuling": Rule(may=manages, sees=sees_need),
}

AUTHORITY: Authority = {
    **OF_NEEDS,
    **OF_ORDERS,
    **OF_RESOURCES,
    **OF_PROJECTS,
    **OF_FUNDS,
    **OF_RUNS,
}
