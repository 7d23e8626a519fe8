"""What is private of a need: sealed as it is written, opened by those matched, and audited."""

import json
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import audit, crypto
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput
from domains.matching.models import Need
from domains.matching.rules.distance import Point
from domains.matching.service.shared import hold_need
from domains.volunteering.service.shared import line

TABLE = "matching_need"


@dataclass(frozen=True, slots=True)
class Private:
    """What only those matched may know."""

    details: str | None = None
    exact_place: str | None = None
    position: Point | None = None


def sound(position: Point | None) -> Point | None:
    """Return a position that is on the globe; raises InvalidInput."""
    if position is not None and (
        abs(position.latitude_e6) > 90_000_000 or abs(position.longitude_e6) > 180_000_000
    ):
        raise InvalidInput(
            path=("input", "position"),
            zh="位置不在有效范围内。",
            en="This position is not on the globe.",
        )
    return position


def put(need: Need, private: Private) -> None:
    """Seal what is private into a need, and keep the rough position for everybody."""
    position = sound(private.position)
    text = (
        line(private.details, path=("input", "details"), longest=1000, private=True)
        if private.details is not None
        else None
    )
    exact = (
        line(private.exact_place, path=("input", "exactPlace"), longest=200, private=True)
        if private.exact_place is not None
        else None
    )
    where = None if position is None else json.dumps([position.latitude_e6, position.longitude_e6])
    need.details_sealed = _sealed(need.id, "details_sealed", text)
    need.exact_place_sealed = _sealed(need.id, "exact_place_sealed", exact)
    need.position_sealed = _sealed(need.id, "position_sealed", where)
    rough = None if position is None else position.rough()
    need.latitude_e6 = None if rough is None else rough.latitude_e6
    need.longitude_e6 = None if rough is None else rough.longitude_e6


def _sealed(need_id: UUID, column: str, text: str | None) -> bytes | None:
    return None if text is None else crypto.seal(text, table=TABLE, column=column, row=need_id)


def _opened(need: Need, column: str) -> str | None:
    sealed: bytes | None = getattr(need, column)
    if sealed is None:
        return None
    return crypto.unseal(bytes(sealed), table=TABLE, column=column, row=need.id)


async def open_details(actor: Actor, need_id: UUID) -> Private:
    """Read what is private of a need; the reading is audited, or it is not shown."""
    async with transaction():
        need = await hold_need(actor, need_id, "openNeedDetails")
        where = _opened(need, "position_sealed")
        found = Private(
            details=_opened(need, "details_sealed"),
            exact_place=_opened(need, "exact_place_sealed"),
            position=None if where is None else Point(*json.loads(where)),
        )
        await audit.record_read(
            actor,
            chain=need.community_id,
            kind="need",
            ids=[need.id],
            fields=["details", "exact_place", "position"],
        )
    return found
