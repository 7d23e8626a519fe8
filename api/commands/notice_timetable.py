"""`gongyi timetable`: what is told when, to whom and how; docs/timetable.md is this and no more."""

from collections.abc import Iterator
from datetime import timedelta
from inspect import getdoc

import typer

from domains.kernel.events import Event, name_of
from domains.notifications.audiences.people import in_words
from domains.notifications.kinds import registry
from domains.notifications.kinds.kind import NoticeKind
from domains.notifications.values import Category, Channel, Urgency

_HEADING = """\
# The timetable

What is told, when, to whom and how: written from the declared kinds by `make timetable`. Every
notice lies in its reader's inbox; "sent" is where it goes besides, unless its reader chose
otherwise. Legal notices go there whatever anybody chose; what may be gathered can be had in a
summary instead. "Until" is how long after what happened it is still told; what it says may end it
sooner: a poll that has closed is not said to close soon. Summaries come at hours of their own.
"""
_COLUMNS = (
    "| Notice | When | To whom | Sent | Legal | Gathered | Until |\n|---|---|---|---|---|---|---|"
)
_UNTOLD = """\
## Not told
What happens without a notice, and why.

| Event | Why nobody is told |
|---|---|"""
_NAMES = {
    Channel.EMAIL: "e-mail",
    Channel.WEB_PUSH: "push",
    Channel.WECHAT: "WeChat",
    Channel.SMS: "SMS",
}
_TITLES = {
    Category.SERVICE: "Service",
    Category.POINTS: "Points and time",
    Category.ROLES: "Roles and one's own entries",
    Category.SAFETY: "Safety and addresses",
    Category.CAMPAIGN: "Campaigns",
    Category.DIGEST: "Summaries",
    Category.DUTIES: "Duties of who holds an office",
}


def timetable() -> None:
    """Print what is told when, to whom and how, as a Markdown page."""
    typer.echo(timetable_page(), nl=False)


def timetable_page() -> str:
    """Return the page: a table for each category, a row a kind, and what is not told."""
    parts = [_HEADING]
    for category in Category:
        kinds = [kind for kind in registry.ALL if kind.category is category]
        if kinds:
            title = _TITLES.get(category, category.value.capitalize())
            parts.append("\n".join([f"## {title}", _COLUMNS, *map(_row, kinds), ""]))
    parts.append("\n".join([_UNTOLD, *_untold(), ""]))
    return "\n".join(parts)


def _row(kind: NoticeKind) -> str:
    cells = (
        f"`{kind.code}`",
        " / ".join(dict.fromkeys(_said(heard.event) for heard in kind.hears)) or "at its hour",
        in_words(kind.audience),
        _sent(kind),
        "**legal**" if kind.is_legal else "",
        "yes" if kind.is_digestible else "",
        _for(kind.stale_after),
    )
    return f"| {' | '.join(each.replace('|', '/') for each in cells)} |"


def _said(event: type[Event]) -> str:
    """Return what an event says of itself, its first line."""
    return (getdoc(event) or event.__name__).split("\n")[0].rstrip(".")


def _sent(kind: NoticeKind) -> str:
    names = [name for channel, name in _NAMES.items() if channel in kind.channels]
    urgent = ", at once" if kind.urgency is Urgency.URGENT else ""
    return f"{', '.join(names) or 'inbox alone'}{urgent}"


def _for(patience: timedelta | None) -> str:
    if patience is None:
        return ""
    hours = int(patience.total_seconds()) // 3600
    return f"{hours // 24} d" if hours % 24 == 0 else f"{hours} h"


def _untold() -> Iterator[str]:
    for event in sorted(registry.UNTOLD, key=name_of):
        yield f"| `{name_of(event)}` | {registry.UNTOLD[event]} |"
