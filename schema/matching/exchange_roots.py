"""What resources, projects and money add to the contract's roots."""

from schema.matching.exchange_queries import ExchangeQuery, ExchangeSubscription
from schema.matching.funds_mutations import FundsMutation
from schema.matching.planning_mutations import PlanningMutation
from schema.matching.project_shifts_mutations import ProjectShiftsMutation
from schema.matching.resources_mutations import ResourcesMutation
from schema.matching.rounds_mutations import ProjectRoundsMutation
from schema.matching.running_mutations import RunningProjectsMutation
from schema.matching.templates_mutations import MatchingTemplatesMutation

QUERIES: tuple[type, ...] = (ExchangeQuery,)
MUTATIONS: tuple[type, ...] = (
    ResourcesMutation,
    PlanningMutation,
    RunningProjectsMutation,
    ProjectShiftsMutation,
    ProjectRoundsMutation,
    FundsMutation,
    MatchingTemplatesMutation,
)
SUBSCRIPTIONS: tuple[type, ...] = (ExchangeSubscription,)
