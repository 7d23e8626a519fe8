"""What the commands over resources, projects and money share: rows held, proofs, refusals."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg

from domains.kernel import audit, database, uploads
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row
from domains.kernel.errors import DomainError, InvalidInput, NotFound
from domains.kernel.values import UploadState
from domains.matching import policy
from domains.matching.errors.projects import ProjectStateUnfit
from domains.matching.errors.resources import PlaceOutsideArea, ProofUnfit
from domains.matching.policy import FundPlace, ProjectPlace, ResourcePlace
from domains.matching.queries.rules import rules_of
from domains.matching.rules.appeals import require_no_appeal
from domains.matching.rules.project_procedure import Bounds, ProjectProcedure
from domains.matching.values.projects import PUBLIC, ServiceProjectState
from domains.matching.values.resources import LISTED, ResourceState
from domains.membership.queries import organisations, places
from domains.volunteering.service.shared import line

_PROJECT = "SELECT * FROM matching_project WHERE id = $1 FOR NO KEY UPDATE"
_RESOURCE = "SELECT * FROM matching_resource WHERE id = $1 FOR NO KEY UPDATE"
_FUND = "SELECT * FROM matching_fund WHERE id = $1 FOR NO KEY UPDATE"
_OUTSIDE = (
    asyncpg.CheckViolationError,
    asyncpg.RestrictViolationError,
    asyncpg.UniqueViolationError,
)

Point = tuple[int, int]


async def procedure_in(area_id: UUID) -> ProjectProcedure:
    """Return what the rules ask today in the community that an area lies in."""
    place = await places.place_of(area_id)
    return ProjectProcedure.of(await rules_of(place.community_id if place else None))


def project_place(row: Row) -> ProjectPlace:
    """Return what authority judges a project by."""
    return ProjectPlace(
        area_path=row["area_path"],
        is_public=ServiceProjectState(row["state"]) in PUBLIC,
        is_submitted=row["state"] == ServiceProjectState.SUBMITTED,
        organisation_id=row["organisation_id"],
        applicant_id=row["applicant_id"],
        supervisor_id=row["supervisor_id"],
    )


def resource_place(row: Row, project: Row | None = None) -> ResourcePlace:
    """Return what authority judges a resource, or what is kept of it for a project, by."""
    return ResourcePlace(
        area_path=row["area_path"],
        is_public=ResourceState(row["state"]) in LISTED,
        person_id=row["person_id"],
        organisation_id=row["organisation_id"],
        host_id=project["organisation_id"] if project else None,
        supervisor_id=project["supervisor_id"] if project else None,
    )


def fund_place(row: Row) -> FundPlace:
    """Return what authority judges a fund by."""
    return FundPlace(row["area_path"], row["keeper_id"])


async def hold_project(
    actor: Actor,
    project_id: UUID,
    action: str,
    *states: ServiceProjectState,
    path: tuple[str, ...] = ("input", "projectId"),
) -> Row:
    """Lock a project for a command that the table allows, in one of these states (any, if none).

    Raises NotFound, Forbidden, ProjectStateUnfit.
    """
    row = await database.fetch_one(_PROJECT, project_id)
    if row is None:
        raise NotFound(path=path)
    require(policy.AUTHORITY, action, actor, project_place(row))
    require_state(row, *states)
    return row


def require_state(project: Row, *states: ServiceProjectState) -> None:
    """Refuse unless a project is in one of these states (any, if none)."""
    if states and project["state"] not in states:
        raise ProjectStateUnfit(state=project["state"])


async def hold_resource(
    actor: Actor,
    resource_id: UUID,
    action: str,
    *,
    path: tuple[str, ...] = ("input", "resourceId"),
) -> Row:
    """Lock a resource for a command that the table allows; raises NotFound, Forbidden."""
    row = await database.fetch_one(_RESOURCE, resource_id)
    if row is None:
        raise NotFound(path=path)
    require(policy.AUTHORITY, action, actor, resource_place(row))
    return row


async def hold_fund(
    actor: Actor, fund_id: UUID, action: str, *, path: tuple[str, ...] = ("input", "fundId")
) -> Row:
    """Lock a fund for a command that the table allows; raises NotFound, Forbidden."""
    row = await database.fetch_one(_FUND, fund_id)
    if row is None:
        raise NotFound(path=path)
    require(policy.AUTHORITY, action, actor, fund_place(row))
    return row


async def place_in(area_id: UUID) -> places.AreaPlace:
    """Return where an area lies; raises NotFound."""
    place = await places.place_of(area_id)
    if place is None:
        raise NotFound(path=("input", "areaId"))
    return place


def point(given: Point | None, bounds: Bounds) -> tuple[int | None, int | None]:
    """Return a place on the map, which lies within the bounds; raises PlaceOutsideArea."""
    if given is None:
        return None, None
    if not bounds.hold(*given):
        raise PlaceOutsideArea(path=("input", "position"))
    return given


def public_text(
    text: str,
    procedure: ProjectProcedure,
    *,
    path: tuple[str, ...],
    longest: int,
    shortest: int = 2,
) -> str:
    """Return a text that everybody may read: without personal numbers, asking for no money.

    Raises InvalidInput, NumbersInText, AppealInText.
    """
    said = line(text, path=path, longest=longest, shortest=shortest)
    return require_no_appeal(said, procedure.appeal_words, path=path)


async def organisation_named(
    actor: Actor,
    organisation_id: UUID,
    area_path: str,
    *,
    path: tuple[str, ...] = ("input", "organisationId"),
) -> str:
    """Return the name of an organisation that lies here, or in what this lies in.

    Raises NotFound.
    """
    (row,) = await organisations.organisations_by_id(actor, [organisation_id])
    where = None if row is None else await places.place_of(row["area_id"])
    if (
        row is None
        or where is None
        or row["dissolved_on"] is not None
        or not (where.area_path.startswith(area_path) or area_path.startswith(where.area_path))
    ):
        raise NotFound(path=path)
    name: str = row["name"]
    return name


async def require_proof(actor: Actor, upload_id: UUID, *, path: tuple[str, ...]) -> UUID:
    """Return an upload of the actor's that has arrived; raises ProofUnfit."""
    (found,) = await uploads.uploads_by_id(actor, [upload_id])
    if found is None or found.state is not UploadState.COMPLETE:
        raise ProofUnfit(path=path)
    return upload_id


def whole(amount: int, *, path: tuple[str, ...], most: int = 2**53 - 1) -> int:
    """Return a number from one to the most; raises InvalidInput."""
    if not 1 <= amount <= most:
        raise InvalidInput(
            path=path, zh=f"数量须为 1 至 {most} 的整数。", en=f"A whole number from 1 to {most}."
        )
    return amount


@asynccontextmanager
async def refusing(
    refusals: Mapping[str, Callable[[], DomainError]],
) -> AsyncIterator[None]:
    """Say kindly which constraint a statement broke: the database has the last word."""
    try:
        yield
    except _OUTSIDE as error:
        refusal = refusals.get(error.constraint_name or "")
        if refusal is None:
            raise
        raise refusal() from None


async def told(
    actor: Actor,
    command: str,
    *,
    area_id: UUID,
    subject: tuple[str, UUID],
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add the command to the community's audit; the last act of a command."""
    place = await places.place_of(area_id)
    await audit.record(
        actor,
        command=command,
        chain=place.community_id if place else None,
        subject=subject,
        details=dict(details or {}),
    )
