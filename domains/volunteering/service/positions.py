"""Where somebody checked in and out: sealed, opened under audit, gone with the consent."""

import json
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import audit, crypto, database
from domains.kernel.actor import Actor
from domains.kernel.database import Row, transaction
from domains.volunteering.service.attendance import TABLE, Position
from domains.volunteering.service.shared import chain_of, hold_record

_OF = """
SELECT id, in_position_sealed, out_position_sealed FROM volunteering_attendance WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class Positions:
    """Where a service began and ended, as far as it was kept; never logged."""

    began: Position | None
    ended: Position | None

    def __repr__(self) -> str:
        """Show nothing."""
        return "Positions(…)"


async def open_positions(actor: Actor, record_id: UUID) -> Positions:
    """Read where a record's service began and ended; the reading is audited, or not shown."""
    async with transaction():
        record = await hold_record(actor, record_id, "openServicePositions")
        row = await database.fetch_one(_OF, record.attendance_id)
        await audit.record_read(
            actor,
            chain=await chain_of(record.area_id),
            kind="service_record",
            ids=[record.id],
            fields=["in_position", "out_position"],
        )
    if row is None:
        return Positions(None, None)
    return Positions(_opened(row, "in_position_sealed"), _opened(row, "out_position_sealed"))


def _opened(row: Row, column: str) -> Position | None:
    if row[column] is None:
        return None
    text = crypto.unseal(bytes(row[column]), table=TABLE, column=column, row=row["id"])
    latitude_e6, longitude_e6 = json.loads(text)
    return Position(latitude_e6, longitude_e6)
