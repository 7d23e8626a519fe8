"""Who may, in disclosure: one declared table, used by commands and by what queries show.

What a body may publish and whose approval it needs is data (the rule set DISCLOSURE_PUBLISHING);
here it is applied to whoever asks. What is public is seen by everybody; before that, by who
acts for the body.
"""

from dataclasses import dataclass, field
from uuid import UUID

from domains.disclosure.rules.chains import Capacity, Taker
from domains.disclosure.values import OfficerPart, PublisherKind
from domains.kernel.actor import Actor, Authority, Placed, Role, Rule, anyone, has, signed_in

# Who reads what a community's own body writes, before it is public.
COMMUNITY_READERS = (
    Role.COMMITTEE_MEMBER,
    Role.SOCIAL_WORKER,
    Role.SUPERVISOR,
    Role.STREET_REVIEWER,
    Role.PLATFORM_ADMINISTRATOR,
)
# Whose list of questions to be answered has those put to a community's own body.
ANSWERERS = (Role.COMMITTEE_MEMBER, Role.SOCIAL_WORKER)
# Who plans days on which a community answers in person, and writes their records.
GATHERERS = (
    Role.COMMITTEE_MEMBER,
    Role.SOCIAL_WORKER,
    Role.SUPERVISOR,
    Role.STREET_REVIEWER,
)
# Who may waive a duty: whoever the community answers to, never the community itself.
WAIVERS = (Role.STREET_REVIEWER, Role.PLATFORM_ADMINISTRATOR)
KEEPERS = (Role.COMMITTEE_MEMBER, Role.STREET_REVIEWER, Role.PLATFORM_ADMINISTRATOR)
# Which roles in an organisation show its drafts.
WITHIN = (
    Role.ORGANISATION_ADMINISTRATOR,
    Role.DEPARTMENT_PUBLISHER,
    Role.DEPARTMENT_HEAD,
)


@dataclass(frozen=True, slots=True)
class Placement:
    """Something public that lies in an area."""

    area_path: str


