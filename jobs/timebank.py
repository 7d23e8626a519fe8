"""What is due in the time bank. Late, twice or on two machines: the same result."""

from domains.timebank.service import books, ledger
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
