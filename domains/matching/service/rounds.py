"""Rounds of applications: opened, held by their commands, ended without a choice."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domains.kernel import clock, database, idempotency, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import InvalidInput, NotFound
from domains.matching import policy
from domains.matching.errors.projects import (
    RoundStateUnfit,
)
from domains.matching.events import projects as events
from domains.matching.service import holding
from domains.matching.service.holding import public_text
from domains.matching.values.projects import ProjectRoundMode, ProjectRoundState
from domains.membership.queries import electorate
from domains.volunteering.service.shared import line

_INSERT = """
INSERT INTO matching_round
    (id, area_id, area_path, state, mode, title, content, budget_fen, most_chosen, least_reviews,
     least_score, applications_until, poll_days, opened_by_id, opened_at)
VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, kernel_now())
"""
_CRITERION = "INSERT INTO matching_criterion VALUES ($1, $2, $3, $4)"
_REVIEWER = "INSERT INTO matching_reviewer VALUES ($1, $2) ON CONFLICT DO NOTHING"
_ROUND = "SELECT * FROM matching_round WHERE id = $1 FOR NO KEY UPDATE"
_STATE = """
UPDATE matching_round SET state = $2::text, poll_id = coalesce($3, poll_id),
    settled_at = CASE WHEN $2::text IN ('settled', 'cancelled') THEN kernel_now() END
WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class RoundDraft:
    """For what money applications are asked, until when, and how they are chosen."""

    area_id: UUID
    mode: ProjectRoundMode
    title: str
    content: str
    budget_fen: int
    most_chosen: int
    applications_until: datetime
    criteria: tuple[tuple[str, int], ...] = ()
    reviewer_ids: tuple[UUID, ...] = ()
    least_reviews: int = 1
    least_score: int = 0
    poll_days: int | None = None


async def open_round(
    actor: Actor, draft: RoundDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Ask for applications; raises InvalidInput for terms that do not hold, NotFound."""
    async with transaction():
        place = await holding.place_in(draft.area_id)
        require(policy.AUTHORITY, "openProjectRound", actor, place)
        earlier = await idempotency.claim(actor, idempotency_key, "openProjectRound", asdict(draft))
        if earlier is not None:
            return UUID(earlier["round"]), True
        _require_sound(draft, now=await clock.now())
        procedure = await holding.procedure_in(draft.area_id)
        round_id = database.new_id()
        await database.execute(
            _INSERT,
            *(round_id, place.area_id, place.area_path, draft.mode),
            public_text(draft.title, procedure, path=("input", "title"), longest=80),
            public_text(draft.content, procedure, path=("input", "content"), longest=2000),
            *(draft.budget_fen, draft.most_chosen, draft.least_reviews, draft.least_score),
            *(draft.applications_until, draft.poll_days, actor.person_id),
        )
        for at, (title, weight) in enumerate(draft.criteria, 1):
            said = line(title, path=("input", "criteria"), longest=80)
            await database.execute(_CRITERION, round_id, at, said, weight)
        named = await electorate.named(draft.reviewer_ids)
        if len(named) != len(set(draft.reviewer_ids)):
            raise NotFound(path=("input", "reviewerIds"))
        for each in set(draft.reviewer_ids):
            await database.execute(_REVIEWER, round_id, each)
        await outbox.record(events.ProjectRoundOpened(round_id, place.area_path))
        await idempotency.settle(actor, idempotency_key, {"round": str(round_id)})
        await holding.told(
            actor, "openProjectRound", area_id=place.area_id, subject=("project_round", round_id)
        )
        return round_id, False


def _require_sound(draft: RoundDraft, *, now: datetime) -> None:
    holding.whole(draft.budget_fen, path=("input", "budgetFen"))
    holding.whole(draft.most_chosen, path=("input", "mostChosen"), most=100)
    holding.whole(draft.least_reviews, path=("input", "leastReviews"), most=20)
    by_criteria = draft.mode is ProjectRoundMode.CRITERIA
    sound = {
        "leastScore": 0 <= draft.least_score <= 100,
        "applicationsUntil": now < draft.applications_until < now + timedelta(days=366),
        "criteria": by_criteria == (1 <= len(draft.criteria) <= 20)
        and all(1 <= weight <= 100 for _, weight in draft.criteria),
        "reviewerIds": not by_criteria or draft.least_reviews <= len(set(draft.reviewer_ids)) <= 20,
        "pollDays": (draft.poll_days in range(1, 61)) != by_criteria
        and (draft.poll_days is None) == by_criteria,
    }
    for field, holds in sound.items():
        if not holds:
            raise InvalidInput(
                path=("input", field),
                zh="征集条件有误:评审制须有标准与评审人,表决制须有表决天数。",
                en="These terms do not hold: criteria and reviewers, or the days of a poll.",
            )


async def hold(actor: Actor, round_id: UUID, action: str, *states: ProjectRoundState) -> Row:
    """Lock a round for a command that the table allows, in one of these states.

    Raises NotFound, Forbidden, RoundStateUnfit.
    """
    path = ("input", "roundId")
    row = await database.fetch_one(_ROUND, round_id)
    if row is None:
        raise NotFound(path=path)
    require(policy.AUTHORITY, action, actor, await holding.place_in(row["area_id"]))
    if row["state"] not in states:
        raise RoundStateUnfit(path=path, state=row["state"])
    return row


async def cancel_round(actor: Actor, round_id: UUID, *, reason: str) -> UUID:
    """End a round without a choice; its applications go on as if it had not been.

    A poll that was put is the ballot box's to cancel. Raises RoundStateUnfit while it runs.
    """
    async with transaction():
        held = await hold(
            actor,
            round_id,
            "cancelProjectRound",
            *(ProjectRoundState.OPEN, ProjectRoundState.REVIEWING),
        )
        line(reason, path=("input", "reason"), longest=300)
        await release_applications(round_id)
        await move(round_id, ProjectRoundState.CANCELLED)
        await outbox.record(events.ProjectRoundCancelled(round_id, held["area_path"]))
        await told(actor, "cancelProjectRound", held)
    return round_id


async def release_applications(round_id: UUID) -> None:
    """Let applications that were neither chosen nor refused go on without their round."""
    await database.execute(
        "UPDATE matching_project SET round_id = NULL, is_chosen = NULL, version = version + 1"
        " WHERE round_id = $1 AND is_chosen IS NULL",
        round_id,
    )


async def move(round_id: UUID, state: ProjectRoundState, *, poll_id: UUID | None = None) -> None:
    """Lead a round that is held on to a state."""
    await database.execute(_STATE, round_id, state, poll_id)


async def told(actor: Actor, command: str, held: Row) -> None:
    """Add a command over a round to the community's audit."""
    await holding.told(
        actor, command, area_id=held["area_id"], subject=("project_round", held["id"])
    )
