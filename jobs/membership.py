"""What is due in membership. Late, twice or on two machines: the same result."""

from domains.membership.service import role_endings
from jobs.due import until_none


async def remind_of_ending_roles() -> int:
    """Tell of roles whose last day is near."""
    return await until_none(role_endings.remind_of_ending_role)
