"""What the exchange adds to the contract's roots, in one place."""

from schema.matching import exchange_roots as exchange
from schema.matching import needs_roots as needs

QUERIES: tuple[type, ...] = (*needs.QUERIES, *exchange.QUERIES)
MUTATIONS: tuple[type, ...] = (*needs.MUTATIONS, *exchange.MUTATIONS)
SUBSCRIPTIONS: tuple[type, ...] = (*needs.SUBSCRIPTIONS, *exchange.SUBSCRIPTIONS)
