"""What volunteering adds to the contract's roots, in one place."""

from schema.volunteering.activities_mutations import VolunteerActivitiesMutation
from schema.volunteering.certificates import CertificatesMutation, CertificatesQuery
from schema.volunteering.emergency import EmergencyMutation, EmergencyQuery
from schema.volunteering.exchange import ExchangeMutation, ExchangeQuery
from schema.volunteering.gathering import GatheringMutation, GatheringQuery
from schema.volunteering.helping import HelpingMutation, HelpingQuery
from schema.volunteering.honours import HonoursMutation, HonoursQuery
from schema.volunteering.qualifying_mutations import QualifyingMutation
from schema.volunteering.queries import VolunteeringQuery
from schema.volunteering.records_mutations import ServiceRecordsMutation
from schema.volunteering.rules import VolunteerRulesMutation, VolunteerRulesQuery
from schema.volunteering.standing_by import StandingByMutation, StandingByQuery
from schema.volunteering.subscriptions import VolunteeringSubscription
from schema.volunteering.volunteers_mutations import VolunteersMutation

QUERIES: tuple[type, ...] = (
    VolunteeringQuery,
    CertificatesQuery,
    ExchangeQuery,
    HonoursQuery,
    GatheringQuery,
    VolunteerRulesQuery,
    HelpingQuery,
    StandingByQuery,
    EmergencyQuery,
)
MUTATIONS: tuple[type, ...] = (
    VolunteersMutation,
    QualifyingMutation,
    GatheringMutation,
    VolunteerActivitiesMutation,
    HelpingMutation,
    StandingByMutation,
    EmergencyMutation,
    ServiceRecordsMutation,
    CertificatesMutation,
    ExchangeMutation,
    HonoursMutation,
    VolunteerRulesMutation,
)
SUBSCRIPTIONS: tuple[type, ...] = (VolunteeringSubscription,)
