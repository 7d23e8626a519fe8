"""Templates of needs: what comes often is written once; one's own, or shared by keepers."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.matching import policy
from domains.matching.errors.needs import TemplatesUsedUp
from domains.matching.policy import NeedPlace
from domains.matching.service.shared import told
from domains.matching.values.needs import SkillLevel
from domains.membership.queries import places
from domains.volunteering.service.shared import line
from domains.volunteering.values.volunteers import ServiceClass

MOST_OWN = 50
MOST_SHARED = 200
_COUNT = """
SELECT count(*) FROM matching_template
WHERE ended_at IS NULL AND is_shared = $3
  AND CASE WHEN $3 THEN area_id = $2 ELSE by_id = $1 END
"""
_INSERT = """
INSERT INTO matching_template
    (id, area_id, area_path, by_id, is_shared, name, content, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, kernel_now())
"""
_LOCK = "SELECT * FROM matching_template WHERE id = $1 AND ended_at IS NULL FOR UPDATE"
_END = "UPDATE matching_template SET ended_at = kernel_now() WHERE id = $1"


@dataclass(frozen=True, slots=True)
class TemplateDraft:
    """What comes often: everything of a need but who, where exactly, and when."""

    area_id: UUID
    name: str
    service_class: ServiceClass
    title: str
    public_text: str
    is_shared: bool = False
    urgency: int = 2
    people_wanted: int = 1
    skills: tuple[tuple[str, SkillLevel], ...] = ()
    least_age: int | None = None
    is_risky: bool = False
    risks: str = ""
    may_be_taken: bool = False


async def save_template(actor: Actor, draft: TemplateDraft) -> UUID:
    """Keep a template; keepers may share it with who belongs to the area.

    Raises TemplatesUsedUp, InvalidInput, Forbidden.
    """
    async with transaction():
        place = await places.place_of(draft.area_id)
        require(policy.AUTHORITY, "saveNeedTemplate", actor, place)
        assert place is not None, "what is not there is out of sight"
        if draft.is_shared and not policy.manages(actor, place):
            raise Forbidden(path=("input", "isShared"))
        most = MOST_SHARED if draft.is_shared else MOST_OWN
        kept = (actor.person_id, place.area_id, draft.is_shared)
        if await database.fetch_value(_COUNT, *kept) >= most:
            raise TemplatesUsedUp(most=most)
        template_id = database.new_id()
        name = line(draft.name, path=("input", "name"), longest=60)
        await database.execute(
            _INSERT,
            *(template_id, place.area_id, place.area_path, actor.person_id, draft.is_shared),
            *(name, json.dumps(_content(draft), ensure_ascii=False)),
        )
        await told(
            actor,
            command="saveNeedTemplate",
            community_id=place.community_id,
            subject=("need_template", template_id),
        )
    return template_id


def _content(draft: TemplateDraft) -> dict[str, Any]:
    if not (1 <= draft.urgency <= 4 and 1 <= draft.people_wanted <= 200):
        raise InvalidInput(
            path=("input", "peopleWanted"),
            zh="紧急程度须为 1 至 4,人数须为 1 至 200。",
            en="The urgency is 1 to 4, and 1 to 200 people are wanted.",
        )
    path = ("input", "skills")
    return {
        "serviceClass": draft.service_class.value,
        "title": line(draft.title, path=("input", "title"), longest=80),
        "publicText": line(draft.public_text, path=("input", "publicText"), longest=1000),
        "urgency": draft.urgency,
        "peopleWanted": draft.people_wanted,
        "skills": [
            {"name": line(name, path=path, longest=60, shortest=1), "level": level.value}
            for name, level in draft.skills[:5]
        ],
        "leastAge": draft.least_age,
        "isRisky": draft.is_risky,
        "risks": line(draft.risks, path=("input", "risks"), longest=500, shortest=0),
        "mayBeTaken": draft.may_be_taken,
    }


async def remove_template(actor: Actor, template_id: UUID) -> UUID:
    """Keep a template no more: one's own, or a shared one by who keeps the area's exchange."""
    async with transaction():
        row = await database.fetch_one(_LOCK, template_id)
        path = ("input", "templateId")
        if row is None:
            raise NotFound(path=path)
        target = NeedPlace(row["area_path"], is_public=row["is_shared"])
        require(policy.AUTHORITY, "removeNeedTemplate", actor, target)
        is_own = row["by_id"] == actor.person_id
        is_keeper = row["is_shared"] and policy.manages(actor, target)
        if not (is_own or is_keeper):
            raise Forbidden(path=path) if row["is_shared"] else NotFound(path=path)
        await database.execute(_END, template_id)
    return template_id
