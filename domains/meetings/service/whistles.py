"""The street whistles, departments come (街道吹哨、部门报到).

The street calls a department by name for an issue; the department must answer by a deadline,
and say when it comes. Who was called, by when, and what they answered stays in the history;
who is late is told once and stays visible.
"""

from datetime import datetime
from uuid import UUID

import asyncpg

from domains.kernel import database, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.meetings import policy
from domains.meetings.errors import (
    DepartmentCalled,
    HandlerUnfit,
    IssueNotReady,
    WhistleSettled,
)
from domains.meetings.events.issues import WhistleBlown, WhistleEnded
from domains.meetings.models import Issue
from domains.meetings.policy.issues import IssuePlace
from domains.meetings.queries import handlers
from domains.meetings.rules import issues as rules
from domains.meetings.service import assignments, writing
from domains.meetings.service import issue_holding as holding
from domains.meetings.values.issues import ISSUE_ENDS, HistoryKind, WhistleState
from domains.membership.values import OrganisationKind

_BLOW = """
INSERT INTO meetings_whistle
    (id, issue_id, organisation_id, asked, state, blown_by_id, blown_at, due_at)
VALUES ($1, $2, $3, $4, 'called', $5, kernel_now(), $6)
"""
_ISSUE_OF = "SELECT issue_id FROM meetings_whistle WHERE id = $1"
_HELD = "SELECT * FROM meetings_whistle WHERE id = $1 FOR UPDATE"
_END = """
UPDATE meetings_whistle
SET state = $2, answer = $3, comes_at = $4, ended_at = kernel_now(), ended_by_id = $5
WHERE id = $1
"""
_AT_WHISTLE = ("input", "whistleId")


async def blow_whistle(
    actor: Actor,
    issue_id: UUID,
    organisation_id: UUID,
    *,
    asked: str,
    due_at: datetime | None = None,
) -> UUID:
    """Call a department for an issue; returns the whistle's id.

    Raises HandlerUnfit for what is no department of the place, DepartmentCalled while it owes
    an answer, DeadlineUnfit, IssueNotReady for an issue at its end.
    """
    async with transaction():
        issue = await holding.hold(actor, issue_id, "blowWhistle")
        if issue.state in ISSUE_ENDS:
            raise IssueNotReady(path=holding.AT_ISSUE)
        await _require_department(organisation_id, issue)
        said = writing.text(asked, path=("input", "asked"), longest=1000)
        allowed = holding.procedure_of(issue).whistle[rules.level_of(issue.risk)]
        due = await assignments.deadline(allowed, asked=due_at)
        whistle_id = database.new_id()
        values = (whistle_id, issue.id, organisation_id, said, actor.person_id, due)
        try:
            await database.execute(_BLOW, *values)
        except asyncpg.UniqueViolationError:
            raise DepartmentCalled(path=("input", "organisationId")) from None
        await outbox.record(
            WhistleBlown(issue.id, issue.area_path, whistle_id, organisation_id, due)
        )
        about = ("whistle", whistle_id)
        await holding.tell(actor, issue, HistoryKind.WHISTLE_BLOWN, note=said[:500], about=about)
        await holding.audited(actor, issue, "blowWhistle", whistle=str(whistle_id))
        return whistle_id


async def _require_department(organisation_id: UUID, issue: Issue) -> None:
    if not await handlers.organisation_fits(
        organisation_id, area_path=issue.area_path, kind=OrganisationKind.DEPARTMENT
    ):
        raise HandlerUnfit(path=("input", "organisationId"))


async def answer_whistle(
    actor: Actor, whistle_id: UUID, *, answer: str, comes_at: datetime | None = None
) -> UUID:
    """Answer, for the department that was called, and say when it comes; returns the issue's id.

    A late answer is an answer, and stays marked as late.
    """
    return await _end(
        actor,
        whistle_id,
        "answerWhistle",
        state=WhistleState.ANSWERED,
        said=writing.text(answer, path=("input", "answer"), longest=2000),
        comes_at=comes_at,
    )


async def withdraw_whistle(actor: Actor, whistle_id: UUID, *, reason: str) -> UUID:
    """Call a department no more, for a reason; returns the issue's id."""
    return await _end(
        actor,
        whistle_id,
        "withdrawWhistle",
        state=WhistleState.WITHDRAWN,
        said=writing.text(reason, path=("input", "reason"), longest=500),
    )


async def _end(
    actor: Actor,
    whistle_id: UUID,
    command: str,
    *,
    state: WhistleState,
    said: str,
    comes_at: datetime | None = None,
) -> UUID:
    answered = state is WhistleState.ANSWERED
    async with transaction():
        issue, row = await _hold(actor, whistle_id, command)
        if row["state"] != WhistleState.CALLED:
            raise WhistleSettled(path=_AT_WHISTLE)
        await database.execute(_END, whistle_id, state.value, said, comes_at, actor.person_id)
        await outbox.record(
            WhistleEnded(issue.id, issue.area_path, whistle_id, row["organisation_id"], answered)
        )
        kind = HistoryKind.WHISTLE_ANSWERED if answered else HistoryKind.WHISTLE_WITHDRAWN
        about = ("whistle", whistle_id)
        await holding.tell(actor, issue, kind, note=said[:500], about=about)
        await holding.audited(actor, issue, command, whistle=str(whistle_id))
        return issue.id


async def _hold(actor: Actor, whistle_id: UUID, command: str) -> tuple[Issue, Row]:
    issue_id = await database.fetch_value(_ISSUE_OF, whistle_id)
    if issue_id is None:
        raise NotFound(path=_AT_WHISTLE)
    issue = await holding.locked(issue_id, path=_AT_WHISTLE)
    row = await database.fetch_one(_HELD, whistle_id)
    assert row is not None, "a whistle is never removed"
    place = IssuePlace(
        area_path=issue.area_path,
        proposer_id=issue.proposer_id,
        handlers=frozenset({row["organisation_id"]}),
    )
    require(policy.AUTHORITY, command, actor, place)
    return issue, row
