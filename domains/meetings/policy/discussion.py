"""Who may, in discussions: whoever sees what is discussed speaks; some keep order."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.actor import Actor, Authority, Placed, Role, Rule, has, signed_in

MODERATORS = (
    Role.COMMITTEE_MEMBER,
    Role.STREET_REVIEWER,
    Role.PLATFORM_ADMINISTRATOR,
)
# Whoever judges an appeal is not who hid the text; supervisors judge besides.
JUDGES = (*MODERATORS, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class TalkPlace:
    """What is discussed, whether the actor sees it, and who wrote what is acted upon."""

    area_path: str
    is_seen: bool
    author_id: UUID | None = None


def sees_talk(actor: Actor, target: Placed | None) -> bool:
    """See what is discussed."""
    assert isinstance(target, TalkPlace)
    return actor.system or target.is_seen


def wrote(actor: Actor, target: Placed | None) -> bool:
    """Be its author."""
    assert isinstance(target, TalkPlace)
    return actor.person_id is not None and actor.person_id == target.author_id


moderates = has(*MODERATORS)

AUTHORITY: Authority = {
    "writeComment": Rule(may=signed_in, sees=sees_talk),
    "editComment": Rule(may=wrote, sees=sees_talk),
    "withdrawComment": Rule(may=wrote, sees=sees_talk),
    "reactToComment": Rule(may=signed_in, sees=sees_talk),
    "reportComment": Rule(may=signed_in, sees=sees_talk),
    "reportStatement": Rule(may=signed_in, sees=sees_talk),
    "hideComment": Rule(may=moderates, sees=sees_talk),
    "hideStatement": Rule(may=moderates, sees=sees_talk),
    "dismissReports": Rule(may=moderates, sees=sees_talk),
    "appealHiding": Rule(may=wrote, sees=sees_talk),
    "decideAppeal": Rule(may=has(*JUDGES), sees=sees_talk),
    "makeStatement": Rule(may=signed_in, sees=sees_talk),
    "answerStatement": Rule(may=signed_in, sees=sees_talk),
}
