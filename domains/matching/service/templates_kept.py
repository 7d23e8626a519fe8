"""Templates: resources and projects whose drafts are kept to be used again."""

import json
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.matching import policy
from domains.matching.service import holding
from domains.matching.values.resources import MatchingSubject
from domains.volunteering.service.shared import line

_SUBJECT = {
    MatchingSubject.RESOURCE: "SELECT * FROM matching_resource WHERE id = $1",
    MatchingSubject.PROJECT: "SELECT * FROM matching_project WHERE id = $1",
}
_RESOURCE = """
SELECT kind, service_class, title, content, unit, quantity, purpose, place
FROM matching_resource WHERE id = $1
"""
_PROJECT = """
SELECT service_class, title, aims, place, people_wanted, needs_venue, starts_on
FROM matching_project WHERE id = $1
"""
_PARTS = {
    "phases": """
SELECT f.title, f.starts_on - p.starts_on AS starts_after, f.ends_on - p.starts_on AS ends_after
FROM matching_phase f JOIN matching_project p ON p.id = f.project_id
WHERE f.project_id = $1 ORDER BY f.position""",
    "lines": """
SELECT title, amount_fen FROM matching_budget_line WHERE project_id = $1 ORDER BY position""",
    "milestones": """
SELECT m.title, m.due_on - p.starts_on AS due_after
FROM matching_milestone m JOIN matching_project p ON p.id = m.project_id
WHERE m.project_id = $1 ORDER BY m.position""",
}
_SAVE = """
INSERT INTO matching_draft VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, kernel_now())
"""
_TEMPLATE = "SELECT * FROM matching_draft WHERE id = $1 FOR NO KEY UPDATE"
_DROP = """
UPDATE matching_draft SET dropped_at = coalesce(dropped_at, kernel_now()) WHERE id = $1
"""


async def _require_seen(actor: Actor, kind: MatchingSubject, subject_id: UUID) -> Row:
    row = await database.fetch_one(_SUBJECT[kind], subject_id)
    if row is not None:
        seen = (
            policy.sees_resource(actor, holding.resource_place(row))
            if kind is MatchingSubject.RESOURCE
            else policy.sees_project(actor, holding.project_place(row))
        )
        if seen:
            return row
    raise NotFound(path=("input", "subjectId"))


async def save_template(
    actor: Actor, kind: MatchingSubject, subject_id: UUID, *, title: str
) -> UUID:
    """Keep a resource or project as a draft for others of its community; returns its id.

    Days are kept as so many after the beginning; people, proofs and money are left out.
    """
    async with transaction():
        row = await _require_seen(actor, kind, subject_id)
        place = await holding.place_in(row["area_id"])
        require(policy.AUTHORITY, "saveMatchingTemplate", actor, place)
        said = line(title, path=("input", "title"), longest=80)
        template_id = database.new_id()
        content = json.dumps(await _content(kind, subject_id), ensure_ascii=False)
        await database.execute(
            _SAVE,
            *(template_id, place.area_id, place.area_path, kind, said, content),
            actor.person_id,
        )
        await holding.told(
            actor,
            "saveMatchingTemplate",
            area_id=place.area_id,
            subject=("template", template_id),
        )
    return template_id


async def _content(kind: MatchingSubject, subject_id: UUID) -> dict[str, object]:
    if kind is MatchingSubject.RESOURCE:
        row = await database.fetch_one(_RESOURCE, subject_id)
        assert row is not None, "it was seen just now"
        return dict(row)
    row = await database.fetch_one(_PROJECT, subject_id)
    assert row is not None, "it was seen just now"
    content: dict[str, object] = dict(row)
    del content["starts_on"]
    for part, sql in _PARTS.items():
        content[part] = [dict(each) for each in await database.fetch(sql, subject_id)]
    return content


async def drop_template(actor: Actor, template_id: UUID) -> UUID:
    """Offer a template no more."""
    async with transaction():
        row = await database.fetch_one(_TEMPLATE, template_id)
        if row is None:
            raise NotFound(path=("input", "templateId"))
        place = await holding.place_in(row["area_id"])
        require(policy.AUTHORITY, "dropMatchingTemplate", actor, place)
        await database.execute(_DROP, template_id)
        await holding.told(
            actor,
            "dropMatchingTemplate",
            area_id=place.area_id,
            subject=("template", template_id),
        )
    return template_id
