"""The one extension that some rules give a poll in which too few took part."""

from domains.kernel import calendar, clock, outbox
from domains.kernel.actor import SYSTEM
from domains.kernel.database import fetch_one
from domains.kernel.rules import thaw
from domains.voting.events import PollExtended
from domains.voting.models import Poll
from domains.voting.rules import DecisionRule
from domains.voting.service import conduct, rolls
from domains.voting.service.polls import told
from domains.voting.service.publishing import procedure_of
from domains.voting.values import Measure, PollState

# Papers that were given out may still come back, so they count here.
_TOOK_PART = """
SELECT count(*) AS heads, COALESCE(sum(r.area_centi_m2), 0)::bigint AS area
FROM voting_participation t
JOIN voting_roll_entry r ON r.poll_number = t.poll_number AND r.number = t.voter_number
WHERE t.poll_number = (SELECT number FROM voting_poll WHERE id = $1)
"""


async def extended(poll: Poll) -> bool:
    """Whether the poll goes on, because its rules give it more days and it lacks a quorum.

    The caller holds the poll and keeps casting out.
    """
    extension = procedure_of(poll).extension
    if extension is None or poll.extended_at is not None or await _quorate(poll):
        return False
    now = await clock.now()
    poll.state = PollState.OPEN
    poll.closes_at = calendar.deadline(now, extension).at
    poll.extended_at = now
    poll.version += 1
    await poll.save()
    await outbox.record(PollExtended(poll.id, poll.area_path))
    details = {"state": poll.state.value, "version": poll.version}
    await told(SYSTEM, poll.id, await conduct.community_of(poll), "extendPoll", details)
    return True


async def _quorate(poll: Poll) -> bool:
    rule = DecisionRule.of(thaw(poll.frozen_rules))
    row = await fetch_one(_TOOK_PART, poll.id)
    assert row is not None, "an aggregate always has a row"
    heads, area = await rolls.totals(poll.id)
    return all(
        share.met(row["area"], of=area)
        if measure is Measure.AREA
        else share.met(row["heads"], of=heads)
        for measure, share in rule.quorum.items()
    )
