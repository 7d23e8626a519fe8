"""The terms of a pledge: what is promised, by whom, where, for whom, by when, and how measured.

Terms are written once a version and never altered; what is in force is repeated in the
pledge's own row, and the database sees to it that the two agree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from domains.kernel import clock, database
from domains.kernel.errors import InvalidInput, NotFound
from domains.membership.queries import places
from domains.pledges.errors import (
    BodyElsewhere,
    DeadlineMissing,
    DeadlinePast,
    PersonUnfit,
    TargetMissing,
)
from domains.pledges.rules.keeping import Weighed, require_whole
from domains.pledges.service import texts

AT = ("input", "terms")
MOST_MILESTONES = 20
MOST_PARTNERS = 20
LARGEST_NUMBER = 2_147_483_647
LARGEST_BUDGET_FEN = 100_000_000_000_000


@dataclass(frozen=True, slots=True)
class Target:
    """So many of what, and how that is measured."""

    number: int
    unit: str
    measure: str


@dataclass(frozen=True, slots=True)
class MilestoneDraft:
    """A step on the way; `key` names one that the pledge has already."""

    title: str
    due_on: date
    weight: int
    key: UUID | None = None


@dataclass(frozen=True, slots=True)
class TermsDraft:
    """A pledge as its author writes it."""

    title: str
    content: str
    organisation_id: UUID
    person_id: UUID
    place_area_id: UUID
    place: str
    beneficiaries: str
    budget_fen: int
    deadline: date | None
    target: Target | None
    partner_ids: tuple[UUID, ...] = ()
    milestones: tuple[MilestoneDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """Sound terms, with a key for each milestone: what can be written down."""

    draft: TermsDraft
    deadline: date
    target: Target

    def columns(self) -> dict[str, Any]:
        """Return what the pledge's own row repeats."""
        return {
            "title": self.draft.title,
            "organisation_id": self.draft.organisation_id,
            "person_id": self.draft.person_id,
            "deadline": self.deadline,
        }


_BODIES = """
SELECT o.id FROM membership_organisation o JOIN membership_area a ON a.id = o.area_id
WHERE o.id = ANY ($1::uuid[]) AND o.dissolved_on IS NULL
  AND (starts_with(a.path, $2) OR starts_with($2, a.path))
"""
# Who answers for a pledge holds a role today: in the body, over the community, in it or above.
_PERSON = """
SELECT EXISTS (
    SELECT FROM membership_role_grant g
    LEFT JOIN membership_area a ON a.id = g.area_id
    WHERE g.person_id = $1 AND g.revoked_at IS NULL AND g.role <> 'resident'
      AND (kernel_now() AT TIME ZONE 'Asia/Shanghai')::date
          BETWEEN g.starts_on AND coalesce(g.ends_on, 'infinity'::date)
      AND (g.organisation_id = $2 OR starts_with(a.path, $3) OR starts_with($3, a.path)))
"""
_TERMS = """
INSERT INTO pledges_terms
    (pledge_id, version, title, content, organisation_id, person_id, place_area_id, place,
     beneficiaries, budget_fen, deadline, target_number, target_unit, target_measure,
     author_id, written_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, kernel_now())
"""
_PARTNERS = """
INSERT INTO pledges_partner (pledge_id, version, organisation_id)
SELECT $1, $2, unnest($3::uuid[])
"""
_MILESTONE = """
INSERT INTO pledges_milestone (pledge_id, version, position, key, title, due_on, weight)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


async def sound(
    draft: TermsDraft, *, area_path: str, year: int, known: frozenset[UUID] = frozenset()
) -> Terms:
    """Return the draft as terms, its texts trimmed and each milestone with its key.

    `known` are the keys that the pledge's milestones have. Raises DeadlineMissing,
    TargetMissing, DeadlinePast, WeightsNotWhole, MilestoneTooLate, BodyElsewhere,
    PersonUnfit, NotFound, InvalidInput.
    """
    if draft.deadline is None:
        raise DeadlineMissing(path=(*AT, "deadline"))
    target = _measurable(draft.target)
    if draft.deadline <= await clock.today() or draft.deadline.year < year:
        raise DeadlinePast(path=(*AT, "deadline"))
    written = _written(draft, known=known)
    require_whole(
        (Weighed(each.weight, each.due_on) for each in written.milestones), deadline=draft.deadline
    )
    await _require_place(written, area_path=area_path)
    await _require_bodies(written, area_path=area_path)
    if not await database.fetch_value(
        _PERSON, written.person_id, written.organisation_id, area_path
    ):
        raise PersonUnfit(path=(*AT, "personId"))
    return Terms(draft=written, deadline=draft.deadline, target=target)


def _measurable(target: Target | None) -> Target:
    if target is None or not 0 < target.number <= LARGEST_NUMBER:
        raise TargetMissing(path=(*AT, "target"))
    if not target.unit.strip() or not target.measure.strip():
        raise TargetMissing(path=(*AT, "target"))
    return Target(
        number=target.number,
        unit=texts.public(target.unit, longest=20, shortest=1, path=(*AT, "target", "unit")),
        measure=texts.public(target.measure, longest=500, path=(*AT, "target", "measure")),
    )


def _written(draft: TermsDraft, *, known: frozenset[UUID]) -> TermsDraft:
    if not 0 <= draft.budget_fen <= LARGEST_BUDGET_FEN:
        raise InvalidInput(
            path=(*AT, "budgetFen"),
            zh="预算须为非负整数(分)。",
            en="A budget is a whole number of fen, 0 or more.",
        )
    return replace(
        draft,
        title=texts.public(draft.title, longest=80, path=(*AT, "title")),
        content=texts.public(draft.content, longest=5000, path=(*AT, "content")),
        place=texts.public(draft.place, longest=200, shortest=0, path=(*AT, "place")),
        beneficiaries=texts.public(draft.beneficiaries, longest=500, path=(*AT, "beneficiaries")),
        milestones=_keyed(draft.milestones, known=known),
    )


def _keyed(
    milestones: Sequence[MilestoneDraft], *, known: frozenset[UUID]
) -> tuple[MilestoneDraft, ...]:
    path = (*AT, "milestones")
    given = [each.key for each in milestones if each.key is not None]
    if not set(given) <= known:
        raise NotFound(path=path)
    if len(set(given)) != len(given) or len(milestones) > MOST_MILESTONES:
        raise InvalidInput(
            path=path,
            zh=f"阶段节点最多 {MOST_MILESTONES} 个,且不得重复。",
            en=f"A pledge has {MOST_MILESTONES} milestones at most, none of them twice.",
        )
    return tuple(
        replace(
            each,
            title=texts.public(each.title, longest=120, path=path),
            key=each.key or database.new_id(),
        )
        for each in milestones
    )


async def _require_place(draft: TermsDraft, *, area_path: str) -> None:
    place = await places.place_of(draft.place_area_id)
    if place is None or not place.area_path.startswith(area_path):
        raise NotFound(path=(*AT, "placeAreaId"))


async def _require_bodies(draft: TermsDraft, *, area_path: str) -> None:
    partners = draft.partner_ids
    if (
        len(partners) > MOST_PARTNERS
        or len(set(partners)) != len(partners)
        or draft.organisation_id in partners
    ):
        raise InvalidInput(
            path=(*AT, "partnerIds"),
            zh=f"参与单位最多 {MOST_PARTNERS} 个,不得重复,也不得为责任单位。",
            en=f"A pledge has {MOST_PARTNERS} partners at most, each once, none the body itself.",
        )
    asked = [draft.organisation_id, *partners]
    found = {row["id"] for row in await database.fetch(_BODIES, asked, area_path)}
    if draft.organisation_id not in found:
        raise BodyElsewhere(path=(*AT, "organisationId"))
    if not found >= set(partners):
        raise BodyElsewhere(path=(*AT, "partnerIds"))


async def write(pledge_id: UUID, version: int, terms: Terms, *, author_id: UUID | None) -> None:
    """Write a version of the terms down; it never changes again."""
    draft, target = terms.draft, terms.target
    await database.execute(
        _TERMS,
        *(pledge_id, version, draft.title, draft.content, draft.organisation_id),
        *(draft.person_id, draft.place_area_id, draft.place, draft.beneficiaries),
        *(draft.budget_fen, terms.deadline, target.number, target.unit, target.measure),
        author_id,
    )
    await database.execute(_PARTNERS, pledge_id, version, list(draft.partner_ids))
    await database.execute_many(
        _MILESTONE,
        [
            (pledge_id, version, place, each.key, each.title, each.due_on, each.weight)
            for place, each in enumerate(draft.milestones, start=1)
        ],
    )


_KEYS = "SELECT key FROM pledges_milestone WHERE pledge_id = $1 AND version = $2"
_LAST = "SELECT max(version) FROM pledges_terms WHERE pledge_id = $1"
_AUTHOR = "SELECT author_id FROM pledges_terms WHERE pledge_id = $1 AND version = $2"
_WHOLE_TERMS = """
SELECT t.*, (SELECT array_agg(p.organisation_id ORDER BY p.organisation_id)
             FROM pledges_partner p WHERE (p.pledge_id, p.version) = (t.pledge_id, t.version))
            AS partner_ids
