"""Query, Mutation and Subscription, assembled from the domains' parts."""

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from schema.disclosure.catalogue import CatalogueQuery
from schema.disclosure.catalogue_mutations import CatalogueMutation
from schema.disclosure.demands import DemandsMutation, DemandsQuery
from schema.disclosure.display_mutations import DisclosureDisplayMutation
from schema.disclosure.gatherings import SupervisionQuery
from schema.disclosure.gatherings_mutations import GatheringsMutation, SupervisionMutation
from schema.disclosure.log import LogQuery
from schema.disclosure.publishers import PublisherQuery
from schema.disclosure.publishers_mutations import PublisherMutation
from schema.disclosure.queries import DisclosureQuery
from schema.disclosure.questions import QuestionsQuery
from schema.disclosure.questions_mutations import QuestionsMutation
from schema.disclosure.statements import StatementsQuery
from schema.disclosure.statements_mutations import StatementsMutation
from schema.disclosure.statements_refusals import HANDLERS as STATEMENT_HANDLERS
from schema.disclosure.subscriptions import DisclosureNewsSubscription
from schema.disclosure.writing_mutations import DisclosureWritingMutation
from schema.errors import HANDLERS
from schema.kernel.operations import OperationsQuery
from schema.kernel.operations_mutations import OperationsMutation
from schema.kernel.uploads import UploadMutation
from schema.matching import roots as matching
from schema.meetings.agenda_mutations import AgendaMutation
from schema.meetings.bodies import BodiesQuery
from schema.meetings.bodies_mutations import BodiesMutation
from schema.meetings.calendar import CalendarMutation, CalendarQuery
from schema.meetings.discussion_mutations import DiscussionMutation
from schema.meetings.discussion_queries import DiscussionQuery
from schema.meetings.duties_mutations import DutiesMutation
from schema.meetings.floor_mutations import FloorMutation
from schema.meetings.invitations_mutations import InvitationsMutation
from schema.meetings.issue_rules import IssueRulesMutation, IssueRulesQuery
from schema.meetings.issue_steps_mutations import IssueStepsMutation
from schema.meetings.issues_mutations import IssuesMutation
from schema.meetings.issues_queries import IssuesQuery
from schema.meetings.matters_subscriptions import MattersSubscription
from schema.meetings.meetings_mutations import MeetingsMutation
from schema.meetings.minutes import MinutesQuery
from schema.meetings.minutes_mutations import MinutesMutation
from schema.meetings.moderation import ModerationQuery
from schema.meetings.moderation_mutations import ModerationMutation
from schema.meetings.motions_mutations import MotionsMutation
from schema.meetings.queries import MeetingsQuery
from schema.meetings.refusals import HANDLERS as ROOM_HANDLERS
from schema.meetings.resolutions import ResolutionsQuery
from schema.meetings.resolutions_mutations import ResolutionsMutation
from schema.meetings.room_mutations import AttendanceMutation, SessionMutation
from schema.meetings.rule_sets import MeetingRulesMutation, MeetingRulesQuery
from schema.meetings.subscriptions import MeetingsSubscription
from schema.meetings.votes_mutations import VotesMutation
from schema.membership.care import CareMutation, CareQuery
from schema.membership.outside_sign_in import OutsideSignInMutation
from schema.membership.people_mutations import PeopleMutation, ResidencyMutation
from schema.membership.places_mutations import PlacesMutation, RoleMutation
from schema.membership.queries import PeopleQuery, PlacesQuery
from schema.membership.register import RegisterMutation, RegisterQuery
from schema.membership.second_factor import SecondFactorMutation, SecondFactorQuery
from schema.membership.sign_in import SignInMutation, SignInQuery
from schema.membership.tags import TagQuery
from schema.membership.tags_mutations import TagMutation
from schema.node import NodeQuery
from schema.notifications import roots as notifications
from schema.notifications.campaigns import CampaignQuery
from schema.notifications.campaigns_mutations import CampaignMutation
from schema.pledges.comparison import PledgeComparisonQuery
from schema.pledges.delivery_mutations import PledgeDeliveryMutation
from schema.pledges.follow_up_mutations import ReviewFollowUpMutation
from schema.pledges.follow_up_queries import ReviewFollowUpQuery
from schema.pledges.mutations import PledgesMutation
from schema.pledges.queries import PledgesQuery, ScoreboardQuery
from schema.pledges.residents_mutations import PledgeResidentsMutation
from schema.pledges.reviews_mutations import ReviewsMutation, ReviewsQuery
from schema.pledges.rule_sets import PledgeRulesMutation, PledgeRulesQuery
from schema.pledges.subscriptions import PledgesSubscription
from schema.scalars import SCALARS
from schema.timebank.accounts_mutations import TimeAccountsMutation
from schema.timebank.books import TimeBankBooksQuery
from schema.timebank.honouring_mutations import TimeHonouringMutation
from schema.timebank.honouring_queries import TimeHonouringQuery
from schema.timebank.queries import TimeAccountsQuery
from schema.timebank.schemes import SchemesMutation, SchemesQuery
from schema.timebank.staff_mutations import TimeRelativesMutation, TimeStaffMutation
from schema.timebank.staff_queries import TimeStaffQuery
from schema.timebank.subscriptions import TimeBankSubscription
from schema.volunteering import roots as volunteering
from schema.voting.afterwards import AfterwardsQuery
from schema.voting.afterwards_mutations import AfterwardsMutation
from schema.voting.elections import ElectionsQuery
from schema.voting.elections_mutations import CandidatesMutation, ElectionsMutation
from schema.voting.mutations import VotingMutation
from schema.voting.paper import PaperQuery
from schema.voting.paper_mutations import PaperMutation
from schema.voting.proxies_mutations import ProxiesMutation
from schema.voting.queries import VotingQuery
from schema.voting.recalls import RecallsMutation, RecallsQuery
from schema.voting.rolls import RollsQuery
from schema.voting.rolls_mutations import RollsMutation
from schema.voting.rule_sets import RuleSetMutation, RuleSetQuery
from schema.voting.subscriptions import VotingSubscription

