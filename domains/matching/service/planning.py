"""Projects as their writers plan them: phases, milestones, budget, and the five parties."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from domains.kernel import calendar, clock, database, idempotency, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound, VersionConflict
from domains.matching import policy
from domains.matching.errors.projects import ProjectPlanUnsound, RoundStateUnfit
from domains.matching.events.projects import HostAsked, ProjectSubmitted, SupervisorAsked
from domains.matching.policy import ProjectPlace
from domains.matching.rules import appeals
from domains.matching.rules.project_procedure import ProjectProcedure
from domains.matching.service import holding, supervising
from domains.matching.service.holding import public_text
from domains.matching.values.funds import MOST_FEN
from domains.matching.values.projects import ProjectRoundState, ServiceProjectState
from domains.volunteering.values.volunteers import ServiceClass

MOST_PARTS = 50
LONGEST = timedelta(days=3 * 366)
_COLUMNS = (
    *("service_class", "title", "aims", "place", "latitude_e6", "longitude_e6", "starts_on"),
    *("ends_on", "people_wanted", "needs_venue", "appeal_url", "supervisor_id"),
)
_INSERT = f"""
INSERT INTO matching_project ({", ".join(_COLUMNS)}, id, area_id, area_path, community_id, state,
    organisation_id, organisation_name, applicant_id, round_id, host_accepted_at,
    host_accepted_by_id, created_at, changed_by_id)
VALUES ({", ".join(f"${place}" for place in range(1, len(_COLUMNS) + 1))},
        $13, $14, $15, $16, 'draft', $17, $18, $19, $20,
        CASE WHEN $21 THEN kernel_now() END, CASE WHEN $21 THEN $19::uuid END, kernel_now(), $19)
"""
_UPDATE = f"""
UPDATE matching_project SET
    {", ".join(f"{name} = ${place}" for place, name in enumerate(_COLUMNS, 1))},
    supervisor_accepted_at = CASE WHEN supervisor_id IS NOT DISTINCT FROM $12
        AND ends_on >= $8 THEN supervisor_accepted_at END,
    host_accepted_at = CASE WHEN $16 THEN coalesce(host_accepted_at, kernel_now()) END,
    host_accepted_by_id = CASE WHEN $16 THEN coalesce(host_accepted_by_id, $15::uuid) END,
    round_id = $14, changed_by_id = $15::uuid, version = version + 1
WHERE id = $13
"""
_BUDGET = """
SELECT coalesce(sum(amount_fen), 0)::bigint FROM matching_budget_line WHERE project_id = $1
"""
_PHASE = "INSERT INTO matching_phase VALUES ($1, $2, $3, $4, $5)"
_LINE = """
INSERT INTO matching_budget_line (id, project_id, position, title, amount_fen)
VALUES ($1, $2, $3, $4, $5)
"""
_MILESTONE = """
INSERT INTO matching_milestone (id, project_id, position, title, due_on, due_at, state, remind_at)
VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7)
"""
_ROUND = """
SELECT state, area_path, applications_until > kernel_now() AS takes FROM matching_round
WHERE id = $1 FOR SHARE
"""
_SUBMIT = """
UPDATE matching_project SET state = 'submitted', submitted_at = kernel_now(), reason = NULL,
    changed_by_id = $2, version = version + 1
WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class PhaseDraft:
    """A part of a project's time."""

    title: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class LineDraft:
    """What money is for, and how much."""

    title: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class MilestoneDraft:
    """What is to be reached by when."""

    title: str
    due_on: date


@dataclass(frozen=True, slots=True)
class ProjectDraft:
    """A project as its writers plan it."""

    area_id: UUID
    organisation_id: UUID
    service_class: ServiceClass
    title: str
    aims: str
    place: str
    starts_on: date
    ends_on: date
    phases: tuple[PhaseDraft, ...]
    lines: tuple[LineDraft, ...]
    milestones: tuple[MilestoneDraft, ...]
    people_wanted: int = 0
    needs_venue: bool = False
    supervisor_id: UUID | None = None
    position: tuple[int, int] | None = None
    appeal_url: str | None = None
    round_id: UUID | None = None


