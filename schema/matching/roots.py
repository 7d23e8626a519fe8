"""What the exchange adds to the contract's roots, in one place."""

from schema.matching import exchange_roots as exchange
from schema.matching import needs_roots as needs
from schema.matching.figures import MatchingReportQuery
from schema.matching.requirements_mutations import RequirementsMutation
from schema.matching.runs import MatchingRunQuery
from schema.matching.runs_mutations import MatchingRunMutation
from schema.matching.runs_subscriptions import MatchingRunSubscription
from schema.matching.shortages import ShortagesQuery

QUERIES: tuple[type, ...] = (
    *needs.QUERIES,
    *exchange.QUERIES,
    MatchingRunQuery,
    MatchingReportQuery,
    ShortagesQuery,
)
MUTATIONS: tuple[type, ...] = (
    *needs.MUTATIONS,
    *exchange.MUTATIONS,
    MatchingRunMutation,
    RequirementsMutation,
)
SUBSCRIPTIONS: tuple[type, ...] = (
    *needs.SUBSCRIPTIONS,
    *exchange.SUBSCRIPTIONS,
    MatchingRunSubscription,
)
