"""The one failure of the embedded PostgreSQL, said so that a reader can act upon it."""


class PostgresUnavailable(Exception):
    """The embedded PostgreSQL cannot be had here; the message says why and what helps."""
