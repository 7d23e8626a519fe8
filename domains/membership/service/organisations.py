"""Commands over organisations."""

from datetime import date
from uuid import UUID

from domains.kernel import audit, clock, database, outbox
from domains.kernel.actor import Actor, require
from domains.membership import errors, events, policy
from domains.membership.rules import numbers, texts
from domains.membership.service import conflicts, once, targets
from domains.membership.values import Made, OrganisationKind

_CREATE = """
INSERT INTO membership_organisation (id, kind, name, area_id, credit_code, created_at)
VALUES ($1, $2, $3, $4, $5, kernel_now())
"""
_EDIT = """
UPDATE membership_organisation SET name = $2, credit_code = $3, version = version + 1 WHERE id = $1
"""
_DISSOLVE = """
UPDATE membership_organisation SET dissolved_on = $2, version = version + 1 WHERE id = $1
"""


def _credit_code(given: str | None) -> str | None:
    return numbers.credit_code(given) if given and given.strip() else None


async def create_organisation(
    actor: Actor,
    *,
    area_id: UUID,
    kind: OrganisationKind,
    name: str,
    credit_code: str | None = None,
    idempotency_key: UUID | None = None,
) -> Made:
    """Enter an organisation in the area where it works."""
    async with database.transaction():
        row, place = await targets.area(area_id, path=("input", "areaId"))
        require(policy.AUTHORITY, "createOrganisation", actor, place)
        given = {"area": area_id, "kind": kind, "name": name, "creditCode": credit_code}
        if before := await once.earlier(actor, idempotency_key, "createOrganisation", given):
            return before
        name = texts.line(name, path=("input", "name"), longest=100)
        organisation_id = database.new_id()
        values = (organisation_id, kind, name, area_id, _credit_code(credit_code))
        with conflicts.told():
            await database.execute(_CREATE, *values)
        made = await once.made(actor, idempotency_key, organisation_id)
        await audit.record(
            actor,
            command="createOrganisation",
            chain=row["community_id"],
            subject=("organisation", organisation_id),
            details={"kind": kind.value},
        )
    return made


async def edit_organisation(
    actor: Actor,
    organisation_id: UUID,
    *,
    name: str,
    credit_code: str | None,
    expected_version: int,
) -> None:
    """Put an organisation's name and credit code right."""
    async with database.transaction():
        row, party = await targets.organisation(organisation_id, path=("input", "organisationId"))
        require(policy.AUTHORITY, "editOrganisation", actor, party)
        targets.require_version(row, expected_version)
        if row["dissolved_on"] is not None:
            raise errors.OrganisationDissolved(path=("input", "organisationId"))
        name = texts.line(name, path=("input", "name"), longest=100)
        with conflicts.told():
            await database.execute(_EDIT, organisation_id, name, _credit_code(credit_code))
        await audit.record(
            actor,
            command="editOrganisation",
            chain=row["community_id"],
            subject=("organisation", organisation_id),
            details={"version": row["version"] + 1},
        )


async def dissolve_organisation(
    actor: Actor, organisation_id: UUID, *, on: date | None = None
) -> None:
    """Dissolve an organisation, today unless an earlier day is said; its roles hold no more."""
    async with database.transaction():
        row, party = await targets.organisation(organisation_id, path=("input", "organisationId"))
        require(policy.AUTHORITY, "dissolveOrganisation", actor, party)
        if row["dissolved_on"] is not None:
            raise errors.OrganisationDissolved(path=("input", "organisationId"))
        today = await clock.today()
        if on is not None and on > today:
            raise errors.DayImpossible(path=("input", "on"))
        await database.execute(_DISSOLVE, organisation_id, on or today)
        await outbox.record(events.OrganisationDissolved(organisation_id=organisation_id))
        await audit.record(
            actor,
            command="dissolveOrganisation",
            chain=row["community_id"],
            subject=("organisation", organisation_id),
            details={},
        )