@dataclass(frozen=True, slots=True)
class Body:
    """A publisher as authority judges it, with the parts that the actor has in it."""

    area_path: str
    kind: PublisherKind
    organisation_id: UUID | None
    parts: frozenset[OfficerPart] = frozenset()
    writers: tuple[Taker, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A disclosure as authority judges it: its body, and who may take the step it waits at."""

    body: Body
    is_public: bool
    takers: tuple[Taker, ...] = field(default=())

    @property
    def area_path(self) -> str:
        """Return where its body stands."""
        return self.body.area_path


@dataclass(frozen=True, slots=True)
class Matter:
    """A question or a demand as authority judges it: who asked, and which body answers."""

    area_path: str
    asker_id: UUID
    body: Body | None = None


def acts_for(actor: Actor, body: Body, takers: tuple[Taker, ...]) -> bool:
    """Whether the actor is one of those who may act."""
    return any(_is(actor, body, each) for each in takers)


def _is(actor: Actor, body: Body, taker: Taker) -> bool:
    match taker.capacity:
        case Capacity.ROLE:
            assert isinstance(taker.name, Role)
            return actor.holds(taker.name, area_path=body.area_path)
        case Capacity.ORGANISATION_ROLE:
            return body.organisation_id is not None and any(
                grant.role is taker.name and grant.organisation_id == body.organisation_id
                for grant in actor.grants
            )
        case Capacity.OFFICER:
            return taker.name in body.parts


def organisations_of(actor: Actor) -> list[UUID]:
    """Return the organisations whose drafts the actor reads."""
    return [
        grant.organisation_id
        for grant in actor.grants
        if grant.organisation_id is not None and grant.role in WITHIN
    ]


def belongs(actor: Actor, body: Body) -> bool:
    """Whether the actor reads what the body has not published yet."""
    if actor.system or body.parts:
        return True
    if body.organisation_id is not None and body.organisation_id in organisations_of(actor):
        return True
    return body.kind is PublisherKind.COMMUNITY and any(
        actor.holds(role, area_path=body.area_path) for role in COMMUNITY_READERS
    )


def writes(actor: Actor, target: Placed | None) -> bool:
    """Write for the body."""
    body = _body_of(target)
    return actor.system or acts_for(actor, body, body.writers)


def takes_the_step(actor: Actor, target: Placed | None) -> bool:
    """Take the step at which the version waits."""
    assert isinstance(target, Paper)
    return actor.system or acts_for(actor, target.body, target.takers)


def writes_or_takes(actor: Actor, target: Placed | None) -> bool:
    """Write for the body, or be one of those who approve."""
    return writes(actor, target) or takes_the_step(actor, target)


def reads_whole(actor: Actor, target: Placed | None) -> bool:
    """Be entitled to the full rows: who acts for the body, and who approves."""
    assert isinstance(target, Paper)
    return belongs(actor, target.body)


def sees_body(actor: Actor, target: Placed | None) -> bool:
    """Publishers are public."""
    return True


def sees_paper(actor: Actor, target: Placed | None) -> bool:
    """What is public is seen by everybody; the rest by who belongs to the body."""
    assert isinstance(target, Paper)
    return target.is_public or belongs(actor, target.body)


def _body_of(target: Placed | None) -> Body:
    assert isinstance(target, Body | Paper)
    return target.body if isinstance(target, Paper) else target


def leads_the_body(actor: Actor, target: Placed | None) -> bool:
    """Name a body's people: who founded it, or whoever approves in it."""
    body = _body_of(target)
    founds = any(
        actor.holds(role, area_path=body.area_path)
        for role in (Role.STREET_REVIEWER, Role.PLATFORM_ADMINISTRATOR)
    )
    return actor.system or founds or OfficerPart.APPROVER in body.parts


def lives_there(actor: Actor, target: Placed | None) -> bool:
    """Live, or hold any role, where the matter lies, in it or above it."""
    if actor.system or target is None:
        return actor.system
    return any(
        target.area_path.startswith(path) or path.startswith(target.area_path)
        for path in actor.area_paths()
    )


def asked_it(actor: Actor, target: Placed | None) -> bool:
    """Have asked, or raised, it."""
    assert isinstance(target, Matter)
    return actor.system or actor.person_id == target.asker_id


def answers_it(actor: Actor, target: Placed | None) -> bool:
    """Write for the body that it was put to."""
    assert isinstance(target, Matter)
    assert target.body is not None, "a question is put to a body"
    return writes(actor, target.body)


founds_bodies = has(Role.STREET_REVIEWER, Role.PLATFORM_ADMINISTRATOR)
keeps_the_catalogue = has(*KEEPERS)
waives = has(*WAIVERS)
gathers = has(*GATHERERS)
confirms_records = has(Role.SUPERVISOR, Role.STREET_REVIEWER)

AUTHORITY: Authority = {
    # Bodies.
    "registerPublisher": Rule(may=founds_bodies),
    "endPublisher": Rule(may=founds_bodies),
    "setPublisherContacts": Rule(may=leads_the_body),
    "appointPublisherOfficer": Rule(may=leads_the_body),
    "dismissPublisherOfficer": Rule(may=leads_the_body),
    # Writing and approving. Who wrote it never approves it: the database refuses.
    "draftDisclosure": Rule(may=writes),
    "editDisclosure": Rule(may=writes, sees=sees_paper),
    "discardDisclosureDraft": Rule(may=writes, sees=sees_paper),
    "submitDisclosure": Rule(may=writes, sees=sees_paper),
    "approveDisclosure": Rule(may=takes_the_step, sees=sees_paper),
    "returnDisclosure": Rule(may=takes_the_step, sees=sees_paper),
    "publishDisclosure": Rule(may=writes_or_takes, sees=sees_paper),
    "correctDisclosure": Rule(may=writes, sees=sees_paper),
    "withdrawDisclosure": Rule(may=writes, sees=sees_paper),
    # On display.
    "pinDisclosure": Rule(may=writes_or_takes, sees=sees_paper),
    "unpinDisclosure": Rule(may=writes_or_takes, sees=sees_paper),
    "takeDownDisclosure": Rule(may=writes_or_takes, sees=sees_paper),
    # Finance line by line.
    "importStatement": Rule(may=writes, sees=sees_paper),
    "discardStatement": Rule(may=writes, sees=sees_paper),
    "revealStatementPersons": Rule(may=reads_whole, sees=sees_paper),
    "revealDisclosureRows": Rule(may=reads_whole, sees=sees_paper),
    # Reading.
    "recordDisclosureReading": Rule(may=anyone, sees=sees_paper),
    "subscribeToDisclosures": Rule(may=signed_in),
    "unsubscribeFromDisclosures": Rule(may=signed_in),
    # Questions, objections and demands.
    "askDisclosureQuestion": Rule(may=lives_there),
    "editDisclosureQuestion": Rule(may=asked_it),
    "withdrawDisclosureQuestion": Rule(may=asked_it),
    "answerDisclosureQuestion": Rule(may=answers_it),
    "rateDisclosureAnswer": Rule(may=asked_it),
    "appealDisclosureAnswer": Rule(may=asked_it),
    "extendDisclosureQuestion": Rule(may=waives),
    "decideDisclosureQuestion": Rule(may=waives),
    "raiseDisclosureDemand": Rule(may=lives_there),
    "supportDisclosureDemand": Rule(may=lives_there),
    "withdrawDisclosureDemand": Rule(may=asked_it),
    # Supervision, and days on which a community answers in person.
    "formSupervisorsCommittee": Rule(may=waives),
    "registerBookkeeper": Rule(may=keeps_the_catalogue),
    "endBookkeeper": Rule(may=keeps_the_catalogue),
    "planGathering": Rule(may=gathers),
    "moveGathering": Rule(may=gathers),
    "cancelGathering": Rule(may=gathers),
    "registerGatheringTopic": Rule(may=lives_there),
    "withdrawGatheringTopic": Rule(may=signed_in),
    "answerGatheringTopic": Rule(may=gathers),
    "recordGathering": Rule(may=gathers),
    "confirmGatheringRecord": Rule(may=confirms_records),
    # The catalogue and its duties.
    "adoptCatalogueItems": Rule(may=keeps_the_catalogue),
    "createCatalogueItem": Rule(may=keeps_the_catalogue),
    "endCatalogueAdoption": Rule(may=waives),
    "recordOccurrence": Rule(may=keeps_the_catalogue),
    "waiveObligation": Rule(may=waives),
}
