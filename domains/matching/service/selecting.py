"""Choosing among applications: by reviewers' weighted scores, or by a poll of residents."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from domains.kernel import calendar, clock, database, outbox
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.matching.errors.projects import (
    NothingToChoose,
    NotReviewer,
    ReviewerConflicted,
)
from domains.matching.events import projects as events
from domains.matching.rules import choosing
from domains.matching.service import holding, rounds
from domains.matching.values.projects import ProjectRoundMode, ProjectRoundState
from domains.membership.queries import electorate, roles
from domains.volunteering.service.shared import line
from domains.voting import queries as voting
from domains.voting.rules import BallotForm, CountingRule, read_result
from domains.voting.service.commissions import Commission, commission
from domains.voting.service.polls import OptionDraft, PollDraft
from domains.voting.values import Outcome, PollMethod, Secrecy

BALLOT_RULES = "PARTICIPATORY_BUDGET"
_LONG_MS = 60_000
_WEIGHTS = "SELECT position, weight FROM matching_criterion WHERE round_id = $1"
_APPLICATIONS = """
SELECT p.id, p.number, p.title, p.area_path, p.applicant_id, p.organisation_id,
       (SELECT coalesce(sum(b.amount_fen), 0)::bigint FROM matching_budget_line b
        WHERE b.project_id = p.id) AS budget_fen
FROM matching_project p
WHERE p.round_id = $1 AND p.state = 'submitted' ORDER BY p.number
"""
_CHOSEN = """
UPDATE matching_project SET is_chosen = $2, round_place = $3, round_points = $4,
    version = version + 1
WHERE id = $1
"""
_NOT_CHOSEN = """
UPDATE matching_project SET state = 'rejected', reason = $2, changed_by_id = NULL,
    version = version + 1
WHERE id = $1
"""
_WITHOUT = "未在本轮征集评选中入选。"
_REVIEW = "INSERT INTO matching_review VALUES ($1, $2, $3, $4, $5, kernel_now())"
_SCORE = "INSERT INTO matching_review_score VALUES ($1, $2, $3, $4, $5)"
_FORGET = (
    "DELETE FROM matching_review_score WHERE project_id = $1 AND person_id = $2",
    "DELETE FROM matching_review WHERE project_id = $1 AND person_id = $2",
)
_IS_REVIEWER = """
SELECT EXISTS (SELECT FROM matching_reviewer WHERE round_id = $1 AND person_id = $2)
"""
_APPLICATION = "SELECT * FROM matching_project WHERE id = $1 AND round_id IS NOT NULL"


async def review_application(
    actor: Actor,
    project_id: UUID,
    *,
    has_conflict: bool,
    scores: Mapping[int, int],
    note: str = "",
) -> UUID:
    """Score an application by each criterion, or declare to have a part in it; again, anew.

    Raises NotReviewer, ReviewerConflicted for who belongs to the host or applied,
    ScoresIncomplete, RoundStateUnfit.
    """
    path = ("input", "projectId")
    async with transaction():
        project = await database.fetch_one(_APPLICATION, project_id)
        if project is None:
            raise NotFound(path=path)
        held = await rounds.hold(
            actor, project["round_id"], "reviewApplication", ProjectRoundState.REVIEWING
        )
        if not await database.fetch_value(_IS_REVIEWER, held["id"], actor.person_id):
            raise NotReviewer(path=path)
        if project["state"] != "submitted":
            raise NotFound(path=path)
        assert actor.person_id is not None, "a reviewer is somebody"
        if not has_conflict:
            await _require_no_part(actor.person_id, project)
            weights = await _weights(held["id"])
            choosing.require_complete(scores, weights)
        said = line(note, path=("input", "note"), longest=500, shortest=2 if has_conflict else 0)
        for forget in _FORGET:
            await database.execute(forget, project_id, actor.person_id)
        await database.execute(_REVIEW, held["id"], project_id, actor.person_id, has_conflict, said)
        if not has_conflict:
            for at, score in scores.items():
                await database.execute(_SCORE, project_id, actor.person_id, held["id"], at, score)
        await holding.told(
            actor,
            "reviewApplication",
            area_id=held["area_id"],
            subject=("project", project_id),
            details={"conflict": has_conflict},
        )
    return project_id


async def _require_no_part(person_id: UUID, project: Row) -> None:
    grants = await roles.grants_of(person_id)
    if person_id in {project["applicant_id"], project["supervisor_id"]} or any(
        grant.organisation_id == project["organisation_id"] for grant in grants
    ):
        raise ReviewerConflicted(path=("input", "projectId"))


async def _weights(round_id: UUID) -> dict[int, int]:
    rows = await database.fetch(_WEIGHTS, round_id)
    return {row["position"]: row["weight"] for row in rows}


_SCORES = """
SELECT s.project_id, s.person_id, s.position, s.score FROM matching_review_score s
JOIN matching_review r ON r.project_id = s.project_id AND r.person_id = s.person_id
WHERE s.round_id = $1 AND NOT r.has_conflict
"""


async def settle_round(actor: Actor, round_id: UUID) -> UUID:
    """Choose by the reviewers' scores what fits into the round's money.

    Who is not chosen is refused. Raises ReviewsMissing, NothingToChoose, RoundStateUnfit.
    """
    async with transaction():
        held = await rounds.hold(actor, round_id, "settleProjectRound", ProjectRoundState.REVIEWING)
        reviews: dict[UUID, dict[UUID, dict[int, int]]] = {}
        for row in await database.fetch(_SCORES, round_id):
            own = reviews.setdefault(row["project_id"], {}).setdefault(row["person_id"], {})
            own[row["position"]] = row["score"]
        applications = [
            choosing.Application(
                row["id"],
                row["number"],
                row["budget_fen"],
                list(reviews.get(row["id"], {}).values()),
            )
            for row in await database.fetch(_APPLICATIONS, round_id)
        ]
        if not applications:
            raise NothingToChoose(path=("input", "roundId"))
        choices = choosing.choose(
            applications,
            await _weights(round_id),
            budget_fen=held["budget_fen"],
            most=held["most_chosen"],
            least_reviews=held["least_reviews"],
            least_score=held["least_score"],
        )
        for each in choices:
            await _conclude(
                each.project_id, chosen=each.is_chosen, place=each.place, points=each.points
            )
        await _settled(actor, held)
    return round_id


async def _conclude(
    project_id: UUID, *, chosen: bool, place: int | None, points: int | None
) -> None:
    await database.execute(_CHOSEN, project_id, chosen, place, points)
    if not chosen:
        await database.execute(_NOT_CHOSEN, project_id, _WITHOUT)
        area_path = await database.fetch_value(
            "SELECT area_path FROM matching_project WHERE id = $1", project_id
        )
        await outbox.record(events.ProjectRejected(project_id, area_path))


async def _settled(actor: Actor, held: Row) -> None:
    await rounds.move(held["id"], ProjectRoundState.SETTLED)
    await outbox.record(events.ProjectRoundSettled(held["id"], held["area_path"]))
    await rounds.told(actor, "settleProjectRound", held)


_DUE = """
SELECT * FROM matching_round WHERE state = 'open' AND applications_until <= kernel_now()
ORDER BY applications_until LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""


