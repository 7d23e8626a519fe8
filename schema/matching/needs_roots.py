"""What needs and orders add to the contract's roots."""

from schema.matching.needs_mutations import NeedsMutation
from schema.matching.needs_queries import NeedsQuery
from schema.matching.needs_subscriptions import ServiceOrdersSubscription
from schema.matching.orders_mutations import ServiceGivenMutation, ServiceOrdersMutation
from schema.matching.people import MatchingPeopleMutation, MatchingPeopleQuery
from schema.matching.rule_sets import MatchingRulesMutation, MatchingRulesQuery

QUERIES: tuple[type, ...] = (NeedsQuery, MatchingPeopleQuery, MatchingRulesQuery)
MUTATIONS: tuple[type, ...] = (
    NeedsMutation,
    ServiceOrdersMutation,
    ServiceGivenMutation,
    MatchingPeopleMutation,
    MatchingRulesMutation,
)
SUBSCRIPTIONS: tuple[type, ...] = (ServiceOrdersSubscription,)
