"""A year's programme: opened once, under the rules in force on that day."""

from uuid import UUID

from tortoise.exceptions import IntegrityError

from domains.kernel import audit, calendar, clock, database, idempotency, outbox, rulesets
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.membership.queries import places
from domains.membership.values import AreaKind
from domains.pledges import policy
from domains.pledges.errors import ProgrammeOpen
from domains.pledges.events.pledges import ProgrammeOpened
from domains.pledges.models import Programme
from domains.pledges.rules.procedure import PledgeProcedure
from domains.pledges.service import texts
from domains.pledges.service.presets import PLEDGE_PROGRAMME


async def open_programme(
    actor: Actor, community_id: UUID, *, year: int, introduction: str, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Open a community's programme of a year; returns its id and whether this was a replay.

    Raises ProgrammeOpen where the year has one, NoRuleInForce.
    """
    async with transaction():
        place = await places.place_of(community_id)
        require(policy.AUTHORITY, "openPledgeProgramme", actor, place)
        if place is None or place.kind is not AreaKind.COMMUNITY:
            raise NotFound(path=("input", "communityId"))
        given = {"community": community_id, "year": year, "introduction": introduction}
        earlier = await idempotency.claim(actor, idempotency_key, "openPledgeProgramme", given)
        if earlier is not None:
            return UUID(earlier["programme"]), True
        now = await clock.now()
        _require_year(year, this_year=calendar.day_of(now).year)
        said = texts.public(introduction, longest=5000, shortest=0, path=("input", "introduction"))
        rules = await rulesets.in_force(
            PLEDGE_PROGRAMME, on=calendar.day_of(now), community=community_id
        )
        PledgeProcedure.of(rules)
        programme = Programme(
            id=database.new_id(),
            area_id=community_id,
            area_path=place.area_path,
            year=year,
            introduction=said,
            frozen_rules=rulesets.freeze(rules),
            opened_by_id=actor.person_id,
            opened_at=now,
        )
        try:
            await programme.save(force_create=True)
        except IntegrityError:  # the constraint is the last word, also of two at once
            raise ProgrammeOpen(path=("input", "year"), year=year) from None
        await outbox.record(ProgrammeOpened(programme.id, programme.area_path, year))
        await idempotency.settle(actor, idempotency_key, {"programme": str(programme.id)})
        await audit.record(
            actor,
            command="openPledgeProgramme",
            chain=community_id,
            subject=("pledgeProgramme", programme.id),
            details={"year": year},
        )
        return programme.id, False


def _require_year(year: int, *, this_year: int) -> None:
    if year not in {this_year, this_year + 1}:
        raise InvalidInput(
            path=("input", "year"),
            zh="承诺年度须为今年或明年。",
            en="A programme is of this year or the next.",
        )
