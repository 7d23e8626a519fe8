"""Who may, with issues and resolutions."""

from dataclasses import dataclass, field
from uuid import UUID

from domains.kernel.actor import Actor, Authority, Placed, Role, Rule, either, has
from domains.meetings.policy.places import CONVENERS, belongs

# Who enters an issue for somebody who asked for help.
ENTERERS = (
    Role.BUILDING_CAPTAIN,
    Role.GRID_WORKER,
    Role.SOCIAL_WORKER,
    Role.COMMITTEE_MEMBER,
    Role.PLATFORM_ADMINISTRATOR,
)
RESIDENTS = (Role.RESIDENT, Role.RESIDENTS_REPRESENTATIVE)
# Who sorts, assesses and revisits besides those who decide.
SORTERS = (*CONVENERS, Role.GRID_WORKER)
# The street whistles, departments come (街道吹哨、部门报到).
WHISTLERS = (Role.STREET_REVIEWER, Role.PLATFORM_ADMINISTRATOR)
# Who speaks for an organisation that was given something to do.
SPEAKERS = frozenset(
    {
        Role.ORGANISATION_ADMINISTRATOR,
        Role.DEPARTMENT_HEAD,
        Role.DEPARTMENT_PUBLISHER,
        Role.SOCIAL_WORKER,
    }
)


@dataclass(frozen=True, slots=True)
class IssuePlace:
    """An issue: where it lies, who raised it, and whom it was given to.

    `handlers` are the persons, bodies and organisations that act on it; `seats` are the
    bodies that the actor leads.
    """

    area_path: str
    proposer_id: UUID | None = None
    handlers: frozenset[UUID] = field(default_factory=frozenset)
    seats: frozenset[UUID] = field(default_factory=frozenset)


def organisations_of(actor: Actor) -> frozenset[UUID]:
    """Return the organisations for which the actor speaks."""
    return frozenset(
        grant.organisation_id
        for grant in actor.grants
        if grant.organisation_id is not None and grant.role in SPEAKERS
    )


def proposes(actor: Actor, target: Placed | None) -> bool:
    """Be the one who raised it."""
    assert isinstance(target, IssuePlace)
    return actor.system or (actor.person_id is not None and actor.person_id == target.proposer_id)


def handles(actor: Actor, target: Placed | None) -> bool:
    """Be whom it was given to: oneself, by a body that one leads, or for an organisation."""
    assert isinstance(target, IssuePlace)
    own = organisations_of(actor) | target.seats
    if actor.person_id is not None:
        own |= {actor.person_id}
    return actor.system or not own.isdisjoint(target.handlers)


convenes = has(*CONVENERS)
sorts = has(*SORTERS)
sees_issue = either(belongs, proposes, handles)


AUTHORITY: Authority = {
    "adoptIssueRules": Rule(may=convenes, sees=belongs),
    "raiseIssue": Rule(may=has(*RESIDENTS, *ENTERERS), sees=belongs),
    "raiseIssueFor": Rule(may=has(*ENTERERS), sees=belongs),
    "supportIssue": Rule(may=has(*RESIDENTS), sees=sees_issue),
    "withdrawSupport": Rule(may=has(*RESIDENTS), sees=sees_issue),
    "triageIssue": Rule(may=sorts, sees=sees_issue),
    "declineIssue": Rule(may=convenes, sees=sees_issue),
    "mergeIssue": Rule(may=convenes, sees=sees_issue),
    "withdrawIssue": Rule(may=proposes, sees=sees_issue),
    "assessIssueRisk": Rule(may=sorts, sees=sees_issue),
    "scheduleIssue": Rule(may=convenes, sees=sees_issue),
    "recordDeliberation": Rule(may=convenes, sees=sees_issue),
    "escalateIssue": Rule(may=convenes, sees=sees_issue),
    "referIssue": Rule(may=convenes, sees=sees_issue),
    "resolveIssue": Rule(may=either(convenes, handles), sees=sees_issue),
    "startIssue": Rule(may=either(convenes, handles), sees=sees_issue),
    "feedBackIssue": Rule(may=either(convenes, handles), sees=sees_issue),
    "revisitIssue": Rule(may=sorts, sees=sees_issue),
    "evaluateIssue": Rule(may=proposes, sees=sees_issue),
    "closeIssue": Rule(may=convenes, sees=sees_issue),
    "reopenIssue": Rule(may=either(proposes, convenes), sees=sees_issue),
    "assignIssue": Rule(may=sorts, sees=sees_issue),
    # Whose assignment or answer it is, the place of the command names as its handler.
    "completeAssignment": Rule(may=handles, sees=sees_issue),
    "withdrawAssignment": Rule(may=sorts, sees=sees_issue),
    "blowWhistle": Rule(may=has(*WHISTLERS), sees=sees_issue),
    "answerWhistle": Rule(may=handles, sees=sees_issue),
    "withdrawWhistle": Rule(may=has(*WHISTLERS), sees=sees_issue),
    "adoptResolution": Rule(may=convenes, sees=sees_issue),
    "reportProgress": Rule(may=either(convenes, handles), sees=sees_issue),
    "reportResolutionDone": Rule(may=either(convenes, handles), sees=sees_issue),
    "evaluateResolution": Rule(may=either(has(*RESIDENTS), proposes), sees=sees_issue),
    "setAsideResolution": Rule(may=convenes, sees=sees_issue),
}
