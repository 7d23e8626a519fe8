"""What the exchange adds to the contract's roots, in one place."""

from schema.matching import needs_roots as needs

QUERIES: tuple[type, ...] = (*needs.QUERIES,)
MUTATIONS: tuple[type, ...] = (*needs.MUTATIONS,)
SUBSCRIPTIONS: tuple[type, ...] = (*needs.SUBSCRIPTIONS,)
