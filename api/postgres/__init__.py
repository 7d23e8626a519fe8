"""A PostgreSQL of our own, for machines that have none: launched, adopted and stopped here.

Whoever wants the database enters `embedded`. The first to come starts the server, the
last to leave stops it, and locks that the kernel releases with the process make that
true also after kill -9 of either side. The application's role is no superuser.
"""

from api.postgres.failure import PostgresUnavailable
from api.postgres.server import embedded

__all__ = ["PostgresUnavailable", "embedded"]
