"""Who may handle a poll's paper, its checks and its challenges: never who stands in it."""

from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor, require
from domains.kernel.errors import NotFound
from domains.voting import policy
from domains.voting.errors import StandsInElection
from domains.voting.models import Poll
from domains.voting.queries import paper as papers
from domains.voting.service.polls import require_no_sitting

_STANDS = """
SELECT EXISTS (
    SELECT FROM voting_candidate c
    WHERE c.poll_id = $1 AND c.person_id = $2 AND c.state NOT IN ('refused', 'withdrawn'))
"""
_COMMUNITY = """
SELECT c.id FROM membership_area a
JOIN membership_area c ON c.path = ANY (membership_prefixes(a.path)) AND c.kind = 'community'
WHERE a.id = $1
"""


async def hold(actor: Actor, poll_id: UUID, action: str) -> Poll:
    """Lock a poll for who conducts it; raises NotFound, Forbidden, StandsInElection."""
    poll = await Poll.filter(id=poll_id).select_for_update().first()
    if poll is None:
        raise NotFound(path=("input", "pollId"))
    await require_conductor(actor, poll_id, action)
    return poll


async def require_conductor(actor: Actor, poll_id: UUID, action: str) -> None:
    """Refuse who may not do this in the poll, or stands in it; and what a meeting votes on."""
    place = await papers.conducted_place(actor, poll_id)
    if place is None:
        raise NotFound(path=("input", "pollId"))
    require(policy.AUTHORITY, action, actor, place)
    await require_no_sitting(poll_id)
    if actor.person_id and await database.fetch_value(_STANDS, poll_id, actor.person_id):
        raise StandsInElection


async def community_of(poll: Poll) -> UUID | None:
    """Return the community whose audit tells of the poll; None above one."""
    community: UUID | None = await database.fetch_value(_COMMUNITY, poll.area_id)
    return community
