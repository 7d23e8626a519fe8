"""What becomes of an issue's points of agendas is told in its history, each time.

Whoever raised an issue hears when it comes before a meeting, for when that is convened, and
when it is taken off.
"""

from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.meetings.models import AgendaItem, Meeting
from domains.meetings.service import issue_holding as holding
from domains.meetings.values.issues import ISSUE_ENDS, HistoryKind, IssueAct

# Issues are locked in one order, whichever command locks several.
_ON_AGENDA = """
SELECT DISTINCT issue_id FROM meetings_agenda_item
WHERE meeting_id = $1 AND state = 'on_agenda' AND issue_id IS NOT NULL
  AND (announced_at IS NULL OR NOT $2) ORDER BY issue_id
"""


async def put_on(actor: Actor, item: AgendaItem) -> None:
    """Lead the issue of an item, if it has one, to its meeting, in the open transaction.

    Raises IssueNotReady or RiskUnassessed for an issue that was not sorted and assessed.
    """
    if item.issue_id is None:
        return
    issue = await holding.locked(item.issue_id)
    await holding.step(actor, issue, IssueAct.SCHEDULE, about=("agenda_item", item.id))


async def placed(actor: Actor, item: AgendaItem) -> None:
    """Tell an issue that what waited for a meeting is on the agenda of one."""
    if item.issue_id is not None:
        about = ("agenda_item", item.id)
        await _tell(actor, item.issue_id, HistoryKind.PLACED, about=about)


async def taken_off(actor: Actor, item: AgendaItem, reason: str) -> None:
    """Tell an issue that its point is dealt with no more, and why."""
    if item.issue_id is not None:
        about = ("agenda_item", item.id)
        await _tell(actor, item.issue_id, HistoryKind.TAKEN_OFF, about=about, note=reason)


async def convened(actor: Actor, meeting: Meeting, *, new_only: bool) -> None:
    """Tell the issues on an agenda that their meeting is convened, or has another time.

    Those alone that are to be announced now, where others have heard of it.
    """
    for row in await database.fetch(_ON_AGENDA, meeting.id, new_only):
        about = ("meeting", meeting.id)
        await _tell(actor, row["issue_id"], HistoryKind.CONVENED, about=about)


async def called_off(actor: Actor, meeting: Meeting, reason: str) -> None:
    """Tell the issues on an agenda that their meeting is not held, and why."""
    for row in await database.fetch(_ON_AGENDA, meeting.id, False):
        about = ("meeting", meeting.id)
        await _tell(actor, row["issue_id"], HistoryKind.TAKEN_OFF, about=about, note=reason)


async def _tell(
    actor: Actor, issue_id: UUID, kind: HistoryKind, *, about: tuple[str, UUID], note: str = ""
) -> None:
    issue = await holding.locked(issue_id)
    if issue.state not in ISSUE_ENDS:
        await holding.tell(actor, issue, kind, note=note, about=about)
