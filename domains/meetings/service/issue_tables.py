"""Bringing an issue before meetings, and to the ballot where the law asks one.

One issue may come before many meetings: each time it is put on a body's list, from which its
meetings take their agenda.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domains.kernel import clock, database
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.kernel.errors import NotFound
from domains.meetings.errors import BallotUnforeseen, HandlerUnfit, IssueNotReady
from domains.meetings.models import AgendaItem, Issue
from domains.meetings.queries import handlers
from domains.meetings.service import issue_holding as holding
from domains.meetings.service import writing
from domains.meetings.values import AgendaItemKind, AgendaItemState
from domains.meetings.values.issues import HandlerKind, IssueAct, IssueState
from domains.membership.queries import places
from domains.voting.service import PollDraft, polls
from domains.voting.values import Outcome, PollMethod, Secrecy

_DEALT_WITH = (AgendaItemState.CONCLUDED, AgendaItemState.UNRESOLVED, AgendaItemState.RAISED)
_HELD_BY_POLL = "SELECT id FROM meetings_issue WHERE poll_id = $1"
_CARRIED = frozenset({Outcome.PASSED, Outcome.CHOSEN})


async def schedule_issue(
    actor: Actor,
    issue_id: UUID,
    *,
    body_id: UUID,
    kind: AgendaItemKind = AgendaItemKind.DECIDE,
    note: str = "",
) -> UUID:
    """Put an issue on a body's list, for one of its meetings; returns the agenda item's id.

    Raises HandlerUnfit for a body that does not meet for the issue's place.
    """
    async with transaction():
        issue = await holding.hold(actor, issue_id, "scheduleIssue")
        fit = await handlers.is_fit(HandlerKind.BODY, body_id, area_path=issue.area_path)
        if not fit:
            raise HandlerUnfit(path=("input", "bodyId"))
        item = await AgendaItem.create(
            id=database.new_id(),
            body_id=body_id,
            kind=kind,
            state=AgendaItemState.WAITING,
            title=issue.title,
            body=issue.text,
            presenter_id=None,
            issue_id=issue.id,
            author_id=actor.person_id,
            created_at=await clock.now(),
        )
        said = writing.optional_text(note, path=("input", "note"), longest=500)
        await holding.step(
            actor, issue, IssueAct.SCHEDULE, note=said, about=("agenda_item", item.id)
        )
        await holding.audited(actor, issue, "scheduleIssue", item=str(item.id))
        return item.id


async def record_deliberation(actor: Actor, issue_id: UUID, *, item_id: UUID, summary: str) -> None:
    """Say what a meeting made of an issue, once it has dealt with its item.

    Raises NotFound for an item of another issue, IssueNotReady while the item is not closed.
    """
    async with transaction():
        issue = await holding.hold(actor, issue_id, "recordDeliberation")
        item = await AgendaItem.filter(id=item_id, issue_id=issue.id).first()
        if item is None:
            raise NotFound(path=("input", "itemId"))
        if item.state not in _DEALT_WITH:
            raise IssueNotReady(path=("input", "itemId"))
        said = writing.text(summary, path=("input", "summary"), longest=1000)
        await holding.step(
            actor, issue, IssueAct.DELIBERATE, note=said, about=("agenda_item", item.id)
        )
        await holding.audited(actor, issue, "recordDeliberation", item=str(item.id))


@dataclass(frozen=True, slots=True)
class BallotPlan:
    """How an issue is put to the ballot; the rule set follows from its category."""

    question: str
    opens_at: datetime
    closes_at: datetime
    secrecy: Secrecy = Secrecy.OPEN


async def escalate_issue(actor: Actor, issue_id: UUID, plan: BallotPlan) -> UUID:
    """Draft the ballot that the law asks about an issue; returns the poll's id.

    Raises BallotUnforeseen where the rules name none for its category, and whatever the
    ballot box refuses of a draft. The poll then goes its own way; its result leads on.
    """
    async with transaction():
        issue = await holding.hold(actor, issue_id, "escalateIssue")
        place = await places.place_of(issue.area_id)
        assert place is not None, "an issue's area is never removed"
        code = holding.procedure_of(issue).ballots.get(issue.category)
        if code is None:
            raise BallotUnforeseen(path=holding.AT_ISSUE)
        draft = PollDraft(
            title=plan.question,
            body=issue.text,
            method=PollMethod.MOTION,
            secrecy=plan.secrecy,
            opens_at=plan.opens_at,
            closes_at=plan.closes_at,
            rule_code=code,
        )
        poll = await polls.write_poll(actor, place, draft, subject=("issue", issue.id))
        issue.poll_id, issue.ballot_decided_at = poll.id, None
        await holding.step(actor, issue, IssueAct.ESCALATE, about=("poll", poll.id))
        await polls.told(actor, poll.id, place.community_id, "createPoll", {"state": "draft"})
        await holding.audited(actor, issue, "escalateIssue", poll=str(poll.id))
        return poll.id


async def settle_ballot(actor: Actor, poll_id: UUID, outcome: Outcome | None) -> None:
    """Lead an issue on by its ballot, in the open transaction; None was no count at all.

    What was carried is resolved; anything else goes back to the table. Told twice is once.
    """
    database.require_open_transaction()
    issue_id = await database.fetch_value(_HELD_BY_POLL, poll_id)
    if issue_id is None:
        return
    issue = await holding.locked(issue_id)
    if issue.state is IssueState.ESCALATED_TO_BALLOT:
        await _settle(actor, issue, outcome)


async def undo_ballot(actor: Actor, poll_id: UUID) -> None:
    """Take an issue back to the table whose ballot was annulled, in the open transaction.

    What was told as done, and looked at, is opened again by a revisit only.
    """
    database.require_open_transaction()
    issue_id = await database.fetch_value(_HELD_BY_POLL, poll_id)
    if issue_id is None:
        return
    issue = await holding.locked(issue_id)
    if issue.state in {IssueState.RESOLVED, IssueState.IMPLEMENTING}:
        issue.ballot_decided_at = None
        about = ("poll", poll_id)
        await holding.step(actor, issue, IssueAct.RETURN_BALLOT, note="annulled", about=about)


async def _settle(actor: Actor, issue: Issue, outcome: Outcome | None) -> None:
    about = ("poll", issue.poll_id) if issue.poll_id else None
    if outcome is not None:
        issue.ballot_decided_at = await clock.now()
    act = IssueAct.RETURN_BALLOT
    if outcome in _CARRIED:
        act, issue.outcome = IssueAct.DECIDE_BALLOT, "表决通过。"
    await holding.step(actor, issue, act, note=outcome.value if outcome else "", about=about)
