"""What is told of polls."""

from domains.notifications.audiences import polls as audiences
from domains.notifications.kinds.kind import Heard, NoticeKind, Text
from domains.notifications.telling import Facts, Telling
from domains.notifications.values import Category, Locale, VariableKind
from domains.voting import events
from domains.voting.queries import telling as polls
from domains.voting.values import PollState

_VARIABLES = {"title": VariableKind.TEXT, "closes_at": VariableKind.DATETIME}


async def _open(telling: Telling) -> Facts | None:
    """Say what is asked and until when, as long as ballots are taken."""
    poll = await polls.poll_to_tell(telling.subject_id)
    if poll is None or poll["state"] not in {PollState.ROLL_FROZEN, PollState.OPEN}:
        return None
    closes_at = poll["closes_at"]
    values = {"title": poll["title"], "closes_at": closes_at.isoformat()}
    return Facts(values, until=closes_at)


KINDS = (
    NoticeKind(
        code="POLL_CLOSING_SOON",
        category=Category.POLLS,
        subject_kind="poll",
        hears=(Heard(events.PollClosingSoon, "poll_id"),),
        withdrawn_by=(Heard(events.PollCancelled, "poll_id"), Heard(events.PollClosed, "poll_id")),
        audience=audiences.not_voted,
        concerns=audiences.still_to_vote,
        resolve=_open,
        variables=_VARIABLES,
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text(
                "投票即将截止:{title}",
                "你尚未参加「{title}」的投票,{closes_at} 截止。",
            ),
            Locale.EN: Text(
                "Closing soon: {title}",
                "You have not voted on “{title}” yet; ballots are taken until {closes_at}.",
            ),
        },
    ),
)
