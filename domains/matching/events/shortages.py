"""What happened to what is short."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ShortageFound(Event):
    """A class of service stayed unmet so often that it has to be talked about; once a period."""

    shortage_id: UUID
    area_path: str
    service_class: str
    times: int
    places: int
