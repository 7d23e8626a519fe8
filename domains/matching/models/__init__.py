"""The exchange's tables.

What commands lock and change one at a time are models. What is only ever added (steps,
ratings), and what hangs on them, is written and read in SQL only and stands in the
migrations, where its constraints are.
"""

from domains.matching.models.needs import Need
from domains.matching.models.orders import ServiceOrder

__all__ = ["Need", "ServiceOrder"]
