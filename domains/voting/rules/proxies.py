"""Proxies in time and in kind: who may hold one, and until when. Pure."""

from datetime import datetime, timedelta

from domains.kernel import calendar
from domains.voting.rules.procedure import ProxyHolders, ProxyProcedure
from domains.voting.values import ProxyRelation


def days_before(opens_at: datetime, days: int) -> datetime:
    """Return the end of the day that lies so many days before the one of the first ballot.

    The day itself does not count (Civil Code 201), so five days before the 20th is the 15th,
    until 24:00.
    """
    return calendar.start_of(calendar.day_of(opens_at) - timedelta(days=days - 1))


def filed_until(procedure: ProxyProcedure, opens_at: datetime) -> datetime:
    """Return the first instant at which proxies are filed no more."""
    return days_before(opens_at, procedure.filed_days)


def published_until(procedure: ProxyProcedure, opens_at: datetime) -> datetime:
    """Return the first instant at which proxies are published no more."""
    return days_before(opens_at, procedure.published_days)


def related_enough(procedure: ProxyProcedure, relation: ProxyRelation) -> bool:
    """Whether the rules let somebody so related hold the proxy."""
    return procedure.holders is ProxyHolders.VOTERS or relation is not ProxyRelation.VOTER
