"""What is due in the time bank. Late, twice or on two machines: the same result."""

from domains.timebank.service import books, expiry, figures, ledger, offers, reservations, schemes
from jobs.due import until_none


async def expire_due_transfers() -> int:
    """End the pending transfers whose time is over."""
    return await until_none(ledger.expire_due_transfer)


async def sum_system_accounts() -> int:
    """Sum the schemes' own accounts to the last hour that is over."""
    return await books.sum_system_accounts()


async def close_books() -> int:
    """Close the books of the days that are over."""
    return await until_none(books.close_due_books)


async def allot_due_offers() -> int:
    """Allot what is allotted by need to those who asked."""
    return await until_none(offers.allot_due_offer)


async def lapse_due_reservations() -> int:
    """End the reservations that were not honoured in time."""
    return await until_none(reservations.lapse_due_reservation)


async def tell_near_expiries() -> int:
    """Tell what will lapse, where a scheme lets anything lapse."""
    return await expiry.tell_near_expiries()


async def settle_due_expiries() -> int:
    """Let lapse what was told to."""
    return await until_none(expiry.settle_due_expiry)


async def apply_ceilings() -> int:
    """Bring ceilings to what the schemes in force today say."""
    return await schemes.apply_ceilings()


async def take_figures() -> int:
    """Take the day's figures of each community."""
    return await until_none(figures.take_due_figures)
