"""What happened to a need."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event


@dataclass(frozen=True, slots=True)
class NeedEvent(Event):
    """Something that happened to one need."""

    need_id: UUID
    area_path: str


@dataclass(frozen=True, slots=True)
class NeedSubmitted(NeedEvent):
    """A need was posted and waits to be verified."""


@dataclass(frozen=True, slots=True)
class NeedVerified(NeedEvent):
    """Staff verified a need: its orders open."""


@dataclass(frozen=True, slots=True)
class NeedRejected(NeedEvent):
    """Staff rejected a need, with a reason."""


@dataclass(frozen=True, slots=True)
class NeedChanged(NeedEvent):
    """What a need says has changed; who is matched should read it again."""


@dataclass(frozen=True, slots=True)
class NeedCancelled(NeedEvent):
    """A need was withdrawn, with a reason."""


@dataclass(frozen=True, slots=True)
class NeedClosed(NeedEvent):
    """All orders of a need have come to their end."""


@dataclass(frozen=True, slots=True)
class UnmetNeedFound(NeedEvent):
    """The time of an order came and nobody was found for it, or too few."""

    order_id: UUID
    service_class: str
    missing: int


OF_A_NEED = (
    NeedSubmitted,
    NeedVerified,
    NeedRejected,
    NeedChanged,
    NeedCancelled,
    NeedClosed,
)
