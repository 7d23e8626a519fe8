"""Who may serve: judged when somebody is asked, accepts, and comes. What is expired is refused."""

from datetime import date
from uuid import UUID

from domains.kernel import calendar, database
from domains.kernel.errors import DomainError, NotFound
from domains.matching.errors.orders import (
    ElsewhereThen,
    OptedOutOfMatching,
    ServesThemselves,
    SkillExpired,
    SkillMissing,
    UnderAgeForTask,
)
from domains.matching.models import Need
from domains.matching.service.shared import Held
from domains.matching.values.needs import SkillLevel
from domains.volunteering.errors import InsuranceMissing, MinorBarred, NotVolunteer
from domains.volunteering.queries import fitness as volunteers
from domains.volunteering.queries.fitness import Fitness
from domains.volunteering.queries.rules import procedure_at
from domains.volunteering.rules.procedure import age_on
from domains.volunteering.values.volunteers import VolunteerSkillState

_SKILLS = "SELECT name, level FROM matching_need_skill WHERE need_id = $1 ORDER BY name"
_AUTOMATIC = "SELECT is_automatic FROM matching_preference WHERE volunteer_id = $1"
_ELSEWHERE = """
SELECT EXISTS (SELECT FROM matching_place
               WHERE volunteer_id = $1 AND order_id <> $4
                 AND state IN ('accepted', 'checked_in', 'completed', 'confirmed')
                 AND starts_at < $3 AND ends_at > $2)
"""


async def volunteer_fit(held: Held, volunteer_id: UUID, *, automatic: bool = False) -> Fitness:
    """Return what a volunteer brings; raises a DomainError that says why they may not serve."""
    order = held.order
    day = calendar.day_of(order.starts_at)
    found = (await volunteers.fitness_of([volunteer_id], day)).get(volunteer_id)
    if found is None:
        raise NotFound
    if not found.is_registered:
        raise NotVolunteer
    if automatic and await database.fetch_value(_AUTOMATIC, volunteer_id) is False:
        raise OptedOutOfMatching
    if found.person_id == held.need.person_id:
        raise ServesThemselves
    await _require_age(held.need, found, day)
    await require_skills(held.need, found, day)
    return found


async def require_free(held: Held, volunteer_id: UUID) -> None:
    """Refuse who has another place, or a shift, at the time of the order."""
    order = held.order
    times = (order.starts_at, order.ends_at)
    if await database.fetch_value(
        _ELSEWHERE, volunteer_id, *times, order.id
    ) or await volunteers.is_signed_up_within(volunteer_id, *times):
        raise ElsewhereThen


async def _require_age(need: Need, found: Fitness, day: date) -> None:
    age = age_on(found.born_on, day)
    if need.least_age is not None and age < need.least_age:
        raise UnderAgeForTask(least=need.least_age)
    procedure = await procedure_at(need.area_id)
    barred = need.is_risky or need.service_class in procedure.minors_barred
    if age < procedure.adult_age and barred:
        raise MinorBarred
    if need.is_risky and not found.is_insured:
        raise InsuranceMissing


async def require_skills(need: Need, found: Fitness, day: date) -> list[str]:
    """Return the skills that a need asks for and the volunteer has; raises where one lacks."""
    wanted = await database.fetch(_SKILLS, need.id)
    for each in wanted:
        refusal = _skill_refusal(found, each["name"], SkillLevel(each["level"]), day)
        if refusal is not None:
            raise refusal
    return [each["name"] for each in wanted]


def _skill_refusal(found: Fitness, name: str, level: SkillLevel, day: date) -> DomainError | None:
    sure = {VolunteerSkillState.VERIFIED}
    if level is SkillLevel.CLAIMED:
        sure.add(VolunteerSkillState.CLAIMED)
    held = [skill for skill in found.skills if skill.name == name and skill.state in sure]
    if any(skill.expires_on is None or skill.expires_on >= day for skill in held):
        return None
    return SkillExpired(skill=name) if held else SkillMissing(skill=name)
