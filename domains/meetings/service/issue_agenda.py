"""What an agenda item about an issue does to the issue: it comes before a meeting, each time."""

from domains.kernel.actor import Actor
from domains.meetings.models import AgendaItem
from domains.meetings.service import issue_holding as holding
from domains.meetings.values.issues import IssueAct


async def put_on(actor: Actor, item: AgendaItem) -> None:
    """Lead the issue of an item, if it has one, to its meeting, in the open transaction.

    Raises IssueNotReady or RiskUnassessed for an issue that was not sorted and assessed.
    """
    if item.issue_id is None:
        return
    issue = await holding.locked(item.issue_id)
    await holding.step(actor, issue, IssueAct.SCHEDULE, about=("agenda_item", item.id))