async def create_project(
    actor: Actor, draft: ProjectDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Write a project down, for an organisation that hosts it.

    Who administers the host accepts by writing; another is asked. Raises ProjectPlanUnsound,
    AppealNotDesignated, AppealInText, PlaceOutsideArea, NotFound, InvalidInput.
    """
    async with transaction():
        place = await holding.place_in(draft.area_id)
        target = ProjectPlace(place.area_path, organisation_id=draft.organisation_id)
        require(policy.AUTHORITY, "createServiceProject", actor, target)
        earlier = await idempotency.claim(
            actor, idempotency_key, "createServiceProject", asdict(draft)
        )
        if earlier is not None:
            return UUID(earlier["project"]), True
        procedure = await holding.procedure_in(draft.area_id)
        host = await holding.organisation_named(actor, draft.organisation_id, place.area_path)
        project_id = database.new_id()
        accepts = policy.administers(actor, draft.organisation_id)
        await _require_round(draft.round_id, place.area_path)
        await database.execute(
            _INSERT,
            *await _values(draft, procedure, place.area_path),
            *(project_id, place.area_id, place.area_path, place.community_id),
            *(draft.organisation_id, host, actor.person_id, draft.round_id, accepts),
        )
        await _write_parts(project_id, draft, procedure)
        if not accepts:
            await outbox.record(HostAsked(project_id, place.area_path, draft.organisation_id))
        if draft.supervisor_id is not None:
            await outbox.record(SupervisorAsked(project_id, place.area_path, draft.supervisor_id))
        await idempotency.settle(actor, idempotency_key, {"project": str(project_id)})
        await _told(actor, "createServiceProject", project_id, draft.area_id)
        return project_id, False


async def update_project(
    actor: Actor, project_id: UUID, draft: ProjectDraft, *, expected_version: int
) -> UUID:
    """Write a draft anew; its area and host stay, but who else than the host writes asks it again.

    What a round has chosen stays in it, and costs no more. Raises VersionConflict besides.
    """
    async with transaction():
        project = await holding.hold_project(
            actor, project_id, "updateServiceProject", ServiceProjectState.DRAFT
        )
        if project["version"] != expected_version:
            raise VersionConflict(path=("input", "expectedVersion"), version=project["version"])
        procedure = await holding.procedure_in(project["area_id"])
        round_id = await _round_of(project, draft)
        accepts = policy.administers(actor, project["organisation_id"])
        await database.execute(
            _UPDATE,
            *await _values(draft, procedure, project["area_path"]),
            *(project_id, round_id, actor.person_id, accepts),
        )
        if not accepts:
            await outbox.record(
                HostAsked(project_id, project["area_path"], project["organisation_id"])
            )
        for table in ("phase", "milestone", "budget_line"):
            await database.execute(
                f"DELETE FROM matching_{table} WHERE project_id = $1", project_id
            )
        await _write_parts(project_id, draft, procedure)
        if draft.supervisor_id is not None and draft.supervisor_id != project["supervisor_id"]:
            await outbox.record(
                SupervisorAsked(project_id, project["area_path"], draft.supervisor_id)
            )
        await _told(actor, "updateServiceProject", project_id, project["area_id"])
    return project_id


async def submit_project(actor: Actor, project_id: UUID) -> UUID:
    """Hand an application in; from then on it is the community's to answer.

    Raises RoundStateUnfit where its round takes no more.
    """
    async with transaction():
        project = await holding.hold_project(
            actor, project_id, "submitServiceProject", ServiceProjectState.DRAFT
        )
        if project["is_chosen"] is None:
            await _require_round(project["round_id"], project["area_path"])
        await database.execute(_SUBMIT, project_id, actor.person_id)
        await outbox.record(ProjectSubmitted(project_id, project["area_path"]))
        await _told(actor, "submitServiceProject", project_id, project["area_id"])
    return project_id


async def _values(
    draft: ProjectDraft, procedure: ProjectProcedure, area_path: str
) -> tuple[object, ...]:
    """Return the values of the columns that a draft writes, in their order."""
    _require_plan(draft)
    if draft.starts_on < await clock.today():
        raise _unsound("startsOn", "项目须自今日或以后开始。", "A project begins today or later.")
    if draft.supervisor_id is not None:
        await supervising.require_qualified(draft.supervisor_id, area_path, until=draft.ends_on)
    url = draft.appeal_url
    return (
        draft.service_class,
        public_text(draft.title, procedure, path=("input", "title"), longest=80),
        public_text(draft.aims, procedure, path=("input", "aims"), longest=2000),
        public_text(draft.place, procedure, path=("input", "place"), longest=120),
        *holding.point(draft.position, procedure.bounds),
        *(draft.starts_on, draft.ends_on, draft.people_wanted, draft.needs_venue),
        appeals.designated(url, procedure.appeal_hosts) if url else None,
        draft.supervisor_id,
    )


def _require_plan(draft: ProjectDraft) -> None:
    if not draft.starts_on <= draft.ends_on <= draft.starts_on + LONGEST:
        raise _unsound(
            "endsOn", "项目须先开始后结束,不超过三年。", "It ends after it begins, in three years."
        )
    if not 0 <= draft.people_wanted <= 10_000:
        raise _unsound("peopleWanted", "人数须为 0 至 10000。", "It wants 0 to 10,000 people.")
    for field, parts, least in (
        ("phases", draft.phases, 1),
        ("lines", draft.lines, 0),
        ("milestones", draft.milestones, 1),
    ):
        if not least <= len(parts) <= MOST_PARTS:
            raise _unsound(
                field, f"须为 {least} 至 {MOST_PARTS} 项。", f"There are {least} to {MOST_PARTS}."
            )
    if not all(
        draft.starts_on <= each.starts_on <= each.ends_on <= draft.ends_on for each in draft.phases
    ):
        raise _unsound(
            "phases", "阶段须先始后终,并在项目期内。", "A phase ends after it begins, within it."
        )
    if not all(draft.starts_on <= each.due_on <= draft.ends_on for each in draft.milestones):
        raise _unsound(
            "milestones", "里程碑须在项目期内。", "A milestone is due within the project."
        )
    if not all(each.amount_fen >= 1 for each in draft.lines) or (
        sum(each.amount_fen for each in draft.lines) > MOST_FEN
    ):
        raise _unsound("lines", "预算金额须为正整数分。", "A line has whole fen above zero.")


def _unsound(field: str, zh: str, en: str) -> ProjectPlanUnsound:
    return ProjectPlanUnsound(path=("input", field), zh=zh, en=en)


async def _write_parts(project_id: UUID, draft: ProjectDraft, procedure: ProjectProcedure) -> None:
    for at, phase in enumerate(draft.phases, 1):
        title = public_text(phase.title, procedure, path=("input", "phases"), longest=80)
        await database.execute(_PHASE, project_id, at, title, phase.starts_on, phase.ends_on)
    for at, each in enumerate(draft.lines, 1):
        title = public_text(each.title, procedure, path=("input", "lines"), longest=80)
        await database.execute(_LINE, database.new_id(), project_id, at, title, each.amount_fen)
    for at, milestone in enumerate(draft.milestones, 1):
        title = public_text(milestone.title, procedure, path=("input", "milestones"), longest=80)
        due_at = calendar.start_of(milestone.due_on + timedelta(days=1))
        await database.execute(
            _MILESTONE,
            *(database.new_id(), project_id, at, title, milestone.due_on, due_at),
            due_at - timedelta(days=procedure.milestone_days),
        )


async def _require_round(round_id: UUID | None, area_path: str) -> None:
    if round_id is None:
        return
    row = await database.fetch_one(_ROUND, round_id)
    if row is None or not area_path.startswith(row["area_path"]):
        raise NotFound(path=("input", "roundId"))
    if row["state"] != ProjectRoundState.OPEN or not row["takes"]:
        raise RoundStateUnfit(path=("input", "roundId"), state=row["state"])


async def _round_of(project: Row, draft: ProjectDraft) -> UUID | None:
    """Return the round that a draft is in: what was chosen stays where, and as cheap as, it was."""
    if project["is_chosen"] is None:
        await _require_round(draft.round_id, project["area_path"])
        return draft.round_id
    budget = await database.fetch_value(_BUDGET, project["id"])
    if sum(each.amount_fen for each in draft.lines) > budget:
        raise _unsound(
            "lines", "入选项目的预算不得增加。", "What a round has chosen costs no more."
        )
    round_id: UUID | None = project["round_id"]
    return round_id


async def _told(actor: Actor, command: str, project_id: UUID, area_id: UUID) -> None:
    await holding.told(actor, command, area_id=area_id, subject=("project", project_id))
