"""The supervisors' committee: who may be on it, and the bookkeepers who may not.

Formed by the street, never by the committee that it supervises. Its members hold the
supervisor's role already, by which they take the first step of a community's chain.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg

from domains.disclosure import policy
from domains.disclosure.errors import (
    BookkeeperRegistered,
    FinanceSkillsMissing,
    SupervisorExcluded,
    SupervisorsWrongSize,
)
from domains.disclosure.events import SupervisorsFormed
from domains.disclosure.service.presets import supervision as presets
from domains.kernel import audit, calendar, clock, database, idempotency, outbox, rulesets
from domains.kernel.actor import SYSTEM, Actor, Role, require
from domains.kernel.calendar import Months
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.membership.queries import electorate, households, places
from domains.membership.queries.places import AreaPlace
from domains.membership.values import AreaKind, ResidencyState

_BOOKKEEPERS = """
SELECT person_id FROM disclosure_bookkeeper WHERE community_id = $1 AND ended_at IS NULL
"""
_REGISTER = """
INSERT INTO disclosure_bookkeeper (id, community_id, person_id, registered_by_id, registered_at)
VALUES ($1, $2, $3, $4, kernel_now())
"""
_END = """
UPDATE disclosure_bookkeeper SET ended_at = kernel_now()
WHERE community_id = $1 AND person_id = $2 AND ended_at IS NULL
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('supervision ' || $1::uuid::text, 5))"
_SUPERSEDE = """
UPDATE disclosure_supervision SET ended_at = kernel_now()
WHERE community_id = $1 AND ended_at IS NULL
"""
_FORM = """
INSERT INTO disclosure_supervision
    (id, community_id, area_path, starts_on, ends_on, formed_by_id, formed_at, frozen_rules)
VALUES ($1, $2, $3, $4, $5, $6, kernel_now(), $7::jsonb)
"""
_SEAT = """
INSERT INTO disclosure_supervisor (supervision_id, person_id, has_finance_skills, is_head)
VALUES ($1, $2, $3, $4)
"""
_SITS = """
SELECT EXISTS (
    SELECT FROM disclosure_supervisor s JOIN disclosure_supervision c ON c.id = s.supervision_id
    WHERE c.community_id = $1 AND c.ended_at IS NULL AND s.person_id = $2)
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody named for the committee; `declares` says that nobody of theirs is on the other."""

    person_id: UUID
    has_finance_skills: bool
    is_head: bool
    declares: bool


async def form_committee(
    actor: Actor,
    community_id: UUID,
    candidates: Sequence[Candidate],
    *,
    term: tuple[date, date],
    idempotency_key: UUID,
) -> tuple[UUID, bool]:
    """Form a community's supervisors' committee, in place of the one before; tells replays.

    Raises SupervisorsWrongSize, FinanceSkillsMissing, SupervisorExcluded, InvalidInput.
    """
    async with transaction():
        place = await _community(actor, community_id, "formSupervisorsCommittee")
        given = {"community": community_id, "term": term, "of": [str(each) for each in candidates]}
        earlier = await idempotency.claim(actor, idempotency_key, "formSupervisorsCommittee", given)
        if earlier is not None:
            return UUID(earlier["committee"]), True
        rule_set = await presets.in_force(community_id)
        content = rule_set.content
        _require_term(term, content["longestTermMonths"])
        _require_composed(candidates, content["sizes"], content["financeSkills"])
        await _require_eligible(place, candidates)
        await database.execute(_LOCK, community_id)
        await database.execute(_SUPERSEDE, community_id)
        committee_id = database.new_id()
        frozen = json.dumps(rulesets.freeze(rule_set), ensure_ascii=False)
        await database.execute(
            _FORM, committee_id, community_id, place.area_path, *term, actor.person_id, frozen
        )
        await database.execute_many(
            _SEAT,
            [(committee_id, c.person_id, c.has_finance_skills, c.is_head) for c in candidates],
        )
        await outbox.record(SupervisorsFormed(committee_id, place.area_path))
        await idempotency.settle(actor, idempotency_key, {"committee": str(committee_id)})
        await _told(actor, community_id, committee_id, "formSupervisorsCommittee")
    return committee_id, False


async def _community(actor: Actor, community_id: UUID, action: str) -> AreaPlace:
    place = await places.place_of(community_id)
    if place is None or place.kind is not AreaKind.COMMUNITY:
        raise NotFound(path=("input", "communityId"))
    require(policy.AUTHORITY, action, actor, place)
    return place


