"""Posting needs: by who has them, on somebody's behalf, or found by staff; within limits."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from domains.kernel import clock, database, idempotency, outbox
from domains.kernel.actor import Actor, Role, require
from domains.kernel.database import transaction
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.matching import policy
from domains.matching.errors.needs import NeedsOfDayUsedUp, NotOfTheArea, OpenNeedsUsedUp
from domains.matching.errors.resources import PlaceOutsideArea
from domains.matching.events.needs import NeedSubmitted
from domains.matching.models import Need
from domains.matching.queries.rules import procedure_of
from domains.matching.rules.procedure import Procedure
from domains.matching.rules.times import Window
from domains.matching.service import details, times
from domains.matching.service.details import Private
from domains.matching.service.shared import told
from domains.matching.values.needs import NeedOrigin, NeedRepeats, NeedState, SkillLevel
from domains.membership.queries import electorate, places
from domains.membership.queries.places import AreaPlace
from domains.volunteering.service.shared import line
from domains.volunteering.values.volunteers import ServiceClass

MOST_SKILLS = 5
NOTHING_PRIVATE = Private()
# Who comes across what others need.
FINDERS = (*policy.MANAGERS, Role.GRID_WORKER, Role.BUILDING_CAPTAIN)
_NUMBER = "SELECT nextval('matching_need_number_seq')"
_SKILL = "INSERT INTO matching_need_skill VALUES ($1, $2, $3)"
_ONE_ACCOUNT = "SELECT pg_advisory_xact_lock(hashtextextended('matching.needs:' || $1::text, 0))"
_POSTED = """
SELECT count(*) FILTER (WHERE (posted_at AT TIME ZONE 'Asia/Shanghai')::date
                            = (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date)::int AS today,
       count(*) FILTER (WHERE state IN ('submitted', 'verified'))::int AS open
FROM matching_need WHERE posted_by_id = $1 AND project_id IS NULL
"""


@dataclass(frozen=True, slots=True)
class NeedDraft:
    """What is needed, by whom, where, when, and by how many of which kind."""

    area_id: UUID
    origin: NeedOrigin
    service_class: ServiceClass
    title: str
    public_text: str
    place: str
    windows: tuple[Window, ...]
    person_id: UUID | None = None
    helper_id: UUID | None = None
    organisation_id: UUID | None = None
    private: Private = NOTHING_PRIVATE
    urgency: int = 2
    people_wanted: int = 1
    skills: tuple[tuple[str, SkillLevel], ...] = ()
    least_age: int | None = None
    is_risky: bool = False
    risks: str = ""
    time_bank_class: str | None = None
    may_be_taken: bool = False
    repeats: NeedRepeats = NeedRepeats.ONCE
    repeats_until: date | None = None


async def post_need(actor: Actor, draft: NeedDraft, *, idempotency_key: UUID) -> tuple[UUID, bool]:
    """Post a need; its times become orders that wait for it to be verified.

    Raises WindowUnsound, WindowsOverlap, PlaceOutsideArea, NotOfTheArea, NeedPostedTwice,
    NeedsOfDayUsedUp, OpenNeedsUsedUp, InvalidInput, Forbidden, NotFound.
    """
    async with transaction():
        place = await places.place_of(draft.area_id)
        require(policy.AUTHORITY, "postNeed", actor, place)
        assert place is not None, "what is not there is out of sight"
        given = asdict(draft)
        earlier = await idempotency.claim(actor, idempotency_key, "postNeed", given)
        if earlier is not None:
            return UUID(earlier["need"]), True
        need = await post(actor, draft, place)
        await idempotency.settle(actor, idempotency_key, {"need": str(need.id)})
        await _told(actor, "postNeed", need)
        return need.id, False


async def post(
    actor: Actor, draft: NeedDraft, place: AreaPlace, *, project_id: UUID | None = None
) -> Need:
    """Post a need in the open transaction of another command, judged as any other.

    What an approved project asks for is not counted among an account's own.
    """
    database.require_open_transaction()
    if place.community_id is None:
        raise PlaceOutsideArea(path=("input", "areaId"))
    procedure = await procedure_of(place.community_id)
    if project_id is None:
        await _require_room(actor, procedure)
    await times.require_sound(draft.windows, procedure)
    need = await _written(actor, draft, place, procedure)
    need.project_id = project_id
    await need.save(force_create=True)
    await _keep_skills(need, draft)
    await times.keep(need, draft.windows)
    await times.make_orders(need, procedure, actor)
    await outbox.record(NeedSubmitted(need.id, need.area_path))
    return need


async def _require_room(actor: Actor, procedure: Procedure) -> None:
    """Refuse who has posted enough for a day, or has enough open; one after the other."""
    if actor.system:
        return
    await database.execute(_ONE_ACCOUNT, str(actor.person_id))
    posted = await database.fetch_one(_POSTED, actor.person_id)
    assert posted is not None, "an aggregate is one row"
    if posted["today"] >= procedure.needs_a_day:
        raise NeedsOfDayUsedUp(most=procedure.needs_a_day)
    if posted["open"] >= procedure.open_needs:
        raise OpenNeedsUsedUp(most=procedure.open_needs)


async def _written(actor: Actor, draft: NeedDraft, place: AreaPlace, procedure: Procedure) -> Need:
    person_id = await _person_served(actor, draft, place)
    now = await clock.now()
    repeats_until = _repeats_until(draft)
    need = Need(
        id=database.new_id(),
        number=await database.fetch_value(_NUMBER),
        area_id=place.area_id,
        area_path=place.area_path,
        community_id=place.community_id,
        state=NeedState.SUBMITTED,
        origin=draft.origin,
        person_id=person_id,
        posted_by_id=actor.person_id,
        helper_id=await _helper(draft, person_id, place),
        organisation_id=_organisation(actor, draft),
        service_class=draft.service_class,
        title=line(draft.title, path=("input", "title"), longest=80),
        public_text=line(draft.public_text, path=("input", "publicText"), longest=1000),
        place=line(draft.place, path=("input", "place"), longest=120),
        urgency=number_of(draft.urgency, "urgency", most=4),
        people_wanted=number_of(draft.people_wanted, "peopleWanted", most=200),
        least_age=None
        if draft.least_age is None
        else number_of(draft.least_age, "leastAge", most=100),
        is_risky=draft.is_risky,
        risks=line(
            draft.risks,
            path=("input", "risks"),
            longest=500,
            shortest=2 if draft.is_risky else 0,
        ),
        time_bank_class=draft.time_bank_class
        and line(draft.time_bank_class, path=("input", "timeBankClass"), longest=40, shortest=1),
        may_be_taken=draft.may_be_taken,
        repeats=draft.repeats,
        repeats_until=repeats_until,
        look_again_on=None if repeats_until is None else await clock.today() + timedelta(days=1),
        posted_at=now,
    )
    details.put(need, draft.private)
    require_within(need, draft.private, procedure)
    return need


async def _person_served(actor: Actor, draft: NeedDraft, place: AreaPlace) -> UUID:
    """Return who is served: the caller, or somebody of the community whom the caller names."""
    person_id = draft.person_id or actor.person_id
    if person_id is None:
        raise NotFound(path=("input", "personId"))
    if (draft.origin is NeedOrigin.OWN) != (person_id == actor.person_id):
        raise InvalidInput(
            path=("input", "personId"),
            zh="自己的需求由本人发布;代他人发布须写明被服务人。",
            en="One's own need is posted by oneself; for another, name the one who is served.",
        )
    if draft.origin is NeedOrigin.FOUND_BY_STAFF and not any(
        actor.holds(role, area_path=place.area_path) for role in FINDERS
    ):
        raise Forbidden(path=("input", "origin"))
    community = await places.place_of(place.community_id or place.area_id)
    assert community is not None, "an area's community is an area"
    known = await electorate.known_in(community.area_path, await clock.today(), person_id)
    has_part = person_id == actor.person_id and any(
        grant.area_path is not None and grant.area_path.startswith(community.area_path)
        for grant in actor.grants
    )
    is_body = draft.organisation_id is not None
    if known is None or not (known["was_ever_bound"] or has_part or is_body):
        raise NotOfTheArea(path=("input", "personId"))
    return person_id


async def _helper(draft: NeedDraft, person_id: UUID, place: AreaPlace) -> UUID | None:
    if draft.helper_id is None:
        return None
    named = await electorate.named([draft.helper_id])
    if not named or draft.helper_id == person_id:
        raise NotFound(path=("input", "helperId"))
    return draft.helper_id


def _organisation(actor: Actor, draft: NeedDraft) -> UUID | None:
    if draft.organisation_id is not None and not policy.administers(actor, draft.organisation_id):
        raise NotFound(path=("input", "organisationId"))
    return draft.organisation_id


def _repeats_until(draft: NeedDraft) -> date | None:
    if (draft.repeats is NeedRepeats.ONCE) != (draft.repeats_until is None):
        raise InvalidInput(
            path=("input", "repeatsUntil"),
            zh="每周重复的需求须写明截止日期,一次性需求不写。",
            en="A weekly need says until when; one that comes once does not.",
        )
    return draft.repeats_until


def require_within(need: Need, private: Private, procedure: Procedure) -> None:
    """Refuse a position outside of the bounds that the community's rules name."""
    bounds, position = procedure.bounds_e6, private.position
    if bounds is None or position is None:
        return
    south, west, north, east = bounds
    if not (south <= position.latitude_e6 <= north and west <= position.longitude_e6 <= east):
        raise PlaceOutsideArea(path=("input", "position"))


def number_of(given: int, name: str, *, most: int) -> int:
    """Return a figure that is 1 at least; raises InvalidInput."""
    if not 1 <= given <= most:
        raise InvalidInput(
            path=("input", name),
            zh=f"须为 1 至 {most} 的整数。",
            en=f"This is a whole number, 1 to {most}.",
        )
    return given


async def _keep_skills(need: Need, draft: NeedDraft) -> None:
    path = ("input", "skills")
    named = {line(name, path=path, longest=60, shortest=1): level for name, level in draft.skills}
    if len(named) != len(draft.skills) or len(named) > MOST_SKILLS:
        raise InvalidInput(
            path=path,
            zh=f"所需技能最多 {MOST_SKILLS} 项,不得重复。",
            en=f"A need asks for {MOST_SKILLS} skills at most, each once.",
        )
    rows = [(need.id, name, level.value) for name, level in named.items()]
    await database.execute_many(_SKILL, rows)


async def _told(actor: Actor, command: str, need: Need) -> None:
    await told(
        actor,
        command=command,
        community_id=need.community_id,
        subject=("need", need.id),
        details={"state": need.state.value},
    )
