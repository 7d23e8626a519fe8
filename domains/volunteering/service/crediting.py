"""What confirmed service is worth in the time bank: credited with the confirmation itself."""

from domains.kernel.actor import Actor
from domains.volunteering.models import ServiceRecord


async def credit(actor: Actor, record: ServiceRecord) -> None:
    """Credit a record's minutes, in the transaction that confirms it."""