def _require_term(term: tuple[date, date], longest_months: int) -> None:
    starts_on, ends_on = term
    if not starts_on < ends_on <= calendar.add(starts_on, Months(longest_months)):
        raise InvalidInput(
            path=("input", "endsOn"),
            zh=f"任期须先起后止,且不超过 {longest_months} 个月。",
            en=f"A term ends after it begins, within {longest_months} months.",
        )


def _require_composed(candidates: Sequence[Candidate], sizes: list[int], skilled: int) -> None:
    path = ("input", "members")
    distinct = {each.person_id for each in candidates}
    heads = sum(each.is_head for each in candidates)
    if len(candidates) not in sizes or len(distinct) != len(candidates) or heads != 1:
        raise SupervisorsWrongSize(path=path, sizes=" / ".join(map(str, sizes)))
    if sum(each.has_finance_skills for each in candidates) < skilled:
        raise FinanceSkillsMissing(path=path)


async def _require_eligible(place: AreaPlace, candidates: Sequence[Candidate]) -> None:
    path, today = place.area_path, await clock.today()
    committee = await _holders(path, today, Role.COMMITTEE_MEMBER)
    supervisors = await _holders(path, today, Role.SUPERVISOR)
    rows = await database.fetch(_BOOKKEEPERS, place.area_id)
    bookkeepers = {row["person_id"] for row in rows}
    ids = [*committee, *(each.person_id for each in candidates)]
    homes = dict(zip(ids, await _homes(ids), strict=True))
    theirs = set().union(*(homes[each] for each in committee))
    for number, each in enumerate(candidates, start=1):
        reason = None
        if each.person_id in committee:
            reason = ("居委会成员", "a member of the committee")
        elif each.person_id in bookkeepers:
            reason = ("财务经办人", "a bookkeeper")
        elif homes[each.person_id] & theirs:
            reason = ("与居委会成员同户", "of one household with a member of the committee")
        elif not each.declares:
            reason = ("未声明无近亲属关系", "not declared to be no near relative of a member")
        elif each.person_id not in supervisors:
            reason = ("未授予监督员角色", "without the supervisor's role")
        if reason is not None:
            at = ("input", "members", str(number - 1))
            raise SupervisorExcluded(
                path=at, number=number, reason_zh=reason[0], reason_en=reason[1]
            )


async def _holders(path: str, today: date, role: Role) -> set[UUID]:
    return {row["person_id"] for row in await electorate.holders_of(path, today, role)}


async def _homes(person_ids: list[UUID]) -> list[set[UUID]]:
    """Return the households in which each of them lives or owns."""
    found = await households.residencies_by_person(SYSTEM, person_ids)
    return [
        {row["household_id"] for row in rows if row["state"] == ResidencyState.VERIFIED}
        for rows in found
    ]


async def register_bookkeeper(actor: Actor, community_id: UUID, *, person_id: UUID) -> None:
    """Say who keeps a community's books: they never supervise it.

    Raises BookkeeperRegistered, SupervisorExcluded for who sits on the committee.
    """
    async with transaction():
        place = await _community(actor, community_id, "registerBookkeeper")
        if await electorate.known_in(place.area_path, await clock.today(), person_id) is None:
            raise NotFound(path=("input", "personId"))
        await database.execute(_LOCK, community_id)
        if await database.fetch_value(_SITS, community_id, person_id):
            raise SupervisorExcluded(
                path=("input", "personId"),
                number=1,
                reason_zh="现任监督委员",
                reason_en="sits on the supervisors' committee",
            )
        try:
            await database.execute(
                _REGISTER, database.new_id(), community_id, person_id, actor.person_id
            )
        except asyncpg.UniqueViolationError:
            raise BookkeeperRegistered(path=("input", "personId")) from None
        await _told(actor, community_id, community_id, "registerBookkeeper")


async def end_bookkeeper(actor: Actor, community_id: UUID, *, person_id: UUID) -> None:
    """Say that somebody keeps a community's books no more. Raises NotFound."""
    async with transaction():
        await _community(actor, community_id, "endBookkeeper")
        if not await database.execute(_END, community_id, person_id):
            raise NotFound(path=("input", "personId"))
        await _told(actor, community_id, community_id, "endBookkeeper")


async def _told(actor: Actor, community_id: UUID, subject_id: UUID, command: str) -> None:
    await audit.record(
        actor,
        command=command,
        chain=community_id,
        subject=("supervision", subject_id),
        details={},
    )
