"""What can be told of accounts, reservations and orders, and whom: for the domain that tells."""

from uuid import UUID

from domains.kernel import database
from domains.kernel.database import Row

_ACCOUNT = """
SELECT a.kind, a.owner_id, a.area_path, a.suspended_at, a.suspend_reason
FROM timebank_account a WHERE a.id = $1
"""
_RESERVATION = """
SELECT r.state, r.person_id, r.honour_by, r.minutes, o.title
FROM timebank_reservation r JOIN timebank_offer o ON o.id = r.offer_id WHERE r.id = $1
"""
_OFFER = "SELECT o.title, o.minutes, o.area_path FROM timebank_offer o WHERE o.id = $1"
_KINSHIP = "SELECT k.confirmed_at, k.ended_at FROM timebank_kinship k WHERE k.id = $1"
_NEED = """
SELECT n.person_id, n.assessed_by, n.approved, n.area_path FROM timebank_need n WHERE n.id = $1
"""
_ORDER = """
SELECT o.state, o.proposed_by, o.reason, o.area_path, o.minutes FROM timebank_order o
WHERE o.id = $1
"""


async def account_to_tell(account_id: UUID) -> Row | None:
    """Return whose an account is, and whether it is suspended."""
    return await database.fetch_one(_ACCOUNT, account_id)


async def reservation_to_tell(reservation_id: UUID) -> Row | None:
    """Return what can be told of a reservation."""
    return await database.fetch_one(_RESERVATION, reservation_id)


async def offer_to_tell(offer_id: UUID) -> Row | None:
    """Return what is offered for how many minutes."""
    return await database.fetch_one(_OFFER, offer_id)


async def is_kin_open(kinship_id: UUID) -> bool:
    """Whether somebody's word that two are relatives still waits for the other's."""
    row = await database.fetch_one(_KINSHIP, kinship_id)
    return row is not None and row["confirmed_at"] is None and row["ended_at"] is None


async def need_to_tell(need_id: UUID) -> Row | None:
    """Return of whom a need was assessed, by whom, and whether it was approved; never the group."""
    return await database.fetch_one(_NEED, need_id)


async def order_to_tell(order_id: UUID) -> Row | None:
    """Return what became of what staff asked for."""
    return await database.fetch_one(_ORDER, order_id)
