"""Who may, in the ballot box: one declared table, used by commands and by what queries show."""

from dataclasses import dataclass

from domains.kernel.actor import Actor, Authority, Placed, Role, Rule, has, signed_in
from domains.voting.values import PUBLISHED, RESULT_STANDS, PollState

CONVENERS = (Role.COMMITTEE_MEMBER, Role.STREET_REVIEWER, Role.PLATFORM_ADMINISTRATOR)

convenes = has(*CONVENERS)


@dataclass(frozen=True, slots=True)
class PollPlace:
    """What authority judges a poll by."""

    area_path: str
    state: PollState


def sees_area(actor: Actor, area_path: str) -> bool:
    """Whether the actor belongs to the area: to it, to what lies in it, or to what it lies in."""
    return actor.system or any(
        area_path.startswith(held) or held.startswith(area_path) for held in actor.area_paths()
    )


def sees_poll(actor: Actor, target: Placed | None) -> bool:
    """Drafts are seen by conveners, published polls by those who belong, results by everybody."""
    assert isinstance(target, PollPlace)
    if target.state not in PUBLISHED:
        return convenes(actor, target)
    return target.state in RESULT_STANDS or sees_area(actor, target.area_path)


def _knows_area(actor: Actor, area: Placed | None) -> bool:
    return area is not None and sees_area(actor, area.area_path)


AUTHORITY: Authority = {
    "createPoll": Rule(may=convenes, sees=_knows_area),
    "updatePoll": Rule(may=convenes, sees=sees_poll),
    "submitPoll": Rule(may=convenes, sees=sees_poll),
    "returnPoll": Rule(may=convenes, sees=sees_poll),
    "publishPoll": Rule(may=convenes, sees=sees_poll),
    "cancelPoll": Rule(may=convenes, sees=sees_poll),
    # Who may cast is not a role but a place on the frozen roll, which the cast itself checks.
    "castBallot": Rule(may=signed_in),
}