QUERIES: tuple[type, ...] = (
    NodeQuery,
    OperationsQuery,
    SignInQuery,
    TagQuery,
    CampaignQuery,
    SecondFactorQuery,
    VotingQuery,
    RuleSetQuery,
    RollsQuery,
    ElectionsQuery,
    RecallsQuery,
    PaperQuery,
    AfterwardsQuery,
    PeopleQuery,
    CareQuery,
    PlacesQuery,
    RegisterQuery,
    LogQuery,
    StatementsQuery,
    DisclosureQuery,
    QuestionsQuery,
    DemandsQuery,
    SupervisionQuery,
    CatalogueQuery,
    PublisherQuery,
    PledgesQuery,
    ScoreboardQuery,
    ReviewsQuery,
    ReviewFollowUpQuery,
    PledgeComparisonQuery,
    PledgeRulesQuery,
    BodiesQuery,
    MeetingsQuery,
    MinutesQuery,
    MeetingRulesQuery,
    CalendarQuery,
    IssuesQuery,
    IssueRulesQuery,
    ResolutionsQuery,
    DiscussionQuery,
    ModerationQuery,
    *volunteering.QUERIES,
    *notifications.QUERIES,
    TimeAccountsQuery,
    SchemesQuery,
    TimeStaffQuery,
    TimeHonouringQuery,
    TimeBankBooksQuery,
    *matching.QUERIES,
)
MUTATIONS: tuple[type, ...] = (
    SignInMutation,
    TagMutation,
    CampaignMutation,
    OutsideSignInMutation,
    SecondFactorMutation,
    UploadMutation,
    OperationsMutation,
    VotingMutation,
    RuleSetMutation,
    RollsMutation,
    ProxiesMutation,
    CandidatesMutation,
    ElectionsMutation,
    RecallsMutation,
    PaperMutation,
    AfterwardsMutation,
    PeopleMutation,
    ResidencyMutation,
    CareMutation,
    PlacesMutation,
    RoleMutation,
    RegisterMutation,
    PledgesMutation,
    PledgeDeliveryMutation,
    PledgeResidentsMutation,
    ReviewsMutation,
    ReviewFollowUpMutation,
    PledgeRulesMutation,
    DisclosureWritingMutation,
    DisclosureDisplayMutation,
    StatementsMutation,
    QuestionsMutation,
    DemandsMutation,
    SupervisionMutation,
    GatheringsMutation,
    CatalogueMutation,
    PublisherMutation,
    BodiesMutation,
    MeetingsMutation,
    AgendaMutation,
    InvitationsMutation,
    AttendanceMutation,
    SessionMutation,
    FloorMutation,
    MotionsMutation,
    VotesMutation,
    MinutesMutation,
    MeetingRulesMutation,
    CalendarMutation,
    IssuesMutation,
    IssueRulesMutation,
    IssueStepsMutation,
    DutiesMutation,
    ResolutionsMutation,
    DiscussionMutation,
    ModerationMutation,
    *volunteering.MUTATIONS,
    *notifications.MUTATIONS,
    TimeAccountsMutation,
    SchemesMutation,
    TimeRelativesMutation,
    TimeStaffMutation,
    TimeHonouringMutation,
    *matching.MUTATIONS,
)
SUBSCRIPTIONS: tuple[type, ...] = (
    VotingSubscription,
    MeetingsSubscription,
    PledgesSubscription,
    MattersSubscription,
    DisclosureNewsSubscription,
    TimeBankSubscription,
    *volunteering.SUBSCRIPTIONS,
    *matching.SUBSCRIPTIONS,
    *notifications.SUBSCRIPTIONS,
)

schema = strawberry.Schema(
    query=merge_types("Query", QUERIES),
    mutation=merge_types("Mutation", MUTATIONS),
    subscription=merge_types("Subscription", SUBSCRIPTIONS),
    exception_handlers=[*ROOM_HANDLERS, *STATEMENT_HANDLERS, *HANDLERS],
    config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
)