FROM pledges_terms t WHERE t.pledge_id = $1 AND t.version = $2
"""
_MILESTONES = """
SELECT title, due_on, weight, key FROM pledges_milestone
WHERE pledge_id = $1 AND version = $2 ORDER BY position
"""


async def keys_of(pledge_id: UUID, version: int) -> frozenset[UUID]:
    """Return the keys of a version's milestones."""
    return frozenset(row["key"] for row in await database.fetch(_KEYS, pledge_id, version))


async def next_version(pledge_id: UUID) -> int:
    """Return the number that the next version of the terms takes; the pledge is locked."""
    last: int = await database.fetch_value(_LAST, pledge_id)
    return last + 1


async def author_of(pledge_id: UUID, version: int) -> UUID | None:
    """Return who wrote a version of the terms."""
    author: UUID | None = await database.fetch_value(_AUTHOR, pledge_id, version)
    return author


async def read(pledge_id: UUID, version: int) -> Terms:
    """Return a version of the terms as it was written."""
    row = await database.fetch_one(_WHOLE_TERMS, pledge_id, version)
    assert row is not None, "terms are never removed"
    target = Target(row["target_number"], row["target_unit"], row["target_measure"])
    names = ("title", "content", "organisation_id", "person_id", "place_area_id", "place")
    draft = TermsDraft(
        **{name: row[name] for name in (*names, "beneficiaries", "budget_fen", "deadline")},
        target=target,
        partner_ids=tuple(row["partner_ids"] or ()),
        milestones=tuple(
            MilestoneDraft(**dict(each))
            for each in await database.fetch(_MILESTONES, pledge_id, version)
        ),
    )
    return Terms(draft=draft, deadline=row["deadline"], target=target)


def same(one: Terms, other: Terms) -> bool:
    """Whether two versions say the same, in whatever order partners are named."""
    return _said(one) == _said(other)


def _said(terms: Terms) -> Mapping[str, Any]:
    return asdict(terms.draft) | {"partner_ids": sorted(terms.draft.partner_ids)}