async def begin_due_choice() -> UUID | None:
    """End the time of one round's applications: to the reviewers, or to the residents.

    Where nothing was handed in, the round ends.
    """
    async with transaction(timeout_ms=_LONG_MS):
        held = await database.fetch_one(_DUE)
        if held is None:
            return None
        round_id: UUID = held["id"]
        applications = await database.fetch(_APPLICATIONS, round_id)
        if not applications:
            await rounds.release_applications(round_id)
            await rounds.move(round_id, ProjectRoundState.CANCELLED)
            await outbox.record(events.ProjectRoundCancelled(round_id, held["area_path"]))
            return round_id
        if held["mode"] == ProjectRoundMode.CRITERIA:
            await rounds.move(round_id, ProjectRoundState.REVIEWING)
            await outbox.record(events.ProjectRoundReviewing(round_id, held["area_path"]))
            return round_id
        await _put_to_residents(held, list(applications))
        return round_id


async def _put_to_residents(held: Row, applications: list[Row]) -> None:
    now = await clock.now()
    adults = await electorate.adults_of(held["area_path"], calendar.day_of(now))
    draft = PollDraft(
        title=f"项目征集表决:{held['title']}"[:120],
        body=held["content"],
        method=PollMethod.PREFERENCE,
        secrecy=Secrecy.SECRET,
        opens_at=now,
        closes_at=now + timedelta(days=held["poll_days"]),
        rule_code=BALLOT_RULES,
        options=tuple(
            OptionDraft(f"{row['number']}号 {row['title']}"[:120], "", max(1, row["budget_fen"]))
            for row in applications
        ),
        least_choices=0,
        most_choices=len(applications),
        budget_fen=held["budget_fen"],
        counting_rule=CountingRule.EQUAL_SHARES,
        ballot_form=BallotForm.BUDGET_APPROVAL,
    )
    voters = [row["person_id"] for row in adults]
    asked = Commission(draft, voters, ("project_round", held["id"]))
    poll_id = await commission(SYSTEM, held["area_id"], asked)
    for position, row in enumerate(applications, 1):
        await database.execute(_CHOSEN, row["id"], None, position, None)
    await rounds.move(held["id"], ProjectRoundState.VOTING, poll_id=poll_id)
    await outbox.record(events.ProjectRoundVoting(held["id"], held["area_path"], poll_id))


_OF_POLL = "SELECT * FROM matching_round WHERE poll_id = $1 FOR NO KEY UPDATE"
_ON_PAPER = """
SELECT id, round_place FROM matching_project WHERE round_id = $1 AND state = 'submitted'
ORDER BY round_place
"""


async def settle_poll(poll_id: UUID, outcome: Outcome | None) -> None:
    """Choose what the residents chose, in the open transaction; None was no count at all.

    Told twice is once. Without a count that stands, the applications go on without a round.
    """
    database.require_open_transaction()
    held = await database.fetch_one(_OF_POLL, poll_id)
    if held is None or held["state"] != ProjectRoundState.VOTING:
        return
    (poll,) = await voting.polls_by_id(SYSTEM, [poll_id])
    if outcome is not Outcome.CHOSEN or poll is None or poll["result"] is None:
        await rounds.release_applications(held["id"])
        await rounds.move(held["id"], ProjectRoundState.CANCELLED)
        await outbox.record(events.ProjectRoundCancelled(held["id"], held["area_path"]))
        return
    chosen = list(read_result(poll["result"]).chosen)
    for row in await database.fetch(_ON_PAPER, held["id"]):
        at = row["round_place"]
        place = chosen.index(at) + 1 if at in chosen else None
        await _conclude(row["id"], chosen=at in chosen, place=place, points=None)
    await _settled(SYSTEM, held)
