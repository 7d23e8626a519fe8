"""What a kind of notice is: when it arises, who is told, what it says, and how loudly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from domains.kernel.events import Event
from domains.notifications.telling import Audience, Concerns, Resolve
from domains.notifications.values import Category, Channel, Locale, Urgency, VariableKind

Payload = Mapping[str, Any]
LOUD = frozenset({Channel.WEB_PUSH, Channel.WECHAT, Channel.CONSOLE})
LOUDEST = LOUD | {Channel.SMS, Channel.EMAIL}
QUIET: frozenset[Channel] = frozenset()


@dataclass(frozen=True, slots=True)
class Heard:
    """An event from which a kind follows, and where its payload holds what.

    The slot tells apart what is told of the same subject more than once: the name of a field
    (`within_hours`), of several fields, or EACH_TIME where every such event is told.
    """

    event: type[Event]
    subject: str
    slot: str | tuple[str, ...] | None = None
    area: str | None = "area_path"
    when: Callable[[Payload], bool] | None = None


EACH_TIME = "@event"


@dataclass(frozen=True, slots=True)
class Text:
    """What is said in one language: a line, and what follows it, with {variables}."""

    subject: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind of notice.

    `says` is in both languages; `variables` are all that its texts may name, in the order in
    which a provider's template takes them; `personal` are those that come with each addressee
    instead of with the occasion. `channels` are where it goes unless somebody chose
    otherwise; a legal kind goes there whatever anybody chose. `stale_after` is how long after
    the event it still matters. `seconds` tells whether helpers and guardians are told too.
    `reaches_away` tells whether it is for people who live elsewhere by now as well.
    """

    code: str
    category: Category
    subject_kind: str
    audience: Audience
    resolve: Resolve
    says: Mapping[Locale, Text]
    hears: tuple[Heard, ...] = ()
    withdrawn_by: tuple[Heard, ...] = ()
    variables: Mapping[str, VariableKind] = field(default_factory=dict)
    personal: frozenset[str] = frozenset()
    channels: frozenset[Channel] = LOUD
    is_legal: bool = False
    urgency: Urgency = Urgency.NORMAL
    stale_after: timedelta | None = None
    is_digestible: bool = False
    seconds: bool = True
    reaches_away: bool = False
    concerns: Concerns | None = None
