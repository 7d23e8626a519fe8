"""Commands over roles: authority is given downward, for days, and never to oneself."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domains.kernel import audit, clock, database, outbox
from domains.kernel.actor import Actor, Role, require
from domains.kernel.errors import InvalidInput, NotFound
from domains.membership import policy
from domains.membership.errors import (
    OrganisationDissolved,
    OwnRole,
    RoleDaysReversed,
    RoleHeld,
    RoleMisplaced,
    RoleRevokedBefore,
)
from domains.membership.events import RoleGranted, RoleRevoked
from domains.membership.rules import places, texts
from domains.membership.service import conflicts, once, targets
from domains.membership.values import AreaKind, Made, OrganisationKind

_HELD = """
SELECT EXISTS (
    SELECT FROM membership_role_grant
    WHERE person_id = $1 AND role = $2 AND revoked_at IS NULL
      AND area_id IS NOT DISTINCT FROM $3 AND organisation_id IS NOT DISTINCT FROM $4
      AND starts_on <= coalesce($6, 'infinity'::date)
      AND coalesce(ends_on, 'infinity'::date) >= $5::date
)
"""
_GRANT = """
INSERT INTO membership_role_grant
    (id, person_id, role, area_id, organisation_id, starts_on, ends_on, granted_by_id, granted_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, kernel_now())
"""
_READ = """
SELECT g.*, coalesce(a.path, place.path) AS path, community.id AS community_id
FROM membership_role_grant g
LEFT JOIN membership_area a ON a.id = g.area_id
LEFT JOIN membership_organisation o ON o.id = g.organisation_id
LEFT JOIN membership_area place ON place.id = o.area_id
LEFT JOIN membership_area community
  ON community.path = ANY (membership_prefixes(coalesce(a.path, place.path)))
 AND community.kind = 'community'
WHERE g.id = $1
FOR UPDATE OF g
"""
_REVOKE = """
UPDATE membership_role_grant
SET revoked_at = kernel_now(), revoked_by_id = $2, reason = $3
WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class _Seat:
    """Where a role is to be held."""

    area_path: str
    kind: AreaKind | OrganisationKind
    area_id: UUID | None
    organisation_id: UUID | None
    community_id: UUID | None


async def _seat(area_id: UUID | None, organisation_id: UUID | None) -> _Seat:
    if area_id is not None and organisation_id is None:
        row, place = await targets.area(area_id, path=("input", "areaId"))
        return _Seat(place.area_path, place.kind, area_id, None, row["community_id"])
    if organisation_id is None or area_id is not None:
        raise InvalidInput(
            path=("input",),
            zh="请指定一个区域或一个组织。",
            en="name either an area or an organisation.",
        )
    row, party = await targets.organisation(organisation_id, path=("input", "organisationId"))
    if row["dissolved_on"] is not None:
        raise OrganisationDissolved(path=("input", "organisationId"))
    kind = OrganisationKind(row["kind"])
    return _Seat(party.area_path, kind, None, organisation_id, row["community_id"])


async def grant_role(
    actor: Actor,
    *,
    person_id: UUID,
    role: Role,
    area_id: UUID | None = None,
    organisation_id: UUID | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    idempotency_key: UUID | None = None,
) -> Made:
    """Give a person a role over an area or in an organisation, from today unless said.

    The last day counts; without one the role holds until it is revoked.
    """
    async with database.transaction():
        seat = await _seat(area_id, organisation_id)
        office = policy.Office(
            area_path=seat.area_path,
            role=role,
            person_id=person_id,
            organisation_id=organisation_id,
        )
        require(policy.AUTHORITY, "grantRole", actor, office)
        if actor.person_id == person_id:
            raise OwnRole(path=("input", "personId"))
        await _require_known(actor, person_id)
        given = {
            "person": person_id,
            "role": role,
            "area": area_id,
            "organisation": organisation_id,
            "from": starts_on,
            "to": ends_on,
        }
        if before := await once.earlier(actor, idempotency_key, "grantRole", given):
            return before
        grant_id = await _grant(actor, person_id, role, seat, starts_on=starts_on, ends_on=ends_on)
        made = await once.made(actor, idempotency_key, grant_id)
        await audit.record(
            actor,
            command="grantRole",
            chain=seat.community_id,
            subject=("role_grant", grant_id),
            details={"role": role.value, "person": str(person_id)},
        )
    return made


async def _require_known(actor: Actor, person_id: UUID) -> None:
    """Refuse as NotFound a person whom the granter could not see."""
    _, person, _ = await targets.person(person_id, path=("input", "personId"))
    if policy.AUTHORITY["editPerson"].sees(actor, person):
        return
    colleagues = [grant.organisation_id for grant in actor.grants if grant.organisation_id]
    known = await database.fetch_value(
        """
        SELECT EXISTS (
            SELECT FROM membership_role_grant
            WHERE person_id = $1 AND organisation_id = ANY ($2::uuid[]) AND revoked_at IS NULL
        ) OR EXISTS (
            SELECT FROM membership_role_grant g JOIN membership_area a ON a.id = g.area_id
            WHERE g.person_id = $1 AND g.revoked_at IS NULL
              AND membership_prefixes(a.path) && $3::text[]
        )
        """,
        person_id,
        colleagues,
        actor.area_paths(*policy.STAFF),
    )
    if not known:
        raise NotFound(path=("input", "personId"))


async def _grant(
    actor: Actor,
    person_id: UUID,
    role: Role,
    seat: _Seat,
    *,
    starts_on: date | None,
    ends_on: date | None,
) -> UUID:
    if not places.may_be_held_over(role, seat.kind):
        raise RoleMisplaced(path=("input", "role"))
    first = starts_on or await clock.today()
    if ends_on is not None and ends_on < first:
        raise RoleDaysReversed(path=("input", "endsOn"))
    where = (person_id, role, seat.area_id, seat.organisation_id, first, ends_on)
    # The person's row is locked, so that two grants of one role cannot pass each other.
    if await database.fetch_value(_HELD, *where):
        raise RoleHeld(path=("input", "role"))
    grant_id = database.new_id()
    with conflicts.told():
        await database.execute(_GRANT, grant_id, *where, actor.person_id)
    await outbox.record(RoleGranted(grant_id=grant_id, person_id=person_id))
    return grant_id


async def revoke_role(actor: Actor, grant_id: UUID, *, reason: str | None = None) -> None:
    """Take a role back at once; whoever may grant it may revoke it."""
    async with database.transaction():
        row = await database.fetch_one(_READ, grant_id)
        if row is None:
            raise NotFound(path=("input", "roleGrantId"))
        office = policy.Office(
            area_path=row["path"],
            role=Role(row["role"]),
            person_id=row["person_id"],
            organisation_id=row["organisation_id"],
        )
        require(policy.AUTHORITY, "revokeRole", actor, office)
        if row["revoked_at"] is not None:
            raise RoleRevokedBefore(path=("input", "roleGrantId"))
        reason = texts.optional_line(reason, path=("input", "reason"), longest=200)
        await database.execute(_REVOKE, grant_id, actor.person_id, reason)
        await outbox.record(RoleRevoked(grant_id=grant_id, person_id=row["person_id"]))
        await audit.record(
            actor,
            command="revokeRole",
            chain=row["community_id"],
            subject=("role_grant", grant_id),
            details={"role": row["role"], "person": str(row["person_id"])},
        )
